// Stands in the document itself: meets the page, and shows the field to a person who asked, before the program is there.
// What the person writes meanwhile, and what the page says, is given to the program (host.ts).

import type { HostSays, KeyHandover, Met } from "../wire";

{
  const { origin = "", side, accent } = document.body.dataset;
  const panel = document.querySelector("main")!;
  const field = panel.querySelector("textarea")!;
  let met: Met | undefined;

  const enter = (callback?: boolean) => {
    panel.hidden = false;
    met!.port.postMessage({ size: "open", live: true });
    if (callback) return;
    field.focus();
    // Or when the page hands the focus over.
    addEventListener("focus", () => field.focus(), { once: true });
  };

  // Only the first of this exact page, by its own window, counts.
  addEventListener("message", ({ origin: from, source, data, ports: [port] }: MessageEvent<KeyHandover>) => {
    if (met || !port || from !== origin || source !== parent || data?.shopbell !== "key") return;
    met = { handover: data, port, said: [] };
    port.onmessage = (event: MessageEvent<HostSays>) => {
      met!.said.push(event.data);
      if (event.data.open) enter(event.data.callback);
    };
    port.postMessage({ side, accent });
    if (data.open) enter(data.callback);
    (document as any).met = met;
    document.dispatchEvent(new Event("met"));
  });
  parent.postMessage({ shopbell: "hello" }, origin);
}
