// Who is on the site right now, for those who only watch. Where the desk's line is open it tells; else we ask.
import { useEffect, useMemo, useState } from "preact/hooks";
import { list } from "../../live/http";
import { usePolled } from "../../live/poll";
import { keyOf, loadSites, site, sites } from "../../live/sites";
import { desk } from "../../live/value";
import { useHeld } from "../../parts/held";
import { Rows } from "../../parts/Rows";
import { Empty } from "../../parts/small";
import { byDepth, isHere } from "../../state/desk";
import { number } from "../../text/format";
import { whoIs } from "../../text/names";
import { t, tn } from "../../text/text";
import type { VisitBrief } from "../../wire";
import { Person } from "../desk/Person";
import { SitePicker } from "../SitePicker";
import { VISIT_ROW, VisitRow } from "../VisitRow";

const EVERY_MS = 3_000;
const MOST = 20_000;

export function Live() {
  const [chosen, setChosen] = useState<string | null>(null);
  useEffect(() => { if (!sites.value) void loadSites().catch(() => undefined); }, []);
  const here = site.value;
  const told = desk.value?.visits ?? null;
  const answer = usePolled(here && !told ? keyOf(here) : null, EVERY_MS, () => list<VisitBrief>("/api/visits", { live: true, site: keyOf(here!) }, MOST));
  const known = told ?? answer.value;
  const sorted = useMemo(() => byDepth([...(known?.values() ?? [])].filter((visit) => visit.site === here?.id)), [known, here?.id]);
  const { items, hold } = useHeld(sorted);
  const there = items.filter(isHere).length;
  const person = items.find((one) => one.id === chosen);
  return (
    <main class="reports live">
      <header class="reports-head"><h1>{t("live.title")} {there > 0 && <b class="count">{number(there)}</b>}</h1><SitePicker /></header>
      {!told && answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {known && items.length === 0 && <Empty title={t("site.none")}><p>{t("site.none_next")}</p></Empty>}
      <div class={`live-body${person ? " has-person" : ""}`}>
        {items.length > 0 && (
          <div {...hold}>
            <Rows items={items} height={VISIT_ROW} label={t("live.title")} row={(visit) => (
              <VisitRow visit={visit} expands chosen={visit.id === chosen} onChoose={() => setChosen(visit.id === chosen ? null : visit.id)} more={(
                <>
                  {visit.conversation && <span class="tag is-good">{t("live.talking")}</span>}
                  {visit.alert && !visit.conversation && <span class="tag is-warn">{t("live.rings")}</span>}
                  <span class="soft small only-wide">{tn("visit.pages", visit.pages)}</span>
                </>
              )} />
            )} />
          </div>
        )}
        {person && <aside class="sheet live-person" aria-label={t("desk.person")}><button type="button" class="quiet only-phone" onClick={() => setChosen(null)}>← {t("desk.back")}</button><Person visit={person.id} seen={person} customer={person.customer} name={whoIs(person)} here={!person.left} /></aside>}
      </div>
    </main>
  );
}
