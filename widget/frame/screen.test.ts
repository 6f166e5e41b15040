// A screen leads back to where it was opened: an article that was looked up to what was found.

import { beforeEach, expect, test } from "vitest";
import { go, goBack, screen } from "./screen";

beforeEach(() => goBack("field"));

const article = { name: "article", article: "a" } as const;

test.each([
  ["of a message leads back to the talk", [article], undefined, ["chat"]],
  ["that was looked up leads back to what was found, and that to the talk", [{ name: "search" }, article], undefined, ["search", "chat"]],
  ["that did not help leads to the field", [{ name: "search" }, article], "field", ["chat"]],
] as const)("an article %s", (_, there, to, back) => {
  there.forEach(go);
  for (const name of back) {
    goBack(to);
    expect(screen.value.name).toBe(name);
  }
});
