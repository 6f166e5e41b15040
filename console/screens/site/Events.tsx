// What comes from the site: what was rejected and why; in test mode everything, as it comes.
import { useState } from "preact/hooks";
import { now } from "../../live/clock";
import { codeOf, detailOf, http } from "../../live/http";
import { say } from "../../live/notes";
import { changeSite } from "../../live/sites";
import { Empty } from "../../parts/small";
import { Switch } from "../../parts/Switch";
import { dateAndTime, number } from "../../text/format";
import { errorText, t, word } from "../../text/text";
import type { Site } from "../../wire";
import { Arrives } from "./Arrives";
import { EventLine } from "./EventLine";
import { ForeignOrigins } from "./ForeignOrigins";
import { useRejected, useStream, type Stream } from "./stream";

const SHOWN = ["all", "accepted", "rejected"] as const;
type Shown = (typeof SHOWN)[number];

export function Events({ site, changes }: { site: Site; changes: boolean }) {
  const [shown, setShown] = useState<Shown>("all");
  const [reason, setReason] = useState<string | null>(null);
  const tests = site.test_mode;
  const stream = useStream(tests && shown !== "rejected" ? site.id : null);
  const rejected = useRejected(!tests || shown === "rejected" ? site.id : null, reason);
  const from: Stream = tests && shown !== "rejected" ? stream : rejected;
  const items = shown === "accepted" && tests ? from.items.filter((one) => one.outcome !== "rejected") : from.items;
  // Who signs in is known from then on, in what they did before as well.
  const people = new Map(from.items.flatMap(({ visitor, customer }) => (visitor && customer ? [[visitor, customer] as const] : [])));
  const reasons = Object.entries(from.rejected);
  const choose = (one: string) => {
    setReason(reason === one ? null : one);
    setShown("rejected");
  };
  return (
    <section class="sheets" aria-labelledby="events-title" aria-busy={from.busy}>
      <h2 id="events-title" class="unseen">{t("site.events")}</h2>
      <Arrives at={from.last_at} now={now.value} />
      <ForeignOrigins site={site} changes={changes} brief />
      <TestMode site={site} changes={changes} />
      {from.problem && <p class="form-error" role="alert">{from.problem}</p>}
      {reasons.length > 0 && (
        <div class="reasons" role="group" aria-label={t("events.rejected_day")}>
          <span class="soft small">{t("events.rejected_day")}</span>
          {reasons.map(([one, count]) => (
            <button key={one} type="button" class="chip" aria-pressed={reason === one} onClick={() => choose(one)}>
              {word("reason", one)} <b class="count">{number(count)}</b>
            </button>
          ))}
        </div>
      )}
      {tests && (
        <div class="segments tabs" role="group" aria-label={t("events.filter")}>
          {SHOWN.map((one) => (
            <button key={one} type="button" aria-pressed={shown === one} onClick={() => { setShown(one); if (one !== "rejected") setReason(null); }}>{word("events", one)}</button>
          ))}
        </div>
      )}
      {items.length === 0 && !from.busy && (tests && shown !== "rejected"
        ? <Empty title={t("events.waiting")}><p>{t("events.waiting_next")}</p></Empty>
        : <Empty title={t("events.no_rejected")}><p>{t(tests ? "events.no_rejected_next" : "events.test_next")}</p></Empty>)}
      {items.length > 0 && (
        <ol class="events" aria-label={t(tests && shown !== "rejected" ? "events.stream" : "events.rejected_list")}>
          {items.map((one) => <EventLine key={one.id} event={one} customer={one.customer ?? people.get(one.visitor ?? "") ?? null} now={now.value} />)}
        </ol>
      )}
      {from.more && <button type="button" class="quiet" onClick={from.more}>{t("events.more")}</button>}
    </section>
  );
}

function TestMode({ site, changes }: { site: Site; changes: boolean }) {
  const turn = async (on: boolean) => {
    try {
      changeSite(await http<Site>("PATCH", `/api/sites/${site.id}`, { test_mode: on }));
    } catch (error) {
      say(errorText(codeOf(error), detailOf(error)), "bad");
    }
  };
  return (
    <div class="sheet test-mode">
      <Switch on={site.test_mode} disabled={!changes} onTurn={turn}><strong>{t("events.test_mode")}</strong></Switch>
      <p class="soft small">{site.test_mode && site.test_until ? t("events.test_until", { time: dateAndTime(site.test_until) }) : t("events.test_more")}</p>
    </div>
  );
}
