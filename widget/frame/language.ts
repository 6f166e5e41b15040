// The language of the person: the page's, the browser's, or their own choice.

import { signal } from "@preact/signals";
import { recall, remember } from "./memory";

export type Language = "en" | "ru";

/** The language we have that is nearest to a tag such as "ru-RU". */
export const nearest = (tag: string | undefined): Language => (/^ru\b/i.test(tag || "") ? "ru" : "en");

export const language = signal<Language>(recall("language") || nearest(document.body.dataset.lang || navigator.language));

/** The page says its language; the person's own choice goes first. */
export function suggestLanguage(tag: string): void {
  language.value = recall("language") || nearest(tag);
}

export function chooseLanguage(chosen: Language): void {
  remember("language", chosen);
  language.value = chosen;
}
