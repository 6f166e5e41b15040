// Who is to be called or written to, and when: the number is a link, what became of it is said here. Nothing while there
// is nobody.
import { useState } from "preact/hooks";
import { clearLike, promises, settle, theirs } from "../../live/callbacks";
import { now } from "../../live/clock";
import { openTalk } from "../../live/looked";
import { stageOf } from "../../state/callbacks";
import { number, when } from "../../text/format";
import { whereIs, whoIs } from "../../text/names";
import { t, tn, word } from "../../text/text";
import type { Callback } from "../../wire";
import { Remove } from "../site/knowledge/Field";

const SHOWN = 20;

export function Callbacks() {
  const mine = promises.value.filter((one) => stageOf(one, now.value) !== "over");
  const others = theirs.value;
  const waiting = mine.filter((one) => one.state !== "cancelled").length;
  if (mine.length + others.length === 0) return null;
  return (
    <section class="block callbacks" aria-labelledby="callbacks-title">
      <h2 id="callbacks-title">{t("callbacks.title")} {waiting > 0 && <b class="count">{number(waiting)}</b>}</h2>
      <ul aria-label={t("callbacks.title")}>{mine.slice(0, SHOWN).map((one) => <li key={one.id}><Promised one={one} /></li>)}</ul>
      {mine.length > SHOWN && <p class="soft small">{t("list.more", { n: number(mine.length - SHOWN) })}</p>}
      {others.length > 0 && (
        <details class="fold">
          <summary>{tn("callbacks.theirs", others.length)}</summary>
          <ul>{others.slice(0, SHOWN).map((one) => <li key={one.id}><Promised one={one} /></li>)}</ul>
        </details>
      )}
    </section>
  );
}

function Promised({ one }: { one: Callback }) {
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [sure, setSure] = useState(false);
  const stage = stageOf(one, now.value);
  const about = one.words || (one.topic.length > 0 ? whereIs(one.topic) : "");
  const say = async (what: "done" | "missed") => {
    setBusy(true);
    await settle(one, what, note);
    setBusy(false);
  };
  const id = `note-${one.id}`;
  const who = whoIs(one);
  return (
    <article class={`callback is-${stage}`} aria-label={t("callbacks.label", { who })}>
      <p class="row-top">
        <strong>{who}</strong>
        {stage !== "later" && <span class={`tag${stage === "soon" ? "" : " is-warn"}`}>{word("callbacks.stage", stage)}</span>}
        <time class="row-time soft" dateTime={one.at}>{when(one.at, now.value)}</time>
      </p>
      <p class="callback-how">
        {one.phone && <a href={`tel:${one.phone}`}>{one.phone}</a>}
        {one.channel === "write" && <span>{t("callbacks.write")}</span>}
        {one.conversation && <button type="button" class="quiet small" onClick={() => void openTalk(one.conversation!)}>{t("callbacks.talk")}</button>}
      </p>
      {(about || one.owner === null) && <p class="soft small">{[about, one.owner === null && t("callbacks.nobodys")].filter(Boolean).join(" · ")}</p>}
      {stage === "cancelled" ? <p class="soft small">{t("callbacks.by_visitor")}</p> : <div class="callback-end">
        <label class="unseen" for={id}>{t("callbacks.note_of", { who })}</label>
        <input id={id} value={note} maxLength={1000} placeholder={t("callbacks.note")} onInput={(event) => setNote(event.currentTarget.value)} />
        <button type="button" class="plain-button" disabled={busy} onClick={() => void say("done")}>{t("callbacks.done")}<span class="unseen"> {who}</span></button>
        <button type="button" class="quiet" disabled={busy} onClick={() => void say("missed")}>{t("callbacks.missed")}<span class="unseen"> {who}</span></button>
      </div>}
      {one.stranger && stage !== "cancelled" && (
        <p class="callback-clear">
          <Remove sure={sure} onSure={setSure} onRemove={() => void clearLike(one)} words={{ remove: t("callbacks.clear"), ask: t("callbacks.clear_ask"), yes: t("callbacks.clear_yes"), no: t("callbacks.clear_no") }} />
        </p>
      )}
    </article>
  );
}
