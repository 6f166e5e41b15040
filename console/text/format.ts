// Numbers, money and times as people of this language write them. Pure except for the language they read.
import type { Money } from "../wire";
import { clockOf, dayName } from "../../widget/look/day";
import { language, t } from "./text";

/** A locale that Intl takes: some systems say "en-US@posix", which it refuses. */
export function safeLocale(tag: string | undefined, short: string): string {
  const wanted = tag?.split("@")[0]?.replace("_", "-");
  try {
    if (wanted && wanted.slice(0, 2).toLowerCase() === short && Intl.DateTimeFormat.supportedLocalesOf(wanted).length > 0) {
      return wanted;
    }
  } catch {
    // Not a language tag at all.
  }
  return short;
}
const WEEK_MS = 6 * 86_400_000;
const locale = (): string => safeLocale(globalThis.navigator?.language, language.value);

const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();
function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return remember("n", options, () => new Intl.NumberFormat(locale(), options)) as Intl.NumberFormat;
}
function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return remember("d", options, () => new Intl.DateTimeFormat(locale(), options)) as Intl.DateTimeFormat;
}
function remember<T extends Intl.NumberFormat | Intl.DateTimeFormat>(kind: string, options: object, make: () => T) {
  const key = kind + locale() + JSON.stringify(options);
  let known = cache.get(key);
  if (!known) cache.set(key, (known = make()));
  return known;
}

/** The name of a country by its two letters; the letters themselves where there is no such country. */
export const country = (code: string): string => new Intl.DisplayNames(locale(), { type: "region" }).of(code) ?? code;
export const number = (n: number): string => numbers({}).format(n);
export const percent = (share: number): string =>
  numbers({ style: "percent", maximumFractionDigits: share > 0 && share < 0.1 ? 1 : 0 }).format(share);

/** Minor units into the currency's own digits (EUR 2, JPY 0); an unknown currency keeps its letters. */
export function money(value: Money | null | undefined): string {
  if (!value) return "";
  try {
    const format = numbers({ style: "currency", currency: value.currency });
    return format.format(value.amount / 10 ** digits(value.currency));
  } catch {
    return `${value.amount / 100} ${value.currency}`;
  }
}
/** How many digits of this currency are minor units. */
export function digits(currency: string): number {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}
/** What somebody typed as a price ("12,50", "1 200") in minor units; null when it is no price. */
export function parseMoney(typed: string, currency: string): number | null {
  const plain = typed.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
  if (!/^\d+(\.\d+)?$/.test(plain)) return null;
  const amount = Math.round(Number(plain) * 10 ** digits(currency));
  return Number.isSafeInteger(amount) ? amount : null;
}

/** Milliseconds as "0:14", "3:05", "1:02:05". */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
/** How long somebody looked: "8 s", "3 min", "1 h 5 min". */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return t("time.s", { n: seconds });
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return t("time.min", { n: minutes });
  const rest = minutes % 60;
  const hours = t("time.h", { n: Math.floor(minutes / 60) });
  return rest ? `${hours} ${t("time.min", { n: rest })}` : hours;
}

/** A length that was set, to the second: "20 s", "1 min 20 s", "1 h". */
export function exactly(ms: number): string {
  const all = Math.round(ms / 1000);
  const parts = [["time.h", Math.floor(all / 3600)], ["time.min", Math.floor(all / 60) % 60], ["time.s", all % 60]] as const;
  return parts.filter(([, n]) => n > 0).map(([key, n]) => t(key, { n })).join(" ") || t("time.s", { n: 0 });
}

export const timeOfDay = (at: string | number): string => dates(clockOf(locale())).format(new Date(at));
/** With seconds, for what comes many times a minute. */
export const clockTime = (at: string | number): string => dates({ ...clockOf(locale()), second: "2-digit" }).format(new Date(at));
/** Today only the time; within a week day and time; else the date, with its year where that is another one. */
export function when(at: string | null | undefined, now: number): string {
  if (!at) return "";
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "";
  const today = new Date(now);
  if (date.toDateString() === today.toDateString()) return timeOfDay(at);
  if (Math.abs(now - date.getTime()) < WEEK_MS) return dateAndTime(at);
  const year = date.getFullYear() === today.getFullYear() ? undefined : "numeric";
  return dates({ day: "numeric", month: "short", year }).format(date);
}
export const dateAndTime = (at: string): string =>
  dates({ day: "numeric", month: "short", ...clockOf(locale()) }).format(new Date(at));
export const day = (at: string | null | undefined): string =>
  at ? dates({ day: "numeric", month: "long", year: "numeric" }).format(new Date(at)) : "";
/** The day of what was said, as the visitor reads it too: "Today", "Yesterday", "24 November". */
export function dayLabel(at: string, now: number): string {
  const name = dayName(at, new Date(now));
  return typeof name === "string" ? t(`day.${name}`) : dates(name).format(new Date(at));
}
/** The name of a day of the week; 0 is Monday. */
export const dayOfWeek = (day: number, width: "long" | "short" = "long"): string => dates({ weekday: width, timeZone: "UTC" }).format(Date.UTC(2024, 0, 1 + day));
/** A date of a calendar ("2026-12-24"); no zone of the reader's moves it. */
export const dated = (date: string): string => dates({ day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(Date.parse(`${date}T00:00:00Z`));
/** The price as one would type it here: "5,90" in Russian. */
export const plainMoney = ({ amount, currency }: Money): string =>
  new Intl.NumberFormat(language.value, { useGrouping: false, minimumFractionDigits: digits(currency), maximumFractionDigits: digits(currency) }).format(amount / 10 ** digits(currency));
