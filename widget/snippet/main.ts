// The snippet: one script tag on every page of the site. It tells the server what is looked at,
// draws the bell, and loads the chat frame only when somebody needs it. Before the visitor's leave, where the site
// or the browser asks for it, it does nothing of this.

import { ask } from "./ask";
import { box, listeners, load } from "./bell";
import { TURN, add, fact, flush } from "./outbox";
import { page, pending, watchPages } from "./page";
import { close, keep, open, storage, visitorKey } from "./storage";
import { data } from "./tag";
import { waiting } from "./wait";

const stub = (window as any).shopbell;
/** Calls that wait for the visitor's leave. */
const calls: any[] = [];
let leave: unknown = storage()["shopbell.consent"] || !("consent" in data || (navigator as any).globalPrivacyControl);
let started: unknown;

const commands: Record<string, (...args: any[]) => void> = {
  page,
  track(name: string, props?: Record<string, unknown>) {
    add(fact("custom", { name, props }));
    if (!pending) flush();
  },
  identify: (what: object) => ask("visitor/identify", what),
  open: () => load(1),
  callback: () => load(2),
  on: (...call: any) => listeners.push(call),
};

const shopbell: any = (name: string, first: any, second: any) => {
  if (name == "consent") {
    leave = first == "granted";
    decide();
    if (leave) keep("shopbell.consent", 1);
  } else if (started) commands[name]?.(first, second);
  else calls.push([name, first, second]);
};

const run = (call: any) => shopbell(...call);

function start() {
  // Again, after a no that became a yes.
  if (started) page({});
  else watchPages();
  started = 1;
  calls.splice(0).map(run);
}

function decide() {
  if (!leave) {
    // The desks see them leave; and no script can take back the cookie that our answer set.
    ask("visitor/forget", { first_party: "firstParty" in data });
    close();
    box.remove();
    waiting?.abort();
  } else if (!visitorKey()) {
    open();
    // Nobody waits for what an earlier page left unfinished.
    keep(TURN, 0);
    // A page that is only being prepared is not viewed.
    if ((document as any).prerendering) document.addEventListener("prerenderingchange", start);
    else start();
  }
}

// A second tag on the same page changes nothing: what it finds takes three parameters, a stub takes none.
if (!(stub?.length > 2)) {
  (window as any).shopbell = shopbell;
  stub?.q?.map(run);
  decide();
}
