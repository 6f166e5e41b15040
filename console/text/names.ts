// What we call people on screen: a customer by name, a stranger by a short mark that stays the same.
import type { CustomerBrief } from "../wire";
import { language, t } from "./text";

/** "Maria Petrova", or "Stranger 4f2a" by the end of the visitor's id. */
export function whoIs({ customer, visitor }: { customer: CustomerBrief | null; visitor: string }): string {
  return customer?.name || t("who.stranger", { mark: visitor.replaceAll("-", "").slice(-4) });
}
export const SEPARATOR = " › ";
/** The place in the tree as one line; the home page has a name of its own. */
export const whereIs = (path: readonly string[]): string => (path.length ? path.join(SEPARATOR) : t("where.home"));

/** "Russian" for "ru-RU", in the reader's language; "" where nothing is known. */
export function languageName(tag: string): string {
  try {
    return tag ? (new Intl.DisplayNames(language.value, { type: "language" }).of(tag.split("-")[0]!) ?? tag) : "";
  } catch {
    return tag;
  }
}
