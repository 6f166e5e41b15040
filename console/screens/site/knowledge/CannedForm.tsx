// One canned answer: its short name, what it says, and how that reads when it is filled in.
import { useEffect, useRef, useState } from "preact/hooks";
import { formatted } from "../../../../widget/look/format";
import { codeOf, detailOf, http } from "../../../live/http";
import { filled } from "../../../state/canned";
import { number } from "../../../text/format";
import { errorText, t, word } from "../../../text/text";
import type { Canned, Site } from "../../../wire";
import { Field, firstWrong, Remove } from "./Field";
import { HOLES, strangeHoles } from "./holes";
import { Tongue } from "./tongues";

export type Draft = Pick<Canned, "shortcut" | "title" | "text" | "language">;
export const LONGEST = 8_000;
/** As the server takes it: letters, digits, hyphen, underscore; the slash before it may be typed too. */
export const plainShortcut = (typed: string): string => typed.trim().replace(/^\/+/, "").toLowerCase();
export const goodShortcut = (shortcut: string): boolean => /^[\p{L}\p{N}_-]{1,40}$/u.test(shortcut);

interface Shown { site: Site; id: string | null; begun: Draft; onChange: (to: Draft) => void; onClose: () => void; onSaved: (one: Canned) => void; onGone: () => void }

export function CannedForm({ site, id, begun, onChange, onClose, onSaved, onGone }: Shown) {
  const [draft, setDraft] = useState(begun);
  const [tried, setTried] = useState(false);
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<{ code: string; text: string } | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const head = useRef<HTMLInputElement>(null);
  useEffect(() => head.current?.focus(), []);
  const set = (some: Partial<Draft>) => { const to = { ...draft, ...some }; setDraft(to); setRefused(null); onChange(to); };
  const shortcut = plainShortcut(draft.shortcut);
  const strange = strangeHoles(draft.text);
  const long = draft.text.trim().length > LONGEST;
  const wrong = { shortcut: !goodShortcut(shortcut), title: !draft.title.trim(), text: !draft.text.trim() || long };
  const bad = wrong.shortcut || wrong.title || wrong.text;
  const put = (hole: string) => {
    const { selectionStart: from, selectionEnd: to } = field.current!;
    set({ text: `${draft.text.slice(0, from)}{${hole}}${draft.text.slice(to)}` });
    setTimeout(() => { field.current?.focus(); field.current?.setSelectionRange(from + hole.length + 2, from + hole.length + 2); });
  };
  const does = async (what: () => Promise<void>) => {
    setBusy(true);
    try { await what(); } catch (error) { setRefused({ code: codeOf(error), text: errorText(codeOf(error), detailOf(error)) }); }
    setBusy(false);
  };
  const save = (form: HTMLFormElement) => {
    setTried(true);
    if (bad) return firstWrong(form);
    const body = { shortcut, title: draft.title.trim(), text: draft.text.trim(), language: draft.language };
    void does(async () => onSaved(id === null ? await http<Canned>("POST", "/api/canned", { site: site.id, ...body }) : await http<Canned>("PATCH", `/api/canned/${id}`, body)));
  };
  const taken = refused?.code === "exists";
  const like = { name: t("canned.like_name"), expert: t("canned.like_expert"), site: site.name, topic: t("canned.like_topic") };
  return (
    <form class="stack article-form" noValidate onSubmit={(event) => { event.preventDefault(); save(event.currentTarget); }}>
      <div class="article-halves">
        <div class="stack">
          <Field label={t("canned.shortcut")} more={t("canned.shortcut_more", { shortcut: shortcut || "hi" })} wrong={taken ? t("canned.taken") : tried && wrong.shortcut ? t("canned.shortcut_wrong") : null}>
            {(at) => <input {...at} ref={head} type="text" maxLength={41} autocomplete="off" autocapitalize="none" value={draft.shortcut} onInput={(event) => set({ shortcut: event.currentTarget.value })} />}
          </Field>
          <Field label={t("canned.title")} wrong={tried && wrong.title ? t("canned.title_missing") : null}>
            {(at) => <input {...at} type="text" maxLength={200} autocomplete="off" value={draft.title} onInput={(event) => set({ title: event.currentTarget.value })} />}
          </Field>
          <Field label={t("canned.text")} wrong={long ? t("articles.text_long", { n: number(draft.text.trim().length), most: number(LONGEST) }) : tried && wrong.text ? t("canned.text_missing") : null}>
            {(at) => <textarea {...at} ref={field} rows={6} value={draft.text} onInput={(event) => set({ text: event.currentTarget.value })} />}
          </Field>
          <div class="reasons" role="group" aria-label={t("canned.holes")}>{HOLES.map((hole) => <button key={hole} type="button" class="chip" onClick={() => put(hole)}>{`{${hole}}`} <span class="soft">{word("canned.hole", hole)}</span></button>)}</div>
          {strange.length > 0 && <p class="hint small" role="status">{t("canned.strange", { holes: strange.join(", ") })}</p>}
          <Field label={t("articles.language")}>{(at) => <Tongue id={at.id} value={draft.language} onChange={(language) => set({ language })} />}</Field>
        </div>
        <div class="stack">
          <h3>{t("articles.preview")}</h3>
          <div class="preview-text formatted" tabIndex={0} role="region" aria-label={t("articles.preview")}>
            {draft.text.trim() ? formatted(filled(draft.text, like)) : <p class="soft">{t("articles.preview_empty")}</p>}
          </div>
        </div>
      </div>
      {refused && !taken && <p class="form-error" role="alert">{refused.text}</p>}
      <div class="rules-foot">
        {id !== null && <Remove sure={sure} onSure={setSure} onRemove={() => void does(async () => { await http("DELETE", `/api/canned/${id}`); onGone(); })}
          words={{ remove: t("articles.delete"), ask: t("canned.sure"), yes: t("articles.yes"), no: t("articles.no") }} />}
        <button type="button" class="quiet" onClick={onClose}>{t("member.cancel")}</button>
        <button type="submit" class="main-button" disabled={busy}>{t("articles.save")}</button>
      </div>
    </form>
  );
}
