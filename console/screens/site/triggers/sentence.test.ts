import { afterEach, describe, expect, it } from "vitest";
import { setLanguage } from "../../../text/text";
import type { Condition, Rule } from "../../../wire";
import { clause, daysText, NO_NAMES, sentence, span, type Names } from "./sentence";

afterEach(() => setLanguage("en"));
const NAMES: Names = { segments: new Map([["7", "Regulars"]]), products: new Map([["p", "Spade"]]), currency: "EUR" };
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

const CLAUSES: [Condition, string, string][] = [
  [{ kind: "branch", depth: 3, dwell: 15 }, "goes at least 3 levels deep and stays at least 15 s in one branch of the site", "уходит не меньше чем на 3 уровня вглубь и проводит не меньше 15 с в одной ветви сайта"],
  [{ kind: "branch", below: ["Women", "Boots"], depth: 1, dwell: 120 }, "goes at least 1 level deep and stays at least 2 min in “Women › Boots”", "уходит не меньше чем на 1 уровень вглубь и проводит не меньше 2 мин в «Women › Boots»"],
  [{ kind: "branch", depth: 5 }, "goes at least 5 levels deep", "уходит не меньше чем на 5 уровней вглубь"],
  [{ kind: "branch", below: ["Women"], depth: 2 }, "goes at least 2 levels deep in “Women”", "уходит не меньше чем на 2 уровня вглубь в «Women»"],
  [{ kind: "branch", below: ["Women"], dwell: 90 }, "stays at least 90 s in “Women”", "проводит не меньше 90 с в «Women»"],
  [{ kind: "branch", below: ["Women"] }, "looks into “Women”", "заглядывает в «Women»"],
  [{ kind: "branch" }, "is here", "зашёл на сайт"],
  [{ kind: "pages", at_least: 3 }, "has viewed at least 3 pages", "просмотрел страниц: не меньше 3"],
  [{ kind: "pages", at_most: 1 }, "has viewed at most 1 page", "просмотрел страниц: не больше 1"],
  [{ kind: "pages", at_least: 3, at_most: 5 }, "has viewed 3 to 5 pages", "просмотрел страниц: от 3 до 5"],
  [{ kind: "pages" }, "has viewed any number of pages", "просмотрел страниц: сколько угодно"],
  [{ kind: "visit_number", at_least: 2 }, "has come at least 2 times, counting this one", "пришёл раз, считая этот: не меньше 2"],
  [{ kind: "visit_number", at_most: 1 }, "is on the first visit", "пришёл впервые"],
  [{ kind: "days_since", at_least: 30, at_most: 30 }, "was last here exactly 30 days ago", "не был здесь дней: ровно 30"],
  [{ kind: "orders", at_least: 2 }, "has ordered at least 2 times", "заказывал раз: не меньше 2"],
  [{ kind: "orders", at_least: 1 }, "has ordered before", "уже заказывал"],
  [{ kind: "orders", at_most: 0 }, "has never ordered", "ни разу не заказывал"],
  [{ kind: "cart", at_least: 5000 }, "has at least €50.00 in the cart", "держит в корзине не меньше 50,00 €"],
  [{ kind: "cart", at_most: 0 }, "has an empty cart", "держит корзину пустой"],
  [{ kind: "returning" }, "comes back", "возвращается"],
  [{ kind: "returning", is: false }, "is here for the very first time", "здесь в самый первый раз"],
  [{ kind: "known", is: true }, "is a known customer", "известен нам как клиент"],
  [{ kind: "known", is: false }, "is a stranger", "нам незнаком"],
  [{ kind: "available" }, "finds an expert free", "застаёт свободного эксперта"],
  [{ kind: "available", is: false }, "finds no expert free", "не застаёт ни одного свободного эксперта"],
  [{ kind: "tier", tiers: ["gold", "platinum"] }, "has the tier Gold or platinum", "имеет уровень Золотой или platinum"],
  [{ kind: "source", channels: ["search", "ai"], names: ["google"], campaigns: ["spring"] }, "came by search or AI assistant from “google” with the campaign “spring”", "пришёл через: поиск или ИИ-помощник из «google» по кампании «spring»"],
  [{ kind: "source", campaigns: ["spring"] }, "came with the campaign “spring”", "пришёл по кампании «spring»"],
  [{ kind: "source" }, "came from anywhere", "пришёл откуда угодно"],
  [{ kind: "device", devices: ["mobile", "tablet"] }, "is on a phone or tablet", "пришёл с устройства: телефон или планшет"],
  [{ kind: "language", languages: ["en", "ru"] }, "reads English or Russian", "читает на языке: английский или русский"],
  [{ kind: "hours", from: "09:00", to: "18:00" }, "is here between 09:00 and 18:00", "заходит между 09:00 и 18:00"],
  [{ kind: "hours", from: "22:00", to: "06:00", days: [1, 2, 3, 7] }, "is here between 22:00 and 06:00 (Mon–Wed, Sun)", "заходит между 22:00 и 06:00 (пн–ср, вс)"],
  [{ kind: "event", name: "cart.added" }, "sends the event “cart.added”", "вызывает событие «cart.added»"],
  [{ kind: "event", name: "cart.added", times: 21, within: 3600 }, "sends the event “cart.added” at least 21 times within 1 h", "вызывает событие «cart.added» не меньше 21 раза за 1 ч"],
  [{ kind: "segment", segment: "7" }, "belongs to “Regulars”", "входит в сегмент «Regulars»"],
  [{ kind: "segment", segment: "8" }, "belongs to “8”", "входит в сегмент «8»"],
  [{ kind: "moon", full: true } as never, '{"kind":"moon","full":true}', '{"kind":"moon","full":true}'],
];
it.each(CLAUSES)("says %j of a visitor in both languages", (one, english, russian) => {
  expect(plain(clause(one, NAMES))).toBe(english);
  setLanguage("ru");
  expect(plain(clause(one, NAMES))).toBe(russian);
});

const rule = (some: Partial<Rule>): Rule => ({ conditions: {}, ...some });
const PHONE: Condition = { kind: "device", devices: ["mobile"] };
const NEW: Condition = { kind: "orders", at_most: 0 };
const BACK: Condition = { kind: "returning" };
describe("a whole rule", () => {
  it.each<[Partial<Rule>, string, string]>([
    [{ conditions: { all: [{ kind: "known" }, BACK] }, caps: { visit: null } }, "When a known customer comes back, ring the right expert, at each arrival.", "Когда знакомый клиент возвращается, колокольчик звонит у нужного эксперта, при каждом приходе."],
    [{ conditions: { all: [{ kind: "known", is: false }] } }, "When a stranger is here, ring the right expert, once per visit.", "Когда незнакомец зашёл на сайт, колокольчик звонит у нужного эксперта, один раз за визит."],
    [{ conditions: { all: [BACK], any: [PHONE, NEW] }, action: "nothing" }, "When a visitor comes back, and either is on a phone or has never ordered, only count, and disturb nobody, once per visit.", "Когда посетитель возвращается, и при этом пришёл с устройства: телефон или ни разу не заказывал, мы только считаем и никого не тревожим, один раз за визит."],
    [{ conditions: { all: [BACK], none: [PHONE, NEW] } }, "When a visitor comes back, unless the visitor is on a phone or has never ordered, ring the right expert, once per visit.", "Когда посетитель возвращается, кроме случаев, когда посетитель пришёл с устройства: телефон или ни разу не заказывал, колокольчик звонит у нужного эксперта, один раз за визит."],
    [{ conditions: { any: [PHONE] }, action: "invite", content: { text: "May I help?" }, caps: { visit: 3, visitor: 5, day: 2 } }, "When a visitor is on a phone, invite them to a chat: “May I help?”, at most 3 times per visit, at most 5 times per visitor, at most 2 times a day.", "Когда посетитель пришёл с устройства: телефон, посетителя приглашают в чат: «May I help?», не больше 3 раз за визит, не больше 5 раз на посетителя, не больше 2 раз в день."],
    [{ action: "offer", content: { products: ["p"], price: 990 }, caps: { visit: 1, visitor: 1 }, quiet: { from: "22:00", to: "07:00" }, hold_out: 10 }, "When a visitor is here, make them an offer: “Spade” for €9.90, only once per visitor, never between 22:00 and 07:00, leaving 10% of strangers alone for comparison.", "Когда посетитель зашёл на сайт, посетителю делают предложение: «Spade» за 9,90 €, только один раз на посетителя, никогда между 22:00 и 07:00, 10 % незнакомцев не трогаем для сравнения."],
    [{ action: "order_form", content: { products: ["p", "q"] }, caps: { visit: null, day: 1 } }, "When a visitor is here, show them an order form: “Spade” and “q”, at each arrival, at most once a day.", "Когда посетитель зашёл на сайт, посетителю показывают бланк заказа: «Spade» и «q», при каждом приходе, не больше одного раза в день."],
  ])("%j is one sentence in both languages", (some, english, russian) => {
    expect(plain(sentence(rule(some), NAMES))).toBe(english);
    setLanguage("ru");
    expect(plain(sentence(rule(some), NAMES))).toBe(russian);
  });
  it("needs no names to be said", () => {
    expect(sentence(rule({ conditions: { all: [{ kind: "segment", segment: "7" }] } }))).toContain("belongs to “7”");
    expect(NO_NAMES.currency).toBe("EUR");
  });
});

it.each([[0, "0 s"], [59, "59 s"], [60, "1 min"], [90, "90 s"], [3600, "1 h"], [5400, "90 min"]])("says %i seconds without rounding", (seconds, said) => {
  expect(plain(span(seconds))).toBe(said);
});
it.each([[[], ""], [[3], "Wed"], [[1, 2], "Mon, Tue"], [[5, 4, 3, 1], "Mon, Wed–Fri"]])("says the days %j", (days, said) => {
  expect(daysText(days)).toBe(said);
});
