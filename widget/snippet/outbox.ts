// Delivery: every event is kept in storage until the server says that it is stored.
// The tabs of a site share what is kept, and one of them sends it; two that do so at once do no harm,
// because the server knows each event by its id. Each event has a name of its own in the storage: tabs run beside
// each other, and one that wrote a list of all would undo what another has just put on it.

import type { VisitEvent } from "../wire";
import { ask } from "./ask";
import { now, retryDelay } from "./clock";
import { uuid } from "./ids";
import { keep, store } from "./storage";
import { base, data, site } from "./tag";
import { engage } from "./wait";

/** How the names of this site's events begin. The key of a site has no dots: no other site's names begin so. */
const EVENT = "shopbell.event." + site + ".";
/** Until when somebody sends, or waits before the next try. */
export const TURN = "shopbell.turn";

/** Tries that failed in a row. */
let tries = 0;
/** How many this page has told. */
let facts = 0;
/** How many are sent one by one, because one of them is refused. */
let alone = 0;

/** What waits, the oldest first. */
const kept = (): VisitEvent[] =>
  Object.keys(store)
    .flatMap((name) => {
      try {
        const event = /^shopbell/.test(name) && JSON.parse(store[name]);
        // Other names are ours, too, and others may have written under them.
        return EVENT + event.id == name ? event : [];
      } catch {
        return [];
      }
    })
    .sort((a, b) => a.at - b.at);

const drop = (event: VisitEvent) => delete store[EVENT + event.id];

/** Something that happens now, and after all that happened before: a storage does not remember in which order it was
 * filled, and clocks are coarse. */
export const fact = (type: VisitEvent["type"], more: object): any => ({
  at: now() + facts++ / 1e3, id: uuid(), type, ...more,
});

/** Keeps an event; of what waits, the newest hundred. */
export function add(event: VisitEvent) {
  keep(EVENT + event.id, JSON.stringify(event));
  kept().slice(0, -100).map(drop);
}

/** Sends what is kept, after a failure one by one, when it is our turn; the page calls twice a second.
 * A page that is `leaving` cannot wait. */
export async function flush(leaving?: unknown) {
  if (!leaving && store[TURN] > now()) return;
  // Three bytes a character at most: below the 64 KiB that server and browsers allow.
  let room = tries || alone-- > 0 ? 0 : 2e4;
  const events = kept().filter((event, i) => (room -= JSON.stringify(event).length) > 0 || !i);
  if (!events[0]) return;
  keep(TURN, leaving ? 0 : now() + 3e4);
  const [status, answer, after] = await ask(
    "collect",
    { first_party: "firstParty" in data, events: events.map(({ at, ...event }) => ({ ...event, age: Math.max(0, Math.round(now() - at)) })) },
    // Browsers refuse large bodies that shall outlive the page: on a second try the server decides.
    { keepalive: !tries },
    leaving,
  );
  let delay = 0;
  if (/400|413|422/.test(status) && events[1]) alone = events.length;
  else if (/^2|403|415|400|413|422/.test(status)) {
    events.map(drop);
    tries = 0;
    // Who stays will perhaps click: a kilobyte of what stands behind the bell is there before.
    if (answer.engage) import(/* @vite-ignore */ `${base}host.js`).then(engage, engage);
  } else delay = retryDelay(tries++, after);
  keep(TURN, now() + delay);
  if (!delay) flush();
}
