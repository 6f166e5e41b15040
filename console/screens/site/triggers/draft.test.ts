import { afterEach, describe, expect, it } from "vitest";
import { setLanguage } from "../../../text/text";
import type { Condition, Trigger } from "../../../wire";
import { about, blank, conditionsOf, fresh, fromTrigger, holes, KINDS, toWrite, type ActionName } from "./draft";
import { findPlaces } from "./Places";
import { clause } from "./sentence";

afterEach(() => setLanguage("en"));
const KINDS_ALL = Object.values(KINDS).flat();

it("knows the sixteen conditions, each once, and begins each with a sentence of its own", () => {
  expect(new Set(KINDS_ALL).size).toBe(16);
  expect(KINDS_ALL).toHaveLength(16);
  expect(new Set(KINDS_ALL.map((kind) => clause(fresh(kind)))).size).toBe(16);
});
it("gives every new condition as a thing of its own", () => {
  expect(fresh("tier")).not.toBe(fresh("tier"));
  expect(fresh("tier")).toEqual(fresh("tier"));
});

describe("what is sent", () => {
  const saved: Trigger = {
    id: "t", site: "s", name: "n", conditions: { all: [{ kind: "known", is: true }], none: [{ kind: "pages", at_least: 3, at_most: null }] }, action: "offer",
    content: { products: ["p"], price: 990, text: "For you", hours: 48 }, caps: { visit: null, visitor: 3, day: 1 }, quiet: { from: "22:00", to: "07:00" }, hold_out: 10, active: true, findings: [],
  };
  it("is what was read, where nothing was changed", () => {
    const { id: _, findings: __, ...rest } = saved;
    expect(toWrite(fromTrigger(saved), "s")).toEqual(rest);
  });
  it("has no group without a condition, and no blanks around the name", () => {
    expect(toWrite({ ...blank(), name: " a " }, "s")).toMatchObject({ name: "a", conditions: {}, active: false });
  });
  it.each<[ActionName, string[]]>([
    ["alert", []], ["nothing", []], ["invite", ["text"]], ["information", ["text", "title", "url"]], ["offer", ["hours", "price", "products", "text"]], ["order_form", ["products"]],
  ])("of the action %s is only what it says", (action, names) => {
    expect(Object.keys(toWrite({ ...blank(), action }, "s").content!).sort()).toEqual(names);
  });
  it("keeps what another action said, for as long as it is written", () => {
    const draft = { ...blank(), content: { ...blank().content, text: "May I help?" } };
    expect(toWrite({ ...draft, action: "alert" }, "s").content).toEqual({});
    expect(toWrite({ ...draft, action: "invite" }, "s").content).toEqual({ text: "May I help?" });
  });
});

it.each<[Condition, string | null]>([
  [{ kind: "event", name: " " }, "Write the name of the event."], [{ kind: "event", name: "x" }, null], [{ kind: "tier", tiers: [] }, "Choose a tier."],
  [{ kind: "device", devices: [] }, "Choose a device."], [{ kind: "language", languages: [] }, "Write a language."], [{ kind: "segment", segment: "" }, "Choose a segment."],
  [{ kind: "segment", segment: "7" }, null], [{ kind: "branch" }, null], [{ kind: "source" }, null],
])("of %j it says at once what is missing: %s", (one, said) => {
  const found = holes(conditionsOf({ any: [{ kind: "known" }, one] }));
  expect(found.map(({ sentence, where }) => [sentence, where])).toEqual(said ? [[said, "conditions.any.1"]] : []);
});

it("finds what is said about a place, not about one that only begins like it", () => {
  const at = (where: string) => ({ level: "error" as const, code: "c", sentence: where, where });
  const all = ["conditions.all.1", "conditions.all.10", "conditions.all.1.below", "conditions"].map(at);
  expect(about(all, "conditions.all.1").map(({ where }) => where)).toEqual(["conditions.all.1"]);
  expect(about(all, "conditions.all.1", true).map(({ where }) => where)).toEqual(["conditions.all.1", "conditions.all.1.below"]);
});

it.each([
  ["", [["Men"], ["Women"], ["Women", "Boots"], ["Women", "Boots", "Ankle"]]], ["boots wom", [["Women", "Boots"], ["Women", "Boots", "Ankle"]]], ["ANKLE", [["Women", "Boots", "Ankle"]]], ["hats", []],
])("finds the places with the words %j, the shallow first", (words, found) => {
  expect(findPlaces([["Women", "Boots", "Ankle"], [], ["Women"], ["Men"], ["Women", "Boots"]], words, 10)).toEqual(found);
});
