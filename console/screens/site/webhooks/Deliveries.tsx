// What became of each telling, the newest first; what was given up is sent again from here.
import { useState } from "preact/hooks";
import { now } from "../../../live/clock";
import { codeOf, detailOf, http, list } from "../../../live/http";
import { say } from "../../../live/notes";
import { usePolled } from "../../../live/poll";
import { when } from "../../../text/format";
import { errorText, t, tn, word } from "../../../text/text";
import type { Delivery, Retried, Webhook } from "../../../wire";
import { eventName, why } from "./words";

const EVERY_MS = 3_000, MOST = 50;
const STATES = ["dead", "waiting", "sent"] as const;

export function Deliveries({ hook, onChanged }: { hook: Webhook; onChanged: () => void }) {
  const [state, setState] = useState<(typeof STATES)[number]>(hook.dead > 0 ? "dead" : hook.waiting > 0 ? "waiting" : "sent");
  const [busy, setBusy] = useState(false);
  const path = `/api/webhooks/${hook.id}`;
  const answer = usePolled(`${hook.id}/${state}`, EVERY_MS, () => list<Delivery>(`${path}/deliveries`, { state, limit: MOST }, MOST));
  const again = async (does: () => Promise<string>) => {
    setBusy(true);
    try {
      say(await does(), "good");
    } catch (error) {
      say(codeOf(error) === "in_use" ? t("hooks.is_off") : errorText(codeOf(error), detailOf(error)), "bad");
    }
    setBusy(false);
    answer.again();
    onChanged();
  };
  const one = (id: string) => again(() => http("POST", `${path}/deliveries/${id}/retry`).then(() => t("hooks.sent_again")));
  const all = () => again(() => http<Retried>("POST", `${path}/retry`).then(({ retried }) => tn("hooks.sent_all", retried)));
  return (
    <section class="stack deliveries" aria-label={t("hooks.deliveries")} aria-busy={answer.busy && !answer.value}>
      <div class="hook-acts">
        <div class="segments" role="group" aria-label={t("hooks.which")}>
          {STATES.map((name) => <button key={name} type="button" aria-pressed={state === name} onClick={() => setState(name)}>{word("hooks.state", name)}</button>)}
        </div>
        {state === "dead" && hook.dead > 0 && <button type="button" class="plain-button" disabled={busy} onClick={() => void all()}>{t("hooks.again_all")}</button>}
      </div>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {answer.value?.length === 0 && <p class="soft small">{word("hooks.no", state)}</p>}
      <ul class="delivery-list">
        {answer.value?.map((each) => (
          <li key={each.id}>
            <Line one={each} />
            {each.state !== "sent" && each.error && (
              <button type="button" class="plain-button" disabled={busy} onClick={() => void one(each.id)}>{t("hooks.again")}<span class="unseen">: {eventName(each.event)}, {when(each.put_at, now.value)}</span></button>
            )}
          </li>
        ))}
      </ul>
      {answer.value?.length === MOST && <p class="soft small">{t("hooks.newest", { n: MOST })}</p>}
    </section>
  );
}

function Line({ one }: { one: Delivery }) {
  const came = one.state === "sent" ? "" : [one.error && why(one.error), one.due_at && one.error ? t("hooks.next", { time: when(one.due_at, now.value) }) : ""].filter(Boolean).join(" · ");
  const head = (
    <>
      <strong>{eventName(one.event)}</strong> <time class="soft small" dateTime={one.put_at}>{when(one.put_at, now.value)}</time>{" "}
      {one.tries > 1 && <span class="soft small">{tn("hooks.tries", one.tries)}</span>}
      {came && <span class="small bad delivery-why">{came}</span>}
    </>
  );
  if (!one.body) return <p class="delivery-what">{head}</p>;
  return (
    <details class="delivery-what">
      <summary>{head}</summary>
      <pre tabIndex={0} role="region" aria-label={t("hooks.body")}><code>{pretty(one.body)}</code></pre>
    </details>
  );
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
