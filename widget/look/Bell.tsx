// The mark: a small shop bell hanging from its bracket. Drawn in the colour of the text around it.

import { BELL } from "./shape";

/** `size` in CSS pixels. Silent for screen readers unless `title` says something. */
export function Bell({ size = 24, title }: { size?: number; title?: string }) {
  return (
    <svg viewBox="0 0 24 24" width={size} height={size} fill="currentColor"
      role={title ? "img" : undefined} aria-label={title} aria-hidden={title ? undefined : "true"}>
      <path d={BELL} />
    </svg>
  );
}
