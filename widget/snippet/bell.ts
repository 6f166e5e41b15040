// The bell on the page: a quiet round button. What stands behind it (host.js, which brings the chat frame)
// is loaded when somebody asks for it, is invited, or was talking on the page before.

import { BELL } from "../look/shape";
import { store, visitorKey } from "./storage";
import { base, data, script } from "./tag";

/** Calls of shopbell('on', event, then). */
export type Listeners = [event: string, then: (event: string) => void][];
/** What host.js exports: places the frame the first time, and hears that the page or the visitor's key changed,
 * or that a person asked for the chat (`open`). */
export interface Host {
  tell(
    open: unknown, script: HTMLScriptElement, key: () => string | undefined, button: HTMLButtonElement, on: Listeners,
  ): void;
}

// Not in the body, and no element that a page has: its rules for both would give the bell a place on the page.
export const box = document.createElement("shop-bell");
const button = document.createElement("button");
const shape = document.createElement("div");
export const listeners: Listeners = [];
/** What was loaded, or is on its way. */
export let host: Promise<Host> | 0 | undefined;

// A shadow root and styles set by script need no favour from the page's rules or policy.
box.attachShadow({ mode: "open" }).append(button);
button.append(shape);
button.style =
  "position:fixed;right:16px;bottom:16px;z-index:9999999;padding:12px;" +
  "border:0;border-radius:24px;background:#0b6464;" +
  // How the site's bell looks; without the attribute, a word that no style knows.
  data.look;
// All border: where a person's system has its own colours, borders are seen and backgrounds are not.
shape.style = `border:12px solid #fff;clip-path:path("${BELL}")`;
// Who comes near will perhaps click: what stands behind the bell is fetched (host.js tells one from the other).
button.onclick = button.onpointerenter = load;

/** Draws the bell, again where the page threw its whole body away. */
export function draw() {
  if (box.isConnected || !visitorKey()) return;
  button.title = /^ru/.test(document.documentElement.lang) ? "Чат" : "Chat";
  document.documentElement.append(box);
  if (store["shopbell.live"]) load();
}

/** Loads the chat, or tells it that something changed; opens it when a person asked. */
export async function load(open?: unknown) {
  try {
    if (visitorKey())
      (await (host ||= import(/* @vite-ignore */ `${base}host.js`))).tell(open, script, visitorKey, button, listeners);
  } catch {
    host = 0;
  }
}
