// How long a page was really looked at: visible and focused time only.

import { now } from "./clock";

/** The dwell (ms) at which the next page.stayed is due, above `dwell` (ms). */
export const nextStay = (dwell: number) =>
  [5e3, 1e4, 15e3, 3e4, 6e4, 12e4].find((ms) => ms > dwell) || 3e5 * ((dwell / 3e5 + 1) | 0);

let total: number;
let last: number;
let looked: unknown;

/** Whole ms this view was looked at until now; a `fresh` view begins at 0. It is asked twice a second,
 * so a longer silence means that the machine slept: not counted. */
export function dwell(fresh?: unknown): number {
  const time = now();
  if (looked) total += Math.min(time - last, 5e3);
  if (fresh) total = 0;
  last = time;
  looked = !document.hidden && document.hasFocus();
  return total | 0;
}
