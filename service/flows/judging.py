"""A visit is judged, and what it fires is done, inside the transaction that stored its event.

Nothing here knows a process, a bus or a socket: whoever commits it announces the alerts that come back. What a group of
visits has in common is asked once for the group.
"""

from collections.abc import Collection, Mapping, Sequence

import msgspec
from sqlalchemy import Connection

import chat.queries
import crm.queries
import routing.alerts
import routing.queries
from contract.facts import CustomerFacts, SiteFacts, VisitFacts
from contract.names import Ms
from routing.alerts import People
from routing.queries import Alerts
from routing.triggers import Firing, Rules
from service.flows.facts import customer_facts, facts_of
from service.flows.people import Crew
from store.sql import db_now

_NONE = Alerts()


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A visit that an event has just changed. `at`: when our server took the event."""

    site: SiteFacts
    visit: VisitFacts
    at: Ms


def judge_and_ring(conn: Connection, seen: Sequence[Seen], rules: Rules) -> list[list[str]]:
    """Judge the visits of one group; returns, for each, the alerts that were raised or that learned of its leaving.

    Most groups fire nothing and cost one statement: which alerts their visits have.
    """
    if not seen:
        return []
    of = routing.queries.alerts_of(conn, {one.visit.id for one in seen})
    fired = [
        [
            firing
            for firing in rules.judge(one.visit, one.at)
            if _rings_anew(firing, one.visit, of.setdefault(one.visit.id, Alerts()))
        ]
        for one in seen
    ]
    raising = _raising(conn, seen, fired) if any(fired) else None
    touched: list[list[str]] = []
    for one, firings in zip(seen, fired, strict=True):
        alerts = of.get(one.visit.id, _NONE)
        told = _left(conn, one.visit, alerts)
        for firing in firings:
            if raising is not None and _rings_anew(firing, one.visit, alerts) and raising.fires(firing, one.visit):
                for older in list(alerts.ringing):  # they went, and are back: one bell, the new one
                    routing.alerts.end(conn, older, "gone", raising.now)
                    raising.forget_strangers(one.site)
                    del alerts.ringing[older]
                    told.append(older)
                raised = raising.ring(one.site, firing, one.visit)
                if raised is not None:
                    alerts.ringing[raised] = routing.alerts.gone_at(one.visit.left_at)
                    alerts.spent.add((firing.trigger, firing.occasion))
                    told.append(raised)
        touched.append(told)
    return touched


def _rings_anew(firing: Firing, visit: VisitFacts, alerts: Alerts) -> bool:
    """One bell at a time: what has had its bell has none, nor has a visit that rings, but for a return."""
    return (firing.trigger, firing.occasion) not in alerts.spent and not (
        alerts.ringing and firing.occasion == visit.id
    )


def _left(conn: Connection, visit: VisitFacts, alerts: Alerts) -> list[str]:
    """The bells of a visit learn that its visitor left, or is back."""
    gone_at = routing.alerts.gone_at(visit.left_at)
    if all(known == gone_at for known in alerts.ringing.values()):
        return []
    alerts.ringing = dict.fromkeys(alerts.ringing, gone_at)
    return routing.alerts.visitor_left(conn, visit.id, visit.left_at)


class _Raising:
    """What the bells of one transaction have in common, looked up once."""

    def __init__(
        self,
        conn: Connection,
        customers: Mapping[str, CustomerFacts],
        served: Mapping[str, chat.queries.Served],
        spent: Collection[tuple[str, str]] = (),
    ) -> None:
        self._conn, self._customers, self._served, self._spent = conn, customers, served, spent
        self.now = db_now(conn)
        self._crew = Crew(conn, self.now)
        self._strangers: dict[str, int] = {}

    def fires(self, firing: Firing, visit: VisitFacts) -> bool:
        """Whether it fires for this person, on an occasion that has had no bell."""
        return firing.fits(self._customers.get(visit.visitor)) and (firing.trigger, firing.occasion) not in self._spent

    def ring(self, site: SiteFacts, firing: Firing, visit: VisitFacts) -> str | None:
        """One firing becomes an alert that rings its first rung, in the transaction that stored the event.

        None when this occasion has had its bell, when an expert is talking with this visitor (a return rings all the
        same: they went away and are back), or when so many strangers ring already that one more would only drown the
        others: it rings with its next event, once there is room. That no bell rings for the visit is the caller's to
        know.
        """
        served = self._served.get(visit.visitor, chat.queries.NOBODY)
        if served.talking and firing.occasion == visit.id:
            return None
        customer = self._customers.get(visit.visitor)
        crew = self._crew.people(site, customer, served.expert)
        if customer is None and self._ringing_strangers(site) >= most_strangers(crew):
            return None
        alert_id = routing.alerts.raise_alert(self._conn, firing, visit, customer, crew, self.now)
        if alert_id is not None and customer is None:
            self._strangers[site.id] += 1
        return alert_id

    def forget_strangers(self, site: SiteFacts) -> None:
        """A bell of the site has just ended: their number is another one."""
        self._strangers.pop(site.id, None)

    def _ringing_strangers(self, site: SiteFacts) -> int:
        found = self._strangers.get(site.id)
        if found is None:
            found = self._strangers[site.id] = routing.queries.ringing_strangers(self._conn, site.id)
        return found


def _raising(conn: Connection, seen: Sequence[Seen], fired: Sequence[Sequence[Firing]]) -> _Raising | None:
    """What is needed to raise the bells of a group; None if who the visitors are leaves none to be raised."""
    possible = [(one, firing) for one, firings in zip(seen, fired, strict=True) for firing in firings]
    visitors: dict[str, set[str]] = {}
    for one, _ in possible:
        visitors.setdefault(one.site.id, set()).add(one.visit.visitor)
    known: dict[str, str] = {}
    for site_id, ids in visitors.items():
        known |= crm.queries.customers_of(conn, site_id, ids)
    possible = [
        (one, firing)
        for one, firing in possible
        if firing.known is None or firing.known == (one.visit.visitor in known)
    ]
    if not possible:
        return None
    asked = {one.visit.visitor for one, _ in possible}
    elsewhere = {(firing.trigger, firing.occasion) for one, firing in possible if firing.occasion != one.visit.id}
    return _Raising(
        conn,
        customers=facts_of(conn, {visitor: who for visitor, who in known.items() if visitor in asked}),
        served=chat.queries.served(conn, asked),
        spent=routing.queries.spent(conn, elsewhere),  # of a visit that has become part of another one, say
    )


def most_strangers(crew: People) -> int:
    """Bells of strangers that may ring at a site at the same time. Known customers always ring."""
    return max(50, 20 * sum(expert.online for expert in crew.experts))


def raise_and_ring(conn: Connection, site: SiteFacts, firing: Firing, visit: VisitFacts) -> str | None:
    """One bell alone, under the same rules as a group's."""
    raising = _Raising(
        conn,
        customers=customer_facts(conn, site.id, [visit.visitor]),
        served=chat.queries.served(conn, [visit.visitor]),
    )
    return raising.ring(site, firing, visit)
