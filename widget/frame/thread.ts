// What a conversation is on this side: messages in order without gaps, and what we still have to send.
// Repeats change nothing; a hole is noticed, not filled by guessing.

import type { Message } from "../wire";

/** Written here and not yet confirmed. `error`: the server's sentence; such a message waits for the person. */
export interface Unsent {
  client_id: string;
  text: string;
  at: string;
  error?: string;
  /** The conversation in which it was first sent, once it was: the answer may be about that one. */
  tried?: string;
}

export interface Thread {
  conversation: string;
  /** Ascending, without gaps. */
  messages: Message[];
  unsent: Unsent[];
}

export const empty = (conversation = "", unsent: Unsent[] = []): Thread => ({ conversation, messages: [], unsent });

/** The seq up to which we know everything. */
export const lastSeq = (thread: Thread): number => thread.messages.at(-1)?.seq ?? 0;

/** Takes messages in any order, any number of times. Those after a hole are left out: ask for what follows
 * lastSeq. `whole`: they are a snapshot, which may begin above 1. */
export function receive(thread: Thread, incoming: Message[], whole = false): { thread: Thread; gap: boolean } {
  const sorted = [...incoming].sort((a, b) => a.seq - b.seq);
  let last = lastSeq(thread);
  if (whole && !thread.messages.length && sorted[0]) last = sorted[0].seq - 1;
  const fresh: Message[] = [];
  let gap = false;
  for (const message of sorted) {
    if (message.seq <= last) continue;
    if (message.seq > last + 1) {
      gap = true;
      break;
    }
    fresh.push(message);
    last = message.seq;
  }
  // A snapshot also says how known offers and forms stand now; and who changes their rating, changes what was said.
  const told = new Map((whole ? sorted : sorted.filter(isRating)).map((message) => [message.seq, message]));
  const renewed = whole || thread.messages.some((message) => told.has(message.seq) && scored(message) !== scored(told.get(message.seq)));
  const known = renewed ? thread.messages.map((message) => told.get(message.seq) ?? message) : thread.messages;
  const arrived = new Set(incoming.map((message) => message.client_id).filter(Boolean));
  const unsent = thread.unsent.filter((waiting) => !arrived.has(waiting.client_id));
  if (!renewed && !fresh.length && unsent.length === thread.unsent.length) return { thread, gap };
  return { thread: { ...thread, messages: [...known, ...fresh], unsent }, gap };
}

/** What is shown: a place in the queue only until something newer happened. */
export const shown = (messages: Message[]): Message[] => {
  const newest = messages.findLastIndex((message) => message.kind === "event");
  return messages.filter(({ data }, i) => i >= newest || (data as { name?: string } | null)?.name !== "queue.waiting");
};

/** It began with an expert who came by themselves, and they have not said anything yet. */
export const unspoken = (messages: Message[]): boolean =>
  !!messages[0] && happened(messages[0]) === "expert.joined" &&
  !messages.some(({ author, kind }) => author.kind === "expert" && kind !== "event");

/** The expert who speaks with a message, or comes with it; "" for nobody. */
export const speaker = (message: Message): string =>
  message.author.kind === "expert" ? message.author.name
    : happened(message) === "expert.joined" ? ((message.data as { expert?: string }).expert ?? "") : "";

/** What is read from its beginning while nobody has said anything to it: an answer out of the articles, an order form
 * that is open. */
export const openAnswer = (messages: Message[]): Message | undefined => {
  const last = messages.findLast(({ kind }) => kind !== "event");
  const ordered = (last?.data as { state?: string } | null | undefined)?.state === "ordered";
  return last?.kind === "articles" || (last?.kind === "order_form" && !ordered) ? last : undefined;
};

/** The message that shows this offer or order form as open. */
export const openThing = (messages: Message[], ref: string): Message | undefined =>
  messages.find(({ kind, data }) => {
    const { offer, form, state } = (data ?? {}) as { offer?: string; form?: string; state?: string };
    return (kind === "offer" || kind === "order_form") && (offer === ref || form === ref) && state === "open";
  });

/** What happened, where a message tells of something that happened. */
export const happened = ({ kind, data }: Message): string | undefined =>
  kind === "event" ? (data as { name?: string } | null)?.name : undefined;

export const ends = (message: Message): boolean => happened(message) === "conversation.closed";

/** The end of the conversation, unless it was begun again since. */
export const end = (messages: Message[]): Message | undefined => {
  const last = messages.findLast((message) => ["conversation.closed", "conversation.reopened"].includes(happened(message) ?? ""));
  return last && ends(last) ? last : undefined;
};

/** How the person found it, of 5, as they said last; 0: they did not say. It stays when the conversation goes on. */
export const score = (messages: Message[]): number => scored(messages.findLast(isRating));
const isRating = (message: Message): boolean => happened(message) === "conversation.rated";
const scored = (message?: Message): number => (message?.data as { score?: number } | undefined)?.score ?? 0;

/** Messages of the other side after `seq`. An invitation that was over before the person looked at it is none: nobody
 * is there to answer. */
export const unread = (thread: Thread, seq: number): Message[] => {
  const missed = !seq && thread.messages.some(ends) && !thread.messages.some(({ author }) => author.kind === "visitor");
  return missed ? [] : thread.messages.filter((message) => message.seq > seq && message.author.kind === "expert");
};
