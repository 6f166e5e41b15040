// Which callbacks stand on a desk, in which order. Pure.
import type { Callback } from "../wire";

/** What ran out by itself stays in sight for so long. */
const MISSED_MS = 24 * 3_600_000;
const SOON_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;

/** One's own, and what is nobody's: anybody may keep it. */
export const isMine = (one: Callback, me: string): boolean => one.owner === null || one.owner.id === me;

export function replaced(all: readonly Callback[], one: Callback): readonly Callback[] {
  const others = all.filter((each) => each.id !== one.id);
  return one.state === "done" || (one.state === "missed" && one.by !== null) ? others : [...others, one];
}
/** Whose time comes first; ids, the older first, settle the rest. */
export const byTime = (all: readonly Callback[]): Callback[] =>
  [...all].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

export type Stage = "later" | "soon" | "now" | "missed" | "cancelled" | "over";
/** How near its time is. A person's own "missed" is over; what ran out by itself is missed, for a day; what its visitor
 * cancelled is told until its time has come. */
export function stageOf(one: Callback, now: number): Stage {
  const left = Date.parse(one.at) - now;
  if (one.state === "done" || (one.state === "missed" && (one.by !== null || left < -MISSED_MS))) return "over";
  if (one.state === "cancelled") return left > 0 ? "cancelled" : "over";
  if (one.state === "missed" || left < -HOUR_MS) return "missed";
  return left > SOON_MS ? "later" : left > 0 ? "soon" : "now";
}
