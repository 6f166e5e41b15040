"""What rings, inside a transaction: visits are judged, alerts are raised, climb the ladder and end.

Nothing here knows a process, a bus or a socket: these are parts of a unit of work, and whoever commits it announces the
alerts that they return. What a group of visits has in common is asked once for the group.
"""

from collections.abc import Collection, Mapping, Sequence

import msgspec
from sqlalchemy import Connection

import access.queries
import chat.do
import chat.queries
import crm.queries
import routing.alerts
import routing.queries
import tracker.queries
from chat.message import SYSTEM
from contract.errors import Refused
from contract.facts import CustomerFacts, SiteFacts, VisitFacts
from contract.names import Ms
from routing.alerts import People
from routing.queries import Alerts, Row
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


def ring_for_question(conn: Connection, site: SiteFacts, visitor_id: str, conversation_id: str, seq: int) -> list[str]:
    """A visitor wrote into a conversation that nobody has: the bell rings up the same ladder as for a trigger.

    Every unanswered message may ring, but never while the last bell still does. A visitor of whom no page was ever seen
    rings nobody: the conversation stands on the desks of the site all the same.
    """
    visit = tracker.queries.newest_visit(conn, visitor_id)
    if visit is None or routing.queries.open_alerts(conn, [visit.id]):
        return []
    occasion = f"{conversation_id}:{seq}"
    firing = Firing(trigger=conversation_id, name=routing.alerts.ASKED, action="alert", occasion=occasion)
    raised = raise_and_ring(conn, site, firing, visit)
    return [raised] if raised else []


def raise_and_ring(conn: Connection, site: SiteFacts, firing: Firing, visit: VisitFacts) -> str | None:
    """One bell alone, under the same rules as a group's."""
    raising = _Raising(
        conn,
        customers=customer_facts(conn, site.id, [visit.visitor]),
        served=chat.queries.served(conn, [visit.visitor]),
    )
    return raising.ring(site, firing, visit)


def _people_of(conn: Connection, row: Row, crew: Crew) -> People:
    site = access.queries.site_facts(conn, row["site_id"])
    assert site is not None, "an alert belongs to a site"
    visitor_id = row["visitor_id"]
    customer = customer_facts(conn, site.id, [visitor_id]).get(visitor_id)
    served = chat.queries.served(conn, [visitor_id]) if customer is None else {}
    return crew.people(site, customer, served.get(visitor_id, chat.queries.NOBODY).expert)


#: An alert that moved, and the conversation that was told of it.
Moved = tuple[str, str | None]


def fire_due(conn: Connection, now: Ms) -> list[Moved]:
    """Move every alert whose time has come: gone, rung afresh after downtime, or up the ladder."""
    moved: list[Moved] = []
    crew = Crew(conn, now)
    for row in routing.alerts.claim_due(conn, now):
        told = None
        if row["gone_at"] is not None and row["gone_at"] <= now:
            routing.alerts.end(conn, row["id"], "gone", now)
        elif row["rung"] is not None and now - row["due_at"] > routing.alerts.LATE:
            routing.alerts.ring_afresh(conn, row, _people_of(conn, row, crew), now)
        elif not routing.alerts.climb(conn, row["id"], _people_of(conn, row, crew), now):
            told = _tell_nobody_is_free(conn, row, now)
        moved.append((row["id"], told))
    return moved


def _tell_nobody_is_free(conn: Connection, row: Row, now: Ms) -> str | None:
    """Who wrote and was not answered hears so; the conversation stays open and stands on every desk of the site."""
    if row["reason"] != routing.alerts.ASKED:
        return None
    conversation = chat.queries.row(conn, row["trigger_id"])
    if conversation is None or conversation["state"] != "open" or conversation["expert_id"]:
        return None
    words = "Nobody is free just now. Your message is kept, and we will answer here."
    chat.do.add(conn, conversation["id"], SYSTEM, "event", words, {"name": "nobody.free"}, None, now)
    return str(conversation["id"])


def climb(conn: Connection, alert_id: str, now: Ms) -> None:
    """Its rung is over before its time: ring the next."""
    row = routing.queries.alert_row(conn, alert_id)
    if row is None:
        raise Refused("not_found")
    routing.alerts.climb(conn, alert_id, _people_of(conn, row, Crew(conn, now)), now)


def ring_who_came_free(conn: Connection, expert_id: str, sites: list[str], now: Ms) -> list[str]:
    """Alerts that nobody could hear ring at somebody who is online and has a place now."""
    desk = routing.queries.desk_row(conn, expert_id)
    if desk is None or routing.queries.status_now(desk, now) != "online":
        return []
    if desk["capacity"] <= chat.queries.load(conn, expert_id):
        return []
    crew = Crew(conn, now)
    return [
        row["id"]
        for row in routing.queries.waiting_without_ring(conn, sites)
        if routing.alerts.ring_newcomer(conn, row, expert_id, _people_of(conn, row, crew), now)
    ]
