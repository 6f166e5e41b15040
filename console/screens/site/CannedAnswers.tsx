// What experts say again and again: a list by shortcut, one form each.
import { useEffect, useRef, useState } from "preact/hooks";
import { useAnswer } from "../../live/ask";
import { list } from "../../live/http";
import { say } from "../../live/notes";
import { Empty } from "../../parts/small";
import { languageName } from "../../text/names";
import { t, tn } from "../../text/text";
import type { Canned, Site } from "../../wire";
import { CannedForm, type Draft } from "./knowledge/CannedForm";
import { tongueOf } from "./knowledge/tongues";
import { keep, useKept } from "./triggers/kept";

interface Open { id: string | null; draft: Draft }

/** Those whose shortcut, title or text has all these words, by language and shortcut. */
export function findCanned(all: readonly Canned[], words: string): Canned[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (one: Canned) => `/${one.shortcut} ${one.title} ${one.text} ${languageName(one.language)}`.toLowerCase();
  return all.filter((one) => wanted.every((part) => text(one).includes(part))).sort((a, b) => a.language.localeCompare(b.language) || a.shortcut.localeCompare(b.shortcut));
}

export function CannedAnswers({ site }: { site: Site }) {
  const [words, setWords] = useState("");
  const [round, setRound] = useState(0);
  const name = `canned.${site.id}`;
  const [open, setOpen] = useKept<Open>(name);
  const [home, setHome] = useState<string | null>(null);
  const begin = useRef<HTMLButtonElement>(null);
  const rows = useRef<HTMLUListElement>(null);
  const answer = useAnswer(`${site.id}/${round}`, () => list<Canned>("/api/canned", { site: site.id }));
  useEffect(() => {
    if (home !== null && !open) (home && rows.current?.querySelector<HTMLElement>(`[data-id="${home}"]`) || begin.current)?.focus();
  }, [home, open, answer.value]);
  const all = answer.value ?? [];
  const found = findCanned(all, words);
  const close = () => { setHome(open?.id ?? ""); setOpen(null); };
  const done = (said: string, id: string) => { say(said, "good"); setHome(id); setOpen(null); setRound(round + 1); };
  const form = open && (
    <CannedForm key={open.id ?? "new"} site={site} id={open.id} begun={open.draft} onChange={(draft) => keep(name, { id: open.id, draft })} onClose={close}
      onSaved={(one) => done(t("canned.saved", { shortcut: one.shortcut }), one.id)} onGone={() => done(t("canned.deleted"), "")} />
  );
  return (
    <section class="stack knowledge" aria-labelledby="canned-title" aria-busy={answer.busy}>
      <h2 id="canned-title" class="unseen">{t("site.canned")}</h2>
      <p class="soft">{t("canned.more")}</p>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {!answer.value && answer.busy && <p class="soft">{t("app.loading")}</p>}
      {answer.value && all.length === 0 && !open && <Empty title={t("canned.none")}><p>{t("canned.none_next")}</p></Empty>}
      {answer.value && (
        <div class="list-head">
          {open?.id !== null && <button type="button" class="plain-button" ref={begin} onClick={() => { setHome(null); setOpen({ id: null, draft: { shortcut: "", title: "", text: "", language: tongueOf(site.language) } }); }}>+ {t("canned.new")}</button>}
          {all.length > 0 && <input class="find" type="search" placeholder={t("canned.find")} aria-label={t("canned.find")} value={words} onInput={(event) => setWords(event.currentTarget.value)} />}
          {all.length > 0 && <p class="soft small">{tn("canned.count", all.length)}</p>}
        </div>
      )}
      {open && !found.some((one) => one.id === open.id) && <div class="sheet">{form}</div>}
      {all.length > 0 && found.length === 0 && <p class="soft">{t("canned.no_match")}</p>}
      {found.length > 0 && (
        <ul class="topic-list" ref={rows}>
          {found.map((one) => (
            <li key={one.id}>
              <button type="button" class="row" data-id={one.id} aria-expanded={open?.id === one.id}
                onClick={() => { if (open?.id === one.id) return close(); setHome(null); setOpen({ id: one.id, draft: { shortcut: one.shortcut, title: one.title, text: one.text, language: one.language } }); }}>
                <span class="row-top"><kbd>/{one.shortcut}</kbd><strong>{one.title}</strong><span class="row-time soft">{languageName(one.language)}</span></span>
                <span class="row-bottom"><span class="row-text soft">{one.text}</span></span>
              </button>
              {open?.id === one.id && form}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
