// Visits of programs, apart from those of people; a person's word corrects the machine's.
import { useState } from "preact/hooks";
import { now } from "../../live/clock";
import { codeOf, detailOf, list } from "../../live/http";
import { say } from "../../live/notes";
import { usePolled } from "../../live/poll";
import { call } from "../../live/program";
import { Empty, Where } from "../../parts/small";
import { when } from "../../text/format";
import { whoIs } from "../../text/names";
import { errorText, t, tn } from "../../text/text";
import type { Site, VisitBrief } from "../../wire";

const EVERY_MS = 5_000;
const MOST = 200;

export function Bots({ site }: { site: Site }) {
  const answer = usePolled(site.id, EVERY_MS, () => list<VisitBrief>("/api/visits", { site: site.id, bots: "only", limit: MOST }, MOST));
  const [busy, setBusy] = useState<string | null>(null);
  const [people, setPeople] = useState<VisitBrief[]>([]);
  const corrected = (visit: VisitBrief) => people.some((one) => one.visitor === visit.visitor);
  const turn = async (visit: VisitBrief, bot: boolean) => {
    setBusy(visit.visitor);
    try {
      await call(visit, bot);
      setPeople((some) => [...(bot ? [] : (answer.value ?? []).filter((one) => one.visitor === visit.visitor)), ...some.filter((one) => one.visitor !== visit.visitor)]);
      say(t(bot ? "bots.marked" : "bots.unmarked", { who: whoIs(visit) }), "good");
      answer.again();
    } catch (error) {
      say(errorText(codeOf(error), detailOf(error)), "bad");
    }
    setBusy(null);
  };
  // Whom somebody corrected stays in sight, in its place, for as long as this screen is open: a slip can be taken back.
  const rows = answer.value && [...people, ...answer.value.filter((one) => !corrected(one))].sort((a, b) => b.started_at.localeCompare(a.started_at));
  return (
    <section aria-labelledby="bots-title" aria-busy={answer.busy && !answer.value}>
      <h2 id="bots-title" class="unseen">{t("site.bots")}</h2>
      <p class="soft">{t("bots.more")}</p>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {!answer.value && answer.busy && <p class="soft">{t("app.loading")}</p>}
      {rows?.length === 0 && <Empty title={t("bots.none")}><p>{t("bots.none_next")}</p></Empty>}
      {!!rows?.length && (
        <ul class="bots" aria-label={t("site.bots")}>
          {rows.map((visit) => (
            <li key={visit.id} class="sheet bot">
              <div class="bot-what">
                <p><strong>{whoIs(visit)}</strong> <time class="soft small" dateTime={visit.started_at}>{when(visit.started_at, now.value)}</time></p>
                <p class="small"><Where path={visit.path} /> <span class="soft">· {[visit.device.browser, tn("visit.pages", visit.pages)].filter(Boolean).join(" · ")}</span></p>
                {corrected(visit) && <p class="good small">{t("bots.counts_person")}</p>}
              </div>
              <button type="button" class="plain-button" disabled={busy === visit.visitor} onClick={() => void turn(visit, corrected(visit))}>
                {t(corrected(visit) ? "bots.undo" : "bots.unmark")}<span class="unseen">: {whoIs(visit)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
