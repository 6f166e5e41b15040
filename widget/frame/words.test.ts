import { afterEach, describe, expect, it } from "vitest";
import { chooseLanguage, sayEvent, sayMonth } from "./words";

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

describe("what happened", () => {
  it.each([
    [{ name: "conversation.transferred", to: "Boris", expert: "Anna" }, "Boris takes over the conversation"],
    [{ name: "conversation.rated", score: 4 }, "You gave 4 of 5"],
    [{ name: "something.new" }, "as the server says it"],
  ])("%j", (data, said) => expect(sayEvent("as the server says it", data)).toBe(said));
});
