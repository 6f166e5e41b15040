// Everybody who is on the site now, the deepest first; quick at 20,000.
import { computed } from "@preact/signals";
import { useState } from "preact/hooks";
import { desk } from "../../live/desk";
import { select, selection } from "../../live/selection";
import { useHeld } from "../../parts/held";
import { Rows } from "../../parts/Rows";
import { Empty } from "../../parts/small";
import { byDepth, isHere } from "../../state/desk";
import { number } from "../../text/format";
import { whoIs } from "../../text/names";
import { t } from "../../text/text";
import type { VisitBrief } from "../../wire";
import { VISIT_ROW, VisitRow } from "../VisitRow";

// In two steps: a message or a bell changes the desk many times a minute, and leaves the visits what they were.
const all = computed(() => desk.value?.visits);
const visits = computed(() => byDepth(all.value?.values() ?? []));
const isChosen = ({ id }: VisitBrief) => selection.value?.kind === "visit" && selection.value.id === id;
const FIND_FROM = 8;

export function OnSite() {
  const [find, setFind] = useState("");
  const { items, hold } = useHeld(visits.value);
  const here = items.filter(isHere).length;
  const shown = find ? items.filter((visit) => matches(visit, find)) : items;
  return (
    <section class="block" aria-labelledby="site-title">
      <h2 id="site-title">{t("site.title")} {here > 0 && <b class="count">{number(here)}</b>}</h2>
      {items.length === 0 && <Empty title={t("site.none")}><p>{t("site.none_next")}</p></Empty>}
      {(items.length >= FIND_FROM || find) && (
        <input id="find-visitor" class="find" type="search" placeholder={t("site.find")} aria-label={t("site.find")} value={find}
          onInput={(event) => setFind(event.currentTarget.value)} />
      )}
      {find && shown.length === 0 && <p class="soft">{t("site.no_match")}</p>}
      {shown.length > 0 && (
        <div {...hold}>
          <Rows items={shown} height={VISIT_ROW} label={t("site.title")} row={(visit) => (
            <VisitRow visit={visit} chosen={isChosen(visit)} onChoose={() => select("visit", visit.id, "person")} />
          )} />
        </div>
      )}
    </section>
  );
}

/** Looks for the words in the name and the place. */
export function matches(visit: VisitBrief, find: string): boolean {
  const all = `${whoIs(visit)} ${visit.path.join(" ")} ${visit.title ?? ""}`.toLowerCase();
  return find.toLowerCase().split(/\s+/).every((part) => all.includes(part));
}
