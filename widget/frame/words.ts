// Every sentence of the frame, in the language of the person: the page's, the browser's, or their own choice.

import { signal } from "@preact/signals";
import en from "../text/en.json";
import ru from "../text/ru.json";
import { moment } from "./format";
import { recall, remember } from "./memory";
import { facts } from "./site";

export type Language = "en" | "ru";
export type Word = keyof typeof en;

const catalogues: Record<Language, Record<Word, string>> = { en, ru };

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

/** The sentence, its {names} filled in. */
export function say(word: Word, filled: Record<string, string | number> = {}): string {
  return catalogues[language.value][word].replace(/\{(\w+)\}/g, (_, name) => String(filled[name] ?? ""));
}

/** What the chat is called, and what it says first, in the site's own words where it has some. */
export const title = (): string => facts.title?.[language.value] || say("title");
export const welcome = (): string => facts.welcome?.[language.value] || say("hello");

interface Happened {
  name?: string;
  expert?: string;
  to?: string | null;
  position?: number;
  minutes?: number | null;
  at?: string;
  score?: number;
}

/** What happened in a conversation; an event that we do not know is told in the server's words. */
export function sayEvent(text: string, data: object | null): string {
  const { name, expert, to, position, minutes, at, score } = (data ?? {}) as Happened;
  const word = `event.${name}${name === "queue.waiting" && !minutes ? ".place" : ""}` as Word;
  return word in catalogues.en ? say(word, {
    expert: to || expert || say("someone"),
    position: position ?? 0, minutes: minutes ?? 0, score: score ?? 0,
    at: at ? moment(at) : "",
  }) : text;
}

/** "in May", with the year where it is another one. */
export function sayMonth(time: string, now = new Date()): string {
  const date = new Date(time);
  const month = say(`month.${date.getMonth() + 1}` as Word);
  return date.getFullYear() === now.getFullYear() ? month : say("monthOfYear", { month, year: date.getFullYear() });
}

/** The word for a status of an order; one that we do not know is shown as the shop calls it. */
export const sayStatus = (status: string): string =>
  (catalogues[language.value] as Record<string, string>)[`status.${status}`] ?? status;
