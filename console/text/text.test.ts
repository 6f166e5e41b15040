import { afterEach, describe, expect, it } from "vitest";
import en from "./en.json";
import { clock, money, number, parseMoney, safeLocale, when } from "./format";
import ru from "./ru.json";
import { errorText, language, pickLanguage, t, tn, word } from "./text";

afterEach(() => { language.value = "en"; });
const PLURAL = /\.(one|few|many|other)$/;
const plain = (all: object) => Object.keys(all).filter((key) => !PLURAL.test(key)).sort();
const plural = (all: object) => [...new Set(Object.keys(all).filter((key) => PLURAL.test(key)).map((key) => key.replace(PLURAL, "")))].sort();
const holes = (sentence: string) => [...sentence.matchAll(/\{\w+\}/g)].map(String).sort();

describe("the catalogues", () => {
  it("have the same sentences in both languages", () => {
    expect(plain(ru)).toEqual(plain(en));
    expect(plural(ru)).toEqual(plural(en));
  });
  it("have the same holes in both languages", () => {
    const russian: Record<string, string> = ru;
    for (const [key, sentence] of Object.entries(en)) if (russian[key]) expect([key, holes(russian[key])]).toEqual([key, holes(sentence)]);
  });
  it("have every form that a language counts with", () => {
    for (const key of plural(en)) {
      for (const form of ["one", "other"]) expect(en).toHaveProperty([`${key}.${form}`]);
      for (const form of ["one", "few", "many", "other"]) expect(ru).toHaveProperty([`${key}.${form}`]);
    }
  });
});

describe("sentences", () => {
  it("count in the way of the language", () => {
    expect([tn("visit.pages", 1), tn("visit.pages", 2)]).toEqual(["1 page", "2 pages"]);
    language.value = "ru";
    expect([1, 3, 5, 21].map((n) => tn("visit.pages", n))).toEqual(["1 страница", "3 страницы", "5 страниц", "21 страница"]);
  });
  it("take braces in values as they are", () => {
    expect(t("invite.sent", { who: "{who} $& {x}" })).toBe("{who} $& {x} is invited.");
  });
  it("show a word the catalogue does not know as it came", () => {
    expect([word("rung", "owner"), word("rung", "cousin"), word("rung", null)]).toEqual(["Your customer", "cousin", ""]);
  });
  it("say a refusal by its code, else by what the server said, else in general", () => {
    expect(errorText("alert_over")).toContain("already been answered");
    expect(errorText("brand_new", "Said so.")).toBe("Said so.");
    expect(errorText(undefined)).toBe(en["error.unknown"]);
  });
});

it.each([
  [null, ["ru-RU", "en"], "ru"], [null, ["de-DE", "en-US"], "en"], [null, ["de"], "en"], ["en", ["ru"], "en"], ["xx", ["ru"], "ru"], [null, [], "en"],
] as const)("picks the language from %s and %j", (remembered, wanted, picked) => {
  expect(pickLanguage(remembered, wanted)).toBe(picked);
});
it.each([
  ["en-US@posix", "en", "en-US"], ["en-GB", "en", "en-GB"], ["de-DE", "en", "en"], ["C", "ru", "ru"], ["ru_RU", "ru", "ru-RU"], [undefined, "en", "en"], ["en--", "en", "en"],
])("makes %s a locale that can be used for %s", (tag, short, locale) => {
  expect(safeLocale(tag, short)).toBe(locale);
});
it.each([[0, "0:00"], [1, "0:01"], [13_400, "0:14"], [65_000, "1:05"], [3_725_000, "1:02:05"], [-5, "0:00"]])("counts %i ms as %s", (ms, shown) => {
  expect(clock(ms)).toBe(shown);
});
it("writes money with the currency's own digits", () => {
  expect(money({ amount: 123456, currency: "EUR" })).toMatch(/1,234\.56/);
  expect(money({ amount: 1500, currency: "JPY" })).toMatch(/1,500$/);
  expect(money(null)).toBe("");
});
it.each([["12,50", 1250], ["12.5", 1250], ["1 200", 120000], ["-1", null], ["", null], ["1e3", null], ["12.50 €", null]])("reads %j as %j cents", (typed, amount) => {
  expect(parseMoney(typed, "EUR")).toBe(amount);
});
it("says only the time today, the day too within a week, the year where it is another", () => {
  const now = new Date(2026, 5, 15, 12, 0).getTime();
  expect(when(new Date(2026, 5, 15, 9, 5).toISOString(), now)).not.toMatch(/Jun/);
  expect(when(new Date(2026, 5, 13, 9, 5).toISOString(), now)).toMatch(/Jun 13.*9:05/);
  expect(when(new Date(2026, 0, 3).toISOString(), now)).toBe("Jan 3");
  expect(when(new Date(2024, 0, 3).toISOString(), now)).toMatch(/2024/);
  expect(when("nonsense", now)).toBe("");
});
it("groups big numbers", () => {
  expect(number(20000)).toBe("20,000");
});
