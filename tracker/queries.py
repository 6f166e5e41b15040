"""What is read of visitors, visits and the tree. Rows are mappings with the names of `tracker.tables`; times are ms."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.sql.expression import ScalarSelect

from contract.clock import SECOND
from contract.facts import Doing, VisitFacts
from contract.names import Ms
from store.prepared import Prepared, among
from tracker.facts import facts
from tracker.tables import event, node, page_view, rejected_event, visit, visitor
from tracker.tree import Path
from tracker.visit import places

Row = Mapping[str, Any]
#: A page that is looked at says so at 5, 10, 15, 30, 60, 120, 300 s of dwell, then every 5 min (contract 3): never more
#: than 300 s between two signs of life; half a minute more for a slow line that has to try again. Whoever is silent for
#: longer has vanished, or looks elsewhere with the page still open, and is back with the next sign.
LEASE: Ms = 330 * SECOND
#: Whoever left stays on the live list for this long, shown as leaving: a page that leads to the next one leaves, too.
#: With the time until it is told (`service.sockets.live`) they are gone from every screen within 10 s.
GONE: Ms = 8 * SECOND
#: So many custom events of a visit can decide anything.
DOINGS = 100
#: What a list says of a visit: the branches, the largest of its columns, are for the rules.
LISTED = [column for column in visit.c if column.name != "branches"]
#: The visits that count: not part of another one, and with at least one page view. Use it wherever visits are counted.
counted: ColumnElement[bool] = and_(visit.c.merged_into.is_(None), visit.c.pages > 0)


def visit_rows(conn: Connection, ids: Iterable[str]) -> dict[str, Row]:
    """The rows of these visits, by the id that was asked for: a merged visit answers with the one it became part of."""
    wanted = list(dict.fromkeys(ids))
    found: dict[str, Row] = {row["id"]: row for row in _BY_ID.dicts(conn, ids=wanted)} if wanted else {}
    into = {id_: row["merged_into"] for id_, row in found.items() if row["merged_into"] is not None}
    if into:
        found |= {row["id"]: row for row in _BY_ID.dicts(conn, ids=into.values())}
    return {id_: found[into.get(id_, id_)] for id_ in wanted if into.get(id_, id_) in found}


def visit_facts(conn: Connection, ids: Iterable[str]) -> dict[str, VisitFacts]:
    """The same as plain values for the rules."""
    return _facts(conn, visit_rows(conn, ids))


def newest_visit(conn: Connection, visitor_id: str) -> VisitFacts | None:
    """The visit of this visitor that began last."""
    found = {row["id"]: row for row in visits_of(conn, [visitor_id], limit=1)}
    return next(iter(_facts(conn, found).values()), None)


def newest_visit_ids(conn: Connection, visitor_ids: Collection[str]) -> dict[str, str]:
    """Visitor -> the id of that visit, for those who had any."""
    return {visitor_id: id_ for visitor_id, id_ in _NEWEST.rows(conn, visitors=visitor_ids) if id_ is not None}


def doings(conn: Connection, one: VisitFacts) -> tuple[Doing, ...]:
    """What the visitor did in this visit by the site's own account, oldest first; the newest `DOINGS`."""
    rows = _DOINGS.rows(conn, visitor=one.visitor, since=one.started_at, until=one.last_at, most=DOINGS)
    return tuple(Doing(name=name, at=at, value=value) for name, at, value in reversed(rows))


def before(conn: Connection, one: VisitFacts) -> Ms | None:
    """When the visit before this one ended; None for a first visit."""
    if one.number <= 1:
        return None
    ended: Ms | None = _BEFORE.scalar(conn, visitor=one.visitor, started_at=one.started_at)
    return ended


def arrived_at(conn: Connection, one: VisitFacts) -> Ms:
    """When the visitor last came in from outside."""
    found = _ARRIVED.scalars(conn, site_id=one.site, page=one.arrival) if one.arrival else []
    return found[0] if found else one.started_at


def visits_of(conn: Connection, visitor_ids: Sequence[str], limit: int = 100, before: Ms | None = None) -> list[Row]:
    """The visits of these visitors, newest first; `before`: only those that began earlier."""
    if not visitor_ids:
        return []
    where = [visit.c.visitor_id.in_(list(visitor_ids)), counted]
    if before is not None:
        where.append(visit.c.started_at < before)
    return _rows(conn, *where, order=(visit.c.started_at.desc(), visit.c.id), limit=limit)


def visits_since(conn: Connection, visitor_ids: Iterable[str], since: Ms) -> dict[str, int]:
    """Visitor -> how many visits began since then, for those who had any. One statement for all of them."""
    return dict(_SINCE.rows(conn, visitors=visitor_ids, since=since))


def views_of(conn: Connection, visit_id: str, limit: int = 1000) -> list[Row]:
    """The page views of a visit in order: path, title, url, at, dwell, scroll and the rest; the newest `limit`."""
    statement = (
        select(page_view)
        .where(page_view.c.visit_id == visit_id)
        .order_by(page_view.c.at.desc(), page_view.c.position.desc(), page_view.c.id.desc())
        .limit(limit)
    )
    newest_first: list[Row] = [dict(row) for row in conn.execute(statement).mappings()]
    return newest_first[::-1]


def live(site_ids: Sequence[str], now: Ms, *, bots: bool = False) -> Select[Any]:
    """The visits (id, started_at) of all who are here now. Only the keys: thousands are looked through for a page."""
    query = select(visit.c.id, visit.c.started_at).where(
        visit.c.site_id.in_(list(site_ids)),
        visit.c.heard_at >= now - LEASE,
        or_(visit.c.left_at.is_(None), visit.c.left_at > now - GONE),
        counted,
    )
    return query if bots else query.where(visit.c.bot.is_(False))


def listed(conn: Connection, ids: Sequence[str]) -> list[Row]:
    """The rows of these visits with all that a list shows (no branches), and `came_back`; in the order asked for."""
    if not ids:
        return []
    rows = conn.execute(select(*LISTED, _first_view()).where(visit.c.id.in_(list(ids)))).mappings()
    found = {row["id"]: {**row, "came_back": came_back(row)} for row in rows}
    return [found[id_] for id_ in ids if id_ in found]


def no_longer_live(conn: Connection, site_ids: Sequence[str], since: Ms, now: Ms) -> list[tuple[str, str]]:
    """(visit, site) of all who stopped being live between `since` and `now` without a word: left or vanished."""
    if not site_ids:
        return []
    fell_silent = and_(visit.c.heard_at >= since - LEASE, visit.c.heard_at < now - LEASE, visit.c.left_at.is_(None))
    # Nobody is heard before they leave, so the same index finds them.
    left = and_(visit.c.heard_at > since - GONE, visit.c.left_at > since - GONE, visit.c.left_at <= now - GONE)
    found: list[tuple[str, str]] = []
    for condition in (fell_silent, left):
        where = (visit.c.site_id.in_(list(site_ids)), condition)
        found += [(row.id, row.site_id) for row in conn.execute(select(visit.c.id, visit.c.site_id).where(*where))]
    return found


def is_live(row: Row, now: Ms) -> bool:
    """True if somebody is on a page of this visit, as far as we know."""
    return row["heard_at"] >= now - LEASE and (row["left_at"] is None or row["left_at"] > now - GONE)


def visitor_by_key(conn: Connection, site_id: str, key_hash: str) -> str | None:
    """The id of the visitor with this key hash (`tracker.visitor.key_hash`)."""
    found: str | None = _BY_KEY.scalar(conn, site_id=site_id, key_hash=key_hash)
    return found


def visitor_row(conn: Connection, visitor_id: str) -> Row | None:
    """One visitor with the names of the table, or None."""
    found = conn.execute(select(visitor).where(visitor.c.id == visitor_id)).mappings().one_or_none()
    return None if found is None else dict(found)


def nodes(conn: Connection, site_id: str) -> list[Row]:
    """The tree as far as it was seen: parents before children."""
    statement = select(node).where(node.c.site_id == site_id).order_by(node.c.depth, node.c.name, node.c.id)
    return [dict(row) for row in conn.execute(statement).mappings()]


def rejected(conn: Connection, site_id: str, limit: int = 100) -> list[Row]:
    """Events that were not taken, newest first."""
    statement = (
        select(rejected_event)
        .where(rejected_event.c.site_id == site_id)
        .order_by(rejected_event.c.at.desc(), rejected_event.c.id)
        .limit(limit)
    )
    return [dict(row) for row in conn.execute(statement).mappings()]


def rejected_by_reason(conn: Connection, site_id: str, since: Ms) -> dict[str, int]:
    """How many events of this site were not taken since then, by reason; the most frequent first."""
    statement = (
        select(rejected_event.c.reason, func.count())
        .where(rejected_event.c.site_id == site_id, rejected_event.c.at >= since)
        .group_by(rejected_event.c.reason)
    )
    counts = [(reason, int(number)) for reason, number in conn.execute(statement)]
    return dict(sorted(counts, key=lambda count: (-count[1], count[0])))


def last_heard(conn: Connection, site_id: str) -> Ms | None:
    """The newest sign of life of anybody on this site."""
    return conn.execute(select(func.max(visit.c.heard_at)).where(visit.c.site_id == site_id)).scalar()


def last_page(conn: Connection, site_id: str) -> str | None:
    """The address of the page that was viewed last on this site."""
    newest = select(page_view.c.url).where(page_view.c.site_id == site_id).order_by(page_view.c.at.desc()).limit(1)
    return conn.execute(newest).scalar_one_or_none()


def _first_view() -> ScalarSelect[Any]:
    """The first page view of a first visit: whoever came in with another one came back. Not asked for later visits."""
    first = (
        select(page_view.c.id)
        .where(page_view.c.visit_id == visit.c.id)
        .order_by(page_view.c.at, page_view.c.position, page_view.c.id)
        .limit(1)
        .correlate(visit)
        .scalar_subquery()
    )
    return case((visit.c.number <= 1, first), else_=None).label("first_view")  # type: ignore[return-value]


_PLACES = Prepared(
    select(page_view.c.visit_id, page_view.c.path, page_view.c.dwell).where(among(page_view.c.visit_id, "visits"))
)
_DOINGS = Prepared(
    select(event.c.name, event.c.at, event.c.value)
    .where(
        event.c.visitor_id == bindparam("visitor"),
        event.c.at >= bindparam("since"),
        event.c.at <= bindparam("until"),
        event.c.type == "custom",
    )
    .order_by(event.c.at.desc(), event.c.position.desc(), event.c.id.desc())
    .limit(bindparam("most"))
)
_BEFORE = Prepared(
    select(visit.c.last_at)
    .where(visit.c.visitor_id == bindparam("visitor"), visit.c.started_at < bindparam("started_at"), counted)
    .order_by(visit.c.started_at.desc())
    .limit(1)
)
_ARRIVED = Prepared(
    select(page_view.c.at).where(page_view.c.site_id == bindparam("site_id"), page_view.c.id == bindparam("page"))
)
_BY_ID = Prepared(select(visit, _first_view()).where(among(visit.c.id, "ids")))
_BY_KEY = Prepared(
    select(visitor.c.id).where(visitor.c.site_id == bindparam("site_id"), visitor.c.key_hash == bindparam("key_hash"))
)
_NEWEST = Prepared(
    select(
        visitor.c.id,
        select(visit.c.id)
        .where(visit.c.visitor_id == visitor.c.id, counted)
        .order_by(visit.c.started_at.desc(), visit.c.id)
        .limit(1)
        .correlate(visitor)
        .scalar_subquery()
        .label("visit"),
    ).where(among(visitor.c.id, "visitors"))
)
_SINCE = Prepared(
    select(visit.c.visitor_id, func.count())
    .where(among(visit.c.visitor_id, "visitors"), visit.c.started_at >= bindparam("since"), counted)
    .group_by(visit.c.visitor_id)
)


def _rows(
    conn: Connection, *where: ColumnElement[bool], order: Sequence[Any] = (), limit: int | None = None
) -> list[Row]:
    statement: Any = select(visit, _first_view()).where(*where).order_by(*order)
    if limit is not None:
        statement = statement.limit(limit)
    return [dict(row) for row in conn.execute(statement).mappings()]


def _facts(conn: Connection, rows: Mapping[str, Row]) -> dict[str, VisitFacts]:
    """By the ids that were asked for."""
    if not rows:
        return {}
    seen: dict[str, list[tuple[Path, int, int]]] = {}
    for visit_id, path, dwell in _PLACES.rows(conn, visits={row["id"] for row in rows.values()}):
        seen.setdefault(visit_id, []).append((tuple(path), dwell, 1))
    return {
        id_: facts(row, came_back=came_back(row), places=places(seen.get(row["id"], ()))) for id_, row in rows.items()
    }


def came_back(row: Mapping[Any, Any]) -> bool:
    """Whether the visitor had been here before the arrival of this visit. `row`: of `visit_rows` or `visits_of`."""
    return bool(row["number"] > 1 or row["arrival"] != row["first_view"])
