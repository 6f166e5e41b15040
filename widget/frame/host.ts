// The host page: it gives us the visitor key once, hears how much room we need, and nothing else.
// The document's own first script has met it (boot.ts); from here on its port is ours.

import type { FrameSays, HostSays, KeyHandover, Met } from "../wire";

let port: MessagePort | undefined;

/** `met` is called once, with the key and with what the page said before the program was there: a chat that a person
 * opened meanwhile was never closed, and the page does not take its focus away. `told` with whatever comes later. */
export function meetHost(met: (handover: KeyHandover) => void, told: (says: HostSays) => void): void {
  const begin = () => {
    const { handover, port: given, said } = (document as unknown as { met: Met }).met;
    port = given;
    port.onmessage = (message: MessageEvent<HostSays>) => told(message.data);
    met({
      ...handover,
      open: handover.open || said.some(({ open }) => open),
      callback: handover.callback || said.some(({ callback }) => callback),
      warm: handover.warm && !said.length,
    });
  };
  if ("met" in document) begin();
  else document.addEventListener("met", begin, { once: true });
}

export function tellHost(says: Partial<FrameSays>): void {
  port?.postMessage(says);
}
