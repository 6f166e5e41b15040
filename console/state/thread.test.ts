import { describe, expect, it } from "vitest";
import { message } from "./fixtures";
import { acknowledged, add, addBatch, firstSeq, lastSeq, mark, newThread, prepend, read, renew, write } from "./thread";

const batch = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => message({ seq: from + n, text: `m${from + n}` }));
const seqs = (thread: { messages: { seq: number }[] }) => thread.messages.map((one) => one.seq);
const unsent = { client_id: "x", text: "Hi", at: "2026-01-01T00:00:00Z", state: "sending" as const };

describe("a thread", () => {
  it("shows each number once and in order, whatever is repeated", () => {
    let thread = addBatch(newThread("c"), batch(1, 3));
    for (const seq of [3, 4, 2, 4, 5]) thread = add(thread, message({ seq }));
    expect(seqs(thread)).toEqual([1, 2, 3, 4, 5]);
    expect(thread.gap).toBe(false);
  });
  it("does not show what lies beyond a gap, and is whole after the missing part came", () => {
    let thread = add(addBatch(newThread("c"), batch(1, 2)), message({ seq: 5 }));
    expect(seqs(thread)).toEqual([1, 2]);
    expect(thread.gap).toBe(true);
    thread = addBatch(thread, batch(3, 5));
    expect([seqs(thread), thread.gap]).toEqual([[1, 2, 3, 4, 5], false]);
  });
  it("waits for its first batch before it shows pushed messages", () => {
    expect(add(newThread("c"), message({ seq: 9 }))).toMatchObject({ messages: [], gap: true });
  });
  it("may begin in the middle of a long conversation and grow backwards", () => {
    const thread = prepend(addBatch(newThread("c"), batch(101, 103)), batch(99, 101));
    expect([firstSeq(thread), lastSeq(thread), seqs(thread)]).toEqual([99, 103, [99, 100, 101, 102, 103]]);
  });
});

it("shows the state that offers and order forms are in now", () => {
  const thread = addBatch(newThread("c"), [message({ seq: 1, kind: "offer", data: { state: "open" } }), message({ seq: 2 })]);
  const renewed = renew(thread, [message({ seq: 1, kind: "offer", data: { state: "accepted" } }), message({ seq: 9 })]);
  expect([seqs(renewed), renewed.messages[0]!.data]).toEqual([[1, 2], { state: "accepted" }]);
});

describe("an own text", () => {
  const start = write(addBatch(newThread("c"), batch(1, 2)), unsent);

  it("turns into its message when the acknowledgement comes first", () => {
    const thread = acknowledged(start, "x", 3, "2026-01-01T00:00:01Z", "Anna");
    expect(thread.unsent).toEqual([]);
    expect(thread.messages.at(-1)).toMatchObject({ seq: 3, client_id: "x", text: "Hi", author: { kind: "expert", name: "Anna" } });
    expect(seqs(add(thread, message({ seq: 3, client_id: "x" })))).toEqual([1, 2, 3]);
  });
  it("turns into its message when the pushed copy comes first", () => {
    const pushed = add(start, message({ seq: 3, client_id: "x" }));
    expect([pushed.unsent, seqs(acknowledged(pushed, "x", 3, "", "Anna"))]).toEqual([[], [1, 2, 3]]);
  });
  it("stays waiting when its number lies beyond a gap, and is found in the batch that fills it", () => {
    const waits = acknowledged(start, "x", 5, "", "Anna");
    expect([waits.gap, waits.unsent.length]).toEqual([true, 1]);
    const whole = addBatch(waits, [...batch(3, 4), message({ seq: 5, client_id: "x" })]);
    expect([whole.unsent, seqs(whole)]).toEqual([[], [1, 2, 3, 4, 5]]);
  });
  it("keeps its words and its reason when it was refused", () => {
    expect(mark(start, "x", "failed", "Too long").unsent).toEqual([{ ...unsent, state: "failed", error: "Too long" }]);
  });
  it("is never shown twice by writing it again", () => {
    expect(write(start, unsent).unsent).toHaveLength(1);
  });
});

it("what was seen only grows", () => {
  expect(read(read(newThread("c"), 5), 3).seen).toBe(5);
});
