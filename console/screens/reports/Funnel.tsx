// From the first look to the order: a picture, the figures, and the people behind every loss.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useAnswer } from "../../live/ask";
import { http } from "../../live/http";
import { Empty } from "../../parts/small";
import { drops, type Drop } from "../../state/reports";
import { number, percent } from "../../text/format";
import { t, tn, word, type Key } from "../../text/text";
import { FUNNEL_STEPS, type FunnelAnswer, type FunnelRow, type FunnelStep } from "../../wire";
import { People } from "./People";
import type { Question } from "./question";

const WINDOWS_S = [3600, 86_400, 7 * 86_400, 30 * 86_400];

export function Funnel({ question }: { question: Question }) {
  const [steps, setSteps] = useState<FunnelStep[]>(FUNNEL_STEPS);
  const [windowS, setWindowS] = useState(7 * 86_400);
  const [people, setPeople] = useState<Drop | null>(null);
  const body = { ...question, steps, window_s: windowS };
  const answer = useAnswer(JSON.stringify(body), () => http<FunnelAnswer>("POST", "/api/funnels/query", body));
  const rows = answer.value?.steps ?? [];
  const lost = drops(rows);
  const toggle = (step: FunnelStep) => {
    const next = FUNNEL_STEPS.filter((one) => (one === step ? !steps.includes(one) : steps.includes(one)));
    if (next.length >= 2) { setSteps(next); setPeople(null); }
  };
  return (
    <section aria-busy={answer.busy} aria-labelledby="funnel-title">
      <h2 id="funnel-title" class="unseen">{t("reports.funnel")}</h2>
      <div class="report-tools">
        <fieldset class="step-picks">
          <legend>{t("funnel.steps")}</legend>
          {FUNNEL_STEPS.map((step) => (
            <label key={step} class="check"><input type="checkbox" checked={steps.includes(step)} onChange={() => toggle(step)} /><span>{word("step", step)}</span></label>
          ))}
        </fieldset>
        <label class="field is-inline"><span>{t("funnel.window")}</span>
          <select value={String(windowS)} onChange={(event) => setWindowS(Number(event.currentTarget.value))}>
            {WINDOWS_S.map((one) => <option key={one} value={String(one)}>{t(`funnel.window_${one}` as Key)}</option>)}
          </select></label>
        <button type="button" class="plain-button" onClick={answer.again} disabled={answer.busy}>{t("reports.again")}</button>
      </div>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {!answer.value && answer.busy && <p class="soft">{t("app.loading")}</p>}
      {rows.length > 0 && rows[0]!.visitors === 0 && <Empty title={t("funnel.none")}><p>{t("funnel.none_next")}</p></Empty>}
      {rows.length > 0 && rows[0]!.visitors > 0 && (
        <>
          <ol class="funnel" aria-label={t("funnel.picture")}>
            {rows.map((row, at) => (
              <Step key={row.name} row={row} first={rows[0]!.visitors} lost={lost[at] ?? null}
                chosen={people?.from === row.name} onPeople={(drop) => setPeople(people?.from === drop.from ? null : drop)}>
                {people?.from === row.name && (
                  <People key={JSON.stringify([body, people.from])} body={body} drop={people} title={dropName(people)} onClose={() => setPeople(null)} />
                )}
              </Step>
            ))}
          </ol>
          <Figures rows={rows} lost={lost} />
        </>
      )}
    </section>
  );
}

interface StepShown { row: FunnelRow; first: number; lost: Drop | null; chosen: boolean; onPeople: (drop: Drop) => void; children: ComponentChildren }
function Step({ row, first, lost, chosen, onPeople, children }: StepShown) {
  const share = first ? row.visitors / first : 0;
  const stays = lost ? row.visitors - lost.visitors : row.visitors;
  const staysShare = first ? stays / first : 0;
  const open = lost && lost.visitors > 0 ? () => onPeople(lost) : undefined;
  return (
    <li class={`funnel-step${chosen ? " is-chosen" : ""}`}>
      <p class="funnel-name"><strong>{word("step", row.name)}</strong> <span class="funnel-number">{number(row.visitors)}</span> <span class="soft">{percent(share)}</span></p>
      <svg class={`funnel-bar${open ? " is-open" : ""}`} viewBox="0 0 1000 32" preserveAspectRatio="none" aria-hidden="true" onClick={open}>
        <rect class="bar-back" width="1000" height="32" />
        <rect class="bar-lost" width={1000 * share} height="32" />
        <rect class="bar" width={1000 * staysShare} height="32" />
      </svg>
      {lost && (lost.visitors > 0 ? (
        <button type="button" class="drop" aria-expanded={chosen} onClick={open}>
          <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true"><rect class="bar-lost" width="10" height="10" rx="2" /></svg>
          <b>{number(lost.visitors)}</b> <span>{dropName(lost)}</span> <span class="soft">{percent(lost.share)}</span> <span aria-hidden="true">›</span>
        </button>
      ) : <p class="drop is-none soft">{t("funnel.nobody_lost")}</p>)}
      {children}
    </li>
  );
}

/** What became of those who stayed behind: "went deep, nobody answered". */
function dropName({ from, to }: Drop): string {
  const key = `${from}_${to}`;
  const known = word("drop", key);
  return known === key ? t("funnel.drop", { from: word("step", from), to: word("step", to) }) : known;
}

function Figures({ rows, lost }: { rows: FunnelRow[]; lost: (Drop | null)[] }) {
  return (
    <div class="table-wrap" tabIndex={0} role="region" aria-label={t("funnel.figures")}>
      <table class="figures">
        <caption>{t("funnel.figures")}</caption>
        <thead><tr><th scope="col">{t("funnel.step")}</th><th scope="col">{t("funnel.visitors")}</th><th scope="col">{t("funnel.of_first")}</th><th scope="col">{t("funnel.of_previous")}</th><th scope="col">{t("funnel.lost")}</th></tr></thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={row.name}>
              <th scope="row">{word("step", row.name)}</th><td>{number(row.visitors)}</td><td>{percent(row.share_of_first)}</td>
              <td>{percent(row.share_of_previous)}</td><td>{lost[at] ? number(lost[at].visitors) : "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="soft small">{tn("funnel.base", rows[0]?.visitors ?? 0)}</p>
    </div>
  );
}
