// The chat itself: who speaks, what was said, what we write.

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { sameDay } from "../../look/day";
import { Head } from "../../look/Head";
import { cards, putAway } from "../cards";
import { tellHost } from "../host";
import { notice } from "../notice";
import { line, retryNow, trouble } from "../line";
import { openAnswer, shown } from "../thread";
import { attach, uploads } from "../files";
import { screen } from "../screen";
import { slow } from "../slow";
import { closed, closePanel, discard, expert, invitedBy, offered, openAgain, seen, sendAgain, thread, typing } from "../talk";
import { say, sayDay, title } from "../words";
import { Article, LookUp } from "./Articles";
import { Callback } from "./Callback";
import { CardBody } from "./CardBody";
import { Composer } from "./Composer";
import { Ended } from "./Ended";
import { Sending } from "./File";
import { Greeting } from "./Greeting";
import { Menu } from "./Menu";
import { Invitation, Said } from "./Said";
import { Transcript } from "./Transcript";

function leave() {
  closePanel();
  screen.value = { name: "chat" };
  tellHost({ size: "closed", focus: true });
}

/** The button goes with the trouble; the person goes on writing. */
function again() {
  if (line.value === "on") openAgain();
  else retryNow();
  document.querySelector("textarea")?.focus();
}

function LineState() {
  const state = line.value;
  const waiting = state === "on" ? 0 : thread.value.unsent.length + uploads.value.length;
  const why = state === "connecting" ? "connecting" : state === "refused" ? "refused" : "reconnecting";
  const sentence = trouble.value || (state === "on" ? slow.value : say(why) + (waiting ? ` ${say("waiting", { n: waiting })}` : ""));
  return (
    <div class="line" role="status">
      {sentence && <span>{sentence}</span>}
      {(state === "refused" || state === "off" || trouble.value) && (
        <button type="button" class="plain" onClick={again}>{say("tryAgain")}</button>
      )}
    </div>
  );
}

/** So much is left above what is scrolled to, px. */
const GAP = 8;
/** Who is so near to a place is there, px. */
const NEAR = 40;

function Messages() {
  const list = useRef<HTMLDivElement>(null);
  const kept = useRef<"end" | "beginning" | "nothing">("end");
  const begun = useRef<HTMLElement | null>(null);
  const { messages, unsent } = thread.value;
  const answer = openAnswer(messages)?.seq;
  const lastMine = messages.findLast((message) => message.author.kind === "visitor" && message.kind === "text")?.seq;

  // Stays at the newest message unless the person scrolled up to read; what is read from its beginning stays there,
  // whatever the house adds to it.
  const stay = () => {
    const log = list.current;
    if (!log) return;
    const begins = thread.value.unsent.length ? null : log.querySelector<HTMLElement>("[data-answer]");
    const another = begins !== begun.current;
    begun.current = begins;
    if (kept.current === "nothing") return;
    if (another) kept.current = begins ? "beginning" : "end";
    log.scrollTop = kept.current === "beginning" ? begins!.offsetTop - GAP : log.scrollHeight;
  };
  useLayoutEffect(stay);
  // What grows below takes room from the log. Somebody who fills in a form stays at their field.
  useEffect(() => {
    const log = list.current!;
    const watch = new ResizeObserver(() => {
      const at = document.activeElement;
      if (at === log || !log.contains(at)) stay();
    });
    watch.observe(log);
    return () => watch.disconnect();
  }, []);
  const scrolled = () => {
    if (!list.current) return;
    const { scrollTop, clientHeight, scrollHeight } = list.current;
    const end = scrollHeight - clientHeight;
    const beginning = begun.current ? Math.min(begun.current.offsetTop - GAP, end) : Infinity;
    kept.current = Math.abs(scrollTop - beginning) < NEAR ? "beginning" : end - scrollTop < NEAR ? "end" : "nothing";
  };

  return (
    <div class="thread" ref={list} onScroll={scrolled} tabIndex={0} role="log" aria-label={say("messages")}>
      <Greeting />
      <ol>
      {invitedBy.value && <Invitation name={invitedBy.value.expert?.name ?? ""} text={invitedBy.value.text} />}
      {shown(messages).flatMap((message, i, told) => {
        const before = told[i - 1];
        const newDay = !before || !sameDay(before.at, message.at);
        const first = newDay || before.author.kind !== message.author.kind || before.author.name !== message.author.name;
        const state = message.seq === lastMine ? say(seen.value >= message.seq ? "seen" : "sent") : undefined;
        return [
          newDay && <li key={`day${message.seq}`} class="event day">{sayDay(message.at)}</li>,
          <Said key={message.seq} message={message} first={first} state={state} answer={message.seq === answer} />,
        ];
      })}
      {unsent.map(({ client_id, text, error }) => (
        <li key={client_id} class={error === undefined ? "mine waiting" : "mine failed"}>
          <p class="balloon">{text}</p>
          {error === undefined ? (
            <span class="below">{say("sending")}</span>
          ) : (
            <span class="below problem" role="alert">
              {say("notSent")} {error}{" "}
              <button type="button" class="plain" onClick={() => sendAgain(client_id)}>{say("retry")}</button>{" "}
              <button type="button" class="plain" onClick={() => discard(client_id)}>{say("discard")}</button>
            </span>
          )}
        </li>
      ))}
      {uploads.value.map((upload) => <Sending key={upload.client_id} upload={upload} />)}
      {cards.value.map((card) => (
        <li key={card.card} class="theirs">
          <div class="card">
            <button type="button" class="plain away" aria-label={say("dismiss")} onClick={() => putAway(card.card)}>
              <span aria-hidden="true">×</span>
            </button>
            <CardBody card={card} />
          </div>
        </li>
      ))}
      </ol>
    </div>
  );
}

export function Panel() {
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key === "Escape") leave();
    };
    addEventListener("keydown", key);
    tellHost({ size: "open", live: true, unread: 0 });
    return () => removeEventListener("keydown", key);
  }, []);

  const drop = (event: DragEvent) => {
    if (!offered.value?.files || closed.value || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    if (event.type === "drop") attach(event.dataTransfer.files);
  };
  const now = screen.value;

  return (
    <main class="panel" onDragOver={drop} onDrop={drop}>
      <Head title={expert.value || title()} close={say("close")} leave={leave}><Menu /></Head>
      <LineState />
      <p class="notice" role="status">{notice.value && say(notice.value)}</p>
      {now.name === "callback" && <Callback />}
      {now.name === "transcript" && <Transcript />}
      {now.name === "search" && <LookUp />}
      {now.name === "article" && <Article key={now.article} article={now.article} />}
      {now.name === "chat" && <Chat />}
    </main>
  );
}

function Chat() {
  return (
    <>
      <Messages />
      <p class="typing" aria-live="polite">
        {typing.value && say("typing", { name: expert.value || say("someone") })}
      </p>
      {closed.value ? <Ended /> : <Composer />}
    </>
  );
}
