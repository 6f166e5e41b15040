"""A visitor may not write to us for a time: their commands are refused, nothing of theirs rings, what was open ends.

What their pages report is kept as before: to be blocked from the chat is no reason to be forgotten.
"""

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, RowMapping, select

import chat.blocks
import chat.do
import routing.alerts
import routing.queries
import tracker.queries
from chat.tables import conversation
from contract.errors import Refused
from contract.facts import AccountFacts
from contract.names import Ms
from contract.shapes import In, Out
from service.bell import Bell
from service.callers import VisitorCaller
from service.commands import Command, Handler
from service.flows import announce
from service.flows.ended import held_to_end
from service.flows.reachable import conversation_over


def unblocked(commands: Mapping[str, Command]) -> dict[str, Command]:
    """The same commands of visitors, refused as `blocked` to whoever is."""
    return {name: Command(command.shape, _guarded(command.handler)) for name, command in commands.items()}


def _guarded(handler: Handler) -> Handler:
    async def guarded(bell: Bell, caller: VisitorCaller, data: In) -> Out:
        await bell.blocks.check(caller.visitor)
        return await handler(bell, caller, data)

    return guarded


class Ended(msgspec.Struct):
    """What a block ended: bells, conversations, and whose places they were."""

    alerts: list[str] = msgspec.field(default_factory=list)
    conversations: list[str] = msgspec.field(default_factory=list)
    freed: list[str] = msgspec.field(default_factory=list)


def block(
    conn: Connection, account: AccountFacts, visitor_id: str, reason: str, until: Ms, now: Ms
) -> tuple[RowMapping, Ended]:
    """From now on. Refused("not_found") unless the visitor is of a site of this person. A part of `ended.ending`."""
    seen = tracker.queries.visitor_row(conn, visitor_id)
    if seen is None or not account.may_see(seen["site_id"]):
        raise Refused("not_found")
    ended = Ended()
    for alert in routing.queries.ringing_of(conn, seen["site_id"], [visitor_id]):
        routing.alerts.end(conn, alert["id"], "gone", now)
        ended.alerts.append(alert["id"])
    theirs = select(conversation).where(conversation.c.visitor_id == visitor_id, conversation.c.state == "open")
    for row in held_to_end(conn, conn.execute(theirs).mappings().all()):
        if chat.do.close(conn, row["id"], now, account.name):
            ended.conversations.append(row["id"])
            announce.conversation_closed(conn, row, account.id, now)
            if row["expert_id"] is not None:
                conversation_over(conn, row["expert_id"], now)
                ended.freed.append(row["expert_id"])
    return chat.blocks.add(conn, seen["site_id"], visitor_id, account.id, reason, until, now), ended
