// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { askCallbacks, promises, receiveCallback } from "../../live/callbacks";
import { now } from "../../live/clock";
import { desk } from "../../live/desk";
import { ask } from "../../live/line";
import { notes } from "../../live/notes";
import { selection } from "../../live/selection";
import { stageOf } from "../../state/callbacks";
import { deskFrom } from "../../state/desk";
import { me } from "../../state/fixtures";
import { setLanguage } from "../../text/text";
import type { Callback } from "../../wire";
import { stage } from "../site/screen.fixture";
import { Callbacks } from "./Callbacks";

// The line is the server's socket: here only what would be said over it is looked at.
vi.mock("../../live/line", async (real) => ({ ...(await real<object>()), ask: vi.fn(async () => ({})) }));

const MINE = { id: me.id, name: me.name };
const inMinutes = (minutes: number) => new Date(now.value + minutes * 60_000).toISOString();
const promised = (some: Partial<Callback> = {}): Callback => ({
  id: "a", site: "s", channel: "call", state: "open", at: inMinutes(30), phone: "+4930901820", topic: ["Garden", "Drip"], words: "", owner: MINE,
  visitor: "v", name: "Carla Berg", stranger: false, conversation: null, note: "", created_at: inMinutes(-60), reminded_at: null, done_at: null, by: null, ...some,
  customer: { id: "p", name: some.name ?? "Carla Berg", tier: "", owner: null, orders: 0, spent: null, last_contact: null },
});
let on: ReturnType<typeof stage>;
let open: Callback[], missed: Callback[];
const show = async () => {
  desk.value = deskFrom({ me, alerts: [], conversations: [], experts: [], sites: [] }, []);
  askCallbacks();
  await on.show(<Callbacks />);
};
const cards = () => [...on.root.querySelectorAll(".callback strong")].map((one) => one.textContent);

beforeEach(() => {
  open = [promised()];
  missed = [];
  on = stage((method, path) => method === "DELETE" ? { cleared: 7, more: false } : ({ items: path.includes("state=missed") ? missed : open, next: null }));
});
afterEach(() => { on.end(); vi.mocked(ask).mockClear(); act(() => { desk.value = null; selection.value = null; }); });

it("shows who, when, what about, and the number as a link", async () => {
  await show();
  for (const said of ["Callbacks 1", "Carla Berg", "Garden › Drip"]) expect(on.text()).toContain(said);
  expect(on.within<HTMLAnchorElement>(".callback a").getAttribute("href")).toBe("tel:+4930901820");
});
it("is not there while nobody is to be called", async () => {
  open = [];
  await show();
  expect(on.root.querySelector(".callbacks")).toBeNull();
});
it("puts first whose time comes first, nobody's among one's own, colleagues' apart", async () => {
  open = [promised({ id: "c", at: inMinutes(90), name: "Third", owner: null }), promised({ id: "b", at: inMinutes(60), name: "Second" }),
    promised({ id: "a", at: inMinutes(10), name: "First" }), promised({ id: "d", at: inMinutes(1), name: "Other", owner: { id: "x", name: "Boris" } })];
  await show();
  expect(cards()).toEqual(["First", "Second", "Third", "Other"]);
  expect(on.within("details summary").textContent).toBe("1 of a colleague");
  expect(on.text()).toContain("nobody's yet");
});
it("says what became of it, with a note, under the name of whom it is about", async () => {
  await show();
  await on.type("Note on Carla Berg", "Wants oak");
  await on.press("Done");
  expect(vi.mocked(ask)).toHaveBeenCalledWith("callback.done", { callback: "a", note: "Wants oak" });
  await on.press("Not reached");
  expect(vi.mocked(ask)).toHaveBeenLastCalledWith("callback.missed", { callback: "a", note: "Wants oak" });
  act(() => receiveCallback(promised({ state: "done", by: MINE })));
  expect(on.root.querySelector(".callbacks")).toBeNull();
});
it("hears of new ones and is reminded of one's own, once", async () => {
  open = [];
  await show();
  act(() => receiveCallback(promised()));
  expect(cards()).toEqual(["Carla Berg"]);
  expect(notes.value.map((one) => one.text)[0]).toContain("A callback for you: Carla Berg");
  const reminded = promised({ reminded_at: inMinutes(0) });
  act(() => { receiveCallback(reminded); receiveCallback(reminded); });
  expect(notes.value.filter((one) => one.text.startsWith("Soon"))).toHaveLength(1);
  act(() => receiveCallback(promised({ owner: { id: "x", name: "Boris" } })));
  expect(promises.value).toEqual([]);
});
it("keeps in sight what ran out by itself, and lets it be made good", async () => {
  open = [];
  missed = [promised({ state: "missed", at: inMinutes(-70), done_at: inMinutes(-10) }), promised({ id: "b", name: "Old", state: "missed", at: inMinutes(-60 * 26) })];
  await show();
  expect(cards()).toEqual(["Carla Berg"]);
  expect(on.text()).toContain("missed");
});
it("says that the visitor cancelled, and asks nothing more of it", async () => {
  await show();
  act(() => receiveCallback(promised({ state: "cancelled", done_at: inMinutes(0) })));
  expect(on.text()).toContain("Cancelled by the visitor");
  expect(notes.value[0]!.text).toContain("Carla Berg has cancelled the callback");
  expect(on.root.querySelectorAll(".callback button")).toHaveLength(0);
  expect(on.root.querySelector(".count")).toBeNull();
});
it("leads to the conversation in which somebody is to be answered", async () => {
  open = [promised({ channel: "write", phone: "", conversation: "talk" })];
  await show();
  expect(on.text()).toContain("answer in writing");
  await on.press("Conversation");
  expect(selection.value).toEqual({ kind: "conversation", id: "talk" });
});
it("clears what strangers from one place asked for, once one is sure, and never what a customer did", async () => {
  open = [promised(), promised({ id: "b", name: "", stranger: true, customer: null, at: inMinutes(60) })];
  await show();
  expect([...on.root.querySelectorAll("button")].filter((one) => one.textContent!.startsWith("Clear all from this network"))).toHaveLength(1);
  await on.press("Clear all from this network");
  expect(document.activeElement!.textContent).toBe("Keep them");
  await on.press("Keep them");
  expect(document.activeElement!.textContent).toBe("Clear all from this network");
  await on.press("Clear all from this network");
  expect(on.asked.filter((one) => one.method === "DELETE")).toEqual([]);
  await on.press("Clear them");
  expect(on.asked.at(-1)).toMatchObject({ method: "DELETE", path: "/api/callbacks?like=b" });
  expect(notes.value[0]!.text).toBe("7 callbacks cleared.");
});
it("speaks Russian", async () => {
  setLanguage("ru");
  await show();
  for (const said of ["Обратные звонки", "Готово", "Не удалось"]) expect(on.text()).toContain(said);
});
it.each([
  [30, "open", "later"], [5, "open", "soon"], [1, "open", "soon"], [0, "open", "now"], [-59, "open", "now"], [-61, "open", "missed"],
  [-70, "missed", "missed"], [-60 * 24 - 1, "missed", "over"], [10, "done", "over"], [10, "cancelled", "cancelled"], [0, "cancelled", "over"],
] as const)("in %i minutes and %s is %s", (minutes, state, stage) => {
  expect(stageOf(promised({ at: inMinutes(minutes), state }), now.value)).toBe(stage);
});
it("is over for whoever said that nobody was reached", () => {
  expect(stageOf(promised({ at: inMinutes(-5), state: "missed", by: MINE }), now.value)).toBe("over");
});
