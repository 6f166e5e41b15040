// Canned answers as values: what a half-written "/shortcut" means, and an answer with its variables filled in. Pure.

import type { Canned } from "../wire";

const SHOWN = 8;
/** The word that the caret stands behind, when it begins with a stroke at the start of a word. */
const BEGUN = /(?:^|\s)\/([\p{L}\p{N}_-]*)$/u;

/** What stands behind the stroke before the caret ("" for the bare stroke), and where the stroke is; null if there is none. */
export function begun(text: string, caret: number): { word: string; from: number } | null {
  const found = BEGUN.exec(text.slice(0, caret));
  return found ? { word: found[1]!, from: caret - found[1]!.length - 1 } : null;
}

/** Those that the word means, the likeliest first: the shortcut itself, shortcuts that begin so, titles with that word;
 * in the language of the talk before other languages. */
export function meant(all: readonly Canned[], word: string, tongue = ""): Canned[] {
  const wanted = word.toLowerCase();
  const rank = ({ shortcut, title }: Canned): number => {
    const short = shortcut.toLowerCase().replace(/^\//, "");
    if (short === wanted) return 0;
    if (short.startsWith(wanted)) return 1;
    return title.toLowerCase().includes(wanted) ? 2 : 3;
  };
  const foreign = ({ language }: Canned) => Number(tongue !== "" && language !== tongue);
  return all.map((one) => ({ one, place: rank(one), foreign: foreign(one) })).filter(({ place }) => place < 3)
    .sort((a, b) => a.foreign - b.foreign || a.place - b.place || a.one.shortcut.localeCompare(b.one.shortcut)).slice(0, SHOWN).map(({ one }) => one);
}

/** The language somebody writes in, as far as letters tell; else the one the site speaks. */
export function tongueOf(said: string, site: string): string {
  if (/\p{Script=Cyrillic}/u.test(said)) return "ru";
  const usual = site.split("-")[0]!;
  return usual === "ru" && /\p{Script=Latin}/u.test(said) ? "en" : usual;
}

export type Filling = "name" | "expert" | "site" | "topic";
/** The answer for this person. What is not known goes, with the comma or space before it: "Hello, {name}!" is "Hello!". */
export function filled(text: string, values: Record<Filling, string>): string {
  return text.replace(/([ ,]*)\{(name|expert|site|topic)\}/g, (_whole, before: string, key: Filling) => (values[key] ? before + values[key] : ""));
}
