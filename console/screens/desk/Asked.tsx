// Who was asked: for each bell of a visit, rung by rung, who was rung and why, who was not and why not, and what came
// of it. A quiet line until somebody opens it; the server's stored decisions, nothing guessed here.
import { useId, useState } from "preact/hooks";
import { useAnswer } from "../../live/ask";
import { http, list } from "../../live/http";
import { desk } from "../../live/value";
import { answeredAfter, byBell, cameOf, knownPlace, leftOut, whoTook, type Bell } from "../../state/asked";
import { clockTime, duration, number, percent, when } from "../../text/format";
import { languageName } from "../../text/names";
import { t, tn, word } from "../../text/text";
import type { Candidate, Decision, Expert, Why } from "../../wire";
import { now } from "../../live/clock";

const NAMES = 4;
const LINES = 6;

/** `again`: whatever changes when there may be more to tell. */
export function Asked({ visit, again = "" }: { visit: string; again?: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="fold asked" onToggle={(event) => setOpen(event.currentTarget.open)} onClick={(event) => event.stopPropagation()}>
      <summary>{t("asked.title")}</summary>
      {open && <Bells visit={visit} again={again} />}
    </details>
  );
}

function Bells({ visit, again }: { visit: string; again: string }) {
  const answer = useAnswer(`${visit}/${again}`, () => list<Decision>("/api/decisions", { visit }, 200));
  const colleagues = useColleagues();
  const bells = byBell(answer.value ?? []);
  return (
    <div class="asked-bells" aria-busy={answer.busy}>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {!answer.value && answer.busy && <p class="soft">{t("app.loading")}</p>}
      {answer.value && bells.length === 0 && <p class="soft">{t("asked.none")}</p>}
      {bells.map((bell) => <BellOf key={bell.id} bell={bell} colleagues={colleagues} />)}
    </div>
  );
}

/** The desk knows its colleagues; who has no desk asks. */
function useColleagues(): Expert[] {
  const told = desk.value?.experts;
  const answer = useAnswer(told ? null : "colleagues", () => list<Expert>("/api/experts"));
  return [...(told ?? answer.value ?? [])].filter((one) => one.role === "expert");
}

function BellOf({ bell, colleagues }: { bell: Bell; colleagues: readonly Expert[] }) {
  return (
    <section class="asked-bell">
      <p><b>{t(bell.invited ? "asked.invitation" : "asked.bell", { at: when(bell.at, now.value) })}</b></p>
      <p class="asked-end">{endOf(bell)}</p>
      <ol class="asked-rungs">
        {bell.rungs.map((one, at) => <Rung key={one.id} bell={bell} at={at} colleagues={colleagues} />)}
      </ol>
    </section>
  );
}

/** "Anna answered after 12 s. Order № 17." */
function endOf(bell: Bell): string {
  const { last } = bell;
  const took = whoTook(last.outcome);
  const name = took && (last.chosen.find((one) => one.id === took)?.name ?? last.candidates.find((one) => one.expert === took)?.name ?? "");
  const after = answeredAfter(bell);
  const answered = after === null ? null : duration(after);
  return [
    bell.invited && answered ? t("asked.visitor_answered", { time: answered })
      : name && answered ? t("asked.answered", { name, time: answered })
      : name && !bell.invited ? t("asked.accepted", { name })
      : bell.invited ? t("asked.not_answered")
      : word("asked.end", last.outcome === "ringing" && last.chosen.length === 0 ? "nobody" : last.outcome),
    last.solved && t("asked.solved"),
    last.rated !== null && t("asked.rated", { n: number(last.rated) }),
    last.ordered && t("asked.ordered", { number: last.ordered.number }),
  ].filter(Boolean).join(" ");
}

function Rung({ bell, at, colleagues }: { bell: Bell; at: number; colleagues: readonly Expert[] }) {
  const one = bell.rungs[at]!;
  const rang = one.chosen.slice(0, NAMES);
  const out = leftOut(one);
  const more = Object.entries(one.others).filter(([, n]) => n > 0);
  const [all, setAll] = useState(false);
  const shown = all ? out : out.slice(0, LINES);
  return (
    <li>
      <p class="asked-rung"><b>{word("asked.rung", one.rung)}</b> <time class="soft" dateTime={one.at}>{clockTime(one.at)}</time></p>
      {one.chosen.length === 0 && <p class="soft">{t("asked.nobody")}</p>}
      <ul class="asked-people">
        {rang.map(({ id, name }) => {
          const known = one.candidates.find((each) => each.expert === id);
          return (
            <li key={id}>
              <b>{name}</b> <span class={`tag is-${cameOf(bell, at, id)}`}>{word("asked.came", cameOf(bell, at, id))}</span>
              {known && <span class="asked-parts soft">{partsOf(one, known, colleagues)}</span>}
            </li>
          );
        })}
        {one.chosen.length > NAMES && <li class="soft">{tn("asked.more_rang", one.chosen.length - NAMES)}</li>}
      </ul>
      {out.length > 0 && (
        <ul class="asked-people is-out" aria-label={t("asked.left_out")}>
          {shown.map((each) => (
            <li key={each.expert} class="soft">{each.name}: {reasonOf(one, each)}{each.excluded === "" && partsOf(one, each, colleagues) && ` (${partsOf(one, each, colleagues)})`}</li>
          ))}
          {out.length > LINES && <li><button type="button" class="link" onClick={() => setAll(!all)}>{all ? t("list.less") : t("list.more", { n: number(out.length - LINES) })}</button></li>}
        </ul>
      )}
      {more.length > 0 && <p class="soft">{t("asked.others", { list: more.map(([reason, n]) => `${word("asked.out", reason)}: ${number(n)}`).join(" · ") })}</p>}
      <WhyNot decision={one} colleagues={colleagues} />
    </li>
  );
}

const reasonOf = (decision: Decision, { excluded, parts }: Candidate): string =>
  word("asked.out", excluded || (decision.rung === "topic" && parts.level === 0 ? "unknown" : "behind"));

/** "5 on Boots · speaks Russian · 1 of 4 places". */
function partsOf(decision: Decision, one: Candidate, colleagues: readonly Expert[]): string {
  const { level, language, load } = one.parts;
  const place = knownPlace(decision, one);
  const all = colleagues.find((each) => each.id === one.expert)?.capacity;
  const tongue = languageName(decision.language) || t("asked.their_language");
  return [
    place && t("asked.level", { level: number(level), place }),
    language !== null && t(language ? "asked.speaks" : "asked.speaks_not", { language: tongue }),
    all ? t("asked.places", { n: number(Math.round(load * all)), all: number(all) }) : load > 0 && t("asked.share", { share: percent(load) }),
  ].filter(Boolean).join(" · ");
}

/** Anybody may be asked about, also who was no candidate: one sentence of the server's. */
function WhyNot({ decision, colleagues }: { decision: Decision; colleagues: readonly Expert[] }) {
  const [expert, setExpert] = useState("");
  const id = useId();
  const answer = useAnswer(expert ? `${decision.id}/${expert}` : null, () => http<Why>("GET", `/api/decisions/${decision.id}/why`, undefined, { expert }));
  const names = new Map([...decision.candidates.map((one) => [one.expert, one.name] as const), ...colleagues.map((one) => [one.id, one.name] as const)]);
  if (names.size === 0) return null;
  return (
    <div class="why-not">
      <label for={id} class="unseen">{t("asked.why_not")}</label>
      <select id={id} value={expert} onChange={(event) => setExpert(event.currentTarget.value)}>
        <option value="">{t("asked.why_not")}</option>
        {[...names].sort((a, b) => a[1].localeCompare(b[1])).map(([one, name]) => <option key={one} value={one}>{name}</option>)}
      </select>
      <p role="status">{expert && !answer.busy ? (answer.problem ?? answer.value?.text ?? "") : ""}</p>
    </div>
  );
}
