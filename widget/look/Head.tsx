// The head of the chat: the bell, who speaks, what one can do. The frame draws it, and so does the page on which a site
// chooses its look: what is seen there is what visitors get.

import type { ComponentChildren } from "preact";
import { Bell } from "./Bell";

interface Said {
  title: string;
  /** What the cross is called. */
  close: string;
  leave?: () => void;
  /** The menu. */
  children: ComponentChildren;
}

export const Head = ({ title, close, leave, children }: Said) => (
  <header>
    <Bell size={20} />
    <h1>{title}</h1>
    {children}
    <button type="button" class="plain shut" aria-label={close} onClick={leave}>
      <span aria-hidden="true">×</span>
    </button>
  </header>
);

/** Three dots: there is more. */
export const Dots = () => (
  <svg viewBox="0 0 24 24" width="20" height="20" fill="currentColor" aria-hidden="true">
    <path d="M3 10h4v4H3ZM10 10h4v4h-4ZM17 10h4v4h-4Z" />
  </svg>
);

/** A paper plane: send it. */
export const Plane = () => (
  <svg viewBox="0 0 24 24" width="20" height="20" fill="currentColor" aria-hidden="true">
    <path d="M3 4l18 8-18 8 3-7 8-1-8-1-3-7Z" />
  </svg>
);
