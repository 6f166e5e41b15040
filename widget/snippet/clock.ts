// One clock for everything: milliseconds since 1970 that never run backwards within this document
// and can be compared with those of an earlier document.

export const now = () => performance.timeOrigin + performance.now();

/** Milliseconds to wait before the next try: 1 s, 2 s, 4 s … 5 min, each times 0.5 to 1.5,
 * never less than what the server asked for (seconds, as a header). */
export const retryDelay = (tries: number, asked?: any) =>
  Math.max(Math.min(3e5, 1e3 * 2 ** tries) * (Math.random() + 0.5), asked * 1e3 || 0);
