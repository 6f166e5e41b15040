// Only http and https become links, and the text stays the text.

import { describe, expect, test } from "vitest";
import { parts, safeLink } from "./links";

describe("links in a text", () => {
  test.each<[string, string[]]>([
    ["see https://example.com/a?b=c#d now", ["https://example.com/a?b=c#d"]],
    ["https://example.com.", ["https://example.com/"]],
    ["(http://example.com/x)", ["http://example.com/x"]],
    ["two https://a.example, https://b.example", ["https://a.example/", "https://b.example/"]],
    ["javascript:alert(1) data:text/html,x file:///etc/passwd", []],
    ["https://", []],
    ["<a href=https://x.example>", ["https://x.example/"]],
    ["no links", []],
  ])("%s", (text, links) => {
    const found = parts(text);
    expect(found.map((part) => part.text).join("")).toBe(text);
    expect(found.flatMap((part) => part.href ?? [])).toEqual(links);
  });
});

test.each<[string | null | undefined, string | undefined]>([
  ["https://example.com/x", "https://example.com/x"],
  ["HTTP://EXAMPLE.COM", "http://example.com/"],
  ["javascript:alert(1)", undefined],
  [" javascript:alert(1)", undefined],
  ["//example.com", undefined],
  ["/relative", undefined],
  ["", undefined],
  [null, undefined],
])("an address of %j", (address, expected) => expect(safeLink(address)).toBe(expected));
