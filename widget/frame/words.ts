// Every sentence of the frame, in the language of the person.

import en from "../text/en.json";
import ru from "../text/ru.json";
import { dayName, daysOff } from "../look/day";
import { at as written, clock, day } from "./format";
import { type Language, language } from "./language";
import { facts } from "./site";

export type Word = keyof typeof en;

const catalogues: Record<Language, Record<Word, string>> = { en, ru };

/** The sentence, its {names} filled in. */
export function say(word: Word, filled: Record<string, string | number> = {}): string {
  return catalogues[language.value][word].replace(/\{(\w+)\}/g, (_, name) => String(filled[name] ?? ""));
}

/** What the chat is called, in the site's own words where it has some. */
export const title = (): string => facts.title?.[language.value] || say("title");
/** What it says first: the site's own words, else, where somebody is there (`here`), that a person answers. */
export const welcome = (here: boolean): string => facts.welcome?.[language.value] || (here ? say("hello") : "");

/** Nobody is there now: who can answer when, as far as it is known. */
export const sayAway = ({ at, expert }: { at: string | null; expert: string | null }): string =>
  at ? say("nightHello", { expert: expert || say("someone"), at: sayWhen(at, true) }) : say("nightNobody");

/** When, as a part of a sentence: "at 15:00", "tomorrow at 09:15", "on 24 November at 09:15". `today`: also that it is
 * today, for what is promised. */
export function sayWhen(time: string, today = false, now = new Date()): string {
  const filled = { time: clock(time), day: day(time) };
  if (!filled.time) return "";
  const off = daysOff(time, now);
  return say(off === 0 ? (today ? "when.today" : "when.time") : off === 1 ? "when.tomorrow" : "when.day", filled);
}

/** The day of what was said: "Today", "Yesterday", "24 November". */
export function sayDay(time: string, now = new Date()): string {
  const name = dayName(time, now);
  return typeof name === "string" ? say(name) : written(time, name);
}

/** A moment by itself, on a button: "Today, 14:15". */
export function saySlot(time: string, now = new Date()): string {
  const off = daysOff(time, now);
  return say(off === 0 ? "slot.today" : off === 1 ? "slot.tomorrow" : "slot.day", { time: clock(time), day: day(time) });
}

interface Happened {
  name?: string;
  expert?: string;
  by?: string;
  to?: string | null;
  topic?: string[];
  state?: string;
  channel?: string;
  position?: number;
  minutes?: number | null;
  at?: string;
  score?: number;
}

/** What happened in a conversation; an event that we do not know is told in the server's words. */
export function sayEvent(text: string, data: object | null): string {
  const said = (data ?? {}) as Happened;
  const { name, expert, by, to, topic, position, minutes, at, score } = said;
  const word = [`event.${name}${kindOf(said)}`, `event.${name}`].find((one) => one in catalogues.en) as Word | undefined;
  return word ? say(word, {
    expert: expert || say("someone"), by: by || say("someone"), to: to || say("someone"), topic: topic?.at(-1) ?? "",
    position: position ?? 0, minutes: minutes ?? 0, score: score ?? 0,
    at: at ? sayWhen(at) : "", today: at ? sayWhen(at, true) : "",
  }) : text;
}

/** One thing may happen in several ways, each with its sentence. A conversation is handed on when it is offered: whether
 * somebody takes it is told by what comes next. */
function kindOf({ name, minutes, state, to, topic, channel }: Happened): string {
  if (name === "queue.waiting") return minutes ? "" : ".place";
  if (name === "callback.agreed") return channel ? `.${channel}` : "";
  if (name !== "conversation.transferred") return "";
  return state !== "waiting" ? `.${state}` : to ? ".waiting" : topic?.length ? ".topic" : ".anybody";
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
