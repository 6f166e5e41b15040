// One clock for everything: milliseconds since 1970 that never run backwards within this document
// and can be compared with those of an earlier document.

export const now = () => performance.timeOrigin + performance.now();

/** Milliseconds to wait before the next try: 1 s, 2 s, 4 s … 4 min, or what the server asked for
 * (seconds, as a header); each times 1 to 2, so that not everybody returns at once. */
export const retryDelay = (tries: number, asked?: any) =>
  (+asked || 2 ** Math.min(tries, 8)) * 1e3 * (1 + Math.random());
