"""Bells that nobody could hear are offered in turn, to as many as there are places.

Parts of a unit of work, as in `service.flows.ringing`: whoever commits it announces the alerts that they return.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

import access.queries
import routing.alerts
import routing.answers
import routing.queries
from contract.clock import SECOND
from contract.names import Ms
from routing.presence import absent
from routing.queries import Row
from routing.tables import ASKED
from service.flows.folding import fold_doubled
from service.flows.load import load, loads
from service.flows.people import Crew
from service.flows.ringing import people_of
from store.lock import lock

#: So many desks that have a place are offered to at a time.
FREE_DESKS = 64


def ring_who_came_free(conn: Connection, expert_id: str, sites: list[str], now: Ms) -> list[str]:
    """Alerts that nobody could hear ring at somebody who is there and has places now: as many as they have places,
    whose turn it is first, and no flood. After a no or a silence the next one rings (`offer_waiting`). Returns those,
    and what is over because another bell rings for the same person."""
    found = routing.queries.candidates(conn, [expert_id])
    if not found or absent(found[0], now):
        return []
    (desk,) = found
    places = desk.capacity - load(conn, expert_id)
    if places <= 0:
        return []
    if desk.busy:
        routing.answers.count_places(conn, expert_id, busy=False)
    rung = fold_doubled(conn, now)
    crew = Crew(conn, now)
    (desk,) = routing.queries.candidates(conn, [expert_id])  # what rings here may have become less
    firm = routing.queries.firm_rings(conn, [expert_id], ASKED).get(expert_id, 0)
    room = _Room(places, desk.ringing, firm)
    for row in routing.queries.waiting_without_ring(conn, sites):
        if room.over():
            break
        if room.has(row) and routing.alerts.ring_newcomer(conn, row, expert_id, people_of(conn, row, crew), now):
            room.take(row)
            rung.append(row["id"])
    return rung


class _Room:
    """How many more bells may ring at a desk with so many free places. What page views of strangers ring keeps nobody
    out who wrote or is known."""

    def __init__(self, places: int, ringing: int, firm: int) -> None:
        self._places, self._ringing, self._firm = places, ringing, firm

    def over(self) -> bool:
        return self._firm >= self._places

    def has(self, row: Row) -> bool:
        return (self._firm if _is_firm(row) else self._ringing) < self._places

    def take(self, row: Row) -> None:
        self._ringing += 1
        self._firm += _is_firm(row)


def _is_firm(row: Row) -> bool:
    """Somebody wrote, or is known."""
    return row["reason"] == ASKED or row["customer_id"] is not None


def hasten_the_unheard(conn: Connection, sites: Sequence[str], now: Ms) -> list[str]:
    """Everybody of a site has gone: who wrote and waits is told so when a rung's time is over, unless somebody is back
    by then. Returns the alerts whose time is shorter now."""
    moved: list[str] = []
    for site_id in sites:
        asking = [row for row in routing.queries.waiting_without_ring(conn, [site_id]) if row["reason"] == ASKED]
        site = access.queries.site_facts(conn, site_id) if asking else None
        if site is None or routing.queries.online_at(conn, site_id, now, 1):
            continue
        for row in asking:
            until = now + site.ladder.seconds(row["rung"]) * SECOND
            if row["due_at"] > until and routing.alerts.hasten(conn, row["id"], until):
                moved.append(row["id"])
    return moved


def offer_waiting(conn: Connection, sites: Sequence[str], now: Ms) -> list[str]:
    """Who has a free place and hears nothing is rung by those who wait, whose turn it is first: after a no, a silence,
    a breath, the begin of a working day. Whoever was silent or has declined is not asked again for the same alert: only
    coming free anew is a new chance. Returns the alerts that ring now, and what is over as above."""
    rung = fold_doubled(conn, now)
    crew = Crew(conn, now)
    for site_id in sorted(sites):
        lock(conn, f"offer:{site_id}")  # two processes would each fill the last place
        waiting = routing.queries.waiting_without_ring(conn, [site_id])
        desks = routing.queries.idle(conn, site_id, now, limit=FREE_DESKS) if waiting else []
        if not desks:
            continue
        taken = loads(conn, [desk.id for desk in desks])
        firm = routing.queries.firm_rings(conn, [desk.id for desk in desks], ASKED)
        passed = routing.queries.passed(conn, [row["id"] for row in waiting])
        for desk in desks:
            id_ = desk.id
            room = _Room(desk.capacity - taken.get(id_, 0), desk.ringing, firm.get(id_, 0))
            if room.over() or absent(desk, now):
                continue
            for row in [row for row in waiting if (row["id"], id_) not in passed]:
                if room.over():
                    break
                if room.has(row) and routing.alerts.ring_newcomer(conn, row, id_, people_of(conn, row, crew), now):
                    room.take(row)
                    waiting.remove(row)
                    rung.append(row["id"])
    return rung
