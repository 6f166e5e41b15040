"""What rings, inside a transaction: visits are judged, alerts are raised, climb the ladder and end.

Nothing here knows a process, a bus or a socket: these are parts of a unit of work, and whoever commits it announces the
alerts that they return. What a group of visits has in common is asked once for the group.
"""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, RowMapping

import access.queries
import chat.do
import chat.queries
import routing.alerts
import routing.queries
import routing.triggers
import tracker.queries
from chat.message import SYSTEM
from contract.errors import Refused
from contract.facts import CustomerFacts, SiteFacts, VisitFacts
from contract.names import Ms
from routing.alerts import People
from routing.triggers import Firing, Trigger
from service.flows.facts import customer_facts
from service.flows.people import people
from store.sql import db_now


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A visit that an event has just changed. `at`: when our server took the event."""

    site: SiteFacts
    visit: VisitFacts
    at: Ms


def judge_and_ring(conn: Connection, seen: Sequence[Seen], triggers: tuple[Trigger, ...]) -> list[list[str]]:
    """Judge the visits of one group; returns, for each, the alerts that were raised or that learned of its leaving."""
    if not seen:
        return []
    ringing = routing.queries.open_alerts(conn, {one.visit.id for one in seen})
    customers = _customers(conn, seen)
    fired = [
        routing.triggers.judge(
            one.visit, customers.get(one.visit.visitor), tuple(t for t in triggers if t.site == one.site.id), one.at
        )
        for one in seen
    ]
    spent = routing.queries.spent(conn, {(f.trigger, f.occasion) for firings in fired for f in firings})
    touched: list[list[str]] = []
    for one, firings in zip(seen, fired, strict=True):
        alerts = routing.alerts.visitor_left(conn, one.visit.id, one.visit.left_at) if one.visit.id in ringing else []
        for firing in firings:
            if (firing.trigger, firing.occasion) in spent:
                continue
            if (older := ringing.get(one.visit.id)) is not None:
                if firing.occasion == one.visit.id:
                    continue
                routing.alerts.end(conn, older, "gone", db_now(conn))  # they went, and are back: one bell, the new one
                alerts.append(older)
            raised = raise_and_ring(conn, one.site, firing, one.visit, customers.get(one.visit.visitor))
            if raised is not None:
                ringing[one.visit.id] = raised
                alerts.append(raised)
        touched.append(alerts)
    return touched


def _customers(conn: Connection, seen: Sequence[Seen]) -> dict[str, CustomerFacts]:
    visitors: dict[str, set[str]] = {}
    for one in seen:
        visitors.setdefault(one.site.id, set()).add(one.visit.visitor)
    return {
        visitor: facts
        for site_id, ids in visitors.items()
        for visitor, facts in customer_facts(conn, site_id, ids).items()
    }


def raise_and_ring(
    conn: Connection, site: SiteFacts, firing: Firing, visit: VisitFacts, customer: CustomerFacts | None
) -> str | None:
    """One firing becomes an alert that rings its first rung, in the transaction that stored the event.

    None when this occasion has had its bell, when an expert is talking with this visitor (a return rings all the same:
    they went away and are back), or when so many strangers ring already that one more would only drown the others: it
    rings with its next event, once there is room. That no bell rings for the visit is the caller's to know.
    """
    talking = chat.queries.open_of_visitor(conn, visit.visitor)
    if talking is not None and talking["expert_id"] and firing.occasion == visit.id:
        return None
    now = db_now(conn)
    crew = people(conn, site, visit.visitor, customer, now)
    if customer is None and routing.queries.ringing_strangers(conn, site.id) >= most_strangers(crew):
        return None
    alert_id = routing.alerts.raise_alert(conn, firing, visit, customer, now)
    if alert_id is not None:
        routing.alerts.climb(conn, alert_id, crew, now)
    return alert_id


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
    customer = customer_facts(conn, site.id, [visitor_id]).get(visitor_id)
    raised = raise_and_ring(conn, site, firing, visit, customer)
    return [raised] if raised else []


def _people_of(conn: Connection, row: RowMapping, now: Ms) -> routing.alerts.People:
    site = access.queries.site_facts(conn, row["site_id"])
    assert site is not None, "an alert belongs to a site"
    known = customer_facts(conn, site.id, [row["visitor_id"]])
    return people(conn, site, row["visitor_id"], known.get(row["visitor_id"]), now)


#: An alert that moved, and the conversation that was told of it.
Moved = tuple[str, str | None]


def fire_due(conn: Connection, now: Ms) -> list[Moved]:
    """Move every alert whose time has come: gone, rung afresh after downtime, or up the ladder."""
    moved: list[Moved] = []
    for row in routing.alerts.claim_due(conn, now):
        told = None
        if row["gone_at"] is not None and row["gone_at"] <= now:
            routing.alerts.end(conn, row["id"], "gone", now)
        elif row["rung"] is not None and now - row["due_at"] > routing.alerts.LATE:
            routing.alerts.ring_afresh(conn, row, _people_of(conn, row, now), now)
        elif not routing.alerts.climb(conn, row["id"], _people_of(conn, row, now), now):
            told = _tell_nobody_is_free(conn, row, now)
        moved.append((row["id"], told))
    return moved


def _tell_nobody_is_free(conn: Connection, row: RowMapping, now: Ms) -> str | None:
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
    routing.alerts.climb(conn, alert_id, _people_of(conn, row, now), now)


def ring_who_came_free(conn: Connection, expert_id: str, sites: list[str], now: Ms) -> list[str]:
    """Alerts that nobody could hear ring at somebody who is online and has a place now."""
    desk = routing.queries.desks(conn, [expert_id]).get(expert_id)
    if desk is None or routing.queries.status_now(desk, now) != "online":
        return []
    places = desk["capacity"] - chat.queries.loads(conn).get(expert_id, 0)
    if places <= 0:
        return []
    return [
        row["id"]
        for row in routing.queries.waiting_without_ring(conn, sites)
        if routing.alerts.ring_newcomer(conn, row, expert_id, _people_of(conn, row, now), now)
    ]
