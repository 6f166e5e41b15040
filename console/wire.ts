// The shapes that the console reads and sends: the contract's own, made from the server's code, plus the few names
// that only a screen needs. Times are RFC 3339 in UTC, durations milliseconds, money minor units.
import type {
  AlertEnd, AlertRaised, ConversationBrief, Message, Desk as ContractDesk, Expert as ContractExpert, ExpertEvents, FormLine, Money, OrderLine, OrderPlaced, VisitBrief,
} from "../contract/generated/contract";

export type {
  Article, ArticleBrief, ArticleHit, ArticleHits, Author, AuthorKind, Board, BoardDesk, BoardMissed, BoardTalk, BoardWaiting, Block, Callback, CallbacksCleared, Candidate, Canned, MissedBell, Customer, CustomerBrief, Decision, Order, Ladder, LadderRung, FunnelPerson, FunnelStep, Me, Merge, Message, Messages, Money, Note, Rating, Transfer,
  Delivery, Push, PushDevice, PushTried, Retried, Token, TokenMade, Webhook, WebhookEvent, WebhookSecret, WebhookTested,
  Backtest as BacktestAnswer, BacktestVisit, EventSeen, EventsSeen, Finding, Findings, ForeignOrigin, Opened, Overview, Palette, Person, Product, Role, Segment, SegmentWrite, Sent, Site, SiteSnippet, Status, Ticket, TimelineItem, Topic, Tree, TreeEntry,
  TreeImported, TreeNode, TreePreview, TreeProblem, TreeRules, Trigger, TriggerArm, TriggerReport,
  TriggerWrite, Visit, When,
  Funnel as FunnelAnswer, FunnelCount as FunnelRow, PageSeen as PageView, Queued, TopicLevel, Why,
} from "../contract/generated/contract";
export type { AlertEnd, ExpertEvents, VisitBrief };
import type { FunnelStep, TriggerWrite, When } from "../contract/generated/contract";

export type Alert = AlertRaised;
export type Weekday = "1" | "2" | "3" | "4" | "5" | "6" | "7";
/** As the contract's `Hours`, with its spans as the pairs that they are: [begin, end]. */
export interface Hours { zone: string; week: Partial<Record<Weekday, [string, string][]>>; off?: string[] }
export type Expert = Omit<ContractExpert, "hours"> & { hours: Hours | null };
/** One thing that a trigger or a segment asks of a visitor, told apart by its `kind`. */
export type Condition = NonNullable<When["all"]>[number];
/** The part of a trigger that decides and acts. */
export type Rule = Pick<TriggerWrite, "conditions" | "action" | "content" | "caps" | "quiet" | "hold_out">;
export type DeskSnapshot = Omit<ContractDesk, "experts"> & { experts: Expert[] };
export type Conversation = ConversationBrief;
export type OrderSeen = OrderPlaced & { status?: string };
export interface Page<T> { items: T[]; next: string | null }

export type EventName = keyof ExpertEvents;
export type DeskEvent = { [N in EventName]: { name: N; data: ExpertEvents[N] } }[EventName];
/** What a message is. */
export type Kind = Message["kind"];
/** One entry per event, so that a new event of the contract does not compile until the desk knows it. */
const KNOWN: Record<EventName, true> = {
  "alert.cleared": true, "alert.raised": true, "callback.requested": true, "callback.updated": true, "conversation.changed": true, "message.added": true,
  "message.read": true, "note.added": true, "order.placed": true, "order.updated": true, "presence.changed": true, typing: true,
  "visit.changed": true, "visits.changed": true,
};
export const EVENT_NAMES = Object.keys(KNOWN) as EventName[];

/** An article of the knowledge base inside a message: its title, and the words that fit. */
export interface ArticleSaid { id: string; title: string; quote: string; url?: string }
/** What `Message.data` may hold, by kind: information, offer, order form, order, event, file, articles. */
export interface MessageData {
  title?: string; url?: string; text?: string;
  product?: { id: string; name: string } | string; price?: Money; quantity?: number; expires_at?: string; state?: string; order?: string; confirmed_at?: string | null;
  lines?: (FormLine & Partial<OrderLine>)[]; number?: string; total?: Money; status?: string; name?: string; expert?: string;
  position?: number; minutes?: number | null; score?: number; at?: string; by?: string; to?: string; topic?: string[];
  file?: string; type?: string; size?: number; width?: number | null; height?: number | null; articles?: ArticleSaid[];
}
export const FUNNEL_STEPS: FunnelStep[] = ["viewed", "deep", "alert", "chat", "offer", "order"];
