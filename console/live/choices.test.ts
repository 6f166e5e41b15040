// @vitest-environment happy-dom
import { afterEach, expect, it } from "vitest";
import { choices, choicesOf, choose, understood, USUAL } from "./choices";

afterEach(() => { localStorage.clear(); choicesOf("nobody"); });

it("remembers for each person their own", () => {
  choicesOf("anna");
  choose({ which: "knock", volume: 20 });
  choicesOf("boris");
  expect(choices.value).toEqual(USUAL);
  choicesOf("anna");
  expect(choices.value).toMatchObject({ which: "knock", volume: 20, sound: true });
});
it.each([null, 7, "x", {}, { volume: 101, which: "trumpet", sound: "yes" }, { volume: Number.NaN }])("takes %j for what is usual", (kept) => {
  expect(understood(kept)).toEqual(USUAL);
});
