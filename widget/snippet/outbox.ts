// Delivery: every event is kept in storage until the server says that it is stored.
// The tabs of a site share what is kept, and one of them sends it; two that do so at once do no harm,
// because the server knows each event by its id.

import type { VisitEvent } from "../wire";
import { ask } from "./ask";
import { now, retryDelay } from "./clock";
import { uuid } from "./ids";
import { keep, store } from "./storage";
import { data, site } from "./tag";
import { engage } from "./wait";

const NAME = "shopbell.events." + site;
/** Until when somebody sends, or waits before the next try. */
export const TURN = "shopbell.turn";

/** Tries that failed in a row. */
let tries = 0;
/** How many are sent one by one, because one of them is refused. */
let alone = 0;

function kept(): VisitEvent[] {
  try {
    // Others may have written under our name.
    return JSON.parse(store[NAME]).filter((event: any) => event?.id);
  } catch {
    return [];
  }
}

const save = (events: VisitEvent[]) => keep(NAME, JSON.stringify(events));

/** Something that happens now. */
export const fact = (type: VisitEvent["type"], more: object): any => ({ id: uuid(), type, at: now(), ...more });

/** Keeps an event; of what waits, the newest hundred. */
export const add = (event: VisitEvent) => save([...kept(), event].slice(-100));

/** Sends what is kept, after a failure one by one, when it is our turn; the page calls twice a second.
 * A page that is `leaving` cannot wait. */
export async function flush(leaving?: unknown) {
  if (!leaving && store[TURN] > now()) return;
  // Three bytes a character at most: below the 64 KiB that server and browsers allow.
  let room = tries || alone-- > 0 ? 0 : 2e4;
  const events = kept().filter((event, i) => (room -= JSON.stringify(event).length) > 0 || !i);
  const ids = events.map(({ id }) => id);
  if (!ids[0]) return;
  keep(TURN, leaving ? 0 : now() + 3e4);
  const [status, answer, after] = await ask(
    "collect",
    { first_party: "firstParty" in data, events: events.map(({ at, ...event }) => ({ ...event, age: Math.max(0, Math.round(now() - at)) })) },
    // Browsers refuse large bodies that shall outlive the page: on a second try the server decides.
    { keepalive: !tries },
    leaving,
  );
  let delay = 0;
  if (/400|413|422/.test(status) && ids[1]) alone = ids.length;
  else if (/^2|40[03]|41[35]|422/.test(status)) {
    save(kept().filter(({ id }) => !ids.includes(id)));
    tries = 0;
    if (answer.engage) engage();
  } else delay = retryDelay(tries++, after);
  keep(TURN, now() + delay);
  if (!delay) flush();
}
