// Somebody on the site in two lines: how deep, who, from where and with what, how long here; and where they are.
import type { ComponentChildren } from "preact";
import { now } from "../live/clock";
import { Depth, Where } from "../parts/small";
import { duration } from "../text/format";
import { whoIs } from "../text/names";
import { t, word } from "../text/text";
import type { VisitBrief } from "../wire";

export const VISIT_ROW = 56;

export function VisitRow({ visit, more, ...button }: { visit: VisitBrief; more?: ComponentChildren; chosen: boolean; onChoose: () => void; expands?: boolean }) {
  const { chosen, onChoose, expands } = button;
  return (
    <button type="button" class={`row visit-row${chosen ? " is-chosen" : ""}${visit.left ? " is-leaving" : ""}`}
      aria-current={chosen && !expands ? "true" : undefined} aria-expanded={expands ? chosen : undefined} onClick={onChoose}>
      <span class="row-top">
        <Depth depth={visit.depth} deepest={visit.deepest} />
        <strong>{whoIs(visit)}</strong>
        {visit.returning && <Returning />}
        <span class="row-source soft"><span>{cameWith(visit)}</span></span>
        <span class="row-since soft">{visit.left ? t("visit.left") : <Here since={visit.started_at} />}</span>
      </span>
      <span class="row-bottom">
        {more}
        <span class="row-text soft"><Where path={visit.path} /></span>
      </span>
    </button>
  );
}

/** "search · phone"; a device that nobody knows is left out. */
function cameWith({ source, device }: VisitBrief): string {
  const kind = device.kind === "unknown" ? "" : word("device", device.kind);
  return [word("channel", source.channel), kind].filter(Boolean).join(" · ");
}

/** How long somebody is here, by the server's clock: nobody has to tell that they stay. */
function Here({ since }: { since: string }) {
  return <>{duration(Math.max(0, now.value - Date.parse(since)))}</>;
}

/** Has been here before: an arrow that comes back. */
function Returning() {
  return (
    <svg class="returning" viewBox="0 0 12 12" width="12" height="12" role="img" aria-label={t("live.returning")}>
      <title>{t("live.returning")}</title>
      <path d="M2 2v4h4M2.4 6A4 4 0 1 1 3.5 9" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}
