"""The marketer's question: of those who came, how many went on, and who are the ones that stopped here?"""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, select

from contract import rest_reports
from contract.clock import SECOND, rfc3339
from contract.facts import SiteFacts
from contract.names import FunnelStep, Ms
from contract.shapes import CustomerBrief
from reports.funnel import Reached, count, reach
from reports.funnel_facts import facts
from reports.period import bounds
from tracker.tables import visit

#: The people that one answer lists, newest first.
MOST = 1_000
_IN_ONE_GO = 500

Customers = Callable[[list[str]], dict[str, CustomerBrief]]


def query(
    conn: Connection, site: SiteFacts, asked: rest_reports.FunnelQuery, customers: Customers | None = None
) -> rest_reports.Funnel:
    """Counts per step, and with `asked.people` those who reached that step and not the next one.

    A chain begins within the dates; its later steps may lie after them, within the window. `customers(visitor ids)`
    gives the known person behind a visitor; without it `customer` stays null. Where a step stands in the question
    twice, `people` means its last place.
    """
    from_ms, to_ms = bounds(site.zone, asked.from_, asked.to)
    window = asked.window_s * SECOND
    horizon = None if to_ms is None else to_ms + window + 1
    reached = list(reach(facts(conn, site.id, from_ms, horizon, asked.steps), asked.steps, window, to_ms))
    return rest_reports.Funnel(
        steps=_counts(count(reached, asked.steps), asked.steps),
        people=_people(conn, _stopped(reached, asked), customers) if asked.people else [],
    )


def _counts(visitors: list[int], steps: Sequence[FunnelStep]) -> list[rest_reports.FunnelCount]:
    before = [visitors[0], *visitors]
    return [
        rest_reports.FunnelCount(
            name=name,
            visitors=here,
            share_of_first=_share(here, visitors[0]),
            share_of_previous=_share(here, previous),
        )
        for name, here, previous in zip(steps, visitors, before, strict=False)
    ]


def _share(part: int, whole: int) -> float:
    return round(part / whole, 6) if whole else 0.0


def _stopped(reached: list[Reached], asked: rest_reports.FunnelQuery) -> list[Reached]:
    levels = [level for level, name in enumerate(asked.steps, start=1) if name == asked.people]
    stopped = [one for one in reached if levels and one.level == levels[-1]]
    return sorted(stopped, key=lambda one: (-one.at, one.visitor))[:MOST]


def _people(conn: Connection, stopped: list[Reached], customers: Customers | None) -> list[rest_reports.FunnelPerson]:
    visitors = [one.visitor for one in stopped]
    known = customers(visitors) if customers and visitors else {}
    visits = _visits(conn, visitors)
    people = []
    for one in stopped:
        own = visits.get(one.visitor, [])
        there = next((sitting for sitting in own if sitting[0] <= one.at), own[-1] if own else None)
        if there is None:
            continue
        _, visit_id, path = there
        people.append(
            rest_reports.FunnelPerson(
                visitor=one.visitor,
                visit=visit_id,
                at=rfc3339(one.at),
                path=path,
                customer=known.get(one.visitor),
            )
        )
    return people


def _visits(conn: Connection, visitors: list[str]) -> dict[str, list[tuple[Ms, str, list[str]]]]:
    """Each visitor's visits as (start, id, what it was about, else where it ended), newest first."""
    found: dict[str, list[tuple[Ms, str, list[str]]]] = {}
    for first in range(0, len(visitors), _IN_ONE_GO):
        rows = conn.execute(
            select(visit.c.visitor_id, visit.c.started_at, visit.c.id, visit.c.topic, visit.c.path)
            .where(visit.c.visitor_id.in_(visitors[first : first + _IN_ONE_GO]), visit.c.merged_into.is_(None))
            .order_by(visit.c.started_at.desc(), visit.c.id.desc())
        )
        for visitor, started_at, visit_id, topic, path in rows:
            found.setdefault(visitor, []).append((started_at, visit_id, topic or path))
    return found
