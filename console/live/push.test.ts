// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { choosePush, leavePush, pushChoices, pushDevice, pushOf, pushState, pushTrouble, switchOff, switchOn } from "./push";

const KEY = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const bytes = (text: string): ArrayBuffer => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0)).buffer;

/** A browser with push, and a server that knows it: what was asked of both stands in `asked`. */
function world({ permission = "granted", reachable = true, tried = "", refuses = "" } = {}) {
  const asked: string[] = [];
  let held: object | null = null;
  const make = (key: string) => ({
    options: { applicationServerKey: bytes(key) },
    toJSON: () => ({ endpoint: "https://push.example/1", keys: { p256dh: "p", auth: "a" } }),
    unsubscribe: async () => { held = null; asked.push("unsubscribe"); return true; },
  });
  const pushManager = {
    getSubscription: async () => held,
    subscribe: async ({ applicationServerKey }: { applicationServerKey: string }) => {
      if (!reachable) throw new DOMException("push service", "AbortError");
      asked.push("subscribe");
      return (held = make(applicationServerKey));
    },
  };
  const registration = { active: {}, pushManager };
  const serviceWorker = { register: async (url: string, { scope }: { scope: string }) => { asked.push(`register ${url} ${scope}`); return registration; }, getRegistration: async () => registration };
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("PushManager", class {});
  vi.stubGlobal("Notification", { permission, requestPermission: async () => permission });
  Object.defineProperty(navigator, "serviceWorker", { value: serviceWorker, configurable: true });
  vi.stubGlobal("fetch", async (path: string, { method, body }: { method: string; body?: string }) => {
    const sent = body ? (JSON.parse(body) as { away: boolean; details: boolean }) : null;
    asked.push(`${method} ${path}${sent ? ` ${sent.away}/${sent.details}` : ""}`);
    if (method === "POST" && path === "/api/push" && refuses) {
      return new Response(JSON.stringify({ code: "bad_receiver", detail: `A sentence. (${refuses})` }), { status: 422 });
    }
    if (method === "DELETE") return new Response(null, { status: 204 });
    const answer = path === "/api/push" ? (method === "GET" ? { key: KEY, devices: [] } : { id: "d1", error: "", ...sent }) : { ok: !tried, status: null, error: tried };
    return new Response(JSON.stringify(answer), { status: 200 });
  });
  return { asked, hold: (key: string) => { held = make(key); } };
}

beforeEach(() => localStorage.clear());
afterEach(async () => {
  await leavePush();
  vi.unstubAllGlobals();
  Reflect.deleteProperty(navigator, "serviceWorker");
});

it("is off where it could be on, and asks nobody for anything before somebody wants it", async () => {
  const { asked } = world();
  await pushOf("anna");
  expect(pushState.value).toBe("off");
  expect(asked).toEqual([]);
});
it.each([
  ["insecure", () => vi.stubGlobal("isSecureContext", false)],
  ["missing", () => Reflect.deleteProperty(globalThis, "PushManager")],
  ["denied", () => vi.stubGlobal("Notification", { permission: "denied" })],
])("says that it is %s", async (state, take) => {
  world();
  take();
  await pushOf("anna");
  expect(pushState.value).toBe(state);
});
it("registers, subscribes with the server's key, tells the server, and tries it out", async () => {
  const { asked } = world();
  await pushOf("anna");
  await switchOn();
  expect(asked).toEqual(["register /console/push.js /console/", "GET /api/push", "subscribe", "POST /api/push false/false", "POST /api/push/d1/try"]);
  expect(pushState.value).toBe("on");
  expect(pushTrouble.value).toBeNull();
});
it("stays on for the one who switched it on, under the session of today, and ends for a colleague", async () => {
  const { asked } = world();
  await pushOf("anna");
  await switchOn();
  await choosePush({ away: true });
  expect(asked.at(-1)).toBe("POST /api/push true/false");
  asked.length = 0;
  await pushOf("anna");
  expect(asked).toEqual(["register /console/push.js /console/", "GET /api/push", "POST /api/push true/false"]);
  expect(pushChoices.value).toEqual({ away: true, details: false });
  asked.length = 0;
  await pushOf("boris");
  expect(asked).toEqual(["unsubscribe"]);
  expect(pushState.value).toBe("off");
});
it("subscribes anew where the server has another key", async () => {
  const { asked, hold } = world();
  await pushOf("anna");
  hold("AAAA");
  await switchOn();
  expect(asked.slice(2, 4)).toEqual(["unsubscribe", "subscribe"]);
});
it.each([
  [{ reachable: false }, { at: "browser" }, "off"],
  [{ refuses: "name" }, { at: "server", why: "name" }, "off"],
  [{ tried: "timeout" }, { at: "server", why: "timeout" }, "on"],
  [{ permission: "default" }, null, "off"],
] as const)("with %j the trouble is %j", async (how, trouble, state) => {
  world(how);
  await pushOf("anna");
  await switchOn();
  expect(pushTrouble.value).toEqual(trouble);
  expect(pushState.value).toBe(state);
});
it("is taken back here and at the server when it is switched off", async () => {
  const { asked } = world();
  await pushOf("anna");
  await switchOn();
  asked.length = 0;
  await switchOff();
  expect(asked).toEqual(["unsubscribe", "DELETE /api/push/d1"]);
  expect([pushState.value, pushDevice.value]).toEqual(["off", null]);
});
it("is nobody's after signing out", async () => {
  const { asked } = world();
  await pushOf("anna");
  await switchOn();
  asked.length = 0;
  await leavePush();
  expect(asked).toEqual(["unsubscribe"]);
  await pushOf("anna");
  expect(pushState.value).toBe("off");
});
