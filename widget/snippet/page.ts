// Views of pages: when one begins, how long it is looked at, when it is left.

import type { PageViewed } from "../wire";
import { tell as tellFrame } from "./bell";
import { now } from "./clock";
import { dwell, nextStay } from "./dwell";
import { uuid } from "./ids";
import { add, flush } from "./outbox";
import { type PathCall, place } from "./path";
import { script } from "./tag";
import { waiting } from "./wait";

export interface PageCall {
  path?: PathCall;
  title?: string;
}

type Timer = ReturnType<typeof setTimeout>;

/** The address that makes a page, at most 2048 characters: an anchor does not, a hash route does. */
export const route = (url: string) => url.replace(/#(?![!/]).*/, "").slice(0, 2048);

// The view that goes on.
let view: Omit<PageViewed, "title" | "path" | "source"> | undefined;
let called: PageCall | undefined;
let next: number;
/** The most that was seen of it, in percent. */
let seen: number;
/** 1: hidden, 2: gone for good. */
let left: number;

/** The page is not told about yet: what happens on it is sent after it. */
export let pending: Timer | 0 | -1;
let timer: Timer;

function begin(referrer: string) {
  leave();
  // Title and breadcrumbs of a single-page application come after the address.
  pending = view ? setTimeout(settle, 200) : -1;
  view = { id: uuid(), type: "page.viewed", at: now(), url: route(location.href), referrer: referrer.slice(0, 2048) };
  called = undefined;
  next = nextStay(0);
  seen = left = dwell(1);
  tick();
}

/** The page can be read now: tells about it. */
export function settle() {
  report();
  flush();
}

function report() {
  if (!pending) return;
  clearTimeout(pending as number);
  pending = 0;
  add({ ...view!, title: (called?.title || document.title).slice(0, 300), ...place(called?.path, script.dataset.path) });
  tellFrame?.();
}

function look() {
  const part = (scrollY + innerHeight) / document.documentElement.scrollHeight;
  seen = Math.max(seen, Math.min(100, (part * 100 + 0.5) | 0));
  return dwell();
}

function tell(what: "stayed" | "left") {
  report();
  add({ id: uuid(), type: `page.${what}`, at: now(), page: view!.id, dwell: look(), scroll: seen });
}

function leave(hiding?: unknown) {
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
    flush();
  }
  timer = setTimeout(tick, Math.min(1e3, next - looked + 1));
}

function moved() {
  if (route(location.href) != view!.url) begin(view!.url);
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
  listen("focus", tick);
  listen("blur", tick);
  listen("pagehide", () => {
    leave(1);
    left = 2;
    // A lock that is held keeps a page out of the back-forward cache: leaving gives it back.
    waiting?.abort();
  });
  listen("pageshow", (event) => event.persisted && begin(document.referrer));

  const { navigation } = window as unknown as { navigation?: EventTarget };
  if (navigation) navigation.addEventListener("navigatesuccess", moved);
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
