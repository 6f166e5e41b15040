// One message in the log: words, or a card of what was shown, offered, ordered.
import type { ComponentChildren } from "preact";
import { formatted } from "../../../widget/look/format";
import { forget, retry } from "../../live/threads";
import { mine as me } from "../../live/value";
import { Out } from "../../parts/small";
import type { Unsent } from "../../state/thread";
import { dateAndTime, money, timeOfDay } from "../../text/format";
import { t, word } from "../../text/text";
import { eventText, fileSize } from "../../text/words";
import type { Kind, Message, MessageData, Note } from "../../wire";
import { OrderContact } from "./OrderContact";

interface Shown { message: Message; visitor: string; seen: boolean; dayLine: string | null; replaced: boolean; follows: boolean; lastOfMine: boolean }

export function MessageView({ message, visitor, seen, dayLine, replaced, follows, lastOfMine }: Shown) {
  const expert = message.author.kind === "expert";
  // Messages name their author; a colleague's words are not one's own.
  const mine = expert && message.author.name === me.value?.name;
  const event = message.kind === "event" || (message.author.kind === "system" && message.kind === "text");
  return (
    <>
      {dayLine && <p class="day-line"><span>{dayLine}</span></p>}
      {event ? (
        <p class="event-line soft">{eventText(message)}{"\u00a0"}· <time dateTime={message.at}>{timeOfDay(message.at)}</time></p>
      ) : (
        <div class={`message from-${message.author.kind}${expert && !mine ? " is-colleague" : ""}${follows ? " follows" : ""}`} data-seq={message.seq}>
          {!follows && !mine && <span class="message-who">{message.author.kind === "visitor" ? visitor : message.author.name || word("author", message.author.kind)}</span>}
          <div class={`bubble kind-${message.kind}`}><Body message={message} replaced={replaced} /></div>
          <span class="message-foot">
            <time dateTime={message.at}>{timeOfDay(message.at)}</time>
            {expert && lastOfMine && <span class="sent-state">{seen ? `✓✓ ${t("sent.seen")}` : `✓ ${t("sent.sent")}`}</span>}
          </span>
        </div>
      )}
    </>
  );
}

/** What a colleague wrote for colleagues: it looks like nothing that a visitor could see. */
export function NoteView({ note }: { note: Note }) {
  return (
    <div class="message is-note" data-note={note.id}>
      <span class="message-who"><b class="note-mark">{t("note.mark")}</b> {note.author.name}</span>
      <div class="bubble"><Text text={note.text} /></div>
      <span class="message-foot"><time dateTime={note.at}>{timeOfDay(note.at)}</time></span>
    </div>
  );
}

export function UnsentView({ conversation, unsent }: { conversation: string; unsent: Unsent }) {
  const failed = unsent.state === "failed";
  return (
    <div class={`message ${unsent.note ? "is-note" : "from-expert"} is-${unsent.state}`}>
      {unsent.note && <span class="message-who"><b class="note-mark">{t("note.mark")}</b></span>}
      <div class="bubble kind-text"><Text text={unsent.text} /></div>
      <span class="message-foot">
        {failed ? (
          <>
            <span class="bad">! {unsent.error ?? t("sent.failed")}</span>
            <button type="button" class="link" onClick={() => retry(conversation, unsent)}>{t("sent.retry")}</button>
            <button type="button" class="link" onClick={() => forget(conversation, unsent.client_id)}>{t("sent.drop")}</button>
          </>
        ) : <span>◌ {t("sent.sending")}</span>}
      </span>
    </div>
  );
}

/** `replaced`: a newer order form stands below. */
function Body({ message, replaced }: { message: Message; replaced: boolean }) {
  const data = (message.data ?? {}) as MessageData;
  switch (message.kind as Kind) {
    case "info":
      return (
        <Card label={t("card.info")}>
          <strong><Out url={data.url}>{data.title || data.url || message.text}</Out></strong>
          {(data.text || message.text) && data.text !== data.title && <Text text={data.text || message.text} />}
        </Card>
      );
    case "offer":
      return (
        <Card label={t("card.offer")} state={data.state && word("offer", data.state)}>
          <strong>{(typeof data.product === "object" ? data.product.name : data.name) || message.text}</strong>
          <span class="price">{money(data.price)}</span>
          {data.quantity && <span class="soft small">{t("card.up_to", { n: data.quantity })}</span>}
          {data.expires_at && <span class="soft small">{t("card.until", { at: dateAndTime(data.expires_at) })}</span>}
        </Card>
      );
    case "order_form":
      return (
        <Card label={t("card.form")} state={data.state && word("form", replaced && data.state === "open" ? "replaced" : data.state)}><Lines lines={data.lines} /></Card>
      );
    case "order":
      return (
        <Card label={t("card.order", { number: data.number ?? "" })} state={data.status && word("order", data.status)}>
          <Lines lines={data.lines} />
          <span class="price">{t("card.total")} {money(data.total)}</span>
          {data.order && <OrderContact order={data.order} confirmedAt={data.confirmed_at ?? null} />}
        </Card>
      );
    case "file":
      return <Attached data={data} />;
    case "articles":
      return (
        <Card label={t("card.articles")}>
          {data.articles?.map((one) => (
            <div key={one.id} class="article-said"><strong><Out url={one.url}>{one.title}</Out></strong>{one.quote && <blockquote><Text text={one.quote} /></blockquote>}</div>
          ))}
          {!data.articles?.length && <Text text={message.text} />}
        </Card>
      );
    default:
      return <Text text={message.text} />;
  }
}

/** A picture is seen, a document is named; both open in a window of their own. */
function Attached({ data }: { data: MessageData }) {
  const url = `/api/files/${encodeURIComponent(data.file ?? "")}`;
  const what = `${data.name ?? ""} · ${fileSize(data.size ?? 0)}`;
  const picture = data.type?.startsWith("image/") ?? false;
  return (
    <a class={`attached${picture ? " is-picture" : ""}`} href={url} target="_blank" rel="noreferrer noopener">
      {picture && <img src={url} alt="" loading="lazy" width={data.width ?? undefined} height={data.height ?? undefined} />}
      <span class="attached-name">{what}</span>
    </a>
  );
}

function Card({ label, state, children }: { label: string; state?: string; children: ComponentChildren }) {
  return (
    <div class="card">
      <span class="card-label">{label}{state && <b class="tag">{state}</b>}</span>
      {children}
    </div>
  );
}
function Lines({ lines }: { lines: MessageData["lines"] }) {
  return (
    <ul class="lines">
      {(lines ?? []).map((line, at) => (
        <li key={at}>
          <span>{line.quantity ? `${line.quantity} × ` : ""}{line.name}{line.offer && line.most ? <span class="soft small"> {t("card.up_to", { n: line.most })}</span> : null}</span><span class="price">{money(line.total ?? line.price)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Words as they were written, with the little formatting that people may use; nothing else becomes anything. */
const Text = ({ text }: { text: string }) => <div class="words">{formatted(text)}</div>;
