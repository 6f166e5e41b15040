// The shop's articles: found by a few words, read in the panel.

import { signal } from "@preact/signals";
import type { ArticleQuote } from "../wire";
import { command } from "./line";

/** What was found; null: nothing was looked for. */
export const found = signal<ArticleQuote[] | null>(null);
export const query = signal("");

let pause: ReturnType<typeof setTimeout> | undefined;

/** Looked for when the person stops for a moment; only the answer to the last question counts. */
export function search(words: string): void {
  query.value = words;
  clearTimeout(pause);
  if (words.trim().length < 3) {
    found.value = null;
    return;
  }
  pause = setTimeout(async () => {
    try {
      const { articles } = await command("articles.search", { query: words.trim().slice(0, 300) });
      if (query.value === words) found.value = articles;
    } catch {
      if (query.value === words) found.value = [];
    }
  }, 250);
}
