// A quiet word about what was just done, where nothing else on the screen shows it.

import { signal } from "@preact/signals";
import type { Word } from "./words";

export const notice = signal<Word | "">("");

/** So long it can be read, ms. */
const SHOWN = 10_000;

let over: ReturnType<typeof setTimeout> | undefined;

export function tell(word: Word): void {
  notice.value = word;
  clearTimeout(over);
  over = setTimeout(() => (notice.value = ""), SHOWN);
}
