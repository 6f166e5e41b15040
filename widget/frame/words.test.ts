import { afterEach, describe, expect, it } from "vitest";
import { chooseLanguage } from "./language";
import { sayAway, sayEvent, sayMonth, saySlot, sayWhen } from "./words";

afterEach(() => chooseLanguage("en"));

describe("who waits", () => {
  it("hears the place and the minutes", () => {
    expect(sayEvent("", { name: "queue.waiting", position: 2, minutes: 4 })).toBe("All experts are busy. You are number 2; about 4 min.");
  });

  it.each([
    ["en", "All experts are busy. You are number 1."],
    ["ru", "Сейчас все эксперты заняты. Ваш номер в очереди: 1."],
  ] as const)("hears the place alone where no minutes are known (%s)", (tongue, said) => {
    chooseLanguage(tongue);
    expect(sayEvent("", { name: "queue.waiting", position: 1, minutes: null })).toBe(said);
  });
});

describe("a month", () => {
  const now = new Date(2026, 10, 22);

  it.each([
    ["en", "2026-05-14T12:00:00Z", "in May"],
    ["ru", "2026-05-14T12:00:00Z", "в мае"],
    ["en", "2025-12-14T12:00:00Z", "in December 2025"],
    ["ru", "2025-12-14T12:00:00Z", "в декабре 2025 года"],
  ] as const)("is said as people of the language say it (%s, %s)", (tongue, time, said) => {
    chooseLanguage(tongue);
    expect(sayMonth(time, now)).toBe(said);
  });
});

const at = (day: number, hour: number, minute: number) => new Date(2026, 10, day, hour, minute).toISOString();

describe("when", () => {
  const now = new Date(2026, 10, 22, 13, 0);

  it.each([
    ["en", at(22, 14, 15), "at 14:15", "today at 14:15", "Today, 14:15"],
    ["en", at(23, 9, 15), "tomorrow at 09:15", "tomorrow at 09:15", "Tomorrow, 09:15"],
    ["en", at(24, 9, 15), "on 24 November at 09:15", "on 24 November at 09:15", "24 November, 09:15"],
    ["ru", at(22, 14, 15), "в 14:15", "сегодня в 14:15", "Сегодня, 14:15"],
    ["ru", at(23, 9, 15), "завтра в 09:15", "завтра в 09:15", "Завтра, 09:15"],
    ["ru", at(24, 9, 15), "24 ноября в 09:15", "24 ноября в 09:15", "24 ноября, 09:15"],
  ] as const)("is said as a part of a sentence and by itself (%s, %s)", (tongue, time, plain, today, alone) => {
    Object.defineProperty(navigator, "language", { value: tongue === "en" ? "en-GB" : "ru-RU", configurable: true });
    chooseLanguage(tongue);
    expect([sayWhen(time, false, now), sayWhen(time, true, now), saySlot(time, now)]).toEqual([plain, today, alone]);
  });
});

describe("what happened", () => {
  const handed = { name: "conversation.transferred", by: "Anna", to: "", topic: [] as string[], state: "waiting" };
  const called = { name: "callback.agreed", channel: "call", expert: "Anna", at: new Date(Date.now() + 172_800_000).toISOString() };

  it.each([
    ["en", { ...handed, to: "Boris" }, "Anna asks Boris to take over."],
    ["ru", { ...handed, to: "Boris" }, "Anna просит коллегу продолжить разговор: Boris."],
    ["en", { ...handed, topic: ["Garden", "Hoses"] }, "Anna asks a colleague who knows Hoses to take over."],
    ["ru", { ...handed, topic: ["Сад", "Шланги"] }, "Anna ищет коллегу, который знает тему «Шланги»."],
    ["en", handed, "Anna asks a colleague to take over."],
    ["en", { ...handed, to: "Anna", state: "returned" }, "Anna stays with you."],
    ["ru", { ...handed, to: "Anna", state: "returned" }, "С вами остаётся Anna."],
    ["en", { ...handed, state: "something new" }, "as the server says it"],
    ["en", called, `Anna calls you ${sayWhen(called.at, true)}.`],
    ["en", { ...called, channel: "write" }, `Anna writes to you here ${sayWhen(called.at, true)}.`],
    ["en", { name: "conversation.rated", score: 4 }, "You gave 4 of 5"],
    ["en", { name: "something.new" }, "as the server says it"],
  ] as const)("%s: %j", (tongue, data, said) => {
    chooseLanguage(tongue);
    expect(sayEvent("as the server says it", data)).toBe(said);
  });
});

it.each([
  ["en", { at: at(22, 14, 15), expert: "Anna" }, /^Nobody is here just now\. Anna can answer you .+ at 14:15\. Write all the same/],
  ["ru", { at: at(22, 14, 15), expert: "Anna" }, /^Сейчас никого нет\. Anna сможет ответить .+ в 14:15\. Напишите/],
  ["en", { at: null, expert: null }, /^Nobody is here just now\. Write all the same/],
] as const)("nobody is there (%s, %j)", (tongue, away, said) => {
  Object.defineProperty(navigator, "language", { value: tongue === "en" ? "en-GB" : "ru-RU", configurable: true });
  chooseLanguage(tongue);
  expect(sayAway(away)).toMatch(said);
});
