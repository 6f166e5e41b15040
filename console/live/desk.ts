// Joins the pure desk to the wire: snapshot on every connect, events after it, commands of this expert.
// While a snapshot is on its way events wait and are applied on top of it: repeats are harmless (state/desk.ts).
import { batch, effect, signal } from "@preact/signals";
import { hear } from "../state/connection";
import { applyAll, deskFrom, forgetGone, waiting, type Desk } from "../state/desk";
import type { Alert, DeskEvent, DeskSnapshot, Opened, Status, VisitBrief } from "../wire";
import { notify, showCount, strike, tick } from "./bell";
import { codeOf, detailOf, http, list, serverNow } from "./http";
import { IDLE, watchIdle } from "./idle";
import { ask, askOrThrow, closeLine, isOpen, openLine, restartLine, startLine } from "./line";
import { say } from "./notes";
import { select, selectFirst, selection, writeNext } from "./selection";
import { wish } from "./session";
import { belongTo, catchUp, receive, receiveRead, receiveTyping, resend, takeBatch } from "./threads";
import { alerts, applyHere, connection, desk, whenApplied } from "./value";
import { money } from "../text/format";
import { whereIs, whoIs } from "../text/names";
import { errorText, language, t } from "../text/text";

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

export function openDesk(account: string): void {
  if (isOpen()) return;
  belongTo(account);
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
    missed.forEach(ring);
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
  desk.value = after;
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
  // A talk of one's own is over, or one is there again: how long one draws breath, or counts as there, the server knows.
  const mine = before.experts.find((one) => one.id === before.me.id);
  if (event.name === "conversation.changed" && event.data.conversation.state === "closed" && mine && mine.breath_seconds > 0) void load();
  if (event.name === "presence.changed" && event.data.expert === before.me.id && event.data.status === "online" && mine?.hours) void load();
  // Whoever is offline has handed on what they had: the list is another one.
  if (event.name === "presence.changed" && event.data.expert === before.me.id && event.data.status === "offline") void load();
  if (event.name === "message.added" && event.data.author.kind === "visitor" && !document.hasFocus()) tick();
}

function nameOfConversation(id: string | null): string | null {
  const known = desk.value?.conversations.find((one) => one.id === id);
  return known ? whoIs(known) : null;
}

function ring(alert: Alert): void {
  strike();
  notify(alert.id, whoIs(alert.visit), whereIs(alert.visit.path));
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
  if (await ask("alert.decline", { alert: id })) {
    applyHere({ name: "alert.cleared", data: { id, reason: "declined" } });
    say(t("alert.declined"), "plain");
  }
}
export async function closeConversation(id: string): Promise<void> {
  if (await ask("conversation.close", { conversation: id })) {
    const known = desk.value?.conversations.find((one) => one.id === id);
    if (known) applyHere({ name: "conversation.changed", data: { conversation: { ...known, state: "closed" } } });
  }
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
  if (!desk.value?.conversations.some((one) => one.id === opened.conversation)) await load();
}
