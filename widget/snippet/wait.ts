// An engaged visitor loads nothing: the page that is seen asks the server to say when somebody wants to speak.
// A page that is not seen does not ask; when it is seen again, the answer to its first word engages it again.

import { ask } from "./ask";
import { host, load } from "./bell";
import { now, retryDelay } from "./clock";

let tries = 0;
/** While this page asks, or pauses before the next try. */
export let waiting: AbortController | null | undefined;

/** Asks until the server says "show", the frame is loaded, or the page is not seen any more. */
export async function engage(_?: unknown) {
  if (host || waiting || document.hidden) return;
  const started = now();
  const { signal } = (waiting = new AbortController());
  const [status, answer, after] = await ask("visitor/wait", {}, { signal });
  if (answer?.show) load();
  // A "nothing yet" that comes at once is no waiting: treated like an error.
  tries = signal.aborted || (status == 204 && now() - started > 1e3) ? 0 : tries + 1;
  setTimeout(() => engage((waiting = null)), tries && retryDelay(tries, after));
}
