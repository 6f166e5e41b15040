// What a trigger would have done: looked for in the visits that are stored, before it may disturb anybody.
import { useEffect, useRef, useState } from "preact/hooks";
import { now } from "../../../live/clock";
import { useAnswer } from "../../../live/ask";
import { http } from "../../../live/http";
import { Where } from "../../../parts/small";
import { number, when } from "../../../text/format";
import { whoIs } from "../../../text/names";
import { t, tn, word, type Key } from "../../../text/text";
import type { BacktestAnswer, BacktestVisit, CustomerBrief, TriggerWrite } from "../../../wire";
import { Person } from "../../desk/Person";
import { Days } from "./Days";
import { span } from "./sentence";

const SPANS = ["7", "30", "90", "400"] as const;

/** Asks for `body` as it was when this was opened: what is changed meanwhile is tried anew. */
export function Backtest({ body, onClose }: { body: TriggerWrite; onClose: () => void }) {
  const [days, setDays] = useState(30);
  const [asked] = useState(body);
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), []);
  const answer = useAnswer(String(days), () => http<BacktestAnswer>("POST", "/api/triggers/backtest", { ...asked, days }));
  const stale = JSON.stringify(asked) !== JSON.stringify(body);
  return (
    <section class="backtest" aria-labelledby="backtest-title" aria-busy={answer.busy}>
      <header class="people-head">
        <h3 id="backtest-title" ref={head} tabIndex={-1}>{t("backtest.title")}</h3>
        <label class="field is-inline"><span>{t("backtest.span")}</span>
          <select value={String(days)} onChange={(event) => setDays(Number(event.currentTarget.value))}>
            {SPANS.map((one) => <option key={one} value={one}>{tn("backtest.days", Number(one))}</option>)}
          </select></label>
        <button type="button" class="quiet" onClick={onClose} aria-label={t("backtest.close")}>×</button>
      </header>
      {stale && <p class="hint">{t("backtest.stale")}</p>}
      {answer.problem && <p class="form-error" role="alert">{answer.problem} <button type="button" class="plain-button" onClick={answer.again}>{t("backtest.again")}</button></p>}
      {answer.busy && <Waiting days={days} />}
      {answer.value && !answer.busy && !answer.problem && <Told told={answer.value} days={days} action={asked.action ?? "alert"} />}
    </section>
  );
}

function Waiting({ days }: { days: number }) {
  const [began] = useState(Date.now());
  const seconds = Math.floor((now.value - began) / 1000);
  return <p class="soft" role="status">{tn("backtest.looking", days)}{seconds >= 2 && <span aria-hidden="true"> {span(seconds)}</span>}</p>;
}

function Told({ told, days, action }: { told: BacktestAnswer; days: number; action: string }) {
  const rings = action === "alert";
  if (told.visits === 0) return <p>{tn("backtest.no_visits", days)}</p>;
  const fired = { times: tn("count.times", told.firings), visitors: tn("count.visitors", told.visitors), customers: told.customers ? tn("backtest.of_them", told.customers) : t("backtest.no_customers") };
  return (
    <div class="stack">
      {told.firings === 0 ? <p class="said">{tn("backtest.never", days)}</p> : (
        <p class="said">
          {tn(rings ? "backtest.rung" : "backtest.acted", days, fired)}{" "}
          {rings && told.busy > 0 && <>{tn("backtest.busy", told.busy)} {tn("backtest.usually", told.busy_usually)}{" "}</>}
          {tn("backtest.anyway", told.ordered_anyway)}
        </p>
      )}
      <ul class="assumptions small soft">
        <li>{tn(told.every > 1 ? "backtest.some_visits" : "backtest.all_visits", told.visits, { every: number(told.every) })} {told.ordered_all > 0 ? tn("backtest.all_ordered", told.ordered_all) : t("backtest.none_ordered")}</li>
        {told.held_out > 0 && <li>{tn("backtest.held_out", told.held_out)}</li>}
        {rings && told.firings > 0 && <li>{t(told.talk_known ? "backtest.talk" : "backtest.talk_guess", { time: span(Math.max(1, Math.round(told.talk_seconds / 60)) * 60) })}</li>}
        {told.assumed.map((kind) => <li key={kind}>{t("backtest.assumed", { what: assumption(kind) })}</li>)}
      </ul>
      {told.firings > 0 && <Days days={told.days} />}
      {told.examples.length > 0 && <Examples items={told.examples} />}
    </div>
  );
}
const assumption = (kind: string): string => { const known = word("kind", kind); return known === kind ? kind : t(`kind.${kind}` as Key); };

/** All that a backtest knows of a customer is the id; the rest is fetched for it. */
const briefly = (id: string | null): CustomerBrief | null => (id === null ? null : { id, name: "", tier: "", owner: null, orders: 0, spent: null, last_contact: null });

function Examples({ items }: { items: readonly BacktestVisit[] }) {
  const [chosen, setChosen] = useState<BacktestVisit | null>(null);
  const name = (one: BacktestVisit) => (one.customer ? t("backtest.a_customer", { mark: one.customer.slice(-4) }) : whoIs({ customer: null, visitor: one.visitor }));
  return (
    <div>
      <h4>{t("backtest.examples")}</h4>
      <div class="people-body">
        <ul class="people-list" aria-label={t("backtest.examples")}>
          {items.map((one) => (
            <li key={`${one.visit}/${one.at}`}>
              <button type="button" class={`row${chosen === one ? " is-chosen" : ""}`} aria-expanded={chosen === one} onClick={() => setChosen(chosen === one ? null : one)}>
                <span class="row-top"><strong>{name(one)}</strong>{one.ordered && <span class="tag is-good">{t("backtest.ordered")}</span>}<span class="row-time soft">{when(one.at, now.value)}</span></span>
                <span class="row-bottom"><span class="row-text soft"><Where path={one.topic} /></span></span>
              </button>
            </li>
          ))}
        </ul>
        {chosen && <div class="people-person"><Person visit={chosen.visit} seen={null} customer={briefly(chosen.customer)} name={name(chosen)} here={false} /></div>}
      </div>
    </div>
  );
}
