// The catalogue, fetched when a picker first opens and again after a while.
import type { Product } from "../wire";
import { list } from "./http";

const FRESH_MS = 5 * 60_000;
const MOST = 5_000;
const known = new Map<string, { at: number; items: Promise<Product[]> }>();

export function productsOf(site: string): Promise<Product[]> {
  const old = known.get(site);
  if (old && Date.now() - old.at < FRESH_MS) return old.items;
  const items = list<Product>("/api/products", { site }, MOST);
  known.set(site, { at: Date.now(), items });
  items.catch(() => known.delete(site));
  return items;
}
/** The catalogue was changed here: the next picker asks again. */
export const forgetProducts = (site: string): void => void known.delete(site);
