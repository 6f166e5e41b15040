// Bells that rang here in vain stay in sight until their expert has seen them; the server knows which, this machine
// remembers what was seen. Asked for on every connection, and when a bell has run out.
import { computed, signal } from "@preact/signals";
import { mayEnd, unseen, type Gap } from "../state/missed";
import type { DeskEvent, MissedBell, VisitBrief } from "../wire";
import { list, serverNow } from "./http";

const SEEN = "shopbell.missed";
const SOON_MS = 700;
const MOST = 100;

const all = signal<readonly MissedBell[]>([]);
const seen = signal(0);
export const missed = computed(() => unseen(all.value, seen.value));
/** The last time in which nothing was heard, until somebody has read of it. */
export const gap = signal<Gap | null>(null);

let whose = "";
let timer: ReturnType<typeof setTimeout> | undefined;

/** Whose bells these are from now on. Who sits here for the first time begins with an empty list: nothing was theirs to see. */
export function missedOf(account: string): void {
  if (whose === account) return;
  whose = account;
  all.value = [];
  gap.value = null;
  seen.value = remembered();
}
export function askMissed(): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const asked = whose;
    list<MissedBell>("/api/missed", {}, MOST).then((found) => { if (asked === whose) all.value = found; }, () => undefined);
  }, SOON_MS);
}
/** `before`: the visits as they were. Whom somebody has taken was not missed. */
export function hearMissed(event: DeskEvent, before: ReadonlyMap<string, VisitBrief>): void {
  if (mayEnd(missed.peek(), event, before)) askMissed();
}
export function missedSeen(): void {
  seen.value = serverNow();
  gap.value = null;
  try {
    localStorage.setItem(`${SEEN}.${whose}`, String(seen.value));
  } catch {
    // Seen until the page is left.
  }
}
function remembered(): number {
  try {
    return Number(localStorage.getItem(`${SEEN}.${whose}`)) || 0;
  } catch {
    return 0;
  }
}
