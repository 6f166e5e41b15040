// Views of pages: when one begins, how long it is looked at, when it is left.

import type { PageViewed } from "../wire";
import { draw, host, load } from "./bell";
import { dwell, nextStay } from "./dwell";
import { add, fact, flush } from "./outbox";
import { type PathCall, place } from "./path";
import { data } from "./tag";
import { waiting } from "./wait";

export interface PageCall {
  path?: PathCall;
  title?: string;
}

type Timer = ReturnType<typeof setTimeout>;

/** The address that makes a page, at most 2,000 characters: an anchor does not, a hash route does,
 * and with data-hash whatever stands behind the hash. */
const route = () => location.href.replace("hash" in data ? "" : /#(?![!/]).*/, "").slice(0, 2e3);

// The view that goes on.
let view: Omit<PageViewed, "title" | "path" | "source"> | undefined;
let called: PageCall;
let next: number;
/** The lowest line of it that was seen, in pixels: the share is counted when it is told, because pages grow. */
let seen: number;
/** 1: hidden, 2: gone for good. */
let left: number;

/** The page is not told about yet: what happens on it is sent after it. */
export let pending: Timer | 0;
let timer: Timer;

export function begin(referrer: string) {
  leave();
  pending = setTimeout(settle, 200);
  view = fact("page.viewed", { url: route(), referrer });
  called = {};
  next = nextStay(0);
  left = dwell(1);
  tick();
  // A single-page application still stands where the page before was scrolled to.
  seen = 0;
}

/** Title and breadcrumbs come after the address: tells about the page when it can be read. */
function settle() {
  if (document.readyState == "loading") pending = setTimeout(settle, 200);
  else {
    report();
    flush();
    draw();
  }
}

function report() {
  if (!pending) return;
  clearTimeout(pending);
  pending = 0;
  add({ ...view!, title: called.title || document.title, ...place(called.path) });
  if (host) load();
}

function look() {
  seen = Math.max(seen, scrollY + innerHeight);
  return dwell();
}

function tell(what: "stayed" | "left") {
  report();
  add(
    fact(`page.${what}`, {
      page: view!.id,
      dwell: look(),
      scroll: ((seen / document.documentElement.scrollHeight) * 100 + 0.5) | 0,
    }),
  );
}

function leave(hiding?: unknown) {
  // Nobody can be invited on a page that is not seen: another tab may ask.
  if (hiding) waiting?.abort();
  if (view && !left) {
    tell("left");
    left = 1;
    if (hiding) flush(1);
  }
}

function tick() {
  clearTimeout(timer);
  const looked = look();
  if (document.hidden) return;
  // Back from another tab: says so at once, so that nobody takes the visitor for gone.
  if (looked >= next || left == 1) {
    left = 0;
    next = nextStay(looked);
    tell("stayed");
  }
  if (!pending) flush();
  timer = setTimeout(tick, 500);
}

function moved() {
  if (route() != view!.url) begin(view!.url);
}

/** A call soon after the page changed tells about that view; a later one begins a new view. */
export function page(call: PageCall) {
  if (pending) moved();
  else begin(view!.url);
  called = call;
}

export function watchPages() {
  const listen = addEventListener;
  begin(document.referrer);
  listen("visibilitychange", () => (document.hidden ? leave(1) : tick()));
  // Not a moment too much is counted; that it is looked at again is seen within half a second.
  listen("blur", tick);
  listen("pagehide", () => {
    leave(1);
    left = 2;
  });
  listen("pageshow", (event) => event.persisted && begin(document.referrer));

  if ((window as any).navigation) (window as any).navigation.addEventListener("navigatesuccess", moved);
  else {
    listen("popstate", moved);
    for (const name of ["pushState", "replaceState"] as const) {
      const original = history[name];
      history[name] = (...args) => {
        original.apply(history, args);
        moved();
      };
    }
  }
}
