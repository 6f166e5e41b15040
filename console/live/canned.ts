// The canned answers of a site, fetched when somebody first types a stroke, and again after a while.
import { signal } from "@preact/signals";
import type { Canned } from "../wire";
import { list } from "./http";

const FRESH_MS = 60_000;
const MOST = 1_000;
const asked = new Map<string, number>();
const known = signal<ReadonlyMap<string, readonly Canned[]>>(new Map());

/** What is known by now; more may come. */
export const cannedOf = (site: string): readonly Canned[] => known.value.get(site) ?? [];
export function askCanned(site: string): void {
  if (Date.now() - (asked.get(site) ?? 0) < FRESH_MS) return;
  asked.set(site, Date.now());
  list<Canned>("/api/canned", { site }, MOST).then((items) => (known.value = new Map(known.peek()).set(site, items)), () => asked.delete(site));
}
