// Who was asked, as a value: the decisions of a visit put together by bell, and what came of each rung. Pure.
import type { Candidate, Decision } from "../wire";

/** One bell, or one invitation that came by itself; its rungs in the order in which they were climbed. */
export interface Bell { id: string; invited: boolean; at: string; rungs: Decision[]; last: Decision }

/** Newest bell first. */
export function byBell(decisions: readonly Decision[]): Bell[] {
  const bells = new Map<string, Decision[]>();
  for (const one of decisions) {
    const id = one.alert ?? one.firing ?? one.id;
    bells.set(id, [...(bells.get(id) ?? []), one]);
  }
  return [...bells].map(([id, found]) => {
    const rungs = found.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
    return { id, invited: rungs[0]!.alert === null, at: rungs[0]!.at, rungs, last: rungs.at(-1)! };
  }).sort((a, b) => (a.at < b.at ? 1 : -1));
}

/** "accepted:ID" and "invited:ID" name somebody. */
export const whoTook = (outcome: string): string | null => /^(?:accepted|invited):(.+)$/.exec(outcome)?.[1] ?? null;

/** What somebody who was rung did: the next rung says why they were not asked again; the last one how it ended. */
export function cameOf(bell: Bell, at: number, expert: string): string {
  const next = bell.rungs[at + 1];
  if (next) return next.candidates.find((one) => one.expert === expert)?.excluded || "silent";
  const took = whoTook(bell.last.outcome);
  if (took) return took === expert ? (bell.invited ? "invited" : "accepted") : "colleague";
  return bell.last.outcome === "ringing" || bell.last.outcome === "declined" ? bell.last.outcome : "silent";
}

/** Milliseconds from the first ring to the first words; null while there are none. */
export function answeredAfter(bell: Bell): number | null {
  const at = bell.last.answered_at;
  return at === null ? null : Math.max(0, Date.parse(at) - Date.parse(bell.at));
}

/** The place they know, of the path that was read: "Boots" of Women › Boots › Ankle boots. */
export function knownPlace(decision: Decision, { parts }: Candidate): string | null {
  if (parts.level === 0 || decision.topic.length === 0) return null;
  return decision.topic[Math.max(1, Math.round(parts.nearness * decision.topic.length)) - 1] ?? null;
}

/** Those who were not rung, the best match first. */
export function leftOut(decision: Decision): Candidate[] {
  const rung = new Set(decision.chosen.map((one) => one.id));
  return decision.candidates.filter((one) => !rung.has(one.expert)).sort((a, b) => b.score - a.score || a.name.localeCompare(b.name));
}
