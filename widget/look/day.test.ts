// Both sides of a conversation name a day by one rule, and say it in the person's language.

import { afterEach, expect, test } from "vitest";
import { dayLabel } from "../../console/text/format";
import { setLanguage } from "../../console/text/text";
import { language } from "../frame/language";
import { sayDay } from "../frame/words";

const NOW = new Date(2026, 2, 1, 9, 30);
const at = (...parts: [number, number, number, number?]) => new Date(...parts).toISOString();

afterEach(() => {
  setLanguage("en");
  language.value = "en";
});

test.each([
  [at(2026, 2, 1, 0), "Today", "Сегодня"],
  [at(2026, 2, 1, 23), "Today", "Сегодня"],
  [at(2026, 1, 28, 23), "Yesterday", "Вчера"],
  [at(2026, 1, 28, 0), "Yesterday", "Вчера"],
  [at(2026, 1, 27, 23), "27 February|February 27", "27 февраля"],
  [at(2025, 2, 1, 9), "1 March 2025|March 1, 2025", "1 марта 2025 г."],
])("%s", (time, english, russian) => {
  for (const [tongue, expected] of [["en", english.split("|")], ["ru", [russian]]] as const) {
    setLanguage(tongue);
    language.value = tongue;
    expect(expected).toContain(dayLabel(time, NOW.getTime()));
    expect(expected).toContain(sayDay(time, NOW));
  }
});
