// The middle of the desk: the conversation, or what to do to get one.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Bell } from "../../../widget/look/Bell";
import { now } from "../../live/clock";
import { accept, accepting, alerts, closeConversation, connection, desk } from "../../live/desk";
import { column, select, selection } from "../../live/selection";
import { markRead, olderMessages, openThread, threads, typing } from "../../live/threads";
import { Empty, LiveDot } from "../../parts/small";
import { firstSeq, lastSeq } from "../../state/thread";
import { day } from "../../text/format";
import { whereIs, whoIs } from "../../text/names";
import { t } from "../../text/text";
import type { Conversation, Message } from "../../wire";
import { Composer } from "./Composer";
import { InviteVisit } from "./InviteVisit";
import { MessageView, UnsentView } from "./MessageView";
import { ASKED, Question } from "./Question";

export function Talk() {
  const chosen = selection.value;
  if (chosen?.kind === "conversation") {
    const conversation = desk.value?.conversations.find((one) => one.id === chosen.id);
    if (conversation) return <TalkOf key={conversation.id} conversation={conversation} />;
  }
  if (chosen?.kind === "alert") {
    const alert = alerts.value.find((one) => one.id === chosen.id);
    if (alert) {
      const who = whoIs(alert.visit);
      return (
        <Empty title={t("talk.rings", { who })}>
          <Question alert={alert} />
          <p>{t(alert.reason === ASKED ? "talk.asks_next" : "talk.rings_next", { where: whereIs(alert.visit.path) })}</p>
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
  }
  return <Empty icon={<Bell size={48} />} title={t("talk.none")}><p>{t("talk.none_next")}</p></Empty>;
}

function TalkOf({ conversation }: { conversation: Conversation }) {
  const { id } = conversation;
  const thread = threads.value.get(id);
  const log = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const last = thread ? lastSeq(thread) : 0;
  const writes = (typing.value.get(id) ?? 0) > now.value;
  const name = whoIs(conversation);

  const hears = connection.value.phase === "live";
  useEffect(() => { if (hears) void openThread(id); }, [id, hears]);

  // Read is what was really seen: the desk is in front, the conversation is open.
  useEffect(() => {
    const look = () => {
      if (document.hasFocus() && conversation.unread > 0 && last > 0) markRead(id, last);
    };
    look();
    addEventListener("focus", look);
    return () => removeEventListener("focus", look);
  }, [id, last, conversation.unread]);

  // New words pull the log along only for someone who already reads its end.
  useLayoutEffect(() => {
    const box = log.current;
    if (box && atEnd.current) box.scrollTop = box.scrollHeight;
  }, [last, thread?.unsent.length, writes]);
  // A form that opens below takes room: the newest words stay in sight.
  useEffect(() => {
    const box = log.current;
    if (!box) return;
    const room = new ResizeObserver(() => { if (atEnd.current) box.scrollTop = box.scrollHeight; });
    room.observe(box);
    return () => room.disconnect();
  }, []);

  return (
    <>
      <header class="talk-head">
        <button type="button" class="quiet only-phone" onClick={() => (column.value = "list")} aria-label={t("desk.back")}>←</button>
        <LiveDot live={conversation.live} />
        <h2>{name}</h2>
        <span class="soft small" aria-hidden="true">{t(conversation.live ? "visit.here" : "visit.gone")}</span>
        <span class="top-space" />
        {conversation.state === "open"
          ? <button type="button" class="quiet" aria-label={t("talk.close")} onClick={() => void closeConversation(id)}>
              <span class="only-wide">{t("talk.close")}</span><span class="only-phone">{t("talk.close_short")}</span></button>
          : <span class="tag">{t("talk.closed")}</span>}
      </header>
      <div class="log" ref={log} tabIndex={0} role="log" aria-label={t("talk.log", { who: name })}
        onScroll={(event) => {
          const box = event.currentTarget;
          atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 48;
        }}>
        {!thread?.loaded && <p class="soft">{t(hears ? "app.loading" : "error.offline")}</p>}
        {thread && firstSeq(thread) > 1 && thread.messages.length > 0 && (
          <button type="button" class="quiet" onClick={() => void olderMessages(id).catch(() => undefined)}>{t("talk.older")}</button>
        )}
        {thread?.messages.map((message, at) => (
          <MessageView key={message.seq} message={message} visitor={name} seen={message.seq <= thread.seen}
            dayLine={newDay(thread.messages[at - 1], message)} follows={sameAuthor(thread.messages[at - 1], message)}
            lastOfMine={isLastOfMine(thread.messages, at)} />
        ))}
        {thread?.unsent.map((unsent) => <UnsentView key={unsent.client_id} conversation={id} unsent={unsent} />)}
        {writes && <p class="typing soft"><span class="dots" aria-hidden="true"><i /><i /><i /></span>{t("talk.typing_who", { who: name })}</p>}
      </div>
      {conversation.state === "open" && conversation.expert === null && <p class="hint">{t("talk.nobodys")}</p>}
      {conversation.state === "open" ? <Composer conversation={conversation} /> : <Over conversation={conversation} />}
    </>
  );
}

/** Closed is not the end: whoever is still here can be invited again. */
function Over({ conversation }: { conversation: Conversation }) {
  const visit = [...(desk.value?.visits.values() ?? [])].find((one) => one.visitor === conversation.visitor && !one.left);
  return (
    <div class="hint talk-over">
      <p>{t("talk.closed_next")}</p>
      {visit && <button type="button" class="plain-button" onClick={() => select("visit", visit.id, "talk")}>{t("talk.invite_again")}</button>}
    </div>
  );
}

const newDay = (before: Message | undefined, message: Message): string | null =>
  before && new Date(before.at).toDateString() === new Date(message.at).toDateString() ? null : day(message.at);
const sameAuthor = (before: Message | undefined, message: Message): boolean =>
  before !== undefined && before.author.kind === message.author.kind && before.author.name === message.author.name &&
  Date.parse(message.at) - Date.parse(before.at) < 5 * 60_000;
const isLastOfMine = (messages: readonly Message[], at: number): boolean =>
  messages[at]!.author.kind === "expert" && !messages.slice(at + 1).some((one) => one.author.kind === "expert");
