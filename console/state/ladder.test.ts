import { expect, it } from "vitest";
import { add, missing, move, remove, toDraft, toLadder, total } from "./ladder";

const USUAL = { rungs: [{ rung: "owner" as const, seconds: 20 }, { rung: "topic" as const, seconds: 30 }], wait_seconds: 300, fallback: "message" as const };
const draft = toDraft(USUAL);

it("gives back the ladder that it was given, and how long it takes", () => {
  expect(toLadder(draft)).toEqual(USUAL);
  expect(total(toLadder(draft)!)).toBe(50_000);
});
it.each(["", "4", "3601", "1.5", "x", "-5"])("is no ladder while a rung has %j seconds", (seconds) => {
  expect(toLadder({ ...draft, rungs: [{ rung: "owner", seconds }] })).toBeNull();
});
it("is no ladder without a rung, or with a wait that is none", () => {
  expect([toLadder({ ...draft, rungs: [] }), toLadder({ ...draft, wait: "4000" }), toLadder({ ...draft, wait: "0" })?.wait_seconds]).toEqual([null, null, 0]);
});
it("moves a rung by one, never over the end, and has each once", () => {
  const order = (one: typeof draft) => one.rungs.map(({ rung }) => rung).join(" ");
  expect([order(move(draft, 0, 1)), order(move(draft, 0, -1)), order(move(draft, 1, 1))]).toEqual(["topic owner", "owner topic", "owner topic"]);
  expect([order(add(draft, "anyone")), order(add(draft, "owner")), order(remove(draft, 0))]).toEqual(["owner topic anyone", "owner topic", "topic"]);
  expect(missing(draft)).toEqual(["last", "anyone"]);
});
