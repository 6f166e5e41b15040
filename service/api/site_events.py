"""What came to a site: the events that were rejected, with reasons; in test mode everything, as it comes."""

from typing import Any

from sqlalchemy import Connection, RowMapping, select

import tracker.queries
from contract.clock import DAY, rfc3339
from contract.errors import Refused
from contract.names import Ms
from contract.rest import EventSeen, EventsSeen, Placed, SiteSnippet
from service.api.lists import asked, page
from service.api.operation import MARKETERS, Call, operation
from service.static import snippet as newest_script
from service.tag import pinned, tag
from tracker.tables import rejected_event, test_event

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
            items=[_rejected(row) if rejected else _tested(row) for row in rows],
            next=more,
            rejected=tracker.queries.rejected_by_reason(conn, site.id, call.now - COUNTED),
            last_at=None if last_at is None else rfc3339(last_at),
        )

    return await call.bell.store.read(read)


@operation("GET", "/api/sites/{id}/snippet", roles=MARKETERS, gives=SiteSnippet)
async def snippet(call: Call) -> SiteSnippet:
    """What goes into the pages of the site, and when something came from it last."""
    site = await call.site(call.path_id())
    last_at = await call.bell.store.read(lambda conn: tracker.queries.last_heard(conn, site.id))
    address, script = call.bell.settings.public_url, newest_script()
    return SiteSnippet(
        tag=tag(address, site.key),
        versioned_tag=None if script is None else pinned(address, site.key, script),
        last_at=None if last_at is None else rfc3339(last_at),
    )


def _rejected(row: RowMapping) -> EventSeen:
    return _seen(row, outcome="rejected", placed=None, visitor=None, visit=None)


def _tested(row: RowMapping) -> EventSeen:
    placed = Placed(**row["placed"]) if row["placed"] else None
    return _seen(row, outcome=row["outcome"], placed=placed, visitor=row["visitor_id"], visit=row["visit_id"])


def _seen(row: RowMapping, **more: Any) -> EventSeen:
    return EventSeen(id=row["id"], at=rfc3339(row["at"]), reason=row["reason"], event=row["event"], **more)


OPERATIONS = [events, snippet]
