// One screen for the day: who needs me, the talk, the person. On a phone the three stand behind tabs.
import { useEffect } from "preact/hooks";
import { alerts, desk } from "../../live/desk";
import { column, selection, type Column } from "../../live/selection";
import { unanswered } from "../../state/desk";
import { whoIs, whereIs } from "../../text/names";
import { number } from "../../text/format";
import { t, type Key } from "../../text/text";
import { Alerts } from "./Alerts";
import { Conversations } from "./Conversations";
import { KeysPanel, useKeys } from "./Keys";
import { OnSite } from "./OnSite";
import { PersonOfSelection } from "./Person";
import { Queue } from "./Queue";
import { Talk } from "./Talk";
import { Unanswered } from "./Unanswered";

const COLUMNS: Column[] = ["list", "talk", "person"];

export function Desk() {
  useKeys();
  useEffect(() => {
    // A phone's column follows the selection only when somebody chose; the list is where a day begins.
    if (!selection.value) column.value = "list";
  }, []);
  const now = desk.value;
  if (!now) return <main class="desk is-empty" aria-busy="true"><h1 class="unseen">{t("nav.desk")}</h1><p class="soft">{t("app.loading")}</p></main>;
  const unread = now.conversations.reduce((sum, one) => sum + (one.expert && one.state === "open" ? one.unread : 0), 0);
  const counts: Record<Column, number> = { list: now.alerts.length + unanswered(now).length, talk: unread, person: 0 };
  return (
    <main class={`desk shows-${column.value}`}>
      <h1 class="unseen">{t("nav.desk")}</h1>
      <nav class="columns" aria-label={t("desk.columns")}>
        {COLUMNS.map((name) => (
          <button key={name} type="button" aria-pressed={column.value === name} onClick={() => (column.value = name)}>
            {t(`desk.${name}` as Key)}{counts[name] > 0 && <b class="count">{number(counts[name])}</b>}
          </button>
        ))}
      </nav>
      <div class="column column-list" role="region" aria-label={t("desk.list")} tabIndex={0}>
        <Alerts />
        <Queue />
        <Unanswered />
        <Conversations />
        <OnSite />
      </div>
      <section class="column column-talk" aria-label={t("desk.talk")}><Talk /></section>
      <aside class="column column-person" aria-label={t("desk.person")} tabIndex={0}><PersonOfSelection /></aside>
      <KeysPanel />
      <Spoken />
    </main>
  );
}

/** For those who listen to the screen: the newest bell in one sentence. */
function Spoken() {
  const newest = alerts.value.reduce<(typeof alerts.value)[number] | null>(
    (best, one) => (!best || one.expires_at > best.expires_at ? one : best), null);
  return (
    <p class="unseen" role="log" aria-live="assertive">
      {newest && t("alert.spoken", { who: whoIs(newest.visit), where: whereIs(newest.visit.path) })}
    </p>
  );
}
