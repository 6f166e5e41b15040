// My conversations: what is unread first, who is still on the site; closed ones folded away.
import { now } from "../../live/clock";
import { select, selection } from "../../live/selection";
import { typing } from "../../live/threads";
import { mine as me, talks } from "../../live/value";
import { Rows } from "../../parts/Rows";
import { Empty, LiveDot } from "../../parts/small";
import { number, when } from "../../text/format";
import { whoIs } from "../../text/names";
import { t, tn, word } from "../../text/text";
import { inShort } from "../../text/words";
import type { Conversation } from "../../wire";

export function Conversations() {
  const { open, closed } = talks.value;
  return (
    <section class="block" aria-labelledby="talks-title">
      <h2 id="talks-title">{t("talks.title")} {open.length > 0 && <b class="count">{number(open.length)}</b>}</h2>
      {open.length === 0 && closed.length === 0 && <Empty title={t("talks.none")}><p>{t("talks.none_next")}</p></Empty>}
      {open.length > 0 && <Rows items={open} height={64} label={t("talks.title")} row={(one) => <Row one={one} />} />}
      {closed.length > 0 && (
        <details class="fold">
          <summary>{tn("talks.closed", closed.length)}</summary>
          <Rows items={closed} height={64} label={t("talks.closed_label")} row={(one) => <Row one={one} />} />
        </details>
      )}
    </section>
  );
}

export function Row({ one, tag }: { one: Conversation; tag?: string }) {
  const chosen = selection.value?.kind === "conversation" && selection.value.id === one.id;
  const writes = (typing.value.get(one.id)?.until ?? 0) > now.value;
  const mine = one.last?.author.kind === "expert" && one.last.author.name === me.value?.name;
  const said = one.last ? `${mine ? `${t("who.you_colon")} ` : ""}${inShort(one.last)}` : t("talk.no_words");
  const what = one.trigger === null ? said : t("talks.invited", { trigger: one.trigger });
  return (
    <button type="button" class={`row${chosen ? " is-chosen" : ""}`} aria-current={chosen ? "true" : undefined}
      onClick={() => select("conversation", one.id, "talk")}>
      <span class="row-top">
        <LiveDot live={one.live} />
        <strong>{whoIs(one)}</strong>
        <span class="row-time soft">{when(one.last?.at ?? one.opened_at, now.value)}</span>
      </span>
      <span class="row-bottom">
        {tag && <span class="tag is-warn">{tag}</span>}
        {one.ends_at && one.state === "open" && <span class="tag is-warn">{t("talks.ending")}</span>}
        {one.transfer && one.state === "open" && <span class="tag">{word("transfer.state", one.transfer.state)}</span>}
        {one.rating && <span class="tag" aria-label={t("talk.rated", { score: one.rating.score })}>★ {number(one.rating.score)}</span>}
        <span class="row-text soft">{writes ? t("talk.typing") : what}</span>
        {one.unread > 0 && <b class="count is-loud" aria-label={tn("talk.unread", one.unread)}>{number(one.unread)}</b>}
      </span>
    </button>
  );
}
