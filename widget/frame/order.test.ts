// The order form counts by the server's prices and sends none.

import { describe, expect, test } from "vitest";
import type { Line } from "../wire";
import { chosen, draft, missing, preview, quantity } from "./order";

const line = (product: string, amount: number, currency = "EUR"): Line => ({ product, name: product, price: { amount, currency }, offer: null, most: 999 });
const lines = [line("a", 12900), line("b", 1450), { ...line("c", 900), offer: "o", most: 10 }];
const contact = { name: "Vera", email: "vera@example.com", phone: "", address: "" };

test.each([
  [1, 1], ["3", 3], ["", 0], ["x", 0], [-1, 0], [1.9, 1], ["1e9", 99], [Infinity, 99], [null, 0], [NaN, 0],
])("a quantity of %j is %i", (typed, expected) => expect(quantity(typed)).toBe(expected));

test.each([
  ["one of each", { a: 1, b: 1 }, 14350],
  ["two of one", { a: 2 }, 25800],
  ["nothing", {}, 0],
  ["something that is not in the form", { z: 5, b: 1 }, 1450],
])("the preview of %s", (_, quantities, amount) =>
  expect(preview(lines, quantities)).toEqual({ amount, currency: "EUR" }));

test("no preview over two currencies, or of nothing", () => {
  expect(preview([line("a", 1), line("b", 1, "USD")], { a: 1 })).toBeNull();
  expect(preview([], {})).toBeNull();
});

test("what is sent: products and quantities, nothing else", () => {
  expect(chosen(lines, { a: 0, b: 2 })).toEqual([{ product: "b", quantity: 2 }]);
});

describe("missing", () => {
  test.each<[string, Partial<typeof contact>, Record<string, number>, string | undefined]>([
    ["nothing", {}, { a: 1 }, undefined],
    ["a phone is as good as an e-mail", { email: "", phone: "+49 30 1" }, { a: 1 }, undefined],
    ["the name", { name: " " }, { a: 1 }, "name"],
    ["any way to reach the person", { email: "" }, { a: 1 }, "email"],
    ["an e-mail address that is none", { email: "vera@" }, { a: 1 }, "email"],
    ["a phone number without a digit", { phone: "none" }, { a: 1 }, "phone"],
    ["the goods", {}, { a: 0 }, "lines"],
    ["fewer of what is offered for so many", {}, { c: 11 }, "lines"],
    ["nothing, of all that is offered", {}, { c: 10 }, undefined],
  ])("%s", (_, change, quantities, field) =>
    expect(missing(lines, { ...draft("id", lines), quantities, contact: { ...contact, ...change } })?.field).toBe(field));
});
