// How conversations of the site go: when a silent one ends, what visitors may do, what answers at night.
import { useState } from "preact/hooks";
import { codeOf, detailOf, http } from "../../live/http";
import { say } from "../../live/notes";
import { changeSite } from "../../live/sites";
import { country, number } from "../../text/format";
import { errorText, t, word } from "../../text/text";
import type { Site } from "../../wire";
import { Field, firstWrong } from "./knowledge/Field";
import { useKept } from "./triggers/kept";

type Talk = Required<Site["talk"]>;
interface Draft { ends: boolean; idle: string; warn: string; preview: boolean; files: boolean; ratings: boolean; night: boolean; countries: string }
const CHOICES = ["files", "ratings", "night", "preview"] as const;
const IDLE = [1, 10_080] as const, WARN = [1, 60] as const, USUAL_IDLE = 60, MOST = 20;

const toDraft = (talk: Talk): Draft => ({ ends: talk.idle_minutes > 0, idle: String(talk.idle_minutes || USUAL_IDLE), warn: String(talk.warn_minutes), preview: talk.preview, files: talk.files, ratings: talk.ratings, night: talk.night, countries: talk.countries.join(", ") });
const whole = (typed: string, [low, high]: readonly [number, number]): number | null => (/^\d{1,5}$/.test(typed.trim()) && Number(typed) >= low && Number(typed) <= high ? Number(typed) : null);
/** "de, AT" -> DE and AT; null where one of them is no country. */
export function countries(typed: string): string[] | null {
  const codes = typed.toUpperCase().split(/[\s,;]+/).filter(Boolean);
  return codes.length <= MOST && codes.every((code) => /^[A-Z]{2}$/.test(code) && country(code) !== code) ? [...new Set(codes)] : null;
}

export function TalkForm({ site, changes }: { site: Site; changes: boolean }) {
  const [kept, setDraft] = useKept<Draft>(`talk.${site.id}`);
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const saved = toDraft(site.talk as Talk);
  const draft = (changes && kept) || saved;
  const set = (some: Partial<Draft>) => { setRefused(null); setDraft({ ...draft, ...some }); };
  const idle = whole(draft.idle, IDLE), warn = whole(draft.warn, WARN);
  const from = countries(draft.countries);
  const late = idle !== null && warn !== null && warn >= idle;
  const bad = from === null || (draft.ends && (idle === null || warn === null || late));
  const changed = JSON.stringify(draft) !== JSON.stringify(saved);
  const save = async (form: HTMLFormElement) => {
    setTried(true);
    if (bad) return firstWrong(form);
    setBusy(true);
    try {
      const { preview, files, ratings, night } = draft;
      const talk: Talk = { ...(site.talk as Talk), idle_minutes: draft.ends ? idle! : 0, warn_minutes: draft.ends ? warn! : (site.talk as Talk).warn_minutes, preview, files, ratings, night, countries: from! };
      changeSite(await http<Site>("PATCH", `/api/sites/${site.id}`, { talk }));
      setDraft(null);
      say(t("talkform.saved"), "good");
    } catch (error) {
      setRefused(errorText(codeOf(error), detailOf(error)));
    }
    setBusy(false);
  };
  const range = ([from, to]: readonly [number, number]) => t("talkform.bounds", { from: number(from), to: number(to) });
  return (
    <section class="stack" aria-labelledby="talk-title">
      <h2 id="talk-title" class="unseen">{t("site.talk")}</h2>
      <form class="sheet stack" noValidate onSubmit={(event) => { event.preventDefault(); void save(event.currentTarget); }}>
        <fieldset class="stack" disabled={!changes}>
          <h3>{t("talkform.silence")}</h3>
          <label class="check"><input type="checkbox" checked={draft.ends} onChange={(event) => set({ ends: event.currentTarget.checked })} /><span>{t("talkform.ends")}</span></label>
          {draft.ends && (
            <div class="form-row">
              <Field label={t("talkform.idle")} more={range(IDLE)} wrong={tried && idle === null ? range(IDLE) : null}>
                {(at) => <input {...at} type="text" inputMode="numeric" autocomplete="off" value={draft.idle} onInput={(event) => set({ idle: event.currentTarget.value })} />}
              </Field>
              <Field label={t("talkform.warn")} more={range(WARN)} wrong={tried && warn === null ? range(WARN) : tried && late ? t("talkform.late") : null}>
                {(at) => <input {...at} type="text" inputMode="numeric" autocomplete="off" value={draft.warn} onInput={(event) => set({ warn: event.currentTarget.value })} />}
              </Field>
            </div>
          )}
          <h3>{t("talkform.may")}</h3>
          {CHOICES.map((one) => (
            <label class="check talk-choice" key={one}>
              <input type="checkbox" checked={draft[one]} onChange={(event) => set({ [one]: event.currentTarget.checked })} />
              <span>{word("talkform.choice", one)}<br /><span class="soft small">{word("talkform.about", one)}</span></span>
            </label>
          ))}
          <h3>{t("talkform.calls")}</h3>
          <Field label={t("talkform.countries")} more={from?.length ? from.map(country).join(", ") : t("talkform.countries_none")} wrong={tried && !from ? t("talkform.countries_bad") : null}>
            {(at) => <input {...at} type="text" autocomplete="off" maxLength={120} value={draft.countries} onInput={(event) => set({ countries: event.currentTarget.value })} />}
          </Field>
        </fieldset>
        {refused && <p class="form-error" role="alert">{refused}</p>}
        {changes && (
          <div class="rules-foot">
            {changed && <p class="soft small" role="status">{t("ladder.changed")}</p>}
            {changed && <button type="button" class="quiet" onClick={() => { setDraft(null); setRefused(null); setTried(false); }}>{t("ladder.back")}</button>}
            <button type="submit" class="main-button" disabled={!changed || busy}>{t("talkform.save")}</button>
          </div>
        )}
      </form>
    </section>
  );
}
