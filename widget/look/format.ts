// What people wrote, with the little formatting they may use, as nodes. Only ever text nodes and a closed list of
// elements without attributes of the writer's; the one attribute that comes from a text is the address of a link, and
// that is http or https. Used by the frame and by the console, for messages and for articles.

import { h, type ComponentChild, type JSX } from "preact";

/** Deeper than this, marks stay as they were typed. */
const DEEPEST = 3;
const BEHIND = ".,;:!?)]}*_»”’";
const LIST = /^\s{0,3}(?:[-*•]|(\d{1,3})[.)])\s+(?=\S)/;
// Each alternative is bounded or cannot start over, so that no text takes longer than its length. Characters that
// change the direction of writing never stand in an address: it reads as what it is.
const MARKS =
  /`([^`\n]{1,500})`|\[([^[\]\n]{1,200})\]\((https?:\/\/[^\s<>"'`()]{1,2000})\)|(https?:\/\/[^\s<>"'`\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069]+)|\*\*(?=[^\s*])([^\n]{0,500}?[^\s*])\*\*|(?<![\p{L}\p{N}*])\*(?=[^\s*])([^*\n]{0,500}?[^\s*])\*(?![\p{L}\p{N}*])/giu;

/** An address that may be opened, or undefined. None with a name or password before the host: it reads as another
 * place than it leads to. */
export function safeLink(address: string | null | undefined): string | undefined {
  try {
    const url = new URL(address ?? "");
    return /^https?:$/.test(url.protocol) && !url.username && !url.password ? url.href : undefined;
  } catch {
    return undefined;
  }
}

const link = (href: string, text: string): JSX.Element =>
  h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, text);

/** One line or more of running text: bold, italic, code, links. Line ends stay line ends. */
export function inline(text: string, depth = 0): ComponentChild[] {
  const found: ComponentChild[] = [];
  let at = 0;
  for (const match of text.matchAll(MARKS)) {
    const [all, code, label, target, bare, bold, italic] = match;
    let node: JSX.Element;
    let length = all.length;
    if (code) node = h("code", null, code);
    else if (target) {
      const href = safeLink(target);
      if (!href) continue;
      // A label that looks like an address itself could name another place than the link leads to.
      node = link(href, /[./\\:@]/.test(label!) ? target : label!);
    } else if (bare) {
      // A full stop or bracket behind an address belongs to the sentence, as do marks around it.
      while (length && BEHIND.includes(bare[length - 1]!)) length -= 1;
      const shown = bare.slice(0, length);
      const href = safeLink(shown);
      if (!href) continue;
      node = link(href, shown);
    } else if (depth < DEEPEST) node = bold ? h("strong", null, inline(bold, depth + 1)) : h("em", null, inline(italic!, depth + 1));
    else continue;
    if (match.index > at) found.push(text.slice(at, match.index));
    found.push(node);
    at = match.index + length;
  }
  if (at < text.length) found.push(text.slice(at));
  return found;
}

/** A whole text: paragraphs between empty lines, lists, line ends. */
export function formatted(text: string): JSX.Element[] {
  const found: JSX.Element[] = [];
  let words: string[] = [];
  let items: JSX.Element[] = [];
  let start: string | undefined;
  const end = (): void => {
    if (words.length) found.push(h("p", null, words.flatMap((line, at) => (at ? [h("br", null), ...inline(line)] : inline(line)))));
    if (items.length) found.push(start ? h("ol", { start: +start }, items) : h("ul", null, items));
    words = [];
    items = [];
  };
  for (const line of text.split("\n")) {
    const item = LIST.exec(line);
    if (!line.trim()) end();
    else if (item) {
      if (words.length || (items.length && !start !== !item[1])) end();
      if (!items.length) start = item[1];
      items.push(h("li", null, inline(line.slice(item[0].length))));
    } else {
      if (items.length) end();
      words.push(line);
    }
  }
  end();
  return found;
}
