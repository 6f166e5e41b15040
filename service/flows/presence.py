"""Where a person says that they are. One unit of work; the doorbell after the commit."""

from sqlalchemy import Connection

import access.queries
import routing.do
import routing.queries
from contract.answers import Done
from contract.commands import PresenceSet
from contract.errors import Refused
from contract.text import has_forbidden
from service.bell import Bell
from service.callers import ExpertCaller
from service.commands import Command
from service.flows.reachable import Told, hand_on, may_ring
from service.flows.ringing import leave_desk
from store.sql import db_now


async def presence_set(bell: Bell, caller: ExpertCaller, data: PresenceSet) -> Done:
    """Away: bells climb on. Offline: conversations too. Refused: forbidden (no expert, no desk), bad_text."""
    if has_forbidden(data.reason):
        raise Refused("bad_text")
    reason = " ".join(data.reason.split())  # one line in a list of colleagues

    def work(conn: Connection) -> Told:
        now, me = db_now(conn), caller.account.id
        account = access.queries.account_by_id(conn, me)
        if account is None or account.role != "expert" or not routing.queries.desks(conn, [me]):
            raise Refused("forbidden")
        told = Told(experts=[me])
        if data.status != "online":
            told.alerts += leave_desk(conn, me, data.status, now)
        routing.do.set_status(conn, me, data.status, now, reason)
        if data.status == "online":
            told.alerts += may_ring(conn, me, now)
        elif data.status == "offline":
            hand_on(conn, me, now, told, learned=bell.learned)
        return told

    (await bell.store.write(work)).ring(bell.bus, bell.timers.announce)
    return Done()


async def came_free(bell: Bell, account_id: str) -> None:
    """A conversation was closed, or a line is back: a waiting alert may ring here now."""
    bell.timers.announce(await bell.store.write(lambda conn: may_ring(conn, account_id, db_now(conn))))


EXPERT: dict[str, Command] = {"presence.set": Command(PresenceSet, presence_set)}
