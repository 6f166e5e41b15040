// What waits for the visitor while the panel is closed: an invitation, live, news, cards. Small and quiet;
// nothing takes the focus, nothing makes a sound.

import { useLayoutEffect, useRef } from "preact/hooks";
import type { InfoShown, Message } from "../../wire";
import { Bell } from "../../look/Bell";
import { cards, putAway } from "../cards";
import { tellHost } from "../host";
import { expert, invitation, leaveAlone, live, news, notNow, openPanel, quietly } from "../talk";
import { say } from "../words";
import { CardBody } from "./CardBody";
import { Text } from "./Words";

/** What a message says in one or two lines. */
function preview({ kind, text, data }: Message): string {
  if (text) return text;
  if (kind === "info") return (data as InfoShown | null)?.title || say("information");
  return say(kind === "offer" ? "offer" : "orderForm");
}

function Invitation() {
  const latest = news.value.at(-1);
  const invited = invitation.value;
  if (!latest && !invited) return null;
  const name = latest?.author.name || invited?.expert?.name || expert.value || say("someone");
  const text = latest ? preview(latest) : (invited?.text || say("invitation"));
  const several = news.value.length > 1;
  return (
    <section class="card invitation" aria-label={say(invited ? "invites" : "wrote", { name })}>
      <p class="who">
        <span class="face" aria-hidden="true">{name.slice(0, 1)}</span>
        <strong>{name}</strong>
        {several && <span class="soft"> · {say("unread", { n: news.value.length })}</span>}
      </p>
      {text && <p class="words clamp"><Text>{text}</Text></p>}
      <p class="buttons">
        <button type="button" class="main" onClick={openPanel}>{say("answer")}</button>
        <button type="button" onClick={notNow}>{say("notNow")}</button>
        {!!invited && <button type="button" class="plain" onClick={leaveAlone}>{say("leaveAlone")}</button>}
      </p>
    </section>
  );
}

export function Bubble() {
  const box = useRef<HTMLElement>(null);
  const [card] = quietly.value ? [] : cards.value;
  const from = card?.expert.name;
  const busy = !quietly.value && !!(card || invitation.value || news.value.length);
  const unread = news.value.length + cards.value.length + (invitation.value && !news.value.length ? 1 : 0);

  useLayoutEffect(() => {
    const measure = () => {
      const height = Math.ceil(box.current?.scrollHeight ?? 0);
      tellHost({ size: busy && height ? "bubble" : "closed", height, unread, live: live.value });
    };
    measure();
    const watch = new ResizeObserver(measure);
    for (const child of box.current?.children ?? []) watch.observe(child);
    return () => watch.disconnect();
  });

  return (
    <main class="bubble" ref={box} aria-live="polite">
      <h1 class="aside">{say("title")}</h1>
      {card && (
        <section class="card" aria-label={from || say("someone")}>
          <p class="who">
            <span class="face" aria-hidden="true">{from?.slice(0, 1) || <Bell size={16} />}</span>
            <strong>{from || say("someone")}</strong>
            {cards.value.length > 1 && <span class="soft"> · {say("more", { n: cards.value.length - 1 })}</span>}
            <button type="button" class="plain away" aria-label={say("dismiss")} onClick={() => putAway(card.card)}>
              <span aria-hidden="true">×</span>
            </button>
          </p>
          <CardBody card={card} quiet />
        </section>
      )}
      {!quietly.value && <Invitation />}
    </main>
  );
}
