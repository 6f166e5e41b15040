// Bells that rang here and that nobody answered at this desk; they stay until their expert has seen them.
import { now } from "../../live/clock";
import { openTalk } from "../../live/looked";
import { missed, missedSeen } from "../../live/missed";
import { select, selection } from "../../live/selection";
import { desk, talkOf } from "../../live/value";
import { Rows } from "../../parts/Rows";
import { number, when } from "../../text/format";
import { whereIs, whoIs } from "../../text/names";
import { t, word } from "../../text/text";
import type { MissedBell } from "../../wire";

const LINE = 52;

export function Missed() {
  const all = missed.value;
  if (all.length === 0) return null;
  return (
    <section class="block missed" aria-labelledby="missed-title">
      <header class="missed-head">
        <h2 id="missed-title" tabIndex={-1}>{t("missed.title")} <b class="count">{number(all.length)}</b></h2>
        <span class="top-space" />
        <button type="button" class="quiet small" onClick={missedSeen}>{t("missed.seen")}</button>
      </header>
      <Rows items={all.map((one) => ({ ...one, id: `${one.alert}/${one.at}` }))} height={LINE} label={t("missed.title")} row={(one) => <Row one={one} />} />
    </section>
  );
}

function Row({ one }: { one: MissedBell }) {
  const visit = desk.value?.visits.get(one.visit);
  const talk = visit?.conversation ? talkOf(visit.conversation) : undefined;
  // What they wrote is what was missed: it is asked for where this desk does not hold it.
  const written = talk?.id ?? (one.asked ? visit?.conversation : null) ?? null;
  const chosen = selection.value !== null && selection.value.id === (written ?? one.visit);
  return (
    <button type="button" class={`row${chosen ? " is-chosen" : ""}`} aria-current={chosen ? "true" : undefined}
      onClick={() => (talk ? select("conversation", talk.id, "talk") : written ? void openTalk(written) : select("visit", one.visit, visit ? "talk" : "person"))}>
      <span class="row-top"><strong>{whoIs(one)}</strong><span class="row-time soft">{when(one.until, now.value)}</span></span>
      <span class="row-bottom">
        {one.asked && <span class="tag is-warn">{t("queue.wrote")}</span>}
        <span class="row-text soft">{[whatCame(one, visit !== undefined && !visit.left), whereIs(one.path)].join(" · ")}</span>
      </span>
    </button>
  );
}

/** "Boris took it", "nobody answered", "is still here". */
function whatCame({ taken_by, end, rings }: MissedBell, here: boolean): string {
  if (taken_by) return t("missed.taken", { who: taken_by.name });
  if (end === null) return t(rings ? "missed.rings" : "missed.unheard");
  return here ? t("missed.here") : word("missed.end", end);
}
