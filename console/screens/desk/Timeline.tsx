// Everything that ever happened, newest first. What an item holds differs by kind; what is missing is left out.
import { now } from "../../live/clock";
import { duration, money, when } from "../../text/format";
import { whereIs } from "../../text/names";
import { t, tn, word } from "../../text/text";
import { eventText } from "../../text/words";
import type { Message, Money, TimelineItem } from "../../wire";
import { OrderContact } from "./OrderContact";

export function Timeline({ items }: { items: readonly TimelineItem[] }) {
  if (items.length === 0) return <p class="soft">{t("timeline.none")}</p>;
  return (
    <ol class="timeline">
      {items.map((item) => (
        <li key={`${item.kind}/${item.id}`} class={`moment is-${item.kind}`}>
          <span class="moment-what">{word("moment", item.kind)}</span>
          <time class="soft" dateTime={item.at}>{when(item.at, now.value)}</time>
          <span class="moment-more soft">{more(item)}</span>
          {item.kind === "order" && <OrderContact order={item.id} confirmedAt={str((item.data as Record<string, unknown>).confirmed_at)} />}
        </li>
      ))}
    </ol>
  );
}

function more({ kind, data: open }: TimelineItem): string {
  const data = open as Record<string, unknown>;
  const path = Array.isArray(data.path) ? whereIs(data.path as string[]) : null;
  const total = isMoney(data.total) ? money(data.total) : null;
  const price = isMoney(data.price) ? money(data.price) : null;
  const product = nameOf(data.product);
  const expert = nameOf(data.expert);
  const text = typeof data.text === "string" ? data.text : typeof data.last === "object" ? textOf(data.last) : null;
  // The last word of a talk that ended in an order is the bare number; the order stands in the list itself.
  const parts: (string | null | false)[] = {
    visit: [path, typeof data.pages === "number" && tn("visit.pages", data.pages), typeof data.dwell === "number" && duration(data.dwell)],
    conversation: [expert, typeof data.messages === "number" && tn("talk.messages", data.messages), text && !/^\d+$/.test(text) && text],
    order: [numberOf(data.number), total, word("order", str(data.status))],
    offer: [product, price, word("offer", str(data.state))],
    // Whoever is named was rung last; who took it, they or a colleague, the conversation says.
    alert: [expert, data.end === "taken" ? t("timeline.taken") : word("cleared", str(data.end)), path],
    callback: [str(data.phone), word("callback", str(data.state))],
  }[kind] ?? [text];
  return parts.filter(Boolean).join(" · ");
}
const str = (value: unknown): string | null => (typeof value === "string" ? value : null);
const numberOf = (value: unknown): string | null => (value == null ? null : `№ ${String(value)}`);
const isMoney = (value: unknown): value is Money => typeof value === "object" && value !== null && "amount" in value;
/** The last message in a few words, in the reader's language where we know what happened. */
const textOf = (value: unknown): string | null =>
  value && typeof value === "object" && "text" in value ? ("kind" in value && value.kind === "event" ? eventText(value as Message) : str(value.text)) : null;
/** A name, also where it comes inside an object; a bare id says nothing to a person. */
function nameOf(value: unknown): string | null {
  if (value && typeof value === "object" && "name" in value) return str(value.name);
  return typeof value === "string" && !/^[0-9a-f-]{32,36}$/i.test(value) ? value : null;
}
