"""Bells as commands: accept, decline. One unit of work each; the doorbell after the commit.

Capacity is counted over all channels, so it is counted here.
"""

from sqlalchemy import Connection, RowMapping

import chat.do
import chat.queries
import routing.alerts
import routing.answers
import routing.queries
from contract.answers import Done, Opened
from contract.commands import AlertAccept, AlertDecline
from contract.errors import Refused
from contract.names import Ms
from routing.tables import ASKED
from service import present
from service.bell import Bell
from service.callers import ExpertCaller
from service.commands import Command
from service.flows import announce
from service.flows.load import load
from service.flows.passed_on import settle, take_over
from service.flows.reachable import conversation_over, may_ring
from service.flows.ringing import climb, leave_desk
from service.flows.taken import end_bells
from store.sql import db_now


async def accept(bell: Bell, caller: ExpertCaller, data: AlertAccept) -> Opened:
    """Exactly one winner; the conversation is made in the claiming transaction and needs no socket of the visitor. What
    a colleague passes on changes hands in it. Whoever has won, and did not hear of it, gets the same again. Refused as
    `routing.answers.accept`; alert_over also where a colleague has the visitor, or what they asked is closed."""

    def work(conn: Connection) -> tuple[Opened, str, bool, str | None, list[str]]:
        now, me = db_now(conn), caller.account.id
        try:
            row = routing.answers.accept(conn, data.alert, me, lambda: load(conn, me), now)
        except Refused as refused:
            won = _won(conn, data.alert, me) if refused.code == "alert_over" else None
            if won is None:
                raise
            return present.opened(conn, won["id"]), won["visitor_id"], False, None, []
        conversation, before = take_over(conn, row, caller.account, now) or (None, None)
        if conversation is None:
            conversation = chat.do.open_for_expert(
                conn,
                site_id=row["site_id"],
                visitor_id=row["visitor_id"],
                visit_id=row["visit_id"],
                expert_id=caller.account.id,
                alert_id=row["id"],
                name=caller.account.name,
                now=now,
                asked=row["trigger_id"] if row["reason"] == ASKED else None,
            )
            announce.conversation_opened(conn, conversation, now)
        others = end_bells(conn, row["site_id"], row["visitor_id"], caller.account.id, now, wait=False)
        desk = routing.queries.desk_row(conn, caller.account.id)
        full = bool(desk and desk["busy"])
        return present.opened(conn, conversation["id"]), row["visitor_id"], full, before, others

    try:
        opened, visitor_id, full, before, others = await bell.store.write(work)
    except chat.do.Taken as taken:
        await _silence(bell, caller, data.alert, taken)
        raise Refused("alert_over") from None
    bell.timers.announce([data.alert, *others])
    if full:
        bell.background(filled(bell, caller.account.id))
    if before is not None:
        bell.background(came_over(bell, before))
    bell.bus.ring("conversation", opened.conversation)
    bell.bus.ring("visitor", visitor_id)
    return opened


def _won(conn: Connection, alert_id: str, account_id: str) -> RowMapping | None:
    """The conversation that this expert has taken by this bell, while it is theirs and open."""
    row = routing.queries.alert_row(conn, alert_id)
    if row is None or (row["outcome"], row["expert_id"]) != ("accepted", account_id):
        return None
    held = chat.queries.open_of_visitor(conn, row["visitor_id"])
    return held if held is not None and held["expert_id"] == account_id else None


async def decline(bell: Bell, caller: ExpertCaller, data: AlertDecline) -> Done:
    """On the last rung, and with no time left to wait, whoever wrote hears that nobody is free."""

    told = await bell.store.write(lambda conn: turn_down(conn, data.alert, caller.account.id, db_now(conn)))
    bell.timers.announce([data.alert])
    for conversation_id in told:
        bell.bus.ring("conversation", conversation_id)
    return Done()


def too_late(conn: Connection, alert_id: str, account_id: str, found: chat.do.Taken, now: Ms) -> list[str]:
    """This expert reached for a bell whose visitor somebody has (`found`). Who took them since it was raised has
    answered it, and it is over. Who had them before (the visitor went away, and is back) may still answer it: it falls
    silent at this desk alone. Returns the conversations that were told something."""
    row = routing.queries.alert_row(conn, alert_id)
    if row is None or row["state"] != "ringing":
        return []
    if found.by is None:
        routing.alerts.end(conn, alert_id, "taken", now)
        return []
    if found.since >= row["raised_at"]:
        routing.answers.take(conn, alert_id, found.by, now)
        return []
    return turn_down(conn, alert_id, account_id, now)


def turn_down(conn: Connection, alert_id: str, account_id: str, now: Ms) -> list[str]:
    """This expert does not take it, and is not asked for it again. Returns the conversations that were told of it."""
    if not routing.answers.decline(conn, alert_id, account_id):
        return []
    told = climb(conn, alert_id, now)
    return [told] if told is not None else settle(conn, now, alert_id)[1]


async def _silence(bell: Bell, caller: ExpertCaller, alert_id: str, taken: chat.do.Taken) -> None:
    """A bell that nobody needs to answer any more rings on because two did something in the same moment."""

    def work(conn: Connection) -> list[str]:
        return too_late(conn, alert_id, caller.account.id, taken, db_now(conn))

    for conversation_id in await bell.store.write(work):
        bell.bus.ring("conversation", conversation_id)
    bell.timers.announce([alert_id])


async def filled(bell: Bell, account_id: str) -> None:
    """Their last place was just taken: what else rings at that desk rings elsewhere. In a transaction of its own: the
    one that took the place holds the desk, and alerts are locked before desks."""
    bell.timers.announce(await bell.store.write(lambda conn: leave_desk(conn, account_id, "full", db_now(conn))))


async def came_over(bell: Bell, account_id: str) -> None:
    """What they passed on was taken: they draw breath, as after the end of a conversation, and may hear a bell. In a
    transaction of its own: two who pass on to each other in the same moment each hold their own desk."""

    def work(conn: Connection) -> list[str]:
        now = db_now(conn)
        conversation_over(conn, account_id, now)
        return may_ring(conn, account_id, now)

    bell.timers.announce(await bell.store.write(work))


EXPERT: dict[str, Command] = {
    "alert.accept": Command(AlertAccept, accept),
    "alert.decline": Command(AlertDecline, decline),
}
