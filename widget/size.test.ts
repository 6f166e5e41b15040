// @vitest-environment node
// What a page pays is held to the byte.

import { expect, test } from "vitest";
// @ts-expect-error plain JavaScript, also run by `npm run size`
import { sizes } from "./size.mjs";

test("snippet and frame stay within their limits", { timeout: 60_000 }, async () => {
  for (const { name, bytes, limit } of await sizes()) expect(bytes, name).toBeLessThanOrEqual(limit);
});
