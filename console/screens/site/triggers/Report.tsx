// What a trigger brought: who was spoken to against who was left alone, the difference with its interval, or what is missing for one.
import { useAnswer } from "../../../live/ask";
import { http } from "../../../live/http";
import { number, percent } from "../../../text/format";
import { language, t, tn, word } from "../../../text/text";
import type { TriggerArm, TriggerReport } from "../../../wire";

/** `customers`: it fires on customers only, and those are never left alone. */
export function Report({ id, customers = false }: { id: string; customers?: boolean }) {
  const answer = useAnswer(id, () => http<TriggerReport>("GET", `/api/triggers/${id}/report`));
  return (
    <section class="backtest" aria-label={t("report.title")} aria-busy={answer.busy}>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {!answer.value && answer.busy && <p class="soft">{t("app.loading")}</p>}
      {answer.value && <Told told={answer.value} customers={customers} />}
    </section>
  );
}

/** "It fired 12 times: 10 times it acted, …; of its bells 7 accepted, 3 nobody was free in time." */
export function firedText(told: TriggerReport): string {
  if (told.firings === 0) return t("report.never");
  const alone = told.firings - told.acted;
  const parts = [tn("report.fired", told.firings), told.customers > 0 ? tn("report.customers", told.customers) : "", alone > 0 ? tn("report.alone", alone) : ""];
  const bells = Object.entries(told.alerts).filter(([, n]) => n > 0).sort(([, a], [, b]) => b - a).map(([end, n]) => `${number(n)} ${word("ends", end)}`);
  return `${parts.filter(Boolean).join(", ")}.${bells.length ? ` ${t("report.bells", { ends: bells.join(", ") })}` : ""}`;
}

function Told({ told, customers }: { told: TriggerReport; customers: boolean }) {
  const compared = told.treated.visitors + told.held_out.visitors > 0;
  return (
    <div class="stack">
      <p class="said">{t("report.so_far", { what: firedText(told) })}</p>
      <p class="said">{told.uplift !== null && told.low !== null && told.high !== null ? upliftText(told.uplift, told.low, told.high) : !told.strangers ? t("report.only_customers") : told.missing > 0 ? tn("report.missing", told.missing) : t(customers ? "report.customers_only" : "report.no_hold_out")}</p>
      {told.uplift !== null && told.low !== null && told.high !== null && <Interval at={told.uplift} low={told.low} high={told.high} />}
      {compared && <p class="soft small">{t("report.arms")}.</p>}
      {compared && (
        <div class="table-wrap" tabIndex={0} role="region" aria-label={t("report.arms")}>
          <table class="figures">
            <thead><tr><th scope="col">{t("report.arm")}</th><th scope="col">{t("report.visitors")}</th><th scope="col">{t("report.ordered")}</th><th scope="col">{t("report.share")}</th></tr></thead>
            <tbody><Arm name={t("report.treated")} arm={told.treated} /><Arm name={t("report.held_out")} arm={told.held_out} /></tbody>
          </table>
        </div>
      )}
    </div>
  );
}
const Arm = ({ name, arm }: { name: string; arm: TriggerArm }) => (
  <tr><th scope="row">{name}</th><td>{number(arm.visitors)}</td><td>{number(arm.ordered)}</td><td>{arm.visitors ? percent(arm.ordered / arm.visitors) : "–"}</td></tr>
);

/** "3.1 points more orders (from 0.4 to 5.8)"; where nothing lies within the interval, that it may be chance. */
export function upliftText(uplift: number, low: number, high: number): string {
  const round = (n: number) => Math.round(n * 10) / 10;
  const points = (n: number) => new Intl.NumberFormat(language.value, { maximumFractionDigits: 1, signDisplay: "negative" }).format(round(n));
  const text = tn(uplift < 0 ? "report.less" : "report.more", round(Math.abs(uplift)), { points: points(Math.abs(uplift)), low: points(low), high: points(high) });
  return low <= 0 && high >= 0 ? `${text} ${t("report.chance")}` : text;
}
/** The interval on a line with nothing at its mark; the sentence beside it says the same. */
function Interval({ at, low, high }: { at: number; low: number; high: number }) {
  const far = Math.max(Math.abs(low), Math.abs(high), 1) * 1.15;
  const x = (n: number) => 150 + (n / far) * 145;
  return (
    <svg class="interval" viewBox="0 0 300 28" role="presentation" aria-hidden="true">
      <line class="interval-axis" x1="5" x2="295" y1="14" y2="14" /><line class="interval-zero" x1="150" x2="150" y1="2" y2="26" />
      <rect class="bar-lost" x={x(low)} width={Math.max(1, x(high) - x(low))} y="9" height="10" rx="2" /><circle class="bar" cx={x(at)} cy="14" r="6" />
    </svg>
  );
}
