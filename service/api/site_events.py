"""What came to a site: the events that were rejected, with reasons; in test mode everything, as it comes."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, select

import access.foreign
import crm.queries
import tracker.queries
from contract.clock import DAY, rfc3339
from contract.errors import Refused
from contract.ids import UUID
from contract.names import Ms
from contract.rest_sites import EventSeen, EventsSeen, ForeignOrigin, Placed, SiteSnippet, ViewSeen
from contract.shapes import CustomerBrief
from service import present
from service.api.lists import Listed, asked, page
from service.api.operation import MARKETERS, Call, operation
from service.static import snippet as newest_script
from service.tag import pinned, tag
from tracker.tables import page_view, rejected_event, test_event

#: Over which the rejected are counted.
COUNTED: Ms = DAY


@operation(
    "GET",
    "/api/sites/{id}/events",
    roles=MARKETERS,
    gives=EventsSeen,
    query=("outcome", "reason", "after", "limit", "cursor"),
)
async def events(call: Call) -> EventsSeen:
    """Newest first. `outcome=rejected`: the rejected of 14 days; otherwise what came in test mode.

    `outcome` is accepted, duplicate or rejected; `reason`: only those rejected for it; `after`: only what came after
    that one of test mode, by its id.
    """
    site = await call.site(call.path_id())
    outcome, reason, after = call.text("outcome"), call.text("reason"), call.text("after")
    if outcome not in (None, "accepted", "duplicate", "rejected"):
        raise Refused("invalid", "outcome")
    rejected = outcome == "rejected" and after is None
    ask = asked(call, (int, str) if rejected else (str,))

    def read(conn: Connection) -> EventsSeen:
        if rejected:
            query = select(rejected_event).where(rejected_event.c.site_id == site.id)
            if reason is not None:
                query = query.where(rejected_event.c.reason == reason)
            rows, more = page(conn, query, (rejected_event.c.at, rejected_event.c.id), ask, newest=True)
        else:
            query = select(test_event).where(test_event.c.site_id == site.id)
            if outcome is not None:
                query = query.where(test_event.c.outcome == outcome)
            if reason is not None:
                query = query.where(test_event.c.reason == reason)
            if after is not None:
                query = query.where(test_event.c.id > after)
            rows, more = page(conn, query, (test_event.c.id,), ask, newest=True)
        last_at = tracker.queries.last_heard(conn, site.id)
        return EventsSeen(
            items=_shown(conn, site.id, rows, rejected=rejected),
            next=more,
            rejected=tracker.queries.rejected_by_reason(conn, site.id, call.now - COUNTED),
            last_at=None if last_at is None else rfc3339(last_at),
        )

    return await call.bell.store.read(read)


@operation("GET", "/api/sites/{id}/snippet", roles=MARKETERS, gives=SiteSnippet)
async def snippet(call: Call) -> SiteSnippet:
    """What goes into the pages of the site, and when something came from it last."""
    site = await call.site(call.path_id())

    def read(conn: Connection) -> tuple[Ms | None, str | None]:
        return tracker.queries.last_heard(conn, site.id), tracker.queries.last_page(conn, site.id)

    last_at, last_url = await call.bell.store.read(read)
    address, script = call.bell.settings.public_url, newest_script()
    return SiteSnippet(
        tag=tag(address, site.key, site.look),
        versioned_tag=None if script is None else pinned(address, site.key, site.look, script),
        last_at=None if last_at is None else rfc3339(last_at),
        last_url=last_url,
    )


@operation("GET", "/api/sites/{id}/origins", roles=MARKETERS, gives=Listed[ForeignOrigin])
async def origins(call: Call) -> Listed[ForeignOrigin]:
    """Whose pages tried to send and are not on the site's list, the newest first: at most twenty, of 14 days."""
    site = await call.site(call.path_id())
    found = await call.bell.store.read(lambda conn: access.foreign.foreign_origins(conn, site.id))
    items = [
        ForeignOrigin(origin=one.origin, first_at=rfc3339(one.first_at), last_at=rfc3339(one.last_at), count=one.count)
        for one in found
        if one.origin not in site.origins and one.last_at > call.now - access.foreign.KEPT_FOR
    ]
    return Listed(items=items, next=None)


def _shown(conn: Connection, site_id: str, rows: Sequence[RowMapping], *, rejected: bool) -> list[EventSeen]:
    views = _views(conn, site_id, rows)
    if rejected:
        nobody: dict[str, Any] = dict.fromkeys(("placed", "visitor", "customer", "visit"))
        return [_seen(row, views, outcome="rejected", **nobody) for row in rows]
    people = _people(conn, site_id, {row["visitor_id"] for row in rows if row["visitor_id"]})
    return [
        _seen(
            row,
            views,
            outcome=row["outcome"],
            placed=Placed(**row["placed"]) if row["placed"] else None,
            visitor=row["visitor_id"],
            customer=people.get(row["visitor_id"]),
            visit=row["visit_id"],
        )
        for row in rows
    ]


def _views(conn: Connection, site_id: str, rows: Sequence[RowMapping]) -> dict[str, ViewSeen]:
    """The page views that these events speak of, as far as they came."""
    said = {row["event"].get("page") for row in rows}
    ids = [one for one in said if isinstance(one, str) and UUID.fullmatch(one)]
    if not ids:
        return {}
    shown = (page_view.c.id, page_view.c.path, page_view.c.title, page_view.c.url)
    found = conn.execute(select(*shown).where(page_view.c.site_id == site_id, page_view.c.id.in_(ids)))
    return {id_: ViewSeen(path=path, title=title, url=url) for id_, path, title, url in found}


def _people(conn: Connection, site_id: str, visitors: set[str]) -> dict[str, CustomerBrief]:
    """Visitor -> who they are, for those whom we know."""
    known = crm.queries.customers_of(conn, site_id, visitors) if visitors else {}
    briefs = present.customer_briefs(conn, set(known.values())) if known else {}
    return {visitor: briefs[customer] for visitor, customer in known.items() if customer in briefs}


def _seen(row: RowMapping, views: Mapping[str, ViewSeen], **more: Any) -> EventSeen:
    view = views.get(row["event"].get("page", ""))
    return EventSeen(id=row["id"], at=rfc3339(row["at"]), reason=row["reason"], event=row["event"], view=view, **more)


OPERATIONS = [events, snippet, origins]
