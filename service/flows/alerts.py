"""Bells as commands: accept, decline, presence. One unit of work each; the doorbell after the commit.

Capacity is counted over all channels, so it is counted here.
"""

from sqlalchemy import Connection

import chat.do
import chat.queries
import routing.alerts
import routing.do
import routing.queries
from contract.errors import Refused
from contract.frames import AlertAccept, AlertDecline, Done, Opened, PresenceSet
from service import present
from service.bell import Bell
from service.callers import ExpertCaller
from service.commands import Command
from service.flows.ringing import climb, ring_who_came_free
from store.sql import db_now


async def presence_set(bell: Bell, caller: ExpertCaller, data: PresenceSet) -> Done:
    def work(conn: Connection) -> list[str]:
        now = db_now(conn)
        if not routing.queries.desks(conn, [caller.account.id]):
            raise Refused("forbidden")  # somebody who has no desk cannot sit at it
        routing.do.set_status(conn, caller.account.id, data.status, now)
        return ring_who_came_free(conn, caller.account.id, sorted(caller.account.sites), now)

    woken = await bell.store.write(work)
    bell.bus.ring("expert", caller.account.id)
    bell.timers.announce(woken)
    return Done()


async def accept(bell: Bell, caller: ExpertCaller, data: AlertAccept) -> Opened:
    """Exactly one winner; the conversation is made in the claiming transaction and needs no socket of the visitor."""

    def work(conn: Connection) -> tuple[Opened, str]:
        now = db_now(conn)
        row = routing.alerts.accept(
            conn, data.alert, caller.account.id, lambda: chat.queries.load(conn, caller.account.id), now
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
    bell.timers.announce([data.alert])
    bell.bus.ring("conversation", opened.conversation)
    bell.bus.ring("visitor", visitor_id)
    return opened


async def decline(bell: Bell, caller: ExpertCaller, data: AlertDecline) -> Done:
    def work(conn: Connection) -> None:
        if routing.alerts.decline(conn, data.alert, caller.account.id):
            climb(conn, data.alert, db_now(conn))

    await bell.store.write(work)
    bell.timers.announce([data.alert])
    return Done()


async def came_free(bell: Bell, caller: ExpertCaller) -> None:
    """A conversation was closed: a waiting alert may ring here now."""
    woken = await bell.store.write(
        lambda conn: ring_who_came_free(conn, caller.account.id, sorted(caller.account.sites), db_now(conn))
    )
    bell.timers.announce(woken)


EXPERT: dict[str, Command] = {
    "presence.set": Command(PresenceSet, presence_set),
    "alert.accept": Command(AlertAccept, accept),
    "alert.decline": Command(AlertDecline, decline),
}
