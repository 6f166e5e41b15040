// What we know about one person, fetched for the panel: the visit with its pages, the customer, the timeline.
import { signal } from "@preact/signals";
import type { Customer, TimelineItem, Visit } from "../wire";
import { http, list } from "./http";

export interface Known { visit: Visit | null; customer: Customer | null; timeline: TimelineItem[] }
export const person = signal<{ key: string; known: Known } | null>(null);
const TIMELINE = 100;

let asked = 0;
/** Fetches everything; a part that cannot be had stays empty. Only the newest question is shown. */
export async function learn(key: string, visit: string | null, customer: string | null): Promise<void> {
  const mine = ++asked;
  const timeline = customer ? `/api/customers/${customer}/timeline` : visit ? `/api/visits/${visit}/timeline` : null;
  const [aVisit, aCustomer, items] = await Promise.all([
    visit ? http<Visit>("GET", `/api/visits/${visit}`).catch(() => null) : null,
    customer ? http<Customer>("GET", `/api/customers/${customer}`).catch(() => null) : null,
    timeline ? list<TimelineItem>(timeline, {}, TIMELINE).catch(() => []) : [],
  ]);
  if (mine === asked) person.value = { key, known: { visit: aVisit, customer: aCustomer, timeline: items } };
}
