// The plain figures of a range, and how deep its visits went.
import { useAnswer } from "../../live/ask";
import { http } from "../../live/http";
import { Empty } from "../../parts/small";
import { number, percent } from "../../text/format";
import { t, tn, type Key } from "../../text/text";
import type { Overview as Figures } from "../../wire";
import { Bar } from "./Bar";
import type { Question } from "./question";

const FIGURES = ["visitors", "returning_visitors", "visits", "page_views"] as const;

export function Overview({ question }: { question: Question }) {
  const answer = useAnswer(JSON.stringify(question), () => http<Figures>("GET", "/api/reports/overview", undefined, { ...question }));
  const figures = answer.value;
  return (
    <section aria-busy={answer.busy} aria-labelledby="overview-title">
      <h2 id="overview-title" class="unseen">{t("reports.overview")}</h2>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {!figures && answer.busy && <p class="soft">{t("app.loading")}</p>}
      {figures && (
        <>
          <dl class="tiles">
            {FIGURES.map((name) => (
              <div key={name} class="tile sheet">
                <dt>{t(`overview.${name}` as Key)}</dt>
                <dd>{number(figures[name])}
                  {name === "returning_visitors" && figures.visitors > 0 && <small class="soft"> {percent(figures.returning_visitors / figures.visitors)}</small>}
                </dd>
              </div>
            ))}
          </dl>
          {figures.visits === 0 ? <Empty title={t("overview.none")}><p>{t("overview.none_next")}</p></Empty> : <ByDepth by={figures.by_depth} />}
        </>
      )}
    </section>
  );
}

function ByDepth({ by }: { by: Record<string, number> }) {
  const rows = Object.entries(by).map(([depth, n]) => ({ depth: Number(depth), n })).sort((a, b) => a.depth - b.depth);
  const most = Math.max(1, ...rows.map((row) => row.n));
  return (
    <table class="figures bars">
      <caption>{t("overview.by_depth")}</caption>
      <thead><tr><th scope="col">{t("overview.depth")}</th><th scope="col" class="is-bar"><span class="unseen">{t("overview.bar")}</span></th><th scope="col">{t("overview.views")}</th></tr></thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.depth}>
            <th scope="row">{row.depth === 0 ? t("where.home") : tn("overview.level", row.depth)}</th>
            <td class="is-bar"><Bar share={row.n / most} /></td>
            <td>{number(row.n)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
