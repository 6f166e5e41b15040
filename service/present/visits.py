"""A visit as the live list and the bell show it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select

import chat.queries
import crm.queries
import routing.queries
import tracker.queries
from contract.clock import rfc3339
from contract.facts import VisitFacts
from contract.names import Ms
from contract.shapes import Device, Source, VisitBrief
from service.present.people import customer_briefs, visitor_name
from store.prepared import Prepared, among
from tracker.device import kind, said
from tracker.tables import visit

Row = Mapping[str, Any]
_HEARD = Prepared(
    select(visit.c.visitor_id, visit.c.heard_at, visit.c.left_at).where(
        among(visit.c.visitor_id, "visitors"), visit.c.merged_into.is_(None), visit.c.heard_at > bindparam("since")
    )
)
_NOTHING: Row = {"source": None, "user_agent": ""}


def is_live(heard_at: Ms, left_at: Ms | None, now: Ms) -> bool:
    """True while somebody is on a page of the visit, as far as we know."""
    return tracker.queries.is_live({"heard_at": heard_at, "left_at": left_at}, now)


def live_visitors(conn: Connection, visitor_ids: Collection[str], now: Ms) -> set[str]:
    """Those of the visitors who are on the site now."""
    rows = _HEARD.rows(conn, visitors=visitor_ids, since=now - tracker.queries.LEASE)
    return {visitor_id for visitor_id, heard_at, left_at in rows if is_live(heard_at, left_at, now)}


def visit_briefs(conn: Connection, visits: Sequence[VisitFacts], now: Ms) -> list[VisitBrief]:
    """The visits in their order, each with its customer, its ringing alert and its open conversation."""
    if not visits:
        return []
    ids = [one.id for one in visits]
    more = {
        row["id"]: row
        for row in conn.execute(
            select(visit.c.id, visit.c.source, visit.c.user_agent).where(visit.c.id.in_(ids))
        ).mappings()
    }
    return briefs_of_rows(conn, [_row(one, more.get(one.id, _NOTHING)) for one in visits], now)


def briefs_of_rows(
    conn: Connection, rows: Sequence[Row], now: Ms, ringing: Mapping[str, str] | None = None
) -> list[VisitBrief]:
    """The same from rows of `tracker.queries.listed`; few statements however many rows. `ringing`: visit -> alert, for
    whoever knows already."""
    if not rows:
        return []
    visitor_ids = {row["visitor_id"] for row in rows}
    known = crm.queries.customers_by_visitor(conn, [(row["site_id"], row["visitor_id"]) for row in rows])
    customers = customer_briefs(conn, set(known.values()))
    alerts = routing.queries.open_alerts(conn, [row["id"] for row in rows]) if ringing is None else ringing
    talks = chat.queries.open_of_visitors(conn, visitor_ids)
    briefs = []
    for row in rows:
        visitor_id = row["visitor_id"]
        customer = customers.get(known.get(visitor_id, ""))
        talk = talks.get(visitor_id)
        briefs.append(
            VisitBrief(
                id=row["id"],
                visitor=visitor_id,
                site=row["site_id"],
                started_at=rfc3339(row["started_at"]),
                last_at=rfc3339(row["last_at"]),
                path=list(row["path"]),
                depth=row["depth"],
                deepest=row["deepest"],
                topic=list(row["topic"]),
                pages=row["pages"],
                dwell=row["dwell"],
                url=row["url"],
                title=row["title"],
                source=_source(row["source"]),
                device=_device(row["user_agent"], bot=row["bot"]),
                returning=row["number"] > 1 or row["came_back"],
                number=row["number"],
                live=tracker.queries.is_live(row, now),
                left=row["left_at"] is not None,
                bot=row["bot"],
                customer=customer,
                alert=alerts.get(row["id"]),
                conversation=talk["id"] if talk else None,
                name=customer.name if customer else visitor_name(visitor_id),
            )
        )
    return briefs


def _row(one: VisitFacts, more: Mapping[Any, Any]) -> Row:
    row = {name: getattr(one, name) for name in one.__struct_fields__}
    return {
        **row, "site_id": one.site, "visitor_id": one.visitor,
        "source": more["source"], "user_agent": more["user_agent"],
    }  # fmt: skip


def _source(kept: dict[str, str] | None) -> Source:
    """A visit that has no page view yet came from nowhere that we know."""
    kept = kept or {}
    return Source(channel=kept.get("channel", "direct"), name=kept.get("name", ""), campaign=kept.get("campaign", ""))


def _device(user_agent: str, *, bot: bool) -> Device:
    """Read anew each time it is shown, from a cache of the newest agents: nothing of it is stored."""
    found = said(user_agent)
    return Device(kind=kind(user_agent, bot=bot), browser=found.browser, os=found.os, touch=found.touch)
