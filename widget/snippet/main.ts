// The snippet: one script tag on every page of the site. It tells the server what is looked at,
// draws the bell, and loads the chat frame only when somebody needs it.

import { draw, listeners, load } from "./bell";
import { now } from "./clock";
import { uuid } from "./ids";
import { add, flush } from "./outbox";
import { page, pending, settle, watchPages } from "./page";

const stub = (window as any).shopbell;

const commands: Record<string, (...args: any[]) => void> = {
  page,
  track(name: string, props?: Record<string, unknown>) {
    add({ id: uuid(), type: "custom", at: now(), name, props });
    if (!pending) flush();
  },
  open: () => load(1),
  on: (event: string, then: () => void) => (listeners[event] ||= []).push(then),
};

const shopbell: any = (name: string, ...args: unknown[]) => commands[name]?.(...args);
shopbell.on = 1;

function read() {
  draw();
  (window as any).shopbell = shopbell;
  for (const call of stub?.q || []) shopbell(...call);
  // A title that is set when the page is ready counts too.
  setTimeout(settle);
}

function start() {
  watchPages();
  if (document.readyState == "loading") addEventListener("DOMContentLoaded", read);
  else read();
}

// A second tag on the same page changes nothing; a page that is only being prepared is not viewed.
if (!stub?.on) {
  if ((document as any).prerendering) document.addEventListener("prerenderingchange", start);
  else start();
}
