import { afterEach, expect, it } from "vitest";
import { clock, moment } from "./format";
import { chooseLanguage } from "./language";

afterEach(() => chooseLanguage("en"));

it.each([
  ["en-US", "en", 18, "6:53 PM"],
  ["en-GB", "en", 18, "18:53"],
  ["en-GB", "en", 9, "09:53"],
  ["ru-RU", "ru", 9, "09:53"],
] as const)("writes a time as %s does", (tag, tongue, hour, written) => {
  Object.defineProperty(navigator, "language", { value: tag, configurable: true });
  chooseLanguage(tongue);
  const time = new Date();
  time.setHours(hour, 53);
  // Some versions of the data put a narrow space before the letters.
  expect(clock(time.toISOString()).replace(/\s/g, " ")).toBe(written);
  expect(moment(time.toISOString()).replace(/\s/g, " ")).toBe(written);
});
