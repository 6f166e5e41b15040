"""Articles and canned answers: what changes them, what is read of them. Writes run inside one unit of work."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, delete, func, insert, select, update

from access.do import articles_changed
from chat.message import check_text, check_title
from chat.tables import article, canned
from contract.errors import Refused
from contract.ids import new_id
from contract.names import Ms
from store.lock import lock
from store.sql import counted

#: Of one site: articles, characters of each, characters of all of them together (all are kept in memory, read).
ARTICLES, LONGEST, WHOLE = 2_000, 50_000, 5_000_000
#: Canned answers of one site.
CANNED = 500


def create_article(
    conn: Connection, site_id: str, values: Mapping[str, Any], author_id: str | None, now: Ms
) -> RowMapping:
    """`values`: title, text, language, path, state. Refused: too_many, empty_message, message_too_long, bad_text."""
    _room(conn, site_id, values["text"], beside=None)
    row = {
        **_checked(values),
        "id": new_id(),
        "site_id": site_id,
        "author_id": author_id,
        "created_at": now,
        "updated_at": now,
    }
    made = conn.execute(insert(article).values(row).returning(article)).mappings().one()
    articles_changed(conn, site_id)
    return made


def update_article(conn: Connection, row: Mapping[Any, Any], changes: Mapping[str, Any], now: Ms) -> RowMapping:
    """Change what is given. Refused: as `create_article`."""
    if "text" in changes:
        _room(conn, row["site_id"], changes["text"], beside=row["id"])
    statement = update(article).where(article.c.id == row["id"]).values(**_checked(changes), updated_at=now)
    changed = conn.execute(statement.returning(article)).mappings().one_or_none()
    if changed is None:  # somebody was faster
        raise Refused("not_found")
    articles_changed(conn, row["site_id"])
    return changed


def delete_article(conn: Connection, row: Mapping[Any, Any]) -> None:
    conn.execute(delete(article).where(article.c.id == row["id"]))
    articles_changed(conn, row["site_id"])


def article_row(conn: Connection, article_id: str) -> RowMapping | None:
    return conn.execute(select(article).where(article.c.id == article_id)).mappings().one_or_none()


def published(conn: Connection, site_id: str) -> Sequence[RowMapping]:
    """All that a visitor may see, oldest first."""
    statement = select(article).where(article.c.site_id == site_id, article.c.state == "published")
    return conn.execute(statement.order_by(article.c.created_at, article.c.id)).mappings().all()


def listed(site_ids: Sequence[str]) -> Select[Any]:
    """Lines of the list: everything but the text, and how long that is."""
    columns = [column for column in article.c if column.name != "text"]
    return select(*columns, func.length(article.c.text).label("length")).where(article.c.site_id.in_(site_ids))


def create_canned(conn: Connection, site_id: str, values: Mapping[str, Any], now: Ms) -> RowMapping:
    """`values`: shortcut, title, text, language. Refused: exists (the shortcut, in this language), too_many, and as
    `create_article`."""
    lock(conn, f"canned:{site_id}")
    if counted(conn, canned, canned.c.site_id == site_id) >= CANNED:
        raise Refused("too_many", str(CANNED))
    row = {**_checked(values), "id": new_id(), "site_id": site_id, "created_at": now}
    _free(conn, row)
    return conn.execute(insert(canned).values(row).returning(canned)).mappings().one()


def update_canned(conn: Connection, row: Mapping[Any, Any], changes: Mapping[str, Any]) -> RowMapping:
    """Change what is given. Refused: as `create_canned`."""
    lock(conn, f"canned:{row['site_id']}")
    values = _checked(changes)
    _free(conn, {**row, **values})
    if values:
        conn.execute(update(canned).where(canned.c.id == row["id"]).values(**values))
    changed = canned_row(conn, row["id"])
    if changed is None:
        raise Refused("not_found")
    return changed


def canned_row(conn: Connection, canned_id: str) -> RowMapping | None:
    return conn.execute(select(canned).where(canned.c.id == canned_id)).mappings().one_or_none()


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """As they are kept."""
    kept = dict(values)
    if "title" in kept:
        kept["title"] = check_title(kept["title"])
    if "text" in kept:
        kept["text"] = check_text(kept["text"], LONGEST)
    if "shortcut" in kept:
        kept["shortcut"] = kept["shortcut"].lower()
    return kept


def _room(conn: Connection, site_id: str, text: str, *, beside: str | None) -> None:
    """Refused("too_many") where this text, in place of the article `beside`, is more than a site may have."""
    lock(conn, f"articles:{site_id}")
    others = [article.c.site_id == site_id] + ([] if beside is None else [article.c.id != beside])
    number, characters = conn.execute(
        select(func.count(), func.coalesce(func.sum(func.length(article.c.text)), 0)).where(*others)
    ).one()
    if number >= ARTICLES:
        raise Refused("too_many", str(ARTICLES))
    if characters + len(text) > WHOLE:
        raise Refused("too_many", f"text: {WHOLE}")


def _free(conn: Connection, row: Mapping[Any, Any]) -> None:
    """Refused("exists") where another answer of this language has the shortcut."""
    same = (canned.c.site_id == row["site_id"], canned.c.language == row["language"])
    if counted(conn, canned, *same, canned.c.shortcut == row["shortcut"], canned.c.id != row["id"]):
        raise Refused("exists", "shortcut")
