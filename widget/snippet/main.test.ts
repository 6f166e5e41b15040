// What the visitor's word does: before leave nothing is written and nothing is sent, after a no nothing is left.

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

let sent: { url: string; body: any; options: RequestInit }[];
let answer: () => Response;
const shopbell = (...call: unknown[]) => (window as any).shopbell(...call);
const pass = (ms = 1_000) => vi.advanceTimersByTimeAsync(ms);
const kept = () => ({ ...localStorage, ...sessionStorage });
const events = () => sent.flatMap(({ body }) => body.events || []);
const views = () => events().filter(({ type }) => type == "page.viewed");
const realListen = globalThis.addEventListener;
const listeners: [EventTarget, string, any][] = [];

/** The snippet as a tag with these attributes brings it; `queue`: what the page said before. */
async function tag(attributes: Record<string, string> = {}, queue?: unknown[][]) {
  const script = document.createElement("script");
  Object.assign(script.dataset, { site: "demo", ...attributes });
  Object.defineProperty(script, "src", { value: "https://bell.example/shopbell.0123456789abcdef.js" });
  Object.defineProperty(document, "currentScript", { value: script, configurable: true });
  (window as any).shopbell = queue && Object.assign(() => {}, { q: queue });
  vi.resetModules();
  await import("./main");
}

function gpc(value: unknown) {
  Object.defineProperty(navigator, "globalPrivacyControl", { value, configurable: true });
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
  (window as any).happyDOM.setURL("https://shop.example/first");
  Object.defineProperty(document, "hasFocus", { value: () => true, configurable: true });
  localStorage.clear();
  sessionStorage.clear();
  document.querySelector("shop-bell")?.remove();
  gpc(undefined);
  sent = [];
  answer = () => new Response(null, { status: 204 });
  vi.stubGlobal("fetch", async (url: string, options: RequestInit) => {
    sent.push({ url, body: JSON.parse(options.body as string), options });
    return answer();
  });
  Object.defineProperty(Request.prototype, "keepalive", { value: true, configurable: true });
  globalThis.addEventListener = ((name: string, then: any) => {
    listeners.push([window, name, then]);
    realListen.call(window, name, then);
  }) as typeof addEventListener;
});

afterEach(() => {
  for (const [target, name, then] of listeners.splice(0)) target.removeEventListener(name, then);
  globalThis.addEventListener = realListen;
  delete (history as any).pushState;
  delete (history as any).replaceState;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("who may begin at once", () => {
  test.each<[string, Record<string, string>, unknown, string | undefined, unknown[][], number]>([
    ["nobody asked", {}, undefined, undefined, [], 1],
    ["the site waits for consent", { consent: "wait" }, undefined, undefined, [], 0],
    ["it waits, and the visitor agreed on an earlier page", { consent: "wait" }, undefined, "1", [], 1],
    ["it waits, and the page said yes before the script was there", { consent: "wait" }, undefined, undefined, [["consent", "granted"]], 1],
    ["the browser says no", {}, true, undefined, [], 0],
    ["the browser says no, and the visitor said yes on this site", {}, true, "1", [], 1],
    ["the browser says no, and the page says yes", {}, true, undefined, [["consent", "granted"]], 1],
    ["the browser says nothing", {}, false, undefined, [], 1],
    ["the page said no before the script was there", {}, undefined, undefined, [["consent", "denied"]], 0],
    ["a word that we do not know is no yes", { consent: "wait" }, undefined, undefined, [["consent", "maybe"]], 0],
  ])("%s", async (_, attributes, control, agreed, queue, count) => {
    gpc(control);
    if (agreed) localStorage["shopbell.consent"] = agreed;
    await tag(attributes, queue);
    await pass();
    expect(views()).toHaveLength(count);
    expect("shopbell.visitor" in kept()).toBe(!!count);
    expect(document.querySelectorAll("shop-bell")).toHaveLength(count);
  });
});

test("while the site waits nothing is written, nothing sent, no bell is there; then the page counts once, and its calls", async () => {
  await tag({ consent: "wait" });
  shopbell("track", "cart.added", { sku: "7" });
  shopbell("page", { title: "Called" });
  shopbell("identify", { token: "t" });
  shopbell("open");
  document.dispatchEvent(new Event("visibilitychange"));
  window.dispatchEvent(new Event("pagehide"));
  await pass(60_000);
  expect(sent).toEqual([]);
  expect(kept()).toEqual({});
  expect(document.querySelectorAll("shop-bell")).toHaveLength(0);
  shopbell("consent", "granted");
  shopbell("consent", "granted");
  await pass();
  expect(views()).toMatchObject([{ title: "Called" }]);
  expect(events().filter(({ type }) => type == "custom")).toHaveLength(1);
  expect(sent.filter(({ url }) => url.endsWith("/visitor/identify"))).toHaveLength(1);
  expect(kept()["shopbell.consent"]).toBe("1");
});

test("a no takes away what there was, here and for good; a later yes begins as somebody new", async () => {
  localStorage["shopbell.live"] = "1";
  localStorage["their.own"] = "stays";
  await tag({ consent: "wait" }, [["consent", "granted"]]);
  await pass();
  const first = kept()["shopbell.visitor"];
  const before = sent.length;
  shopbell("consent", "denied");
  expect(kept()).toEqual({ "their.own": "stays" });
  expect(document.querySelectorAll("shop-bell")).toHaveLength(0);
  shopbell("track", "cart.added");
  history.pushState(0, "", "/second");
  await pass(400_000);
  const { url, body, options } = sent.at(-1)!;
  expect([url, body.visitor, options.credentials]).toEqual(["https://bell.example/visitor/forget", first, "omit"]);
  expect(sent).toHaveLength(before + 1);
  expect(kept()).toEqual({ "their.own": "stays" });
  shopbell("consent", "granted");
  await pass();
  expect(kept()["shopbell.visitor"]).not.toBe(first);
  expect(views()).toHaveLength(2);
  expect(events().filter(({ type }) => type == "custom")).toHaveLength(0);
  expect(document.querySelectorAll("shop-bell")).toHaveLength(1);
});

test("a no takes back the cookie of our answer, where there is one", async () => {
  await tag({ firstParty: "" });
  await pass();
  const visitor = kept()["shopbell.visitor"];
  shopbell("consent", "denied");
  await pass();
  const { url, body, options } = sent.at(-1)!;
  expect([url, body.site, body.visitor, options.credentials]).toEqual([
    "https://bell.example/visitor/forget", "demo", visitor, "include",
  ]);
  await pass(60_000);
  expect(sent.at(-1)!.url).toBe(url);
});

test("a cookieless visit writes nothing that outlives its tab", async () => {
  await tag({ cookieless: "" });
  await pass();
  expect(views()).toHaveLength(1);
  expect(localStorage).toHaveLength(0);
  expect(sessionStorage["shopbell.visitor"]).toBe(sent[0]!.body.visitor);
});

describe("identify", () => {
  test("says the token under the visitor's key, simply and without cookies", async () => {
    await tag({ firstParty: "" });
    shopbell("identify", { token: "a.b.c" });
    const { url, body, options } = sent.find(({ url }) => url.endsWith("identify"))!;
    expect(url).toBe("https://bell.example/visitor/identify");
    expect(body).toEqual({ site: "demo", visitor: kept()["shopbell.visitor"], token: "a.b.c" });
    expect([options.credentials, options.headers]).toEqual(["omit", undefined]);
  });

  test("takes the key of another person", async () => {
    answer = () => new Response(JSON.stringify({ visitor: "e".repeat(32) }), { status: 200 });
    await tag();
    shopbell("identify", { token: "a.b.c" });
    await pass(0);
    expect(kept()["shopbell.visitor"]).toBe("e".repeat(32));
  });

  test("a refusal changes nothing and throws nothing", async () => {
    answer = () => new Response("{}", { status: 403 });
    await tag();
    const before = kept()["shopbell.visitor"];
    shopbell("identify", { token: "a.b.c" });
    shopbell("unknown", 1);
    await pass(0);
    expect(kept()["shopbell.visitor"]).toBe(before);
  });
});

test("a page that is only being prepared is neither counted nor given a view before it is shown", async () => {
  Object.defineProperty(document, "prerendering", { value: true, configurable: true });
  await tag();
  shopbell("track", "cart.added");
  await pass(5_000);
  expect(sent).toEqual([]);
  delete (document as any).prerendering;
  document.dispatchEvent(new Event("prerenderingchange"));
  await pass();
  expect(views()).toHaveLength(1);
  expect(views()[0].age).toBeLessThan(1_000);
});

test("a second tag on the page changes nothing", async () => {
  await tag();
  const first = (window as any).shopbell;
  await pass();
  vi.resetModules();
  await import("./main");
  await pass();
  expect((window as any).shopbell).toBe(first);
  expect(views()).toHaveLength(1);
  expect(document.querySelectorAll("shop-bell")).toHaveLength(1);
});

test("a script that was pinned to one version asks the same server", async () => {
  await tag();
  await pass();
  expect(sent[0]!.url).toBe("https://bell.example/collect");
});
