// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import { desk } from "../../live/desk";
import { selection } from "../../live/selection";
import { sites } from "../../live/sites";
import { deskFrom } from "../../state/desk";
import { conversation, me, visit } from "../../state/fixtures";
import type { Conversation, Queued } from "../../wire";
import { SITE, stage } from "../site/screen.fixture";
import { Alerts } from "./Alerts";
import { Queue } from "./Queue";

let on: ReturnType<typeof stage>;
let waits: Queued[];
const waiting = (some: Partial<Queued> = {}): Queued => ({
  alert: "a", visit: "v", reason: "asked", asked: true, importance: 20, position: 1, waited: 12, estimate: 180,
  raised_at: new Date(Date.now() - 12_000).toISOString(), customer: null, ...some,
});
const show = async (conversations: Conversation[] = []) => {
  desk.value = deskFrom({ me, alerts: [], conversations, experts: [], sites: [] }, [visit({ path: ["Garden"] })]);
  await on.show(<><Alerts /><Queue /></>);
};

beforeEach(() => {
  waits = [waiting()];
  sites.value = [SITE];
  on = stage((_, path) => (path === "/api/conversations/theirs" ? conversation({ id: "theirs", visit: "v" }) : { items: waits, next: null }));
});
afterEach(() => { on.end(); act(() => { desk.value = null; sites.value = null; selection.value = null; }); });

it("says who waits, at which place, how long, and how long still", async () => {
  await show();
  for (const said of ["Who waits 1", "wrote", "about 3 min more", "Garden"]) expect(on.text()).toContain(said);
  expect(on.within(".queue-place").getAttribute("aria-label")).toBe("Place 1");
  expect(on.text()).not.toContain("Nobody needs you");
});
it("is not there while nobody waits", async () => {
  waits = [];
  await show();
  expect(on.root.querySelector(".queue")).toBeNull();
  expect(on.text()).toContain("Nobody needs you right now.");
});
it("asks for what they wrote while no desk holds it", async () => {
  await show();
  act(() => { desk.value = { ...desk.value!, visits: new Map([["v", visit({ conversation: "theirs" })]]) }; });
  act(() => on.within<HTMLElement>(".queue .row").click());
  await on.settle();
  expect(selection.value).toEqual({ kind: "conversation", id: "theirs" });
});
it("opens what they wrote, else who they are", async () => {
  await show([conversation({ id: "talk", visit: "v" })]);
  act(() => on.within<HTMLElement>(".queue .row").click());
  expect(selection.value).toEqual({ kind: "conversation", id: "talk" });
  act(() => { desk.value = { ...desk.value!, conversations: [] }; });
  act(() => on.within<HTMLElement>(".queue .row").click());
  expect(selection.value).toEqual({ kind: "visit", id: "v" });
});
