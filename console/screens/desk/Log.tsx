// What was said, from the first number known to the last, with the notes of the house between: the log of a conversation.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { sameDay } from "../../../widget/look/day";
import { now, today } from "../../live/clock";
import { notesOf } from "../../live/internal";
import { isBehind, olderMessages, threads, typing } from "../../live/threads";
import { connection } from "../../live/value";
import { firstSeq, lastSeq } from "../../state/thread";
import { dayLabel } from "../../text/format";
import { t } from "../../text/text";
import type { Message, Note } from "../../wire";
import { MessageView, NoteView, UnsentView } from "./MessageView";
import { Uploads } from "./write/Attach";

const NONE: readonly Message[] = [];
/** Who listens hears what comes, not the hundred messages that a talk opens with. */
const QUIET_MS = 600;

export function Log({ id, name }: { id: string; name: string }) {
  const thread = threads.value.get(id);
  const notes = notesOf(id);
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [speaks, setSpeaks] = useState(false);
  const messages = thread?.messages ?? NONE;
  const last = thread ? lastSeq(thread) : 0;
  const loaded = thread?.loaded ?? false;
  const toEnd = () => { if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight; };

  useEffect(() => {
    if (!loaded) return;
    const wait = setTimeout(() => setSpeaks(true), QUIET_MS);
    return () => clearTimeout(wait);
  }, [loaded]);
  // New words pull the log along only for someone who already reads its end.
  useLayoutEffect(toEnd, [last, thread?.unsent.length, notes.length]);
  // A form that opens below takes room, a picture that comes late makes none: the newest words stay in sight.
  useEffect(() => {
    const log = box.current;
    if (!log) return;
    const room = new ResizeObserver(toEnd);
    room.observe(log);
    log.addEventListener("load", toEnd, true);
    return () => { room.disconnect(); log.removeEventListener("load", toEnd, true); };
  }, []);

  const lines = useMemo(() => linesOf(messages, notes), [messages, notes]);
  // Of the order forms only the newest is open: one that comes replaces those before it.
  const newestForm = useMemo(() => messages.findLast((one) => one.kind === "order_form")?.seq ?? 0, [messages]);
  const mineLast = useMemo(() => messages.findLastIndex((one) => one.author.kind === "expert"), [messages]);
  return (
    <div class="log" ref={box} tabIndex={0} role="log" aria-live={speaks ? "polite" : "off"} aria-label={t("talk.log", { who: name })}
      onScroll={(event) => {
        const log = event.currentTarget;
        atEnd.current = log.scrollHeight - log.scrollTop - log.clientHeight < 48;
      }}>
      {!loaded && <p class="soft">{t(connection.value.phase === "live" ? "app.loading" : "error.offline")}</p>}
      {thread && firstSeq(thread) > 1 && messages.length > 0 && (
        <button type="button" class="quiet" onClick={() => void olderMessages(id).catch(() => undefined)}>{t("talk.older")}</button>
      )}
      {lines.map((line) => ("note" in line ? <NoteView key={line.note.id} note={line.note} /> : (
        <MessageView key={line.message.seq} message={line.message} visitor={name} seen={thread !== undefined && line.message.seq <= thread.seen}
          dayLine={line.begins ? dayLabel(line.message.at, today.value) : null} replaced={line.message.seq < newestForm} follows={line.follows} lastOfMine={line.message === messages[mineLast]} />
      )))}
      {thread && isBehind(thread) && <p class="soft">{t(connection.value.phase === "live" ? "talk.behind" : "error.offline")}</p>}
      {thread?.unsent.map((unsent) => <UnsentView key={unsent.client_id} conversation={id} unsent={unsent} />)}
      <Uploads conversation={id} />
      <Writes id={id} name={name} shown={toEnd} />
    </div>
  );
}

/** The visitor writes: dots, or their words where the site lets them be read before they are sent. */
function Writes({ id, name, shown }: { id: string; name: string; shown: () => void }) {
  const at = typing.value.get(id);
  const writes = at !== undefined && at.until > now.value;
  useLayoutEffect(shown, [writes, at?.text]);
  if (!writes) return null;
  const dots = <span class="dots" aria-hidden="true"><i /><i /><i /></span>;
  if (!at.text) return <p class="typing soft" aria-live="off">{dots}{t("talk.typing_who", { who: name })}</p>;
  return (
    <div class="message is-unsent" aria-live="off">
      <span class="message-who">{dots} {t("talk.preview")}</span>
      <div class="bubble kind-text"><p class="words">{at.text}</p></div>
    </div>
  );
}

/** `begins`: it is the first of its day. */
type Line = { note: Note } | { message: Message; begins: boolean; follows: boolean };
/** Each note behind the message after which it was written; what lies before the first message we have comes with it. */
export function linesOf(messages: readonly Message[], notes: readonly Note[]): Line[] {
  const lines: Line[] = [];
  const first = messages[0]?.seq ?? 1;
  let next = 0;
  const notesUpTo = (seq: number) => { while (next < notes.length && notes[next]!.after_seq <= seq) lines.push({ note: notes[next++]! }); };
  if (first > 1) while (next < notes.length && notes[next]!.after_seq < first - 1) next++;
  notesUpTo(first - 1);
  messages.forEach((message, at) => {
    const before = messages[at - 1];
    const follows = sameAuthor(before, message) && !(lines.at(-1) && "note" in lines.at(-1)!);
    lines.push({ message, begins: !before || !sameDay(before.at, message.at), follows });
    notesUpTo(message.seq);
  });
  notesUpTo(Number.MAX_SAFE_INTEGER);
  return lines;
}

const sameAuthor = (before: Message | undefined, message: Message): boolean =>
  before !== undefined && before.author.kind === message.author.kind && before.author.name === message.author.name &&
  Date.parse(message.at) - Date.parse(before.at) < 5 * 60_000;
