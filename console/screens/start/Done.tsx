// What is ready, what is still open, and where one goes from here.
import { useState } from "preact/hooks";
import { codeOf, detailOf } from "../../live/http";
import { say } from "../../live/notes";
import { signIn } from "../../live/session";
import { errorText, t } from "../../text/text";
import type { Site } from "../../wire";
import { newcomer } from "./newcomer";

export function Done({ site, heard, experts }: { site: Site; heard: boolean; experts: number }) {
  const [busy, setBusy] = useState(false);
  const mine = newcomer.value?.myself ? newcomer.value : null;
  const sitDown = async () => {
    if (!mine) return;
    setBusy(true);
    try {
      await signIn(mine.email, mine.password, "online");
      newcomer.value = null;
      location.hash = "#/desk";
    } catch (error) {
      say(errorText(codeOf(error), detailOf(error)), "bad");
      setBusy(false);
    }
  };
  return (
    <>
      <ul class="start-list">
        <li><Mark done /> {t("start.ready_site", { name: site.name })}</li>
        <li><Mark done={heard} /> {heard ? t("start.ready_heard") : <>{t("start.open_heard")} <a href="#/start/snippet">{t("start.step.snippet")}</a></>}</li>
        <li><Mark done={experts > 0} /> {experts > 0 ? t("start.ready_expert") : <>{t("start.open_expert")} <a href="#/start/expert">{t("start.step.expert")}</a></>}</li>
      </ul>
      {heard && experts > 0 && <p>{t("start.rings")}</p>}
      <p class="soft">{t("start.next")} <a href="#/site/look">{t("site.look")}</a>, <a href="#/site/triggers">{t("site.triggers")}</a>, <a href="#/site/products">{t("site.products")}</a>, <a href="#/site/articles">{t("site.articles")}</a>.</p>
      <div class="rules-foot">
        <a class={mine ? "quiet link-button" : "main-button link-button"} href="#/desk">{t("start.to_desk")}</a>
        {mine && <button type="button" class="main-button" disabled={busy} onClick={() => void sitDown()}>{t("start.sit_down", { name: mine.name })}</button>}
      </div>
      <p class="soft small">{t(mine ? "start.sit_down_more" : "start.look_on")}</p>
    </>
  );
}

function Mark({ done }: { done: boolean }) {
  return <><span class={`start-mark${done ? " is-done" : ""}`} aria-hidden="true">{done ? "✓" : "…"}</span><span class="unseen">{t(done ? "start.is_done" : "start.is_open")}: </span></>;
}
