// Made by `python -m contract.export` from contract/*.py. Do not edit.

/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Action".
 */
export type Action = ("alert" | "invite" | "information" | "offer" | "order_form" | "nothing")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "AlertEnd".
 */
export type AlertEnd = ("accepted" | "taken" | "declined" | "expired" | "gone" | "superseded")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Arm".
 */
export type Arm = ("treated" | "held_out")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ArticleState".
 */
export type ArticleState = ("draft" | "published")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "AuthorKind".
 */
export type AuthorKind = ("visitor" | "expert" | "system")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "BellKind".
 */
export type BellKind = ("alert" | "conversation" | "visitor" | "expert" | "visit" | "callback")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "CallbackChannel".
 */
export type CallbackChannel = ("call" | "write")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "CallbackState".
 */
export type CallbackState = ("open" | "done" | "missed" | "cancelled")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "CardKind".
 */
export type CardKind = ("info" | "offer" | "order_form")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Channel".
 */
export type Channel = ("direct" | "search" | "social" | "ai" | "mail" | "paid" | "referral" | "internal")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ConversationState".
 */
export type ConversationState = ("open" | "closed")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "DeviceKind".
 */
export type DeviceKind = ("mobile" | "tablet" | "pc" | "bot" | "unknown")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Direction".
 */
export type Direction = ("in" | "out" | "across")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ErrorCode".
 */
export type ErrorCode = ("malformed" | "invalid" | "too_large" | "unsupported_type" | "unknown_site" | "foreign_origin" | "unauthenticated" | "wrong_password" | "forbidden" | "missing_csrf" | "not_found" | "rate_limited" | "busy" | "unavailable" | "unknown_command" | "empty_message" | "message_too_long" | "bad_text" | "conversation_closed" | "alert_over" | "desk_full" | "not_online" | "form_used" | "form_replaced" | "offer_over" | "over_offer" | "bad_quantity" | "unknown_product" | "no_lines" | "bad_contact" | "bad_address" | "bad_receiver" | "exists" | "bad_token" | "two_people" | "too_many" | "too_many_words" | "in_use" | "method_not_allowed" | "not_ready" | "websocket_only" | "internal" | "file_type" | "file_too_large" | "file_limit" | "no_mail" | "blocked" | "too_late" | "not_free" | "number_refused" | "no_such_slot" | "setup_code" | "booked_up" | "phone_country" | "phone_extension")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "EventOutcome".
 */
export type EventOutcome = ("accepted" | "duplicate" | "rejected")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "EventType".
 */
export type EventType = ("page.viewed" | "page.stayed" | "page.left" | "custom")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ExpertWarning".
 */
export type ExpertWarning = "no_topics"
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "FileType".
 */
export type FileType = ("image/png" | "image/jpeg" | "image/gif" | "image/webp" | "application/pdf")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "FunnelStep".
 */
export type FunnelStep = ("viewed" | "deep" | "alert" | "chat" | "offer" | "order")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "IdentityKind".
 */
export type IdentityKind = ("visitor" | "email" | "phone" | "user")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Language".
 */
export type Language = ("en" | "ru")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "MergeProof".
 */
export type MergeProof = ("token" | "order" | "hand")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "MessageKind".
 */
export type MessageKind = ("text" | "info" | "offer" | "order_form" | "order" | "event" | "file" | "articles")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "OfferState".
 */
export type OfferState = ("open" | "accepted" | "declined" | "expired")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "OrderStatus".
 */
export type OrderStatus = ("placed" | "cancelled")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "OutboxKind".
 */
export type OutboxKind = ("webhook" | "mail" | "push")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "OutboxState".
 */
export type OutboxState = ("waiting" | "sent" | "dead")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "PathSource".
 */
export type PathSource = ("call" | "attribute" | "breadcrumb" | "microdata" | "tree" | "sitemap" | "canonical" | "url")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "PushKind".
 */
export type PushKind = ("bell" | "missed" | "message" | "callback" | "try")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Role".
 */
export type Role = ("admin" | "marketer" | "expert")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Rung".
 */
export type Rung = ("owner" | "last" | "topic" | "anyone")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Status".
 */
export type Status = ("online" | "away" | "offline")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Tier".
 */
export type Tier = ("standard" | "gold")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TranscriptFormat".
 */
export type TranscriptFormat = ("text" | "html")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TransferState".
 */
export type TransferState = ("waiting" | "accepted" | "declined" | "expired" | "gone")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TreeKind".
 */
export type TreeKind = ("tree" | "sitemap")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TreeReason".
 */
export type TreeReason = ("given" | "tree" | "pattern" | "sitemap" | "home" | "route" | "query" | "canonical" | "url" | "unreadable")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TreeRule".
 */
export type TreeRule = ("given" | "home" | "hash" | "canonical" | "folders" | "index" | "tree" | "pattern" | "sitemap" | "locale" | "ignored" | "facet" | "query" | "id" | "ending" | "lower_case" | "name" | "limit" | "home_name")
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "WebhookEvent".
 */
export type WebhookEvent = ("conversation.opened" | "conversation.closed" | "message.added" | "order.placed" | "callback.requested" | "callback.updated" | "conversation.rated")

export interface Contract {

}
/**
 * The colours of one scheme, as `#rrggbb`: on the accent stands `ink`, on `soft` stands `soft_ink`.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Accent".
 */
export interface Accent {
accent: string
hover: string
ink: string
soft: string
soft_ink: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "AlertAccept".
 */
export interface AlertAccept {
alert: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "AlertCleared".
 */
export interface AlertCleared {
id: string
reason: ("accepted" | "declined" | "expired" | "gone" | "superseded" | "taken")
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "AlertDecline".
 */
export interface AlertDecline {
alert: string
}
/**
 * `turn`: its place among those that wait, as a moment: importance and age in one, the earliest goes first.
 *     `transfer`: a colleague offers you a conversation of theirs.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "AlertRaised".
 */
export interface AlertRaised {
customer: (CustomerBrief | null)
expires_at: string
id: string
importance: number
left: boolean
raised_at: string
reason: string
rung: ("anyone" | "last" | "owner" | "topic")
transfer: (Transfer | null)
turn: string
visit: VisitBrief
why: string[]
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "CustomerBrief".
 */
export interface CustomerBrief {
id: string
last_contact: (string | null)
name: string
orders: number
owner: (Person | null)
spent: (Money | null)
tier: string
}
/**
 * A customer, or a colleague, by id and name.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Person".
 */
export interface Person {
id: string
name: string
}
/**
 * `amount` in minor units (cents); `currency` as in ISO 4217.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Money".
 */
export interface Money {
amount: number
currency: string
}
/**
 * A conversation that `by` offers to colleagues: to `to`, or for `topic` (a path, else []). With `state` declined,
 *     expired or gone nobody took it, and it stayed where it was.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Transfer".
 */
export interface Transfer {
alert: string
at: string
by: Person
conversation: string
note: string
state: ("accepted" | "declined" | "expired" | "gone" | "waiting")
to: (Person | null)
topic: string[]
}
/**
 * A visit as the bell and the live list show it. path, depth, url, title are those of the newest page view.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "VisitBrief".
 */
export interface VisitBrief {
alert: (string | null)
bot: boolean
conversation: (string | null)
customer: (CustomerBrief | null)
deepest: number
depth: number
device: Device
dwell: number
id: string
last_at: string
left: boolean
live: boolean
name: string
number: number
pages: number
path: string[]
returning: boolean
site: string
source: Source
started_at: string
title: string
topic: string[]
url: string
visitor: string
}
/**
 * What the visit's User-Agent says. `browser` and `os` with their first number, "" for unknown.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Device".
 */
export interface Device {
browser: string
kind: ("bot" | "mobile" | "pc" | "tablet" | "unknown")
os: string
touch: boolean
}
/**
 * Where a visit came from. `channel` is one of `contract.names.Channel`.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Source".
 */
export interface Source {
campaign: string
channel: string
name: string
}
/**
 * `author`: who wrote it first; null where nobody of the house did.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Article".
 */
export interface Article {
author: (Person | null)
created_at: string
id: string
language: string
path: string[]
site: string
state: ("draft" | "published")
text: string
title: string
updated_at: string
}
/**
 * One line of the list. `length`: characters of its text.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ArticleBrief".
 */
export interface ArticleBrief {
id: string
language: string
length: number
path: string[]
site: string
state: ("draft" | "published")
title: string
updated_at: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ArticleGet".
 */
export interface ArticleGet {
article: string
}
/**
 * `quote`: letter for letter of its text. `score`: 0 to 1. `fits`: a visitor would get it. `words`: those of the
 *     question that were found in it.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ArticleHit".
 */
export interface ArticleHit {
fits: boolean
id: string
language: string
quote: string
score: number
title: string
words: string[]
}
/**
 * Best first. `least`: the score from which on something fits. `unknown`: words that no article has.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ArticleHits".
 */
export interface ArticleHits {
items: ArticleHit[]
least: number
unknown: string[]
}
/**
 * What is given is changed.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ArticlePatch".
 */
export interface ArticlePatch {
language?: (string | null)
path?: (string[] | null)
state?: (("draft" | "published") | null)
text?: (string | null)
title?: (string | null)
}
/**
 * `quote`: letter for letter of the article's text. `score`: 0 to 1.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ArticleQuote".
 */
export interface ArticleQuote {
id: string
quote: string
score: number
title: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ArticleShown".
 */
export interface ArticleShown {
id: string
text: string
title: string
}
/**
 * `text`: paragraphs between empty lines; **bold**, *italic*, lists, http(s) links; never HTML.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ArticleWrite".
 */
export interface ArticleWrite {
language?: string
/**
 * @maxItems 20
 */
path?: string[]
site: string
state?: ("draft" | "published")
text: string
title: string
}
/**
 * Best first; empty: nothing fits.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ArticlesFound".
 */
export interface ArticlesFound {
articles: ArticleQuote[]
}
/**
 * A question to the knowledge base; needs no conversation.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ArticlesSearch".
 */
export interface ArticlesSearch {
query: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Author".
 */
export interface Author {
kind: ("expert" | "system" | "visitor")
name: string
}
/**
 * `is`: an expert of the site is there and has a free place.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Available".
 */
export interface Available {
is?: boolean
kind: "available"
}
/**
 * Nobody of the site is there now. `at`: the first time at which somebody (`expert`: their name) could call or
 *     write; null: none is known.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Away".
 */
export interface Away {
at: (string | null)
expert: (string | null)
}
/**
 * What a trigger would have done. `every`: one of so many visits was looked at, and all numbers are of all visits,
 *     scaled; 1 where all were. `busy`: the most experts it would have kept busy at once, and `busy_usually` in 95 % of
 *     the time in which anybody was, at `talk_seconds` for each (`talk_known`: measured here, else a guess).
 *     `assumed`: conditions whose past nobody kept, taken as fulfilled.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Backtest".
 */
export interface Backtest {
assumed: string[]
busy: number
busy_usually: number
customers: number
days: BacktestDay[]
every: number
examples: BacktestVisit[]
firings: number
held_out: number
ordered_all: number
ordered_anyway: number
since: string
talk_known: boolean
talk_seconds: number
visitors: number
visits: number
}
/**
 * `date`: of the site's zone.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "BacktestDay".
 */
export interface BacktestDay {
date: string
firings: number
}
/**
 * One visit that it would have fired on.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "BacktestVisit".
 */
export interface BacktestVisit {
at: string
customer: (string | null)
ordered: boolean
topic: string[]
visit: string
visitor: string
}
/**
 * A trigger that need not be saved, over the stored visits of the last `days`.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "BacktestAsk".
 */
export interface BacktestAsk {
action?: ("alert" | "information" | "invite" | "nothing" | "offer" | "order_form")
active?: boolean
caps?: Caps
conditions: When
content?: Content
days?: number
hold_out?: number
name: string
quiet?: (Quiet | null)
site: string
}
/**
 * How often it acts at most: in one visit, on one visitor ever, on one visitor in a day of the site's zone.
 * 
 *     null is no bound. Within a visit it acts once per arrival at most: `visit` null or above 1 is for who comes back.
 */
export interface Caps {
day?: (number | null)
visit?: (number | null)
visitor?: (number | null)
}
/**
 * `all` hold, at least one of `any` holds (where there is one), none of `none` holds.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "When".
 */
export interface When {
/**
 * @maxItems 20
 */
all?: (InBranch | Pages | VisitNumber | DaysSince | Orders | Cart | Returning | Known | Available | InTier | FromSource | OnDevice | InLanguage | DuringHours | Did | InSegment)[]
/**
 * @maxItems 20
 */
any?: (InBranch | Pages | VisitNumber | DaysSince | Orders | Cart | Returning | Known | Available | InTier | FromSource | OnDevice | InLanguage | DuringHours | Did | InSegment)[]
/**
 * @maxItems 20
 */
none?: (InBranch | Pages | VisitNumber | DaysSince | Orders | Cart | Returning | Known | Available | InTier | FromSource | OnDevice | InLanguage | DuringHours | Did | InSegment)[]
}
/**
 * All of it in one branch: `below` a node, or below any child of the home page. `depth`: levels from the home page,
 *     at least; `dwell`: seconds in that branch, at least.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "InBranch".
 */
export interface InBranch {
/**
 * @maxItems 20
 */
below?: string[]
depth?: number
dwell?: number
kind: "branch"
}
/**
 * Page views of this visit.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Pages".
 */
export interface Pages {
at_least?: (number | null)
at_most?: (number | null)
kind: "pages"
}
/**
 * 1 is the first visit of this visitor.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "VisitNumber".
 */
export interface VisitNumber {
at_least?: (number | null)
at_most?: (number | null)
kind: "visit_number"
}
/**
 * Whole days since the visitor's last visit; who was never here has none, and it does not hold.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "DaysSince".
 */
export interface DaysSince {
at_least?: (number | null)
at_most?: (number | null)
kind: "days_since"
}
/**
 * Orders of the customer; a stranger has 0.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Orders".
 */
export interface Orders {
at_least?: (number | null)
at_most?: (number | null)
kind: "orders"
}
/**
 * What lies in the cart, in minor units: `value` of the newest custom event `cart.changed`; 0 before there is one.
 * 
 *     It comes from the page, so it is a reason to ring and never a price.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Cart".
 */
export interface Cart {
at_least?: (number | null)
at_most?: (number | null)
kind: "cart"
}
/**
 * `is`: came in again, on a later visit or later in this one; else the very first arrival.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Returning".
 */
export interface Returning {
is?: boolean
kind: "returning"
}
/**
 * `is`: a customer; else a stranger.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Known".
 */
export interface Known {
is?: boolean
kind: "known"
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "InTier".
 */
export interface InTier {
kind: "tier"
/**
 * @minItems 1
 * @maxItems 50
 */
tiers: string[]
}
/**
 * What is given has to fit: one of the channels, one of the names (`google`), one of the campaigns.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "FromSource".
 */
export interface FromSource {
/**
 * @maxItems 50
 */
campaigns?: string[]
/**
 * @maxItems 8
 */
channels?: ("ai" | "direct" | "internal" | "mail" | "paid" | "referral" | "search" | "social")[]
kind: "source"
/**
 * @maxItems 50
 */
names?: string[]
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "OnDevice".
 */
export interface OnDevice {
/**
 * @minItems 1
 * @maxItems 5
 */
devices: ("bot" | "mobile" | "pc" | "tablet" | "unknown")[]
kind: "device"
}
/**
 * What the browser asks for first, without its country: `en`, `ru`.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "InLanguage".
 */
export interface InLanguage {
kind: "language"
/**
 * @minItems 1
 * @maxItems 50
 */
languages: string[]
}
/**
 * From `from` until before `to` in the site's zone; over midnight where `to` is not later. No `days`: every day;
 *     a night belongs to the day on which it begins.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "DuringHours".
 */
export interface DuringHours {
/**
 * @maxItems 7
 */
days?: number[]
from: string
kind: "hours"
to: string
}
/**
 * The custom event `name` at least `times` times in this visit, within `within` seconds (0: any time).
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Did".
 */
export interface Did {
kind: "event"
name: string
times?: number
within?: number
}
/**
 * The id of a segment of the site: the same conditions under a name.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "InSegment".
 */
export interface InSegment {
kind: "segment"
segment: string
}
/**
 * What the action says or shows. invite: `text`. information: `title`, and `url` or `text`. offer: one of
 *     `products`, `price` in minor units (null: the catalogue's), `text`, good for `hours`. order_form: `products`.
 */
export interface Content {
hours?: number
price?: (number | null)
/**
 * @maxItems 20
 */
products?: string[]
text?: string
title?: string
url?: string
}
/**
 * It does not act from `from` until before `to`, in the site's zone; over midnight where `to` is not later.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Quiet".
 */
export interface Quiet {
from: string
to: string
}
/**
 * One body: some events of one visitor of one site.
 * 
 *     `first_party`: the bell lives on a subdomain of the site, and the page wants the visitor's cookie set by our answer.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Beacon".
 */
export interface Beacon {
/**
 * @minItems 1
 * @maxItems 200
 */
events: (PageViewed | PageStayed | PageLeft | Custom)[]
first_party?: boolean
site: string
visitor: string
}
/**
 * A page was shown. `path`: names from the root of the information tree, the page itself last; home is [].
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "PageViewed".
 */
export interface PageViewed {
age?: number
at?: (string | null)
id: string
ip?: (string | null)
language?: (string | null)
path?: (string[] | null)
referrer?: string
source?: (("attribute" | "breadcrumb" | "call" | "canonical" | "microdata" | "sitemap" | "tree" | "url") | null)
title?: string
type: "page.viewed"
url: string
user_agent?: (string | null)
}
/**
 * Still there. `page`: id of the view; `dwell`: total ms visible and focused so far; `scroll`: percent seen.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "PageStayed".
 */
export interface PageStayed {
age?: number
at?: (string | null)
dwell: number
id: string
ip?: (string | null)
language?: (string | null)
page: string
scroll?: number
type: "page.stayed"
user_agent?: (string | null)
}
/**
 * The page was hidden or closed. Fields as in `PageStayed`.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "PageLeft".
 */
export interface PageLeft {
age?: number
at?: (string | null)
dwell: number
id: string
ip?: (string | null)
language?: (string | null)
page: string
scroll?: number
type: "page.left"
user_agent?: (string | null)
}
/**
 * A fact that the site itself reports, such as `cart.added`.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Custom".
 */
export interface Custom {
age?: number
at?: (string | null)
id: string
ip?: (string | null)
language?: (string | null)
name: string
props?: {

}
type: "custom"
user_agent?: (string | null)
}
/**
 * `name`: what desks call the visitor. `until`: when it ends, or was ended; `active`: it holds now.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Block".
 */
export interface Block {
active: boolean
at: string
by: (Person | null)
id: string
name: string
reason: string
site: string
until: string
visitor: string
}
/**
 * A visitor may not write, and rings no bell, for so long.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "BlockWrite".
 */
export interface BlockWrite {
minutes?: number
reason: string
visitor: string
}
/**
 * One site at one moment. `missed`: the newest of today (in the site's zone); `missed_today`: how many in all.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Board".
 */
export interface Board {
at: string
desks: BoardDesk[]
missed: BoardMissed[]
missed_today: number
waiting: BoardWaiting[]
}
/**
 * `deaf_since`: they said that they are there, and their line is lost since then. `load`: places taken, of
 *     `capacity`, at all sites; `talks`: those of this site. `ringing`: bells that ring there now.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "BoardDesk".
 */
export interface BoardDesk {
capacity: number
deaf_since: (string | null)
id: string
load: number
name: string
ringing: number
status: ("away" | "offline" | "online")
status_at: (string | null)
status_reason: string
talks: BoardTalk[]
}
/**
 * An open conversation of an expert. `waits_since`: when the visitor wrote what nobody has answered yet; null where
 *     the last word is the expert's.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "BoardTalk".
 */
export interface BoardTalk {
customer: (CustomerBrief | null)
id: string
last_seq: number
live: boolean
opened_at: string
visit: (string | null)
visitor: string
waits_since: (string | null)
}
/**
 * A bell that ended without anybody.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "BoardMissed".
 */
export interface BoardMissed {
alert: string
asked: boolean
customer: (CustomerBrief | null)
end: ("accepted" | "declined" | "expired" | "gone" | "superseded" | "taken")
ended_at: string
path: string[]
raised_at: string
visit: string
visitor: string
}
/**
 * Somebody whom nobody has taken: a bell that rings (at the desks of `rings_at`, maybe at none), or words in a
 *     conversation for which no bell rings any more (`alert` null). `asked`: they wrote.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "BoardWaiting".
 */
export interface BoardWaiting {
alert: (string | null)
asked: boolean
conversation: (string | null)
customer: (CustomerBrief | null)
importance: (number | null)
path: string[]
rings_at: Person[]
rung: (("anyone" | "last" | "owner" | "topic") | null)
since: string
visit: (string | null)
visitor: string
}
/**
 * `owner`: whose promise it is; null is nobody's, for everybody of the site to see. `phone`: E.164 (+4930123456),
 *     "" where somebody writes. `topic`: the place it is about, `words`: the visitor's own. `reminded_at`: since when the
 *     owner's desk says that its time comes. `name`: the customer's, or what we call the stranger. `by`: who of the house
 *     said what became of it; null while it is open, where its time ran out, and where its visitor cancelled it.
 *     `stranger`: nobody here knew them when they asked.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Callback".
 */
export interface Callback {
at: string
by: (Person | null)
channel: ("call" | "write")
conversation: (string | null)
created_at: string
customer: (CustomerBrief | null)
done_at: (string | null)
id: string
name: string
note: string
owner: (Person | null)
phone: string
reminded_at: (string | null)
site: string
state: ("cancelled" | "done" | "missed" | "open")
stranger: boolean
topic: string[]
visitor: string
words: string
}
/**
 * `expert`: the name of who will call or write; null: whoever is free then.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "CallbackAgreed".
 */
export interface CallbackAgreed {
at: string
callback: string
expert: (string | null)
}
/**
 * Not wanted any more. Only from the frame in which it was asked for.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "CallbackCancel".
 */
export interface CallbackCancel {
callback: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "CallbackDone".
 */
export interface CallbackDone {
callback: string
note?: string
}
/**
 * Nobody was reached, or nobody tried.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "CallbackMissed".
 */
export interface CallbackMissed {
callback: string
note?: string
}
/**
 * `owner`: the id of an expert. `at`: RFC 3339, another time; one that was missed is open again then.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "CallbackPatch".
 */
export interface CallbackPatch {
at?: (string | null)
owner?: (string | null)
}
/**
 * `when`: RFC 3339, or "" for the next free slot. `phone`: needed for a call, not where somebody writes.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "CallbackRequest".
 */
export interface CallbackRequest {
channel?: ("call" | "write")
client_id: string
phone?: string
topic?: (string[] | string)
when?: string
}
/**
 * `callback.updated` to its visitor; given again on every connect while it is open.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "CallbackShown".
 */
export interface CallbackShown {
at: string
callback: string
channel: ("call" | "write")
expert: (string | null)
state: ("cancelled" | "done" | "missed" | "open")
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "CallbackSlots".
 */
export interface CallbackSlots {
topic?: (string[] | string)
}
/**
 * `more`: there are some left; ask again.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "CallbacksCleared".
 */
export interface CallbacksCleared {
cleared: number
more: boolean
}
/**
 * `score`: how well they know the topic; `excluded`: why they could not be rung, or "".
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Candidate".
 */
export interface Candidate {
excluded: string
expert: string
name: string
parts: CandidateParts
score: number
}
/**
 * What a score is made of: `level` 1-5 and `nearness` 0-1 add up to it. `language`: whether they speak that of the
 *     visitor (null: it is not known); `load`: the share of their places that was taken or rang.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "CandidateParts".
 */
export interface CandidateParts {
language: (boolean | null)
level: number
load: number
nearness: number
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Canned".
 */
export interface Canned {
id: string
language: string
shortcut: string
site: string
text: string
title: string
}
/**
 * What is given is changed.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "CannedPatch".
 */
export interface CannedPatch {
language?: (string | null)
shortcut?: (string | null)
text?: (string | null)
title?: (string | null)
}
/**
 * `text` may hold {name} (the visitor's), {expert}, {site} and {topic}; the desk fills them in.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "CannedWrite".
 */
export interface CannedWrite {
language?: string
shortcut: string
site: string
text: string
title: string
}
/**
 * How often it acts at most: in one visit, on one visitor ever, on one visitor in a day of the site's zone.
 * 
 *     null is no bound. Within a visit it acts once per arrival at most: `visit` null or above 1 is for who comes back.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Caps".
 */
export interface Caps1 {
day?: (number | null)
visit?: (number | null)
visitor?: (number | null)
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "CardDismiss".
 */
export interface CardDismiss {
card: string
}
/**
 * A card was used, dismissed in another tab, or has expired.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "CardGone".
 */
export interface CardGone {
card: string
}
/**
 * Not now: an invitation that came by itself is taken back.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ChatDecline".
 */
export interface ChatDecline {
conversation: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ChatInvite".
 */
export interface ChatInvite {
text?: string
visit: string
}
/**
 * Given again on every connect while the conversation is open.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ChatInvited".
 */
export interface ChatInvited {
conversation: string
expert: (Named | null)
opened: boolean
seq: number
text: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Named".
 */
export interface Named {
name: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ChatOpen".
 */
export interface ChatOpen {

}
/**
 * Of `chat.open`: as `Opened`, and what the frame begins with. `ends_at`: it ends then unless somebody writes.
 *     `away`: null while anybody is there.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ChatOpened".
 */
export interface ChatOpened {
away: (Away | null)
closed: (ClosedTalk | null)
conversation: string
ends_at: (string | null)
greeting: (Greeting | null)
messages: Message[]
seq: number
talk: TalkOffered
}
/**
 * The visitor's newest closed conversation, while it can be reopened: until `until`. `score`: as it was rated.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ClosedTalk".
 */
export interface ClosedTalk {
closed_at: string
conversation: string
expert: (string | null)
score: (number | null)
until: string
}
/**
 * For a customer whom we know. `expert`: who helped them last, `since` when, and whether they are here now.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Greeting".
 */
export interface Greeting {
expert: (string | null)
here: boolean
name: string
since: (string | null)
}
/**
 * `message.added`, and an item of `messages`. `data` depends on `kind`.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Message".
 */
export interface Message {
at: string
author: Author
client_id: (string | null)
conversation: string
data: ({

} | null)
kind: ("articles" | "event" | "file" | "info" | "offer" | "order" | "order_form" | "text")
seq: number
text: string
}
/**
 * What the site has in its chat (`contract.talk`). `preview`: what is typed is read before it is sent: say so.
 *     `mail`: a copy can be sent by mail.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TalkOffered".
 */
export interface TalkOffered {
files: boolean
mail: boolean
night: boolean
preview: boolean
ratings: boolean
}
/**
 * The answer when there is something to say; a plain 204 otherwise.
 * 
 *     `visitor`: the key under which the events were recorded, when it is not the one of the body: the browser's own
 *     cookie remembers what its script storage forgot. The snippet takes it from now on.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Collected".
 */
export interface Collected {
engage?: boolean
rejected?: Rejected[]
visitor?: string
}
/**
 * An event that was not taken, and why.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Rejected".
 */
export interface Rejected {
id: string
reason: string
}
/**
 * Who placed the order, and whom they turned out to be.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Confirmed".
 */
export interface Confirmed {
customer: Customer
merges: Merge[]
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Customer".
 */
export interface Customer {
emails: string[]
id: string
last_contact: (string | null)
name: string
orders: number
owner: (Person | null)
phones: string[]
since: string
spent: (Money | null)
tier: string
visits: number
}
/**
 * `gone` turned out to be the same person as `kept`. `moved`: how many identities of each kind, visits and orders
 *     came along, and 1 for the owner. An undone one says when and by whom.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Merge".
 */
export interface Merge {
at: string
by: (Person | null)
gone: Person
id: string
kept: Person
moved: {
[k: string]: number
}
proof: ("hand" | "order" | "token")
reason: string
site: string
undone_at: (string | null)
undone_by: (Person | null)
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Contact".
 */
export interface Contact {
address?: string
email?: string
name?: string
phone?: string
}
/**
 * Which parts of an order's contact somebody has seen to be right.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ContactConfirm".
 */
export interface ContactConfirm {
email?: boolean
phone?: boolean
}
/**
 * What the action says or shows. invite: `text`. information: `title`, and `url` or `text`. offer: one of
 *     `products`, `price` in minor units (null: the catalogue's), `text`, good for `hours`. order_form: `products`.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Content".
 */
export interface Content1 {
hours?: number
price?: (number | null)
/**
 * @maxItems 20
 */
products?: string[]
text?: string
title?: string
url?: string
}
/**
 * One line of the desk. `unread`: messages of the visitor after `read_seq`; `visitor_read_seq`: what they saw.
 *     `trigger`: the name of the trigger that invited by itself, while the visitor has not appeared. `turn`: as of an
 *     alert, for what nobody has taken yet; null for the others. `ends_at`: it ends then unless somebody writes.
 *     `transfer`: offered to a colleague now, or come back from there a moment ago. `kept_for`: whose morning it waits
 *     for, which was written while nobody was there and nobody has taken yet. `last`: the newest message; of what nobody
 *     has, the visitor's newest, if there is one.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ConversationBrief".
 */
export interface ConversationBrief {
closed_at: (string | null)
customer: (CustomerBrief | null)
ends_at: (string | null)
expert: (Person | null)
id: string
kept_for: (string | null)
last: (Message | null)
last_seq: number
live: boolean
name: string
opened_at: string
rating: (Rating | null)
read_seq: number
site: string
state: ("closed" | "open")
transfer: (Transfer | null)
trigger: (string | null)
turn: (string | null)
unread: number
visit: (string | null)
visitor: string
visitor_read_seq: number
}
/**
 * The visitor's word on a conversation: 1 to 5.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Rating".
 */
export interface Rating {
at: string
comment: string
score: number
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ConversationChanged".
 */
export interface ConversationChanged {
conversation: ConversationBrief
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ConversationClose".
 */
export interface ConversationClose {
conversation: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ConversationClosed".
 */
export interface ConversationClosed {
conversation: string
}
/**
 * Once; again within 24 hours changes it.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ConversationRate".
 */
export interface ConversationRate {
comment?: string
conversation: string
score: number
}
/**
 * A visitor: their newest closed one, within 24 hours. An expert: one that was theirs.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ConversationReopen".
 */
export interface ConversationReopen {
conversation: string
}
/**
 * Offer it to one colleague, or by the ladder to whoever knows `topic` (a path). It stays yours until somebody
 *     takes it. `note` is for colleagues alone.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ConversationTransfer".
 */
export interface ConversationTransfer {
conversation: string
expert?: (string | null)
note?: string
topic?: (string[] | null)
}
/**
 * Read along, for administrators: its messages, notes and typing come too, until `on` is false or the line ends.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ConversationWatch".
 */
export interface ConversationWatch {
conversation: string
on: boolean
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "CurrentSession".
 */
export interface CurrentSession {
me: Me
}
/**
 * `handed_on`: conversations that went to colleagues while the line was lost, until the next word of theirs.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Me".
 */
export interface Me {
capacity: number
email: string
handed_on: number
hours: (Hours | null)
id: string
languages: string[]
name: string
role: ("admin" | "expert" | "marketer")
sites: string[]
status: ("away" | "offline" | "online")
status_reason: string
topics: TopicLevel[]
}
/**
 * Spans are [begin, end]; a day that is not named is free.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Hours".
 */
export interface Hours {
/**
 * @maxItems 400
 */
off?: string[]
week: {
/**
 * @maxItems 8
 */
[k: string]: never[][]
}
zone: string
}
/**
 * An expert knows the node at `path`, and all below it, at `level` 1 (a little) to 5 (best).
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TopicLevel".
 */
export interface TopicLevel {
level?: number
/**
 * @minItems 1
 * @maxItems 20
 */
path: string[]
}
/**
 * What somebody did below one child of the home page, ever. `deepest_path`: the place furthest in, first seen.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "CustomerBranch".
 */
export interface CustomerBranch {
deepest_path: string[]
dwell_ms: number
pages: number
path: string[]
visits: number
}
/**
 * All visits of all browsers of one person. Branches: most time first, at most 100.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "CustomerTree".
 */
export interface CustomerTree {
branches: CustomerBranch[]
deepest_path: string[]
depth: number
direction: Directions
dwell_ms: number
pages: number
visits: number
}
/**
 * How many steps led to a place below, to one above, and elsewhere.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Directions".
 */
export interface Directions {
across: number
in: number
out: number
}
/**
 * Why this one was rung, and why the others were not; or, for the `firing` of a trigger that invites by itself, why
 *     the invitation came from this one. And what came of it.
 * 
 *     `topic`: what it was about; `language`: what the visitor's browser asks for ("" where that is not known). `others`:
 *     reason -> how many more there were. `answered_at`: the first words of the expert who accepted, or of the visitor who
 *     was invited. `solved`: an expert closed the conversation (null: nobody accepted, or answered). `rated`: the
 *     visitor's score, null without one. `ordered`: the first order in that conversation, or of that visitor within
 *     24 hours.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Decision".
 */
export interface Decision {
alert: (string | null)
answered_at: (string | null)
at: string
candidates: Candidate[]
chosen: Person[]
firing: (string | null)
id: string
language: string
ordered: (DecisionOrder | null)
others: {
[k: string]: number
}
outcome: string
rated: (number | null)
rung: string
solved: (boolean | null)
topic: string[]
visit: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "DecisionOrder".
 */
export interface DecisionOrder {
id: string
number: number
}
/**
 * `due_at`: the next try, while it waits. `body`: what is sent; null once it has arrived.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Delivery".
 */
export interface Delivery {
body: (string | null)
done_at: (string | null)
due_at: (string | null)
error: string
event: ("callback.requested" | "callback.updated" | "conversation.closed" | "conversation.opened" | "conversation.rated" | "message.added" | "order.placed")
id: string
put_at: string
state: ("dead" | "sent" | "waiting")
tries: number
}
/**
 * All an expert's screen needs to begin; the events of the socket continue it.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Desk".
 */
export interface Desk {
alerts: AlertRaised[]
conversations: ConversationBrief[]
experts: Expert[]
me: Me
sites: Site[]
}
/**
 * `status_at`: when they last said where they are. `sites`: those that the reader may see, too. `load`: places
 *     that are taken now, of `capacity`. `rest_until`: they draw breath until then. `overtime_until`: they are there by
 *     their own word outside their hours, and count as there until then. Both null for everybody else.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Expert".
 */
export interface Expert {
active: boolean
breath_seconds: number
capacity: number
email: string
hours: (Hours | null)
id: string
languages: string[]
load: number
name: string
overtime_until: (string | null)
rest_until: (string | null)
role: ("admin" | "expert" | "marketer")
sites: string[]
status: ("away" | "offline" | "online")
status_at: (string | null)
status_reason: string
topics: TopicLevel[]
warnings: ("no_topics")[]
}
/**
 * `rung_seconds`: of the first rung.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Site".
 */
export interface Site {
currency: string
id: string
key: string
ladder: Ladder
language: string
look: Look
name: string
origins: string[]
rung_seconds: number
talk: Talk
test_mode: boolean
test_until: (string | null)
zone: string
}
/**
 * The rungs in the site's order, each once. `wait_seconds`: how long somebody who wrote waits while nobody can
 *     hear their bell. `fallback`: what they are offered then.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Ladder".
 */
export interface Ladder {
fallback?: ("callback" | "message")
/**
 * @minItems 1
 * @maxItems 4
 */
rungs?: LadderRung[]
wait_seconds?: number
}
/**
 * Ring this one for so many seconds, then climb.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "LadderRung".
 */
export interface LadderRung {
rung: ("anyone" | "last" | "owner" | "topic")
seconds?: number
}
/**
 * `accent` is what the site wishes; what is shown of it can be read (`contract.accent`).
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Look".
 */
export interface Look {
accent?: string
side?: ("left" | "right")
title?: Title
welcome?: Welcome
}
/**
 * A line in each language; "" says ours.
 */
export interface Title {
en?: string
ru?: string
}
/**
 * A few sentences in each language; "" says ours.
 */
export interface Welcome {
en?: string
ru?: string
}
/**
 * `idle_minutes`: after so long without a word a conversation that somebody has is told that it ends (0: never),
 *     `warn_minutes` before it does. `preview`: experts read what a visitor types before it is sent, and the visitor is
 *     told so. `files`, `ratings`: visitors may send files, may rate. `night`: where nobody is there, articles answer.
 *     `countries`: whose telephone numbers may be given without a country (`GB`), instead of those of the language's; they
 *     are called as well.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Talk".
 */
export interface Talk {
/**
 * @maxItems 20
 */
countries?: string[]
files?: boolean
idle_minutes?: number
night?: boolean
preview?: boolean
ratings?: boolean
warn_minutes?: number
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Done".
 */
export interface Done {

}
/**
 * An event as it came. `reason`: why it was not taken (`tracker.reasons`).
 * 
 *     `placed`, `visitor`, `customer`, `visit`: where a page view stands, who it was, which visit it belongs to; only of
 *     test mode. `view`: the page that it speaks of, where we know it.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "EventSeen".
 */
export interface EventSeen {
at: string
customer: (CustomerBrief | null)
event: {

}
id: string
outcome: ("accepted" | "duplicate" | "rejected")
placed: (Placed | null)
reason: (string | null)
view: (ViewSeen | null)
visit: (string | null)
visitor: (string | null)
}
/**
 * The path of a page, which of the sources gave it, and why.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Placed".
 */
export interface Placed {
path: string[]
reason: ("canonical" | "given" | "home" | "pattern" | "query" | "route" | "sitemap" | "tree" | "unreadable" | "url")
source: ("attribute" | "breadcrumb" | "call" | "canonical" | "microdata" | "sitemap" | "tree" | "url")
}
/**
 * The page that somebody stayed on or left.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ViewSeen".
 */
export interface ViewSeen {
path: string[]
title: string
url: string
}
/**
 * Newest first. `rejected`: how many in the last 24 h, by reason; `last_at`: the newest sign of life.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "EventsSeen".
 */
export interface EventsSeen {
items: EventSeen[]
last_at: (string | null)
next: (string | null)
rejected: {
[k: string]: number
}
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ExpertCommands".
 */
export interface ExpertCommands {
"alert.accept": {
answer: Opened
send: AlertAccept
}
"alert.decline": {
answer: Done
send: AlertDecline
}
"callback.done": {
answer: Done
send: CallbackDone
}
"callback.missed": {
answer: Done
send: CallbackMissed
}
"chat.invite": {
answer: Opened
send: ChatInvite
}
"conversation.close": {
answer: Done
send: ConversationClose
}
"conversation.reopen": {
answer: Opened
send: ConversationReopen
}
"conversation.transfer": {
answer: Transferring
send: ConversationTransfer
}
"conversation.watch": {
answer: Opened
send: ConversationWatch
}
"info.push": {
answer: Pushed
send: InfoPush
}
"message.read": {
answer: Done
send: MessageRead
}
"message.send": {
answer: Sent
send: MessageSend
}
"messages.after": {
answer: Messages
send: MessagesAfter
}
"note.add": {
answer: NoteAdded
send: NoteAdd
}
"offer.push": {
answer: Pushed
send: OfferPush
}
"order_form.push": {
answer: Pushed
send: OrderFormPush
}
"presence.set": {
answer: Done
send: PresenceSet
}
typing: {
answer: Done
send: Typing
}
}
/**
 * Of `alert.accept`, `chat.invite`, `conversation.reopen`, `conversation.watch`: the conversation and its newest
 *     messages (at most 100).
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Opened".
 */
export interface Opened {
conversation: string
messages: Message[]
seq: number
}
/**
 * `alert`: the bell that rings at `experts` now.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Transferring".
 */
export interface Transferring {
alert: string
experts: Person[]
}
/**
 * `shown`: the id of the information card, offer or order form.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Pushed".
 */
export interface Pushed {
seq: (number | null)
shown: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "InfoPush".
 */
export interface InfoPush {
conversation?: (string | null)
text?: string
title: string
url?: string
visit?: (string | null)
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "MessageRead".
 */
export interface MessageRead {
conversation: string
seq: number
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Sent".
 */
export interface Sent {
at: string
seq: number
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "MessageSend".
 */
export interface MessageSend {
client_id: string
conversation: string
text: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Messages".
 */
export interface Messages {
messages: Message[]
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "MessagesAfter".
 */
export interface MessagesAfter {
conversation: string
seq?: number
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "NoteAdded".
 */
export interface NoteAdded {
at: string
note: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "NoteAdd".
 */
export interface NoteAdd {
client_id: string
conversation: string
text: string
}
/**
 * `offer`: the id of an offer made before, or a new proposal.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "OfferPush".
 */
export interface OfferPush {
conversation?: (string | null)
offer: (string | ProposedOffer)
visit?: (string | null)
}
/**
 * `amount` may be lower than the catalogue's; `quantity`: the most pieces at this price; `minutes` until it
 *     expires.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ProposedOffer".
 */
export interface ProposedOffer {
amount?: (number | null)
minutes?: number
product: string
quantity?: number
text?: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "OrderFormPush".
 */
export interface OrderFormPush {
conversation?: (string | null)
/**
 * @minItems 1
 * @maxItems 50
 */
products: string[]
visit?: (string | null)
}
/**
 * `reason` is shown to colleagues. "idle": the desk itself says so, nobody touched it; it is no person's act.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "PresenceSet".
 */
export interface PresenceSet {
reason?: string
status: ("away" | "offline" | "online")
}
/**
 * `text`: what stands unsent, of a visitor whose site has it read (`Talk.preview`); ignored elsewhere.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Typing".
 */
export interface Typing {
conversation: string
text?: (string | null)
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ExpertEvents".
 */
export interface ExpertEvents {
"alert.cleared": AlertCleared
"alert.raised": AlertRaised
"callback.requested": Callback
"callback.updated": Callback
"conversation.changed": ConversationChanged
"message.added": Message
"message.read": MessageReadShown
"note.added": Note
"order.placed": OrderPlaced
"order.updated": OrderUpdated
"presence.changed": PresenceChanged
typing: TypingShown
"visit.changed": VisitChanged
"visits.changed": VisitsChanged
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "MessageReadShown".
 */
export interface MessageReadShown {
by: ("expert" | "system" | "visitor")
conversation: string
seq: number
}
/**
 * `note.added`, and an item of a conversation's notes: read by colleagues alone. It is no message: `after_seq` is
 *     the number of the message after which it stands.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Note".
 */
export interface Note {
after_seq: number
at: string
author: Person
client_id: (string | null)
conversation: string
id: string
text: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "OrderPlaced".
 */
export interface OrderPlaced {
conversation: (string | null)
customer: (CustomerBrief | null)
lines: OrderLine[]
number: string
order: string
total: Money
visit: (string | null)
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "OrderLine".
 */
export interface OrderLine {
name: string
price: Money
product: string
quantity: number
total: Money
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "OrderUpdated".
 */
export interface OrderUpdated {
lines: OrderLine[]
number: string
order: string
status: ("cancelled" | "placed")
total: Money
}
/**
 * `reason`: the person's own words, or "idle" (nobody touched the desk), "missed" (bells rang out there).
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "PresenceChanged".
 */
export interface PresenceChanged {
expert: string
reason: string
status: ("away" | "offline" | "online")
}
/**
 * `text`: what a visitor has typed and not sent, for experts of a site that has it read; else null.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TypingShown".
 */
export interface TypingShown {
author: ("expert" | "system" | "visitor")
conversation: string
text: (string | null)
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "VisitChanged".
 */
export interface VisitChanged {
visit: VisitBrief
}
/**
 * The same for a crowd. `gone`: ids of visits that are over. `again`: some was not told: ask for the whole list.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "VisitsChanged".
 */
export interface VisitsChanged {
again: boolean
gone: string[]
visits: VisitBrief[]
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ExpertJoined".
 */
export interface ExpertJoined {
conversation: string
name: string
}
/**
 * What is given is changed. `active`: true brings back somebody who was dismissed.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ExpertPatch".
 */
export interface ExpertPatch {
active?: (boolean | null)
breath_seconds?: (number | null)
capacity?: (number | null)
email?: (string | null)
hours?: (Hours | null)
languages?: (string[] | null)
name?: (string | null)
password?: (string | null)
role?: (("admin" | "expert" | "marketer") | null)
sites?: (string[] | null)
topics?: (TopicLevel[] | null)
}
/**
 * `hours`: null is always. `breath_seconds`: how long no bell rings after a conversation.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ExpertWrite".
 */
export interface ExpertWrite {
breath_seconds?: number
capacity?: number
email: string
hours?: (Hours | null)
languages?: string[]
name: string
password: string
role?: ("admin" | "expert" | "marketer")
sites?: string[]
topics?: TopicLevel[]
}
/**
 * `data` of a message of kind `file`. `size` in bytes; `width` and `height` in pixels, null for a document.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "FileData".
 */
export interface FileData {
file: string
height: (number | null)
name: string
size: number
type: ("application/pdf" | "image/gif" | "image/jpeg" | "image/png" | "image/webp")
width: (number | null)
}
/**
 * What is odd about a trigger. One with an `error` cannot be switched on, one with `warning`s can. `where`: the
 *     field, such as `conditions.all.1`.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Finding".
 */
export interface Finding {
code: string
level: ("error" | "warning")
sentence: string
where: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Findings".
 */
export interface Findings {
items: Finding[]
}
/**
 * Pages of this origin tried to send and may not. `count`: how often, as far as it was counted (by the minute).
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ForeignOrigin".
 */
export interface ForeignOrigin {
count: number
first_at: string
last_at: string
origin: string
}
/**
 * `offer`: the personal offer whose price it is; `most`: so many pieces at this price.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "FormLine".
 */
export interface FormLine {
most: number
name: string
offer: (string | null)
price: Money
product: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Funnel".
 */
export interface Funnel {
people: FunnelPerson[]
steps: FunnelCount[]
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "FunnelPerson".
 */
export interface FunnelPerson {
at: string
customer: (CustomerBrief | null)
path: string[]
visit: string
visitor: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "FunnelCount".
 */
export interface FunnelCount {
name: ("alert" | "chat" | "deep" | "offer" | "order" | "viewed")
share_of_first: number
share_of_previous: number
visitors: number
}
/**
 * `from` and `to` are dates in the site's zone, both included. `people`: also list who stopped at that step.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "FunnelQuery".
 */
export interface FunnelQuery {
from?: (string | null)
people?: (("alert" | "chat" | "deep" | "offer" | "order" | "viewed") | null)
site: string
/**
 * @minItems 1
 * @maxItems 12
 */
steps?: ("alert" | "chat" | "deep" | "offer" | "order" | "viewed")[]
to?: (string | null)
window_s?: number
}
/**
 * Somebody else was signed in under this visitor key: use this new one from now on.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Identified".
 */
export interface Identified {
visitor: string
}
/**
 * `POST /visitor/identify`: the site says who is signed in. `token`: a JWT signed with the site's secret.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Identify".
 */
export interface Identify {
site: string
token: string
visitor: string
}
/**
 * `expert`, here and on the other cards: who shows it; the site's name where a trigger does.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "InfoShown".
 */
export interface InfoShown {
card: string
conversation: (string | null)
expert: Named
text: string
title: string
url: string
}
/**
 * `from`: the customer who is the same person, or `visit`: whoever is on that visit, a stranger until now.
 *     `force`: also where both have signed in at the site.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "MergeWrite".
 */
export interface MergeWrite {
force?: boolean
from?: (string | null)
reason?: string
visit?: (string | null)
}
/**
 * A bell that rang at one's own desk from `at` to `until` and was not answered there. `taken_by`: who took it in
 *     the end; `end`: how it ended, null while it is open; `rings`: at a colleague's desk, now.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "MissedBell".
 */
export interface MissedBell {
alert: string
asked: boolean
at: string
customer: (CustomerBrief | null)
end: (("accepted" | "declined" | "expired" | "gone" | "superseded" | "taken") | null)
path: string[]
rings: boolean
rung: ("anyone" | "last" | "owner" | "topic")
site: string
taken_by: (Person | null)
until: string
visit: string
visitor: string
}
/**
 * `quantity`: the most pieces at this price. `order`: the order in which it was used.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Offer".
 */
export interface Offer {
at: string
expires_at: string
id: string
name: string
order: (string | null)
price: Money
product: string
quantity: number
state: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "OfferAnswer".
 */
export interface OfferAnswer {
answer: string
offer: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "OfferAnswered".
 */
export interface OfferAnswered {
form: (string | null)
state: string
}
/**
 * `quantity`: the most pieces at this price.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "OfferShown".
 */
export interface OfferShown {
card: string
conversation: (string | null)
expert: Named
expires_at: string
offer: string
price: Money
product: ProductRef
quantity: number
text: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ProductRef".
 */
export interface ProductRef {
id: string
name: string
price: Money
}
/**
 * `confirmed_at`: when somebody of the house said that its contact is right.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Order".
 */
export interface Order {
at: string
confirmed_at: (string | null)
contact: {
[k: string]: string
}
conversation: (string | null)
customer: (CustomerBrief | null)
expert: (Person | null)
id: string
lines: OrderLine[]
number: string
status: ("cancelled" | "placed")
total: Money
visit: (string | null)
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "OrderFormShown".
 */
export interface OrderFormShown {
card: string
conversation: (string | null)
expert: Named
form: string
lines: FormLine[]
visit: (string | null)
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "OrderSubmit".
 */
export interface OrderSubmit {
client_id: string
contact: Contact
form: string
lines: SubmittedLine[]
}
/**
 * Whatever else a browser adds, a price for instance, is ignored: the price is ours.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "SubmittedLine".
 */
export interface SubmittedLine {
product: string
quantity: number
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Ordered".
 */
export interface Ordered {
number: string
order: string
total: Money
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Overview".
 */
export interface Overview {
by_depth: {
[k: string]: number
}
page_views: number
returning_visitors: number
visitors: number
visits: number
}
/**
 * `direction`: of the step from the page before; null for the first, and where it was the same place.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "PageSeen".
 */
export interface PageSeen {
at: string
direction: (("across" | "in" | "out") | null)
dwell: number
path: string[]
scroll: number
title: string
url: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Palette".
 */
export interface Palette {
dark: Accent
light: Accent
}
/**
 * RFC 9457 problem details; `code` is of the closed list of `contract.errors`.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Problem".
 */
export interface Problem {
code: string
detail: string
status: number
title: string
type: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Product".
 */
export interface Product {
active: boolean
id: string
name: string
path: string[]
price: Money
sku: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ProductPatch".
 */
export interface ProductPatch {
active?: (boolean | null)
name?: (string | null)
path?: (string[] | null)
price?: (number | null)
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "ProductWrite".
 */
export interface ProductWrite {
active?: boolean
name: string
/**
 * @maxItems 20
 */
path?: string[]
price: number
site: string
sku: string
}
/**
 * `key`: with which a browser subscribes (`applicationServerKey`). `devices`: one's own.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Push".
 */
export interface Push {
devices: PushDevice[]
key: string
}
/**
 * `service`: the host of its push service. `failed`: tries in a row that did not arrive, the last because of
 *     `error` (docs/notifications.md).
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "PushDevice".
 */
export interface PushDevice {
away: boolean
details: boolean
error: string
failed: number
id: string
language: ("en" | "ru")
last_ok_at: (string | null)
made_at: string
service: string
}
/**
 * As the browser gives them, base64url: its public key, and a secret of 16 bytes.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "PushKeys".
 */
export interface PushKeys {
auth: string
p256dh: string
}
/**
 * Of one call just now. `status`: of the answer, null where there was none; `error`: "" if it went well.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "PushTried".
 */
export interface PushTried {
error: string
ok: boolean
status: (number | null)
}
/**
 * This browser, as `PushManager.subscribe` describes it. `away`: also for bells that found me offline; `details`:
 *     with the words of visitors, their names and numbers; `language`: of what is shown.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "PushWrite".
 */
export interface PushWrite {
away?: boolean
details?: boolean
endpoint: string
keys: PushKeys
language?: ("en" | "ru")
}
/**
 * One who waits, the first of all at `position` 1. `waited` and `estimate` in seconds; `estimate`: until an expert
 *     has a place, null where that is not known. `asked`: they wrote, and were told their place.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Queued".
 */
export interface Queued {
alert: string
asked: boolean
customer: (CustomerBrief | null)
estimate: (number | null)
importance: number
position: number
raised_at: string
reason: string
visit: string
waited: number
}
/**
 * How many are tried again now.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Retried".
 */
export interface Retried {
retried: number
}
/**
 * The part of a trigger that decides and acts. `hold_out`: percent of strangers who are left alone, for the
 *     comparison (`routing.hold_out`).
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Rule".
 */
export interface Rule {
action?: ("alert" | "information" | "invite" | "nothing" | "offer" | "order_form")
caps?: Caps2
conditions?: When1
content?: Content2
hold_out?: number
quiet?: (Quiet | null)
}
/**
 * How often it acts at most: in one visit, on one visitor ever, on one visitor in a day of the site's zone.
 * 
 *     null is no bound. Within a visit it acts once per arrival at most: `visit` null or above 1 is for who comes back.
 */
export interface Caps2 {
day?: (number | null)
visit?: (number | null)
visitor?: (number | null)
}
/**
 * `all` hold, at least one of `any` holds (where there is one), none of `none` holds.
 */
export interface When1 {
/**
 * @maxItems 20
 */
all?: (InBranch | Pages | VisitNumber | DaysSince | Orders | Cart | Returning | Known | Available | InTier | FromSource | OnDevice | InLanguage | DuringHours | Did | InSegment)[]
/**
 * @maxItems 20
 */
any?: (InBranch | Pages | VisitNumber | DaysSince | Orders | Cart | Returning | Known | Available | InTier | FromSource | OnDevice | InLanguage | DuringHours | Did | InSegment)[]
/**
 * @maxItems 20
 */
none?: (InBranch | Pages | VisitNumber | DaysSince | Orders | Cart | Returning | Known | Available | InTier | FromSource | OnDevice | InLanguage | DuringHours | Did | InSegment)[]
}
/**
 * What the action says or shows. invite: `text`. information: `title`, and `url` or `text`. offer: one of
 *     `products`, `price` in minor units (null: the catalogue's), `text`, good for `hours`. order_form: `products`.
 */
export interface Content2 {
hours?: number
price?: (number | null)
/**
 * @maxItems 20
 */
products?: string[]
text?: string
title?: string
url?: string
}
/**
 * `at_once`: the old secret is worth nothing from now on; without it, it stays good for ten minutes.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "SecretRotate".
 */
export interface SecretRotate {
at_once?: boolean
}
/**
 * What every event has. `age`: ms since it happened, at sending. The rest: trusted servers only; `language`: an
 *     `Accept-Language`.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Seen".
 */
export interface Seen {
age?: number
at?: (string | null)
id: string
ip?: (string | null)
language?: (string | null)
user_agent?: (string | null)
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Segment".
 */
export interface Segment {
conditions: When
findings: Finding[]
id: string
name: string
site: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "SegmentWrite".
 */
export interface SegmentWrite {
conditions: When
name: string
site: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Session".
 */
export interface Session {
me: Me
token: string
}
/**
 * `open`: nobody has an account yet; the address that the server said on its start makes the first one.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Setup".
 */
export interface Setup {
open: boolean
}
/**
 * The first administrator; `code`: the one-time code out of that address.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "SetupWrite".
 */
export interface SetupWrite {
code: string
email: string
name: string
password: string
}
/**
 * Something waits: load the frame.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Shown".
 */
export interface Shown {
show: boolean
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "SignIn".
 */
export interface SignIn {
email: string
password: string
}
/**
 * What is given changes. `rung_seconds`: the same time for every rung of the ladder.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "SitePatch".
 */
export interface SitePatch {
ladder?: (Ladder | null)
language?: (string | null)
look?: (Look | null)
name?: (string | null)
origins?: (string[] | null)
rung_seconds?: (number | null)
talk?: (Talk | null)
test_mode?: (boolean | null)
zone?: (string | null)
}
/**
 * With it the site signs who is signed in; for administrators alone.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "SiteSecret".
 */
export interface SiteSecret {
secret: string
}
/**
 * The tag for the site's pages: always the newest script, or just this one for ever, checked by the browser.
 * 
 *     `last_url`: the page that was seen last.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "SiteSnippet".
 */
export interface SiteSnippet {
last_at: (string | null)
last_url: (string | null)
tag: string
versioned_tag: (string | null)
}
/**
 * `usual_triggers`: with the two that most sites begin with. A site without triggers never rings.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "SiteWrite".
 */
export interface SiteWrite {
currency?: string
key: string
ladder?: Ladder1
language?: string
look?: Look1
name: string
origins?: string[]
usual_triggers?: boolean
zone?: string
}
/**
 * The rungs in the site's order, each once. `wait_seconds`: how long somebody who wrote waits while nobody can
 *     hear their bell. `fallback`: what they are offered then.
 */
export interface Ladder1 {
fallback?: ("callback" | "message")
/**
 * @minItems 1
 * @maxItems 4
 */
rungs?: LadderRung[]
wait_seconds?: number
}
/**
 * `accent` is what the site wishes; what is shown of it can be read (`contract.accent`).
 */
export interface Look1 {
accent?: string
side?: ("left" | "right")
title?: Title
welcome?: Welcome
}
/**
 * A quarter of an hour in which this expert would call or write. `expert`: their name.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Slot".
 */
export interface Slot {
at: string
expert: (string | null)
}
/**
 * The next ones that are free, at most 8.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Slots".
 */
export interface Slots {
slots: Slot[]
}
/**
 * The answer of `POST /api/events`: what became of the events of one body. They add up to what was sent.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Taken".
 */
export interface Taken {
duplicates: number
rejected: Rejected[]
stored: number
}
/**
 * A token for one socket handshake; good for `seconds`.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Ticket".
 */
export interface Ticket {
seconds: number
token: string
}
/**
 * `data` depends on `kind`: visit, conversation, order, offer, alert, callback.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TimelineItem".
 */
export interface TimelineItem {
at: string
data: {

}
id: string
kind: string
}
/**
 * A line in each language; "" says ours.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Title".
 */
export interface Title1 {
en?: string
ru?: string
}
/**
 * `name`: "" where a program signed in by itself. `account`: whose rights it has. `used_at`: to the minute, null if
 *     it never was. `current`: this very request was made with it.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Token".
 */
export interface Token {
account: Person
created_at: string
current: boolean
expires_at: string
id: string
name: string
used_at: (string | null)
}
/**
 * `token` is shown this once: only its hash is kept.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TokenMade".
 */
export interface TokenMade {
expires_at: string
id: string
name: string
token: string
}
/**
 * A token of one's own account; `days`: how long it is good.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TokenWrite".
 */
export interface TokenWrite {
days?: number
name: string
}
/**
 * A node of the information tree that somebody visited, knows, or gave phrases for. `phrases`: what people write
 *     who mean it; those of the home page (`path` is empty) are what people write who mean nothing that we know.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Topic".
 */
export interface Topic {
depth: number
experts: Person[]
id: string
path: string[]
phrases: string[]
}
/**
 * `phrases`: all that are to be kept; an empty list forgets them.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TopicPatch".
 */
export interface TopicPatch {
/**
 * @maxItems 200
 */
phrases: string[]
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Transcript".
 */
export interface Transcript {
messages: Message[]
}
/**
 * `email`: send it there instead, once for each `client_id`. An address is used because somebody typed it here.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TranscriptAsk".
 */
export interface TranscriptAsk {
client_id?: string
conversation: string
email?: string
format?: ("html" | "text")
}
/**
 * The same from the desk.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TranscriptMail".
 */
export interface TranscriptMail {
client_id: string
email: string
format?: ("html" | "text")
}
/**
 * It is on its way to `email`. `left`: how often this conversation may be mailed again today.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TranscriptMailed".
 */
export interface TranscriptMailed {
email: string
left: number
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Tree".
 */
export interface Tree {
nodes: TreeNode[]
}
/**
 * `deepest`: the deepest level reached by the visits that saw this node; dwell in ms.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TreeNode".
 */
export interface TreeNode {
deepest: number
depth: number
dwell_mean_ms: number
dwell_ms: number
page_views: number
path: string[]
visits: number
}
/**
 * A page, or a pattern of pages (`*` for one part, `**` at the end for all below), and where it stands.
 * 
 *     `path` is null for a page of a sitemap: the rules read it out of the address.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TreeEntry".
 */
export interface TreeEntry {
address: string
id: string
kind: ("sitemap" | "tree")
path: (string[] | null)
}
/**
 * What is wrong with a line of an imported file; lines count from 1.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TreeFault".
 */
export interface TreeFault {
line: number
says: string
}
/**
 * What an import did. `read`: entries in the body; `kept`: entries of this kind that now hold; `repeated`: those
 *     that came again (the last counts); `left_out`: entries of a sitemap that are no address of a page; `by_depth`:
 *     kept entries by the length of their path ("0" is home). `sitemaps`: a sitemap index was sent, nothing was changed;
 *     these are the sitemaps it names: send the first, then the others with `?add=true`.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TreeImported".
 */
export interface TreeImported {
by_depth: {
[k: string]: number
}
kept: number
kind: ("sitemap" | "tree")
left_out: number
read: number
repeated: number
sitemaps: string[]
}
/**
 * Where the page would stand. `reason`: for programs; `says`: the same for a person.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TreePreview".
 */
export interface TreePreview {
depth: number
path: string[]
reason: ("canonical" | "given" | "home" | "pattern" | "query" | "route" | "sitemap" | "tree" | "unreadable" | "url")
says: string
source: ("attribute" | "breadcrumb" | "call" | "canonical" | "microdata" | "sitemap" | "tree" | "url")
steps: TreeStep[]
}
/**
 * One rule that changed something, or decided: the path before and after it, and a sentence for a person.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TreeStep".
 */
export interface TreeStep {
after: string[]
before: string[]
rule: ("canonical" | "ending" | "facet" | "folders" | "given" | "hash" | "home" | "home_name" | "id" | "ignored" | "index" | "limit" | "locale" | "lower_case" | "name" | "pattern" | "query" | "sitemap" | "tree")
says: string
}
/**
 * A page as a browser would report it. `canonical`: its canonical address; `rules`: a draft instead of the saved
 *     ones; `path` and `source` as in a beacon.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TreePreviewAsk".
 */
export interface TreePreviewAsk {
canonical?: (string | null)
path?: (string[] | null)
rules?: (TreeRules | null)
source?: (("attribute" | "breadcrumb" | "call" | "canonical" | "microdata" | "sitemap" | "tree" | "url") | null)
url: string
}
/**
 * The rules of one site, in the order in which they are applied.
 * 
 *     `home`: whole addresses that are the home page, such as `/start`. `home_names`: what the page's breadcrumb calls the
 *     home page: in front of it such a name is no level (capital letters make no difference). `hash_routes`: what follows
 *     `#/` or `#!/` belongs to the address. `index`: files that stand for their folder. `locales`: parts in front that
 *     only say the language; null: languages as the web writes them (`en`, `de-AT`, `us/en`) are recognised. `ignored`:
 *     parts that are no level, such as `category`. `facets`: parts that only filter, such as `colour-*`. `query`:
 *     parameters that are levels, in this order. `endings`: cut off a name, such as `.html`. `ids`: what becomes of
 *     numbers and codes: kept, left out, or all in one folder taken as one place, `*`. `lower_case`: capital letters make
 *     no difference. `names`: what a part is called, `{"w": "Women", "cat=3": "Boots"}`; such a part is no id.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TreeRules".
 */
export interface TreeRules {
/**
 * @maxItems 20
 */
endings?: string[]
/**
 * @maxItems 100
 */
facets?: string[]
hash_routes?: boolean
/**
 * @maxItems 100
 */
home?: string[]
/**
 * @maxItems 100
 */
home_names?: string[]
ids?: ("drop" | "group" | "keep")
/**
 * @maxItems 100
 */
ignored?: string[]
/**
 * @maxItems 100
 */
index?: string[]
locales?: (string[] | null)
lower_case?: boolean
names?: {
[k: string]: string
}
/**
 * @maxItems 20
 */
query?: string[]
}
/**
 * An import that was refused as a whole: the first faults, and how many there are.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TreeProblem".
 */
export interface TreeProblem {
code: string
detail: string
faults: TreeFault[]
faulty: number
status: number
title: string
type: string
}
/**
 * `findings`: what is odd about it now; also what became so since it was saved (a node, a product is gone).
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Trigger".
 */
export interface Trigger {
action: ("alert" | "information" | "invite" | "nothing" | "offer" | "order_form")
active: boolean
caps: Caps1
conditions: When
content: Content1
findings: Finding[]
hold_out: number
id: string
name: string
quiet: (Quiet | null)
site: string
}
/**
 * Strangers it fired on for the first time, and how many of them ordered within seven days after.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TriggerArm".
 */
export interface TriggerArm {
ordered: number
visitors: number
}
/**
 * What is given is changed.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TriggerPatch".
 */
export interface TriggerPatch {
active?: (boolean | null)
hold_out?: (number | null)
name?: (string | null)
}
/**
 * The whole trigger anew; `site` stays what it was.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TriggerPut".
 */
export interface TriggerPut {
action?: ("alert" | "information" | "invite" | "nothing" | "offer" | "order_form")
active?: boolean
caps?: Caps3
conditions: When
content?: Content3
hold_out?: number
name: string
quiet?: (Quiet | null)
site: string
}
/**
 * How often it acts at most: in one visit, on one visitor ever, on one visitor in a day of the site's zone.
 * 
 *     null is no bound. Within a visit it acts once per arrival at most: `visit` null or above 1 is for who comes back.
 */
export interface Caps3 {
day?: (number | null)
visit?: (number | null)
visitor?: (number | null)
}
/**
 * What the action says or shows. invite: `text`. information: `title`, and `url` or `text`. offer: one of
 *     `products`, `price` in minor units (null: the catalogue's), `text`, good for `hours`. order_form: `products`.
 */
export interface Content3 {
hours?: number
price?: (number | null)
/**
 * @maxItems 20
 */
products?: string[]
text?: string
title?: string
url?: string
}
/**
 * What a trigger brought. `uplift`: the difference of the two shares in percentage points with its 95 % interval
 *     from `low` to `high`, null while there are too few; `missing`: how many visitors
 *     are still missing for one; 0 beside a null where nobody is held out. `strangers`: whether it can fire on a stranger:
 *     who knows only customers has nobody to leave alone.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TriggerReport".
 */
export interface TriggerReport {
acted: number
alerts: {
[k: string]: number
}
customers: number
firings: number
held_out: TriggerArm
high: (number | null)
low: (number | null)
missing: number
strangers: boolean
treated: TriggerArm
uplift: (number | null)
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "TriggerWrite".
 */
export interface TriggerWrite {
action?: ("alert" | "information" | "invite" | "nothing" | "offer" | "order_form")
active?: boolean
caps?: Caps4
conditions: When
content?: Content4
hold_out?: number
name: string
quiet?: (Quiet | null)
site: string
}
/**
 * How often it acts at most: in one visit, on one visitor ever, on one visitor in a day of the site's zone.
 * 
 *     null is no bound. Within a visit it acts once per arrival at most: `visit` null or above 1 is for who comes back.
 */
export interface Caps4 {
day?: (number | null)
visit?: (number | null)
visitor?: (number | null)
}
/**
 * What the action says or shows. invite: `text`. information: `title`, and `url` or `text`. offer: one of
 *     `products`, `price` in minor units (null: the catalogue's), `text`, good for `hours`. order_form: `products`.
 */
export interface Content4 {
hours?: number
price?: (number | null)
/**
 * @maxItems 20
 */
products?: string[]
text?: string
title?: string
url?: string
}
/**
 * `deepest_path`: the place furthest from home, of several the one seen first; [] if it was home.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Visit".
 */
export interface Visit {
deepest_path: string[]
direction: Directions
views: PageSeen[]
visit: VisitBrief
}
/**
 * One browser. `said`: what a person of the house said of `bot`, null for nobody.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Visitor".
 */
export interface Visitor {
bot: boolean
first_at: string
id: string
last_at: string
said: (boolean | null)
site: string
}
/**
 * `POST /visitor/command`. The answer is what the socket would acknowledge.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "VisitorCommand".
 */
export interface VisitorCommand {
data?: {

}
language?: string
name: string
site: string
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "VisitorCommands".
 */
export interface VisitorCommands {
"article.get": {
answer: ArticleShown
send: ArticleGet
}
"articles.search": {
answer: ArticlesFound
send: ArticlesSearch
}
"callback.cancel": {
answer: Done
send: CallbackCancel
}
"callback.request": {
answer: CallbackAgreed
send: CallbackRequest
}
"callback.slots": {
answer: Slots
send: CallbackSlots
}
"card.dismiss": {
answer: Done
send: CardDismiss
}
"chat.decline": {
answer: Done
send: ChatDecline
}
"chat.open": {
answer: ChatOpened
send: ChatOpen
}
"conversation.rate": {
answer: Done
send: ConversationRate
}
"conversation.reopen": {
answer: ChatOpened
send: ConversationReopen
}
"message.read": {
answer: Done
send: MessageRead
}
"message.send": {
answer: Sent
send: MessageSend
}
"messages.after": {
answer: Messages
send: MessagesAfter
}
"offer.answer": {
answer: OfferAnswered
send: OfferAnswer
}
"order.submit": {
answer: Ordered
send: OrderSubmit
}
typing: {
answer: Done
send: Typing
}
}
/**
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "VisitorEvents".
 */
export interface VisitorEvents {
"callback.updated": CallbackShown
"card.gone": CardGone
"chat.invited": ChatInvited
"conversation.closed": ConversationClosed
"expert.joined": ExpertJoined
"info.shown": InfoShown
"message.added": Message
"message.read": MessageReadShown
"offer.shown": OfferShown
"order.updated": OrderUpdated
"order_form.shown": OrderFormShown
typing: TypingShown
}
/**
 * Whether this visitor is a program, by a person's word: it counts more than what was seen, now and later.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "VisitorPatch".
 */
export interface VisitorPatch {
bot: boolean
}
/**
 * `POST /visitor/wait` of a frame. `after`: the last message it has of `conversation`. `state`: of its last answer,
 *     "" at first. `frame`: made by the frame's document; a newer call of the same one ends the older. `patience`: how
 *     many seconds it waits if there is nothing to tell.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "VisitorWait".
 */
export interface VisitorWait {
after?: number
conversation?: string
frame?: string
language?: string
patience?: number
site: string
state?: string
}
/**
 * `events`: names and data as the socket would have told them, in order. `state`: for the next call.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Waited".
 */
export interface Waited {
events: unknown[][]
state: string
}
/**
 * `POST /visitor/wait`: an engaged visitor asks whether something waits for it.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Waiting".
 */
export interface Waiting {
site: string
visitor: string
}
/**
 * `waiting`, `dead`: deliveries that are still tried, and that were given up. `failing_since`: nothing has arrived
 *     from then on; `error`: the word for why (docs/webhooks.md), or "". `off_at`: when it turned itself off.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Webhook".
 */
export interface Webhook {
active: boolean
created_at: string
dead: number
error: string
events: ("callback.requested" | "callback.updated" | "conversation.closed" | "conversation.opened" | "conversation.rated" | "message.added" | "order.placed")[]
failing_since: (string | null)
id: string
off_at: (string | null)
site: string
url: string
waiting: number
}
/**
 * What is given changes; `active` true begins anew after it turned itself off.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "WebhookPatch".
 */
export interface WebhookPatch {
active?: (boolean | null)
events?: (("callback.requested" | "callback.updated" | "conversation.closed" | "conversation.opened" | "conversation.rated" | "message.added" | "order.placed")[] | null)
url?: (string | null)
}
/**
 * With it deliveries are signed; for administrators alone.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "WebhookSecret".
 */
export interface WebhookSecret {
secret: string
}
/**
 * Of one signed request just now. `status`: of the answer, null where there was none; `error`: "" if it went well.
 *     `took`: ms.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "WebhookTested".
 */
export interface WebhookTested {
error: string
ok: boolean
status: (number | null)
took: number
}
/**
 * `site`: key or id.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "WebhookWrite".
 */
export interface WebhookWrite {
active?: boolean
/**
 * @minItems 1
 * @maxItems 20
 */
events: ("callback.requested" | "callback.updated" | "conversation.closed" | "conversation.opened" | "conversation.rated" | "message.added" | "order.placed")[]
site: string
url: string
}
/**
 * A few sentences in each language; "" says ours.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Welcome".
 */
export interface Welcome1 {
en?: string
ru?: string
}
/**
 * `me`: null where nobody has signed in.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "WhoIsHere".
 */
export interface WhoIsHere {
me: (Me | null)
}
/**
 * One sentence.
 * 
 * This interface was referenced by `Contract`'s JSON-Schema
 * via the `definition` "Why".
 */
export interface Why {
text: string
}
