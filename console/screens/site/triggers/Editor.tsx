// A trigger, written as one reads it: when … and … unless …, then …, at most …. What is odd is said where it stands.
import { useEffect, useRef, useState } from "preact/hooks";
import { codeOf, detailOf, http } from "../../../live/http";
import { errorText, t } from "../../../text/text";
import type { Segment, Site, Trigger } from "../../../wire";
import { Action } from "./Action";
import { Backtest } from "./Backtest";
import { useCheck } from "./check";
import { about, GROUPS, hindersTrying, holes, nobody, toWrite, type Draft } from "./draft";
import { Findings } from "./Findings";
import { Group } from "./Group";
import { HowOften } from "./HowOften";
import { useNames } from "./names";
import { sentence } from "./sentence";

interface Shown {
  site: Site; id: string | null; begun: Draft; segments: readonly Segment[];
  onChange: (draft: Draft) => void; onClose: () => void; onSaved: (saved: Trigger) => void;
}
const PLACES = ["conditions", "conditions.all", "conditions.any", "conditions.none", "action", "content", "caps", "quiet", "hold_out", "name"];

export function Editor({ site, id, begun, segments, onChange, onClose, onSaved }: Shown) {
  // The draft is the editor's own: a key that is pressed draws it anew, and not a list of hundreds around it.
  const [draft, setDraft] = useState(begun);
  const names = useNames(site, [draft], segments);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [tried, setTried] = useState(0);
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), []);
  const set = (some: Partial<Draft>) => {
    setProblem(null);
    const now = { ...draft, ...some };
    setDraft(now);
    onChange(now);
  };
  const body = toWrite(draft, site.id);
  const lacking = [...holes(draft.conditions), ...(draft.action === "nothing" ? [] : nobody(draft.conditions))];
  const found = useCheck(lacking.length ? null : { ...body, name: body.name || "…" });
  const findings = [...lacking, ...found];
  const errors = findings.filter((one) => one.level === "error");
  const why = errors.length ? t("edit.why_error", { what: errors[0]!.sentence }) : body.name ? null : t("edit.why_name");
  const elsewhere = findings.filter((one) => !PLACES.some((place) => about([one], place, place !== "conditions").length));
  const save = async () => {
    setBusy(true);
    try {
      onSaved(await (id ? http<Trigger>("PUT", `/api/triggers/${id}`, body) : http<Trigger>("POST", "/api/triggers", { ...body, active: false })));
    } catch (error) {
      setProblem(errorText(codeOf(error), detailOf(error)));
      setBusy(false);
    }
  };
  const here = { site: site.id, currency: names.currency, segments };
  return (
    <div class="sheet rule-sheet">
      <form class="rule" aria-labelledby="rule-title" noValidate onSubmit={(event) => { event.preventDefault(); if (!why && !busy) void save(); }}>
        <h3 id="rule-title" ref={head} tabIndex={-1}>{t(id ? "edit.title" : "edit.title_new")}</h3>
        <label class="field"><span>{t("edit.name")}</span>
          <input maxLength={200} value={draft.name} placeholder={t("edit.name_like")} aria-describedby={why ? "rule-why" : undefined} onInput={(event) => set({ name: event.currentTarget.value })} /></label>
        <Findings items={about(findings, "name")} />
        {GROUPS.map((group) => (
          <Group key={group} name={group} items={draft.conditions[group]} here={here} findings={findings}
            onChange={(items) => set({ conditions: { ...draft.conditions, [group]: items } })} />
        ))}
        <Findings items={about(findings, "conditions")} />
        <Action draft={draft} site={site.id} names={names} findings={findings} onChange={set} />
        <HowOften draft={draft} findings={findings} onChange={set} />
        <p class="rule-said"><span class="soft small">{t("edit.said")}</span> {sentence(body, names)}</p>
        <Findings items={elsewhere} />
        {problem && <p class="form-error" role="alert">{problem}</p>}
        <div class="rules-foot">
          <p id="rule-why" class="soft small" aria-live="polite">{why ?? (id ? "" : t("edit.saved_off"))}</p>
          <button type="button" class="quiet" onClick={onClose}>{t("edit.cancel")}</button>
          <button type="button" class="plain-button" disabled={errors.some(hindersTrying)} aria-describedby={errors.some(hindersTrying) ? "rule-why" : undefined} onClick={() => setTried(tried + 1)}>{t("backtest.try")}</button>
          <button type="submit" class="main-button" disabled={why !== null || busy} aria-describedby={why ? "rule-why" : undefined}>{t("edit.save")}</button>
        </div>
      </form>
      {/* Beside the form, not in it: the person it opens has forms of its own. */}
      {tried > 0 && <Backtest key={tried} body={{ ...body, name: body.name || "…" }} onClose={() => setTried(0)} />}
    </div>
  );
}
