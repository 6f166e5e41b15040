// The host page: it gives us the visitor key once, hears how much room we need, and nothing else.

import type { FrameSays, HostSays, KeyHandover } from "../wire";

/** The origin that the server wrote into this document; the only one we speak to. */
const origin = document.body.dataset.origin || "";
let port: MessagePort | undefined;

/** Says hello to the page. `met` is called once, with the first key; `told` with whatever comes later. */
export function meetHost(met: (handover: KeyHandover) => void, told: (says: HostSays) => void): void {
  addEventListener("message", (event: MessageEvent<KeyHandover>) => {
    if (port || event.origin !== origin || event.source !== parent || event.data?.shopbell !== "key") return;
    port = event.ports[0];
    if (!port) return;
    port.onmessage = (message: MessageEvent<HostSays>) => told(message.data);
    met(event.data);
  });
  parent.postMessage({ shopbell: "hello" }, origin);
}

export function tellHost(says: Partial<FrameSays>): void {
  port?.postMessage(says);
}
