// What belongs to the site itself: its snippet, its tree, what comes from it, the rules that ring, who is a program.
import { useEffect, useState } from "preact/hooks";
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
import { LookForm } from "./LookForm";
import { Products } from "./Products";
import { Settings } from "./Settings";
import { Snippet } from "./Snippet";
import { TalkForm } from "./TalkForm";
import { Tokens } from "../team/Tokens";
import { Topics } from "./Topics";
import { Tree } from "./Tree";
import { Triggers } from "./Triggers";
import { Webhooks } from "./Webhooks";

/** Where everything about a site stands: by the question that it answers. `team` is a screen of its own. */
const GROUPS = {
  site: ["settings", "snippet", "look", "tree", "products", "events", "bots"],
  answers: ["triggers", "ladder", "topics", "team"],
  said: ["talk", "articles", "canned"],
  connections: ["webhooks", "tokens"],
} as const;
const TABS = Object.values(GROUPS).flat();
type Tab = (typeof TABS)[number];
const FIRST: Tab = "snippet";
/** What administrators alone may see. */
const ADMINS: readonly Tab[] = ["webhooks", "tokens"];

/** What marketers change as administrators do. */
const MARKETERS: readonly string[] = ["articles", "canned", "bots"];

export function Site({ me }: { me: Me }) {
  useEffect(() => {
    if (!sites.value) loadSites().catch((error: unknown) => say(errorText(codeOf(error), detailOf(error)), "bad"));
  }, []);
  const here = site.value;
  if (!sites.value) return <main class="reports" aria-busy="true"><h1>{t("nav.site")}</h1><p class="soft">{t("app.loading")}</p></main>;
  if (!here) return <main class="reports"><h1>{t("nav.site")}</h1><Empty title={t("reports.no_site")}>{me.role === "admin" ? <p><a href="#/start">{t("start.title")}</a></p> : <p>{t("reports.no_site_next")}</p>}</Empty></main>;
  const changes = me.role === "admin";
  const may = (name: Tab) => changes || !ADMINS.includes(name);
  const tab = TABS.find((name) => name === part.value && name !== "team" && may(name)) ?? FIRST;
  return (
    <main class="reports site">
      <header class="reports-head"><h1>{t("nav.site")}</h1><SitePicker said /></header>
      <div class="site-body">
      <Places tab={tab} may={may} />
      <div class="site-here">
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
      {tab === "settings" && <Settings key={here.id} site={here} changes={changes} />}
      {tab === "look" && <LookForm key={here.id} site={here} changes={changes} />}
      {tab === "products" && <Products key={here.id} site={here} changes={changes} />}
      {tab === "talk" && <TalkForm key={here.id} site={here} changes={changes} />}
      {tab === "webhooks" && <Webhooks key={here.id} site={here} />}
      {tab === "tokens" && <Tokens />}
      </div>
      </div>
    </main>
  );
}

/** On a phone the places fold into one line that says where one is. */
function Places({ tab, may }: { tab: Tab; may: (name: Tab) => boolean }) {
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [tab]);
  const groups = Object.entries(GROUPS).map(([group, names]) => ({ group, names: (names as readonly Tab[]).filter(may) })).filter(({ names }) => names.length > 0);
  const mine = groups.find(({ names }) => names.includes(tab))!;
  const label = (name: Tab) => t((name === "team" ? "nav.team" : `site.${name}`) as Key);
  return (
    <div class="places">
      <button type="button" class="places-open plain-button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span class="soft">{t(`site.group.${mine.group}` as Key)} ›</span> {label(tab)} <span aria-hidden="true">▾</span>
      </button>
      <nav class={`place-links${open ? " is-open" : ""}`} aria-label={t("site.parts")}>
        {groups.map(({ group, names }) => (
          <div key={group}>
            <h2 id={`group-${group}`}>{t(`site.group.${group}` as Key)}</h2>
            <ul aria-labelledby={`group-${group}`}>
              {names.map((name) => <li key={name}><a href={name === "team" ? "#/team" : `#/site/${name}`} aria-current={name === tab ? "page" : undefined}>{label(name)}</a></li>)}
            </ul>
          </div>
        ))}
      </nav>
    </div>
  );
}
