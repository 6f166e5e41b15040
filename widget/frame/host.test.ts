// What the page said before the program was there is as if it had begun with it.

import { afterEach, expect, test, vi } from "vitest";
import type { HostSays, KeyHandover, Met } from "../wire";
import { meetHost } from "./host";

afterEach(() => delete (document as any).met);

const WARM = { open: false, callback: false, warm: true };

test.each<[string, HostSays[], Partial<KeyHandover>]>([
  ["nothing", [], WARM],
  ["where they are", [{ page: { url: "/garden", title: "Garden" } }], { ...WARM, warm: false }],
  ["that they opened the chat", [{ open: true }], { open: true, callback: false, warm: false }],
  ["that they want to be called", [{ open: true, callback: true }], { open: true, callback: true, warm: false }],
  ["first this, then that", [{ open: true }, { open: false, callback: false }], { open: true, callback: false, warm: false }],
])("a page that said %s", (_, said, expected) => {
  const { port1: port } = new MessageChannel();
  (document as unknown as { met: Met }).met = { handover: { ...WARM, key: "k" } as KeyHandover, port, said };
  const met = vi.fn(), told = vi.fn();
  meetHost(met, told);
  expect(met).toHaveBeenCalledExactlyOnceWith({ key: "k", ...expected });
  expect(told).not.toHaveBeenCalled();
  port.onmessage!({ data: { open: true } } as MessageEvent<HostSays>);
  expect(told).toHaveBeenCalledExactlyOnceWith({ open: true });
  port.close();
});
