"""What was taken, and where the visitor never appeared, ends by itself: its place is free again."""

import msgspec
from sqlalchemy import Connection

import chat.do
from contract.names import Ms
from service.flows import announce
from service.flows.ended import held_to_end
from service.flows.reachable import conversation_over


class Freed(msgspec.Struct):
    """`conversations` that ended; `experts` who have a place again."""

    conversations: list[str] = msgspec.field(default_factory=list)
    experts: list[str] = msgspec.field(default_factory=list)


def free(conn: Connection, now: Ms) -> Freed:
    """End those whose time is over, if that is still so once they are held. A part of `ended.ending`."""
    freed = Freed()
    for row in held_to_end(conn, chat.do.unvisited(conn, now)):
        if row["due_at"] is None or row["due_at"] > now or not chat.do.close(conn, row["id"], now):
            continue
        announce.conversation_closed(conn, row, None, now)
        freed.conversations.append(row["id"])
        if row["expert_id"] is None:
            continue
        freed.experts.append(row["expert_id"])
        if row["trigger_id"] is None:  # nobody answered an invitation: nothing to rest from
            conversation_over(conn, row["expert_id"], now)
    return freed
