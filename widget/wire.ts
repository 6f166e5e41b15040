// The shapes that cross the line between browser and server, as the widget uses them.
// Names and meaning: the public contract, sections 3 and 4.

/** Where the path of a page was read. */
export type PathSource = "call" | "attribute" | "breadcrumb" | "microdata" | "canonical" | "url";

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
}

export interface HostPage {
  url: string;
  title: string;
}

/** Snippet -> frame, through the port. */
export interface HostSays {
  open?: boolean;
  page?: HostPage;
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
  /** For listeners of shopbell('on', …). */
  event?: string;
}

export interface Money {
  amount: number;
  currency: string;
}

export interface Line {
  product: string;
  name: string;
  price: Money;
}

export interface OrderedLine extends Line {
  quantity: number;
}

export interface Contact {
  name: string;
  email: string;
  phone: string;
  address: string;
}

export type MessageKind = "text" | "info" | "offer" | "order_form" | "order" | "event";

export interface Message {
  conversation: string;
  seq: number;
  client_id?: string | null;
  author: { kind: "visitor" | "expert" | "system"; name: string };
  kind: MessageKind;
  text: string;
  at: string;
  data?: Record<string, unknown> | null;
}

export interface Invited {
  conversation: string;
  seq: number;
  text: string;
  expert: { name: string };
  opened: boolean;
}

export type OfferState = "open" | "accepted" | "declined" | "expired";

export interface InfoShown {
  card: string;
  conversation?: string | null;
  title: string;
  url?: string | null;
  text?: string | null;
  expert?: { name: string } | null;
}

export interface OfferShown {
  card: string;
  conversation?: string | null;
  offer: string;
  product: { id: string; name: string; price: Money };
  price: Money;
  expires_at: string;
  text?: string | null;
  expert?: { name: string } | null;
}

export interface OrderFormShown {
  card: string;
  conversation?: string | null;
  form: string;
  lines: Line[];
  text?: string | null;
  expert?: { name: string } | null;
}

export interface OrderUpdated {
  order: string;
  number: string;
  status: string;
  total: Money;
  lines: OrderedLine[];
}

/** What the server says instead of an answer. */
export interface Refusal {
  code: string;
  detail: string;
}
