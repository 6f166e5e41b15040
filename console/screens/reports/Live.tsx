// Who is on the site right now, for those who only watch; asked again every few seconds while the page is in front.
import { useEffect, useState } from "preact/hooks";
import { list } from "../../live/http";
import { useAnswer } from "../../live/ask";
import { keyOf, loadSites, site, sites } from "../../live/sites";
import { useHeld } from "../../parts/held";
import { Rows } from "../../parts/Rows";
import { Depth, Empty, Where } from "../../parts/small";
import { byDepth, isHere } from "../../state/desk";
import { duration, number } from "../../text/format";
import { whoIs } from "../../text/names";
import { t, tn, word } from "../../text/text";
import type { VisitBrief } from "../../wire";
import { Person } from "../desk/Person";
import { SitePicker } from "../SitePicker";

const EVERY_MS = 3_000;
const MOST = 20_000;

export function Live() {
  const [chosen, setChosen] = useState<string | null>(null);
  useEffect(() => { if (!sites.value) void loadSites().catch(() => undefined); }, []);
  const key = site.value ? keyOf(site.value) : null;
  const answer = useAnswer(key, () => list<VisitBrief>("/api/visits", { live: true, site: key }, MOST));
  useEffect(() => {
    const timer = setTimeout(() => { if (document.visibilityState === "visible") answer.again(); }, EVERY_MS);
    return () => clearTimeout(timer);
  });
  const { items, hold } = useHeld(byDepth(answer.value ?? []));
  const here = items.filter(isHere).length;
  const person = items.find((one) => one.id === chosen);
  return (
    <main class="reports live">
      <header class="reports-head"><h1>{t("live.title")} {here > 0 && <b class="count">{number(here)}</b>}</h1><SitePicker /></header>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {answer.value && items.length === 0 && <Empty title={t("site.none")}><p>{t("site.none_next")}</p></Empty>}
      <div class={`live-body${person ? " has-person" : ""}`}>
        {items.length > 0 && (
          <div {...hold}>
            <Rows items={items} height={56} label={t("live.title")} row={(visit) => (
              <button type="button" class={`row${visit.id === chosen ? " is-chosen" : ""}`} aria-expanded={visit.id === chosen}
                onClick={() => setChosen(visit.id === chosen ? null : visit.id)}>
                <span class="row-top"><Depth depth={visit.depth} deepest={visit.deepest} /><strong class={visit.left ? "has-left" : undefined}>{whoIs(visit)}</strong>
                  {visit.returning && <span class="tag">{t("live.returning")}</span>}
                  {visit.conversation && <span class="tag is-good">{t("live.talking")}</span>}
                  {visit.alert && !visit.conversation && <span class="tag is-warn">{t("live.rings")}</span>}
                  <span class="row-time soft">{visit.left ? t("visit.left") : duration(visit.dwell)}</span></span>
                <span class="row-bottom"><span class="row-text soft"><Where path={visit.path} /></span><span class="soft small">{word("channel", visit.source.channel)} · {tn("visit.pages", visit.pages)}</span></span>
              </button>
            )} />
          </div>
        )}
        {person && <aside class="sheet live-person" aria-label={t("desk.person")}><Person visit={person.id} seen={person} customer={person.customer} name={whoIs(person)} here={!person.left} /></aside>}
      </div>
    </main>
  );
}
