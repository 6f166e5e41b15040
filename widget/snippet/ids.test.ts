// The key of a browser, and what happens where nothing can be kept.

import { beforeEach, expect, test, vi } from "vitest";

let ids: typeof import("./ids");

beforeEach(async () => {
  localStorage.clear();
  vi.unstubAllGlobals();
  vi.resetModules();
  ids = await import("./ids");
});

test("the key is 32 hex digits and stays", () => {
  const key = ids.visitorKey();
  expect(key).toMatch(/^[0-9a-f]{32}$/);
  expect(ids.visitorKey()).toBe(key);
  expect(localStorage["shopbell.visitor"]).toBe(key);
});

test.each(["", "x", "A".repeat(32), "0".repeat(33)])("a key such as %j is made anew", (bad) => {
  localStorage["shopbell.visitor"] = bad;
  expect(ids.visitorKey()).toMatch(/^[0-9a-f]{32}$/);
});

test.each([
  ["throws when it is touched", { get: () => { throw new Error("SecurityError"); } }],
  ["is null", { get: () => null }],
  ["refuses to be written", { get: () => new Proxy({}, { set: () => { throw new Error("QuotaExceededError"); } }) }],
])("a storage that %s: the key lasts as long as the page", async (_, how) => {
  const real = Object.getOwnPropertyDescriptor(globalThis, "localStorage")!;
  Object.defineProperty(globalThis, "localStorage", { ...how, configurable: true });
  try {
    vi.resetModules();
    const { visitorKey } = await import("./ids");
    expect(visitorKey()).toMatch(/^[0-9a-f]{32}$/);
    expect(visitorKey()).toBe(visitorKey());
  } finally {
    Object.defineProperty(globalThis, "localStorage", real);
  }
});

test("ids are uuids of version 4, all different", () => {
  const made = Array.from({ length: 2000 }, ids.uuid);
  for (const id of made) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(new Set(made).size).toBe(made.length);
});
