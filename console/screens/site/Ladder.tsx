// Whom the bell asks, in which order, for how long each; read as one sentence, with the whole time it can take.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { codeOf, detailOf, http } from "../../live/http";
import { say } from "../../live/notes";
import { changeSite } from "../../live/sites";
import { add, missing, move, remove, seconds, SECONDS, toDraft, toLadder, total, WAIT, type Draft, type Fallback } from "../../state/ladder";
import { exactly, number } from "../../text/format";
import { errorText, t, word, type Key } from "../../text/text";
import type { Ladder as Rungs, Site } from "../../wire";
import { useKept } from "./triggers/kept";

const FALLBACKS: Fallback[] = ["message", "callback"];

export function Ladder({ site, changes }: { site: Site; changes: boolean }) {
  const [kept, setDraft] = useKept<Draft>(`ladder.${site.id}`);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const saved = toDraft(site.ladder);
  const draft = (changes && kept) || saved;
  const ladder = toLadder(draft);
  const changed = JSON.stringify(draft) !== JSON.stringify(saved);
  const change = (to: Draft) => { setRefused(null); setDraft(to); };
  const save = async () => {
    if (!ladder) return;
    setBusy(true);
    try {
      changeSite(await http<Site>("PATCH", `/api/sites/${site.id}`, { ladder }));
      setDraft(null);
      say(t("ladder.saved"), "good");
    } catch (error) {
      setRefused(errorText(codeOf(error), detailOf(error)));
    }
    setBusy(false);
  };
  return (
    <section class="stack ladder" aria-labelledby="ladder-title">
      <h2 id="ladder-title" class="unseen">{t("site.ladder")}</h2>
      <p class="soft">{t("ladder.more")}</p>
      <div class="sheet stack" aria-live="polite">
        <p class="said">{ladder ? sentence(ladder) : t("ladder.unclear")}</p>
        {ladder && <p class="soft small">{t("ladder.total", { time: exactly(total(ladder)) })}</p>}
      </div>
      <form class="sheet stack" onSubmit={(event) => { event.preventDefault(); void save(); }}>
        <fieldset class="stack" disabled={!changes}>
          <Steps draft={draft} changes={changes} onChange={change} />
          <Typed label={t("ladder.wait")} more={t("ladder.wait_more")} value={draft.wait} bounds={WAIT} onType={(wait) => change({ ...draft, wait })} />
          <label class="field ladder-narrow"><span>{t("ladder.fallback")}</span>
            <select value={draft.fallback} onChange={(event) => change({ ...draft, fallback: event.currentTarget.value as Fallback })}>
              {FALLBACKS.map((one) => <option key={one} value={one}>{word("ladder.fallback", one)}</option>)}
            </select>
          </label>
        </fieldset>
        {refused && <p class="form-error" role="alert">{refused}</p>}
        {changes && (
          <div class="rules-foot">
            {changed && <p class="soft small" role="status">{t(ladder ? "ladder.changed" : "ladder.wrong")}</p>}
            {changed && <button type="button" class="quiet" onClick={() => { setDraft(null); setRefused(null); }}>{t("ladder.back")}</button>}
            <button type="submit" class="main-button" disabled={!changed || !ladder || busy}>{t("ladder.save")}</button>
          </div>
        )}
      </form>
    </section>
  );
}

/** The rungs; a moved one keeps the hand on its button. */
function Steps({ draft, changes, onChange }: { draft: Draft; changes: boolean; onChange: (to: Draft) => void }) {
  const list = useRef<HTMLOListElement>(null);
  const [focus, setFocus] = useState<string | null>(null);
  useEffect(() => {
    if (!focus) return;
    const [rung, act] = focus.split("/");
    const button = list.current?.querySelector<HTMLButtonElement>(`[data-rung="${rung}"] [data-act="${act}"]`);
    (button?.disabled ? list.current?.querySelector<HTMLButtonElement>(`[data-rung="${rung}"] button:not(:disabled)`) : button)?.focus();
    setFocus(null);
  }, [focus]);
  const shift = (at: number, by: -1 | 1) => { onChange(move(draft, at, by)); setFocus(`${draft.rungs[at]!.rung}/${by < 0 ? "up" : "down"}`); };
  return (
    <div class="stack">
      <h3>{t("ladder.rungs")}</h3>
      <ol class="ladder-rungs" ref={list}>
        {draft.rungs.map(({ rung, seconds: typed }, at) => {
          const name = word("asked.rung", rung);
          return (
            <li key={rung} data-rung={rung}>
              <span class="ladder-place" aria-hidden="true">{number(at + 1)}</span>
              <span class="ladder-name"><b>{name}</b> <span class="soft small">{word("ladder.about", rung)}</span></span>
              <Typed short label={t("ladder.seconds_of", { rung: name })} value={typed} bounds={SECONDS}
                onType={(text) => onChange({ ...draft, rungs: draft.rungs.with(at, { rung, seconds: text }) })} />
              {changes && (
                <span class="ladder-acts">
                  <button type="button" class="quiet" data-act="up" disabled={at === 0} aria-label={t("ladder.up", { rung: name })} onClick={() => shift(at, -1)}>↑</button>
                  <button type="button" class="quiet" data-act="down" disabled={at === draft.rungs.length - 1} aria-label={t("ladder.down", { rung: name })} onClick={() => shift(at, 1)}>↓</button>
                  <button type="button" class="quiet" aria-label={t("ladder.remove", { rung: name })} onClick={() => onChange(remove(draft, at))}>×</button>
                </span>
              )}
            </li>
          );
        })}
      </ol>
      {draft.rungs.length === 0 && <p class="bad" role="alert">{t("ladder.none")}</p>}
      {changes && missing(draft).length > 0 && (
        <p class="reasons">{missing(draft).map((rung) => <button key={rung} type="button" class="chip" onClick={() => onChange(add(draft, rung))}>+ {word("asked.rung", rung)}</button>)}</p>
      )}
      {draft.rungs.length > 0 && nowhere(draft) && <p class="hint small">{t(nowhere(draft)!)}</p>}
    </div>
  );
}

/** Which strangers ring nowhere with these rungs; null while all of them ring somebody. */
function nowhere({ rungs }: Draft): Key | null {
  const has = (rung: string) => rungs.some((one) => one.rung === rung);
  return has("anyone") ? null : has("topic") ? "ladder.no_anyone" : has("last") ? "ladder.unserved_nowhere" : "ladder.strangers_nowhere";
}

/** A number of seconds; what is wrong with it stands right there. */
function Typed({ label, more, value, bounds, short = false, onType }: { label: string; more?: string; value: string; bounds: readonly [number, number]; short?: boolean; onType: (text: string) => void }) {
  const id = useId();
  const bad = seconds(value, bounds) === null;
  return (
    <div class={`field ladder-narrow${short ? " is-short" : ""}`}>
      <label for={id} class={short ? "unseen" : "small soft"}>{label}</label>
      <span class="with-unit">
        <input id={id} type="text" inputMode="numeric" autocomplete="off" value={value} aria-invalid={bad} aria-describedby={bad || more ? `${id}-more` : undefined}
          onInput={(event) => onType(event.currentTarget.value)} />
        <span class="soft">{t("ladder.unit")}</span>
      </span>
      {(bad || more) && <p id={`${id}-more`} class={bad ? "bad small" : "soft small"} role={bad ? "alert" : undefined}>{bad ? t("ladder.bounds", { from: number(bounds[0]), to: number(bounds[1]) }) : more}</p>}
    </div>
  );
}

/** "First the owner for 20 s, then …" */
export function sentence(ladder: Required<Rungs>): string {
  const steps = ladder.rungs.map(({ rung, seconds: time = 0 }, at) =>
    t(at === 0 ? "ladder.first" : "ladder.then", { who: word("ladder.who", rung), time: exactly(time * 1000) }));
  return `${steps.join(", ")}. ${word("ladder.last", ladder.fallback)} ${
    ladder.wait_seconds > 0 ? t("ladder.waits", { time: exactly(ladder.wait_seconds * 1000) }) : t("ladder.no_wait")}`;
}
