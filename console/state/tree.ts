// The rules of a site's tree as somebody writes them down: one thing a line. Pure, and there and back again.
import type { TreeRules } from "../wire";

/** What stands in the form. `own`: the languages are a list of one's own; else they are recognised. */
export interface Draft {
  home: string; home_names: string; index: string; own: boolean; locales: string; ignored: string; facets: string; query: string; endings: string;
  names: string; ids: NonNullable<TreeRules["ids"]>; hash_routes: boolean; lower_case: boolean;
}

const written = (list: readonly string[] | null | undefined): string => (list ?? []).join("\n");
export const lines = (text: string): string[] => [...new Set(text.split("\n").map((line) => line.trim()).filter(Boolean))];

export function toDraft(rules: TreeRules): Draft {
  return {
    home: written(rules.home), home_names: written(rules.home_names), index: written(rules.index),
    own: rules.locales != null, locales: written(rules.locales),
    ignored: written(rules.ignored), facets: written(rules.facets), query: written(rules.query), endings: written(rules.endings),
    names: Object.entries(rules.names ?? {}).map(([part, name]) => `${part} : ${name}`).join("\n"),
    ids: rules.ids ?? "keep", hash_routes: rules.hash_routes ?? true, lower_case: rules.lower_case ?? false,
  };
}

export function toRules(draft: Draft): TreeRules {
  return {
    home: lines(draft.home), home_names: lines(draft.home_names), index: lines(draft.index), locales: draft.own ? lines(draft.locales) : null, ignored: lines(draft.ignored),
    facets: lines(draft.facets), query: lines(draft.query), endings: lines(draft.endings), names: named(draft.names), ids: draft.ids,
    hash_routes: draft.hash_routes, lower_case: draft.lower_case,
  };
}

/** "w : Women" is a part and its name; what stands before the first colon may hold "=" ("cat=3 : Boots"). */
function named(text: string): Record<string, string> {
  return Object.fromEntries(lines(text).map(pair).filter(([part, name]) => part && name));
}
function pair(line: string): [part: string, name: string] {
  const at = line.indexOf(":");
  return at < 0 ? [line, ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}
/** The lines of names that say no part, or no name of it: they would be lost without a word. */
export const misread = (text: string): string[] => lines(text).filter((line) => pair(line).some((side) => !side));

/** What somebody typed, as an address: one without a host is on this site. */
export const addressOn = (origin: string | undefined, typed: string): string =>
  typed.startsWith("/") && !typed.startsWith("//") && origin ? origin + typed : typed;
/** "Home > Women" as the names of a breadcrumb; null where there is none. */
export const crumbs = (text: string): string[] | null => {
  const names = text.split(/[>›»]/).map((name) => name.trim()).filter(Boolean);
  return names.length ? names : null;
};

/** What a file is, by its name: browsers and systems disagree on the type of a table. */
export function typeOf(name: string): string {
  const end = name.toLowerCase();
  return end.endsWith(".gz") ? "application/gzip" : end.endsWith(".xml") ? "application/xml" : "text/csv";
}
