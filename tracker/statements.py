"""The statements of `tracker.record`, built once: a group of any size runs the same text."""

from sqlalchemy import Text, bindparam, delete, select, text, type_coerce, update

from store.prepared import Prepared, among
from tracker.bulk import Bulk, Change
from tracker.tables import early_mark, event, node, page_view, visit, visitor

_OF_KEYS = (
    select(visitor)
    .where(visitor.c.site_id == bindparam("site"), among(visitor.c.key_hash, "hashes"))
    .order_by(visitor.c.key_hash)
)
#: Visitors by key, in one order for everybody: two processes that want the same ones wait instead of dead-locking.
VISITORS = {"sqlite": Prepared(_OF_KEYS), "postgresql": Prepared(_OF_KEYS.with_for_update())}
_VISIT = (
    visit.c.id, visit.c.site_id, visit.c.visitor_id, visit.c.started_at, visit.c.last_at, visit.c.number, visit.c.pages,
    visit.c.user_agent, visit.c.language, visit.c.bot, visit.c.heard_at,
)  # fmt: skip
VISITS_NEAR = Prepared(
    select(*_VISIT).where(
        among(visit.c.visitor_id, "visitors"),
        visit.c.last_at >= bindparam("since"),
        visit.c.started_at <= bindparam("until"),
        visit.c.merged_into.is_(None),
    )
)
VISITS = Prepared(select(*_VISIT).where(among(visit.c.id, "visits")))
VIEWS_BY_ID = Prepared(
    select(page_view.c.id, page_view.c.visit_id, page_view.c.visitor_id).where(
        page_view.c.site_id == bindparam("site"), among(page_view.c.id, "pages")
    )
)
#: The visit, then the fields of `tracker.visit.View`; the path as text stands before the times.
VIEWS = Prepared(
    select(
        page_view.c.visit_id,
        page_view.c.id,
        type_coerce(page_view.c.path, Text).label("path"),
        page_view.c.at,
        page_view.c.position,
        page_view.c.url,
        page_view.c.title,
        page_view.c.referrer,
        page_view.c.dwell,
        page_view.c.scroll,
        page_view.c.stayed_at,
        page_view.c.left_at,
    ).where(among(page_view.c.visit_id, "visits"))
)
MARKS = Prepared(
    select(
        early_mark.c.page,
        early_mark.c.visitor_id,
        early_mark.c.type,
        early_mark.c.dwell,
        early_mark.c.scroll,
        early_mark.c.at,
    ).where(early_mark.c.site_id == bindparam("site"), among(early_mark.c.page, "pages"))
)
#: `asked`: JSON, a list of [visit, visitor, since, before] -> each visit, with the visitor's last sign of life between
#: both times or null. A look into the index for each, however much happened.
SIGNS = {
    "sqlite": Prepared(text("""
        SELECT asked.value ->> 0, (
            SELECT max(at) FROM event
            WHERE visitor_id = asked.value ->> 1 AND at >= asked.value ->> 2 AND at < asked.value ->> 3
        ) FROM json_each(:asked) AS asked
    """)),
    "postgresql": Prepared(text("""
        SELECT asked.value ->> 0, (
            SELECT max(at) FROM event WHERE visitor_id = asked.value ->> 1
            AND at >= CAST(asked.value ->> 2 AS bigint) AND at < CAST(asked.value ->> 3 AS bigint)
        ) FROM json_array_elements(CAST(CAST(:asked AS text) AS json)) AS asked(value)
    """)),
}  # fmt: skip
#: Events that were stored and found no room.
FORGET_EVENTS = Prepared(delete(event).where(event.c.site_id == bindparam("site"), among(event.c.id, "events")))
NUMBERS = Prepared(
    select(visit.c.id, visit.c.visitor_id, visit.c.started_at, visit.c.number).where(
        among(visit.c.visitor_id, "visitors"), visit.c.merged_into.is_(None), visit.c.pages > 0
    )
)

NEW_EVENTS, NEW_VISITORS, NEW_NODES = Bulk(event), Bulk(visitor), Bulk(node)
NEW_VISITS, NEW_VIEWS, NEW_MARKS = Bulk(visit), Bulk(page_view), Bulk(early_mark)
SET_VISITOR = Change(visitor, ("id",), ("first_at", "last_at", "bot", "early", "stamp"))
SET_VISIT = Change(
    visit,
    ("id",),
    [column.name for column in visit.columns if column.name not in ("id", "site_id", "visitor_id", "merged_into")],
)
#: A visit of which only the end moved.
SET_END = Change(visit, ("id",), ("last_at", "heard_at"))
SET_NUMBER = Change(visit, ("id",), ("number",))
SET_VIEW = Change(page_view, ("site_id", "id"), ("dwell", "scroll", "stayed_at", "left_at"))
#: Merging, with `into` for the visit that stays. What was merged into the one that goes, goes along.
MERGE = (
    Prepared(
        update(visit)
        .where(visit.c.visitor_id == bindparam("visitor"), visit.c.merged_into == bindparam("gone"))
        .values(merged_into=bindparam("into"))
    ),
    Prepared(update(visit).where(visit.c.id == bindparam("gone")).values(merged_into=bindparam("into"))),
    Prepared(update(page_view).where(page_view.c.visit_id == bindparam("gone")).values(visit_id=bindparam("into"))),
)
