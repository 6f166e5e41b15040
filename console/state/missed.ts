// What was missed, as a value: bells that rang here in vain, and the time in which nothing could be heard. Pure.
import type { DeskEvent, MissedBell, VisitBrief } from "../wire";

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

/** Whether this may be the end of some of them: a bell has ended, or somebody has taken one whom they rang for. */
export function mayEnd(all: readonly MissedBell[], event: DeskEvent, before: ReadonlyMap<string, VisitBrief>): boolean {
  if (all.length === 0) return false;
  const rang = (visitor: string) => all.some((one) => one.visitor === visitor);
  const begins = (visit: VisitBrief) =>
    visit.conversation !== null && before.get(visit.id)?.conversation !== visit.conversation && rang(visit.visitor);
  switch (event.name) {
    case "alert.cleared": return event.data.reason === "accepted" || event.data.reason === "taken";
    case "conversation.changed": return event.data.conversation.expert !== null && rang(event.data.conversation.visitor);
    case "visit.changed": return begins(event.data.visit);
    case "visits.changed": return event.data.visits.some(begins);
    default: return false;
  }
}
