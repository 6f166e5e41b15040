// The conversation of this visitor: opened when a person asks, resumed after every loss of the line.
// The server's numbering decides what is shown; what we wrote is kept until the server has it.

import { batch, computed, effect, signal } from "@preact/signals";
import type { Away, ClosedTalk, Greeting, Invited, Message, TalkOffered } from "../wire";
import { heed, turned } from "./cards";
import { tellHost } from "./host";
import { recall, recallForGood, remember, rememberForGood } from "./memory";
import { command, line, type Heard, mention, Refused, trouble } from "./line";
import { empty, end, lastSeq, openThing, receive, speaker, type Thread, type Unsent, unread, unspoken } from "./thread";
import { gotOn, heldUp } from "./slow";
import { EVERY, Queue } from "./unsent";
import { say } from "./words";

/** Which conversation this tab shows, and whose it is: two people may use one browser. */
interface Kept {
  conversation: string;
  whose: string;
}

let whose = "";
let queue: Queue | undefined;

/** conversation -> the seq that the person has seen; kept longer than this tab. */
const readBefore = () => recallForGood<Record<string, number>>("read") ?? {};

export const thread = signal<Thread>(empty());
/** Whether the panel is open; the page remembers it over a reload. */
export const open = signal(false);
export const read = signal(0);
/** The expert's name, once somebody spoke or joined. */
export const expert = signal("");
/** Up to where the expert has read. */
export const seen = signal(0);
export const typing = signal(false);
export const closed = signal(false);
/** The invitation that nobody answered yet. */
export const invitation = signal<Invited | null>(null);

/** Every connect tells it again. */
const invited = signal<Invited | null>(null);
/** The invitation with which this conversation began, while nothing that the expert said stands there: its words are the
 * first that are read. */
export const invitedBy = computed(() => {
  const { conversation, messages } = thread.value;
  return invited.value?.conversation === conversation && unspoken(messages) ? invited.value : null;
});
/** Who the house thinks this is, and who helped them before. */
export const greeting = signal<Greeting | null>(null);
/** Nobody is there now: when somebody could answer. null: somebody is. */
export const away = signal<Away | null>(null);
/** What the site has in its chat; known once it was opened. */
export const offered = signal<TalkOffered | null>(null);
/** An earlier conversation that can be gone on with. */
export const before = signal<ClosedTalk | null>(null);
/** Until when this visitor wants to be left alone: ms since 1970. */
export const alone = signal(0);
/** A conversation goes on: the next page of the shop loads the frame at once. */
export const live = computed(() => !!thread.value.conversation && !closed.value);

export const news = computed(() => (open.value ? [] : unread(thread.value, read.value)));

/** Left alone: what comes unasked waits behind the bell. Somebody who spoke here gets their answers all the same. */
export const quietly = computed(
  () => alone.value > Date.now() && !thread.value.messages.some(({ author }) => author.kind === "visitor"),
);

effect(() => {
  const { conversation, unsent } = thread.value;
  if (!queue) return;
  queue.hold(unsent);
  remember("talk", { conversation, whose } satisfies Kept);
  if (conversation) rememberForGood("read", { [conversation]: read.value });
});

/** Takes up what this visitor left: the conversation of this tab, and what was written and never sent. */
export function begin(site: string, visitor: string): void {
  // A part of the key tells people apart and opens nothing.
  whose = `${site}.${visitor.slice(0, 8)}`;
  const kept = recall<Kept>("talk");
  queue = new Queue(whose);
  batch(() => {
    thread.value = empty(kept?.whose === whose ? kept.conversation : "", queue!.look());
    read.value = readBefore()[thread.value.conversation] ?? 0;
  });
  addEventListener("pagehide", () => queue!.leave());
  addEventListener("pageshow", lookForUnsent);
  addEventListener("storage", (event) => queue!.knows(event.key) && lookForUnsent());
  setInterval(lookForUnsent, EVERY);
}

/** What another tab left unsent is ours to send, what another one holds is not. */
function lookForUnsent(): void {
  const unsent = queue!.look();
  const ids = (list: Unsent[]) => list.map(({ client_id }) => client_id).join();
  if (ids(unsent) !== ids(thread.value.unsent)) thread.value = { ...thread.value, unsent };
  if (unsent.length) void flush();
}

/** What we have, for whoever asks the server on our behalf. */
export const position = () => ({ conversation: thread.value.conversation, after: lastSeq(thread.value) });

// --- what is said -----------------------------------------------------------------------------------------

function take(messages: Message[], whole = false): void {
  const result = receive(thread.value, messages, whole);
  batch(() => {
    thread.value = result.thread;
    for (const message of messages) expert.value = speaker(message) || expert.value;
    messages.forEach(heed);
    if (end(result.thread.messages)) over(result.thread.conversation);
    else if (result.thread.messages.length) closed.value = false;
    if (messages.some(({ author }) => author.kind === "expert")) typing.value = false;
  });
  if (result.gap) void catchUp();
  markRead();
}

/** The conversation has ended, and the invitation to it with it. */
function over(conversation: string): void {
  if (conversation === thread.value.conversation) closed.value = true;
  if (conversation === invitation.value?.conversation) invitation.value = null;
}

let catching: Promise<void> | undefined;

/** Asks for what follows the last message we have, until nothing follows. */
function catchUp(): Promise<void> {
  catching ??= (async () => {
    for (;;) {
      const { conversation } = thread.value;
      const { messages } = await command("messages.after", { conversation, seq: lastSeq(thread.value) });
      if (thread.value.conversation !== conversation) continue;
      const before = lastSeq(thread.value);
      take(messages, before === 0);
      if (messages.length < 100 || lastSeq(thread.value) === before) return;
    }
  })()
    .catch((problem: unknown) => {
      // A conversation that is not ours (any more) looks like none: the next opening gives a new one.
      if (problem instanceof Refused) thread.value = empty("", thread.value.unsent);
    })
    .finally(() => (catching = undefined));
  return catching;
}

/** An offer or a form was used, maybe elsewhere, and no message of its own says so: how it stands is asked for again. */
async function renew(ref: string): Promise<void> {
  const { conversation, messages } = thread.value;
  const message = openThing(messages, ref);
  if (!message) return;
  try {
    const answer = await command("messages.after", { conversation, seq: message.seq - 1 });
    if (thread.value.conversation === conversation) take(answer.messages, true);
  } catch {
    // The next opening tells how it stands.
  }
}
turned.subscribe(({ ref }) => void (ref && renew(ref)));

/** Shows this conversation from now on; another one's messages are not mixed in. */
function follow(conversation: string): boolean {
  if (thread.value.conversation === conversation) return false;
  batch(() => {
    thread.value = empty(conversation, thread.value.unsent);
    read.value = readBefore()[conversation] ?? 0;
    seen.value = 0;
    closed.value = false;
  });
  return true;
}

let entering: Promise<void> | undefined;

/** Opens the conversation; asked for twice at the same time it is asked once. */
const enter = (): Promise<void> => (entering ??= opening().finally(() => (entering = undefined)));

async function opening(): Promise<void> {
  try {
    const answer = await command("chat.open", {});
    follow(answer.conversation);
    closed.value = false;
    greeting.value = answer.greeting;
    away.value = answer.away;
    offered.value = answer.talk;
    before.value = answer.closed;
    take(answer.messages, true);
    if (lastSeq(thread.value) < answer.seq) await catchUp();
    if (open.value) tellHost({ event: "open" });
    await flush();
  } catch (problem) {
    if (problem instanceof Refused) trouble.value = problem.message || say("refused");
  }
}

/** Words that were left so long ago, ms, wait until the person opens the chat. */
const FRESH = 3_600_000;

/** The line is there (again): what did we miss, what did we not get rid of? */
export async function resume(): Promise<void> {
  // What a tab that is gone wanted to say needs a conversation too, while it is still worth saying.
  const { conversation, unsent } = thread.value;
  if (open.value || (!conversation && unsent.some(({ at }) => Date.now() - Date.parse(at) < FRESH))) return enter();
  if (thread.value.conversation) await catchUp();
  await flush();
}

// --- what the person does ---------------------------------------------------------------------------------

/** A message that came as an answer of its own, such as a file that was sent. */
export const told = (message: Message): void => take([message]);

/** Counts how often a person opened the panel: then, and only then, the focus goes to the field. */
export const entered = signal(0);

export function openPanel(): void {
  batch(() => {
    open.value = true;
    invitation.value = null;
    entered.value++;
  });
  if (line.value === "on") void enter();
}

export function closePanel(): void {
  open.value = false;
  tellHost({ event: "close" });
}

/** "Not now": the bell stays, the bubble goes, until something new is said. Where a program invited, the expert who
 * was kept free for us is free for others. */
export function notNow(): void {
  batch(() => {
    if (invitation.value) {
      const { conversation } = invitation.value;
      remember("notNow", conversation);
      mention("chat.decline", { conversation });
    }
    invitation.value = null;
    read.value = Math.max(read.value, lastSeq(thread.value));
  });
}

const LEFT_ALONE = 30 * 24 * 3600 * 1000;

/** No invitation and no card for thirty days; the page remembers it. The bell stays. */
export function leaveAlone(): void {
  alone.value = Date.now() + LEFT_ALONE;
  tellHost({ alone: alone.value });
  notNow();
}

/** They ask for us after all. */
export function welcomeAgain(): void {
  alone.value = 0;
  tellHost({ alone: 1 });
}

export function write(text: string): void {
  const message: Unsent = { client_id: crypto.randomUUID(), text, at: new Date().toISOString() };
  thread.value = { ...thread.value, unsent: [...thread.value.unsent, message] };
  void flush();
}

const change = (client_id: string, how: (message: Unsent) => Unsent | null): unknown =>
  (thread.value = {
    ...thread.value,
    unsent: thread.value.unsent.flatMap((message) =>
      message.client_id === client_id ? (how(message) ?? []) : message,
    ),
  });

export function sendAgain(client_id: string): void {
  change(client_id, ({ error, ...message }) => message);
  void flush();
}

export function discard(client_id: string): void {
  change(client_id, () => null);
}

let flushing = false;

/** Sends what waits, in its order, one after the other. */
async function flush(): Promise<void> {
  if (flushing || line.value !== "on" || performance.now() < notBefore) return;
  flushing = true;
  try {
    for (;;) {
      const next = thread.value.unsent.find((message) => message.error === undefined);
      const { conversation } = thread.value;
      if (!next || !conversation) return;
      const { client_id, text, tried } = next;
      try {
        if (!tried) change(client_id, (message) => ({ ...message, tried: conversation }));
        const answer = await command("message.send", { conversation, client_id, text });
        gotOn();
        // One that was on its way in another conversation may have arrived there.
        if (!tried || tried === conversation)
          take([{
            conversation, seq: answer.seq, client_id, text, at: answer.at, kind: "text",
            author: { kind: "visitor", name: "" }, data: null,
          }]);
        else void catchUp();
        // Behind a hole it is not shown yet, but it is no longer ours to send.
        change(client_id, () => null);
      } catch (problem) {
        if (!(problem instanceof Refused) || problem.passing) return again(heldUp(problem), problem instanceof Refused);
        gotOn();
        change(client_id, (message) => ({ ...message, error: problem.message }));
      }
    }
  } finally {
    flushing = false;
  }
}

let later: ReturnType<typeof setTimeout> | undefined;
let notBefore = 0;

/** `asked`: the server has asked for the pause; whatever is written meanwhile waits with the rest. */
function again(pause: number, asked: boolean) {
  clearTimeout(later);
  notBefore = asked ? performance.now() + pause - 1 : 0;
  later = setTimeout(() => void flush(), pause);
}

let lastTyping = -Infinity;
let telling: ReturnType<typeof setTimeout> | undefined;

/** The person is writing: said at most every 3 s. Where the site looks on, the words go along, at most every second. */
export function writing(text: string): void {
  const { conversation } = thread.value;
  if (!conversation) return;
  clearTimeout(telling);
  const pause = offered.value?.preview ? 1_000 : 3_000;
  const wait = lastTyping + pause - performance.now();
  if (wait > 0) {
    // The last word counts where it is looked at; that somebody writes has been said.
    if (offered.value?.preview) telling = setTimeout(writing, wait, text);
    return;
  }
  lastTyping = performance.now();
  const said = offered.value?.preview ? { conversation, text } : { conversation };
  mention("typing", said);
}

/** What is on an open panel in a visible page is read. */
export function markRead(): void {
  const seq = lastSeq(thread.value);
  if (!open.value || document.hidden || seq <= read.value) return;
  read.value = seq;
  mention("message.read", { conversation: thread.value.conversation, seq });
}

document.addEventListener("visibilitychange", markRead);

// --- what the server says ---------------------------------------------------------------------------------

let quiet: ReturnType<typeof setTimeout> | undefined;

export const events: Heard = {
  "chat.invited"(to) {
    invited.value = to;
    expert.value = to.expert?.name || expert.value;
    const other = follow(to.conversation);
    // Opened in a tab that is gone: what was said there is not news here.
    if (other && to.opened && !read.value) read.value = to.seq;
    if (!to.opened && !open.value && recall("notNow") !== to.conversation) invitation.value = to;
    if (other || lastSeq(thread.value) < to.seq) void (open.value ? enter() : catchUp());
  },
  "message.added"(message) {
    follow(message.conversation);
    take([message]);
    if (message.author.kind === "expert") tellHost({ event: "message" });
  },
  "message.read"({ conversation, seq, by }) {
    if (conversation !== thread.value.conversation) return;
    if (by === "visitor") read.value = Math.max(read.value, seq);
    else seen.value = Math.max(seen.value, seq);
  },
  typing({ conversation, author }) {
    if (conversation !== thread.value.conversation || author === "visitor") return;
    typing.value = true;
    clearTimeout(quiet);
    quiet = setTimeout(() => (typing.value = false), 5_000);
  },
  "expert.joined"({ conversation, name }) {
    follow(conversation);
    expert.value = name;
  },
  "conversation.closed": ({ conversation }) => over(conversation),
};

/** Throws what `command` throws. */
export const rate = (score: number, comment: string) =>
  command("conversation.rate", { conversation: thread.value.conversation, score, comment });

/** The person asks once more for the conversation that could not be opened. */
export const openAgain = () => void enter();

/** After the end: the next opening gives a new conversation. */
export const beginAgain = () => void enter();

/** The same conversation goes on for so long after its end (ms). */
const AGAIN = 24 * 3600 * 1000;

/** Whether it is worth asking: the server decides. */
export const mayReopen = (now = Date.now()): boolean => {
  const last = end(thread.value.messages);
  return !!last && Date.parse(last.at) + AGAIN > now;
};

/** Write again: the same conversation where the house still has it at hand, else a new one. */
export async function goOn(conversation = thread.value.conversation): Promise<void> {
  entered.value++;
  try {
    const answer = await command("conversation.reopen", { conversation });
    batch(() => {
      follow(answer.conversation);
      before.value = null;
      closed.value = false;
      take(answer.messages, true);
    });
  } catch (problem) {
    if (problem instanceof Refused) await enter();
  }
}
