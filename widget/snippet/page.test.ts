// What a page view is, and what is told about it.

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const add = vi.hoisted(() => vi.fn());
const flush = vi.hoisted(() => vi.fn());
const waiting = vi.hoisted(() => ({ abort: vi.fn() }));
const draw = vi.hoisted(() => vi.fn());
const data = vi.hoisted(() => ({}) as Record<string, string>);
vi.mock("./outbox", async () => ({ ...(await vi.importActual<object>("./outbox")), add, flush }));
vi.mock("./tag", () => ({ site: "demo", base: "https://bell.example/", data }));
vi.mock("./bell", () => ({ draw, host: undefined }));
vi.mock("./wait", () => ({ waiting, engage: () => {} }));

let hidden = false;
Object.defineProperty(document, "hidden", { get: () => hidden });
Object.defineProperty(document, "hasFocus", { value: () => !hidden });

const listeners: [string, EventListener][] = [];
const realListen = globalThis.addEventListener;
let page: typeof import("./page");

const facts = () => add.mock.calls.map(([fact]) => fact);
const told = () => facts().map((fact) => (fact.type === "page.viewed" ? new URL(fact.url).pathname : fact.type.slice(5)));
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const fire = (name: string, more: object = {}) => window.dispatchEvent(Object.assign(new Event(name), more));
function hide(now: boolean) {
  hidden = now;
  fire("visibilitychange");
}
function go(path: string, title = path) {
  history.pushState(0, "", path);
  document.title = title;
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
  (window as any).happyDOM.setURL("https://shop.example/first");
  document.title = "First";
  hidden = false;
  add.mockClear();
  flush.mockClear();
  draw.mockClear();
  waiting.abort.mockClear();
  delete data.hash;
  vi.resetModules();
  globalThis.addEventListener = ((name: string, listener: EventListener) => {
    listeners.push([name, listener]);
    realListen.call(window, name, listener);
  }) as typeof addEventListener;
  page = await import("./page");
  page.watchPages();
  await pass(200);
});

afterEach(() => {
  for (const [name, listener] of listeners.splice(0)) window.removeEventListener(name, listener);
  globalThis.addEventListener = realListen;
  delete (history as any).pushState;
  delete (history as any).replaceState;
  vi.useRealTimers();
});

test("a view says what and where as soon as the page can be read, and the bell is drawn", () => {
  expect(facts()).toEqual([expect.objectContaining({
    type: "page.viewed", url: "https://shop.example/first", title: "First", path: ["first"], source: "url",
  })]);
  expect(flush).toHaveBeenCalled();
  expect(draw).toHaveBeenCalledOnce();
});

test("heartbeats at 5, 10, 15, 30, 60 s of being looked at, each at least what it says", async () => {
  await pass(61_000);
  const stays = facts().slice(1);
  expect(stays.map(({ dwell }) => Math.floor(dwell / 1000))).toEqual([5, 10, 15, 30, 60]);
  expect(stays.every(({ type, page }) => type === "page.stayed" && page === facts()[0].id)).toBe(true);
});

test("a hidden page is left, and a page that is seen again is not", async () => {
  await pass(2_800);
  hide(true);
  await pass(60_000);
  hide(false);
  await pass(2_100);
  expect(told()).toEqual(["/first", "left", "stayed", "stayed"]);
  expect(facts()[1].dwell).toBe(3_000);
  expect(facts()[2].dwell).toBe(3_000);
  expect(waiting.abort).toHaveBeenCalledOnce();
  expect(facts()[3].dwell).toBeGreaterThanOrEqual(5_000);
});

test("going away after being hidden is one leaving", () => {
  hide(true);
  fire("pagehide");
  expect(told()).toEqual(["/first", "left"]);
  expect(flush.mock.calls.filter(([leaving]) => leaving)).toHaveLength(1);
});

test("a page that leaves before it could be read is told all the same", () => {
  go("/second");
  hide(true);
  expect(told()).toEqual(["/first", "left", "/second", "left"]);
});

test("back from the back-forward cache is a new view", async () => {
  fire("pagehide");
  fire("pageshow", { persisted: true });
  await pass(300);
  expect(told()).toEqual(["/first", "left", "/first"]);
  expect(facts()[2].id).not.toBe(facts()[0].id);
});

test("a page that is shown for the first time is one view", async () => {
  fire("pageshow", { persisted: false });
  await pass(300);
  expect(told()).toEqual(["/first"]);
});

describe("a single-page application", () => {
  test("its title is read late, its referrer is the page before, its time is the time of the change", async () => {
    history.pushState(0, "", "/second");
    const changed = performance.timeOrigin + performance.now();
    await pass(100);
    document.title = "Second";
    await pass(200);
    expect(facts().at(-1)).toMatchObject({
      url: "https://shop.example/second", title: "Second", referrer: "https://shop.example/first", at: expect.closeTo(changed, 0),
    });
    expect(told()).toEqual(["/first", "left", "/second"]);
  });

  test.each([
    ["the same address", "/first", 0],
    ["an anchor", "/first#reviews", 0],
    ["a bare hash", "/first#", 0],
    ["a hash route", "/first#/shoes", 1],
    ["a hash-bang route", "/first#!shoes", 1],
    ["another query", "/first?colour=red", 1],
    ["another path", "/other", 1],
  ])("%s", async (_, address, views) => {
    history.replaceState(0, "", address);
    await pass(300);
    expect(facts().filter(({ type }) => type === "page.viewed")).toHaveLength(1 + views);
  });

  test("each view has its own dwell", async () => {
    await pass(3_800);
    go("/second");
    await pass(5_100);
    expect(facts().map(({ dwell }) => dwell)).toEqual([undefined, 4_000, undefined, expect.any(Number)]);
    expect(facts()[3].dwell).toBeLessThan(5_100);
  });
});

test("with data-hash whatever stands behind the hash is a page", async () => {
  data.hash = "";
  for (const address of ["/first#shoes", "/first#boots", "/first#boots"]) history.replaceState(0, "", address);
  await pass(300);
  expect(facts().filter(({ type }) => type === "page.viewed").map(({ url }) => new URL(url).hash)).toEqual(["", "#shoes", "#boots"]);
});

describe("with the Navigation API", () => {
  test("its word counts, and the history is left alone", async () => {
    for (const [name, listener] of listeners.splice(0)) window.removeEventListener(name, listener);
    delete (history as any).pushState;
    delete (history as any).replaceState;
    const navigation = ((window as any).navigation = new EventTarget());
    vi.resetModules();
    add.mockClear();
    page = await import("./page");
    page.watchPages();
    await pass(200);
    expect(Object.keys(history)).toEqual([]);
    history.pushState(0, "", "/second");
    await pass(300);
    expect(told()).toEqual(["/first"]);
    navigation.dispatchEvent(new Event("navigatesuccess"));
    navigation.dispatchEvent(new Event("navigatesuccess"));
    await pass(300);
    expect(told()).toEqual(["/first", "left", "/second"]);
    delete (window as any).navigation;
  });
});

test("a page that is still loading is told about when it is there", async () => {
  let state = "loading";
  Object.defineProperty(document, "readyState", { get: () => state, configurable: true });
  go("/second");
  await pass(1_000);
  expect(told()).toEqual(["/first", "left"]);
  document.title = "There";
  state = "interactive";
  await pass(200);
  expect(facts().at(-1)).toMatchObject({ url: "https://shop.example/second", title: "There" });
  delete (document as any).readyState;
});

test("how far a page was seen is a share of what it has grown to", () => {
  const tall = vi.spyOn(document.documentElement, "scrollHeight", "get").mockReturnValue(1000);
  window.innerHeight = 500;
  hide(true);
  expect(facts().at(-1).scroll).toBe(50);
  hide(false);
  tall.mockReturnValue(5000);
  hide(true);
  expect(facts().at(-1).scroll).toBe(10);
  tall.mockRestore();
});

test("no page is held back from the back-forward cache, none asks before it is left", () => {
  expect(listeners.map(([name]) => name)).not.toContain("beforeunload");
  expect(listeners.map(([name]) => name)).not.toContain("unload");
});

describe("shopbell('page', …)", () => {
  test("soon after the change tells about that view", async () => {
    go("/second");
    page.page({ path: ["A", "B"], title: "Called" });
    await pass(300);
    expect(facts().at(-1)).toMatchObject({ path: ["A", "B"], title: "Called", source: "call" });
    expect(told()).toEqual(["/first", "left", "/second"]);
  });

  test("later begins a new view", async () => {
    page.page({ path: "A > B" });
    await pass(300);
    expect(told()).toEqual(["/first", "left", "/first"]);
    expect(facts().at(-1)).toMatchObject({ path: ["A", "B"], title: "First", source: "call" });
  });
});

test("long addresses are cut, and cut addresses are still the same page", async () => {
  go(`/${"x".repeat(5000)}`, "t".repeat(999));
  await pass(300);
  history.replaceState(0, "", location.href);
  await pass(300);
  const { url, title } = facts().at(-1);
  expect([url.length, title.length]).toEqual([2000, 999]);
  expect(facts().filter(({ type }) => type === "page.viewed")).toHaveLength(2);
});
