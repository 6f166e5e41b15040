// One event as it came: when, what became of it in words, what it says; the whole of it behind a click.
import { Where } from "../../parts/small";
import { clockTime, duration, when } from "../../text/format";
import { whoIs } from "../../text/names";
import { t, treeReason, word } from "../../text/text";
import type { CustomerBrief, EventSeen } from "../../wire";

const MARKS: Record<EventSeen["outcome"], string> = {
  accepted: "M2 6.5 5 9.5 10 3", duplicate: "M9.5 4A4 4 0 1 0 10 6M10 2v2.5H7.5", rejected: "M3 3l6 6M9 3l-6 6",
};
const DAY_MS = 86_400_000;

export function EventLine({ event, customer, now }: { event: EventSeen; customer: CustomerBrief | null; now: number }) {
  const said = event.event as { type?: string; name?: string; url?: string; dwell?: number; page?: string };
  const old = now - Date.parse(event.at) > DAY_MS;
  const place = event.placed ?? event.view;
  return (
    <li class={`event is-${event.outcome}`}>
      <details>
        <summary>
          <time class="soft" dateTime={event.at}>{old ? when(event.at, now) : clockTime(event.at)}</time>
          <span class="event-outcome">
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path d={MARKS[event.outcome]} fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" /></svg>
            {event.reason ? word("reason", event.reason) : word("outcome", event.outcome)}
          </span>
          <span class="event-type">{said.name || word("event_type", said.type)}</span>
          <span class="event-what">
            {place && <Where path={place.path} />}
            {!event.placed && said.dwell !== undefined && <span class={place ? "event-dwell" : undefined}>{duration(said.dwell)}</span>}
            {(said.url || event.view) && <span class="soft event-url">{said.url || event.view?.title || event.view?.url}</span>}
          </span>
          {event.visitor && <span class="soft small event-who">{whoIs({ customer, visitor: event.visitor })}</span>}
        </summary>
        {event.placed && <p class="small event-placed">{t("events.placed", { source: word("path_source", event.placed.source) })} · {treeReason(event.placed.reason)}</p>}
        <pre tabIndex={0} role="region" aria-label={t("events.whole")}><code>{JSON.stringify(event.event, null, 2)}</code></pre>
      </details>
    </li>
  );
}
