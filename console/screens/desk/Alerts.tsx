// Who needs me: the most important first, with why and how long; those behind them as lines; those that ended leave one line.
import { accept, accepting, alerts, connection, decline, desk, setPresence } from "../../live/desk";
import { now } from "../../live/clock";
import { select, selection, shownBells } from "../../live/selection";
import { mine, nobodys, talks, waits } from "../../live/value";
import { useHeld } from "../../parts/held";
import { Rows } from "../../parts/Rows";
import { Countdown, Depth, Empty, Where } from "../../parts/small";
import { hasLeft, type Cleared } from "../../state/desk";
import { duration, number } from "../../text/format";
import { whoIs } from "../../text/names";
import { t, tn, word } from "../../text/text";
import type { Alert } from "../../wire";
import { DesktopLine } from "./Notify";
import { Asked } from "./Asked";
import { CustomerLine } from "./CustomerLine";
import { Question } from "./Question";
import { waitingCount } from "./Queue";

/** So many stand as cards, all others as lines: a desk answers one after the other. */
const CARDS = 20;
const LINE = 52;
const CLEARED_MS = 12_000;

export function Alerts() {
  const { items, hold } = useHeld(alerts.value);
  shownBells.ids = items.map((one) => one.id);
  const status = mine.value?.status;
  // Who has no place for conversations is never rung.
  const rings = mine.value?.capacity !== 0;
  const full = talks.value.open.length >= (mine.value?.capacity ?? 0);
  const others = waitingCount.value > 0 ? (full ? "alerts.none_but_queue" : "alerts.none_but_waiting")
    : nobodys.value.length > 0 ? "alerts.none_but_unanswered" : waits.value ? "alerts.none_but_nobodys" : null;
  return (
    <section class="block" aria-labelledby="alerts-title">
      <h2 id="alerts-title">{t("alerts.title")} {items.length > 0 && <b class="count is-loud">{number(items.length)}</b>}</h2>
      {status && status !== "online" && rings && (
        <p class="hint">
          {t(status === "away" ? "alerts.away" : "alerts.offline")}{" "}
          <button type="button" class="plain-button" disabled={connection.value.phase !== "live"}
            onClick={() => void setPresence("online")}>{t("presence.go_online")}</button>
        </p>
      )}
      <div {...hold}>
        <div class="alerts">{items.slice(0, CARDS).map((alert) => <AlertCard key={alert.id} alert={alert} />)}</div>
        {items.length > CARDS && (
          <div class="alerts-more">
            <p class="soft small">{tn("alerts.more", items.length - CARDS)}</p>
            <Rows items={items.slice(CARDS)} height={LINE} label={t("alerts.more_label")} row={(alert) => <AlertLine alert={alert} />} />
          </div>
        )}
      </div>
      <ClearedLines />
      {items.length === 0 && others && <p class="soft">{t(others)}</p>}
      {items.length === 0 && !others && (
        <Empty title={t("alerts.none")}>
          <p>{t(rings ? "alerts.none_next" : "alerts.none_here")}</p>
          {rings && <DesktopLine />}
        </Empty>
      )}
    </section>
  );
}

const isChosen = (alert: Alert): boolean => selection.value?.kind === "alert" && selection.value.id === alert.id;

function AlertCard({ alert }: { alert: Alert }) {
  const { visit, customer, transfer } = alert;
  const chosen = isChosen(alert);
  const who = whoIs(visit);
  const choose = () => select("alert", alert.id);
  return (
    <article class={`alert${chosen ? " is-chosen" : ""}${hasLeft(alert, now.value) ? " has-left" : ""}`} data-alert={alert.id} tabIndex={0}
      aria-label={t("alert.label", { who })} aria-current={chosen ? "true" : undefined} onClick={choose} onFocus={choose}>
      <header class="alert-head">
        <strong class="alert-who">{who}</strong>
        <Countdown until={alert.expires_at} />
      </header>
      {transfer && <Handed by={transfer.by.name} note={transfer.note} />}
      <CustomerLine customer={customer} returning={visit.returning} />
      <p class="alert-where"><Where path={visit.path} /></p>
      <p class="alert-facts soft">
        <Depth depth={visit.depth} deepest={visit.deepest} />
        {tn("visit.pages", visit.pages)} · {duration(visit.dwell)}
        {hasLeft(alert, now.value) && <b class="left-tag">{t("visit.left")}</b>}
      </p>
      <Question alert={alert} />
      <ul class="why" aria-label={t("alert.why")}>
        <li class="rung">{transfer ? t("alert.passed") : word("rung", alert.rung)}</li>
        {alert.why.map((line) => <li key={line}>{word("why", line)}</li>)}
        <li class="importance" title={t("alert.importance_more")}>{t("alert.importance", { n: alert.importance })}</li>
      </ul>
      <Asked visit={visit.id} again={`${alert.id}/${alert.rung}/${alert.expires_at}`} />
      <footer class="alert-foot">
        <button type="button" class="plain-button" onClick={(event) => { event.stopPropagation(); void decline(alert.id); }}>
          {t("alert.decline")}<span class="unseen"> {who}</span>
        </button>
        <button type="button" class="main-button" disabled={accepting.value !== null}
          onClick={(event) => { event.stopPropagation(); void accept(alert.id); }}>
          {accepting.value === alert.id ? t("alert.accepting") : t("alert.accept")}<span class="unseen"> {who}</span>
        </button>
      </footer>
    </article>
  );
}

/** A colleague offers a conversation of theirs, with what they say of it. */
export function Handed({ by, note }: { by: string; note: string }) {
  return <p class="handed"><b>{t("alert.handed", { who: by })}</b>{note && <q class="handed-note">{note}</q>}</p>;
}

function AlertLine({ alert }: { alert: Alert }) {
  const chosen = isChosen(alert);
  const who = whoIs(alert.visit);
  return (
    <button type="button" class={`row alert-line${chosen ? " is-chosen" : ""}`} data-alert={alert.id} aria-label={t("alert.label", { who })}
      aria-current={chosen ? "true" : undefined} onClick={() => select("alert", alert.id, "talk")}>
      <span class="row-top"><strong>{who}</strong><span class="row-time soft"><Countdown until={alert.expires_at} /></span></span>
      <span class="row-bottom"><span class="row-text soft"><Where path={alert.visit.path} /></span></span>
    </button>
  );
}

/** Ends of which nothing is said: it is mine now, or the same person rings beside it. */
const QUIET: readonly string[] = ["accepted", "superseded"];
function ClearedLines() {
  const shown = (desk.value?.cleared ?? []).filter((one) => now.value - one.at < CLEARED_MS && !QUIET.includes(one.reason)).slice(0, 3);
  return <>{shown.map((one) => <ClearedLine key={one.alert.id} cleared={one} />)}</>;
}
function ClearedLine({ cleared }: { cleared: Cleared }) {
  return (
    <p class="cleared soft" role="status">
      {whoIs(cleared.alert.visit)}: {word("cleared", cleared.reason)}
    </p>
  );
}
