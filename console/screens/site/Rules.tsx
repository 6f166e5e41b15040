// The rules by which addresses are read, in the order in which they are applied; one thing a line.
import { useId, useState } from "preact/hooks";
import { lines, misread, type Draft } from "../../state/tree";
import { t, type Key } from "../../text/text";

interface Shown { draft: Draft; changes: boolean; changed: boolean; busy: boolean; onChange: (draft: Draft) => void; onSave: () => void; onBack: () => void }
type Lines = { [K in keyof Draft]: Draft[K] extends string ? K : never }[keyof Draft];
const IDS = ["keep", "drop", "group"] as const;

export function Rules({ draft, changes, changed, busy, onChange, onSave, onBack }: Shown) {
  const [tried, setTried] = useState(false);
  const wrong = misread(draft.names);
  const told = wrong.length > 0 ? t("rules.misread", { line: wrong.join(" · "), like: t("rules.names_like") }) : null;
  const save = () => { setTried(wrong.length > 0); if (wrong.length === 0) onSave(); };
  const set = (some: Partial<Draft>) => onChange({ ...draft, ...some });
  const list = (name: Exclude<Lines, "ids">) => <List name={name} text={draft[name]} problem={name === "names" && tried ? told : null} onText={(text) => set({ [name]: text })} />;
  const check = (name: "hash_routes" | "lower_case" | "own") => (
    <label class="check"><input type="checkbox" checked={draft[name]} onChange={(event) => set({ [name]: event.currentTarget.checked })} /><span>{t(`rules.${name}` as Key)}</span></label>
  );
  return (
    <form class="sheet stack rules" onSubmit={(event) => { event.preventDefault(); save(); }}>
      <h3>{t("rules.title")}</h3>
      <p class="soft small">{t("rules.more")}</p>
      <fieldset class="stack" disabled={!changes}>
        {list("home")}
        {list("home_names")}
        {check("hash_routes")}
        {list("index")}
        {check("own")}
        {draft.own && list("locales")}
        {draft.own && lines(draft.locales).length === 0 && <p class="hint small" role="status">{t("rules.own_empty")}</p>}
        {list("ignored")}
        {list("facets")}
        {list("query")}
        {list("endings")}
        <label class="field"><span>{t("rules.ids")}</span>
          <select value={draft.ids} onChange={(event) => set({ ids: event.currentTarget.value as Draft["ids"] })}>
            {IDS.map((one) => <option key={one} value={one}>{t(`rules.ids_${one}` as Key)}</option>)}
          </select>
        </label>
        {check("lower_case")}
        {list("names")}
      </fieldset>
      {changes && (
        <div class="rules-foot">
          {changed && <p class="soft small" role="status">{t(tried && told ? "rules.not_saved" : "rules.changed")}</p>}
          {changed && <button type="button" class="quiet" onClick={onBack}>{t("rules.back")}</button>}
          <button type="submit" class="main-button" disabled={!changed || busy}>{t("rules.save")}</button>
        </div>
      )}
    </form>
  );
}

function List({ name, text, problem, onText }: { name: string; text: string; problem: string | null; onText: (text: string) => void }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{t(`rules.${name}` as Key)}</label>
      <textarea id={id} rows={Math.min(6, Math.max(3, text.split("\n").length))} spellcheck={false} placeholder={lines(t(`rules.${name}_like` as Key)).join("\n")}
        aria-invalid={problem ? true : undefined} aria-describedby={problem ? `${id}-problem` : undefined}
        value={text} onInput={(event) => onText(event.currentTarget.value)} />
      {problem && <p id={`${id}-problem`} class="form-error small" role="alert">{problem}</p>}
    </div>
  );
}
