"""From a firing to a conversation: raise, climb, accept, decline, time out, and who is at the desk.

One unit of work each; the doorbell after the commit. Capacity is counted over all channels, so it is counted here.
"""

from sqlalchemy import Connection, RowMapping

import access.queries
import chat.do
import chat.queries
import routing.alerts
import routing.do
import routing.queries
import tracker.queries
from chat.message import SYSTEM
from contract.errors import Refused
from contract.facts import CustomerFacts, SiteFacts, VisitFacts
from contract.frames import AlertAccept, AlertDecline, Done, Opened, PresenceSet
from contract.names import Ms
from routing.triggers import Firing
from service import present
from service.bell import Bell, ExpertCaller
from service.commands import Command
from service.flows.facts import customer_facts
from service.flows.people import people
from store.sql import db_now


def raise_and_ring(
    conn: Connection, site: SiteFacts, firing: Firing, visit: VisitFacts, customer: CustomerFacts | None
) -> str | None:
    """One firing becomes an alert that rings its first rung, in the transaction that stored the event.

    None when this occasion has had its bell, when one rings for the visit already, or when an expert is talking with
    this visitor (a return rings all the same: they went away and are back).
    """
    if routing.queries.open_alerts(conn, [visit.id]):
        return None
    talking = chat.queries.open_of_visitor(conn, visit.visitor)
    if talking is not None and talking["expert_id"] and firing.occasion == visit.id:
        return None
    now = db_now(conn)
    alert_id = routing.alerts.raise_alert(conn, firing, visit, customer, now)
    if alert_id is not None:
        routing.alerts.climb(conn, alert_id, people(conn, site, visit.visitor, customer, now), now)
    return alert_id


def ring_for_question(conn: Connection, site: SiteFacts, visitor_id: str, conversation_id: str, seq: int) -> list[str]:
    """A visitor wrote into a conversation that nobody has: the bell rings up the same ladder as for a trigger.

    Every unanswered message may ring, but never while the last bell still does. A visitor of whom no page was ever seen
    rings nobody: the conversation stands on the desks of the site all the same.
    """
    visit = tracker.queries.newest_visit(conn, visitor_id)
    if visit is None:
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


def announce(bell: Bell, alert_ids: list[str]) -> None:
    """After the commit: ring the doorbell; remember in the background that it was rung."""
    for alert_id in alert_ids:
        bell.bus.ring("alert", alert_id)
    if alert_ids:
        bell.timers.announced(alert_ids)


async def presence_set(bell: Bell, caller: ExpertCaller, data: PresenceSet) -> Done:
    def work(conn: Connection) -> list[str]:
        now = db_now(conn)
        routing.do.set_status(conn, caller.account.id, data.status, now)
        return ring_who_came_free(conn, caller.account.id, sorted(caller.account.sites), now)

    woken = await bell.store.write(work)
    bell.bus.ring("expert", caller.account.id)
    announce(bell, woken)
    return Done()


async def accept(bell: Bell, caller: ExpertCaller, data: AlertAccept) -> Opened:
    """Exactly one winner; the conversation is made in the claiming transaction and needs no socket of the visitor."""

    def work(conn: Connection) -> tuple[Opened, str]:
        now = db_now(conn)
        row = routing.alerts.accept(
            conn, data.alert, caller.account.id, lambda: chat.queries.loads(conn).get(caller.account.id, 0), now
        )
        conversation = chat.do.open_for_expert(
            conn,
            site_id=row["site_id"],
            visitor_id=row["visitor_id"],
            visit_id=row["visit_id"],
            expert_id=caller.account.id,
            alert_id=row["id"],
            name=caller.account.name,
            now=now,
        )
        return present.opened(conn, conversation["id"]), row["visitor_id"]

    opened, visitor_id = await bell.store.write(work)
    announce(bell, [data.alert])
    bell.bus.ring("conversation", opened.conversation)
    bell.bus.ring("visitor", visitor_id)
    return opened


async def decline(bell: Bell, caller: ExpertCaller, data: AlertDecline) -> Done:
    def work(conn: Connection) -> None:
        if routing.alerts.decline(conn, data.alert, caller.account.id):
            row = routing.queries.alert_row(conn, data.alert)
            if row is None:
                raise Refused("not_found")
            now = db_now(conn)
            routing.alerts.climb(conn, data.alert, _people_of(conn, row, now), now)

    await bell.store.write(work)
    announce(bell, [data.alert])
    return Done()


async def came_free(bell: Bell, caller: ExpertCaller) -> None:
    """A conversation was closed: a waiting alert may ring here now."""
    woken = await bell.store.write(
        lambda conn: ring_who_came_free(conn, caller.account.id, sorted(caller.account.sites), db_now(conn))
    )
    announce(bell, woken)


def visit_moved(conn: Connection, visit: VisitFacts) -> list[str]:
    """Tell the alerts of a visit whether its visitor is still here. Returns those that changed."""
    return routing.alerts.visitor_left(conn, visit.id, visit.left_at)


EXPERT: dict[str, Command] = {
    "presence.set": Command(PresenceSet, presence_set),
    "alert.accept": Command(AlertAccept, accept),
    "alert.decline": Command(AlertDecline, decline),
}
