import { expect, it } from "vitest";
import { inSight } from "./Rows";

it.each([
  ["at the top of the screen", 0, [0, 18 + 8]],
  ["scrolled by a thousand rows", -56_000, [992, 1018 + 8]],
  ["just below the screen", 1000, [0, 8]],
  ["far below the screen (a few, for the keyboard)", 100_000, [0, 8]],
])("shows only the rows in sight of a list %s", (_where, top, rows) => {
  expect(inSight(top, 1000, 56)).toEqual(rows);
});
