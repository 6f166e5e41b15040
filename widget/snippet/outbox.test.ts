// Nothing is dropped before the server has it, nothing is sent for ever.

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { VisitEvent } from "../wire";

const data = vi.hoisted(() => ({}) as Record<string, string>);
vi.mock("./tag", () => ({ site: "demo", base: "https://bell.example/", script: {}, data }));
const bell = vi.hoisted(() => ({ host: undefined as unknown, load: vi.fn() }));
vi.mock("./bell", () => bell);
const engage = vi.hoisted(() => vi.fn());
vi.mock("./wait", () => ({ engage }));

type Answer = { status: number; body?: unknown; after?: string } | "no network";
let sent: { body: any; options: RequestInit }[];
let server: (events: any[]) => Answer;
let box: typeof import("./outbox");
let storage: typeof import("./storage");

/** Written one after the other, in a moment that the clock cannot divide. */
const event = (id: string, more: object = {}): VisitEvent => ({ ...box.fact("custom", { name: "x" }), id, ...more });
const kept = () =>
  Object.keys(localStorage)
    .filter((name) => name.startsWith("shopbell.event.demo."))
    .map((name) => JSON.parse(localStorage[name]))
    .sort((a, b) => a.at - b.at)
    .map((one: VisitEvent) => one.id);
const ids = () => sent.map(({ body }) => body.events.map((one: VisitEvent) => one.id).join());
const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
/** As the page does: it looks each second whether something is to be sent. */
const ticking = () => setInterval(() => box.flush(), 1000);

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "clearInterval", "clearTimeout", "performance", "Date"] });
  vi.spyOn(Math, "random").mockReturnValue(0);
  localStorage.clear();
  engage.mockClear();
  sent = [];
  server = () => ({ status: 204 });
  vi.stubGlobal("fetch", async (_: string, options: RequestInit) => {
    const body = JSON.parse(options.body as string);
    sent.push({ body, options });
    const answer = server(body.events);
    if (answer === "no network") throw new TypeError("no network");
    return new Response(answer.body ? JSON.stringify(answer.body) : null, {
      status: answer.status, headers: answer.after ? { "retry-after": answer.after } : {},
    });
  });
  Object.defineProperty(Request.prototype, "keepalive", { value: true, configurable: true });
  vi.resetModules();
  box = await import("./outbox");
  storage = await import("./storage");
  storage.open();
  delete data.firstParty;
  bell.host = undefined;
  bell.load.mockClear();
  ticking();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("what is stored is forgotten, and only then", async () => {
  box.add(event("a"));
  expect(kept()).toEqual(["a"]);
  box.flush();
  expect(kept()).toEqual(["a"]);
  await settle();
  expect(kept()).toEqual([]);
});

test("a request is simple: text/plain, no cookies, outlives the page", async () => {
  box.add(event("a"));
  box.flush();
  await settle();
  const { options, body } = sent[0]!;
  expect(options).toMatchObject({ method: "POST", credentials: "omit", keepalive: true });
  expect(options.headers).toBeUndefined();
  expect(body).toMatchObject({ site: "demo", visitor: expect.stringMatching(/^[0-9a-f]{32}$/) });
});

test("age is counted to the moment of sending, whole and never negative", async () => {
  box.add(event("a"));
  box.add(event("future", { at: performance.timeOrigin + 9e9 }));
  await settle(900);
  box.flush();
  await settle();
  expect(sent[0]!.body.events.map((one: { age: number }) => one.age)).toEqual([900, 0]);
  expect(sent[0]!.body.events[0]).not.toHaveProperty("at");
});

describe("an answer decides", () => {
  test.each<[string, Answer, boolean]>([
    ["204", { status: 204 }, true],
    ["200", { status: 200, body: {} }, true],
    ["403: this page may not", { status: 403 }, true],
    ["413", { status: 413 }, true],
    ["415", { status: 415 }, true],
    ["400 for one event", { status: 400 }, true],
    ["422 for one event", { status: 422 }, true],
    ["401", { status: 401 }, false],
    ["404", { status: 404 }, false],
    ["429", { status: 429 }, false],
    ["500", { status: 500 }, false],
    ["503", { status: 503 }, false],
    ["no network", "no network", false],
  ])("%s", async (_, answer, gone) => {
    server = () => answer;
    box.add(event("a"));
    box.flush();
    await settle();
    expect(kept()).toEqual(gone ? [] : ["a"]);
    server = () => ({ status: 204 });
    await settle(400_000);
    expect(kept()).toEqual([]);
    expect(sent.length).toBe(gone ? 1 : 2);
  });
});

test("after a 400 they go once more one by one, and only the refused is dropped", async () => {
  server = (events) => ({ status: events.some((one) => one.id === "bad") ? 400 : 204 });
  for (const id of ["a", "bad", "c"]) box.add(event(id));
  box.flush();
  await settle(100);
  expect(ids()).toEqual(["a,bad,c", "a", "bad", "c"]);
  expect(kept()).toEqual([]);
});

test("it tries again later and later, and at once sends everything when it succeeds", async () => {
  server = () => "no network";
  box.add(event("a"));
  box.flush();
  const gaps: number[] = [];
  for (let i = 0, last = 0, waited = 0; i < 6; waited += 500) {
    await settle(500);
    if (sent.length > last + 1) {
      gaps.push(waited);
      last = sent.length - 1;
      waited = 0;
      i++;
    }
  }
  expect(gaps.every((gap, i) => !i || gap >= gaps[i - 1]!), `${gaps}`).toBe(true);
  box.add(event("b"));
  server = () => ({ status: 204 });
  await settle(400_000);
  expect(kept()).toEqual([]);
});

test("Retry-After is kept to", async () => {
  server = () => ({ status: 503, after: "100" });
  box.add(event("a"));
  box.flush();
  await settle(99_000);
  expect(sent.length).toBe(1);
  await settle(2_000);
  expect(sent.length).toBe(2);
});

test("during a pause nothing is sent, but for a page that goes away", async () => {
  server = () => ({ status: 503, after: "1000" });
  box.add(event("a"));
  box.flush();
  await settle();
  box.add(event("b"));
  box.flush();
  expect(sent.length).toBe(1);
  box.flush(true);
  await settle();
  expect(sent.length).toBe(2);
});

test("a page that goes away where fetch cannot outlive it uses the beacon, and forgets nothing", async () => {
  Reflect.deleteProperty(Request.prototype, "keepalive");
  const beacon = vi.fn(() => true);
  vi.stubGlobal("navigator", { sendBeacon: beacon });
  box.add(event("a"));
  box.flush(true);
  await settle();
  expect(beacon).toHaveBeenCalledWith("https://bell.example/collect", expect.stringContaining('"id":"a"'));
  expect(sent).toEqual([]);
  expect(kept()).toEqual(["a"]);
});

test("after a failure one event goes alone and without keepalive, so that no body is refused for its size", async () => {
  server = () => "no network";
  for (const id of ["a", "b"]) box.add(event(id));
  box.flush();
  await settle(1_500);
  expect(ids()).toEqual(["a,b", "a"]);
  expect(sent[1]!.options.keepalive).toBe(false);
});

test("what an earlier page could not send is sent by the next", async () => {
  localStorage["shopbell.event.demo.old"] = JSON.stringify(event("old"));
  box.add(event("new"));
  box.flush();
  await settle();
  expect(ids()).toEqual(["old,new"]);
});

test("they are sent in the order in which they happened, in whatever order the storage gives them", async () => {
  const told = ["z", "c", "a", "y", "b"].map((id) => event(id));
  for (const one of told.toReversed()) box.add(one);
  box.flush();
  await settle();
  expect(ids()).toEqual(["z,c,a,y,b"]);
});

test("another site of the same origin keeps its own, even one whose key begins with ours", async () => {
  for (const site of ["demo-two", "dem", "demo2"]) localStorage[`shopbell.event.${site}.x`] = JSON.stringify(event("x"));
  box.add(event("a"));
  box.flush();
  await settle();
  expect(ids()).toEqual(["a"]);
  expect(Object.keys(localStorage).filter((name) => name.endsWith(".x"))).toHaveLength(3);
});

test("at most a hundred wait, the newest", () => {
  for (let i = 0; i < 130; i++) box.add(event(`${i}`));
  expect(kept()).toEqual(Array.from({ length: 100 }, (_, i) => `${i + 30}`));
});

test.each(["{oops", "", "null", "7", '{"length":3}', '[null,3,"x",{}]', '"xxx"', '{"id":"of another name"}'])(
  "rubbish under our names (%s) is left where it is, and is in nobody's way",
  async (said) => {
    for (const name of ["event.demo.1", "event.demo.", "event", "live"]) localStorage[`shopbell.${name}`] = said;
    box.add(event("a"));
    box.flush();
    await settle(5_000);
    expect(ids()).toEqual(["a"]);
    expect(localStorage["shopbell.event.demo.1"]).toBe(said);
  },
);

test("an answer of somebody else (a login page of the wireless network) stores nothing", async () => {
  vi.stubGlobal("fetch", async () => new Response("<html>", { status: 200 }));
  box.add(event("a"));
  box.flush();
  await settle();
  expect(kept()).toEqual(["a"]);
});

test("no body is larger than 60 kB, whatever is written in it", async () => {
  for (let i = 0; i < 40; i++) box.add(event(`${i}`, { props: { text: "щ".repeat(4000) } }));
  box.flush();
  await settle(1000);
  expect(sent.length).toBeGreaterThan(5);
  expect(sent.flatMap(({ body }) => body.events)).toHaveLength(40);
  for (const { options } of sent) expect(new TextEncoder().encode(options.body as string).length).toBeLessThan(60_000);
});

test("one event that is larger goes alone, and the server decides", async () => {
  server = (events) => ({ status: events.some((one) => one.props) ? 413 : 204 });
  box.add(event("a"));
  box.add(event("large", { props: { text: "x".repeat(90_000) } }));
  box.add(event("b"));
  box.flush();
  await settle(100);
  expect(ids()).toEqual(["a", "large", "b"]);
  expect(kept()).toEqual([]);
});

describe("the tabs of a site", () => {
  test("while one sends, the others do not; what they keep goes with it", async () => {
    localStorage["shopbell.turn"] = performance.timeOrigin + performance.now() + 20_000;
    box.add(event("a"));
    box.flush();
    await settle(15_000);
    expect(sent).toEqual([]);
    localStorage["shopbell.turn"] = 0;
    await settle(1_000);
    expect(ids()).toEqual(["a"]);
  });

  test("two that add, send and forget in turn lose nothing, though neither sees at once what the other did", async () => {
    // As in a browser whose tabs are processes: each has its own copy, and writes travel to the other one by one, late.
    const sea: Record<string, string> = {};
    const letters: (() => void)[] = [];
    const copies = [{ ...localStorage }, { ...localStorage }] as Record<string, string>[];
    const tabs: (typeof box)[] = [];
    const real = Object.getOwnPropertyDescriptor(globalThis, "localStorage")!;
    for (const [number, copy] of copies.entries()) {
      const write = (change: (where: Record<string, string>) => unknown) => {
        change(copy);
        change(sea);
        letters.push(() => change(copies[1 - number]!));
        return true;
      };
      const tab = new Proxy(copy, {
        set: (_, name: string, value) => write((where) => (where[name] = `${value}`)),
        deleteProperty: (_, name: string) => write((where) => delete where[name]),
      });
      Object.defineProperty(globalThis, "localStorage", { value: tab, configurable: true });
      vi.resetModules();
      tabs.push(await import("./outbox"));
      (await import("./storage")).open();
      Object.defineProperty(globalThis, "localStorage", real);
    }
    for (let round = 0; round < 10; round++) {
      for (const [number, tab] of tabs.entries()) {
        tab.add(event(`${number}-${round}`));
        // Now one sends, now the other, now both: answers come while the other one adds.
        if (round % 3 != number) tab.flush(1);
      }
      letters.splice(0, round % 4).map((arrives) => arrives());
      await settle();
    }
    letters.splice(0).map((arrives) => arrives());
    for (const tab of tabs) tab.flush(1);
    await settle();
    const came = new Set(sent.flatMap(({ body }) => body.events.map((one: VisitEvent) => one.id)));
    expect(came.size).toBe(20);
    expect(Object.keys(sea).filter((name) => name.startsWith("shopbell.event"))).toEqual([]);
  });

  test("one that died while it sent holds the others up for half a minute at most", async () => {
    server = () => ({ status: 204 });
    box.add(event("a"));
    box.flush();
    expect(localStorage["shopbell.turn"] - performance.timeOrigin - performance.now()).toBeLessThanOrEqual(30_000);
    await settle();
  });

  test("a page that goes away leaves its turn to them", () => {
    // It is gone before an answer comes.
    vi.stubGlobal("fetch", () => new Promise(() => {}));
    box.add(event("a"));
    box.flush();
    box.flush(1);
    expect(localStorage["shopbell.turn"]).toBe("0");
  });
});

describe("first party", () => {
  test("cookies go along, and the body says so", async () => {
    data.firstParty = "";
    box.add(event("a"));
    box.flush();
    await settle();
    expect(sent[0]!.options.credentials).toBe("include");
    expect(sent[0]!.body.first_party).toBe(true);
  });

  test("the key that the server remembers is taken, and the chat is told", async () => {
    bell.host = {};
    server = () => ({ status: 200, body: { visitor: "f".repeat(32) } });
    box.add(event("a"));
    box.flush();
    await settle();
    expect(localStorage["shopbell.visitor"]).toBe("f".repeat(32));
    expect(bell.load).toHaveBeenCalledExactlyOnceWith();
    box.add(event("b"));
    box.flush();
    await settle();
    expect(sent[1]!.body.visitor).toBe("f".repeat(32));
  });
});

describe("after a no", () => {
  test("nothing is sent and nothing is kept", async () => {
    storage.close();
    box.add(event("a"));
    box.flush();
    await settle(60_000);
    expect(sent).toEqual([]);
    expect(localStorage).toHaveLength(0);
  });

  test("an answer that was on its way changes nothing", async () => {
    server = () => ({ status: 200, body: { visitor: "f".repeat(32) } });
    box.add(event("a"));
    box.flush();
    storage.close();
    await settle(60_000);
    expect(localStorage).toHaveLength(0);
    expect(storage.visitorKey()).toBeUndefined();
    expect(sent).toHaveLength(1);
  });
});

test("an event older than a week is not made younger", async () => {
  box.add(event("old", { at: performance.timeOrigin - 60 * 86_400_000 }));
  box.flush();
  await settle();
  expect(sent[0]!.body.events[0].age).toBeGreaterThan(59 * 86_400_000);
});

test("an engaged visitor begins to wait", async () => {
  server = () => ({ status: 200, body: { engage: true } });
  box.add(event("a"));
  box.flush();
  await settle();
  // What stands behind the bell comes first, or does not: here it does not.
  await vi.waitFor(() => expect(engage).toHaveBeenCalledOnce());
});

describe("strings are whole", () => {
  test.each([
    ["a lone half", "x\ud83d", "x\ufffd"],
    ["the other half", "\ude00x", "\ufffdx"],
    ["a pair", "😀", "😀"],
    ["a backslash before what looks like a half", "\\ud83d", "\\ud83d"],
    ["quotes and control characters", '"\n\u0001', '"\n\u0001'],
  ])("%s", async (_, text, expected) => {
    const { wellFormed } = await import("./ask");
    expect(JSON.parse(wellFormed({ text })).text).toBe(expected);
  });

  test("whatever is cut where", async () => {
    const { wellFormed } = await import("./ask");
    const text = 'a😀\\"й\\😀';
    for (let from = 0; from < text.length; from++)
      for (let to = from; to <= text.length; to++) {
        const whole = JSON.parse(wellFormed([text.slice(from, to)]))[0] as string;
        expect(whole).not.toMatch(/\p{Cs}/u);
        expect(whole.length).toBe(to - from);
      }
  });
});
