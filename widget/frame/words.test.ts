import { afterEach, describe, expect, it } from "vitest";
import { chooseLanguage, sayEvent } from "./words";

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
