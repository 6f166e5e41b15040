// The shapes that cross the line between browser and server, as the widget uses them.
// Names and meaning: the public contract, sections 3 and 4.

import type { ErrorCode, PathSource } from "../contract/generated/contract";

interface Fact {
  /** uuid, made here: the server takes each id once. */
  id: string;
  /** Milliseconds since 1970 by the monotonic clock of this document; sent as `age`. */
  at: number;
}

export interface PageViewed extends Fact {
  type: "page.viewed";
  url: string;
  title: string;
  referrer: string;
  path: string[];
  source: PathSource;
}

/** `dwell`: total ms visible and focused; `scroll`: percent of the page seen, 0 to 100. */
export interface PageStayed extends Fact {
  type: "page.stayed" | "page.left";
  page: string;
  dwell: number;
  scroll: number;
}

export interface Custom extends Fact {
  type: "custom";
  name: string;
  props?: Record<string, unknown>;
}

export type VisitEvent = PageViewed | PageStayed | Custom;

/** The body of a 200 from /collect. */
export interface Collected {
  engage?: boolean;
  rejected?: { id: string; reason: string }[];
}

/** Snippet -> frame, once, in answer to the frame's hello; a MessagePort comes with it. */
export interface KeyHandover {
  shopbell: "key";
  key: string;
  page: HostPage;
  lang: string;
  /** true when a person asked for the chat. */
  open: boolean;
  /** true when they asked to be called. */
  callback: boolean;
  /** true while somebody only seems about to ask: nothing is told to anybody yet. */
  warm: boolean;
  /** Until when this visitor wants to be left alone: ms since 1970, 0 for not. */
  alone: number;
  /** true when the chat was open before this page was loaded: it opens again, and leaves the focus alone. */
  again: boolean;
}

export interface HostPage {
  url: string;
  title: string;
}

/** Snippet -> frame, through the port. */
export interface HostSays {
  open?: boolean;
  callback?: boolean;
  page?: HostPage;
}

/** What the frame's first script has learned when the program arrives. `said`: what the page said meanwhile. */
export interface Met {
  handover: KeyHandover;
  port: MessagePort;
  said: HostSays[];
}

/** What the frame's document says of its site. */
export interface Told {
  title: Record<"en" | "ru", string>;
  welcome: Record<"en" | "ru", string>;
}

/** How much room the frame needs on the page. */
export type FrameSize = "closed" | "bubble" | "open";

/** Frame -> snippet, through the port. */
export interface FrameSays {
  size: FrameSize;
  /** CSS pixels, for "bubble". */
  height?: number;
  /** Messages not yet seen, shown on the bell. */
  unread?: number;
  /** A conversation goes on: the next page loads the frame at once. */
  live?: boolean;
  /** The person closed the panel: focus returns to the bell. */
  focus?: boolean;
  /** On which side of the page the bell stands, and its colour, as the site has it. */
  side?: string;
  accent?: string;
  /** Until when the person wants to be left alone: ms since 1970. */
  alone?: number;
  /** For listeners of shopbell('on', …). */
  event?: string;
}

// What the sockets carry is generated from the server's own shapes.
export type {
  ArticleQuote,
  Away,
  CallbackShown,
  ChatInvited as Invited,
  ClosedTalk,
  FormLine as Line,
  Greeting,
  InfoShown,
  Message,
  MessageKind,
  Money,
  OfferShown,
  OfferState,
  OrderFormShown,
  OrderLine as OrderedLine,
  OrderUpdated,
  PathSource,
  Slot,
  TalkOffered,
  VisitorCommands,
  VisitorEvents,
  Waited,
} from "../contract/generated/contract";

export interface Contact {
  name: string;
  email: string;
  phone: string;
  address: string;
}

/** What the server says instead of an answer. */
export interface Refusal {
  code: ErrorCode;
  detail: string;
  /** Seconds until the same may be taken, where the server knows. */
  retry_after?: number;
}
