// Delivery: every event is kept in storage until the server says that it is stored.
// The same event may leave twice (two tabs, a lost answer); the server knows it by its id.

import type { VisitEvent } from "../wire";
import { ask } from "./ask";
import { now, retryDelay } from "./clock";
import { keep, recall } from "./storage";
import { site } from "./tag";
import { engage } from "./wait";

const NAME = "shopbell.events." + site;

const flying = new Set<string>();
let tries = 0;
let pause = 0;

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

async function post(events: VisitEvent[], leaving?: unknown): Promise<void> {
  const ids = events.map(({ id }) => (flying.add(id), id));
  const [status, answer, after] = await ask(
    "collect",
    { events: events.map(({ at, ...event }) => ({ ...event, age: Math.max(0, (now() - at) | 0) })) },
    // Browsers refuse large bodies that shall outlive the page: on a second try the server decides.
    { keepalive: !tries },
    leaving,
  );
  if (/400|413|422/.test(status) && ids[1]) for (const event of events) await post([event]);
  else if (/^2|40[03]|41[35]|422/.test(status)) {
    save(kept().filter(({ id }) => !ids.includes(id)));
    tries = pause = 0;
    flush();
    if (answer?.engage) engage();
  } else {
    flying.clear();
    const delay = retryDelay(tries++, after);
    pause = now() + delay;
    setTimeout(flush, delay + 9);
  }
}

/** Sends what is kept and not on its way, nine at a time, after a failure one by one.
 * During a pause only a page that is `leaving` does. */
export function flush(leaving?: unknown) {
  const events = kept().filter(({ id }) => !flying.has(id)).slice(0, tries ? 1 : 9);
  if (events[0] && (leaving || now() > pause)) post(events, leaving);
}
