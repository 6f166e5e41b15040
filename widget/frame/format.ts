// Money and times as people of the language write them.

import type { Money } from "../wire";
import { clockOf } from "../look/day";
import { language, nearest } from "./language";

/** `amount` is in minor units of the currency. */
export function money({ amount, currency }: Money): string {
  try {
    const format = new Intl.NumberFormat(locale(), { style: "currency", currency });
    return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
  } catch {
    return `${amount / 100} ${currency}`;
  }
}

/** 14:00 or 2:00 PM, as the person's own browser has it for this language. */
const locale = () => (nearest(navigator.language) === language.value ? navigator.language : language.value);

export const at = (time: string, how: Intl.DateTimeFormatOptions) => {
  const date = new Date(time);
  return Number.isNaN(+date) ? "" : new Intl.DateTimeFormat(locale(), how).format(date);
};

export const clock = (time: string) => at(time, clockOf(locale()));
export const day = (time: string) => at(time, { day: "numeric", month: "long" });

/** The time alone for today, else day and time. */
export const moment = (time: string) =>
  new Date(time).toDateString() === new Date().toDateString()
    ? clock(time)
    : at(time, { day: "numeric", month: "long", ...clockOf(locale()) });
