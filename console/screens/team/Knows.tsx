// What somebody knows: places of the tree, each with how well, in words; found by name.
import { useId, useRef, useState } from "preact/hooks";
import { useAnswer } from "../../live/ask";
import { list } from "../../live/http";
import { Where } from "../../parts/small";
import { number } from "../../text/format";
import { whereIs } from "../../text/names";
import { t, word } from "../../text/text";
import type { Topic, TopicLevel } from "../../wire";
import { findPlaces } from "../site/triggers/Places";

const MOST = 5_000, SHOWN = 30;
const LEVELS = [1, 2, 3, 4, 5];
const keyOf = (path: readonly string[]): string => path.join("\u0000");
type Known = Required<TopicLevel>;

/** `calm`: knowing nothing yet is no fault here. */
export function Knows({ value, calm, onChange }: { value: readonly Known[]; calm?: boolean; onChange: (to: Known[]) => void }) {
  const [words, setWords] = useState<string | null>(null);
  const id = useId();
  const add = useRef<HTMLButtonElement>(null);
  const answer = useAnswer(words === null ? null : "places", () => list<Topic>("/api/topics", {}, MOST));
  const taken = new Set(value.map(({ path }) => keyOf(path)));
  const paths = [...new Map((answer.value ?? []).map(({ path }) => [keyOf(path), path])).values()];
  const found = findPlaces(paths.filter((path) => !taken.has(keyOf(path))), words ?? "", SHOWN);
  const close = () => { setWords(null); setTimeout(() => add.current?.focus()); };
  const typed = (words ?? "").split(/\s*[›>]\s*/).map((one) => one.trim()).filter(Boolean);
  // Before the tree is there nobody knows what is not in it.
  const unknown = answer.value && typed.length > 0 && !paths.some((path) => keyOf(path).toLowerCase() === keyOf(typed).toLowerCase()) ? typed : null;
  const take = (path: string[]) => { onChange([...value, { path, level: 3 }]); close(); };
  return (
    <div class="knows">
      {value.length === 0 && !calm && <p class="hint small">{t("member.no_topics")}</p>}
      <ul>
        {value.map((one, at) => (
          <li key={keyOf(one.path)}>
            <Where path={one.path} />
            <select aria-label={t("member.level_of", { topic: whereIs(one.path) })} value={String(one.level)}
              onChange={(event) => onChange(value.map((each, place) => (place === at ? { ...each, level: Number(event.currentTarget.value) } : each)))}>
              {LEVELS.map((level) => <option key={level} value={level}>{number(level)} · {word("level", String(level))}</option>)}
            </select>
            <button type="button" class="quiet" aria-label={t("member.remove", { name: whereIs(one.path) })} onClick={() => onChange(value.filter((_, place) => place !== at))}>×</button>
          </li>
        ))}
      </ul>
      {words === null ? <button ref={add} type="button" class="chip" onClick={() => setWords("")}>+ {t("member.add_topic")}</button> : (
        <div class="picker" onKeyDown={(event) => { if (event.key === "Escape") { event.stopPropagation(); close(); } }}>
          <input class="find" type="search" aria-label={t("place.find")} placeholder={t("place.find")} value={words} ref={(field) => { if (field && words === "") field.focus(); }}
            aria-controls={id} onInput={(event) => setWords(event.currentTarget.value)} onKeyDown={(event) => { if (event.key === "Enter") { event.preventDefault(); const first = found[0] ?? unknown; if (words && first) take(first); } }} />
          {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
          <ul id={id} class="picker-list" aria-label={t("place.label")}>
            {found.map((path) => <li key={keyOf(path)}><button type="button" class="pick" onClick={() => take(path)}><Where path={path} /></button></li>)}
            {unknown && <li><button type="button" class="pick" onClick={() => take(unknown)}>{t("member.unseen_place")} <Where path={unknown} /></button></li>}
          </ul>
          {!answer.value && answer.busy && <p class="soft">{t("app.loading")}</p>}
          <button type="button" class="quiet" onClick={close}>{t("member.cancel")}</button>
        </div>
      )}
    </div>
  );
}
