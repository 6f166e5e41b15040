// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import { desk } from "../../live/desk";
import { deskFrom } from "../../state/desk";
import { expert, me } from "../../state/fixtures";
import { setLanguage } from "../../text/text";
import type { Decision } from "../../wire";
import { stage } from "../site/screen.fixture";
import { Asked } from "./Asked";

let on: ReturnType<typeof stage>;
let decisions: Decision[];
const anna = { id: "anna", name: "Anna" };
const decision = (some: Partial<Decision> = {}): Decision => ({
  id: "d1", alert: "a", firing: null, visit: "v", topic: ["Women", "Boots"], language: "ru-RU", rung: "topic", at: "2026-01-01T00:00:00Z", chosen: [anna],
  candidates: [
    { expert: "anna", name: "Anna", score: 6, excluded: "", parts: { level: 5, nearness: 1, language: true, load: 0.25 } },
    { expert: "boris", name: "<b>Boris</b>", score: 0, excluded: "offline", parts: { level: 0, nearness: 0, language: false, load: 0 } },
  ],
  others: {}, outcome: "ringing", answered_at: null, solved: null, rated: null, ordered: null, ...some,
});
const open = async () => {
  await on.show(<Asked visit="v" />);
  act(() => { const line = on.within<HTMLDetailsElement>("details"); line.open = true; line.dispatchEvent(new Event("toggle")); });
  await on.settle();
};
const told = () => on.asked.filter((one) => one.path.includes("/why"));

beforeEach(() => {
  decisions = [decision()];
  on = stage((_, path) => (path.includes("/why") ? { text: "Boris was offline." } : { items: decisions, next: null }));
  desk.value = deskFrom({ me, alerts: [], conversations: [], experts: [expert, { ...expert, id: "clara", name: "Clara" }], sites: [] }, []);
});
afterEach(() => { on.end(); desk.value = null; });

it("asks nothing until somebody opens it", async () => {
  await on.show(<Asked visit="v" />);
  expect(on.asked).toEqual([]);
  await open();
  expect(on.asked.map((one) => one.path)).toEqual(["/api/decisions?limit=200&visit=v"]);
});
it("says the parts of a score in words, and who was left out and why, as text", async () => {
  await open();
  expect(on.text()).toContain("Anna rings now5 of 5 on Boots · speaks Russian · 1 of 4 places taken");
  expect(on.text()).toContain("<b>Boris</b>: offline");
  act(() => setLanguage("ru"));
  expect(on.text()).toContain("5 из 5 по теме «Boots» · говорит: русский · занято мест: 1 из 4");
});
it("says what came of it", async () => {
  decisions = [decision({ outcome: "accepted:anna", answered_at: "2026-01-01T00:00:12Z", solved: true, ordered: { id: "o", number: 17 } })];
  await open();
  expect(on.text()).toContain("Anna answered after 12 s. Closed by the expert. Ordered: № 17.");
});
it("asks about anybody, also who was no candidate, and says the server's sentence", async () => {
  await open();
  const choice = on.within<HTMLSelectElement>("select");
  expect([...choice.options].map((one) => one.text)).toEqual(["Why not …?", "<b>Boris</b>", "Anna", "Clara"]);
  act(() => { choice.value = "clara"; choice.dispatchEvent(new Event("change", { bubbles: true })); });
  await on.settle();
  expect(told().map((one) => one.path)).toEqual(["/api/decisions/d1/why?expert=clara"]);
  expect(on.within("[role=status]").textContent).toBe("Boris was offline.");
});
it("says when no bell has rung, and counts those who are not named", async () => {
  decisions = [];
  await open();
  expect(on.text()).toContain("No bell has rung for this visit yet.");
  act(() => on.end());
  on = stage(() => ({ items: [decision({ chosen: [], outcome: "nobody", others: { offline: 3, behind: 1 } })], next: null }));
  await open();
  expect(on.text()).toContain("It waits: nobody can hear it.");
  expect(on.text()).toContain("And others: offline: 3 · somebody else came first: 1.");
});
