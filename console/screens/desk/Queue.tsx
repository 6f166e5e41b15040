// Who waits because nobody can hear their bell: place and time, as the visitors are told. Nothing at all while nobody does.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { list } from "../../live/http";
import { now } from "../../live/clock";
import { openTalk } from "../../live/looked";
import { usePolled } from "../../live/poll";
import { select, selection } from "../../live/selection";
import { loadSites, sites } from "../../live/sites";
import { desk } from "../../live/value";
import { duration, number } from "../../text/format";
import { whereIs, whoIs } from "../../text/names";
import { t } from "../../text/text";
import type { Queued } from "../../wire";

/** How many wait now: nobody says "nobody needs you" meanwhile. */
export const waitingCount = signal(0);
/** Often while somebody waits, seldom while nobody does: every desk asks. */
const EVERY_MS = 4_000, QUIET_MS = 10_000;
const SITES = 10;
const SHOWN = 20;

export function Queue() {
  useEffect(() => { if (!sites.value) void loadSites().catch(() => undefined); }, []);
  const keys = (sites.value ?? []).slice(0, SITES).map((one) => one.key);
  const answer = usePolled(keys.length ? keys.join(" ") : null, waitingCount.value > 0 ? EVERY_MS : QUIET_MS, async () => ({
    at: Date.now(), items: (await Promise.all(keys.map((site) => list<Queued>("/api/queue", { site })))).flat(),
  }));
  const all = answer.value?.items ?? [];
  useEffect(() => { waitingCount.value = all.length; }, [all.length]);
  if (all.length === 0) return null;
  return (
    <section class="block queue" aria-labelledby="queue-title">
      <h2 id="queue-title">{t("queue.title")} <b class="count">{number(all.length)}</b></h2>
      <ol aria-label={t("queue.title")}>{all.slice(0, SHOWN).map((one) => <Row key={one.alert} one={one} />)}</ol>
      {all.length > SHOWN && <p class="soft small">{t("list.more", { n: number(all.length - SHOWN) })}</p>}
    </section>
  );
}

function Row({ one }: { one: Queued }) {
  const visit = desk.value?.visits.get(one.visit);
  const who = visit ? whoIs(visit) : (one.customer?.name ?? t("queue.stranger"));
  // What they wrote stands in a conversation that nobody has taken yet.
  const talk = desk.value?.conversations.find((each) => each.visit === one.visit && each.state === "open");
  // While its bell still rings somewhere, or waits to, no desk holds it: then it is asked for.
  const written = talk?.id ?? (one.asked ? visit?.conversation : null) ?? null;
  const choose = () => (talk ? select("conversation", talk.id, "talk") : written ? void openTalk(written) : select("visit", one.visit, "person"));
  const chosen = selection.value !== null && selection.value.id === (written ?? one.visit);
  const waited = Math.max(0, now.value - Date.parse(one.raised_at));
  return (
    <li>
      <button type="button" class={`row${chosen ? " is-chosen" : ""}`} disabled={!visit && !talk} aria-current={chosen ? "true" : undefined} onClick={choose}>
        <span class="row-top">
          <span class="queue-place" aria-label={t("queue.place", { n: number(one.position) })}>{number(one.position)}</span>
          <strong>{who}</strong>
          <span class="row-time soft">{t("queue.waited", { time: duration(waited) })}</span>
        </span>
        <span class="row-bottom">{one.asked && <span class="tag is-warn">{t("queue.wrote")}</span>}<span class="row-text soft">{[
          one.estimate !== null && t("queue.estimate", { time: duration(one.estimate * 1000) }), visit && whereIs(visit.path),
        ].filter(Boolean).join(" · ")}</span></span>
      </button>
    </li>
  );
}
