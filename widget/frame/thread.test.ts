// A conversation reads the same whatever arrives in which order, how often.

import { describe, expect, test } from "vitest";
import type { Message } from "../wire";
import { empty, end, lastSeq, openAnswer, openThing, receive, score, shown, type Thread, unread } from "./thread";

const message = (seq: number, kind: Message["author"]["kind"] = "expert", client_id: string | null = null): Message => ({
  conversation: "c", seq, client_id, author: { kind, name: "" }, kind: "text", text: `m${seq}`, at: "", data: null,
});
const seqs = (thread: Thread) => thread.messages.map(({ seq }) => seq);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => message(from + i));

/** Numbers from 0 to 1 that are the same in every run. */
function* dice(seed: number) {
  for (;;) yield (seed = (seed * 16807) % 2147483647) / 2147483647;
}

test.each<[string, Partial<Message>, boolean]>([
  ["an open offer", { kind: "offer", data: { offer: "x", state: "open" } }, true],
  ["an open form", { kind: "order_form", data: { form: "x", state: "open" } }, true],
  ["a used one", { kind: "offer", data: { offer: "x", state: "accepted" } }, false],
  ["another one", { kind: "offer", data: { offer: "y", state: "open" } }, false],
  ["what happened to it", { kind: "event", data: { offer: "x", state: "open" } }, false],
])("how it stands is asked for again: %s", (_, some, asked) =>
  expect(!!openThing([message(1), { ...message(2), ...some } as Message], "x")).toBe(asked));

describe("receive", () => {
  test.each<[string, number[], number[], number[], boolean]>([
    ["the next one", [1, 2], [3], [1, 2, 3], false],
    ["several in any order", [1], [4, 2, 3], [1, 2, 3, 4], false],
    ["known ones again", [1, 2, 3], [2, 3], [1, 2, 3], false],
    ["after a hole: left out, and said", [1], [3], [1], true],
    ["up to the hole", [1], [2, 4, 5], [1, 2], true],
    ["the first is 1", [], [1], [1], false],
    ["nothing before it: a hole", [], [5], [], true],
  ])("%s", (_, had, got, has, hole) => {
    const start = receive(empty("c"), had.map((seq) => message(seq))).thread;
    const { thread, gap } = receive(start, got.map((seq) => message(seq)));
    expect(seqs(thread)).toEqual(has);
    expect(gap).toBe(hole);
  });

  test("a snapshot may begin above 1", () => {
    expect(seqs(receive(empty("c"), range(50, 60), true).thread)).toEqual(range(50, 60).map(({ seq }) => seq));
  });

  test("a snapshot renews what is known: an offer that was answered meanwhile", () => {
    const { thread } = receive(receive(empty("c"), range(1, 2)).thread, [{ ...message(2), data: { state: "accepted" } as object }], true);
    expect(thread.messages[1]!.data).toEqual({ state: "accepted" });
    expect(seqs(thread)).toEqual([1, 2]);
  });

  test("another score stands where the first one stood, and the same again changes nothing", () => {
    const rated = (n: number): Message => ({ ...message(2, "system"), kind: "event", data: { name: "conversation.rated", score: n } });
    const { thread } = receive(empty("c"), [message(1), rated(2), message(3)]);
    const { thread: changed, gap } = receive(thread, [rated(5)]);
    expect([seqs(changed), score(changed.messages), gap]).toEqual([[1, 2, 3], 5, false]);
    expect(receive(changed, [rated(5)]).thread).toBe(changed);
    expect(receive(changed, [{ ...message(1), text: "forged" }]).thread).toBe(changed);
  });

  test("our own message is confirmed by its client_id", () => {
    const start = empty("c", [{ client_id: "x", text: "hi", at: "" }, { client_id: "y", text: "yo", at: "" }]);
    const { thread } = receive(start, [message(1, "visitor", "x")]);
    expect(thread.unsent.map(({ client_id }) => client_id)).toEqual(["y"]);
  });

  test("nothing new is the same thread: nothing is drawn again", () => {
    const { thread } = receive(empty("c"), range(1, 3));
    expect(receive(thread, range(1, 3)).thread).toBe(thread);
  });

  test("shuffled, repeated, lost and asked for again: always the whole conversation", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const roll = dice(seed);
      const next = () => roll.next().value as number;
      const whole = range(1, 1 + Math.floor(next() * 30));
      let thread = empty("c");
      for (let step = 0; step < 40; step++) {
        const handful = whole.filter(() => next() < 0.3).sort(() => next() - 0.5);
        const result = receive(thread, handful);
        thread = result.thread;
        const numbers = seqs(thread);
        expect(numbers).toEqual(numbers.map((_, i) => i + 1));
        if (result.gap) thread = receive(thread, whole.slice(lastSeq(thread), lastSeq(thread) + 5)).thread;
      }
      expect(seqs(receive(thread, whole.slice(lastSeq(thread))).thread)).toEqual(whole.map(({ seq }) => seq));
    }
  });
});

test("unread are the expert's messages after what was seen", () => {
  const { thread } = receive(empty("c"), [message(1), message(2, "visitor"), message(3), message(4, "system")]);
  expect(unread(thread, 0).map(({ seq }) => seq)).toEqual([1, 3]);
  expect(unread(thread, 1).map(({ seq }) => seq)).toEqual([3]);
  expect(unread(thread, 4)).toEqual([]);
});

test("a place in the queue is shown until something newer happened", () => {
  const place = (seq: number): Message => ({ ...message(seq, "system"), kind: "event", data: { name: "queue.waiting", position: seq, minutes: 3 } });
  const event = (seq: number, name: string): Message => ({ ...message(seq, "system"), kind: "event", data: { name } });
  const kept = (...messages: Message[]) => seqs({ ...empty("c"), messages: shown(messages) });
  expect(kept(message(1), place(2), place(3), message(4, "visitor"))).toEqual([1, 3, 4]);
  expect(kept(message(1), place(2), event(3, "expert.joined"), message(4))).toEqual([1, 3, 4]);
  expect(kept(event(1, "conversation.closed"), place(2))).toEqual([1, 2]);
  expect(kept(message(1), message(2))).toEqual([1, 2]);
});

test("an invitation that was over before anybody looked is no news; a talk that ended is", () => {
  const end = { ...message(2, "system"), kind: "event" as const, data: { name: "conversation.closed", expert: "" } };
  const invited = receive(empty("c"), [message(1), end]).thread;
  expect(unread(invited, 0)).toEqual([]);
  const talked = receive(empty("c"), [message(1, "visitor"), { ...message(2) }, { ...end, seq: 3 }]).thread;
  expect(unread(talked, 0).map((one) => one.seq)).toEqual([2]);
  expect(unread(receive(empty("c"), [message(1), message(2), { ...end, seq: 3 }]).thread, 1).map((one) => one.seq)).toEqual([2]);
});

const told = (name: string, i: number, more = {}): Message => ({ ...message(i + 1, "system"), kind: "event", data: { name, ...more } as object });

test.each<[string, string[], boolean, number]>([
  ["nothing", [], false, 0],
  ["closed", ["closed"], true, 0],
  ["closed and rated", ["closed", "rated"], true, 4],
  ["begun again: what they gave stays", ["closed", "rated", "reopened"], false, 4],
  ["closed again", ["closed", "rated", "reopened", "closed"], true, 4],
])("%s: over, rated", (_, names, over, given) => {
  const messages = names.map((name, i) => told(`conversation.${name}`, i, { score: 4 }));
  expect(!!end(messages)).toBe(over);
  expect(score(messages)).toBe(given);
});

test.each<[string, Message[], number | undefined]>([
  ["nothing", [], undefined],
  ["an answer, and what the house adds", [message(1, "visitor"), { ...message(2, "system"), kind: "articles" }, told("night.slots", 2)], 2],
  ["somebody said something to it", [{ ...message(1, "system"), kind: "articles" }, message(2, "visitor")], undefined],
  ["an order form that is open", [message(1), { ...message(2), kind: "order_form", data: { state: "open" } as object }], 2],
  ["one that was used", [message(1), { ...message(2), kind: "order_form", data: { state: "ordered" } as object }], undefined],
])("what is read from its beginning: %s", (_, messages, seq) => expect(openAnswer(messages)?.seq).toBe(seq));
