// The same person? Whom somebody could be, whom they were made of, and both ways of changing it.
import type { Customer, Merge } from "../wire";
import { http, list } from "./http";

const SHOWN = 8;

/** Customers of a site by name, e-mail, telephone or order number, without the one we are looking at. */
export async function findPeople(site: string | null, words: string, besides: string | null): Promise<Customer[]> {
  const found = await list<Customer>("/api/customers", { site, q: words }, SHOWN + 1);
  return found.filter((one) => one.id !== besides).slice(0, SHOWN);
}

export const mergesOf = (customer: string): Promise<Merge[]> => list<Merge>(`/api/customers/${customer}/merges`, {}, 50);

/** Who is made one with whom: two customers, or a stranger on a visit with a customer. */
export type Pair = { kept: string } & ({ from: string } | { visit: string });

export const merge = ({ kept, ...who }: Pair, reason: string, force: boolean): Promise<Merge> =>
  http<Merge>("POST", `/api/customers/${kept}/merge`, { ...who, reason, force });

export const undo = (id: string): Promise<Merge> => http<Merge>("POST", `/api/merges/${id}/undo`);
