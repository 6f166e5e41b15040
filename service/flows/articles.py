"""What visitors look up by themselves: needs no conversation, and leaves none."""

from sqlalchemy import Connection

from chat.articles import article_row
from chat.library import FIRST
from contract.answers import ArticleQuote, ArticlesFound, ArticleShown
from contract.commands import ArticleGet, ArticlesSearch
from contract.errors import Refused
from contract.facts import SiteFacts
from contract.ids import UUID
from service.bell import Bell
from service.callers import VisitorCaller
from service.commands import Command

#: Articles that one answer names.
MOST = 3


async def articles_for(
    bell: Bell, site: SiteFacts, language: str, question: str, patience: float = FIRST
) -> list[ArticleQuote]:
    """The articles that answer this, best first, each with the sentences that do; none: nothing fits. `site`: however
    old; the articles are those of now. Refused("unavailable") where none are read in so many seconds."""
    fresh = await bell.sites.by_id(site.id) or site
    answer = await bell.library.search(fresh, language, question, MOST, patience)
    return [ArticleQuote(id=hit.id, title=hit.title, quote=hit.quote, score=hit.score) for hit in answer.answers]


async def search(bell: Bell, caller: VisitorCaller, data: ArticlesSearch) -> ArticlesFound:
    bell.limits.search(caller)
    return ArticlesFound(articles=await articles_for(bell, caller.site, caller.language, data.query))


async def get(bell: Bell, caller: VisitorCaller, data: ArticleGet) -> ArticleShown:
    """The whole of one; a draft is missing like a foreign one."""
    bell.limits.search(caller)

    def read(conn: Connection) -> ArticleShown:
        row = article_row(conn, data.article) if UUID.fullmatch(data.article) else None
        if row is None or row["site_id"] != caller.site.id or row["state"] != "published":
            raise Refused("not_found")
        return ArticleShown(id=row["id"], title=row["title"], text=row["text"])

    return await bell.store.read(read)


VISITOR: dict[str, Command] = {
    "articles.search": Command(ArticlesSearch, search),
    "article.get": Command(ArticleGet, get),
}
