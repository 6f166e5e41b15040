// The sites this person may see, and which one the reports speak about; remembered.
import { computed, signal } from "@preact/signals";
import type { Site } from "../wire";
import { list } from "./http";

const REMEMBERED = "shopbell.site";
export const sites = signal<Site[] | null>(null);
const wanted = signal<string | null>(remembered());
export const site = computed(() => sites.value?.find((one) => keyOf(one) === wanted.value) ?? sites.value?.[0] ?? null);

export const keyOf = (one: Site): string => one.key;
export const zoneOf = (one: Site | null): string => one?.zone ?? "UTC";
export async function loadSites(): Promise<void> {
  sites.value = await list<Site>("/api/sites");
}
/** The server has answered with the site as it is now. */
export const changeSite = (now: Site): void => void (sites.value = sites.value?.map((one) => (one.id === now.id ? now : one)) ?? null);
export function chooseSite(key: string): void {
  wanted.value = key;
  try {
    localStorage.setItem(REMEMBERED, key);
  } catch {
    // Holds until the page is left.
  }
}
function remembered(): string | null {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}
