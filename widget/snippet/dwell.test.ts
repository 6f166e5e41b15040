// What counts as having been looked at, and when it is told.

import { beforeEach, describe, expect, test, vi } from "vitest";

let time = 0;
let looking = true;
vi.mock("./clock", () => ({ now: () => time }));
Object.defineProperty(document, "hasFocus", { value: () => looking });

let dwell: typeof import("./dwell").dwell;
let nextStay: typeof import("./dwell").nextStay;

beforeEach(async () => {
  time = 1000;
  looking = true;
  vi.resetModules();
  ({ dwell, nextStay } = await import("./dwell"));
});

/** Lets seconds pass; the page asks each second. */
function pass(seconds: number) {
  let total = 0;
  for (let i = 0; i < seconds; i++) {
    time += 1000;
    total = dwell();
  }
  return total;
}

describe("only what is looked at counts", () => {
  test("time with focus", () => {
    dwell(1);
    expect(pass(7)).toBe(7000);
  });

  test("time without focus does not", () => {
    dwell(1);
    pass(3);
    looking = false;
    dwell();
    pass(60);
    looking = true;
    dwell();
    expect(pass(2)).toBe(5000);
  });

  test("the sleep of the machine does not", () => {
    dwell(1);
    pass(3);
    time += 8 * 3600_000;
    expect(dwell()).toBeLessThanOrEqual(8000);
  });

  test("a new view begins at nothing", () => {
    dwell(1);
    pass(9);
    expect(dwell(1)).toBe(0);
    expect(pass(1)).toBe(1000);
  });

  test("whole milliseconds", () => {
    dwell(1);
    time += 33.7;
    expect(dwell()).toBe(33);
  });
});

test("page.stayed is due at 5, 10, 15, 30, 60, 120, 300 s and then every 5 min", () => {
  const due: number[] = [];
  for (let at = 0; due.length < 10; due.push(at / 1000)) at = nextStay(at);
  expect(due).toEqual([5, 10, 15, 30, 60, 120, 300, 600, 900, 1200]);
});

test("the next is always later", () => {
  for (let at = 0; at < 2_000_000; at += 777) expect(nextStay(at)).toBeGreaterThan(at);
});
