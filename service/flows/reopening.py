"""A closed conversation is taken up again, by the visitor or by the expert whose it was. Places are counted as ever:
where the expert is away or full it is nobody's, and the visitor's next word rings the bell."""

from sqlalchemy import Connection, RowMapping

import chat.blocks
import chat.do
import chat.queries
import chat.reopening
import routing.reserve
import tracker.queries
from chat.message import Who
from contract.answers import ChatOpened, Opened
from contract.commands import ConversationReopen
from contract.errors import Refused
from contract.names import Ms
from service import present
from service.bell import Bell
from service.callers import ExpertCaller, VisitorCaller
from service.commands import Command
from service.flows.load import load
from service.flows.people import Crew
from service.flows.places import check_room, speaker
from service.flows.taken import end_bells
from service.flows.welcome import welcome
from store.lock import lock
from store.sql import db_now


async def by_visitor(bell: Bell, caller: VisitorCaller, data: ConversationReopen) -> ChatOpened:
    """Their newest closed one, within 24 hours. One that is open is simply opened.

    Refused: not_found, too_late (older, or not the newest), exists (they have said something in another one since).
    """

    site = await bell.sites.by_id(caller.site.id) or caller.site

    def work(conn: Connection) -> ChatOpened:
        now = db_now(conn)
        row = chat.queries.conversation_for_visitor(conn, data.conversation, caller.visitor, caller.frame_hash)
        if row["state"] == "closed":
            _check_newest(conn, caller, row, now)
            expert = _expert_with_a_place(conn, row, now)  # desks are held before visitors
            lock(conn, f"visitor:{caller.visitor}")
            chat.reopening.make_way(conn, row, now)
            held = chat.do.hold(conn, row["id"])
            if held["state"] == "closed":
                visit = tracker.queries.newest_visit(conn, caller.visitor)
                who = Who(kind="visitor", id=caller.visitor)
                chat.reopening.reopen(conn, held, who, expert, now, visit_id=visit.id if visit else None)
            row = chat.queries.conversation_for_visitor(conn, row["id"], caller.visitor, caller.frame_hash)
        return welcome(conn, bell, caller, site, row, now)

    opened = await bell.store.write(work)
    bell.bus.ring("conversation", opened.conversation)
    bell.bus.ring("visitor", caller.visitor)
    return opened


async def by_expert(bell: Bell, caller: ExpertCaller, data: ConversationReopen) -> Opened:
    """One that was theirs; the visitor's bells are over. Refused: not_found, forbidden (a colleague's), blocked,
    desk_full, exists (the visitor talks in another one)."""

    def work(conn: Connection) -> tuple[Opened, str, list[str]]:
        now, me, ended = db_now(conn), caller.account, list[str]()
        row = chat.queries.conversation_for_expert(conn, data.conversation, me)
        if (row["expert_id"] or row["left_id"]) != me.id:
            raise Refused("forbidden")
        if row["state"] == "closed":
            if chat.blocks.blocked(conn, [row["visitor_id"]], now):
                raise Refused("blocked")
            ended = end_bells(conn, row["site_id"], row["visitor_id"], me.id, now)
            check_room(conn, me.id)
            lock(conn, f"visitor:{row['visitor_id']}")
            chat.reopening.make_way(conn, row, now)
            held = chat.do.hold(conn, row["id"])
            if held["state"] == "closed":
                chat.reopening.reopen(conn, held, speaker(me), me.id, now)
        return present.opened(conn, row["id"]), row["visitor_id"], ended

    opened, visitor, ended = await bell.store.write(work)
    bell.bus.ring("conversation", opened.conversation)
    bell.bus.ring("visitor", visitor)
    bell.timers.announce(ended)
    return opened


def _check_newest(conn: Connection, caller: VisitorCaller, row: RowMapping, now: Ms) -> None:
    newest = chat.reopening.newest_closed(conn, caller.visitor, caller.frame_hash, now)
    if newest is not None and newest["id"] == row["id"]:
        return
    meanwhile = chat.queries.row(conn, row["id"])  # the other side may just have taken it up
    if meanwhile is None or meanwhile["state"] == "closed":
        raise Refused("too_late")


def _expert_with_a_place(conn: Connection, row: RowMapping, now: Ms) -> str | None:
    """Whose it was, if a bell could ring there now; a place of theirs is taken."""
    expert: str | None = row["expert_id"] or row["left_id"]
    crew = Crew(conn, now)
    if expert is None or not crew.look(crew.roster(row["site_id"]), [expert]):
        return None
    free = routing.reserve.reserve(conn, expert, lambda: load(conn, expert), now, wait=True)
    if free is None or free <= 0:
        return None
    routing.reserve.take(conn, expert, free, now)
    return expert


VISITOR: dict[str, Command] = {"conversation.reopen": Command(ConversationReopen, by_visitor)}
EXPERT: dict[str, Command] = {"conversation.reopen": Command(ConversationReopen, by_expert)}
