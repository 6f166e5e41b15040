// Names that nobody else has.

import { expect, test } from "vitest";
import { uuid } from "./ids";

test("ids are uuids of version 4, all different", () => {
  const made = Array.from({ length: 500 }, uuid);
  for (const id of made) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-a[\da-f]{3}-[\da-f]{12}$/);
  expect(new Set(made).size).toBe(made.length);
});
