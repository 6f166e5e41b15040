// What was missed, as a value: bells that rang here in vain, and the time in which nothing could be heard. Pure.
import type { MissedBell } from "../wire";

/** From when to when this desk was deaf (ms). */
export interface Gap { from: number; to: number }
/** A line that is back within a breath has missed nothing worth a word. */
const BREATH_MS = 5_000;

export const gapBetween = (from: number, to: number): Gap | null => (to - from > BREATH_MS ? { from, to } : null);

/** Those not seen yet, the newest first; `seen`: up to when (ms) all were seen. */
export const unseen = (all: readonly MissedBell[], seen: number): MissedBell[] => all.filter((one) => Date.parse(one.until) > seen);

/** How many of them rang while this desk was deaf. */
export const missedIn = (all: readonly MissedBell[], gap: Gap): number =>
  all.filter((one) => Date.parse(one.at) < gap.to && Date.parse(one.until) > gap.from).length;
