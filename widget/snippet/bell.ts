// The bell on the page: a quiet round button. What stands behind it (host.js, which brings the chat frame)
// is loaded when somebody asks for it, is invited, or was talking on the page before.

import { BELL } from "../look/shape";
import { visitorKey } from "./ids";
import { recall } from "./storage";
import { base, script } from "./tag";

/** Listeners of shopbell('on', …). */
export type Listeners = Record<string, ((event: string) => void)[]>;
/** What host.js wants to hear: the page changed, or a person asked for the chat (`open`). */
export type Tell = (open?: unknown) => void;
/** What host.js leaves as `shopbell.host`. */
export type Host = (script: HTMLScriptElement, key: string, button: HTMLButtonElement, on: Listeners, open: unknown) => Tell;

const CSS =
  "button{position:fixed;right:16px;bottom:16px;z-index:2147483647;padding:12px;border:0;" +
  "border-radius:50%;background:var(--shopbell-accent,#0b6464);forced-color-adjust:none}" +
  `button:before{content:'';display:block;padding:12px;background:#fff;clip-path:path("${BELL}")}`;

const button = document.createElement("button");
export const listeners: Listeners = {};
export let host: HTMLScriptElement | 0 | undefined;
export let tell: Tell | undefined;
let wanted: unknown;

/** Draws the bell: a shadow root and a constructed sheet need no favour from the page's rules or policy. */
export function draw() {
  const root = document.body.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [sheet];
  button.title = /^ru/.test(document.documentElement.lang || navigator.language) ? "Чат" : "Chat";
  button.onclick = load;
  root.append(button);
  if (recall("shopbell.live")) load();
}

/** Loads the chat; opens it when a person asked. */
export function load(open?: unknown) {
  wanted ||= open;
  if (tell) tell(open);
  else if (!host) {
    host = document.createElement("script");
    host.src = base + "assets/frame/host.js";
    host.nonce = script.nonce;
    host.onload = () => (tell = (window as any).shopbell.host(script, visitorKey(), button, listeners, wanted));
    host.onerror = () => (host = 0);
    document.body.append(host);
  }
}
