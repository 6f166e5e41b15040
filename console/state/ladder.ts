// The ladder of a site as somebody is writing it: numbers as they were typed, so that what is wrong can stay and be said.
import type { Ladder } from "../wire";

export type Rung = "owner" | "last" | "topic" | "anyone";
export type Fallback = "message" | "callback";
export interface Step { rung: Rung; seconds: string }
export interface Draft { rungs: Step[]; wait: string; fallback: Fallback }

export const RUNGS: readonly Rung[] = ["owner", "last", "topic", "anyone"];
/** What the server takes: seconds of a rung, seconds of waiting. */
export const SECONDS = [5, 3600] as const, WAIT = [0, 3600] as const;
const USUAL = "20";

export const toDraft = (ladder: Ladder): Draft => ({
  rungs: (ladder.rungs ?? []).map(({ rung, seconds }) => ({ rung, seconds: String(seconds ?? USUAL) })),
  wait: String(ladder.wait_seconds ?? 300), fallback: ladder.fallback ?? "message",
});

export const seconds = (typed: string, [low, high]: readonly [number, number]): number | null =>
  /^\d{1,5}$/.test(typed.trim()) && Number(typed) >= low && Number(typed) <= high ? Number(typed) : null;

/** null while something in it makes no sense. */
export function toLadder(draft: Draft): Required<Ladder> | null {
  const wait = seconds(draft.wait, WAIT);
  const rungs = draft.rungs.flatMap(({ rung, seconds: typed }) => {
    const found = seconds(typed, SECONDS);
    return found === null ? [] : [{ rung, seconds: found }];
  });
  if (wait === null || rungs.length === 0 || rungs.length < draft.rungs.length) return null;
  return { rungs, wait_seconds: wait, fallback: draft.fallback };
}

export function move(draft: Draft, at: number, by: -1 | 1): Draft {
  const to = at + by;
  if (to < 0 || to >= draft.rungs.length) return draft;
  return { ...draft, rungs: draft.rungs.with(at, draft.rungs[to]!).with(to, draft.rungs[at]!) };
}
export const add = (draft: Draft, rung: Rung): Draft =>
  draft.rungs.some((one) => one.rung === rung) ? draft : { ...draft, rungs: [...draft.rungs, { rung, seconds: draft.rungs.at(-1)?.seconds ?? USUAL }] };
export const remove = (draft: Draft, at: number): Draft => ({ ...draft, rungs: draft.rungs.filter((_, each) => each !== at) });
export const missing = (draft: Draft): Rung[] => RUNGS.filter((rung) => !draft.rungs.some((one) => one.rung === rung));
/** How long a bell rings at most, in ms. */
export const total = (ladder: Required<Ladder>): number => ladder.rungs!.reduce((sum, one) => sum + (one.seconds ?? 0), 0) * 1000;
