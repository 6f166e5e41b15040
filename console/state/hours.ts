// Working hours as somebody is writing them: seven days from Monday, spans as the clock shows them, days off. Pure.
// The server's rules (docs/presence.md) are checked here too, so that what is wrong is said where it stands.
import type { Hours, Weekday } from "../wire";

export type Span = [begin: string, end: string];
/** `always`: no hours at all. `week[0]` is Monday. */
export interface Draft { always: boolean; zone: string; week: Span[][]; off: string[] }
export type Fault = "unclear" | "same" | "overlap";

const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const DAY = 24 * 60;
const OFFICE: Span = ["09:00", "17:00"];
export const MOST_SPANS = 8;

export const toDraft = (hours: Hours | null, zone: string): Draft => ({
  always: hours === null, zone: hours?.zone ?? zone, off: hours?.off ?? [],
  week: DAYS.map((day) => (hours ? [...(hours.week[String(day) as Weekday] ?? [])] : day < 6 ? [OFFICE] : [])),
});
export const toHours = (draft: Draft): Hours | null => draft.always ? null : {
  zone: draft.zone.trim(), off: draft.off,
  week: Object.fromEntries(draft.week.flatMap((spans, at) => (spans.length ? [[String(at + 1), spans]] : []))),
};

/** A zone that clocks know: "Europe/Berlin". */
export function isZone(zone: string): boolean {
  try {
    return zone.trim() !== "" && new Intl.DateTimeFormat("en", { timeZone: zone.trim() }) !== null;
  } catch {
    return false;
  }
}

const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
/** A day ends at 24:00; nothing begins then. */
export const isClock = (text: string, end = false): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(text) || (end && text === "24:00");
/** What somebody typed as a time ("9", "930", "9.30"); itself where it is none. Midnight as an end is 24:00. */
export function clockOf(typed: string, end: boolean): string {
  const [, hour, minute = "00"] = /^\s*(\d{1,2})(?:[:.,h ]?(\d{2}))?\s*$/.exec(typed) ?? [];
  if (hour === undefined) return typed.trim();
  const text = `${hour.padStart(2, "0")}:${minute}`;
  return end && text === "00:00" ? "24:00" : isClock(text, end) ? text : typed.trim();
}
/** Whether it ends on the day after it began. */
export const overMidnight = ([begin, end]: Span): boolean => isClock(begin) && isClock(end, true) && minutes(end) < minutes(begin);

/** Day (0 is Monday) -> what is wrong with its spans; the first of two that overlap, as the server says it. */
export function faults(week: readonly Span[][]): Map<number, Fault> {
  const found = new Map<number, Fault>();
  const all: [begin: number, length: number, day: number][] = [];
  week.forEach((spans, day) => {
    for (const [begin, end] of spans) {
      if (!isClock(begin) || !isClock(end, true)) found.set(day, "unclear");
      else if (begin === end) found.set(day, "same");
      else all.push([day * DAY + minutes(begin), (minutes(end) - minutes(begin) + DAY) % DAY || DAY, day]);
    }
  });
  all.sort((a, b) => a[0] - b[0]);
  all.forEach(([begin, length, day], at) => {
    const next = at + 1 < all.length ? all[at + 1]![0] : all[0]![0] + 7 * DAY;
    if (begin + length > next && !found.has(day)) found.set(day, "overlap");
  });
  return found;
}

/** A further span of a day: the afternoon after a morning, an office day where there was none. */
export function addSpan(spans: readonly Span[]): Span[] {
  const last = spans.at(-1);
  if (!last) return [OFFICE];
  const begin = Math.min(minutes(last[1]) + 60, DAY - 60);
  return [...spans, [clock(begin), clock(Math.min(begin + 4 * 60, DAY - 1))]];
}
const clock = (all: number): string => `${String(Math.floor(all / 60)).padStart(2, "0")}:${String(all % 60).padStart(2, "0")}`;

/** Monday's spans on all days to Friday. */
export const likeMonday = (week: readonly Span[][]): Span[][] => week.map((spans, day) => (day < 5 ? week[0]!.map(([begin, end]): Span => [begin, end]) : spans));
