// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import { desk } from "../../live/desk";
import { selection } from "../../live/selection";
import { threads } from "../../live/threads";
import { apply, deskFrom, waiting } from "../../state/desk";
import { newThread } from "../../state/thread";
import { alert, conversation, me, message, visit } from "../../state/fixtures";
import { setLanguage } from "../../text/text";
import type { Alert, Conversation, VisitBrief } from "../../wire";
import { stage } from "../site/screen.fixture";
import { Alerts } from "./Alerts";
import { Conversations } from "./Conversations";
import { Talk } from "./Talk";
import { Unanswered } from "./Unanswered";

let on: ReturnType<typeof stage>;
const orphan = (some: Partial<Conversation> = {}) => conversation({ id: "o", expert: null, visit: "v", last: message({ text: "Is anybody there?" }), ...some });
const show = async (conversations: Conversation[], visits: VisitBrief[] = [visit()], alerts: Alert[] = []) => {
  desk.value = deskFrom({ me, alerts, conversations, experts: [], sites: [] }, visits);
  await on.show(<><Alerts /><Unanswered /><Conversations /></>);
};
beforeEach(() => { on = stage(() => ({ items: [], next: null })); });
afterEach(() => {
  on.end();
  act(() => { desk.value = null; selection.value = null; threads.value = new Map(); setLanguage("en"); });
});

it("gives those whom nobody answers a heading and a count of their own, and never says that nobody needs anybody", async () => {
  await show([orphan()]);
  expect(on.within(".unanswered h2").textContent).toBe("Nobody answers these 1");
  expect(on.text()).not.toContain("Nobody needs you");
  expect(on.text()).toContain("No conversations yet.");
  expect(waiting(desk.value!)).toBe(1);
});
it.each([
  ["a bell still waits for them", [orphan()], [visit({ alert: "a" })], []],
  ["their bell rings here", [orphan()], [visit()], [alert()]],
  ["they were only invited by a trigger", [orphan({ trigger: "Deep" })], [visit()], []],
  ["they are somebody's", [conversation({ visit: "v" })], [visit()], []],
] as const)("leaves out conversations where %s", async (_why, conversations, visits, alerts) => {
  await show([...conversations], [...visits], [...alerts]);
  expect(on.root.querySelector(".unanswered")).toBeNull();
});
it.each([
  ["its bell still rings at a colleague's desk", {}, { alert: "a" }],
  ["it was left overnight for whoever sits here", { kept_for: me.id }, {}],
])("never says that nobody needs anybody while a conversation is nobody's: %s", async (_why, some, at) => {
  await show([orphan(some)], [visit(at)]);
  expect(on.text()).toContain("there is a conversation that nobody has yet");
  expect(on.text()).not.toContain("Nobody needs you");
  act(() => setLanguage("ru"));
  expect(on.text()).toContain("есть разговор, который пока никто не взял");
  expect(on.text()).not.toContain("никому не нужна");
});
it.each([{ trigger: "Deep" }, { state: "closed" as const }, { expert: { id: "boris", name: "Boris" } }])("says that nobody needs anybody beside what asks for nobody", async (some) => {
  await show([orphan(some)]);
  expect(on.text()).toContain("Nobody needs you right now.");
});
it("moves what was handed on from here out of one's own conversations, and says so, also while its bell rings", async () => {
  const mine = conversation({ id: "o", visit: "v" });
  await show([mine], [visit({ alert: "a" })]);
  act(() => { desk.value = apply(desk.value!, { name: "conversation.changed", data: { conversation: { ...mine, expert: null } } }, 1); });
  expect(on.within(".unanswered").textContent).toContain("handed on");
  act(() => { desk.value = apply(desk.value!, { name: "conversation.changed", data: { conversation: mine } }, 1); });
  expect(on.root.querySelector(".unanswered")).toBeNull();
});
it("remembers over a new snapshot what was handed on from here", () => {
  const mine = conversation({ id: "o", visit: "v" });
  const snapshot = { me, alerts: [], experts: [], sites: [] };
  const before = deskFrom({ ...snapshot, conversations: [mine] }, []);
  const after = deskFrom({ ...snapshot, conversations: [{ ...mine, expert: null }] }, [], before);
  expect([...deskFrom({ ...snapshot, conversations: [{ ...mine, expert: null }] }, [], after).handedOn]).toEqual(["o"]);
});
it("shows what they wrote before one accepts, and that the answer goes into their chat", async () => {
  const asked = alert({ reason: "asked", visit: visit({ conversation: "o" }) });
  threads.value = new Map([["o", { ...newThread("o"), messages: [message({ conversation: "o", text: "How do I water pots?" }), message({ conversation: "o", seq: 2, kind: "event", text: "told", author: { kind: "system", name: "" } })] }]]);
  selection.value = { kind: "alert", id: asked.id };
  await show([], [visit()], [asked]);
  expect(on.within(".alert-question").textContent).toBe("How do I water pots?");
  await on.show(<Talk />);
  expect(on.text()).toContain("How do I water pots?");
  expect(on.text()).toContain("you answer in the chat they opened");
  act(() => setLanguage("ru"));
  expect(on.text()).toContain("отвечайте в чате");
});
