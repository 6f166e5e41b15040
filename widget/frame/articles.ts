// The shop's articles: found by a few words, read in the panel.

import { signal } from "@preact/signals";
import type { ArticleQuote } from "../wire";
import { command, Refused } from "./line";
import { say } from "./words";

/** What was found; null: nothing was looked for. */
export const found = signal<ArticleQuote[] | null>(null);
export const query = signal("");
/** Why nothing could be looked for. */
export const hindered = signal("");

let pause: ReturnType<typeof setTimeout> | undefined;

/** Looked for when the person stops for a moment; only the answer to the last question counts. */
export function search(words: string): void {
  query.value = words;
  clearTimeout(pause);
  hindered.value = "";
  if (words.trim().length < 3) {
    found.value = null;
    return;
  }
  pause = setTimeout(async () => {
    try {
      const { articles } = await command("articles.search", { query: words.trim().slice(0, 300) });
      if (query.value === words) found.value = articles;
    } catch (problem) {
      if (query.value !== words) return;
      found.value = null;
      hindered.value = problem instanceof Refused ? problem.message : say("unanswered");
    }
  }, 250);
}
