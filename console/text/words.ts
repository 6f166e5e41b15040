// A message in a few words: for lists, where only one line is there.
import type { Kind, Message, MessageData } from "../wire";
import { number, timeOfDay } from "./format";
import { SEPARATOR } from "./names";
import { knows, t } from "./text";

/** A conversation is offered to somebody, to whoever knows a topic, to anybody; or nobody took it. */
const handedOn = ({ state, to, topic }: MessageData): string =>
  state === "returned" ? ".back" : to ? "" : topic?.length ? ".topic" : ".anybody";

/** What happened, in the reader's language where we know the event, else in the server's words. */
export function eventText(message: Message): string {
  const data = (message.data ?? {}) as MessageData;
  const { name, expert, position = 0, minutes, score = 0, at, by = "", to, topic } = data;
  const more = name === "queue.waiting" && !minutes ? ".place" : name === "conversation.transferred" ? handedOn(data) : "";
  const key = [`event.${name}${expert ? ".by" : ""}${more}`, `event.${name}`].find(knows);
  const to_whom = to || topic?.join(SEPARATOR) || "";
  return key && knows(key)
    ? t(key, { who: expert || by, position, minutes: minutes ?? 0, score, at: at ? timeOfDay(at) : "", to: to_whom })
    : message.text;
}

/** "340 KB", "2.1 MB". */
export function fileSize(bytes: number): string {
  if (bytes < 1_000_000) return t("size.kb", { n: number(Math.max(1, Math.round(bytes / 1_000))) });
  return t("size.mb", { n: number(Math.round(bytes / 100_000) / 10) });
}

export function inShort(message: Message): string {
  const data = (message.data ?? {}) as MessageData;
  switch (message.kind as Kind) {
    case "event":
      return eventText(message);
    case "order":
      return t("card.order", { number: data.number ?? message.text });
    case "offer":
      return `${t("card.offer")}: ${message.text}`;
    case "order_form":
      return `${t("card.form")}: ${message.text}`;
    case "info":
      return `${t("card.info")}: ${data.title || message.text}`;
    case "file":
      return t("card.file", { name: data.name ?? message.text });
    case "articles":
      return `${t("card.articles")}: ${data.articles?.map((one) => one.title).join(", ") || message.text}`;
    default:
      return message.text;
  }
}
