// An engaged visitor loads nothing: one tab of the site asks the server to say when somebody wants to speak.

import { ask } from "./ask";
import { host, load } from "./bell";
import { now, retryDelay } from "./clock";

/** While this tab asks, or waits for its turn to ask. */
export let waiting: AbortController | undefined;

/** Asks until the server says "show", the frame is loaded, or the page goes away. */
export async function engage() {
  if (waiting) return;
  const { signal } = (waiting = new AbortController());

  async function turn() {
    for (let tries = 0; !host && !signal.aborted; ) {
      const started = now();
      const [status, answer, after] = await ask("visitor/wait", {}, { signal });
      if (answer?.show) return load();
      // A "nothing yet" that comes at once is no waiting: treated like an error.
      tries = status == 204 && now() - started > 1e3 ? 0 : tries + 1;
      await new Promise((next) => setTimeout(next, tries && retryDelay(tries, after)));
    }
  }

  await (navigator.locks ? navigator.locks.request("shopbell.wait", turn) : turn());
  waiting = undefined;
}
