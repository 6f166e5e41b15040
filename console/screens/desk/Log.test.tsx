// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { notesByTalk } from "../../live/internal";
import { threads, typing } from "../../live/threads";
import { serverNow } from "../../live/http";
import { connection, desk } from "../../live/value";
import { deskFrom } from "../../state/desk";
import { conversation, me, message } from "../../state/fixtures";
import { newThread } from "../../state/thread";
import { setLanguage } from "../../text/text";
import type { Message, Note } from "../../wire";
import { stage } from "../site/screen.fixture";
import { linesOf, Log } from "./Log";

const note = (after_seq: number, id = `n${after_seq}`): Note =>
  ({ id, conversation: "c", after_seq, client_id: null, author: { id: "boris", name: "Boris" }, text: `after ${after_seq}`, at: "2026-01-01T00:00:00Z" });
const some = (...seqs: number[]) => seqs.map((seq) => message({ seq }));
const order = (messages: Message[], notes: Note[]) => linesOf(messages, notes).map((line) => ("note" in line ? line.note.id : line.message.seq));

describe("notes of the house", () => {
  it("stand behind the message after which they were written", () => {
    expect(order(some(1, 2, 3), [note(0), note(2), note(2, "again"), note(3)])).toEqual(["n0", 1, 2, "n2", "again", 3, "n3"]);
  });
  it("of messages that are not loaded yet wait for them", () => {
    expect(order(some(5, 6), [note(2), note(4), note(5)])).toEqual(["n4", 5, "n5", 6]);
  });
  it("are there before a word was said, and behind a number that is still on its way", () => {
    expect(order([], [note(0)])).toEqual(["n0"]);
    expect(order(some(1), [note(7)])).toEqual([1, "n7"]);
  });
  it("part the messages of one author, so that nothing looks said in one breath", () => {
    expect(linesOf(some(1, 2), [note(1)]).at(-1)).toMatchObject({ follows: false });
  });
});

let on: ReturnType<typeof stage>;
beforeEach(() => { on = stage(() => ({ items: [], next: null })); });
afterEach(() => {
  on.end();
  act(() => { threads.value = new Map(); notesByTalk.value = new Map(); typing.value = new Map(); desk.value = null; connection.value = { phase: "idle" }; setLanguage("en"); });
});
const show = async (...messages: Message[]) => {
  threads.value = new Map([["c", { ...newThread("c"), loaded: true, messages }]]);
  await on.show(<Log id="c" name="Maria" />);
};

it("says that more was said than stands here, until it does, in both languages", async () => {
  await show(message());
  expect(on.text()).not.toContain("More was said here");
  act(() => {
    connection.value = { phase: "live", since: 0 };
    desk.value = deskFrom({ me, alerts: [], conversations: [conversation({ expert: null, last_seq: 2 })], experts: [], sites: [] }, []);
  });
  expect(on.text()).toContain("More was said here");
  act(() => setLanguage("ru"));
  expect(on.text()).toContain("Здесь сказано больше");
  act(() => { threads.value = new Map([["c", { ...threads.value.get("c")!, messages: some(1, 2) }]]); });
  expect(on.text()).not.toContain("Здесь сказано больше");
});
it("says of a note that it is one, in both languages", async () => {
  await show(message());
  act(() => { notesByTalk.value = new Map([["c", [note(1)]]]); });
  expect(on.within(".is-note").textContent).toContain("Internal note Boris");
  act(() => setLanguage("ru"));
  expect(on.within(".is-note").textContent).toContain("Заметка Boris");
});
it("shows a picture, names a document, and loads neither from elsewhere", async () => {
  const data = { file: "f/1", name: "bill.pdf", type: "application/pdf", size: 340_000, width: null, height: null };
  await show(message({ seq: 1, kind: "file" as Message["kind"], text: "", data }), message({ seq: 2, kind: "file" as Message["kind"], text: "", data: { ...data, type: "image/png", name: "pot.png", width: 40, height: 30 } }));
  const links = [...on.root.querySelectorAll<HTMLAnchorElement>("a.attached")];
  expect(links.map((one) => one.getAttribute("href"))).toEqual(["/api/files/f%2F1", "/api/files/f%2F1"]);
  expect(links[0]!.textContent).toBe("bill.pdf · 340 KB");
  expect([...on.root.querySelectorAll("img")].map((one) => one.getAttribute("src"))).toEqual(["/api/files/f%2F1"]);
});
it("shows words that were not sent as such, and only while they stand there", async () => {
  await show(message());
  act(() => { typing.value = new Map([["c", { until: serverNow() + 60_000, text: "How much is" }]]); });
  expect(on.within(".is-unsent").textContent).toContain("not sent yet");
  expect(on.within(".is-unsent").textContent).toContain("How much is");
  act(() => { typing.value = new Map([["c", { until: 0, text: "How much is" }]]); });
  expect(on.root.querySelector(".is-unsent")).toBeNull();
});
it("tells events in the reader's language", async () => {
  const event = (seq: number, data: Record<string, unknown>) => message({ seq, kind: "event", author: { kind: "system", name: "" }, text: "English", data });
  await show(event(1, { name: "conversation.rated", score: 5 }), event(2, { name: "conversation.transferred", by: "Anna", to: "", topic: ["Garden", "Hoses"], state: "waiting" }), event(3, { name: "brand.new" }));
  expect(on.text()).toContain("Anna asks a colleague who knows Garden › Hoses to take over");
  act(() => setLanguage("ru"));
  for (const said of ["Оценка 5 из 5", "Anna ищет коллегу по теме: Garden › Hoses", "English"]) expect(on.text()).toContain(said);
});
