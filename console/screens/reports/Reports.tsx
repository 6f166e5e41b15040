// The marketer's questions: one site, one range of days in its zone; the funnel, the visitors, the tree.
import { useEffect, useState } from "preact/hooks";
import { codeOf, detailOf } from "../../live/http";
import { say } from "../../live/notes";
import { keyOf, loadSites, site, sites, zoneOf } from "../../live/sites";
import { Empty } from "../../parts/small";
import { dayIn, shiftDay } from "../../state/reports";
import { errorText, t, type Key } from "../../text/text";
import { SitePicker } from "../SitePicker";
import { Funnel } from "./Funnel";
import { Overview } from "./Overview";
import type { Question } from "./question";
import { Tree } from "./Tree";

const TABS = ["funnel", "overview", "tree"] as const;
type Tab = (typeof TABS)[number];
const RANGES = [0, 6, 29] as const;

export function Reports() {
  const [tab, setTab] = useState<Tab>("funnel");
  const [days, setDays] = useState<{ from: string; to: string } | null>(null);
  useEffect(() => {
    if (!sites.value) loadSites().catch((error: unknown) => say(errorText(codeOf(error), detailOf(error)), "bad"));
  }, []);
  const here = site.value;
  const today = dayIn(zoneOf(here), new Date());
  const { from, to } = days ?? { from: shiftDay(today, -6), to: today };
  if (!sites.value) return <main class="reports" aria-busy="true"><h1>{t("nav.reports")}</h1><p class="soft">{t("app.loading")}</p></main>;
  if (!here) return <main class="reports"><h1>{t("nav.reports")}</h1><Empty title={t("reports.no_site")}><p>{t("reports.no_site_next")}</p></Empty></main>;
  const question: Question = { site: keyOf(here), from, to };
  return (
    <main class="reports">
      <header class="reports-head">
        <h1>{t("nav.reports")}</h1>
        <SitePicker />
        <div class="range" role="group" aria-label={t("range.label")}>
          <div class="segments">
            {RANGES.map((back) => (
              <button key={back} type="button" aria-pressed={to === today && from === shiftDay(today, -back)}
                onClick={() => setDays({ from: shiftDay(today, -back), to: today })}>{t(`range.back_${back}` as Key)}</button>
            ))}
          </div>
          <label class="field is-inline"><span>{t("range.from")}</span>
            <input type="date" value={from} max={to} onChange={(event) => event.currentTarget.value && setDays({ from: event.currentTarget.value, to })} /></label>
          <label class="field is-inline"><span>{t("range.to")}</span>
            <input type="date" value={to} min={from} onChange={(event) => event.currentTarget.value && setDays({ from, to: event.currentTarget.value })} /></label>
          <span class="soft small">{t("range.zone", { zone: zoneOf(here) })}</span>
        </div>
      </header>
      <nav class="segments tabs" aria-label={t("reports.kinds")}>
        {TABS.map((name) => (
          <button key={name} type="button" aria-pressed={tab === name} onClick={() => setTab(name)}>{t(`reports.${name}` as Key)}</button>
        ))}
      </nav>
      {tab === "funnel" && <Funnel question={question} />}
      {tab === "overview" && <Overview question={question} />}
      {tab === "tree" && <Tree question={question} />}
    </main>
  );
}
