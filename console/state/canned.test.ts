import { describe, expect, it } from "vitest";
import type { Canned } from "../wire";
import { begun, filled, meant, tongueOf } from "./canned";

const canned = (shortcut: string, title = ""): Canned => ({ id: shortcut, site: "s", shortcut, title, text: "", language: "en" });

describe("a stroke", () => {
  it.each([
    ["/he", 3, { word: "he", from: 0 }], ["/", 1, { word: "", from: 0 }], ["Good day /pri", 13, { word: "pri", from: 9 }], ["a\n/вер", 6, { word: "вер", from: 2 }],
  ])("begins a canned answer in %j", (text, caret, found) => {
    expect(begun(text, caret)).toEqual(found);
  });
  it.each([["and/or", 6], ["https://x", 9], ["/hello there", 12], ["/hello", 0], ["", 0]])("means nothing in %j at %i", (text, caret) => {
    expect(begun(text, caret)).toBeNull();
  });
});

it("means the shortcut itself first, then those that begin so, then titles with the word", () => {
  const all = [canned("other", "About price lists"), canned("prices"), canned("price"), canned("none", "Nothing"), canned("/pricey")];
  expect(meant(all, "Price").map((one) => one.shortcut)).toEqual(["price", "/pricey", "prices", "other"]);
});
it("puts the language of the talk before other languages", () => {
  const all = [canned("bye"), { ...canned("bye"), id: "пока", language: "ru" }, { ...canned("byebye"), language: "ru" }];
  expect(meant(all, "bye", "ru").map((one) => one.id)).toEqual(["пока", "byebye", "bye"]);
});
it.each([["Где заказ?", "en-GB", "ru"], ["Where is it?", "en-GB", "en"], ["Where is it?", "ru", "en"], ["", "ru", "ru"], ["42?", "de-DE", "de"]])("takes %j at a site in %s for %s", (said, site, tongue) => {
  expect(tongueOf(said, site)).toBe(tongue);
});
it("shows eight of many, and some for the bare stroke", () => {
  expect(meant(Array.from({ length: 20 }, (_, at) => canned(`s${at}`)), "")).toHaveLength(8);
});

it.each([
  ["Hello, {name}! I am {expert}.", "Hello, Maria! I am Anna."], ["{topic} at {site}", "Boots at Shop"], ["{unknown} {name}", "{unknown} Maria"],
])("fills %j in", (text, said) => {
  expect(filled(text, { name: "Maria", expert: "Anna", site: "Shop", topic: "Boots" })).toBe(said);
});
it("calls a stranger by no name, and leaves no hole", () => {
  expect(filled("Hello, {name}! About {topic}", { name: "", expert: "", site: "", topic: "" })).toBe("Hello! About");
});
it("takes a name with signs in it as it is", () => {
  expect(filled("{name}", { name: "{expert} $&", expert: "Anna", site: "", topic: "" })).toBe("{expert} $&");
});
