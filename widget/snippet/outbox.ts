// Delivery: every event is kept in storage until the server says that it is stored.
// The same event may leave twice (two tabs, a lost answer); the server knows it by its id.

import type { VisitEvent } from "../wire";
import { ask } from "./ask";
import { now, retryDelay } from "./clock";
import { keep, recall } from "./storage";
import { site } from "./tag";
import { engage } from "./wait";

const NAME = "shopbell.events." + site;

/** Something is on its way, or we wait before the next try. */
let busy = 0;
/** Tries that failed in a row. */
let tries = 0;
/** How many are sent one by one, because one of them is refused. */
let alone = 0;

function kept(): VisitEvent[] {
  try {
    return JSON.parse(recall(NAME)!);
  } catch {
    return [];
  }
}

const save = (events: VisitEvent[]) => keep(NAME, JSON.stringify(events));

/** Keeps an event; of what waits, the newest hundred. */
export const add = (event: VisitEvent) => save([...kept(), event].slice(-100));

/** Sends what is kept, nine at a time, after a failure one by one. Only a page that is `leaving` does not wait
 * for its turn: what is on its way already is then sent twice, and stored once. */
export async function flush(leaving?: unknown) {
  if (busy && !leaving) return;
  const events = kept().slice(0, tries || alone-- > 0 ? 1 : 9);
  const ids = events.map(({ id }) => id);
  if (!ids[0]) return;
  busy = 1;
  const [status, answer, after] = await ask(
    "collect",
    { events: events.map(({ at, ...event }) => ({ ...event, age: Math.max(0, (now() - at) | 0) })) },
    // Browsers refuse large bodies that shall outlive the page: on a second try the server decides.
    { keepalive: !tries },
    leaving,
  );
  let delay = 0;
  if (/400|413|422/.test(status) && ids[1]) alone = ids.length;
  else if (/^2|40[03]|41[35]|422/.test(status)) {
    save(kept().filter(({ id }) => !ids.includes(id)));
    tries = 0;
    if (answer?.engage) engage();
  } else delay = retryDelay(tries++, after);
  setTimeout(() => {
    busy = 0;
    flush();
  }, delay);
}
