// What belongs to the site itself: its snippet, its tree, what comes from it, the rules that ring, who is a program.
import { useEffect } from "preact/hooks";
import { codeOf, detailOf } from "../../live/http";
import { say } from "../../live/notes";
import { loadSites, site, sites } from "../../live/sites";
import { part } from "../../parts/route";
import { Empty } from "../../parts/small";
import { errorText, t, type Key } from "../../text/text";
import type { Me } from "../../wire";
import { SitePicker } from "../SitePicker";
import { Articles } from "./Articles";
import { Bots } from "./Bots";
import { CannedAnswers } from "./CannedAnswers";
import { Events } from "./Events";
import { Ladder } from "./Ladder";
import { Snippet } from "./Snippet";
import { Topics } from "./Topics";
import { Tree } from "./Tree";
import { Triggers } from "./Triggers";
import { Webhooks } from "./Webhooks";

const TABS = ["snippet", "tree", "events", "triggers", "ladder", "topics", "articles", "canned", "bots", "webhooks"] as const;

/** What marketers change as administrators do. */
const MARKETERS: readonly string[] = ["articles", "canned", "bots"];

export function Site({ me }: { me: Me }) {
  useEffect(() => {
    if (!sites.value) loadSites().catch((error: unknown) => say(errorText(codeOf(error), detailOf(error)), "bad"));
  }, []);
  // On a phone the tabs are wider than the screen: the chosen one stands in sight.
  useEffect(() => document.querySelector(".tab-links [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" }), [part.value]);
  const here = site.value;
  if (!sites.value) return <main class="reports" aria-busy="true"><h1>{t("nav.site")}</h1><p class="soft">{t("app.loading")}</p></main>;
  if (!here) return <main class="reports"><h1>{t("nav.site")}</h1><Empty title={t("reports.no_site")}><p>{t("reports.no_site_next")}</p></Empty></main>;
  const changes = me.role === "admin";
  const tabs = TABS.filter((name) => changes || name !== "webhooks");
  const tab = tabs.find((name) => name === part.value) ?? TABS[0];
  return (
    <main class="reports site">
      <header class="reports-head"><h1>{t("nav.site")}</h1><SitePicker said /></header>
      <nav class="tab-links" aria-label={t("site.parts")}>
        {tabs.map((name) => (
          <a key={name} href={`#/site/${name}`} aria-current={name === tab ? "page" : undefined}>{t(`site.${name}` as Key)}</a>
        ))}
      </nav>
      {!changes && !MARKETERS.includes(tab) && <p class="soft small">{t("site.looks_on")}</p>}
      {tab === "snippet" && <Snippet key={here.id} site={here} changes={changes} />}
      {tab === "tree" && <Tree key={here.id} site={here} changes={changes} />}
      {tab === "events" && <Events key={here.id} site={here} changes={changes} />}
      {tab === "triggers" && <Triggers key={here.id} site={here} changes={changes} />}
      {tab === "ladder" && <Ladder key={here.id} site={here} changes={changes} />}
      {tab === "topics" && <Topics key={here.id} site={here} changes={changes} />}
      {tab === "articles" && <Articles key={here.id} site={here} />}
      {tab === "canned" && <CannedAnswers key={here.id} site={here} />}
      {tab === "bots" && <Bots key={here.id} site={here} />}
      {tab === "webhooks" && <Webhooks key={here.id} site={here} />}
    </main>
  );
}
