// One of the three lists of conditions: all hold, at least one holds, none holds. Added, written and removed in place.
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { t, type Key } from "../../../text/text";
import type { Condition, Finding } from "../../../wire";
import { ClauseFields, type Surroundings } from "./Condition";
import { about, fresh, KINDS, type Group as Name, type Kind } from "./draft";
import { Findings } from "./Findings";

interface Shown { name: Name; items: readonly Condition[]; here: Surroundings; findings: readonly Finding[]; onChange: (items: Condition[]) => void }

export function Group({ name, items, here, findings, onChange }: Shown) {
  const [adding, setAdding] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const focus = useRef<string | null>(null);
  const id = useId();
  // What was just added is written next; what was removed leaves the hand beside its place. At once: an effect of the
  // drawing before could still be waiting, and would look for what is not there yet.
  useLayoutEffect(() => {
    if (focus.current) box.current?.querySelector<HTMLElement>(focus.current)?.focus();
    focus.current = null;
  });
  const add = (kind: Kind) => {
    onChange([...items, fresh(kind)]);
    setAdding(false);
    focus.current = `li:nth-of-type(${items.length + 1}) .clause :is(input, select, button)`;
  };
  const remove = (at: number) => {
    onChange(items.filter((_, each) => each !== at));
    focus.current = items.length > 1 ? `li:nth-of-type(${Math.min(at + 1, items.length - 1)}) .clause-remove` : ".clause-add";
  };
  const fold = () => { setAdding(false); focus.current = ".clause-add"; };
  return (
    <div class={`clauses is-${name}`} ref={box} role="group" aria-labelledby={id} onKeyDown={(event) => { if (event.key === "Escape" && adding) { event.stopPropagation(); fold(); } }}>
      <p id={id} class={items.length || name === "all" ? "" : "unseen"}>{t(`edit.${name}` as Key)}</p>
      {items.length > 0 && (
        <ul>
          {items.map((one, at) => (
            <li key={at} class="clause-line">
              <div class="clause" role="group" aria-label={t("edit.condition", { n: at + 1, kind: t(`kind.${one.kind}` as Key) })}>{at > 0 && <span class="soft">{t(name === "all" ? "edit.and" : "edit.or")} </span>}<ClauseFields one={one} here={here} onChange={(to) => onChange(items.map((each, where) => (where === at ? to : each)))} /></div>
              <button type="button" class="quiet clause-remove" aria-label={t("edit.remove", { kind: t(`kind.${one.kind}` as Key) })} onClick={() => remove(at)}>×</button>
              <Findings items={about(findings, `conditions.${name}.${at}`, true)} />
            </li>
          ))}
        </ul>
      )}
      <button type="button" class="plain-button clause-add" aria-expanded={adding} onClick={() => { setAdding(!adding); focus.current = adding ? null : ".kinds button"; }}>+ {t(`edit.${items.length ? "add" : "start"}_${name}` as Key)}</button>
      {adding && (
        <div class="kinds">
          {(Object.keys(KINDS) as (keyof typeof KINDS)[]).map((group) => (
            <div key={group} class="reasons" role="group" aria-label={t(`kinds.${group}` as Key)}>
              <span class="soft small">{t(`kinds.${group}` as Key)}</span>
              {KINDS[group].filter((kind) => kind !== "segment" || here.segments?.length).map((kind) => (
                <button key={kind} type="button" class="chip" onClick={() => add(kind)}>{t(`kind.${kind}` as Key)}</button>
              ))}
            </div>
          ))}
        </div>
      )}
      <Findings items={about(findings, `conditions.${name}`)} />
    </div>
  );
}
