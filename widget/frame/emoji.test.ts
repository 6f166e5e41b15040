// Little pictures: what is nothing else, and how one walks among them.

import { expect, test } from "vitest";
import { EMOJI, onlyEmoji, walk } from "./emoji";

test("about sixty, each once", () => {
  expect(EMOJI).toHaveLength(60);
  expect(new Set(EMOJI).size).toBe(60);
});

test.each<[string, boolean]>([
  ["👍", true], ["❤️", true], ["👍🏽", true], ["👨‍👩‍👧", true], ["🇩🇪", true], ["😀 😀", true],
  ["", false], [" ", false], ["1", false], ["#", false], ["ok 👍", false], ["👍".repeat(20), false], ["🏽a", false],
])("%j is nothing but pictures: %s", (text, expected) => expect(onlyEmoji(text)).toBe(expected));

test.each<[string, number, number | null]>([
  ["ArrowRight", 0, 1], ["ArrowLeft", 0, 0], ["ArrowDown", 3, 13], ["ArrowUp", 3, 3], ["ArrowDown", 55, 55],
  ["End", 3, 59], ["Home", 33, 0], ["ArrowRight", 59, 59], ["Enter", 3, null], ["a", 3, null],
])("%s from %i leads to %s", (key, at, to) => expect(walk(key, at)).toBe(to));
