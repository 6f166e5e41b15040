// Whether this house is still being set up: no site yet, or nobody who answers. Asked once when an administrator comes.
import { signal } from "@preact/signals";
import type { Expert, Me } from "../wire";
import { http, list } from "./http";
import { session } from "./session";
import { loadSites, sites } from "./sites";

export const unfinished = signal(false);

/** Is the first account still to be made here? Where nobody can say, it is not. */
export const isOpen = (): Promise<boolean> => http<{ open: boolean }>("GET", "/api/setup").then(({ open }) => open, () => false);

/** The first administrator; from here on they are signed in. */
export async function firstAdministrator(code: string, name: string, email: string, password: string): Promise<void> {
  const { me } = await http<{ me: Me }>("POST", "/api/setup", { code, name, email, password });
  unfinished.value = true;
  session.value = { state: "in", me };
}

/** Who answers here at all; a few are enough to know. */
export const experts = async (): Promise<Expert[]> => (await list<Expert>("/api/experts", { limit: 200 }, 200)).filter((one) => one.role === "expert");

export async function askUnfinished(): Promise<void> {
  try {
    await loadSites();
    unfinished.value = sites.value?.length === 0 || (await experts()).length === 0;
  } catch {
    // Not known: nobody is sent anywhere.
  }
}
