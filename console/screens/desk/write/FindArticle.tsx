// The knowledge base from the composer: words of the question in, the passage that fits into the answer, with its title.
import { useEffect, useState } from "preact/hooks";
import { findArticles } from "../../../live/articles";
import { t } from "../../../text/text";
import type { ArticleHit } from "../../../wire";

const PATIENCE = 250;

export function FindArticle({ site, take }: { site: string; take: (words: string) => void }) {
  const [words, setWords] = useState("");
  const [found, setFound] = useState<readonly ArticleHit[] | null>(null);
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

/** The passage letter for letter and where it stands; what one adds oneself stands before or behind it. */
export const quoted = ({ title, quote }: ArticleHit): string => `“${quote.trim()}”\n*${title.replaceAll("*", "")}*`;
