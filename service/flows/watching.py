"""An administrator reads along: what is said, noted and typed in a conversation comes to their desk, too.

Nobody is told, nothing is marked read. It lasts as long as their line: a desk that comes back asks again.
"""

from sqlalchemy import Connection

import chat.queries
from contract.answers import Opened
from contract.commands import ConversationWatch
from contract.errors import Refused
from service import present
from service.bell import Bell
from service.callers import ExpertCaller
from service.commands import Command


async def watch(bell: Bell, caller: ExpertCaller, data: ConversationWatch) -> Opened:
    """From now on, or no longer. Refused: not_found, forbidden (whoever is no administrator)."""

    def work(conn: Connection) -> Opened:
        row = chat.queries.conversation_for_expert(conn, data.conversation, caller.account)
        if caller.account.role != "admin":
            raise Refused("forbidden")
        return present.opened(conn, row["id"])

    opened = await bell.store.read(work)
    bell.registry.watch(caller.account.id, opened.conversation, on=data.on)
    if data.on:
        bell.bus.ring("conversation", opened.conversation)  # what was said since we looked
    return opened


EXPERT: dict[str, Command] = {"conversation.watch": Command(ConversationWatch, watch)}
