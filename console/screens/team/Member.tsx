// A colleague at a glance: there or not and why, how much they carry, what they know, when they work.
import { useState } from "preact/hooks";
import { now } from "../../live/clock";
import { StatusMark } from "../../parts/small";
import { clockTime, dayOfWeek, number, when } from "../../text/format";
import { languageName, whereIs } from "../../text/names";
import { t, tn, word } from "../../text/text";
import type { Expert, Hours, Weekday } from "../../wire";

interface Shown { one: Expert; alone: readonly string[][]; changes: boolean; self: boolean; isNew: boolean; onEdit: () => void; onDismiss: () => Promise<void> }

/** `alone`: what they know and nobody else does. */
export function Member({ one, alone, changes, self, isNew, onEdit, onDismiss }: Shown) {
  const [sure, setSure] = useState(false);
  const rings = one.role === "expert";
  return (
    <li class={`sheet member${isNew ? " is-new" : ""}`} aria-label={one.name}>
      {rings && <p class={`member-status is-${one.status}`}><StatusMark status={one.status} /> {word("status", one.status)}{one.status_reason && <span class="soft"> · {word("presence.why", one.status_reason)}</span>}</p>}
      {rings && <Exceptions one={one} />}
      <h2>{one.name}</h2>
      <p class="soft small">{one.email} · {word("role", one.role)}</p>
      {rings && <Load taken={one.load} all={one.capacity} />}
      {one.topics.length > 0 && (
        <ul class="topics">{one.topics.map(({ path, level = 3 }) => (
          <li key={path.join("/")}>{whereIs(path)} <span class="soft">· {word("level", String(level))}</span></li>
        ))}</ul>
      )}
      {one.warnings.includes("no_topics") && <p class="hint small">{t("team.no_topics")}</p>}
      {one.languages.length > 0 && <p class="soft small">{one.languages.map(languageName).join(", ")}</p>}
      {rings && one.hours && <p class="soft small">{inShort(one.hours)}</p>}
      {changes && (
        <div class="member-acts">
          <button type="button" class="plain-button" onClick={onEdit}>{t("team.edit")}<span class="unseen"> {one.name}</span></button>
          {!self && !sure && <button type="button" class="quiet" onClick={() => setSure(true)}>{t("team.dismiss")}<span class="unseen"> {one.name}</span></button>}
        </div>
      )}
      {sure && (
        <div class="stack dismiss" role="group" aria-label={t("team.dismiss_ask", { name: one.name })}>
          <p><b>{t("team.dismiss_ask", { name: one.name })}</b></p>
          <p class="small">{t("team.dismiss_what")} {one.load > 0 ? tn("team.dismiss_talks", one.load) : t("team.dismiss_none")}</p>
          {alone.length > 0 && <p class="small bad">{t("team.dismiss_topics", { list: alone.map(whereIs).join(", ") })}</p>}
          <p class="member-acts">
            <button type="button" class="plain-button" onClick={() => void onDismiss()}>{t("team.dismiss_yes")}</button>
            <button type="button" class="quiet" onClick={() => setSure(false)}>{t("member.cancel")}</button>
          </p>
        </div>
      )}
    </li>
  );
}

/** What the hours and the mark of presence do not say: a breath after a conversation, an hour beside one's hours. */
export function Exceptions({ one }: { one: Expert }) {
  const breathes = one.rest_until !== null && Date.parse(one.rest_until) > now.value;
  return (
    <>
      {breathes && <p class="soft small">{t("presence.breathing", { time: clockTime(one.rest_until!) })}</p>}
      {one.overtime_until !== null && <p class="soft small">{t("presence.overtime", { time: when(one.overtime_until, now.value) })}</p>}
    </>
  );
}

/** As many boxes as places, filled as far as they are taken; the words say it too. */
function Load({ taken, all }: { taken: number; all: number }) {
  return (
    <p class="load small">
      {all <= 12 && <span class="depth" aria-hidden="true">{Array.from({ length: all }, (_, at) => <i key={at} class={at < taken ? "is-full" : ""} />)}</span>}
      {t("team.load", { n: number(taken), all: number(all) })}
    </p>
  );
}

/** "Mon–Fri 09:00–17:00 (Europe/Berlin)": days with the same spans together. */
export function inShort({ week, zone }: Hours): string {
  const groups: { from: number; to: number; spans: string }[] = [];
  for (let day = 0; day < 7; day += 1) {
    const spans = (week[String(day + 1) as Weekday] ?? []).map(([begin, end]) => `${begin}–${end}`).join(", ");
    const last = groups.at(-1);
    if (!spans) continue;
    if (last && last.spans === spans && last.to === day - 1) last.to = day;
    else groups.push({ from: day, to: day, spans });
  }
  if (groups.length === 0) return t("hours.never", { zone });
  const said = groups.map(({ from, to, spans }) => `${dayOfWeek(from, "short")}${to > from ? `–${dayOfWeek(to, "short")}` : ""} ${spans}`);
  return `${said.join("; ")} (${zone})`;
}
