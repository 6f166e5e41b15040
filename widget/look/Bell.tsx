// The mark: a small shop bell hanging from its bracket. Drawn in the colour of the text around it.

export const BELL =
  "M4 2.5h9.5a1 1 0 0 1 1 1V5.6a6.6 6.6 0 0 1 5.1 6.4v3.2l1.6 2.6a1 1 0 0 1-.85 1.5H7.35a1 1 0 0 1-.85-1.5" +
  "l1.6-2.6V12a6.6 6.6 0 0 1 4.4-6.2V4.5H4a1 1 0 0 1 0-2Z";
export const CLAPPER = "M11.6 20.3h4.5a2.3 2.3 0 0 1-4.5 0Z";

/** `size` in CSS pixels. Silent for screen readers unless `title` says something. */
export function Bell({ size = 24, title }: { size?: number; title?: string }) {
  return (
    <svg viewBox="0 0 24 24" width={size} height={size} fill="currentColor"
      role={title ? "img" : undefined} aria-label={title} aria-hidden={title ? undefined : "true"}>
      <path d={BELL} />
      <path d={CLAPPER} />
    </svg>
  );
}
