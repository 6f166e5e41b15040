// Step by step from an empty house to the first event: the site, its snippet, who answers. What is done is read from the
// server, so it can be left at any step and taken up again, from another browser too.
import { useEffect, useRef, useState } from "preact/hooks";
import { useAnswer } from "../../live/ask";
import { http } from "../../live/http";
import { experts, unfinished } from "../../live/setup";
import { loadSites, site as chosen, sites } from "../../live/sites";
import { part } from "../../parts/route";
import { blank, type Draft } from "../../state/site";
import { language, t, type Key } from "../../text/text";
import type { Me, Site, SiteSnippet } from "../../wire";
import { HERE_ZONE } from "../site/Settings";
import { SiteForm } from "../site/SiteForm";
import { useKept } from "../site/triggers/kept";
import { Done } from "./Done";
import { FirstExpert } from "./FirstExpert";
import { Wait } from "./Wait";

export const STEPS = ["account", "site", "snippet", "expert", "done"] as const;
export type Step = (typeof STEPS)[number];
export interface Known { heard: boolean; experts: number }

/** The first step that is not done yet. */
export function nextStep(site: boolean, { heard, experts: some }: Known): Step {
  if (!site) return "site";
  if (some > 0) return "done";
  return heard ? "expert" : "snippet";
}

export function Start({ me }: { me: Me }) {
  const [round, setRound] = useState(0);
  const site = chosen.value;
  useEffect(() => { if (!sites.value) void loadSites().catch(() => undefined); }, []);
  const answer = useAnswer(sites.value ? `${site?.id ?? ""}/${round}/${part.value}` : null, async (): Promise<Known> => {
    const [people, snippet] = await Promise.all([experts(), site ? http<SiteSnippet>("GET", `/api/sites/${site.id}/snippet`) : null]);
    return { experts: people.length, heard: !!snippet?.last_at };
  });
  const known = answer.value;
  useEffect(() => { if (known) unfinished.value = !site || known.experts === 0; }, [known, site]);
  const head = useRef<HTMLHeadingElement>(null);
  const ready = known !== null && sites.value !== null;
  const done = (step: Step) => step === "account" || (step === "site" && !!site) || (step === "snippet" && !!known?.heard) || (step === "expert" && !!known && known.experts > 0);
  const may = (step: Step) => step !== "account" && (step === "site" || !!site);
  const asked = STEPS.find((step) => step === part.value);
  const here = ready ? (asked && may(asked) ? asked : nextStep(!!site, known!)) : null;
  const before = useRef<Step | null>(null);
  useEffect(() => {
    if (here && before.current && before.current !== here) head.current?.focus();
    if (here) before.current = here;
  }, [here]);
  const go = (step: Step) => { location.hash = `#/start/${step}`; };
  return (
    <main class="reports start">
      <header class="reports-head"><h1>{t("start.title")}</h1></header>
      <nav aria-label={t("start.steps")}>
        <ol class="start-steps">
          {STEPS.map((step, at) => {
            const says = <><span class={`start-mark${done(step) ? " is-done" : ""}`} aria-hidden="true">{done(step) ? "✓" : at + 1}</span> {t(`start.step.${step}` as Key)}{done(step) && <span class="unseen"> ({t("start.is_done")})</span>}</>;
            return <li key={step}>{may(step) && ready ? <a href={`#/start/${step}`} aria-current={step === here ? "step" : undefined}>{says}</a> : <span>{says}</span>}</li>;
          })}
        </ol>
      </nav>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {!ready && !answer.problem && <p class="soft">{t("app.loading")}</p>}
      {here && (
        <section class="stack start-body" aria-labelledby="start-here">
          <h2 id="start-here" ref={head} tabIndex={-1}>{t(`start.head.${here}` as Key)}</h2>
          {here === "site" && <FirstSite site={site} onMade={() => go("snippet")} />}
          {here === "snippet" && site && <Wait site={site} onGo={() => go("expert")} />}
          {here === "expert" && site && <FirstExpert me={me} site={site} some={known!.experts} onGo={() => go("done")} onMade={() => setRound((old) => old + 1)} />}
          {here === "done" && site && <Done site={site} heard={known!.heard} experts={known!.experts} />}
          {here !== "done" && <p class="soft small">{t("start.leave")}</p>}
        </section>
      )}
    </main>
  );
}

function FirstSite({ site, onMade }: { site: Site | null; onMade: () => void }) {
  const [draft, setDraft] = useKept<Draft>("site.new");
  if (site) {
    return (
      <>
        <p>{t("start.site_there", { name: site.name })} <a href="#/site/settings">{t("start.site_change")}</a></p>
        <div class="rules-foot"><button type="button" class="main-button" onClick={onMade}>{t("start.go_on")}</button></div>
      </>
    );
  }
  const made = async () => {
    await loadSites();
    setDraft(null);
    onMade();
  };
  return (
    <>
      <p class="soft">{t("start.site_more")}</p>
      <SiteForm site={null} draft={draft ?? blank(language.value, HERE_ZONE)} onChange={setDraft} save={t("siteform.make")} onSaved={() => void made()} />
    </>
  );
}
