// The knowledge base, asked by the desk.
import { list } from "./http";

export interface ArticleFound { id: string; title: string; quote: string; url?: string }
const MOST = 5;

export const findArticles = (site: string, q: string): Promise<ArticleFound[]> =>
  list<ArticleFound>("/api/articles/search", { site, q }, MOST).then((all) => all.slice(0, MOST));
