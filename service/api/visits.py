"""Visits: who is here now, who was here, page by page."""

from sqlalchemy import Connection, select

import reports.timeline
import tracker.queries
from contract.clock import rfc3339
from contract.errors import Refused
from contract.facts import VisitFacts
from contract.rest_visits import Directions, PageSeen, TimelineItem, Visit
from contract.shapes import VisitBrief
from service import present
from service.api.lists import Listed, asked, page
from service.api.operation import Call, operation
from service.api.timeline import timeline
from tracker.tables import visit as table
from tracker.tree_walk import Steps, deepest, directions, steps


@operation("GET", "/api/visits", gives=Listed[VisitBrief], query=("site", "live", "bots", "limit", "cursor"))
async def visits(call: Call) -> Listed[VisitBrief]:
    """Newest first; with `live=true` those who are here now. `bots`: true, programs too; only, nobody else."""
    ask, sites = asked(call, (int, str)), await call.site_ids()
    live, only = call.flag("live"), call.text("bots") == "only"
    bots = only or call.flag("bots")

    def read(conn: Connection) -> Listed[VisitBrief]:
        query = select(table.c.id, table.c.started_at).where(table.c.site_id.in_(sites), table.c.merged_into.is_(None))
        if live:
            query = tracker.queries.live(sites, call.now, bots=bots)
        elif not bots:
            query = query.where(table.c.bot.is_(False))
        if only:
            query = query.where(table.c.bot)
        keys, more = page(conn, query, (table.c.started_at, table.c.id), ask, newest=True)
        rows = tracker.queries.listed(conn, [key["id"] for key in keys])
        return Listed(items=present.briefs_of_rows(conn, rows, call.now), next=more)

    return await call.bell.store.read(read)


def _seen(conn: Connection, call: Call, visit_id: str) -> VisitFacts:
    """A visit that was merged into another one answers with that one."""
    facts = tracker.queries.visit_facts(conn, [visit_id]).get(visit_id)
    if facts is None or not call.account.may_see(facts.site):
        raise Refused("not_found")
    return facts


def shown(walked: Steps) -> Directions:
    """As the API shows it."""
    return Directions(in_=walked.inward, out=walked.out, across=walked.across)


@operation("GET", "/api/visits/{id}", gives=Visit)
async def visit(call: Call) -> Visit:
    """One visit with its pages, in order."""
    visit_id = call.path_id()

    def read(conn: Connection) -> Visit:
        facts = _seen(conn, call, visit_id)
        rows = tracker.queries.views_of(conn, facts.id)
        ways = directions(row["path"] for row in rows)
        views = [
            PageSeen(
                path=row["path"],
                title=row["title"],
                url=row["url"],
                at=rfc3339(row["at"]),
                dwell=row["dwell"],
                scroll=row["scroll"],
                direction=way,
            )
            for row, way in zip(rows, ways, strict=True)
        ]
        return Visit(
            visit=present.visit_briefs(conn, [facts], call.now)[0],
            views=views,
            direction=shown(steps(ways)),
            deepest_path=list(deepest(row["path"] for row in rows)),
        )

    return await call.bell.store.read(read)


@operation("GET", "/api/visits/{id}/timeline", gives=Listed[TimelineItem], query=("limit", "cursor"))
async def history(call: Call) -> Listed[TimelineItem]:
    """Everything with this visitor, and with the customer where we know who it is; newest first."""
    visit_id = call.path_id()

    def read(conn: Connection, limit: int, before: int | None) -> list[TimelineItem]:
        return reports.timeline.of_visit(conn, _seen(conn, call, visit_id).id, limit, before)

    return await timeline(call, read)


OPERATIONS = [visits, visit, history]
