// The tag for the pages of the site, ready to copy, and whether anything arrives from it.
import { now } from "../../live/clock";
import { http } from "../../live/http";
import { usePolled } from "../../live/poll";
import { Code } from "../../parts/Code";
import { t } from "../../text/text";
import type { Site, SiteSnippet } from "../../wire";
import { Arrives } from "./Arrives";
import { ForeignOrigins } from "./ForeignOrigins";

const EVERY_MS = 2_000;

export function Snippet({ site, changes }: { site: Site; changes: boolean }) {
  const answer = usePolled(site.id, EVERY_MS, () => http<SiteSnippet>("GET", `/api/sites/${site.id}/snippet`));
  const known = answer.value;
  return (
    <section class="sheets" aria-labelledby="snippet-title">
      <h2 id="snippet-title" class="unseen">{t("site.snippet")}</h2>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {!known && answer.busy && <p class="soft">{t("app.loading")}</p>}
      {known && (
        <>
          <Arrives at={known.last_at} now={now.value} />
          <ForeignOrigins site={site} changes={changes} />
          <div class="sheet stack">
            <h3>{t("snippet.newest")}</h3>
            <p class="soft">{t("snippet.newest_more")}</p>
            <Code text={known.tag} label={t("snippet.newest")} />
          </div>
          {known.versioned_tag && (
            <div class="sheet stack">
              <h3>{t("snippet.fixed")}</h3>
              <p class="soft">{t("snippet.fixed_more")}</p>
              <Code text={known.versioned_tag} label={t("snippet.fixed")} />
            </div>
          )}
          <div class="sheet stack">
            <h3>{t("snippet.origins")}</h3>
            <p class="soft">{t("snippet.origins_more")}</p>
            <ul class="origins">{site.origins.map((one) => <li key={one}><code>{one}</code></li>)}</ul>
          </div>
        </>
      )}
    </section>
  );
}
