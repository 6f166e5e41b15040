import { expect, it } from "vitest";
import { blank, keyFrom, keyOf, originsOf, originOf, toWrite, wrong } from "./site";

it.each([
  ["My Shop", "my-shop"], ["Мой сад & Щука", "moy-sad-schuka"], ["  Café Größe  ", "cafe-grosse"], ["日本", ""], ["a".repeat(60), "a".repeat(40)], [`${"a".repeat(39)} b`, "a".repeat(39)], ["--x--", "x"],
])("proposes a key for %j", (name, key) => {
  expect(keyFrom(name)).toBe(key);
});
it.each([
  ["shop.example", "https://shop.example"], ["https://Shop.example/roses?x=1#y", "https://shop.example"], ["http://shop.example:8080", "http://shop.example:8080"], ["localhost:3000", "http://localhost:3000"],
  ["127.0.0.1:3000/", "http://127.0.0.1:3000"], ["https://shop.example:443", "https://shop.example"], ["магазин.рф", "https://xn--80aairftm.xn--p1ai"], ["shop", null], ["https://*.shop.example", null],
  ["ftp://shop.example", null], ["me@shop.example", null], ["", null], ["shop example.com", null], ["javascript:alert(1)", null],
])("makes %j the origin %s", (typed, origin) => {
  expect(originOf(typed)).toBe(origin);
});
it("takes an address per line, each once, and names the lines that are none", () => {
  expect(originsOf("shop.example\n https://shop.example/ \n\nwww.shop.example, nonsense")).toEqual({ good: ["https://shop.example", "https://www.shop.example"], bad: ["nonsense"] });
});
it("says what is missing, and once it is there sends it with the triggers that make the bell ring", () => {
  const draft = blank("en", "Europe/Berlin");
  expect([...wrong(draft)]).toEqual(["name", "origins"]);
  expect([...wrong({ ...draft, name: "日本", origins: "x.example", zone: "Nowhere", currency: "eur" })]).toEqual(["key", "zone", "currency"]);
  const full = { ...draft, name: " Shop ", origins: "shop.example" };
  expect([...wrong(full)]).toEqual([]);
  expect(toWrite(full)).toEqual({ name: "Shop", key: "shop", origins: ["https://shop.example"], language: "en", zone: "Europe/Berlin", currency: "EUR", usual_triggers: true });
  expect(keyOf({ ...full, key: "other" })).toBe("other");
});
