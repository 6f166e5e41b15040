// Text that people wrote: always text; a little formatting, addresses as links that open elsewhere (look/format.ts).

import { formatted, inline } from "../../look/format";
import { say } from "../words";

export function Link({ href, children }: { href: string; children: preact.ComponentChildren }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
      <span class="aside"> ({say("newTab")})</span>
    </a>
  );
}

/** In a line of something else. */
export const Text = ({ children }: { children: string }) => <>{inline(children)}</>;

/** By itself, with paragraphs and lists. */
export const Words = ({ children, as = "words" }: { children: string; as?: string }) => (
  <div class={`said ${as}`}>{formatted(children)}</div>
);
