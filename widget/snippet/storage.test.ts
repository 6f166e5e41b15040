// The key of a browser, what happens where nothing can be kept, and what is left after a no.

import { beforeEach, describe, expect, test, vi } from "vitest";

const data: Record<string, string> = {};
vi.mock("./tag", () => ({ data }));
let storage: typeof import("./storage");

async function fresh() {
  vi.resetModules();
  storage = await import("./storage");
}

beforeEach(async () => {
  localStorage.clear();
  sessionStorage.clear();
  delete data.cookieless;
  await fresh();
});

test("the key is 32 hex digits and stays", async () => {
  storage.open();
  const key = storage.visitorKey();
  expect(key).toMatch(/^[0-9a-f]{32}$/);
  expect(localStorage["shopbell.visitor"]).toBe(key);
  await fresh();
  storage.open();
  expect(storage.visitorKey()).toBe(key);
});

test("before leave there is no key, and what is kept is kept nowhere", () => {
  expect(storage.visitorKey()).toBeUndefined();
  storage.keep("shopbell.event.demo.1", "{}");
  expect(localStorage).toHaveLength(0);
});

test("a cookieless visit is kept in its tab alone", () => {
  data.cookieless = "";
  storage.open();
  storage.keep("shopbell.event.demo.1", "{}");
  expect(localStorage).toHaveLength(0);
  expect(Object.keys(sessionStorage).sort()).toEqual(["shopbell.event.demo.1", "shopbell.visitor"]);
});

test("a no removes all that is ours and nothing else, and what comes after is kept nowhere", () => {
  localStorage["their.cart"] = "7";
  storage.open();
  for (const name of ["event.demo.1", "event.other.1", "consent", "live", "turn"]) storage.keep(`shopbell.${name}`, 1);
  storage.close();
  storage.keep("shopbell.turn", 1);
  expect({ ...localStorage }).toEqual({ "their.cart": "7" });
  expect(storage.visitorKey()).toBeUndefined();
});

test("a no in another tab is a no here", () => {
  storage.open();
  localStorage.clear();
  storage.keep("shopbell.event.demo.1", "{}");
  expect(localStorage).toHaveLength(0);
});

describe("a storage that", () => {
  const refusing = new Proxy({}, { set: () => { throw new Error("QuotaExceededError"); } });
  test.each([
    ["throws when it is touched", { get: () => { throw new Error("SecurityError"); } }],
    ["is null", { get: () => null }],
    ["refuses to be written", { get: () => refusing }],
  ])("%s: the key lasts as long as the page", async (_, how) => {
    const real = Object.getOwnPropertyDescriptor(globalThis, "localStorage")!;
    Object.defineProperty(globalThis, "localStorage", { ...how, configurable: true });
    try {
      await fresh();
      storage.open();
      const key = storage.visitorKey();
      expect(key).toMatch(/^[0-9a-f]{32}$/);
      storage.keep("shopbell.event.demo.1", "{}");
      expect(storage.store["shopbell.event.demo.1"]).toBe("{}");
      expect(storage.visitorKey()).toBe(key);
      storage.close();
      expect(storage.visitorKey()).toBeUndefined();
    } finally {
      Object.defineProperty(globalThis, "localStorage", real);
    }
  });
});
