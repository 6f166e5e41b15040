// A number that cannot be one is said before the server is asked.

import { expect, test } from "vitest";
import { aboutPhone, badPhone, first } from "./callback";

test.each<[string, boolean]>([
  ["+49 30 901820", false], ["(030) 90-18-20", false], ["8 800 555 35 35", false], ["12345", false],
  ["", true], ["none", true], ["1234", true], ["+49 30 9018201234567", true], ["12+34567", true], ["12345 ext", true],
])("%j is bad: %s", (phone, bad) => expect(badPhone(phone)).toBe(bad));

test.each<[string, boolean]>([
  ["bad_contact", true], ["number_refused", true], ["phone_country", true], ["phone_extension", true],
  ["no_such_slot", false], ["booked_up", false], ["rate_limited", false],
])("%s is about the number: %s", (code, about) => expect(aboutPhone(code)).toBe(about));

const times = (n: number) => Array.from({ length: n }, (_, i) => ({ at: `t${i}`, expert: "" }));

test.each<[number, string, string[]]>([
  [0, "", []],
  [4, "t0", ["t0", "t1", "t2", "t3"]],
  [8, "t0", ["t0", "t1", "t2"]],
  [8, "t6", ["t0", "t1", "t2", "t6"]],
])("of %i times, with %j chosen, a few are shown at first", (n, chosen, shown) =>
  expect(first(times(n), chosen).map(({ at }) => at)).toEqual(shown));
