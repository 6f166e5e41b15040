import { expect, it } from "vitest";
import { expert } from "../../state/fixtures";
import { fromExpert, knownAlone, toPatch, wrong, refusedField, toWrite, blank, type Draft } from "./draft";

const before = fromExpert({ ...expert, topics: [{ path: ["Garden"], level: 5 }] }, "UTC");
const next = (some: Partial<Draft>): Draft => ({ ...before, ...some });

it("sends only what changed", () => {
  expect(toPatch(before, before)).toEqual({});
  expect(toPatch(next({ name: " Anna L. ", capacity: "2" }), before)).toEqual({ name: "Anna L.", capacity: 2 });
  expect(toPatch(next({ topics: [{ path: ["Garden"], level: 4 }] }), before)).toEqual({ topics: [{ path: ["Garden"], level: 4 }] });
  expect(toPatch(next({ password: "a new password" }), before)).toEqual({ password: "a new password" });
  expect(toPatch(next({ hours: { ...before.hours, always: false } }), before)).toHaveProperty("hours.week.1", [["09:00", "17:00"]]);
});
it.each<[Partial<Draft>, string[]]>([
  [{}, []], [{ name: " " }, ["name"]], [{ email: "anna" }, ["email"]], [{ password: "short" }, ["password"]], [{ capacity: "0" }, ["capacity"]],
  [{ capacity: "0", role: "marketer" }, []], [{ breath: "601" }, ["breath_seconds"]],
  [{ hours: { ...before.hours, always: false, zone: "" } }, ["hours"]],
])("finds what cannot be saved in %j", (some, found) => {
  expect([...wrong(next(some), false)]).toEqual(found);
});
it("needs a name, an address and a password for somebody new", () => {
  expect([...wrong(blank(["s"], ["en"], "UTC"), true)]).toEqual(["name", "email", "password"]);
  expect(toWrite(blank(["s"], ["en"], "UTC"))).toMatchObject({ role: "expert", sites: ["s"], capacity: 4, hours: null });
});
it.each([
  ["exists", "This exists already.", "email"], ["invalid", "A field is missing. (hours.week.1: overlap)", "hours"],
  ["invalid", "Wrong. (capacity)", "capacity"], ["invalid", "Wrong.", null], ["forbidden", "No. (oneself)", null],
])("finds the field of a refusal (%s, %s)", (code, detail, field) => {
  expect(refusedField(code, detail)).toBe(field);
});
it("says which topics nobody else knows: who knows a place knows what lies below it, unless they left", () => {
  const knows = (id: string, paths: string[][], active = true) => ({ ...expert, id, active, topics: paths.map((path) => ({ path, level: 3 })) });
  const anna = knows("anna", [["Garden", "Peas"], ["Hearth"], ["Tools"]]);
  expect(knownAlone(anna, [anna, knows("boris", [["Garden"]]), knows("clara", [["Hearth"]], false), knows("dora", [["Tools", "Axes"]])])).toEqual([["Hearth"], ["Tools"]]);
});
it.each([["Europe/Berlin", false], ["UTC", false], ["Berlin am See", true], ["", true]])("marks hours of the zone '%s': %s", (zone, marked) => {
  const draft = fromExpert({ ...expert, hours: { zone, week: {} } }, "UTC");
  expect(wrong(draft, false).has("hours")).toBe(marked);
});
