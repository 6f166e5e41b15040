// Firings by day as small bars; the same as a table behind them, for those who read rather than look.
import { number } from "../../../text/format";
import { language, t, tn } from "../../../text/text";
import type { BacktestAnswer } from "../../../wire";

const HEIGHT = 48;

/** A date of the site's zone ("2026-03-09"), written as people do; no zone of the reader's moves it. */
const dated = (date: string): string => new Intl.DateTimeFormat(language.value, { day: "numeric", month: "short", timeZone: "UTC" }).format(Date.parse(`${date}T00:00:00Z`));

export function Days({ days }: { days: BacktestAnswer["days"] }) {
  const most = Math.max(1, ...days.map((one) => one.firings));
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return null;
  return (
    <figure class="days">
      <svg viewBox={`0 0 ${days.length * 10} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {days.map((one, at) => {
          const height = one.firings ? Math.max(1.5, (HEIGHT * one.firings) / most) : 0;
          return <rect key={one.date} class="bar" x={at * 10 + 1} width={8} y={HEIGHT - height} height={height}><title>{dated(one.date)}: {number(one.firings)}</title></rect>;
        })}
      </svg>
      <figcaption class="small soft"><span>{dated(first.date)}</span><span>{tn("backtest.most_a_day", most)}</span><span>{dated(last.date)}</span></figcaption>
      <details>
        <summary class="small">{t("backtest.table")}</summary>
        <div class="table-wrap" tabIndex={0} role="region" aria-label={t("backtest.table")}>
          <table class="figures">
            <thead><tr><th scope="col">{t("backtest.day")}</th><th scope="col">{t("backtest.firings")}</th></tr></thead>
            <tbody>{days.map((one) => <tr key={one.date}><th scope="row">{dated(one.date)}</th><td>{number(one.firings)}</td></tr>)}</tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
