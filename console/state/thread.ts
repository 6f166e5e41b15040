// One conversation as this expert sees it: what the server numbered, and what we still try to send. Pure.
// Numbers have no gaps: a message beyond the next number is not shown but asks for what lies between.
import type { Message } from "../wire";

export type SendState = "sending" | "failed";
/** `note`: meant for colleagues alone. */
export interface Unsent { client_id: string; text: string; at: string; state: SendState; note?: boolean; error?: string }
export interface Thread {
  id: string;
  messages: Message[];
  unsent: Unsent[];
  /** The visitor has read up to this number. */
  seen: number;
  loaded: boolean;
  /** A number was skipped: ask for everything after `lastSeq`. */
  gap: boolean;
}

export const newThread = (id: string, seen = 0, unsent: Unsent[] = []): Thread => ({
  id, messages: [], unsent, seen, loaded: false, gap: false,
});

export const lastSeq = (thread: Thread): number => thread.messages.at(-1)?.seq ?? 0;
export const firstSeq = (thread: Thread): number => thread.messages[0]?.seq ?? 1;

/** A batch answered by `messages.after`: everything known of its numbers, in order. */
export function addBatch(thread: Thread, batch: readonly Message[]): Thread {
  let next: Thread = { ...thread, loaded: true, gap: false };
  for (const message of [...batch].sort((a, b) => a.seq - b.seq)) next = addOne(next, message, next.messages.length === 0);
  return next;
}

/** A single message that was pushed. Seen ones are ignored, one beyond the next marks the gap. */
export function add(thread: Thread, message: Message): Thread {
  return thread.loaded ? addOne(thread, message, false) : { ...thread, gap: true };
}

function addOne(thread: Thread, message: Message, first: boolean): Thread {
  const unsent = thread.unsent.filter((one) => one.client_id !== message.client_id);
  const last = lastSeq(thread);
  if (!first && message.seq <= last) return unsent.length === thread.unsent.length ? thread : { ...thread, unsent };
  if (!first && message.seq > last + 1) return { ...thread, gap: true };
  return { ...thread, unsent, messages: [...thread.messages, message] };
}

/** The same messages told anew: offers and order forms carry the state they are in now. */
export function renew(thread: Thread, batch: readonly Message[]): Thread {
  const fresh = new Map(batch.map((message) => [message.seq, message]));
  return { ...thread, messages: thread.messages.map((message) => fresh.get(message.seq) ?? message) };
}

/** Older messages in front of those that are shown; whatever overlaps is dropped. */
export function prepend(thread: Thread, older: readonly Message[]): Thread {
  const first = firstSeq(thread);
  return { ...thread, messages: [...older.filter((one) => one.seq < first), ...thread.messages] };
}

export function write(thread: Thread, unsent: Unsent): Thread {
  return { ...thread, unsent: [...thread.unsent.filter((one) => one.client_id !== unsent.client_id), unsent] };
}
export function mark(thread: Thread, clientId: string, state: SendState, error?: string): Thread {
  return { ...thread, unsent: thread.unsent.map((one) => (one.client_id === clientId ? { ...one, state, error } : one)) };
}
export function drop(thread: Thread, clientId: string): Thread {
  return { ...thread, unsent: thread.unsent.filter((one) => one.client_id !== clientId) };
}
/** The server took our text under `seq`: it becomes a message, unless the pushed copy was quicker. */
export function acknowledged(thread: Thread, clientId: string, seq: number, at: string, name: string): Thread {
  const mine = thread.unsent.find((one) => one.client_id === clientId);
  if (!mine) return thread;
  const message: Message = {
    conversation: thread.id, seq, client_id: clientId, author: { kind: "expert", name }, kind: "text", text: mine.text, at, data: null,
  };
  const next = add(thread, message);
  return next.gap ? next : drop(next, clientId);
}
export const read = (thread: Thread, seq: number): Thread => (seq > thread.seen ? { ...thread, seen: seq } : thread);
