// The knowledge base, asked by the desk.
import type { ArticleHit, ArticleHits } from "../wire";
import { http } from "./http";

const MOST = 5;

/** The passages that fit these words best. */
export const findArticles = (site: string, q: string): Promise<ArticleHit[]> =>
  http<ArticleHits>("GET", "/api/articles/search", undefined, { site, q }).then(({ items }) => items.slice(0, MOST));
