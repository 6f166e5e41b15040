// The middle of the desk: the conversation, or what to do to get one.
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { Bell } from "../../../widget/look/Bell";
import { now } from "../../live/clock";
import { accept, accepting, alerts, closeConversation, connection, desk, reopen } from "../../live/desk";
import { attach } from "../../live/files";
import { column, select, selection } from "../../live/selection";
import { markRead, openThread, threads } from "../../live/threads";
import { mine, talkOf } from "../../live/value";
import { Empty, LiveDot } from "../../parts/small";
import { lastSeq } from "../../state/thread";
import { clock } from "../../text/format";
import { whereIs, whoIs } from "../../text/names";
import { t } from "../../text/text";
import type { Conversation, Transfer as Offered } from "../../wire";
import { Handed } from "./Alerts";
import { Composer } from "./Composer";
import { InviteVisit } from "./InviteVisit";
import { Log } from "./Log";
import { ASKED, Question } from "./Question";
import { Transfer, transferring } from "./Transfer";

export function Talk() {
  const chosen = selection.value;
  if (chosen?.kind === "conversation") {
    const conversation = talkOf(chosen.id);
    if (conversation) return <TalkOf key={conversation.id} conversation={conversation} />;
  }
  if (chosen?.kind === "alert") {
    const alert = alerts.value.find((one) => one.id === chosen.id);
    if (alert) {
      const who = whoIs(alert.visit);
      return (
        <Empty title={t("talk.rings", { who })}>
          {alert.transfer && <Handed by={alert.transfer.by.name} note={alert.transfer.note} />}
          <Question alert={alert} />
          <p>{alert.transfer ? t("talk.handed_next", { where: whereIs(alert.visit.path), who: alert.transfer.by.name }) : t(alert.reason === ASKED ? "talk.asks_next" : "talk.rings_next", { where: whereIs(alert.visit.path) })}</p>
          <button type="button" class="main-button" disabled={accepting.value !== null} onClick={() => void accept(alert.id)}>
            {t("alert.accept")}
          </button>
        </Empty>
      );
    }
  }
  if (chosen?.kind === "visit") {
    const visit = desk.value?.visits.get(chosen.id);
    if (visit) return <InviteVisit key={visit.id} visit={visit} />;
    return <Empty title={t("talk.gone")}><p>{t("talk.gone_next")}</p></Empty>;
  }
  return <Empty icon={<Bell size={48} />} title={t("talk.none")}><p>{t("talk.none_next")}</p></Empty>;
}

function TalkOf({ conversation }: { conversation: Conversation }) {
  const { id } = conversation;
  const thread = threads.value.get(id);
  const last = thread ? lastSeq(thread) : 0;
  const name = whoIs(conversation);
  const open = conversation.state === "open";
  const theirs = open && conversation.expert && conversation.expert.id !== mine.value?.id ? conversation.expert.name : null;
  const hears = connection.value.phase === "live";
  // Asked before the frame is drawn: the answer is on its way while it is.
  useLayoutEffect(() => { if (hears) void openThread(id, conversation.last_seq); }, [id, hears]);

  // Read is what was really seen: the desk is in front, the conversation is open.
  useEffect(() => {
    const look = () => {
      if (document.hasFocus() && conversation.unread > 0 && last > 0) markRead(id, last);
    };
    look();
    addEventListener("focus", look);
    return () => removeEventListener("focus", look);
  }, [id, last, conversation.unread]);

  return (
    <Drop conversation={id} takes={open && theirs === null}>
      <header class="talk-head">
        <button type="button" class="quiet only-phone" onClick={() => (column.value = "list")} aria-label={t("desk.back")}>←</button>
        <LiveDot live={conversation.live} />
        <h2>{name}</h2>
        <span class="soft small" aria-hidden="true">{t(conversation.live ? "visit.here" : "visit.gone")}</span>
        <span class="top-space" />
        {open && conversation.expert?.id === mine.value?.id && (
          <button type="button" class="quiet" aria-expanded={transferring.value === id} onClick={() => (transferring.value = transferring.value === id ? null : id)}>
            {t("transfer.open")}</button>
        )}
        {open && theirs === null
          ? <button type="button" class="quiet" aria-label={t("talk.close")} onClick={() => void closeConversation(id)}>
              <span class="only-wide">{t("talk.close")}</span><span class="only-phone">{t("talk.close_short")}</span></button>
          : !open && <span class="tag">{t("talk.closed")}</span>}
      </header>
      {open && transferring.value === id && <Transfer conversation={conversation} />}
      <Log id={id} name={name} />
      {open && conversation.expert === null && <p class="hint">{t("talk.nobodys")}</p>}
      {open && conversation.transfer && <OfferedTo transfer={conversation.transfer} />}
      {open && conversation.ends_at && <Ending at={conversation.ends_at} />}
      {theirs ? <p class="hint">{t("talk.theirs", { who: theirs })}</p> : open ? <Composer conversation={conversation} /> : <Over conversation={conversation} />}
    </Drop>
  );
}

/** A file dropped anywhere on the conversation goes to the visitor. */
function Drop({ conversation, takes, children }: { conversation: string; takes: boolean; children: preact.ComponentChildren }) {
  const [over, setOver] = useState(false);
  const carries = (event: DragEvent) => takes && (event.dataTransfer?.types.includes("Files") ?? false);
  return (
    <div class={`talk${over ? " is-over" : ""}`}
      onDragOver={(event) => { if (carries(event)) { event.preventDefault(); setOver(true); } }}
      onDragLeave={(event) => { if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false); }}
      onDrop={(event) => {
        setOver(false);
        if (!carries(event)) return;
        event.preventDefault();
        attach(conversation, [...(event.dataTransfer?.files ?? [])]);
      }}>
      {children}
      {over && <p class="drop-here" aria-hidden="true">{t("attach.drop")}</p>}
    </div>
  );
}

/** It is offered to a colleague, or came back from there. */
function OfferedTo({ transfer: { to, topic, state } }: { transfer: Offered }) {
  const who = to?.name ?? topic.join(" › ");
  return <p class="hint" role="status">{t(state === "waiting" ? "transfer.waiting" : state === "declined" ? "transfer.declined" : "transfer.back", { who })}</p>;
}

/** Nobody has written for long: it closes by itself, unless somebody writes. The time counts without being spoken. */
function Ending({ at }: { at: string }) {
  const left = Date.parse(at) - now.value;
  return <p class="hint"><span role="status">{t("talk.ending")}</span>{" "}<b role="timer" aria-live="off">{clock(Math.max(0, left))}</b></p>;
}

/** Closed is not the end: it can go on, and whoever is still here can be invited again. */
function Over({ conversation }: { conversation: Conversation }) {
  const [busy, setBusy] = useState(false);
  const visit = [...(desk.value?.visits.values() ?? [])].find((one) => one.visitor === conversation.visitor && !one.left);
  const { rating } = conversation;
  return (
    <div class="hint talk-over">
      {rating && <p class="rating">{t("talk.rated", { score: rating.score })}{rating.comment && <q>{rating.comment}</q>}</p>}
      <p>{t("talk.closed_next")}</p>
      <p class="hint-buttons">
        {conversation.expert?.id === mine.value?.id && (
          <button type="button" class="plain-button" disabled={busy} onClick={() => { setBusy(true); void reopen(conversation.id).finally(() => setBusy(false)); }}>{t("talk.reopen")}</button>
        )}
        {visit && <button type="button" class="plain-button" onClick={() => select("visit", visit.id, "talk")}>{t("talk.invite_again")}</button>}
      </p>
    </div>
  );
}
