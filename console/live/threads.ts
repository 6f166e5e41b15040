// The conversations whose messages this desk holds, and the texts that are still on their way.
// Every own text has a client id made here, is kept over a reload, and is sent again until the server answers.
import { effect, signal } from "@preact/signals";
import { acknowledged, add, addBatch, drop, firstSeq, lastSeq, mark, newThread, prepend, read, renew, write, type Thread, type Unsent } from "../state/thread";
import type { ExpertEvents, Message, Messages, Note, Sent } from "../wire";
import { codeOf, detailOf, serverNow } from "./http";
import { addNote, loadNotes } from "./internal";
import { askOrThrow, hears, tell } from "./line";
import { applyHere, desk, talkOf } from "./value";
import { errorText } from "../text/text";

const BATCH = 100;
/** A talk opens with so many: what a screen shows and a little more. */
const FIRST = 50;
const MOST_ROUNDS = 200;
/** Refused: asked again after so long, twice as long each time. */
const AGAIN_MS = 1_000, MOST_AGAIN_MS = 30_000;
const TYPING_MS = 4_000;
/** Words that stand unsent stay in sight longer than the dots: somebody thinks. */
const PREVIEW_MS = 30_000;
const TELL_TYPING_MS = 2_000;
const KEPT = "shopbell.unsent";
const OWNER = "shopbell.owner";

/** What a reload left unsent comes back as threads that are not loaded yet. */
export const threads = signal<ReadonlyMap<string, Thread>>(
  new Map(Object.entries(kept()).map(([id, unsent]) => [id, newThread(id, 0, unsent)])),
);
/** Conversation -> until when (ms) the visitor counts as typing, and what, where the site shows words before they are sent. */
export interface Typing { until: number; text: string }
export const typing = signal<ReadonlyMap<string, Typing>>(new Map());

const get = (id: string): Thread => threads.peek().get(id) ?? newThread(id);
function set(thread: Thread): void {
  const before = threads.peek().get(thread.id);
  if (before === thread) return;
  threads.value = new Map(threads.peek()).set(thread.id, thread);
  if (before?.unsent !== thread.unsent) keep();
}

/** What somebody else left in this tab is not sent, and not shown, in this person's name. */
export function belongTo(account: string): void {
  try {
    const before = sessionStorage.getItem(OWNER);
    sessionStorage.setItem(OWNER, account);
    if (before === null || before === account) return;
  } catch {
    // Without storage nothing was kept either; memory is cleared below.
  }
  threads.value = new Map();
  typing.value = new Map();
  keep();
}

/** Loads the newest messages once, whatever was missed after that. `newest`: the last number, where no desk knows it. */
export async function openThread(id: string, newest = 0): Promise<void> {
  const summary = talkOf(id);
  if (!threads.peek().has(id)) set(newThread(id));
  if (summary) set(read(get(id), summary.visitor_read_seq));
  const thread = get(id);
  const after = thread.loaded ? lastSeq(thread) : Math.max(0, Math.max(summary?.last_seq ?? 0, newest) - FIRST);
  await loadAfter(id, after);
  await loadNotes(id);
  await resend();
}
/** What nobody looks at any more is not kept true; what is unsent stays. */
export function closeThread(id: string): void {
  if (get(id).unsent.length > 0) return;
  const next = new Map(threads.peek());
  if (next.delete(id)) threads.value = next;
}
async function loadAfter(id: string, seq: number): Promise<void> {
  const { loaded } = get(id);
  let from = seq;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let messages: Message[];
    try {
      ({ messages } = await askOrThrow<Messages>("messages.after", { conversation: id, seq: from }));
    } catch {
      return; // Asked again on the next connection.
    }
    set(addBatch(get(id), messages));
    // A message pushed while the batch was read counts too: the summary knows its number.
    from = Math.max(from, lastSeq(get(id)));
    const newest = talkOf(id)?.last_seq ?? 0;
    if (messages.length < BATCH && from >= newest) break;
  }
  if (loaded && get(id).messages.some((one) => one.seq > seq && changesCards(one))) await renewCards(id);
}
/** An answered offer, a placed order: the cards above have changed their state. */
const changesCards = ({ kind }: Message): boolean => kind === "order" || kind === "event";
export async function olderMessages(id: string): Promise<void> {
  const first = firstSeq(get(id));
  if (first <= 1) return;
  const from = Math.max(0, first - 1 - BATCH);
  const { messages } = await askOrThrow<Messages>("messages.after", { conversation: id, seq: from });
  set(prepend(get(id), messages));
}
/** The desk knows that more was said than stands here. What somebody else's conversation or nobody's says comes to no
 * desk by itself: only how far it goes is told. */
export const isBehind = (thread: Thread): boolean => thread.loaded && (talkOf(thread.id)?.last_seq ?? 0) > lastSeq(thread);
const following = new Set<string>();
effect(() => { for (const thread of threads.value.values()) if (isBehind(thread)) void follow(thread.id); });
/** Asks for what is missing until it is there, or until nobody looks at it; without a line the next one asks. */
async function follow(id: string): Promise<void> {
  if (following.has(id)) return;
  following.add(id);
  try {
    for (let wait = AGAIN_MS; hears() && isBehind(get(id)); wait = Math.min(2 * wait, MOST_AGAIN_MS)) {
      await openThread(id);
      if (isBehind(get(id))) await new Promise((done) => setTimeout(done, wait));
    }
  } finally {
    following.delete(id);
  }
}
/** After a reconnect: everything that follows the last known number of each open thread. */
export async function catchUp(): Promise<void> {
  for (const id of threads.peek().keys()) await openThread(id);
}

export const takeBatch = (id: string, messages: readonly Message[]): void => set(addBatch(get(id), messages));
export function receive(message: Message): void {
  if (message.author.kind === "visitor") stopTyping(message.conversation);
  if (!threads.peek().has(message.conversation)) return;
  const next = add(get(message.conversation), message);
  set(next);
  if (next.gap) void loadAfter(next.id, lastSeq(next));
  else if (changesCards(message)) void renewCards(next.id);
}
async function renewCards(id: string): Promise<void> {
  const seq = Math.max(0, lastSeq(get(id)) - BATCH);
  const answer = await askOrThrow<Messages>("messages.after", { conversation: id, seq }).catch(() => null);
  if (answer) set(renew(get(id), answer.messages));
}
export function receiveRead({ conversation, seq, by }: ExpertEvents["message.read"]): void {
  if (by === "visitor" && threads.peek().has(conversation)) set(read(get(conversation), seq));
}
export function receiveTyping({ conversation, author, text = "" }: ExpertEvents["typing"] & { text?: string | null }): void {
  if (author !== "visitor") return;
  // Words that were taken back are nobody's any more.
  if (text === "" && (typing.peek().get(conversation)?.text ?? "") !== "") return stopTyping(conversation);
  typing.value = new Map(typing.peek()).set(conversation, { until: serverNow() + (text ? PREVIEW_MS : TYPING_MS), text: text ?? "" });
}
function stopTyping(conversation: string): void {
  if (!typing.peek().has(conversation)) return;
  const next = new Map(typing.peek());
  next.delete(conversation);
  typing.value = next;
}

export function sendText(conversation: string, text: string, note = false): void {
  const unsent: Unsent = { client_id: clientId(), text, at: new Date(serverNow()).toISOString(), state: "sending", ...(note ? { note } : {}) };
  set(write(get(conversation), unsent));
  void deliver(conversation, unsent);
}
export function retry(conversation: string, unsent: Unsent): void {
  set(mark(get(conversation), unsent.client_id, "sending"));
  void deliver(conversation, unsent);
}
export const forget = (conversation: string, clientId: string): void => set(drop(get(conversation), clientId));

const underway = new Set<string>();
async function deliver(conversation: string, { client_id, text, note }: Unsent): Promise<void> {
  if (underway.has(client_id) || !hears()) return;
  underway.add(client_id);
  try {
    if (note) {
      const said = await askOrThrow<{ note: string; at: string }>("note.add", { conversation, client_id, text });
      const { id, name } = desk.peek()?.me ?? { id: "", name: "" };
      return receiveNote({ conversation, id: said.note, at: said.at, after_seq: lastSeq(get(conversation)), author: { id, name }, text, client_id });
    }
    const { seq, at } = await askOrThrow<Sent>("message.send", { conversation, client_id, text });
    const next = acknowledged(get(conversation), client_id, seq, at, desk.peek()?.me.name ?? "");
    set(next);
    if (next.gap) await loadAfter(conversation, lastSeq(next));
  } catch (error) {
    // Without an answer it stays "sending" and goes out again under the same id; a refusal is the person's to mend.
    if (codeOf(error) !== "offline") set(mark(get(conversation), client_id, "failed", errorText(codeOf(error), detailOf(error))));
    else if (hears()) setTimeout(() => void resend(), 1_000);
  } finally {
    underway.delete(client_id);
  }
}
/** A note is there: it takes the place of the one that was on its way. */
export function receiveNote(note: Note): void {
  addNote(note);
  if (note.client_id) set(drop(get(note.conversation), note.client_id));
}
/** Sends again, in order, what has no answer yet. */
export async function resend(): Promise<void> {
  for (const thread of threads.peek().values())
    for (const unsent of thread.unsent) if (unsent.state === "sending") await deliver(thread.id, unsent);
}

export function markRead(conversation: string, seq: number): void {
  if (seq === 0 || !hears()) return;
  const done = () => applyHere({ name: "message.read", data: { conversation, seq, by: "expert" } });
  void askOrThrow("message.read", { conversation, seq }).then(done, () => undefined);
}
let toldTyping = 0;
export function tellTyping(conversation: string): void {
  if (Date.now() - toldTyping < TELL_TYPING_MS) return;
  toldTyping = Date.now();
  tell("typing", { conversation });
}

/** randomUUID exists only in secure contexts; an office network without TLS has getRandomValues. */
export function clientId(): string {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
function keep(): void {
  const unsent: Record<string, Unsent[]> = {};
  for (const thread of threads.peek().values()) if (thread.unsent.length) unsent[thread.id] = thread.unsent;
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(unsent));
  } catch {
    // Kept in memory only.
  }
}
function kept(): Record<string, Unsent[]> {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "{}") as Record<string, Unsent[]>;
  } catch {
    return {};
  }
}
