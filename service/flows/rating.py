"""The visitor says how it was: while it goes on, or after it was closed."""

from sqlalchemy import Connection

import access.queries
import chat.queries
import chat.rating
from contract.answers import Done
from contract.commands import ConversationRate
from contract.errors import Refused
from service.bell import Bell
from service.callers import VisitorCaller
from service.commands import Command
from service.flows import announce
from store.sql import db_now


async def rate(bell: Bell, caller: VisitorCaller, data: ConversationRate) -> Done:
    """Once; again within 24 hours changes it, three times at most. Refused: not_found, forbidden (the site asks for
    none), too_late, bad_text, message_too_long."""

    def work(conn: Connection) -> bool:
        row = chat.queries.conversation_for_visitor(conn, data.conversation, caller.visitor, caller.frame_hash)
        site = access.queries.site_facts(conn, row["site_id"])
        if site is None or not site.talk.ratings:
            raise Refused("forbidden")
        now = db_now(conn)
        if not chat.rating.rate(conn, row["id"], data.score, data.comment, now):
            return False
        announce.conversation_rated(conn, row, data.score, data.comment, now)
        return True

    if await bell.store.write(work):
        bell.bus.ring("conversation", data.conversation)
    return Done()


VISITOR: dict[str, Command] = {"conversation.rate": Command(ConversationRate, rate)}
