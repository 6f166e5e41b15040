"""A visit as the live list and the bell show it."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

import chat.queries
import crm.queries
import routing.queries
import tracker.queries
from contract.clock import rfc3339
from contract.facts import VisitFacts
from contract.frames import Source, VisitBrief
from contract.names import Ms
from service.present.people import customer_briefs, visitor_name
from tracker.tables import visit


def is_live(heard_at: Ms, left_at: Ms | None, now: Ms) -> bool:
    """True while somebody is on a page of the visit, as far as we know."""
    return tracker.queries.is_live({"heard_at": heard_at, "left_at": left_at}, now)


def live_visitors(conn: Connection, visitor_ids: Collection[str], now: Ms) -> set[str]:
    """Those of the visitors who are on the site now."""
    rows = conn.execute(
        select(visit.c.visitor_id, visit.c.heard_at, visit.c.left_at).where(
            visit.c.visitor_id.in_(visitor_ids),
            visit.c.merged_into.is_(None),
            visit.c.heard_at > now - tracker.queries.LEASE,
        )
    )
    return {visitor_id for visitor_id, heard_at, left_at in rows if is_live(heard_at, left_at, now)}


def visit_briefs(conn: Connection, visits: Sequence[VisitFacts], now: Ms) -> list[VisitBrief]:
    """The visits in their order, each with its customer, its ringing alert and its open conversation."""
    if not visits:
        return []
    ids = [one.id for one in visits]
    visitor_ids = {one.visitor for one in visits}
    sources = {
        row.id: row.source for row in conn.execute(select(visit.c.id, visit.c.source).where(visit.c.id.in_(ids)))
    }
    known = crm.queries.customers_by_visitor(conn, [(one.site, one.visitor) for one in visits])
    customers = customer_briefs(conn, set(known.values()))
    alerts = routing.queries.open_alerts(conn, ids)
    talks = chat.queries.open_of_visitors(conn, visitor_ids)
    briefs = []
    for one in visits:
        customer = customers.get(known.get(one.visitor, ""))
        talk = talks.get(one.visitor)
        briefs.append(
            VisitBrief(
                id=one.id,
                visitor=one.visitor,
                site=one.site,
                started_at=rfc3339(one.started_at),
                last_at=rfc3339(one.last_at),
                path=list(one.path),
                depth=one.depth,
                deepest=one.deepest,
                topic=list(one.topic),
                pages=one.pages,
                dwell=one.dwell,
                url=one.url,
                title=one.title,
                source=_source(sources.get(one.id)),
                returning=one.number > 1 or one.came_back,
                number=one.number,
                live=is_live(one.heard_at, one.left_at, now),
                left=one.left_at is not None,
                bot=one.bot,
                customer=customer,
                alert=alerts.get(one.id),
                conversation=talk["id"] if talk else None,
                name=customer.name if customer else visitor_name(one.visitor),
            )
        )
    return briefs


def _source(kept: dict[str, str] | None) -> Source:
    """A visit that has no page view yet came from nowhere that we know."""
    kept = kept or {}
    return Source(channel=kept.get("channel", "direct"), name=kept.get("name", ""), campaign=kept.get("campaign", ""))
