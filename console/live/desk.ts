// Joins the pure desk to the wire: snapshot on every connect, events after it, commands of this expert.
// While a snapshot is on its way events wait and are applied on top of it: repeats are harmless (state/desk.ts).
import { batch, effect, signal } from "@preact/signals";
import { hear } from "../state/connection";
import { applyAll, deskFrom, forgetGone, waiting, type Desk } from "../state/desk";
import { gapBetween } from "../state/missed";
import type { Alert, DeskEvent, DeskSnapshot, Message, Opened, Status, VisitBrief } from "../wire";
import { notifyBell, notifyMessage, showCount, strike, tick } from "./bell";
import { askCallbacks, receiveCallback } from "./callbacks";
import { choicesOf } from "./choices";
import { codeOf, detailOf, http, list, serverNow } from "./http";
import { IDLE, watchIdle } from "./idle";
import { ask, askOrThrow, closeLine, isOpen, openLine, restartLine, startLine } from "./line";
import { askMissed, gap, hearMissed, missedOf } from "./missed";
import { lookAgain, seeAgain } from "./looked";
import { forgetAbout, say } from "./notes";
import { pushOf } from "./push";
import { select, selectFirst, selection, writeNext } from "./selection";
import { wish } from "./session";
import { belongTo, catchUp, receive, receiveNote, receiveRead, receiveTyping, resend, takeBatch } from "./threads";
import { alerts, applyHere, connection, desk, talkOf, whenApplied } from "./value";
import { money } from "../text/format";
import { whereIs, whoIs } from "../text/names";
import { errorText, language, t } from "../text/text";
import { inShort } from "../text/words";

const MOST_VISITS = 20_000;
const GATHER_MS = 100;
const FORGET_MS = 2_000;

export { alerts, connection, desk };

let waitingEvents: DeskEvent[] = [];
let loading = 0;
let gather: ReturnType<typeof setTimeout> | undefined;
let silence: () => void = () => {};
let unbind: () => void = () => {};
let stopIdling: () => void = () => {};
let forgets: ReturnType<typeof setInterval> | undefined;

let whose = "";

export function openDesk(account: string): void {
  if (isOpen()) {
    if (whose === account) return;
    closeDesk();  // somebody else has sat down without a word of parting
  }
  whose = account;
  belongTo(account);
  choicesOf(account);
  missedOf(account);
  void pushOf(account);
  connection.value = hear(connection.value, { type: "start" });
  silence = showCount(() => (desk.value ? waiting(desk.value) : 0));
  openLine({
    connected: () => void onConnected(),
    lost: (why) => (connection.value = hear(connection.value, { type: "lost", at: serverNow(), why })),
    refused: (why) => (connection.value = hear(connection.value, { type: "refused", at: serverNow(), why })),
    event: onEvent,
  });
  stopIdling = watchIdle(() => desk.value?.me ?? null, (status) => void setPresence(status, IDLE));
  forgets = setInterval(() => { if (desk.value) desk.value = forgetGone(desk.value, serverNow()); }, FORGET_MS);
  // The snapshot is worth having even where the socket does not come through.
  void load();
  startLine();
  let spoken = language.peek();
  unbind = effect(() => {
    // The sentences of alerts are the server's: a new language is a new handshake and a new snapshot.
    if (language.value !== spoken) restartLine();
    spoken = language.value;
  });
}

export function closeDesk(): void {
  closeLine();
  clearTimeout(gather);
  clearInterval(forgets);
  stopIdling();
  waitingEvents = [];
  silence();
  unbind();
  batch(() => {
    desk.value = null;
    connection.value = hear(connection.value, { type: "stop" });
  });
}

async function onConnected(): Promise<void> {
  const before = connection.value;
  if (before.phase === "deaf") gap.value = gapBetween(before.since, serverNow()) ?? gap.value;
  connection.value = hear(connection.value, { type: "connected", at: serverNow() });
  if (wish.value) {
    const status = wish.value;
    wish.value = null;
    await setPresence(status);
  }
  await load();
  await Promise.all([catchUp(), resend()]);
}

/** Fetches the snapshot; the newest call wins, and events that came meanwhile are applied on top. */
async function load(): Promise<void> {
  const mine = ++loading;
  try {
    const [snapshot, visits] = await Promise.all([
      http<DeskSnapshot>("GET", "/api/desk"),
      list<VisitBrief>("/api/visits", { live: true }, MOST_VISITS),
    ]);
    if (mine !== loading) return;
    const known = new Set(desk.value?.alerts.map((alert) => alert.id));
    const missed = desk.value ? snapshot.alerts.filter((alert) => !known.has(alert.id)) : [];
    desk.value = deskFrom(snapshot, visits, desk.value);
    void lookAgain();
    ringAll(missed);
    askMissed();
    askCallbacks();
  } catch (error) {
    if (mine === loading) say(errorText(codeOf(error), detailOf(error)), "bad");
  } finally {
    if (mine === loading) {
      loading = 0;
      flush();
      if (desk.value && !selection.value) selectFirst(alerts.value, desk.value.conversations);
    }
  }
}

function onEvent(event: DeskEvent): void {
  if (event.name === "message.added") receive(event.data);
  if (event.name === "message.read") receiveRead(event.data);
  if (event.name === "typing") receiveTyping(event.data);
  if (event.name === "callback.requested" || event.name === "callback.updated") return receiveCallback(event.data);
  if (event.name === "note.added") return receiveNote(event.data);
  // This desk could not keep up with the crowd: it asks anew.
  if (event.name === "visits.changed" && event.data.again) return void load();
  waitingEvents.push(event);
  // Page views come in crowds and are gathered; everything else shows at once.
  if (event.name === "visit.changed" || event.name === "visits.changed") gather ??= setTimeout(flush, GATHER_MS);
  else flush();
}

function flush(): void {
  clearTimeout(gather);
  gather = undefined;
  if (loading || !desk.value || waitingEvents.length === 0) return;
  const events = waitingEvents;
  waitingEvents = [];
  const before = desk.value;
  const after = applyAll(before, events, serverNow());
  batch(() => {
    desk.value = after;
    for (const event of events) if (event.name === "conversation.changed") seeAgain(event.data.conversation);
  });
  for (const event of events) react(event, before);
}

function react(event: DeskEvent, before: Desk): void {
  if (event.name === "alert.raised" && !before.alerts.some((alert) => alert.id === event.data.id)) ring(event.data);
  if (event.name === "order.placed" && !before.orders.some((one) => one.order.order === event.data.order)) {
    const { customer, number, total, conversation } = event.data;
    const who = customer?.name || (nameOfConversation(conversation) ?? t("author.visitor"));
    say(t("desk.ordered", { who, number, total: money(total) }), "good");
    tick();
  }
  // Whom one offered it to has taken it: it is gone from here, and nobody has to wonder where.
  if (event.name === "conversation.changed") {
    const { id, expert } = event.data.conversation;
    const had = before.conversations.find((one) => one.id === id);
    if (had?.expert?.id === before.me.id && expert && expert.id !== before.me.id) say(t("transfer.taken", { who: expert.name }), "good", id);
    // It came back: that it rings somewhere is no longer true. The conversation itself says what came of it.
    const { transfer } = event.data.conversation;
    if (had?.transfer?.state === "waiting" && transfer && transfer.state !== "waiting") forgetAbout(id);
  }
  // A talk of one's own is over, or one is there again: how long one draws breath, or counts as there, the server knows;
  // and what was asked while one was gone, and rings nowhere any more.
  const mine = before.experts.find((one) => one.id === before.me.id);
  if (event.name === "conversation.changed" && event.data.conversation.state === "closed" && mine && mine.breath_seconds > 0) void load();
  if (event.name === "presence.changed" && event.data.expert === before.me.id && event.data.status === "online" && (mine?.hours || before.me.status !== "online")) void load();
  // Whoever is offline has handed on what they had: the list is another one.
  if (event.name === "presence.changed" && event.data.expert === before.me.id && event.data.status === "offline") void load();
  if (event.name === "message.added") hearMessage(event.data);
  // Run out, or gone before anybody answered: it may be one that was missed here.
  if (event.name === "alert.cleared" && (event.data.reason === "expired" || event.data.reason === "gone")) askMissed();
  hearMissed(event, before.visits);
}

/** Somebody wrote into a conversation of one's own. Read along, it calls nobody. */
function hearMessage(message: Message): void {
  const known = talkOf(message.conversation);
  if (message.author.kind !== "visitor" || known?.expert?.id !== desk.peek()?.me.id) return;
  notifyMessage(message.conversation, nameOfConversation(message.conversation) ?? t("author.visitor"), inShort(message), () => select("conversation", message.conversation, "talk"));
}

function nameOfConversation(id: string | null): string | null {
  const known = id ? talkOf(id) : undefined;
  return known ? whoIs(known) : null;
}

/** So many bells that began while nothing was heard become notifications; the list has them all. */
const MOST_NOTIFIED = 3;
const ringAll = (alerts: readonly Alert[]): void => alerts.forEach((one, at) => ring(one, at < MOST_NOTIFIED));

function ring(alert: Alert, told = true): void {
  strike();
  if (told) notifyBell(alert.id, whoIs(alert.visit), whereIs(alert.visit.path), () => select("alert", alert.id));
  const chosen = selection.value;
  const over = chosen?.kind === "alert" && !desk.value?.alerts.some((one) => one.id === chosen.id);
  if (!chosen || over) selection.value = { kind: "alert", id: alert.id };
}

whenApplied(onEvent);

export async function setPresence(status: Status, reason = ""): Promise<void> {
  const done = await ask("presence.set", { status, reason });
  const now = desk.value;
  if (!done || !now) return;
  if (reason !== IDLE) desk.value = { ...now, me: { ...now.me, handed_on: 0 } };
  applyHere({ name: "presence.changed", data: { expert: now.me.id, status, reason: status === "online" ? "" : reason } });
}

export const accepting = signal<string | null>(null);
export async function accept(id: string): Promise<void> {
  if (accepting.value) return;
  accepting.value = id;
  const answer = await ask<Opened>("alert.accept", { alert: id });
  accepting.value = null;
  if (!answer) return;
  await enter(answer, () => applyHere({ name: "alert.cleared", data: { id, reason: "accepted" } }));
}
export async function decline(id: string): Promise<void> {
  const handed = alerts.value.find((one) => one.id === id)?.transfer;
  if (await ask("alert.decline", { alert: id })) {
    // The next one stands ready: nothing has to be looked for.
    const at = alerts.value.findIndex((one) => one.id === id);
    const next = alerts.value[at + 1] ?? alerts.value[at - 1];
    if (next && selection.value?.kind === "alert" && selection.value.id === id) select("alert", next.id);
    applyHere({ name: "alert.cleared", data: { id, reason: "declined" } });
    say(handed ? t("alert.declined_transfer", { who: handed.by.name }) : t("alert.declined"), "plain", handed?.conversation);
  }
}
export async function closeConversation(id: string): Promise<void> {
  if (await ask("conversation.close", { conversation: id })) {
    const known = talkOf(id);
    if (known) applyHere({ name: "conversation.changed", data: { conversation: { ...known, state: "closed" } } });
  }
}
/** A closed one goes on where it ended, and is one's own again. */
export async function reopen(id: string): Promise<void> {
  const answer = await ask<Opened>("conversation.reopen", { conversation: id });
  if (answer) await enter(answer);
}
/** Offered to one colleague or by a topic; it stays here until somebody takes it. The names of those at whom it rings. */
export async function transfer(id: string, to: { expert: string } | { topic: string[] }, note: string): Promise<string[] | null> {
  const answer = await ask<{ experts: { name: string }[] }>("conversation.transfer", { conversation: id, ...to, note });
  return answer ? answer.experts.map((one) => one.name) : null;
}
export async function invite(visit: string, text: string): Promise<boolean> {
  let answer: Opened;
  try {
    answer = await askOrThrow<Opened>("chat.invite", { visit, text });
  } catch (error) {
    const code = codeOf(error);
    say(code === "forbidden" ? t("invite.others") : errorText(code, detailOf(error)), "bad");
    return false;
  }
  await enter(answer);
  return true;
}
/** The person began a talk by a click: it stands open, ready to write in. */
async function enter(opened: Opened, also: () => void = () => {}): Promise<void> {
  batch(() => {
    takeBatch(opened.conversation, opened.messages);
    writeNext.wanted = true;
    select("conversation", opened.conversation, "talk");
    also();
  });
  if (talkOf(opened.conversation)?.state !== "open") await load();
}
