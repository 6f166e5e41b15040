// Asked like a visitor: what they would be answered, and why; what comes near, and why it is not enough.
import { useState } from "preact/hooks";
import { formatted } from "../../../../widget/look/format";
import { useAnswer } from "../../../live/ask";
import { http } from "../../../live/http";
import { number } from "../../../text/format";
import { languageName } from "../../../text/names";
import { language, t } from "../../../text/text";
import type { ArticleHit, ArticleHits } from "../../../wire";
import { Field } from "./Field";
import { Tongue } from "./tongues";

/** `round`: another one after each change of an article, so that the answer is of now. */
export function Try({ site, round, speaks, onOpen }: { site: string; round: number; speaks: string; onOpen: (id: string) => void }) {
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState("");
  const [tongue, setTongue] = useState(speaks);
  const answer = useAnswer(asked ? `${site}/${round}/${tongue}/${asked}` : null, () => http<ArticleHits>("GET", "/api/articles/search", undefined, { site, q: asked, language: tongue }));
  const found = asked ? answer.value : null;
  const fits = found?.items.filter((one) => one.fits) ?? [];
  const near = found?.items.filter((one) => !one.fits) ?? [];
  return (
    <section class="sheet stack try" aria-labelledby="try-title">
      <h3 id="try-title">{t("try.title")}</h3>
      <form class="try-ask" role="search" onSubmit={(event) => { event.preventDefault(); setAsked(typed.trim()); }}>
        <Field label={t("try.question")}>{(at) => <input {...at} type="search" maxLength={300} value={typed} placeholder={t("try.like")} onInput={(event) => { setTyped(event.currentTarget.value); if (!event.currentTarget.value) setAsked(""); }} />}</Field>
        <Field label={t("try.language")}>{(at) => <Tongue id={at.id} value={tongue} onChange={setTongue} />}</Field>
        <button type="submit" class="plain-button" disabled={!typed.trim()}>{t("try.ask")}</button>
      </form>
      <div role="status" class="stack" aria-busy={answer.busy && !!asked}>
        {asked && answer.problem && <p class="form-error">{answer.problem}</p>}
        {found && (fits.length > 0 ? <p class="good small">{t("try.answered")}</p> : <p class="hint small">{t("try.nothing")}</p>)}
        {fits.length > 0 && <ul class="stack">{fits.map((one) => <Hit key={one.id} one={one} least={found!.least} onOpen={onOpen} />)}</ul>}
        {near.length > 0 && <><p class="soft small">{t("try.near", { least: number(percent(found!.least)) })}</p><ul class="stack">{near.map((one) => <Hit key={one.id} one={one} least={found!.least} onOpen={onOpen} />)}</ul></>}
        {found && found.unknown.length > 0 && <p class="soft small">{t("try.unknown", { words: list(found.unknown) })}</p>}
      </div>
    </section>
  );
}

function Hit({ one, least, onOpen }: { one: ArticleHit; least: number; onOpen: (id: string) => void }) {
  return (
    <li class={`hit${one.fits ? "" : " is-near"}`}>
      <p class="hit-head"><button type="button" class="link" onClick={() => onOpen(one.id)}>{one.title}</button>{one.language !== language.value && <span class="tag">{languageName(one.language)}</span>}
        <span class="hit-score small soft"><meter min={0} max={1} low={least} value={one.score} aria-hidden="true" /> {t("try.score", { n: number(percent(one.score)) })}</span></p>
      <blockquote class="formatted">{formatted(one.quote)}</blockquote>
      <p class="soft small">{t("try.found", { words: list(one.words) })}</p>
    </li>
  );
}
const percent = (share: number): number => Math.round(share * 100);
const list = (words: readonly string[]): string => words.map((one) => `“${one}”`).join(", ");
