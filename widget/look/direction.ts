// Characters that turn the direction of writing make a text read as what it is not: "photo", one of them, "gpj.exe"
// reads "photoexe.jpg". Nothing that is shown may turn what stands behind it, whoever wrote it. What is sent and kept
// stays as it was written.

import { options, type VNode } from "preact";

const TURNS = /[\u202a-\u202e\u2066-\u2069]/;
const POP = "\u202c";
const END = "\u2069";
/** These turn even what has a direction of its own: nobody's language needs them. */
const FORCES = "\u202d\u202e";
const SHOWN = ["title", "aria-label", "alt", "placeholder", "label"];

/** The text without forced directions, and without beginnings or ends that have no other half. Right-to-left words
 * that are set apart as they should be stay so; the words themselves are never touched. */
export function upright(text: string): string {
  if (!TURNS.test(text)) return text;
  const letters: string[] = text.split("");
  const open: number[] = [];
  let isolates = 0;
  const opensIsolate = (at: number) => text[at]! >= "\u2066";
  const drop = (at: number) => (letters[at] = "");
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]!;
    if (!TURNS.test(letter)) continue;
    if (letter === POP) {
      // Ends what began last, and nothing outside of what is set apart.
      const begun = open.at(-1);
      if (begun === undefined || opensIsolate(begun)) drop(at);
      else if (FORCES.includes(text[open.pop()!]!)) drop(at);
    } else if (letter === END) {
      if (!isolates) {
        drop(at);
        continue;
      }
      while (!opensIsolate(open.at(-1)!)) drop(open.pop()!);
      open.pop();
      isolates -= 1;
    } else {
      open.push(at);
      if (opensIsolate(at)) isolates += 1;
      else if (FORCES.includes(letter)) drop(at);
    }
  }
  open.forEach(drop);
  return letters.join("");
}

/** From now on, in whatever is drawn: words and what is said to those who do not see. Not the fields people write in. */
export function keepUpright(): void {
  const before = options.vnode;
  options.vnode = (node: VNode) => {
    const props = node.props as unknown;
    if (typeof props === "string") node.props = upright(props) as never;
    else if (typeof node.type === "string") {
      const said = props as Record<string, unknown>;
      for (const name of SHOWN) if (typeof said[name] === "string" && TURNS.test(said[name])) said[name] = upright(said[name]);
    }
    before?.(node);
  };
}
