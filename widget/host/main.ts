// The frame on the host page: it is placed, given the visitor key, and made as large as it asks for.
// The key goes by a message to our exact origin, never in an address; nothing secret comes back.

import type { FrameSays, HostPage, HostSays, KeyHandover } from "../wire";
import type { Host, Listeners } from "../snippet/bell";

// Hidden but laid out: the frame can measure itself before it is shown. On a phone the chat is the whole screen, but for
// what the screen's own corners and bars cover.
const css =
  "iframe{visibility:hidden;position:fixed;z-index:2147483647;right:0;bottom:64px;border:0;height:0;" +
  "width:min(392px,100vw);color-scheme:light dark}" +
  "iframe.bubble{visibility:visible}" +
  "iframe.open{visibility:visible;bottom:0;height:min(656px,100dvh)}" +
  "iframe.open~button{display:none}" +
  "@media(max-width:480px){iframe.open{width:100%;height:100dvh;box-sizing:border-box;background:Canvas;" +
  "padding:env(safe-area-inset-top) 0 env(safe-area-inset-bottom)}}" +
  "button[data-n]:after{content:attr(data-n);position:absolute;top:-4px;right:-4px;min-width:20px;" +
  "border-radius:10px;font:600 12px/20px system-ui,sans-serif;background:#a82a23;color:#fff}";

/** The chat was open on a page that was left less than this ago (ms): it is open again. A new visit begins closed. */
const AGAIN = 30_000;

/** Where the snippet remembers, or a memory as short as the page. `shopbell.live`: a conversation goes on; a time, when
 * the page was left with the chat open. It is no key of its own, so that a no in the snippet removes it too.
 * `shopbell.alone`: until when the visitor wants no invitation. */
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
  const lang = document.documentElement.lang || navigator.language;
  const frame = document.createElement("iframe");
  let port: MessagePort | undefined;
  /** The key that the frame has. */
  let given: string | undefined;
  const page = (): HostPage => ({ url: location.href, title: document.title });
  /** A person asked for the chat, or to be called, and it is not open yet. */
  let entering = false;
  let calling = false;
  /** Somebody only came near the bell. */
  let warm = true;
  const again = Date.now() - Number(store["shopbell.live"]) < AGAIN;

  const say = (what: HostSays) => port?.postMessage(what);

  function remember(name: string, value: string) {
    try {
      // The frame's own storage may be closed to it on a foreign page: what concerns this page is kept here,
      // for as long as the visitor has a key.
      if (value && key()) store[name] = value;
      else delete store[name];
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
    remember("shopbell.live", live || size != "closed" ? "1" : "");
    fit();
  }

  /** What covers the foot of the page, an on-screen keyboard, does not cover the chat. */
  function fit() {
    const { height = 0, offsetTop = 0, scale = 0 } = globalThis.visualViewport || {};
    const covered = frame.className == "open" && scale == 1 ? Math.round(innerHeight - height - offsetTop) : 0;
    frame.style.bottom = covered > 0 ? `${covered}px` : "";
    frame.style.maxHeight = covered > 0 ? `${height}px` : "";
  }
  globalThis.visualViewport?.addEventListener("resize", fit);
  globalThis.visualViewport?.addEventListener("scroll", fit);

  /** The bell stands and looks as the site has it, also where the tag does not say so. */
  function draw({ side, accent }: FrameSays) {
    if (side == "left") {
      button.style.left = "16px";
      frame.style.left = "0";
      frame.style.right = button.style.right = "auto";
    }
    if (accent) button.style.background = accent;
  }

  addEventListener("pagehide", () => frame.className == "open" && remember("shopbell.live", `${Date.now()}`));

  addEventListener("message", (event) => {
    if (event.origin != origin || event.source != frame.contentWindow || event.data?.shopbell != "hello") return;
    given = key();
    if (!given) return;
    const channel = new MessageChannel();
    port?.close();
    port = channel.port1;
    port.onmessage = ({ data }: MessageEvent<FrameSays>) => {
      draw(data);
      if (data.size) resize(data);
      if (data.alone) remember("shopbell.alone", `${data.alone}`);
      if (data.event) for (const [event, then] of listeners) if (event == data.event) then(event);
    };
    const handover: KeyHandover = {
      shopbell: "key", key: given, page: page(), lang, open: entering, callback: calling, warm, again,
      alone: Number(store["shopbell.alone"]) || 0,
    };
    calling = false;
    frame.contentWindow!.postMessage(handover, origin, [channel.port2]);
  });

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  (button.getRootNode() as ShadowRoot).adoptedStyleSheets = [sheet];
  frame.title = label;
  frame.allow = "";
  frame.src = `${base}frame?${new URLSearchParams({ site, origin: location.origin, lang })}`;
  button.before(frame);

  return (open) => {
    if ((open as Event)?.type == "pointerenter") return;
    warm = false;
    entering ||= !!open;
    // Until the frame is met it is remembered, whatever else is told meanwhile.
    calling ||= open == 2 && !port;
    // Another person signed in on this browser: their chat, not the last one's.
    if (given && given != key()) frame.src = frame.src;
    else say({ open: !!open, callback: open == 2, page: page() });
  };
}

let told: ReturnType<typeof place> | undefined;

export const tell: Host["tell"] = (open, ...page) => (told ||= place(...page))(open);
