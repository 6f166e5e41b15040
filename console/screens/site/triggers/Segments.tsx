// Conditions under a name, for triggers and reports to share; written with the same clauses, and a segment holds no segments.
import { useState } from "preact/hooks";
import { codeOf, detailOf, http } from "../../../live/http";
import { say } from "../../../live/notes";
import { errorText, t } from "../../../text/text";
import type { Segment, Site } from "../../../wire";
import { useCheck } from "./check";
import { conditionsOf, GROUPS, holes, trimmed, type Conditions } from "./draft";
import { Findings } from "./Findings";
import { Group } from "./Group";
import { useKept } from "./kept";
import { whenText, type Names } from "./sentence";

interface Draft { id: string | null; name: string; conditions: Conditions }
interface Shown { site: Site; items: readonly Segment[]; names: Names; changes: boolean; onChanged: () => void }

export function Segments({ site, items, names, changes, onChanged }: Shown) {
  const [draft, setDraft] = useKept<Draft>(`segment.${site.id}`);
  const [sure, setSure] = useState<string | null>(null);
  const remove = async (one: Segment) => {
    try {
      await http("DELETE", `/api/segments/${one.id}`);
      say(t("segments.deleted", { name: one.name }), "good");
      onChanged();
    } catch (error) {
      say(errorText(codeOf(error), detailOf(error)), "bad");
    }
    setSure(null);
  };
  return (
    <section class="stack" aria-labelledby="segments-title">
      <h2 id="segments-title">{t("segments.title")}</h2>
      <p class="soft">{t("segments.more")}</p>
      {items.length === 0 && <p class="soft">{t("segments.none")}</p>}
      {items.length > 0 && <ul class="rules-list">
        {items.map((one) => (
          <li key={one.id} class="sheet stack">
            <strong>{one.name}</strong>
            <p class="rule-said">{t("segments.sentence", { who: whenText(one.conditions, names) })}</p>
            <Findings items={one.findings} />
            {changes && (
              <div class="rules-foot">
                <button type="button" class="plain-button" onClick={() => setDraft({ id: one.id, name: one.name, conditions: conditionsOf(one.conditions) })}>{t("triggers.edit")}<span class="unseen">: {one.name}</span></button>
                {sure === one.id
                  ? <><span class="small">{t("triggers.sure")}</span><button type="button" class="plain-button" onClick={() => void remove(one)}>{t("triggers.yes")}</button><button type="button" class="quiet" onClick={() => setSure(null)}>{t("triggers.no")}</button></>
                  : <button type="button" class="quiet" onClick={() => setSure(one.id)}>{t("triggers.delete")}<span class="unseen">: {one.name}</span></button>}
              </div>
            )}
          </li>
        ))}
      </ul>}
      {changes && (draft
        ? <SegmentForm key={draft.id ?? "new"} site={site} draft={draft} names={names} onChange={setDraft} onClose={() => setDraft(null)} onSaved={() => { setDraft(null); onChanged(); }} />
        : <p><button type="button" class="plain-button" onClick={() => setDraft({ id: null, name: "", conditions: conditionsOf({}) })}>+ {t("segments.new")}</button></p>)}
    </section>
  );
}

interface Form { site: Site; draft: Draft; names: Names; onChange: (draft: Draft) => void; onClose: () => void; onSaved: () => void }
function SegmentForm({ site, draft, names, onChange, onClose, onSaved }: Form) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const lacking = holes(draft.conditions);
  // What holds for the conditions of a trigger holds for these; what a trigger would do with them is another matter.
  const asked = { site: site.id, name: "…", conditions: trimmed(draft.conditions), action: "nothing" as const };
  const found = useCheck(lacking.length ? null : asked).filter((one) => one.where.startsWith("conditions."));
  const findings = [...lacking, ...found];
  const empty = GROUPS.every((group) => draft.conditions[group].length === 0);
  const wrong = findings.find((one) => one.level === "error");
  const why = wrong ? t("edit.why_error", { what: wrong.sentence }) : empty ? t("segments.why_empty") : draft.name.trim() ? null : t("edit.why_name");
  const save = async () => {
    setBusy(true);
    const body = { site: site.id, name: draft.name.trim(), conditions: trimmed(draft.conditions) };
    try {
      const saved = await (draft.id ? http<Segment>("PUT", `/api/segments/${draft.id}`, body) : http<Segment>("POST", "/api/segments", body));
      say(t("segments.saved", { name: saved.name }), "good");
      onSaved();
    } catch (error) {
      setProblem(errorText(codeOf(error), detailOf(error)));
      setBusy(false);
    }
  };
  const here = { site: site.id, currency: names.currency, segments: null };
  return (
    <form class="sheet rule" aria-label={t(draft.id ? "segments.edit" : "segments.new")} noValidate onSubmit={(event) => { event.preventDefault(); if (!why && !busy) void save(); }}>
      <h3>{t(draft.id ? "segments.edit" : "segments.new")}</h3>
      <label class="field"><span>{t("edit.name")}</span><input maxLength={200} value={draft.name} placeholder={t("segments.name_like")} onInput={(event) => { setProblem(null); onChange({ ...draft, name: event.currentTarget.value }); }} /></label>
      {GROUPS.map((group) => (
        <Group key={group} name={group} items={draft.conditions[group]} here={here} findings={findings} onChange={(items) => { setProblem(null); onChange({ ...draft, conditions: { ...draft.conditions, [group]: items } }); }} />
      ))}
      {problem && <p class="form-error" role="alert">{problem}</p>}
      <div class="rules-foot">
        <p id="segment-why" class="soft small" aria-live="polite">{why ?? ""}</p>
        <button type="button" class="quiet" onClick={onClose}>{t("edit.cancel")}</button>
        <button type="submit" class="main-button" disabled={why !== null || busy} aria-describedby={why ? "segment-why" : undefined}>{t("edit.save")}</button>
      </div>
    </form>
  );
}
