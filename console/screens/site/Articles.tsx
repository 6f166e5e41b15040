// The knowledge base of a site: what visitors and experts look up; written here, and asked like a visitor would.
import { useEffect, useRef, useState } from "preact/hooks";
import { useAnswer } from "../../live/ask";
import { codeOf, detailOf, http, list } from "../../live/http";
import { say } from "../../live/notes";
import { Empty } from "../../parts/small";
import { dateAndTime, number } from "../../text/format";
import { languageName, SEPARATOR } from "../../text/names";
import { errorText, t, tn, word } from "../../text/text";
import type { Article, ArticleBrief, Site } from "../../wire";
import { ArticleForm, fromArticle, type Draft } from "./knowledge/ArticleForm";
import { tongueOf } from "./knowledge/tongues";
import { Try } from "./knowledge/Try";
import { keep, useKept } from "./triggers/kept";

const MOST = 2_000, SHOWN = 100;
interface Open { id: string | null; draft: Draft }

/** Those whose title, topic or language has all these words; what was changed last comes first. */
export function findArticles(all: readonly ArticleBrief[], words: string): ArticleBrief[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (one: ArticleBrief) => [one.title, ...one.path, languageName(one.language), word("article_state", one.state)].join(" ").toLowerCase();
  return all.filter((one) => wanted.every((part) => text(one).includes(part))).sort((a, b) => b.updated_at.localeCompare(a.updated_at) || a.title.localeCompare(b.title));
}

export function Articles({ site }: { site: Site }) {
  const [words, setWords] = useState("");
  const [round, setRound] = useState(0);
  const name = `article.${site.id}`;
  const [open, setOpen] = useKept<Open>(name);
  // Where the hand goes when the form closes: the article's line, or (empty) the button that makes a new one.
  const [home, setHome] = useState<string | null>(null);
  const begin = useRef<HTMLButtonElement>(null);
  const rows = useRef<HTMLUListElement>(null);
  const answer = useAnswer(`${site.id}/${round}`, () => list<ArticleBrief>("/api/articles", { site: site.id }, MOST));
  useEffect(() => {
    if (home !== null && !open) (home && rows.current?.querySelector<HTMLElement>(`[data-id="${home}"]`) || begin.current)?.focus();
  }, [home, open, answer.value]);
  const all = answer.value ?? [];
  const found = findArticles(all, words);
  const close = () => { setHome(open?.id ?? ""); setOpen(null); };
  const done = (said: string, id: string) => { say(said, "good"); setHome(id); setOpen(null); setRound(round + 1); };
  const edit = async (id: string) => {
    if (open?.id === id) return close();
    try {
      setHome(null);
      setOpen({ id, draft: fromArticle(await http<Article>("GET", `/api/articles/${id}`)) });
    } catch (error) {
      say(errorText(codeOf(error), detailOf(error)), "bad");
    }
  };
  const form = open && (
    <ArticleForm key={open.id ?? "new"} site={site.id} id={open.id} begun={open.draft} onChange={(draft) => keep(name, { id: open.id, draft })} onClose={close}
      onSaved={(one) => done(t("articles.saved", { title: one.title }), one.id)} onGone={() => done(t("articles.deleted"), "")} />
  );
  return (
    <section class="stack knowledge" aria-labelledby="articles-title" aria-busy={answer.busy}>
      <h2 id="articles-title" class="unseen">{t("site.articles")}</h2>
      <p class="soft">{t("articles.more")}</p>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {!answer.value && answer.busy && <p class="soft">{t("app.loading")}</p>}
      {answer.value && all.length > 0 && <Try site={site.id} round={round} speaks={tongueOf(site.language)} onOpen={(id) => void edit(id)} />}
      {answer.value && all.length === 0 && !open && <Empty title={t("articles.none")}><p>{t("articles.none_next")}</p></Empty>}
      {answer.value && (
        <div class="list-head">
          {open?.id !== null && <button type="button" class="plain-button" ref={begin} onClick={() => { setHome(null); setOpen({ id: null, draft: { title: "", text: "", language: tongueOf(site.language), path: "", published: false } }); }}>+ {t("articles.new")}</button>}
          {all.length > 0 && <input class="find" type="search" placeholder={t("articles.find")} aria-label={t("articles.find")} value={words} onInput={(event) => setWords(event.currentTarget.value)} />}
          {all.length > 0 && <p class="soft small">{tn("articles.count", all.length)}</p>}
        </div>
      )}
      {open && !found.slice(0, SHOWN).some((one) => one.id === open.id) && <div class="sheet">{form}</div>}
      {all.length > 0 && found.length === 0 && <p class="soft">{t("articles.no_match")}</p>}
      {found.length > 0 && (
        <ul class="topic-list" ref={rows}>
          {found.slice(0, SHOWN).map((one) => (
            <li key={one.id}>
              <button type="button" class="row" data-id={one.id} aria-expanded={open?.id === one.id} onClick={() => void edit(one.id)}>
                <span class="row-top"><strong>{one.title}</strong>{one.state === "draft" && <span class="tag is-warn">{word("article_state", one.state)}</span>}<span class="row-time soft">{languageName(one.language)}</span></span>
                <span class="row-bottom"><span class="row-text soft">{one.path.length ? one.path.join(SEPARATOR) : t("articles.whole")} · {t("articles.changed", { at: dateAndTime(one.updated_at) })}</span></span>
              </button>
              {open?.id === one.id && form}
            </li>
          ))}
        </ul>
      )}
      {found.length > SHOWN && <p class="soft small">{t("articles.narrow", { n: number(SHOWN), all: number(found.length) })}</p>}
    </section>
  );
}
