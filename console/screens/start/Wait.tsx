// The tag to copy, and a live wait for the first page that sends: where nothing comes, what to look at.
import { useEffect, useRef } from "preact/hooks";
import { http } from "../../live/http";
import { usePolled } from "../../live/poll";
import { Code } from "../../parts/Code";
import { LiveDot, Out } from "../../parts/small";
import { t } from "../../text/text";
import type { Site, SiteSnippet } from "../../wire";
import { ForeignOrigins } from "../site/ForeignOrigins";

const EVERY_MS = 2_000;
const LOOPBACK = /\/\/(localhost|127\.)/;
const WHY = ["published", "origin", "blocker", "policy", "reach"] as const;

export function Wait({ site, onGo }: { site: Site; onGo: () => void }) {
  const answer = usePolled(site.id, EVERY_MS, () => http<SiteSnippet>("GET", `/api/sites/${site.id}/snippet`));
  const known = answer.value;
  const heard = !!known?.last_at;
  // The page that came first stays: what is opened after it is not what one waited for.
  const first = useRef<string | null>(null);
  useEffect(() => { first.current = null; }, [site.id]);
  if (heard) first.current ??= known.last_url ?? "";
  return (
    <>
      <p>{t("start.paste")}</p>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {known ? <Code text={known.tag} label={t("snippet.newest")} /> : <p class="soft">{t("app.loading")}</p>}
      {known && LOOPBACK.test(known.tag) && !site.origins.every((one) => LOOPBACK.test(one)) && <p class="hint small">{t("start.loopback")}</p>}
      <div class={`sheet stack start-wait${heard ? " is-heard" : ""}`} role="status">
        {known && (heard
          ? <p><LiveDot live said={false} /> <strong>{t("start.heard")}</strong> <span class="start-page"><Out url={first.current}>{first.current}</Out></span></p>
          : <><p><LiveDot live={false} said={false} /> <strong>{t("start.waiting")}</strong></p><p class="soft small">{t("start.open_page", { origins: site.origins.join(", ") })}</p></>)}
      </div>
      {!heard && <ForeignOrigins site={site} changes />}
      {!heard && (
        <details class="fold"><summary>{t("start.nothing")}</summary>
          <ul class="start-why">{WHY.map((one) => <li key={one}>{t(`start.why.${one}`)}</li>)}</ul>
        </details>
      )}
      <div class="rules-foot">{heard
        ? <button type="button" class="main-button" onClick={onGo}>{t("start.go_on")}</button>
        : <button type="button" class="plain-button" onClick={onGo}>{t("start.later")}</button>}</div>
    </>
  );
}
