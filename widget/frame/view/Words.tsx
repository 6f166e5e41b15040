// Text that people wrote: always text, its addresses as links that open elsewhere.

import { parts } from "../links";
import { say } from "../words";

export function Link({ href, children }: { href: string; children: preact.ComponentChildren }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
      <span class="aside"> ({say("newTab")})</span>
    </a>
  );
}

export function Text({ children }: { children: string }) {
  return (
    <>
      {parts(children).map((part) =>
        part.href ? (
          <a href={part.href} target="_blank" rel="noopener noreferrer">{part.text}</a>
        ) : (
          part.text
        ),
      )}
    </>
  );
}
