// What the desk is at this moment, for everybody who shows it; live/desk.ts keeps it true. Each list is a value of its
// own: news that leave a list as it was draw nothing there.
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import type { Connection } from "../state/connection";
import { byUrgency, sortConversations, overnight, somebodyWaits, taken, unanswered, type Desk } from "../state/desk";
import type { Alert, Conversation, DeskEvent, Expert } from "../wire";

export const desk = signal<Desk | null>(null);
export const connection = signal<Connection>({ phase: "idle" });

const NO_ALERTS: Alert[] = [], NO_TALKS: Conversation[] = [], NO_EXPERTS: Expert[] = [];
const ringing = computed(() => desk.value?.alerts ?? NO_ALERTS);
const known = computed(() => desk.value?.conversations ?? NO_TALKS);
export const mine = computed(() => desk.value?.me ?? null);
export const colleagues = computed(() => desk.value?.experts ?? NO_EXPERTS);
export const alerts = computed(() => byUrgency(ringing.value));
/** One's own conversations; those that are nobody's stand apart. */
export const talks = computed(() => sortConversations(taken(known.value)));
export const kept = steady(() => (desk.value ? overnight(desk.value) : NO_TALKS));
export const nobodys = steady(() => (desk.value ? unanswered(desk.value) : NO_TALKS));
/** Nobody says "nobody needs you" meanwhile. */
export const waits = computed(() => desk.value !== null && somebodyWaits(desk.value));
const byId = computed(() => new Map(known.value.map((one) => [one.id, one])));
/** What this desk does not hold and somebody looked at all the same: a colleague's, or one of long ago. */
export const looked = signal<ReadonlyMap<string, Conversation>>(new Map());
export const talkOf = (id: string): Conversation | undefined => byId.value.get(id) ?? looked.value.get(id);

/** The list before, where the new one has the same things in it. */
function steady<T>(make: () => readonly T[]): ReadonlySignal<readonly T[]> {
  let before: readonly T[] = [];
  return computed(() => {
    const next = make();
    if (next.length !== before.length || next.some((one, at) => one !== before[at])) before = next;
    return before;
  });
}

/** What an answered command has changed; the server's own event may come too, and changes nothing more. */
export let applyHere: (event: DeskEvent) => void = () => {};
export const whenApplied = (does: (event: DeskEvent) => void): void => void (applyHere = does);
