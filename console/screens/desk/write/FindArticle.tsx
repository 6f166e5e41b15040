// The knowledge base from the composer: words of the question in, the passage that fits and its address into the answer.
import { useEffect, useState } from "preact/hooks";
import { findArticles, type ArticleFound } from "../../../live/articles";
import { t } from "../../../text/text";

const PATIENCE = 250;

export function FindArticle({ site, take }: { site: string; take: (words: string) => void }) {
  const [words, setWords] = useState("");
  const [found, setFound] = useState<readonly ArticleFound[] | null>(null);
  useEffect(() => {
    if (words.trim().length < 2) return setFound(null);
    let mine = true;
    const wait = setTimeout(() => findArticles(site, words.trim()).then((all) => mine && setFound(all), () => mine && setFound([])), PATIENCE);
    return () => { mine = false; clearTimeout(wait); };
  }, [words, site]);
  return (
    <div class="card-form">
      <input type="search" class="find" placeholder={t("article.find")} aria-label={t("article.find")} value={words} autofocus
        onInput={(event) => setWords(event.currentTarget.value)} onKeyDown={(event) => { if (event.key === "Enter") event.preventDefault(); }} />
      {found && found.length > 0 && (
        <ul class="found-articles" aria-label={t("article.found")}>
          {found.map((one) => (
            <li key={one.id}>
              <span class="found-words"><strong>{one.title}</strong><span class="soft small">{one.quote}</span></span>
              <button type="button" class="plain-button" aria-label={t("article.take_named", { title: one.title })} onClick={() => take(quoted(one))}>{t("article.take")}</button>
            </li>
          ))}
        </ul>
      )}
      <p class="soft small" role="status">{found?.length === 0 ? t("article.none") : ""}</p>
    </div>
  );
}

/** The passage and where it stands, as the visitor reads it. */
const quoted = ({ title, quote, url }: ArticleFound): string => [quote ? `“${quote}”` : title, url].filter(Boolean).join("\n");
