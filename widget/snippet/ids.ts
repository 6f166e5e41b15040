// Random names: the key of this browser and the ids of its events.
// crypto.randomUUID exists in secure contexts only; shops on plain http are visited too.

import { keep, recall } from "./storage";

const hex32 = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => (byte + 256).toString(16).slice(1)).join("");

export const uuid = () => hex32().replace(/(.{8})(.{4}).(.{3}).(.{3})/, "$1-$2-4$3-a$4-");

/** The key of this browser, 32 hex digits: kept, else made. */
export function visitorKey(): string {
  let key = recall("shopbell.visitor");
  if (!/^[\da-f]{32}$/.test(key!)) keep("shopbell.visitor", (key = hex32()));
  return key!;
}
