"""How much an expert carries: over all channels together, counted here and nowhere else."""

from collections.abc import Collection

from sqlalchemy import Connection

import chat.desks


def loads(conn: Connection, expert_ids: Collection[str]) -> dict[str, int]:
    """How many places each of these experts has taken, for those who have any: what capacity is compared with.

    Open conversations. A telephone call takes a place too: calls are added to the counts here.
    """
    return chat.desks.loads(conn, expert_ids)


def load(conn: Connection, expert_id: str) -> int:
    """The same for one."""
    return loads(conn, [expert_id]).get(expert_id, 0)
