// A site as an administrator is writing it, and what of that the server takes. Pure.
import type { Site } from "../wire";
import { isZone } from "./hours";

/** `origins`: one address per line. `key`: null while it follows the name. */
export interface Draft { name: string; key: string | null; origins: string; language: string; zone: string; currency: string }
export type Field = "name" | "key" | "origins" | "zone" | "currency";

const LATIN: Record<string, string> = {
  а: "a", б: "b", в: "v", г: "g", д: "d", е: "e", ё: "e", ж: "zh", з: "z", и: "i", й: "y", к: "k", л: "l", м: "m", н: "n", о: "o", п: "p", р: "r",
  с: "s", т: "t", у: "u", ф: "f", х: "h", ц: "ts", ч: "ch", ш: "sh", щ: "sch", ъ: "", ы: "y", ь: "", э: "e", ю: "yu", я: "ya", ß: "ss",
};
const LONGEST = 40;

/** "Мой сад & Co" -> "moy-sad-co": what stands in the tag of every page. */
export function keyFrom(name: string): string {
  const plain = [...name.toLowerCase()].map((one) => LATIN[one] ?? one).join("").normalize("NFD").replace(/\p{M}/gu, "");
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, LONGEST).replace(/-+$/, "");
}
export const keyOf = (draft: Draft): string => (draft.key ?? keyFrom(draft.name)).trim();

/** What a browser calls the place that a page comes from: "shop.example/roses" -> "https://shop.example"; null for what is no address. */
export function originOf(typed: string): string | null {
  const text = typed.trim();
  const loopback = /^(localhost|127\.|\[::1\])/.test(text);
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${loopback ? "http" : "https"}://${text}`);
    const named = /^[^.].*\.[^.]+$|^localhost$|^\[.+\]$/.test(url.hostname) && !url.hostname.includes("*");
    return /^https?:$/.test(url.protocol) && named && !url.username && !/\s/.test(text) ? url.origin : null;
  } catch {
    return null;
  }
}
/** Each line as an origin, once; and the lines that are none. */
export function originsOf(typed: string): { good: string[]; bad: string[] } {
  const lines = typed.split(/[\n,;]+/).map((one) => one.trim()).filter(Boolean);
  const found = lines.map((line) => ({ line, origin: originOf(line) }));
  return { good: [...new Set(found.flatMap(({ origin }) => origin ?? []))], bad: found.filter(({ origin }) => origin === null).map(({ line }) => line) };
}

export const blank = (language: string, zone: string): Draft => ({ name: "", key: null, origins: "", language, zone, currency: language === "ru" ? "RUB" : "EUR" });
export const fromSite = (site: Site): Draft => ({ name: site.name, key: site.key, origins: site.origins.join("\n"), language: site.language, zone: site.zone, currency: site.currency });

export function wrong(draft: Draft): Set<Field> {
  const found = new Set<Field>();
  const { good, bad } = originsOf(draft.origins);
  if (!draft.name.trim()) found.add("name");
  // While it follows the name, an empty key is the name's fault.
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(keyOf(draft)) && (draft.key !== null || draft.name.trim())) found.add("key");
  if (bad.length > 0 || good.length === 0) found.add("origins");
  if (!isZone(draft.zone)) found.add("zone");
  if (!/^[A-Z]{3}$/.test(draft.currency)) found.add("currency");
  return found;
}
/** What changes later, too. */
export const toPatch = (draft: Draft) => ({ name: draft.name.trim(), origins: originsOf(draft.origins).good, language: draft.language, zone: draft.zone });
export const toWrite = (draft: Draft) => ({ ...toPatch(draft), key: keyOf(draft), currency: draft.currency, usual_triggers: true });
