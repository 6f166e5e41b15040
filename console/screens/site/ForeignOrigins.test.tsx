// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { notes } from "../../live/notes";
import { sites } from "../../live/sites";
import { setLanguage } from "../../text/text";
import type { EventSeen, ForeignOrigin, Site } from "../../wire";
import { EventLine } from "./EventLine";
import { ForeignOrigins } from "./ForeignOrigins";

const AT = "2026-01-02T00:00:00Z";
const site: Site = {
  id: "s", key: "shop", name: "Shop", origins: ["https://shop.example"], language: "en", zone: "UTC", currency: "EUR",
  ladder: { rungs: [{ rung: "anyone", seconds: 20 }], wait_seconds: 300, fallback: "message" },
  rung_seconds: 20, look: { accent: "", side: "right" as const, title: { en: "", ru: "" }, welcome: { en: "", ru: "" } }, talk: {}, test_mode: true, test_until: null,
};
const tried = (origin: string, count = 1): ForeignOrigin => ({ origin, first_at: AT, last_at: AT, count });

let root: HTMLElement;
let foreign: ForeignOrigin[];
let patched: unknown[];
const text = () => root.textContent ?? "";
const buttons = () => [...root.querySelectorAll("button")];
const settle = () => act(async () => { await vi.advanceTimersByTimeAsync(100); });

beforeEach(() => {
  vi.useFakeTimers();
  [foreign, patched] = [[], []];
  sites.value = [site];
  vi.stubGlobal("fetch", async (path: string, { method, body }: RequestInit) => {
    if (method === "GET") return new Response(JSON.stringify({ items: foreign, next: null }));
    expect(path).toBe("/api/sites/s");
    patched.push(JSON.parse(body as string));
    return new Response(JSON.stringify({ ...site, ...JSON.parse(body as string) }));
  });
  root = document.body.appendChild(document.createElement("div"));
});
afterEach(() => {
  act(() => { render(null, root); setLanguage("en"); });
  root.remove();
  [notes.value, sites.value] = [[], null];
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function Shown(props: { changes: boolean; brief?: boolean }) {
  return <ForeignOrigins site={sites.value![0]!} {...props} />;
}
async function show(props: { changes: boolean; brief?: boolean }) {
  act(() => render(<Shown {...props} />, root));
  await settle();
}

it("says nothing while every page is on the list", async () => {
  foreign = [tried("https://shop.example")];
  await show({ changes: true });
  expect(text()).toBe("");
});

it("says whose pages tried, and one press adds the address", async () => {
  foreign = [tried("http://127.0.0.1:9001", 3)];
  await show({ changes: true });
  for (const said of ["Pages of http://127.0.0.1:9001 tried to send.", "3 times", "Add this address to the site"]) expect(text()).toContain(said);
  act(() => buttons()[0]!.click());
  await settle();
  expect(patched).toEqual([{ origins: ["https://shop.example", "http://127.0.0.1:9001"] }]);
  expect(sites.value![0]!.origins).toContain("http://127.0.0.1:9001");
  await show({ changes: true });
  expect(text()).toBe("");
});

it("leaves the adding to administrators, in either language", async () => {
  foreign = [tried("http://www.shop.example")];
  await show({ changes: false });
  expect(buttons()).toHaveLength(0);
  expect(text()).toContain("An administrator can add it.");
  act(() => setLanguage("ru"));
  expect(text()).toContain("Страницы http://www.shop.example пытались передать события.");
});

it("is brief elsewhere: the newest, and the way to the others", async () => {
  foreign = [tried("http://a.example"), tried("http://b.example"), tried("http://c.example")];
  await show({ changes: true, brief: true });
  expect(buttons()).toHaveLength(1);
  expect(root.querySelector("a")?.textContent).toBe("2 more addresses");
});

it("an event says who it was, as the live list does, and which page they left", () => {
  const event: EventSeen = {
    id: "e", at: AT, outcome: "accepted", reason: null, event: { type: "page.left", page: "p", dwell: 7_000 }, placed: null,
    view: { path: ["Garden", "Tools"], title: "Spades", url: "https://shop.example/tools" }, visitor: "0000-db5e", visit: "v", customer: null,
  };
  const line = (customer: Parameters<typeof EventLine>[0]["customer"]) => act(() => render(<EventLine event={event} customer={customer} now={Date.parse(AT)} />, root));
  line(null);
  for (const said of ["page left", "Tools", "Spades", "7 s", "Stranger db5e"]) expect(text()).toContain(said);
  line({ id: "c", name: "Vera", tier: "standard", owner: null, orders: 0, spent: null, last_contact: null });
  expect(text()).toContain("Vera");
  expect(text()).not.toContain("Stranger");
});
