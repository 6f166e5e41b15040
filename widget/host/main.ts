// The frame on the host page: it is placed, given the visitor key, and made as large as it asks for.
// The key goes by a message to our exact origin, never in an address; nothing secret comes back.

import type { FrameSays, HostPage, HostSays, KeyHandover } from "../wire";
import type { Host, Listeners } from "../snippet/bell";

// Hidden but laid out: the frame can measure itself before it is shown.
const css =
  "iframe{visibility:hidden;position:fixed;z-index:2147483647;right:0;bottom:64px;border:0;height:0;" +
  "width:min(392px,100vw);color-scheme:light dark}" +
  "iframe.bubble{visibility:visible}" +
  "iframe.open{visibility:visible;bottom:0;height:min(656px,100dvh)}" +
  "iframe.open~button{display:none}" +
  "@media(max-width:480px){iframe.open{width:100%;height:100dvh}}" +
  "button[data-n]:after{content:attr(data-n);position:absolute;top:-4px;right:-4px;min-width:20px;" +
  "border-radius:10px;font:600 12px/20px system-ui,sans-serif;background:#a82a23;color:#fff}";

/** The chat was open on a page that was left less than this ago (ms): it is open again. A new visit begins closed. */
const AGAIN = 30_000;

/** Where the snippet remembers, or a memory as short as the page. `shopbell.live`: a conversation goes on; a time, when
 * the page was left with the chat open. It is no key of its own, so that a no in the snippet removes it too. */
function storage(cookieless: boolean): Record<string, string> {
  try {
    return (cookieless ? sessionStorage : localStorage) || {};
  } catch {
    return {};
  }
}

function place(
  script: HTMLScriptElement, key: () => string | undefined, button: HTMLButtonElement, listeners: Listeners,
): (open: unknown) => void {
  const base = new URL(".", script.src).href;
  const { origin } = new URL(base);
  const site = script.dataset.site!;
  const store = storage("cookieless" in script.dataset);
  const label = button.title;
  const frame = document.createElement("iframe");
  let port: MessagePort | undefined;
  /** The key that the frame has. */
  let given: string | undefined;
  const page = (): HostPage => ({ url: location.href, title: document.title });
  /** A person asked for the chat and it is not open yet. */
  let entering = false;
  const again = Date.now() - Number(store["shopbell.live"]) < AGAIN;

  const say = (what: HostSays) => port?.postMessage(what);

  function remember(live: string) {
    try {
      // The frame's own storage may be closed to it on a foreign page: what concerns this page is kept here,
      // for as long as the visitor has a key.
      if (live && key()) store["shopbell.live"] = live;
      else delete store["shopbell.live"];
    } catch {
      // Then the next page asks the server.
    }
  }

  function resize({ size, height, unread, live, focus }: FrameSays) {
    frame.className = size;
    frame.style.height = size == "bubble" ? `min(${Number(height) || 0}px, 100dvh - 72px)` : "";
    if (unread) button.dataset.n = `${unread}`;
    else delete button.dataset.n;
    button.ariaLabel = unread ? `${label} (${unread})` : label;
    // The focus follows only a person who asked, and goes back to the bell when they close.
    if (size == "open" && entering) {
      entering = false;
      frame.focus();
    }
    if (focus) button.focus();
    remember(live || size != "closed" ? "1" : "");
  }

  addEventListener("pagehide", () => frame.className == "open" && remember(`${Date.now()}`));

  addEventListener("message", (event) => {
    if (event.origin != origin || event.source != frame.contentWindow || event.data?.shopbell != "hello") return;
    given = key();
    if (!given) return;
    const channel = new MessageChannel();
    port?.close();
    port = channel.port1;
    port.onmessage = ({ data }: MessageEvent<FrameSays>) => {
      if (data.size) resize(data);
      if (data.event) for (const [event, then] of listeners) if (event == data.event) then(event);
    };
    const lang = document.documentElement.lang || navigator.language;
    const handover: KeyHandover = { shopbell: "key", key: given, page: page(), lang, open: entering, again };
    frame.contentWindow!.postMessage(handover, origin, [channel.port2]);
  });

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  (button.getRootNode() as ShadowRoot).adoptedStyleSheets = [sheet];
  frame.title = label;
  frame.allow = "";
  frame.src = `${base}frame?${new URLSearchParams({ site, origin: location.origin })}`;
  button.before(frame);

  return (open) => {
    entering ||= !!open;
    // Another person signed in on this browser: their chat, not the last one's.
    if (given && given != key()) frame.src = frame.src;
    else say({ open: !!open, page: page() });
  };
}

let told: ReturnType<typeof place> | undefined;

export const tell: Host["tell"] = (open, ...page) => (told ||= place(...page))(open);
