// The people behind a bar: who reached one step and not the next; each opens into their whole history.
import { useEffect, useRef, useState } from "preact/hooks";
import { now } from "../../live/clock";
import { useAnswer } from "../../live/ask";
import { http } from "../../live/http";
import { Where } from "../../parts/small";
import type { Drop } from "../../state/reports";
import { number, when } from "../../text/format";
import { whoIs } from "../../text/names";
import { t } from "../../text/text";
import type { FunnelAnswer, FunnelPerson } from "../../wire";
import { Person } from "../desk/Person";

const SHOWN = 100;

export function People({ body, drop, title, onClose }: { body: object; drop: Drop; title: string; onClose: () => void }) {
  const [chosen, setChosen] = useState<FunnelPerson | null>(null);
  const [shown, setShown] = useState(SHOWN);
  const answer = useAnswer(drop.from, () => http<FunnelAnswer>("POST", "/api/funnels/query", { ...body, people: drop.from }));
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), []);
  const people = answer.value?.people ?? [];
  return (
    <section class="people sheet" aria-labelledby="people-title" aria-busy={answer.busy}>
      <header class="people-head">
        <h3 id="people-title" ref={head} tabIndex={-1}>{title} <b class="count">{number(drop.visitors)}</b></h3>
        <button type="button" class="quiet" onClick={onClose} aria-label={t("people.close")}>×</button>
      </header>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {!answer.value && answer.busy && <p class="soft">{t("app.loading")}</p>}
      {answer.value && people.length === 0 && <p class="soft">{t("people.none")}</p>}
      <div class="people-body">
        <ul class="people-list">
          {people.slice(0, shown).map((one) => (
            <li key={one.visit}>
              <button type="button" class={`row${chosen === one ? " is-chosen" : ""}`} aria-expanded={chosen === one} onClick={() => setChosen(chosen === one ? null : one)}>
                <span class="row-top"><strong>{whoIs(one)}</strong><span class="row-time soft">{when(one.at, now.value)}</span></span>
                <span class="row-bottom"><span class="row-text soft"><Where path={one.path ?? []} /></span></span>
              </button>
            </li>
          ))}
          {people.length > shown && <li><button type="button" class="quiet" onClick={() => setShown(shown + SHOWN)}>{t("list.more", { n: number(people.length - shown) })}</button></li>}
        </ul>
        {chosen && <div class="people-person"><Person visit={chosen.visit} seen={null} customer={chosen.customer} name={whoIs(chosen)} here={false} /></div>}
      </div>
    </section>
  );
}
