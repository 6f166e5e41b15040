// One article, written: what it says and how that will look, where it belongs, whether visitors see it.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { formatted } from "../../../../widget/look/format";
import { useAnswer } from "../../../live/ask";
import { codeOf, detailOf, http, list } from "../../../live/http";
import { number } from "../../../text/format";
import { SEPARATOR } from "../../../text/names";
import { errorText, t } from "../../../text/text";
import type { Article, Topic } from "../../../wire";
import { Field, firstWrong, Remove } from "./Field";
import { Tongue } from "./tongues";

export interface Draft { title: string; text: string; language: string; path: string; published: boolean }
export const LONGEST = 50_000;
const PLACES = 2_000;

/** "Garden › Beds" and "Garden > Beds" are the same place. */
export const pathOf = (text: string): string[] => text.split(/\s*[›>]\s*/).map((one) => one.trim()).filter(Boolean);
export const fromArticle = (one: Article): Draft =>
  ({ title: one.title, text: one.text, language: one.language, path: one.path.join(SEPARATOR), published: one.state === "published" });
export const toBody = (draft: Draft) => ({
  title: draft.title.trim(), text: draft.text.trim(), language: draft.language, path: pathOf(draft.path), state: draft.published ? "published" : "draft",
});

interface Shown { site: string; id: string | null; begun: Draft; onChange: (to: Draft) => void; onClose: () => void; onSaved: (one: Article) => void; onGone: () => void }

export function ArticleForm({ site, id, begun, onChange, onClose, onSaved, onGone }: Shown) {
  const [draft, setDraft] = useState(begun);
  const [tried, setTried] = useState(false);
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const head = useRef<HTMLInputElement>(null);
  const places = useId();
  useEffect(() => head.current?.focus(), []);
  const topics = useAnswer(site, () => list<Topic>("/api/topics", { site }, PLACES));
  const set = (some: Partial<Draft>) => { const to = { ...draft, ...some }; setDraft(to); setRefused(null); onChange(to); };
  const long = draft.text.trim().length > LONGEST;
  const missing = { title: !draft.title.trim(), text: !draft.text.trim() };
  const wrong = missing.title || missing.text || long;
  const does = async (what: () => Promise<void>) => {
    setBusy(true);
    try { await what(); } catch (error) { setRefused(errorText(codeOf(error), detailOf(error))); }
    setBusy(false);
  };
  const save = (form: HTMLFormElement) => {
    setTried(true);
    if (wrong) return firstWrong(form);
    const body = toBody(draft);
    void does(async () => onSaved(id === null ? await http<Article>("POST", "/api/articles", { site, ...body }) : await http<Article>("PATCH", `/api/articles/${id}`, body)));
  };
  return (
    <form class="stack article-form" noValidate onSubmit={(event) => { event.preventDefault(); save(event.currentTarget); }}>
      <div class="article-halves">
        <div class="stack">
          <Field label={t("articles.title")} wrong={tried && missing.title ? t("articles.title_missing") : null}>
            {(at) => <input {...at} ref={head} type="text" maxLength={200} value={draft.title} placeholder={t("articles.title_like")} onInput={(event) => set({ title: event.currentTarget.value })} />}
          </Field>
          <Field label={t("articles.text")} more={t("articles.text_more")}
            wrong={long ? t("articles.text_long", { n: number(draft.text.trim().length), most: number(LONGEST) }) : tried && missing.text ? t("articles.text_missing") : null}>
            {(at) => <textarea {...at} rows={14} value={draft.text} onInput={(event) => set({ text: event.currentTarget.value })} />}
          </Field>
        </div>
        <div class="stack">
          <h3>{t("articles.preview")}</h3>
          <div class="preview-text formatted" tabIndex={0} role="region" aria-label={t("articles.preview")}>
            {draft.text.trim() ? formatted(draft.text) : <p class="soft">{t("articles.preview_empty")}</p>}
          </div>
        </div>
      </div>
      <div class="article-where">
        <Field label={t("articles.language")}>{(at) => <Tongue id={at.id} value={draft.language} onChange={(language) => set({ language })} />}</Field>
        <Field label={t("articles.topic")}>
          {(at) => <><input {...at} type="text" list={places} value={draft.path} placeholder={t("articles.topic_none")} autocomplete="off" onInput={(event) => set({ path: event.currentTarget.value })} />
            <datalist id={places}>{(topics.value ?? []).filter(({ path }) => path.length > 0).map((one) => <option key={one.id} value={one.path.join(SEPARATOR)} />)}</datalist></>}
        </Field>
        <label class="check"><input type="checkbox" checked={draft.published} onChange={(event) => set({ published: event.currentTarget.checked })} /><span>{t("articles.publish")}</span></label>
      </div>
      {refused && <p class="form-error" role="alert">{refused}</p>}
      <div class="rules-foot">
        {id !== null && <Remove sure={sure} onSure={setSure} onRemove={() => void does(async () => { await http("DELETE", `/api/articles/${id}`); onGone(); })}
          words={{ remove: t("articles.delete"), ask: t("articles.sure"), yes: t("articles.yes"), no: t("articles.no") }} />}
        <button type="button" class="quiet" onClick={onClose}>{t("member.cancel")}</button>
        <button type="submit" class="main-button" disabled={busy}>{t("articles.save")}</button>
      </div>
    </form>
  );
}
