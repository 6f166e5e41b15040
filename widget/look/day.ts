// Which day and what time it was, as both sides of a conversation name it: today, yesterday, else the date, with its year
// where that is another one. Used by the frame and by the console.

const clocks = new Map<string, Intl.DateTimeFormatOptions>();

/** The time of day as people of this locale write it: 09:15 and 18:53, or 9:15 AM and 6:53 PM. */
export function clockOf(locale: string): Intl.DateTimeFormatOptions {
  let known = clocks.get(locale);
  if (!known) {
    const half = new Intl.DateTimeFormat(locale, { hour: "numeric" }).resolvedOptions().hour12;
    clocks.set(locale, (known = { hour: half ? "numeric" : "2-digit", minute: "2-digit" }));
  }
  return known;
}

/** Midnights between now and then, where this person is: 0 is today, 1 tomorrow. */
export function daysOff(time: string, now = new Date()): number {
  const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return (midnight(new Date(time)) - midnight(now)) / 86_400_000;
}

export const sameDay = (one: string, other: string): boolean => daysOff(one, new Date(other)) === 0;

/** The word for it, or how its date is written. */
export function dayName(time: string, now = new Date()): "today" | "yesterday" | Intl.DateTimeFormatOptions {
  const off = daysOff(time, now);
  if (off === 0) return "today";
  if (off === -1) return "yesterday";
  const year = new Date(time).getFullYear() === now.getFullYear() ? undefined : "numeric";
  return { day: "numeric", month: "long", year };
}
