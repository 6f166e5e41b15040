// A message in a few words: for lists, where only one line is there.
import type { Message, MessageData } from "../wire";
import { knows, t } from "./text";

/** What happened, in the reader's language where we know the event, else in the server's words. */
export function eventText(message: Message): string {
  const { name, expert, position = 0, minutes } = (message.data ?? {}) as MessageData;
  const key = `event.${name}${expert ? ".by" : ""}${name === "queue.waiting" && !minutes ? ".place" : ""}`;
  return knows(key) ? t(key, { who: expert ?? "", position, minutes: minutes ?? 0 }) : message.text;
}

export function inShort(message: Message): string {
  const data = (message.data ?? {}) as MessageData;
  switch (message.kind) {
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
    default:
      return message.text;
  }
}
