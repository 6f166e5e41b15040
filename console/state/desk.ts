// The desk as a value: a snapshot from the server plus the events after it. Pure, so that a test can prove that
// "snapshot + events" equals "fresh snapshot"; a repeated or late event changes nothing.
import type { Alert, AlertEnd, Conversation, DeskEvent, DeskSnapshot, Expert, Me, OrderSeen, VisitBrief } from "../wire";

export interface Cleared { alert: Alert; reason: AlertEnd; at: number }
export interface Desk {
  me: Me;
  alerts: Alert[];
  conversations: Conversation[];
  experts: Expert[];
  visits: ReadonlyMap<string, VisitBrief>;
  /** What just left the list of alerts, newest first; a line each, for a moment. */
  cleared: Cleared[];
  /** Orders placed while this desk was open, newest first. */
  orders: { order: OrderSeen; at: number }[];
  /** Conversations that were this person's and are nobody's now. */
  handedOn: ReadonlySet<string>;
}

const KEEP = 20;

export function deskFrom(snapshot: DeskSnapshot, visits: VisitBrief[], before: Desk | null = null): Desk {
  return {
    me: snapshot.me,
    alerts: snapshot.alerts,
    conversations: snapshot.conversations,
    experts: snapshot.experts,
    visits: new Map(visits.filter((visit) => visit.live && !visit.bot).map((visit) => [visit.id, visit])),
    cleared: before?.cleared ?? [],
    orders: before?.orders ?? [],
    handedOn: handedOn(before, snapshot.conversations),
  };
}

/** Applies events in order. `now` in ms dates the passing lines; the big map of visits is copied at most once. */
export function applyAll(desk: Desk, events: readonly DeskEvent[], now: number): Desk {
  const next: Desk = { ...desk };
  let visits: Map<string, VisitBrief> | null = null;
  for (const event of events) {
    switch (event.name) {
      case "alert.raised":
        next.alerts = put(next.alerts, event.data);
        // The bell may be quicker than the gathered news of the visit it rings for.
        if (next.visits.has(event.data.visit.id)) {
          visits ??= new Map(next.visits);
          visits.set(event.data.visit.id, event.data.visit);
        }
        break;
      case "alert.cleared": {
        const gone = next.alerts.find((alert) => alert.id === event.data.id);
        if (!gone) break;
        next.alerts = next.alerts.filter((alert) => alert !== gone);
        next.cleared = [{ alert: gone, reason: event.data.reason, at: now }, ...next.cleared].slice(0, KEEP);
        break;
      }
      case "visit.changed": {
        const { visit } = event.data;
        visits ??= new Map(next.visits);
        // Programs are not people: the list of the server leaves them out too.
        if (visit.live && !visit.bot) visits.set(visit.id, visit);
        else visits.delete(visit.id);
        next.alerts = each(next.alerts, (alert) => (alert.visit.id === visit.id ? withVisit(alert, visit) : alert));
        next.conversations = each(next.conversations, (one) =>
          one.visit === visit.id && one.live !== isHere(visit) ? { ...one, live: isHere(visit) } : one,
        );
        break;
      }
      case "visits.changed": {
        // A crowd in one piece: alerts and conversations of those in it are few.
        visits ??= new Map(next.visits);
        const changed = new Map(event.data.visits.map((visit) => [visit.id, visit]));
        const gone = new Set(event.data.gone);
        for (const [id, visit] of changed) visits.set(id, visit);
        for (const id of gone) visits.delete(id);
        next.alerts = each(next.alerts, (alert) => {
          const visit = changed.get(alert.visit.id);
          return visit ? withVisit(alert, visit) : gone.has(alert.visit.id) ? { ...alert, left: true } : alert;
        });
        next.conversations = each(next.conversations, (one) => {
          const visit = one.visit ? changed.get(one.visit) : undefined;
          const live = visit ? isHere(visit) : one.visit && gone.has(one.visit) ? false : one.live;
          return live === one.live ? one : { ...one, live };
        });
        break;
      }
      case "conversation.changed": {
        const { conversation } = event.data;
        const known = next.conversations.find((one) => one.id === conversation.id);
        if (known && known.last_seq > conversation.last_seq) break;
        next.handedOn = handedOn(next, [conversation]);
        next.conversations = isMine(conversation, next.me) && !isUnanswered(conversation)
          ? put(next.conversations, conversation)
          : next.conversations.filter((one) => one.id !== conversation.id);
        break;
      }
      case "message.added":
        next.conversations = change(next.conversations, event.data.conversation, (one) => {
          const { seq, author } = event.data;
          if (seq <= one.last_seq) return one;
          const unread = author.kind === "visitor" ? one.unread + 1 : one.unread;
          return { ...one, last_seq: seq, unread, last: event.data };
        });
        break;
      case "message.read":
        next.conversations = change(next.conversations, event.data.conversation, (one) => {
          const { seq, by } = event.data;
          if (by === "visitor") return seq > one.visitor_read_seq ? { ...one, visitor_read_seq: seq } : one;
          if (by !== "expert" || seq <= one.read_seq) return one;
          // How many of the visitor's stay unread behind `seq` only the server knows; at the end it is none.
          return { ...one, read_seq: seq, unread: seq >= one.last_seq ? 0 : one.unread };
        });
        break;
      case "order.placed": {
        const order = event.data;
        if (next.orders.some((one) => one.order.order === order.order)) break;
        next.orders = [{ order, at: now }, ...next.orders].slice(0, KEEP);
        break;
      }
      case "order.updated":
        next.orders = next.orders.map((one) =>
          one.order.order === event.data.order ? { ...one, order: { ...one.order, ...event.data } } : one,
        );
        break;
      case "presence.changed":
        next.experts = each(next.experts, (one) =>
          one.id === event.data.expert ? { ...one, status: event.data.status, status_reason: event.data.reason } : one,
        );
        if (next.me.id === event.data.expert) next.me = { ...next.me, status: event.data.status, status_reason: event.data.reason };
        break;
      case "callback.requested": case "callback.updated": // a list of its own: `live/callbacks`
      case "typing":
      case "note.added":
        break;
    }
  }
  if (visits) next.visits = visits;
  return next;
}

export const apply = (desk: Desk, event: DeskEvent, now: number): Desk => applyAll(desk, [event], now);

/** Plain order of ids and times: they are ASCII, and 20,000 rows are sorted often. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Whose turn it is first: importance and age in one moment, as the server reckons it, which never changes while they
 * wait. So nothing moves by itself; ids, the older first, settle the rest. */
export function byUrgency(alerts: readonly Alert[]): Alert[] {
  return [...alerts].sort((a, b) => compare(a.turn, b.turn) || compare(a.id, b.id));
}

/** Open ones with something unread first, those who wait for anybody after one's own, whose turn it is first; the others
 * by the newest message; closed ones apart. */
export function sortConversations(all: readonly Conversation[]): { open: Conversation[]; closed: Conversation[] } {
  const newest = (one: Conversation) => one.last?.at ?? one.opened_at;
  const turn = (one: Conversation) => one.turn ?? "";
  const sorted = [...all].sort(
    (a, b) =>
      Number(b.unread > 0) - Number(a.unread > 0) || compare(turn(a), turn(b)) || compare(newest(b), newest(a)) || compare(a.id, b.id),
  );
  return { open: sorted.filter((one) => one.state === "open"), closed: sorted.filter((one) => one.state === "closed") };
}

/** Who is on the site: those who went deepest first, the longest here before the newly arrived. */
export function byDepth(visits: Iterable<VisitBrief>): VisitBrief[] {
  return [...visits].sort(
    (a, b) => Number(a.left) - Number(b.left) || b.deepest - a.deepest || compare(a.started_at, b.started_at) ||
      compare(a.id, b.id),
  );
}

/** Keeps the order that the eye already knows: what was there stays in its place, what is new comes last. */
export function holdOrder<T extends { id: string }>(held: readonly string[], fresh: readonly T[]): T[] {
  const byId = new Map(fresh.map((one) => [one.id, one]));
  const kept = held.flatMap((id) => byId.get(id) ?? []);
  const known = new Set(held);
  return [...kept, ...fresh.filter((one) => !known.has(one.id))];
}

const MOMENT_MS = 10_000;

/** The server tells who is gone. Whoever was seen leaving is gone after a moment even where that word does not arrive. */
export function forgetGone(desk: Desk, now: number): Desk {
  const gone = new Set<string>();
  for (const visit of desk.visits.values()) if (visit.left && Date.parse(visit.last_at) < now - MOMENT_MS) gone.add(visit.id);
  if (gone.size === 0) return desk;
  return {
    ...desk,
    visits: new Map([...desk.visits].filter(([id]) => !gone.has(id))),
    conversations: desk.conversations.map((one) => (one.visit && gone.has(one.visit) && one.live ? { ...one, live: false } : one)),
  };
}

export const isHere = (visit: { live: boolean; left: boolean }): boolean => visit.live && !visit.left;
/** Between two pages a visitor is gone for a breath: that is no leaving. */
const BREATH_MS = 4_000;
export const hasLeft = (alert: Alert, now = Infinity): boolean => (alert.left || alert.visit.left) && now - Date.parse(alert.visit.last_at) > BREATH_MS;
/** How many things wait for me: what the title and the badge show. */
export const waiting = (desk: Desk): number =>
  desk.alerts.length + unanswered(desk).length + overnight(desk).length +
  desk.conversations.reduce((sum, one) => sum + (one.expert && one.state === "open" && one.unread > 0 ? 1 : 0), 0);

/** Those with an expert; the others are nobody's, and stand under a heading of their own. */
export const taken = (all: readonly Conversation[]): Conversation[] => all.filter((one) => one.expert !== null);
/** Written while nobody was there, and waiting for this expert's morning: it stays, whether its bell rings or not. */
const isKept = (one: Conversation, me: Me): boolean => one.kept_for === me.id && one.expert === null && one.state === "open";
/** What was left for me overnight, the oldest first. */
export const overnight = (desk: Desk): Conversation[] =>
  desk.conversations.filter((one) => isKept(one, desk.me)).sort((a, b) => compare(a.opened_at, b.opened_at) || compare(a.id, b.id));

/** Some conversation is nobody's, whether its bell still rings somewhere, waits, or has ended. */
export const somebodyWaits = (desk: Desk): boolean =>
  desk.conversations.some((one) => one.expert === null && one.trigger === null && one.state === "open");

/** Who wrote and is nobody's, and for whom no bell rings or waits any more; what was handed on from here, at once. In
 * the order of their turns. */
export function unanswered(desk: Desk): Conversation[] {
  const nobodys = desk.conversations.filter((one) => one.expert === null && one.trigger === null && !isKept(one, desk.me));
  if (nobodys.length === 0) return [];
  const ringing = new Set(desk.alerts.map((alert) => alert.visit.id));
  const rings = ({ visit }: Conversation) => visit !== null && ((desk.visits.get(visit)?.alert ?? null) !== null || ringing.has(visit));
  return sortConversations(nobodys.filter((one) => desk.handedOn.has(one.id) || !rings(one))).open;
}

function isMine(conversation: Conversation, me: Me): boolean {
  return conversation.expert === null || conversation.expert.id === me.id;
}

/** `changed` may have taken some of one's own away, or given back some that were handed on. */
function handedOn(before: Desk | null, changed: readonly Conversation[]): ReadonlySet<string> {
  const next = new Set(before?.handedOn);
  for (const { id, expert } of changed) {
    if (expert) next.delete(id);
    else if (before?.conversations.some((one) => one.id === id && one.expert?.id === before.me.id)) next.add(id);
  }
  return next;
}

/** A trigger invited by itself, and nobody came: it leaves no trace on the desk. */
const isUnanswered = ({ state, trigger }: Conversation): boolean => state === "closed" && trigger !== null;

function withVisit(alert: Alert, visit: VisitBrief): Alert {
  return { ...alert, customer: visit.customer ?? alert.customer, left: !isHere(visit), visit };
}

/** The list itself where nothing in it changed: whoever shows it then draws nothing. */
function each<T>(list: T[], how: (item: T) => T): T[] {
  let next = list;
  list.forEach((item, at) => {
    const now = how(item);
    if (now !== item) (next = next === list ? [...list] : next)[at] = now;
  });
  return next;
}

function put<T extends { id: string }>(list: readonly T[], item: T): T[] {
  const at = list.findIndex((one) => one.id === item.id);
  return at < 0 ? [...list, item] : list.with(at, item);
}

function change<T extends { id: string }>(list: T[], id: string, how: (item: T) => T): T[] {
  const at = list.findIndex((one) => one.id === id);
  if (at < 0) return list;
  const next = how(list[at]!);
  return next === list[at] ? list : list.with(at, next);
}
