// The cards of both sides write money alike, and like the server's sentences: one list for all (tests/unit/money.json).
import { afterEach, expect, test } from "vitest";
import cases from "../../tests/unit/money.json";
import { language } from "../../widget/frame/language";
import { money as framed } from "../../widget/frame/format";
import { money } from "./format";
import { setLanguage } from "./text";

afterEach(() => {
  setLanguage("en");
  language.value = "en";
});

test.each(cases as [number, string, string, string][])("%i %s", (amount, currency, english, russian) => {
  for (const [tongue, expected] of [["en", english], ["ru", russian]] as const) {
    setLanguage(tongue);
    language.value = tongue;
    for (const write of [money, framed]) expect(write({ amount, currency }).replace(/[\u00a0\u202f]/g, " ")).toBe(expected);
  }
});
