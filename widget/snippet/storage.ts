// What the browser remembers for us, and only while the visitor lets us: with leave there is a key, without a key
// nothing is written and nobody is asked. Storage that is missing, throws or is full is replaced by memory:
// the visit still counts, it only ends with the page.

import { uuid } from "./ids";
import { data } from "./tag";

export const KEY = "shopbell.visitor";
/** Memory, until there is leave to use the browser's. */
export let store: Record<string, any> = {};

/** The storage of the browser, where it has one for this page. */
export function storage(): Record<string, any> {
  try {
    return ("cookieless" in data ? sessionStorage : localStorage) || {};
  } catch {
    return {};
  }
}

/** The key of this browser, 32 hex digits; none without leave. */
export const visitorKey = (): string | undefined => store[KEY];

export function keep(name: string, value: unknown): void {
  // The visitor said no, perhaps in another tab.
  if (name != KEY && !visitorKey()) store = {};
  try {
    store[name] = value;
  } catch {
    store = { ...store, [name]: value };
  }
}

/** Leave to remember: a key is kept, else made. */
export function open() {
  store = storage();
  if (!visitorKey()) keep(KEY, uuid().replace(/-/g, ""));
}

/** No leave: whatever there was is removed. */
export function close() {
  store = storage();
  // As the outbox begins, too: packed, the same words cost less than better ones.
  Object.keys(store).flatMap((name) => /^shopbell/.test(name) && delete store[name]);
  store = {};
}
