// What is not taken is tried when the server said, and the person reads why once it takes longer than a moment.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Refused, Unanswered } from "./line/transport";
import { gotOn, heldUp, LONGEST, QUIET, slow } from "./slow";

const no = (retry_after?: number) => new Refused({ code: "rate_limited", detail: "Please wait.", ...(retry_after && { retry_after }) });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  gotOn();
  vi.useRealTimers();
});

test.each<[string, unknown, number]>([
  ["a refusal without a time", no(), 3_000], ["one that is over soon", no(1), 3_000], ["one with a time", no(40), 40_000],
  ["one with a very long time", no(86_400), LONGEST], ["no answer", new Unanswered(), 3_000],
])("%s: tried again in time, never sooner", (_, problem, least) => {
  expect(heldUp(problem, 0)).toBe(least);
  expect(heldUp(problem, 0.999)).toBeLessThan(least + 3_000);
});

test("a moment is no matter; longer than that is said, and taken back once it was sent", () => {
  heldUp(no(1));
  vi.advanceTimersByTime(QUIET - 1);
  expect(slow.value).toBe("");
  heldUp(no(1));
  vi.advanceTimersByTime(1);
  expect(slow.value).toBe("Please wait.");
  gotOn();
  expect(slow.value).toBe("");
});

test("what was sent within a moment, or has no line, says nothing", () => {
  heldUp(no(2));
  gotOn();
  vi.advanceTimersByTime(QUIET * 2);
  expect(slow.value).toBe("");
  heldUp(no(2));
  heldUp(new Unanswered());
  vi.advanceTimersByTime(QUIET * 2);
  expect(slow.value).toBe("");
});
