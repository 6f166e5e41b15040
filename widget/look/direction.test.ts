// No text that is shown turns what stands behind it.

import { h, render, type ComponentChildren } from "preact";
import { expect, test } from "vitest";
import { keepUpright, upright } from "./direction";
import { formatted } from "./format";

const [LRE, RLE, POP, LRO, RLO] = ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e"];
const [LRI, RLI, FSI, END] = ["\u2066", "\u2067", "\u2068", "\u2069"];

test.each<[string, string, string]>([
  ["nothing to do", "plain, שלום, مرحبا \u200f!", "plain, שלום, مرحبا \u200f!"],
  ["an override", `photo${RLO}gpj.exe`, "photogpj.exe"],
  ["an override with its end", `photo${RLO}gpj${POP}.exe`, "photogpj.exe"],
  ["the other override", `${LRO}abc${POP} d`, "abc d"],
  ["an embedding without an end", `a${RLE}b`, "ab"],
  ["an isolate without an end", `a${RLI}b${FSI}c`, "abc"],
  ["ends without a beginning", `a${POP}b${END}c`, "abc"],
  ["an embedding with its end", `a${RLE}שלום${POP}b`, `a${RLE}שלום${POP}b`],
  ["isolates with their ends", `a${FSI}שלום ${LRI}x${END}${END}b`, `a${FSI}שלום ${LRI}x${END}${END}b`],
  ["an end out of an isolate", `${RLE}a${RLI}b${POP}c${END}d${POP}`, `${RLE}a${RLI}bc${END}d${POP}`],
  ["an embedding that its isolate ends", `${RLI}a${LRE}b${END}c`, `${RLI}ab${END}c`],
  ["an override in an embedding", `${RLE}a${RLO}b${POP}c${POP}d`, `${RLE}abc${POP}d`],
  ["many of them", `${RLO}${LRO}${RLE}${RLI}x`, "x"],
])("%s", (_name, text, shown) => {
  expect(upright(text)).toBe(shown);
  expect(upright(shown)).toBe(shown);
});

test("whatever is drawn is upright: words, names, and what is said to those who do not see", () => {
  keepUpright();
  const Name = ({ children }: { children: ComponentChildren }) => children;
  const box = document.createElement("div");
  const bad = `a${RLO}b`;
  render(h("div", null,
    h("p", { title: bad, "aria-label": bad }, bad), h(Name, null, bad), ["x", [bad]], formatted(`**${bad}** see https://a.example/${RLO}gpj`),
    h("img", { alt: bad }), h("input", { placeholder: bad })), box);
  expect(box.innerHTML).not.toContain(RLO);
  expect(box.textContent).toContain("ab");
  expect(box.querySelector("p")!.title).toBe("ab");
  render(h("div", null, `c${RLI}d`), box);
  expect(box.textContent).toBe("cd");
});

// Ten times the longest article: did it grow faster than the text, this would take minutes.
test.each([[RLE + END], [RLI + POP], [RLE], [END], [RLO + RLE + END + POP]])("however many of them there are: %j", (piece) => {
  const text = `${piece.repeat(100_000)}x`;
  expect(upright(text).endsWith("x")).toBe(true);
}, 20_000);
