"""The knowledge base: administrators and marketers write it, everybody of the site reads it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, RowMapping

import access.queries
from chat.articles import article_row, create_article, delete_article, listed, update_article
from chat.ranking import LEAST
from chat.tables import article as table
from contract.clock import rfc3339
from contract.errors import Refused
from contract.rest_articles import Article, ArticleBrief, ArticleHit, ArticleHits, ArticlePatch, ArticleWrite
from contract.shapes import Person
from service.api.lists import Listed, asked, page
from service.api.operation import MARKETERS, Call, operation

T = TypeVar("T")
#: Articles that a search names.
MOST = 5


def shown(conn: Connection, row: Mapping[Any, Any]) -> Article:
    """From a row of `article`."""
    author = row["author_id"]
    name = access.queries.names(conn, [author]).get(author) if author else None
    return Article(
        id=row["id"],
        site=row["site_id"],
        title=row["title"],
        text=row["text"],
        language=row["language"],
        path=row["path"],
        state=row["state"],
        author=None if name is None else Person(id=author, name=name),
        created_at=rfc3339(row["created_at"]),
        updated_at=rfc3339(row["updated_at"]),
    )


def brief(row: Mapping[Any, Any]) -> ArticleBrief:
    return ArticleBrief(
        id=row["id"],
        site=row["site_id"],
        title=row["title"],
        language=row["language"],
        path=row["path"],
        state=row["state"],
        length=row["length"],
        updated_at=rfc3339(row["updated_at"]),
    )


@operation("GET", "/api/articles", gives=Listed[ArticleBrief], query=("site", "language", "state", "limit", "cursor"))
async def articles(call: Call) -> Listed[ArticleBrief]:
    """The articles of one's sites, oldest first, without their texts."""
    ask, query = asked(call, (int, str)), listed(await call.site_ids())
    for name in ("language", "state"):
        if (value := call.text(name)) is not None:
            query = query.where(table.c[name] == value)
    rows, more = await call.bell.store.read(lambda conn: page(conn, query, (table.c.created_at, table.c.id), ask))
    return Listed(items=[brief(row) for row in rows], next=more)


@operation("GET", "/api/articles/search", gives=ArticleHits, query=("site", "q", "language"))
async def search(call: Call) -> ArticleHits:
    """What a visitor who asks this would be answered, and what comes near it."""
    where, question = await call.site(), call.text("q") or ""
    answer = await call.bell.library.search(where, call.text("language") or call.tongue, question, MOST)
    return ArticleHits(
        items=[
            ArticleHit(
                id=hit.id,
                title=hit.title,
                quote=hit.quote,
                score=hit.score,
                fits=hit.fits,
                language=answer.language,
                words=list(hit.words),
            )
            for hit in answer.hits
        ],
        least=LEAST,
        unknown=list(answer.unknown),
    )


@operation("GET", "/api/articles/{id}", gives=Article)
async def article(call: Call) -> Article:
    """One article."""
    article_id = call.path_id()
    return await call.bell.store.read(lambda conn: shown(conn, _seen(conn, call, article_id)))


@operation("POST", "/api/articles", roles=MARKETERS, takes=ArticleWrite, gives=Article, status=201)
async def add(call: Call) -> Article:
    """A new article, a draft unless it says otherwise."""
    wanted: ArticleWrite = call.body
    where = await call.site(wanted.site)
    values = {name: value for name, value in msgspec.structs.asdict(wanted).items() if name != "site"}
    if wanted.state == "published":
        await call.bell.library.check_words(where, wanted.language, wanted.title, wanted.text)
    return await _written(
        call, where.id, lambda conn: shown(conn, create_article(conn, where.id, values, call.account.id, call.now))
    )


@operation("PATCH", "/api/articles/{id}", roles=MARKETERS, takes=ArticlePatch, gives=Article)
async def change(call: Call) -> Article:
    """Change what is given; visitors see it within two seconds."""
    article_id = call.path_id()
    changes = {name: value for name, value in msgspec.structs.asdict(call.body).items() if value is not None}
    before = await call.bell.store.read(lambda conn: _seen(conn, call, article_id))
    after = dict(before) | changes
    site = await call.bell.sites.by_id(before["site_id"])
    if site is not None and after["state"] == "published" and {"state", "title", "text", "language"} & changes.keys():
        await call.bell.library.check_words(site, after["language"], after["title"], after["text"])
    return await _written(
        call,
        before["site_id"],
        lambda conn: shown(conn, update_article(conn, _seen(conn, call, article_id), changes, call.now)),
    )


@operation("DELETE", "/api/articles/{id}", roles=MARKETERS)
async def remove(call: Call) -> None:
    """Gone for good; what was quoted in conversations stays there."""
    article_id = call.path_id()
    site_id = await call.bell.store.read(lambda conn: str(_seen(conn, call, article_id)["site_id"]))
    await _written(call, site_id, lambda conn: delete_article(conn, _seen(conn, call, article_id)))


async def _written(call: Call, site_id: str, work: Callable[[Connection], T]) -> T:
    """Also begins to read what was written, so that whoever asks next need not wait for it."""
    try:
        return await call.bell.store.write(work)
    finally:
        call.bell.sites.forget()  # they carry the version of their articles
        if (site := await call.bell.sites.by_id(site_id)) is not None:
            call.bell.library.prepare(site)


def _seen(conn: Connection, call: Call, article_id: str) -> RowMapping:
    """Its row; a foreign one is missing."""
    row = article_row(conn, article_id)
    if row is None or not call.account.may_see(row["site_id"]):
        raise Refused("not_found")
    return row


OPERATIONS = [articles, search, article, add, change, remove]
