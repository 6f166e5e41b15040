// Both catalogues say the same things.

import { expect, test } from "vitest";
import en from "./en.json";
import ru from "./ru.json";

const holes = (sentence: string) => (sentence.match(/\{\w+\}/g) ?? []).sort();

test("the same words in both languages", () => expect(Object.keys(ru).sort()).toEqual(Object.keys(en).sort()));

test.each(Object.keys(en) as (keyof typeof en)[])("%s has the same holes and says something", (word) => {
  expect(holes(ru[word])).toEqual(holes(en[word]));
  expect(en[word].trim()).not.toBe("");
  expect(ru[word].trim()).not.toBe("");
});
