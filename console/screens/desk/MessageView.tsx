// One message in the log: words, or a card of what was shown, offered, ordered.
import type { ComponentChildren } from "preact";
import { forget, retry } from "../../live/threads";
import { Out } from "../../parts/small";
import type { Unsent } from "../../state/thread";
import { dateAndTime, money, timeOfDay } from "../../text/format";
import { t, word } from "../../text/text";
import { eventText } from "../../text/words";
import type { Message, MessageData } from "../../wire";

interface Shown { message: Message; visitor: string; seen: boolean; dayLine: string | null; follows: boolean; lastOfMine: boolean }

export function MessageView({ message, visitor, seen, dayLine, follows, lastOfMine }: Shown) {
  const mine = message.author.kind === "expert";
  const event = message.kind === "event" || (message.author.kind === "system" && message.kind === "text");
  return (
    <>
      {dayLine && <p class="day-line"><span>{dayLine}</span></p>}
      {event ? (
        <p class="event-line soft">{eventText(message)} <time dateTime={message.at}>{timeOfDay(message.at)}</time></p>
      ) : (
        <div class={`message from-${message.author.kind}${follows ? " follows" : ""}`} data-seq={message.seq}>
          {!follows && !mine && <span class="message-who">{message.author.kind === "visitor" ? visitor : message.author.name || word("author", message.author.kind)}</span>}
          <div class={`bubble kind-${message.kind}`}><Body message={message} /></div>
          <span class="message-foot">
            <time dateTime={message.at}>{timeOfDay(message.at)}</time>
            {mine && lastOfMine && <span class="sent-state">{seen ? `✓✓ ${t("sent.seen")}` : `✓ ${t("sent.sent")}`}</span>}
          </span>
        </div>
      )}
    </>
  );
}

export function UnsentView({ conversation, unsent }: { conversation: string; unsent: Unsent }) {
  const failed = unsent.state === "failed";
  return (
    <div class={`message from-expert is-${unsent.state}`}>
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

function Body({ message }: { message: Message }) {
  const data = (message.data ?? {}) as MessageData;
  switch (message.kind) {
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
          {data.expires_at && <span class="soft small">{t("card.until", { at: dateAndTime(data.expires_at) })}</span>}
        </Card>
      );
    case "order_form":
      return (
        <Card label={t("card.form")} state={data.state && word("form", data.state)}><Lines lines={data.lines} /></Card>
      );
    case "order":
      return (
        <Card label={t("card.order", { number: data.number ?? "" })} state={data.status && word("order", data.status)}>
          <Lines lines={data.lines} />
          <span class="price">{t("card.total")} {money(data.total)}</span>
        </Card>
      );
    default:
      return <Text text={message.text} />;
  }
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
          <span>{line.quantity ? `${line.quantity} × ` : ""}{line.name}</span><span class="price">{money(line.total ?? line.price)}</span>
        </li>
      ))}
    </ul>
  );
}

const LINK = /(https?:\/\/[^\s<>"']+[^\s<>"'.,:;!?)\]])/gi;
/** Words as they were written; addresses with http or https become links, nothing else becomes anything. */
function Text({ text }: { text: string }) {
  return (
    <p class="words">
      {text.split(LINK).map((part, at) => (at % 2 ? <Out key={at} url={part}>{part}</Out> : part))}
    </p>
  );
}
