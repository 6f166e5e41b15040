// The server has too much to do, or we asked too often: when what waits is tried again, and when the person reads why.

import { signal } from "@preact/signals";
import { Refused } from "./line/transport";

/** Who waits longer than this, ms, reads why. */
export const QUIET = 5_000;
/** Nothing waits longer than this for its next try, ms, whatever the server said. */
export const LONGEST = 600_000;

/** The server's sentence, once something has waited for longer than a moment. */
export const slow = signal("");

let telling: ReturnType<typeof setTimeout> | undefined;
let sentence = "";

/** It was not taken: how many ms until it is tried again. Never sooner than the server asked for. */
export function heldUp(problem: unknown, random = Math.random()): number {
  const refused = problem instanceof Refused ? problem : null;
  if (refused) {
    sentence = refused.message;
    if (slow.peek()) slow.value = sentence;
    telling ??= setTimeout(() => (slow.value = sentence), QUIET);
  } else gotOn();
  return Math.min(LONGEST, Math.max(3_000, (refused?.refusal.retry_after ?? 0) * 1_000)) + random * 3_000;
}

/** It was taken, or the line is the trouble: nothing is to be said. */
export function gotOn(): void {
  clearTimeout(telling);
  telling = undefined;
  slow.value = "";
}
