// What people write may look a little like something; it never becomes anything but words, marks and links.

import { h, render } from "preact";
import { describe, expect, test } from "vitest";
import { formatted, inline, safeLink } from "./format";

function shown(text: string): HTMLElement {
  const box = document.createElement("div");
  render(h("div", null, formatted(text)), box);
  return box.firstElementChild as HTMLElement;
}
const html = (text: string): string => shown(text).innerHTML;
const TAIL = ' target="_blank" rel="noopener noreferrer nofollow"';

describe("what it looks like", () => {
  test.each<[string, string]>([
    ["plain words", "<p>plain words</p>"],
    ["one\ntwo", "<p>one<br>two</p>"],
    ["one\n\ntwo", "<p>one</p><p>two</p>"],
    ["**bold** and *italic*", "<p><strong>bold</strong> and <em>italic</em></p>"],
    ["**bold with *italic* in it**", "<p><strong>bold with <em>italic</em> in it</strong></p>"],
    ["`npm *run*`", "<p><code>npm *run*</code></p>"],
    ["- one\n- two", "<ul><li>one</li><li>two</li></ul>"],
    ["3. three\n4. four", '<ol start="3"><li>three</li><li>four</li></ol>'],
    ["Take:\n- a **b**\nand go", "<p>Take:</p><ul><li>a <strong>b</strong></li></ul><p>and go</p>"],
    ["see https://example.com/a?b=c#d.", `<p>see <a href="https://example.com/a?b=c#d"${TAIL}>https://example.com/a?b=c#d</a>.</p>`],
    ["**https://example.com/x**", `<p><strong><a href="https://example.com/x"${TAIL}>https://example.com/x</a></strong></p>`],
    ["[the guide](https://example.com/g)", `<p><a href="https://example.com/g"${TAIL}>the guide</a></p>`],
    ["[bank.example](https://evil.example/)", `<p><a href="https://evil.example/"${TAIL}>https://evil.example/</a></p>`],
    ["see https://user:pass@evil.example/ now", "<p>see https://user:pass@evil.example/ now</p>"],
    ["[bank](https://bank.example@evil.example/)", "<p>[bank](https://bank.example@evil.example/)</p>"],
    ["2*3*4 and а*б*в and ** no ** and snake_case_", "<p>2*3*4 and а*б*в and ** no ** and snake_case_</p>"],
    ["*nothing closes", "<p>*nothing closes</p>"],
    ["😀 **да**", "<p>😀 <strong>да</strong></p>"],
    ["", ""],
    [" \n\n ", ""],
  ])("%s", (text, expected) => expect(html(text)).toBe(expected));
});

const HOSTILE = [
  "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "</p><iframe src=//evil.example>",
  "javascript:alert(1)", "[x](javascript:alert(1))", "[x](data:text/html,<script>1</script>)", "[x](vbscript:x)",
  "[x](https://e.example\" onclick=\"alert(1))", "https://e.example/\"onmouseover=alert(1)//", "https://[", "http://",
  "**<b>**", "`<i>`", "[<u>](https://e.example)", "&lt;script&gt;", "&#x3c;img&#x3e;", "[a](//evil.example)",
  "[a](https://e.example/)(https://f.example/)", "[[a](https://e.example)](https://f.example)", "***__proto__***",
  "https://good.example\u202eelpmaxe.live", "\u0000", "\ud800", "![x](https://e.example/x.png)", "<!--", "]]>", "- <a>",
];

describe("what it never becomes", () => {
  test.each(HOSTILE)("%j", (text) => sound(text));

  test("a link out of an address that reads backwards", () => {
    expect(shown("https://good.example\u202eelpmaxe.live").querySelector("a")?.href).toBe("https://good.example/");
  });

  test("anything, out of any mixture of marks and hostile pieces", () => {
    const pieces = [...HOSTILE, "*", "**", "`", "[", "]", "(", ")", "\n", "\n\n", "- ", "1. ", " ", "word", "https://e.example/", "а", "😀"];
    for (let seed = 1; seed <= 300; seed += 1) {
      let state = seed;
      const next = (below: number): number => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) % below;
      sound(Array.from({ length: 1 + next(12) }, () => pieces[next(pieces.length)]).join(""));
    }
  });
});

/** Elements of the closed list, attributes of ours, addresses of the web; and of the words not one is lost. */
function sound(text: string): void {
  const root = shown(text);
  for (const one of root.querySelectorAll("*")) {
    expect(["P", "BR", "UL", "OL", "LI", "STRONG", "EM", "CODE", "A"]).toContain(one.tagName);
    const names = one.getAttributeNames().sort();
    expect(names).toEqual(one.tagName === "A" ? ["href", "rel", "target"] : one.tagName === "OL" ? ["start"] : []);
    if (one.tagName === "A") {
      expect(one.getAttribute("href")).toMatch(/^https?:\/\//);
      expect(one.getAttribute("rel")).toBe("noopener noreferrer nofollow");
    }
  }
  const letters = (some: string): string => some.replace(/[^\p{L}]/gu, "");
  const said = letters(root.textContent ?? "");
  // The label of a link replaces its address, or the reverse; everything else that was said is there.
  if (!/\]\(/.test(text)) expect(said).toBe(letters(text));
}

// Ten times the longest article: what takes a moment here would take minutes, did it grow faster than the text.
describe("how long it takes", () => {
  test.each<[string, string]>([
    ["stars", "*a "], ["pairs of stars", "**a "], ["backquotes", "`"], ["brackets", "["], ["labels", "[a]("], ["dots behind an address", "."],
    ["addresses", "https://"], ["lines", "- a\n"], ["stars alone", "*"], ["letters between stars", "a*"],
  ])("an endless text of %s is no trouble", (_name, piece) => {
    const text = `https://a.example/${piece.repeat(500_000 / piece.length)}x`;
    expect(inline(text).length).toBeGreaterThan(0);
  }, 60_000);
});

test("running text keeps its line ends", () => expect(inline("a\n*b*").slice(0, 1)).toEqual(["a\n"]));

test.each<[string | null | undefined, string | undefined]>([
  ["https://example.com/x", "https://example.com/x"],
  ["HTTP://EXAMPLE.COM", "http://example.com/"],
  ["javascript:alert(1)", undefined],
  [" javascript:alert(1)", undefined],
  ["//example.com", undefined],
  ["/relative", undefined],
  ["https://user:pass@evil.example/", undefined],
  ["https://bank.example@evil.example/", undefined],
  ["https://:pass@evil.example/", undefined],
  ["https://example.com/@name", "https://example.com/@name"],
  ["", undefined],
  [null, undefined],
])("an address of %j", (address, expected) => expect(safeLink(address)).toBe(expected));
