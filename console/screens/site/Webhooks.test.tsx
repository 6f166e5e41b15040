// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import { notes } from "../../live/notes";
import { setLanguage } from "../../text/text";
import type { Delivery, Webhook } from "../../wire";
import { SITE, stage } from "./screen.fixture";
import { Webhooks } from "./Webhooks";

const AT = "2026-01-02T00:00:00Z";
const hook = (some: Partial<Webhook> = {}): Webhook => ({
  id: "h", site: "s", url: "https://shop.example/hook", events: ["order.placed"], active: true, waiting: 0, dead: 0, failing_since: null, error: "",
  off_at: null, created_at: AT, ...some,
});
const delivery = (some: Partial<Delivery> = {}): Delivery => ({
  id: "d", event: "order.placed", state: "dead", tries: 34, error: "status:500", body: '{"id":"d","data":{"order":"o-17"}}', put_at: AT, due_at: null, done_at: AT, ...some,
});

let on: ReturnType<typeof stage>;
let hooks: Webhook[];
let deliveries: Delivery[];
let refusal: Response | null;
const problem = (status: number, code: string, detail: string) => new Response(JSON.stringify({ code, detail, status, title: code, type: "about:blank" }), { status });
const sent = (method: string) => on.asked.filter((one) => one.method === method).map(({ path, body }) => ({ path, body }));

beforeEach(() => {
  [hooks, deliveries, refusal] = [[], [], null];
  on = stage((method, path, body: Partial<Webhook>) => {
    if (method === "GET" && path.includes("/deliveries")) return { items: deliveries.filter((one) => path.includes(`state=${one.state}`)), next: null };
    if (method === "GET" && path.endsWith("/secret")) return { secret: "s3cret" };
    if (method === "GET") return { items: hooks, next: null };
    if (refusal) return refusal;
    if (path.endsWith("/test")) return { ok: false, status: 404, error: "status:404", took: 12 };
    if (path.endsWith("/retry")) return { retried: 1 };
    return hook({ ...hooks[0], ...body });
  });
});
afterEach(() => on.end());

it("says what a webhook is for where there is none, and adds one", async () => {
  await on.show(<Webhooks site={SITE} />);
  expect(on.text()).toContain("No webhooks yet.");
  await on.press("+ Add a webhook");
  expect(document.activeElement?.textContent).toBe("A new webhook");
  await on.press("Save the webhook");
  expect(on.text()).toContain("Where should it go?");
  expect(sent("POST")).toEqual([]);
  await on.type("Address on your server", " https://shop.example/hook ");
  await on.tick("Somebody writes");
  hooks = [hook()];
  await on.press("Save the webhook");
  expect(sent("POST")).toEqual([{ path: "/api/webhooks", body: { site: "shop", url: "https://shop.example/hook", events: ["order.placed", "message.added"] } }]);
  await on.settle();
  expect(on.within(".hook").getAttribute("aria-label")).toBe("https://shop.example/hook");
  expect(document.activeElement?.textContent).toContain("Change");
});

it("says in words why an address is not taken, and keeps what was written", async () => {
  refusal = problem(422, "bad_receiver", "A webhook needs an address that anybody can reach. (address)");
  await on.show(<Webhooks site={SITE} />);
  await on.press("+ Add a webhook");
  await on.type("Address on your server", "https://10.0.0.1/");
  await on.press("Save the webhook");
  expect(on.within("[role=alert]").textContent).toContain("inside a network");
  expect(on.labelled("Address on your server").value).toBe("https://10.0.0.1/");
  act(() => { on.within("form").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true })); });
  await on.settle();
  expect(document.activeElement?.textContent).toBe("+ Add a webhook");
});

it("changes only what was changed", async () => {
  hooks = [hook()];
  await on.show(<Webhooks site={SITE} />);
  await on.press("Change");
  await on.tick("A conversation ends");
  await on.press("Save the webhook");
  expect(sent("PATCH")).toEqual([{ path: "/api/webhooks/h", body: { events: ["order.placed", "conversation.closed"] } }]);
});

it("says what keeps it from arriving, and that it turned itself off", async () => {
  hooks = [hook({ failing_since: AT, error: "timeout", waiting: 3 }), hook({ id: "g", url: "https://other.example/", active: false, off_at: AT, failing_since: AT, error: "status:503", dead: 2 })];
  await on.show(<Webhooks site={SITE} />);
  for (const said of ["no answer within 5 seconds", "3 on their way", "It turned itself off", "the receiver answered with 503", "2 given up"]) expect(on.text()).toContain(said);
  act(() => setLanguage("ru"));
  for (const said of ["Вебхук отключился сам", "получатель ответил 503"]) expect(on.text()).toContain(said);
});

it("sends a test and says what came of it", async () => {
  hooks = [hook()];
  await on.show(<Webhooks site={SITE} />);
  await on.press("Send a test");
  expect(on.within(".hook [role=status]").textContent).toBe("It did not work: the receiver answered with 404.");
});

it("shows the secret only to who asks for it", async () => {
  hooks = [hook()];
  await on.show(<Webhooks site={SITE} />);
  expect(on.text()).not.toContain("s3cret");
  await on.press("Secret");
  expect(on.text()).toContain("s3cret");
  await on.press("Secret");
  expect(on.text()).not.toContain("s3cret");
});

it("shows what was given up with its content, and sends it again, one or all", async () => {
  hooks = [hook({ dead: 2 })];
  deliveries = [delivery(), delivery({ id: "e", state: "waiting", error: "connect", due_at: AT, tries: 2 }), delivery({ id: "f", state: "waiting", error: "", tries: 1 })];
  await on.show(<Webhooks site={SITE} />);
  await on.press("Deliveries");
  expect(on.button("Given up").getAttribute("aria-pressed")).toBe("true");
  expect(on.text()).toContain('"order": "o-17"');
  await on.press("Send again");
  await on.press("Send all again");
  expect(sent("POST").map(({ path }) => path)).toEqual(["/api/webhooks/h/deliveries/d/retry", "/api/webhooks/h/retry"]);
  await on.press("On their way");
  expect([...on.root.querySelectorAll(".delivery-list li")].map((one) => !!one.querySelector("button"))).toEqual([true, false]);
  await on.press("Arrived");
  expect(on.text()).toContain("Nothing has arrived in the last seven days.");
});

it("says that what is off must be on before anything is sent again", async () => {
  hooks = [hook({ active: false, dead: 1 })];
  deliveries = [delivery()];
  refusal = problem(409, "in_use", "Something still uses this. (active)");
  await on.show(<Webhooks site={SITE} />);
  await on.press("Deliveries");
  await on.press("Send again");
  expect(notes.value.at(-1)?.text).toBe("The webhook is off. Switch it on first.");
});

it("asks before it removes, and says what is lost", async () => {
  hooks = [hook({ dead: 2, waiting: 1 })];
  await on.show(<Webhooks site={SITE} />);
  await on.press("Remove");
  expect(on.text()).toContain("3 deliveries that have not arrived are lost with it.");
  expect(sent("DELETE")).toEqual([]);
  hooks = [];
  await on.press("Yes, remove it");
  expect(sent("DELETE")).toEqual([{ path: "/api/webhooks/h", body: null }]);
  await on.settle();
  expect(on.text()).toContain("No webhooks yet.");
});
