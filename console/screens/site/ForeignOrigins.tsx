// Pages that tried to send from an address that is not on the list: mostly the site itself, under a name that nobody
// thought of. Said where the owner looks for events that do not come, with the one step that makes them come.
import { useState } from "preact/hooks";
import { codeOf, detailOf, http, list } from "../../live/http";
import { now } from "../../live/clock";
import { say } from "../../live/notes";
import { usePolled } from "../../live/poll";
import { changeSite } from "../../live/sites";
import { when } from "../../text/format";
import { errorText, t, tn } from "../../text/text";
import type { ForeignOrigin, Site } from "../../wire";

const EVERY_MS = 3_000;

/** `brief`: the newest alone, with the way to the others. */
export function ForeignOrigins({ site, changes, brief }: { site: Site; changes: boolean; brief?: boolean }) {
  const [busy, setBusy] = useState<string | null>(null);
  const answer = usePolled(site.id, EVERY_MS, () => list<ForeignOrigin>(`/api/sites/${site.id}/origins`));
  const foreign = (answer.value ?? []).filter((one) => !site.origins.includes(one.origin));
  if (foreign.length === 0) return null;
  const add = async (origin: string) => {
    setBusy(origin);
    try {
      changeSite(await http<Site>("PATCH", `/api/sites/${site.id}`, { origins: [...site.origins, origin] }));
      say(t("foreign.added", { origin }), "good");
    } catch (error) {
      say(errorText(codeOf(error), detailOf(error)), "bad");
    }
    setBusy(null);
  };
  return (
    <section class="hint stack" aria-label={t("foreign.title")}>
      <ul class="foreign">
        {(brief ? foreign.slice(0, 1) : foreign).map(({ origin, count, last_at }) => (
          <li key={origin}>
            <p><strong>{t("foreign.tried", { origin })}</strong> <span class="small">{tn("foreign.times", count)}, {when(last_at, now.value)}</span></p>
            {changes && <button type="button" class="plain-button" disabled={busy !== null} onClick={() => void add(origin)}>{t("foreign.add")}<span class="unseen">: {origin}</span></button>}
          </li>
        ))}
      </ul>
      <p class="small">{t(changes ? "foreign.yours" : "foreign.ask")} {brief && foreign.length > 1 && <a href="#/site/snippet">{tn("foreign.others", foreign.length - 1)}</a>}</p>
    </section>
  );
}
