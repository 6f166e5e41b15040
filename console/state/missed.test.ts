import { expect, it } from "vitest";
import type { MissedBell } from "../wire";
import { conversation, visit } from "./fixtures";
import { gapBetween, mayEnd, missedIn, unseen } from "./missed";

const at = (second: number) => new Date(second * 1_000).toISOString();
const bell = (from: number, to: number): MissedBell => ({
  alert: `${from}`, visit: "v", visitor: "w", site: "s", customer: null, asked: false, rung: "topic", path: [], at: at(from), until: at(to), end: "expired", rings: false, taken_by: null,
});

it("keeps a missed bell until it was seen after it rang out", () => {
  expect(unseen([bell(10, 30), bell(40, 60)], 35_000).map((one) => one.alert)).toEqual(["40"]);
  expect(unseen([bell(10, 30)], 20_000)).toHaveLength(1);
});
it("counts what rang while the line was gone, however little of it", () => {
  const gap = { from: 100_000, to: 200_000 };
  expect(missedIn([bell(10, 99), bell(90, 110), bell(120, 140), bell(190, 210), bell(201, 220)], gap)).toBe(3);
});
it("makes no word of a line that is back within a breath", () => {
  expect([gapBetween(0, 4_000), gapBetween(0, 6_000)]).toEqual([null, { from: 0, to: 6_000 }]);
});

it("asks anew when somebody has taken one whom a missed bell rang for, and for nobody else", () => {
  const missed = [bell(10, 30)];
  const expert = { id: "anna", name: "Anna" };
  const changed = (visitor: string, who: typeof expert | null) => ({ name: "conversation.changed" as const, data: { conversation: conversation({ visitor, expert: who }) } });
  const here = visit({ id: "v", visitor: "w", conversation: "c" });
  const moved = { name: "visit.changed" as const, data: { visit: here } };
  expect(mayEnd(missed, changed("w", expert), new Map())).toBe(true);
  expect(mayEnd(missed, changed("w", null), new Map())).toBe(false);
  expect(mayEnd(missed, changed("another", expert), new Map())).toBe(false);
  expect(mayEnd(missed, moved, new Map([["v", { ...here, conversation: null }]]))).toBe(true);
  expect(mayEnd(missed, moved, new Map([["v", here]]))).toBe(false);
  expect(mayEnd(missed, { name: "alert.cleared", data: { id: "a", reason: "accepted" } }, new Map())).toBe(true);
  expect(mayEnd([], changed("w", expert), new Map())).toBe(false);
});
