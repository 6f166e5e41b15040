// One screen for the day: who needs me, the talk, the person. On a phone the three stand behind tabs.
import { computed } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { missed } from "../../live/missed";
import { column, selection, type Column } from "../../live/selection";
import { alerts, desk, kept, nobodys, talks } from "../../live/value";
import { useKeptFocus } from "../../parts/focus";
import { whoIs, whereIs } from "../../text/names";
import { number } from "../../text/format";
import { t, tn, type Key } from "../../text/text";
import { Alerts } from "./Alerts";
import { Callbacks } from "./Callbacks";
import { Conversations } from "./Conversations";
import { KeysPanel, useKeys } from "./Keys";
import { Missed } from "./Missed";
import { OnSite } from "./OnSite";
import { PersonOfSelection } from "./Person";
import { Queue } from "./Queue";
import { Talk } from "./Talk";
import { Overnight, Unanswered } from "./Unanswered";

const COLUMNS: Column[] = ["list", "talk", "person"];

const loaded = computed(() => desk.value !== null);
const unread = computed(() => talks.value.open.reduce((sum, one) => sum + one.unread, 0));

export function Desk() {
  useKeys();
  useEffect(() => {
    // A phone's column follows the selection only when somebody chose; the list is where a day begins.
    if (!selection.value) column.value = "list";
  }, []);
  if (!loaded.value) return <main class="desk is-empty" aria-busy="true"><h1 class="unseen">{t("nav.desk")}</h1><p class="soft">{t("app.loading")}</p></main>;
  const counts: Record<Column, number> = { list: alerts.value.length + kept.value.length + nobodys.value.length + missed.value.length, talk: unread.value, person: 0 };
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
      <List />
      <section class="column column-talk" aria-label={t("desk.talk")}><Talk /></section>
      <aside class="column column-person" aria-label={t("desk.person")} tabIndex={0}><PersonOfSelection /></aside>
      <KeysPanel />
      <Spoken />
    </main>
  );
}

function List() {
  const ref = useRef<HTMLDivElement>(null);
  useKeptFocus(ref);
  return (
    <div class="column column-list" ref={ref} role="region" aria-label={t("desk.list")} tabIndex={0}>
      <Overnight />
      <Alerts />
      <Conversations />
      <Callbacks />
      <Queue />
      <Unanswered />
      <Missed />
      <OnSite />
    </div>
  );
}

/** Many bells at once are gathered into one sentence, and sentences do not chase each other. */
const GATHER_MS = 400, BETWEEN_MS = 4_000;
/** For those who listen to the screen: the newest bell in one sentence, and how many began beside it. */
function Spoken() {
  const [said, setSaid] = useState("");
  const known = useRef(new Set<string>());
  const at = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const all = alerts.value;
  useEffect(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      const [first, ...more] = alerts.peek().filter((one) => !known.current.has(one.id));
      known.current = new Set(alerts.peek().map((one) => one.id));
      if (!first) return;
      at.current = Date.now();
      setSaid(t("alert.spoken", { who: whoIs(first.visit), where: whereIs(first.visit.path) }) + (more.length ? ` ${tn("alert.spoken_more", more.length)}` : ""));
    }, Math.max(GATHER_MS, at.current + BETWEEN_MS - Date.now()));
  }, [all]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return <p class="unseen" role="log" aria-live="assertive">{said}</p>;
}
