// The visitor key is given to our frame on our origin and to nobody else.

import { beforeEach, expect, test, vi } from "vitest";
import type { KeyHandover } from "../wire";
import type { Host } from "../snippet/bell";

const BELL = "https://bell.example";
let button: HTMLButtonElement;
let frame: HTMLIFrameElement;
let posted: { message: KeyHandover; origin: string; ports: MessagePort[] }[];
let source: { postMessage: (...all: any[]) => void };
let tell: (open?: unknown) => void;
let key: string | undefined;
let script: HTMLScriptElement;
let heard: string[];

function say(data: unknown, origin = BELL, from: unknown = source) {
  window.dispatchEvent(Object.assign(new Event("message"), { data, origin, source: from }));
}

async function place(open: unknown = 0) {
  vi.resetModules();
  const host: Host = await import("./main");
  key = "k".repeat(32);
  script = document.createElement("script");
  Object.defineProperty(script, "src", { value: `${BELL}/shopbell.js` });
  script.dataset.site = "de mo";
  const root = document.body.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
  root.append((button = document.createElement("button")));
  button.title = "Chat";
  // The frame stays outside the document: nothing is loaded in a test.
  button.before = (placed) => (frame = placed as HTMLIFrameElement);
  document.documentElement.lang = "en";
  tell = (open) => host.tell(open, script, () => key, button, [["open", (event) => heard.push(event)]]);
  tell(open);
  source = { postMessage: (message, origin, ports) => posted.push({ message, origin, ports }) };
  Object.defineProperty(frame, "contentWindow", { value: source });
}

/** Through the port, as the frame does. */
async function frameSays(what: object) {
  posted.at(-1)!.ports[0]!.postMessage(what);
  await new Promise((done) => setTimeout(done, 80));
}

beforeEach(() => {
  document.body.innerHTML = "";
  sessionStorage.clear();
  localStorage.clear();
  posted = [];
  heard = [];
});

test("the frame is ours, knows the page's origin and not the key", async () => {
  await place();
  expect(frame.src).toBe(`${BELL}/frame?site=de+mo&origin=${encodeURIComponent(location.origin)}&lang=en`);
  expect(frame.title).toBe("Chat");
});

test.each<[string, () => void]>([
  ["another origin", () => say({ shopbell: "hello" }, "https://evil.example")],
  ["another window of our origin", () => say({ shopbell: "hello" }, BELL, { postMessage: source.postMessage })],
  ["another message", () => say({ shopbell: "key" })],
  ["no message", () => say(null)],
])("%s gets no key", async (_, attempt) => {
  await place();
  attempt();
  expect(posted).toEqual([]);
});

test("the frame's hello is answered with the key, to the exact origin", async () => {
  await place(1);
  say({ shopbell: "hello" });
  expect(posted[0]).toMatchObject({ origin: BELL, message: { shopbell: "key", key: "k".repeat(32), open: true, warm: false, again: false, alone: 0 } });
  expect(posted[0]!.ports).toHaveLength(1);
});

test("the frame is as large as it asks, and the bell shows what is unread", async () => {
  await place();
  say({ shopbell: "hello" });
  await frameSays({ size: "bubble", height: 180, unread: 2, live: true });
  expect(frame.className).toBe("bubble");
  expect(button.dataset.n).toBe("2");
  expect(button.ariaLabel).toBe("Chat (2)");
  expect(localStorage["shopbell.live"]).toBe("1");
  await frameSays({ size: "closed", unread: 0 });
  expect(frame.className).toBe("closed");
  expect(button.dataset.n).toBeUndefined();
  expect(localStorage["shopbell.live"]).toBeUndefined();
});

test("focus goes in only with a person who asked, and comes back when they close", async () => {
  await place();
  const focus = vi.spyOn(frame, "focus");
  const back = vi.spyOn(button, "focus");
  say({ shopbell: "hello" });
  await frameSays({ size: "open" });
  expect(focus).not.toHaveBeenCalled();
  tell(1);
  await frameSays({ size: "open" });
  expect(focus).toHaveBeenCalledOnce();
  await frameSays({ size: "closed", focus: true });
  expect(back).toHaveBeenCalledOnce();
});

test("without a key, because the visitor said no, nothing is handed over and nothing kept", async () => {
  await place();
  say({ shopbell: "hello" });
  await frameSays({ size: "closed", live: true });
  key = undefined;
  await frameSays({ size: "bubble", live: true });
  expect(localStorage["shopbell.live"]).toBeUndefined();
  say({ shopbell: "hello" });
  expect(posted).toHaveLength(1);
});

test("another person's key makes the frame begin anew", async () => {
  await place();
  say({ shopbell: "hello" });
  const src = vi.spyOn(frame, "src", "set");
  tell();
  expect(src).not.toHaveBeenCalled();
  key = "n".repeat(32);
  tell();
  expect(src).toHaveBeenCalledOnce();
  say({ shopbell: "hello" });
  expect(posted.at(-1)!.message.key).toBe(key);
});

test("what is kept of a cookieless visit ends with its tab", async () => {
  await place();
  script.dataset.cookieless = "";
  vi.resetModules();
  const again: Host = await import("./main");
  again.tell(0, script, () => key, button, []);
  Object.defineProperty(frame, "contentWindow", { value: source });
  say({ shopbell: "hello" });
  await frameSays({ size: "closed", live: true });
  expect(sessionStorage["shopbell.live"]).toBe("1");
  expect(localStorage["shopbell.live"]).toBeUndefined();
});

test("an open chat is open again on the next page", async () => {
  await place();
  say({ shopbell: "hello" });
  await frameSays({ size: "open", live: true });
  window.dispatchEvent(new Event("pagehide"));
  await place();
  say({ shopbell: "hello" });
  expect(posted.at(-1)!.message).toMatchObject({ open: false, again: true });
});

test.each([["a while ago", "1700000000000"], ["never", "1"]])("a chat that was open %s is closed", async (_, live) => {
  localStorage["shopbell.live"] = live;
  await place();
  say({ shopbell: "hello" });
  expect(posted.at(-1)!.message).toMatchObject({ again: false });
});

test("listeners of the page hear the frame's events", async () => {
  await place();
  say({ shopbell: "hello" });
  await frameSays({ event: "open" });
  await frameSays({ event: "other" });
  expect(heard).toEqual(["open"]);
});

test("somebody who only comes near the bell asks for nothing yet", async () => {
  await place(new Event("pointerenter"));
  say({ shopbell: "hello" });
  expect(posted[0]!.message).toMatchObject({ warm: true, open: false });
  const port = posted[0]!.ports[0]!;
  const told: unknown[] = [];
  port.onmessage = ({ data }) => told.push(data);
  tell(new Event("pointerenter"));
  tell(new Event("click"));
  await new Promise((done) => setTimeout(done, 80));
  expect(told).toMatchObject([{ open: true, callback: false }]);
});

test("who asks to be called says so", async () => {
  await place(2);
  tell(); // the page changed meanwhile
  say({ shopbell: "hello" });
  expect(posted[0]!.message).toMatchObject({ open: true, callback: true });
});

test("who wants to be left alone is remembered by the page", async () => {
  await place();
  say({ shopbell: "hello" });
  await frameSays({ alone: 1_900_000_000_000 });
  await place();
  say({ shopbell: "hello" });
  expect(posted.at(-1)!.message.alone).toBe(1_900_000_000_000);
});

test("bell and chat stand on the site's side, in its colour", async () => {
  await place();
  say({ shopbell: "hello" });
  await frameSays({ side: "left", accent: "rgb(1, 2, 3)" });
  expect([button.style.left, button.style.right, frame.style.left, frame.style.right]).toEqual(["16px", "auto", "0px", "auto"]);
  expect(button.style.background).toContain("rgb(1, 2, 3)");
});

test("what covers the foot of the page does not cover the open chat", async () => {
  const view = Object.assign(new EventTarget(), { height: innerHeight - 300, offsetTop: 0, scale: 1 });
  Object.defineProperty(globalThis, "visualViewport", { value: view, configurable: true });
  await place();
  say({ shopbell: "hello" });
  await frameSays({ size: "closed" });
  view.dispatchEvent(new Event("resize"));
  expect(frame.style.bottom).toBe("");
  await frameSays({ size: "open" });
  expect(frame.style.bottom).toBe("300px");
  expect(frame.style.maxHeight).toBe(`${innerHeight - 300}px`);
  // Two fingers make things larger; nothing is covered.
  view.scale = 2;
  view.dispatchEvent(new Event("resize"));
  expect(frame.style.bottom).toBe("");
  Object.defineProperty(globalThis, "visualViewport", { value: undefined, configurable: true });
});
