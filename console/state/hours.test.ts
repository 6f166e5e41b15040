import { expect, it } from "vitest";
import { addSpan, clockOf, faults, likeMonday, overMidnight, toDraft, toHours, type Span } from "./hours";

const week = (days: Record<number, Span[]>): Span[][] => Array.from({ length: 7 }, (_, day) => days[day] ?? []);
const hours = (days: Record<number, Span[]>) => [...faults(week(days))];

it.each<[string, Record<number, Span[]>, [number, string][]]>([
  ["an office day with a break", { 0: [["09:00", "12:30"], ["13:15", "17:30"]] }, []],
  ["spans that touch", { 0: [["09:00", "12:00"], ["12:00", "15:00"]] }, []],
  ["spans that overlap", { 0: [["09:00", "12:00"], ["11:59", "15:00"]] }, [[0, "overlap"]]],
  ["a night", { 4: [["22:00", "06:00"]], 5: [["06:00", "08:00"]] }, []],
  ["a night that ends in the next morning's span", { 4: [["22:00", "06:00"]], 5: [["05:00", "08:00"]] }, [[4, "overlap"]]],
  ["a night from Sunday into Monday", { 6: [["22:00", "06:00"]], 0: [["05:00", "08:00"]] }, [[6, "overlap"]]],
  ["all day", { 0: [["00:00", "24:00"]], 1: [["00:00", "24:00"]] }, []],
  ["an end that is the begin", { 2: [["09:00", "09:00"]] }, [[2, "same"]]],
  ["a time that is missing", { 3: [["", "09:00"]] }, [[3, "unclear"]]],
])("judges %s as the server does", (_, days, wrong) => {
  expect(hours(days)).toEqual(wrong);
});
it("gives back the hours that it was given, midnight included", () => {
  const given = { zone: "Europe/Berlin", week: { "1": [["09:00", "24:00"]] as Span[], "5": [["22:00", "06:00"]] as Span[] }, off: ["2026-12-24"] };
  const draft = toDraft(given, "UTC");
  expect(toHours(draft)).toEqual(given);
  expect(toHours(toDraft(null, "UTC"))).toBeNull();
});
it.each<[Span, boolean]>([[["22:00", "06:00"], true], [["09:00", "17:00"], false], [["22:00", "24:00"], false]])("knows whether %j ends on the next day", (span, next) => {
  expect(overMidnight(span)).toBe(next);
});
it("adds the afternoon after a morning, and copies Monday to Friday but not to the weekend", () => {
  expect(addSpan([["09:00", "12:00"]])).toEqual([["09:00", "12:00"], ["13:00", "17:00"]]);
  const copied = likeMonday(week({ 0: [["08:00", "16:00"]], 6: [["10:00", "11:00"]] }));
  expect([copied[4], copied[5], copied[6]]).toEqual([[["08:00", "16:00"]], [], [["10:00", "11:00"]]]);
});
it.each([
  ["9", false, "09:00"], ["930", false, "09:30"], ["9.30", false, "09:30"], ["17:5", false, "17:5"], ["0", true, "24:00"], ["00:00", false, "00:00"],
  ["24", true, "24:00"], ["24", false, "24"], ["noon", true, "noon"], ["2575", false, "2575"],
])("understands %j as a time (of an end: %j)", (typed, end, time) => {
  expect(clockOf(typed, end)).toBe(time);
});
