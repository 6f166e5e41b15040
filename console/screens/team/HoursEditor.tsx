// When somebody works: a line for each day with its spans, the place whose clock counts, days off.
import { useId, useState } from "preact/hooks";
import { addSpan, clockOf, faults, isClock, isZone, likeMonday, MOST_SPANS, overMidnight, type Draft, type Span } from "../../state/hours";
import { dayOfWeek, dated } from "../../text/format";
import { t, word } from "../../text/text";

const ZONES: readonly string[] = ["UTC", ...(Intl.supportedValuesOf?.("timeZone") ?? [])];

export function HoursEditor({ value, problem, onChange }: { value: Draft; problem: string | null; onChange: (to: Draft) => void }) {
  const id = useId();
  const wrong = faults(value.week);
  const set = (some: Partial<Draft>) => onChange({ ...value, ...some });
  const spans = (day: number, to: Span[]) => set({ week: value.week.map((each, at) => (at === day ? to : each)) });
  return (
    <div class="stack hours" role="group" aria-label={t("member.hours")}>
      <label class="check"><input type="checkbox" checked={value.always} onChange={(event) => set({ always: event.currentTarget.checked })} /><span>{t("hours.always")}</span></label>
      {!value.always && (
        <>
          <div class="field ladder-narrow">
            <label for={id} class="small soft">{t("hours.zone")}</label>
            <input id={id} type="text" list={`${id}-zones`} autocomplete="off" value={value.zone} aria-invalid={!isZone(value.zone)} aria-describedby={isZone(value.zone) ? undefined : `${id}-wrong`} onInput={(event) => set({ zone: event.currentTarget.value })} />
            {!isZone(value.zone) && <p id={`${id}-wrong`} class="bad small" role="alert">{word("hours.wrong", "zone")}</p>}
            <datalist id={`${id}-zones`}>{ZONES.map((one) => <option key={one} value={one} />)}</datalist>
          </div>
          <div class="hours-week">
            {value.week.map((list, day) => <Day key={day} day={day} list={list} fault={wrong.get(day)} onSpans={(to) => spans(day, to)} />)}
          </div>
          <p class="reasons"><button type="button" class="chip" onClick={() => set({ week: likeMonday(value.week) })}>{t("hours.like_monday")}</button></p>
          <DaysOff value={value.off} onChange={(off) => set({ off })} />
        </>
      )}
      {problem && <p class="bad small" role="alert">{problem}</p>}
    </div>
  );
}

function Day({ day, list, fault, onSpans }: { day: number; list: readonly Span[]; fault?: string; onSpans: (to: Span[]) => void }) {
  const name = dayOfWeek(day);
  const change = (at: number, to: Span) => onSpans(list.map((span, each) => (each === at ? to : span)));
  return (
    <div role="group" aria-label={name} class={list.length ? "" : "is-free"}>
      <span class="hours-day">{name}</span>
      <span class="hours-spans">
        {list.length === 0 && <span class="soft">{t("hours.free")}</span>}
        {list.map((span, at) => (
          <span class="hours-span" key={at}>
            <Clock label={t("hours.from", { day: name })} value={span[0]} onTime={(begin) => change(at, [begin, span[1]])} />
            <span aria-hidden="true">–</span>
            <Clock end label={t("hours.to", { day: name })} value={span[1]} onTime={(end) => change(at, [span[0], end])} />
            <button type="button" class="quiet" aria-label={t("hours.remove", { day: name })} onClick={() => onSpans(list.filter((_, each) => each !== at))}>×</button>
            {overMidnight(span) && <span class="soft small">{t("hours.next_day")}</span>}
          </span>
        ))}
        {list.length < MOST_SPANS && <button type="button" class="quiet" aria-label={t("hours.add", { day: name })} onClick={() => onSpans(addSpan(list))}>+</button>}
      </span>
      {fault && <p class="bad small" role="alert">{word("hours.wrong", fault)}</p>}
    </div>
  );
}

/** A time of the clock with 24 hours, in every language: "9", "930" and "9:30" are understood on leaving. */
function Clock({ label, value, end = false, onTime }: { label: string; value: string; end?: boolean; onTime: (time: string) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const leave = () => { if (typed !== null) onTime(clockOf(typed, end)); setTyped(null); };
  return (
    <input class="is-clock" type="text" inputMode="numeric" autocomplete="off" maxLength={5} placeholder="09:00" aria-label={label} aria-invalid={typed === null && !isClock(value, end)}
      value={typed ?? value} onInput={(event) => setTyped(event.currentTarget.value)} onBlur={leave} onKeyDown={(event) => { if (event.key === "Enter") leave(); }} />
  );
}

function DaysOff({ value, onChange }: { value: readonly string[]; onChange: (to: string[]) => void }) {
  const [day, setDay] = useState("");
  const id = useId();
  const add = () => { if (day) onChange([...new Set([...value, day])].sort()); setDay(""); };
  return (
    <div class="stack">
      <label for={id} class="small soft">{t("hours.off")}</label>
      <div class="reasons">
        {value.map((one) => <button key={one} type="button" class="chip" aria-label={t("member.remove", { name: dated(one) })} onClick={() => onChange(value.filter((each) => each !== one))}>{dated(one)} ×</button>)}
        <input id={id} class="is-date" type="date" value={day} onInput={(event) => setDay(event.currentTarget.value)} onKeyDown={(event) => { if (event.key === "Enter") { event.preventDefault(); add(); } }} />
        <button type="button" class="chip" disabled={!day} onClick={add}>+ {t("hours.add_off")}</button>
      </div>
    </div>
  );
}
