import { expect, it } from "vitest";
import type { Candidate, Decision } from "../wire";
import { answeredAfter, byBell, cameOf, knownPlace, leftOut } from "./asked";

const candidate = (expert: string, some: Partial<Candidate> = {}, parts: Partial<Candidate["parts"]> = {}): Candidate =>
  ({ expert, name: expert, score: 0, excluded: "", parts: { level: 0, nearness: 0, language: null, load: 0, ...parts }, ...some });
let made = 0;
const decision = (some: Partial<Decision> = {}): Decision => ({
  id: `d${++made}`, alert: "a", firing: null, visit: "v", topic: ["Women", "Boots"], language: "", rung: "topic", at: "2026-01-01T00:00:00Z",
  chosen: [], candidates: [], others: {}, outcome: "ringing", answered_at: null, solved: null, rated: null, ordered: null, ...some,
});
const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, "0")}Z`;
const anna = { id: "anna", name: "Anna" }, boris = { id: "boris", name: "Boris" };

it("puts the newest bell first, and its rungs in the order in which they were climbed", () => {
  const bells = byBell([decision({ alert: "late", at: at(9) }), decision({ id: "second", at: at(5) }), decision({ id: "first", at: at(1) })]);
  expect(bells.map(({ id }) => id)).toEqual(["late", "a"]);
  expect(bells[1]!.rungs.map(({ id }) => id)).toEqual(["first", "second"]);
});
it.each([
  ["declined", "declined"], ["silent", "silent"], ["away", "away"], ["", "silent"],
])("reads what somebody did on a rung from the next one (%j)", (excluded, came) => {
  const [bell] = byBell([
    decision({ at: at(1), chosen: [anna], outcome: "accepted:boris" }),
    decision({ at: at(2), chosen: [boris], candidates: [candidate("anna", { excluded })], outcome: "accepted:boris" }),
  ]);
  expect([cameOf(bell!, 0, "anna"), cameOf(bell!, 1, "boris")]).toEqual([came, "accepted"]);
});
it.each([
  ["ringing", "ringing"], ["accepted:anna", "accepted"], ["accepted:boris", "colleague"], ["expired", "silent"], ["gone", "silent"],
])("reads what somebody did on the last rung from how the bell ended (%s)", (outcome, came) => {
  expect(cameOf(byBell([decision({ chosen: [anna], outcome })])[0]!, 0, "anna")).toBe(came);
});
it("tells an invitation that came by itself from a bell", () => {
  const [bell] = byBell([decision({ alert: null, firing: "f", chosen: [anna], outcome: "invited:anna" })]);
  expect([bell!.invited, cameOf(bell!, 0, "anna")]).toEqual([true, "invited"]);
});
it("counts the answer from the first ring, whoever answered", () => {
  const answered = { answered_at: at(14), outcome: "accepted:boris" };
  const [bell] = byBell([decision({ at: at(2), ...answered }), decision({ at: at(9), ...answered })]);
  expect(answeredAfter(bell!)).toBe(12_000);
  expect(answeredAfter(byBell([decision()])[0]!)).toBeNull();
});
it.each([[1, "Boots"], [0.5, "Women"], [0, null]])("names the place that somebody knows (nearness %j)", (nearness, place) => {
  expect(knownPlace(decision(), candidate("anna", {}, { level: nearness ? 4 : 0, nearness }))).toBe(place);
});
it("leaves out nobody who was not rung, the better match first", () => {
  const one = decision({ chosen: [anna], candidates: [candidate("anna", { score: 5 }), candidate("carl", { score: 1 }), candidate("dora", { score: 3 })] });
  expect(leftOut(one).map(({ expert }) => expert)).toEqual(["dora", "carl"]);
});
