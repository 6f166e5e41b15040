// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { notes } from "../../live/notes";
import { setLanguage } from "../../text/text";
import type { Customer, Merge } from "../../wire";
import { pair, SamePerson, type Someone } from "./SamePerson";

const AT = "2026-01-02T00:00:00Z";
const ann: Someone = { id: "ann", name: "Ann", since: "2026-01-01T00:00:00Z", visit: "v", site: "s" };
const vera = (some: Partial<Customer> = {}): Customer => ({
  id: "vera", name: "Vera", tier: "standard", owner: null, emails: ["vera@x.example"], phones: [], orders: 2, spent: null, last_contact: null,
  visits: 1, since: AT, ...some,
});
const merged = (some: Partial<Merge> = {}): Merge => ({
  id: "m", site: "s", kept: { id: "ann", name: "Ann" }, gone: { id: "g", name: "Guest" }, proof: "hand", reason: "she said so",
  by: { id: "anna", name: "Anna" }, at: AT, moved: {}, undone_at: null, undone_by: null, ...some,
});

let root: HTMLElement;
let asked: [string, string, unknown][];
let merges: Merge[];
let refusal: string | null;
const text = () => root.textContent ?? "";
const button = (name: string) => [...root.querySelectorAll("button")].find((one) => one.textContent === name)!;
const settle = () => act(async () => { await vi.advanceTimersByTimeAsync(400); });
const changed = vi.fn();

beforeEach(async () => {
  vi.useFakeTimers();
  [asked, merges, refusal] = [[], [], null];
  vi.stubGlobal("fetch", async (path: string, { method, body }: RequestInit) => {
    asked.push([method!, path, body ? JSON.parse(body as string) : null]);
    const answer = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status });
    if (path.includes("/merges?")) return answer({ items: merges, next: null });
    if (path.startsWith("/api/customers?")) return answer({ items: path.includes("nobody") ? [] : [vera(), vera({ id: "ann", name: "Ann" })], next: null });
    if (refusal) { const code = refusal; refusal = null; return answer({ code, detail: "" }, 409); }
    return answer(merged());
  });
  root = document.body.appendChild(document.createElement("div"));
});
afterEach(() => {
  act(() => { render(null, root); setLanguage("en"); });
  root.remove();
  notes.value = [];
  changed.mockClear();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function show(who: Someone = ann) {
  act(() => render(<SamePerson who={who} changed={changed} />, root));
  await settle();
}
async function find(words: string) {
  const field = root.querySelector<HTMLInputElement>("input[type=search]")!;
  act(() => { field.value = words; field.dispatchEvent(new Event("input", { bubbles: true })); });
  await settle();
}
const press = async (name: string) => { act(() => button(name).click()); await settle(); };

it("is folded away and asks nobody but for what is known", async () => {
  await show();
  expect(root.querySelector("details")!.open).toBe(false);
  expect(text()).toContain("Same person?");
  expect(asked.map(([, path]) => path)).toEqual(["/api/customers/ann/merges?limit=50"]);
});

it("finds others by words, without the one we look at, with what tells them apart", async () => {
  await show();
  await find("v");
  expect(asked).toHaveLength(1);
  await find("ver");
  expect(asked.at(-1)![1]).toBe("/api/customers?limit=9&site=s&q=ver");
  const list = root.querySelector(".picker .same-list")!.textContent;
  expect(list).toContain("Vera");
  expect(list).toContain("vera@x.example · 2 orders");
  expect(list).not.toContain("Ann");
  await find("nobody");
  expect(text()).toContain("Nobody has these words.");
});

it("makes two one after one more line, with the reason; whom we have known longer stays", async () => {
  await show();
  await find("vera");
  await press("Same person");
  expect(text()).toContain("Vera and Ann: one person?");
  expect(asked.some(([method]) => method === "POST")).toBe(false);
  const reason = root.querySelector<HTMLInputElement>(".same-confirm input")!;
  act(() => { reason.value = "same voice"; reason.dispatchEvent(new Event("input", { bubbles: true })); });
  await press("One person");
  expect(asked.find(([method]) => method === "POST")).toEqual(["POST", "/api/customers/ann/merge", { from: "vera", reason: "same voice", force: false }]);
  expect(changed).toHaveBeenCalledOnce();
  expect(root.querySelector(".same-confirm")).toBeNull();
  expect(notes.value[0]!.text).toContain("one person now");
});

it("asks once more where both have signed in", async () => {
  refusal = "two_people";
  await show();
  await find("vera");
  await press("Same person");
  await press("One person");
  expect(root.querySelector("[role=alert]")!.textContent).toContain("Both of them have signed in");
  expect(changed).not.toHaveBeenCalled();
  await press("Press again to confirm");
  expect(asked.filter(([method]) => method === "POST").map(([, , body]) => (body as { force: boolean }).force)).toEqual([false, true]);
  expect(changed).toHaveBeenCalledOnce();
});

it("lists what was joined, by whom and why, and takes it back", async () => {
  merges = [merged(), merged({ id: "t", gone: { id: "x", name: "" }, proof: "token", by: null, reason: "" }),
    merged({ id: "u", gone: { id: "y", name: "Max" }, undone_at: AT, undone_by: { id: "b", name: "Boris" } })];
  await show();
  expect(text()).toContain("2 joined");
  expect(text()).toMatch(/Guestby hand, Anna, .*: she said so/);
  expect(text()).toMatch(/a strangersigned in, /);
  expect(text()).toMatch(/Maxtold apart by Boris/);
  expect(root.querySelectorAll(".same-list button")).toHaveLength(2);
  await press("Undo");
  expect(asked.find(([method]) => method === "POST")![1]).toBe("/api/merges/m/undo");
  expect(changed).toHaveBeenCalledOnce();
});

it("names the other one to each of two who were told apart", async () => {
  merges = [merged({ kept: { id: "k", name: "Kate" }, gone: { id: "ann", name: "Ann" }, undone_at: AT, undone_by: { id: "b", name: "Boris" } })];
  await show();
  expect(text()).toMatch(/Katetold apart by Boris/);
});

it("asks of a stranger who they are, by the visit", async () => {
  await show({ ...ann, id: null, name: "Stranger 4f2a", since: null });
  expect(text()).toContain("Who is this?");
  expect(asked).toEqual([]);
  await find("vera");
  await press("Same person");
  await press("One person");
  expect(asked.at(-1)).toEqual(["POST", "/api/customers/vera/merge", { visit: "v", reason: "", force: false }]);
});

it("shows names as text, and speaks the other language", async () => {
  merges = [merged({ gone: { id: "g", name: "<img src=x>" }, reason: "<b>x</b>" })];
  await show();
  expect(root.querySelector("img, b")).toBeNull();
  act(() => setLanguage("ru"));
  expect(text()).toContain("Тот же человек?");
  expect(text()).toContain("Отменить");
});

it("keeps the one whom we have known longer", () => {
  expect(pair(ann, vera())).toEqual({ kept: "ann", from: "vera" });
  expect(pair(ann, vera({ since: "2025-01-01T00:00:00Z" }))).toEqual({ kept: "vera", from: "ann" });
});
