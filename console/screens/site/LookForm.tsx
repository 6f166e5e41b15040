// How the chat looks on the site's pages, seen while one chooses: light and dark, on its side of the page.
import { useEffect, useState } from "preact/hooks";
import { Bell } from "../../../widget/look/Bell";
import widgetEn from "../../../widget/text/en.json";
import widgetRu from "../../../widget/text/ru.json";
import { useAnswer } from "../../live/ask";
import { codeOf, detailOf, http } from "../../live/http";
import { say } from "../../live/notes";
import { changeSite } from "../../live/sites";
import { errorText, saidIn, t, word } from "../../text/text";
import type { Palette, Site } from "../../wire";
import { ChatShown } from "./ChatShown";
import { Field } from "./knowledge/Field";
import { useKept } from "./triggers/kept";

type Side = "left" | "right";
type Said = Record<Tongue, string>;
interface Look { accent: string; side: Side; title: Said; welcome: Said }
const TONGUES = ["en", "ru"] as const;
type Tongue = (typeof TONGUES)[number];
const OURS = "#0b6464";
const USUAL: Record<Tongue, { title: string; hello: string; write: string; close: string }> = { en: widgetEn, ru: widgetRu };
const NONE: Said = { en: "", ru: "" };
const SETTLE_MS = 150;

const lookOf = (site: Site): Look => {
  const { accent = "", side = "right", title, welcome } = site.look ?? {};
  return { accent, side, title: { ...NONE, ...title }, welcome: { ...NONE, ...welcome } };
};

export function LookForm({ site, changes }: { site: Site; changes: boolean }) {
  const [kept, setDraft] = useKept<Look>(`look.${site.id}`);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const [shown, setShown] = useState<Tongue>(site.language?.startsWith("ru") ? "ru" : "en");
  const saved = lookOf(site);
  const draft = (changes && kept) || saved;
  const changed = JSON.stringify(draft) !== JSON.stringify(saved);
  const set = (some: Partial<Look>) => { setRefused(null); setDraft({ ...draft, ...some }); };
  const save = async () => {
    setBusy(true);
    try {
      const plain = (all: Said): Said => ({ en: all.en.trim(), ru: all.ru.trim() });
      changeSite(await http<Site>("PATCH", `/api/sites/${site.id}`, { look: { ...draft, title: plain(draft.title), welcome: plain(draft.welcome) } }));
      setDraft(null);
      say(t("sitelook.saved"), "good");
    } catch (error) {
      setRefused(errorText(codeOf(error), detailOf(error)));
    }
    setBusy(false);
  };
  return (
    <section class="stack" aria-labelledby="look-title">
      <h2 id="look-title" class="unseen">{t("site.look")}</h2>
      <form class="sheet article-halves" onSubmit={(event) => { event.preventDefault(); void save(); }}>
        <div class="stack">
          <fieldset class="stack" disabled={!changes}>
            <Field label={t("sitelook.accent")} more={t("sitelook.accent_more")}>
              {(at) => (
                <span class="look-colour">
                  <input {...at} type="color" value={draft.accent || OURS} onInput={(event) => set({ accent: event.currentTarget.value })} />
                  <code>{draft.accent || t("sitelook.ours")}</code>
                  {draft.accent && <button type="button" class="quiet" onClick={() => set({ accent: "" })}>{t("sitelook.take_ours")}</button>}
                </span>
              )}
            </Field>
            <div class="stack"><span class="small soft">{t("sitelook.side")}</span>
              <div class="segments look-side" role="group" aria-label={t("sitelook.side")}>
                {(["left", "right"] as const).map((one) => <button key={one} type="button" aria-pressed={draft.side === one} onClick={() => set({ side: one })}>{word("sitelook.sides", one)}</button>)}
              </div>
            </div>
            {TONGUES.map((one) => (
              <fieldset key={one} class="stack" onFocusIn={() => setShown(one)}>
                <legend>{word("sitelook.in", one)}</legend>
                <Field label={t("sitelook.title")}>
                  {(at) => <input {...at} lang={one} type="text" maxLength={60} autocomplete="off" placeholder={USUAL[one].title} value={draft.title[one]} onInput={(event) => set({ title: { ...draft.title, [one]: event.currentTarget.value } })} />}
                </Field>
                <Field label={t("sitelook.welcome")}>
                  {(at) => <textarea {...at} lang={one} rows={2} maxLength={300} placeholder={USUAL[one].hello} value={draft.welcome[one]} onInput={(event) => set({ welcome: { ...draft.welcome, [one]: event.currentTarget.value } })} />}
                </Field>
              </fieldset>
            ))}
          </fieldset>
          {refused && <p class="form-error" role="alert">{refused}</p>}
          {changes && (
            <div class="rules-foot">
              {changed && <p class="soft small" role="status">{t("ladder.changed")}</p>}
              {changed && <button type="button" class="quiet" onClick={() => { setDraft(null); setRefused(null); }}>{t("ladder.back")}</button>}
              <button type="submit" class="main-button" disabled={!changed || busy}>{t("sitelook.save")}</button>
            </div>
          )}
        </div>
        <Shown look={draft} tongue={shown} />
      </form>
    </section>
  );
}

/** Both schemes at once: a visitor's device chooses, not the site. */
function Shown({ look, tongue }: { look: Look; tongue: Tongue }) {
  const accent = useSettled(look.accent);
  const answer = useAnswer(accent || null, () => http<Palette>("GET", "/api/palette", undefined, { accent }));
  const title = look.title[tongue].trim() || USUAL[tongue].title;
  const hello = look.welcome[tongue].trim() || USUAL[tongue].hello;
  return (
    <div class="stack">
      <h3>{t("sitelook.preview")}</h3>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {(["light", "dark"] as const).map((scheme) => {
        const found = accent ? answer.value?.[scheme] : null;
        const colours = found && { "--accent": found.accent, "--accent-ink": found.ink, "--accent-soft": found.soft, "--accent-soft-ink": found.soft_ink };
        return (
          <figure key={scheme} class={`look-shown is-${look.side}`} data-scheme={scheme} style={colours ?? {}}>
            <figcaption class="soft small">{word("look", scheme)}</figcaption>
            <ChatShown lang={tongue} title={title} hello={hello} own={saidIn(tongue, "sitelook.example")} write={USUAL[tongue].write} close={USUAL[tongue].close} />
            <span class="look-bell"><Bell size={28} /></span>
          </figure>
        );
      })}
    </div>
  );
}

/** What was chosen, once the hand rests: a colour field says each colour on the way. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
