// The smallest pieces that every screen uses.
import { Fragment, type ComponentChildren } from "preact";
import { safeLink } from "../../widget/look/format";
import { now } from "../live/clock";
import { clock } from "../text/format";
import { whereIs } from "../text/names";
import { t, word } from "../text/text";
import type { Status } from "../wire";

/** Presence as shape and colour: full, half, empty disc. The word stands beside it or is said by it. */
export function StatusMark({ status, said = false }: { status: Status; said?: boolean }) {
  return (
    <svg class={`status-mark is-${status}`} viewBox="0 0 12 12" width="12" height="12"
      role={said ? "img" : undefined} aria-label={said ? word("status", status) : undefined} aria-hidden={said ? undefined : "true"}>
      <circle cx="6" cy="6" r="5" fill="none" stroke="currentColor" stroke-width="2" />
      {status === "online" && <circle cx="6" cy="6" r="5" fill="currentColor" />}
      {status === "away" && <path d="M6 1a5 5 0 0 1 0 10Z" fill="currentColor" />}
    </svg>
  );
}

/** `now` is up to a second old: without this a full rung of 20 s would begin at 0:21. */
const TICK = 1000;

/** What is left of a rung's time, told by the server's clock. */
export function Countdown({ until }: { until: string }) {
  const left = Date.parse(until) - now.value;
  if (Number.isNaN(left)) return null;
  return (
    <span class={`countdown${left < 10_000 ? " is-short" : ""}`} role="timer" aria-live="off" title={t("alert.time_left")}>
      {left > 0 ? clock(left - TICK) : t("alert.over")}
    </span>
  );
}

/** The place in the tree, from the root; the last name counts most. */
export function Where({ path }: { path: readonly string[] }) {
  if (path.length === 0) return <span class="where">{whereIs(path)}</span>;
  return (
    <span class="where">
      {path.map((name, at) => (
        <Fragment key={at}>
          {at > 0 && <span class="where-sep" aria-hidden="true"> › </span>}
          <span class={at === path.length - 1 ? "where-last" : "where-step"}>{name}</span>
        </Fragment>
      ))}
    </span>
  );
}

/** How deep: as many pips as levels, filled up to where they are; the word is for those who do not see. */
export function Depth({ depth, deepest }: { depth: number; deepest: number }) {
  const levels = Math.min(Math.max(deepest, depth, 4), 8);
  return (
    <span class="depth" role="img" aria-label={t("visit.depth", { depth, deepest })} title={t("visit.depth", { depth, deepest })}>
      {Array.from({ length: levels }, (_, at) => (
        <i key={at} class={at < depth ? "is-full" : at < deepest ? "was-full" : ""} />
      ))}
    </span>
  );
}

/** On the site now: a full dot; else an empty one. Without `said` the words beside it say it. */
export function LiveDot({ live, said = true }: { live: boolean; said?: boolean }) {
  return (
    <svg class={`live-dot${live ? " is-live" : ""}`} viewBox="0 0 10 10" width="10" height="10" role={said ? "img" : undefined}
      aria-label={said ? t(live ? "visit.here" : "visit.gone") : undefined} aria-hidden={said ? undefined : "true"}>
      <circle cx="5" cy="5" r="4" fill={live ? "currentColor" : "none"} stroke="currentColor" stroke-width="1.5" />
    </svg>
  );
}

export function Empty({ title, icon, children }: { title: string; icon?: ComponentChildren; children?: ComponentChildren }) {
  return (
    <div class="empty">
      {icon}
      <p class="empty-title">{title}</p>
      {children && <div class="empty-next">{children}</div>}
    </div>
  );
}

/** A link out of the desk; anything but http and https stays plain text. */
export function Out({ url, children }: { url: string | null | undefined; children: ComponentChildren }) {
  const href = safeLink(url);
  return href ? <a href={href} target="_blank" rel="noreferrer noopener">{children}</a> : <>{children}</>;
}
