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

/** Those that the word means, the likeliest first: the shortcut itself, shortcuts that begin so, titles with that word. */
export function meant(all: readonly Canned[], word: string): Canned[] {
  const wanted = word.toLowerCase();
  const rank = ({ shortcut, title }: Canned): number => {
    const short = shortcut.toLowerCase().replace(/^\//, "");
    if (short === wanted) return 0;
    if (short.startsWith(wanted)) return 1;
    return title.toLowerCase().includes(wanted) ? 2 : 3;
  };
  return all.map((one) => [rank(one), one] as const).filter(([place]) => place < 3)
    .sort((a, b) => a[0] - b[0] || a[1].shortcut.localeCompare(b[1].shortcut)).slice(0, SHOWN).map(([, one]) => one);
}

export type Filling = "name" | "expert" | "site" | "topic";
/** The answer for this person. What is not known goes, with the comma or space before it: "Hello, {name}!" is "Hello!". */
export function filled(text: string, values: Record<Filling, string>): string {
  return text.replace(/([ ,]*)\{(name|expert|site|topic)\}/g, (_whole, before: string, key: Filling) => (values[key] ? before + values[key] : ""));
}
