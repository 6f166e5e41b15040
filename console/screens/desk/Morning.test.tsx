// @vitest-environment happy-dom
// What was left overnight, what a colleague said, what is said of a conversation: nothing sinks, nothing is claimed.
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it } from "vitest";
import { forgetAbout, notes, say } from "../../live/notes";
import { openTalk } from "../../live/looked";
import { selection } from "../../live/selection";
import { threads } from "../../live/threads";
import { desk, kept, looked, nobodys } from "../../live/value";
import { alert, conversation, me, message, visit } from "../../state/fixtures";
import { deskFrom, hasLeft } from "../../state/desk";
import { newThread } from "../../state/thread";
import { plainMoney } from "../../text/format";
import { setLanguage } from "../../text/text";
import { stage } from "../site/screen.fixture";
import { InviteVisit } from "./InviteVisit";
import { Log } from "./Log";
import { Talk } from "./Talk";
import { Overnight } from "./Unanswered";

let on: ReturnType<typeof stage>;
const boris = { id: "boris", name: "Boris" };
const theirs = conversation({ id: "t", expert: boris });
const begin = (conversations = [conversation()], visits = [visit()]) => { desk.value = deskFrom({ me, alerts: [], conversations, experts: [], sites: [] }, visits); };
beforeEach(() => { on = stage(() => theirs); });
afterEach(() => {
  on.end();
  act(() => { desk.value = null; selection.value = null; threads.value = new Map(); looked.value = new Map(); notes.value = []; setLanguage("en"); });
});

it("keeps what was left overnight on top of its own desk, whether a bell rings for it or not", async () => {
  const mine = conversation({ id: "k", visit: "v", expert: null, kept_for: me.id });
  begin([mine, conversation({ id: "b", visit: "w", expert: null, kept_for: "boris" })], [visit({ alert: "a" })]);
  await on.show(<Overnight />);
  expect(on.text()).toContain("Left for you overnight 1");
  expect(kept.value.map((one) => one.id)).toEqual(["k"]);
  expect(nobodys.value.map((one) => one.id)).toEqual(["b"]);
  act(() => begin([{ ...mine, expert: { id: me.id, name: me.name } }]));
  expect(on.text()).toBe("");
});
it("opens a conversation that the desk does not hold, to be read where a colleague has it", async () => {
  begin();
  await on.show(<Talk />);
  await act(() => openTalk("t"));
  await on.settle();
  expect(on.text()).toContain("Boris has this conversation");
  expect(on.root.querySelector("#composer")).toBeNull();
  act(() => { looked.value = new Map([["t", { ...theirs, expert: null }]]); });
  expect(on.text()).toContain("Whoever writes takes it");
  expect(on.root.querySelector("#composer")).not.toBeNull();
});
it("says that a colleague talks to them only where one does", async () => {
  begin([]);
  await on.show(<InviteVisit visit={visit({ conversation: "t" })} />);
  await on.settle();
  expect(on.text()).toContain("Boris has this conversation");
  begin([conversation({ id: "n", expert: null })]);
  await on.show(<InviteVisit visit={visit({ conversation: "n" })} />);
  expect(on.text()).toContain("nobody has");
});
it("names a colleague whose words stand there, and not oneself", async () => {
  begin();
  const said = (seq: number, name: string) => message({ seq, author: { kind: "expert", name } });
  threads.value = new Map([["c", { ...newThread("c"), loaded: true, messages: [said(1, "Boris"), said(2, me.name)] }]]);
  await on.show(<Log id="c" name="Maria" />);
  expect([...on.root.querySelectorAll(".message-who")].map((one) => one.textContent)).toEqual(["Boris"]);
  expect(on.root.querySelectorAll(".is-colleague")).toHaveLength(1);
});
it("says one thing of a conversation at a time", () => {
  say("It rings at Boris", "good", "c");
  say("Something else");
  say("Declined", "plain", "c");
  expect(notes.value.map((one) => one.text)).toEqual(["Something else", "Declined"]);
  forgetAbout("c");
  expect(notes.value.map((one) => one.text)).toEqual(["Something else"]);
});
it("calls nobody gone between two pages", () => {
  const gone = alert({ left: true, visit: visit({ left: true, last_at: "2026-01-01T00:00:00Z" }) });
  const at = Date.parse("2026-01-01T00:00:00Z");
  expect([hasLeft(gone, at + 1_000), hasLeft(gone, at + 5_000), hasLeft(alert(), at + 5_000)]).toEqual([false, true, false]);
});
it("writes a price as it is typed here", () => {
  expect(plainMoney({ amount: 590, currency: "EUR" })).toBe("5.90");
  setLanguage("ru");
  expect(plainMoney({ amount: 590, currency: "EUR" })).toBe("5,90");
  expect(plainMoney({ amount: 1234500, currency: "EUR" })).toBe("12345,00");
});
