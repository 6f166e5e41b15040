// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Status } from "../wire";
import { IDLE, IDLE_MINUTES, watchIdle } from "./idle";

const MINUTE = 60_000;
let me: { status: Status; status_reason: string };
let said: Status[];
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  me = { status: "online", status_reason: "" };
  said = [];
  stop = watchIdle(() => me, (status) => {
    said.push(status);
    me = { status, status_reason: status === "away" ? IDLE : "" };
  });
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

it("says away once after ten minutes without a sign of life, and online with the next one", () => {
  vi.advanceTimersByTime((IDLE_MINUTES - 1) * MINUTE);
  expect(said).toEqual([]);
  vi.advanceTimersByTime(2 * MINUTE);
  expect(said).toEqual(["away"]);
  vi.advanceTimersByTime(60 * MINUTE);
  expect(said).toEqual(["away"]);
  dispatchEvent(new Event("keydown"));
  expect(said).toEqual(["away", "online"]);
});

it.each(["keydown", "pointerdown", "pointermove", "wheel", "focus"])("takes %s for a sign of life", (kind) => {
  vi.advanceTimersByTime((IDLE_MINUTES - 1) * MINUTE);
  dispatchEvent(new Event(kind));
  vi.advanceTimersByTime((IDLE_MINUTES - 1) * MINUTE);
  expect(said).toEqual([]);
});

it.each([["away", "lunch"], ["away", "missed"], ["offline", ""]] as [Status, string][])(
  "leaves %s with the reason %j to the person who is back", (status, reason) => {
    me = { status, status_reason: reason };
    vi.advanceTimersByTime(20 * MINUTE);
    dispatchEvent(new Event("keydown"));
    vi.advanceTimersByTime(20 * MINUTE);
    expect(said).toEqual([]);
  },
);

it("counts a sign of life in another tab of this browser", () => {
  vi.advanceTimersByTime((IDLE_MINUTES - 1) * MINUTE);
  localStorage.setItem("shopbell.seen", String(Date.now()));
  vi.advanceTimersByTime(5 * MINUTE);
  expect(said).toEqual([]);
  vi.advanceTimersByTime(6 * MINUTE);
  expect(said).toEqual(["away"]);
});

it("says nothing once it was stopped", () => {
  stop();
  vi.advanceTimersByTime(30 * MINUTE);
  expect(said).toEqual([]);
});
