"""How long conversations last: those that run now, and those that were over last. Bounded, whatever was ever said."""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, func, select

from chat.tables import conversation
from contract.clock import HOUR
from contract.names import Ms
from store.prepared import Prepared, among

#: One that somebody forgot to close for a night says nothing about the others.
LONGEST: Ms = 4 * HOUR

_RUNNING = Prepared(
    select(func.coalesce(conversation.c.accepted_at, conversation.c.opened_at)).where(
        among(conversation.c.expert_id, "experts"), conversation.c.state == "open"
    )
)
_OVER = Prepared(
    select(conversation.c.closed_at - conversation.c.accepted_at)
    .where(
        conversation.c.site_id == bindparam("site_id"),
        conversation.c.closed_at.is_not(None),
        conversation.c.accepted_at.is_not(None),
        conversation.c.expert_id.is_not(None),
    )
    .order_by(conversation.c.closed_at.desc())
    .limit(bindparam("most"))
)


def running(conn: Connection, expert_ids: Collection[str]) -> list[Ms]:
    """Since when each of the open conversations runs that one of these experts has."""
    return _RUNNING.scalars(conn, experts=expert_ids)


def over(conn: Connection, site_id: str, most: int) -> list[Ms]:
    """From being taken to the end, of the conversations of the site that were over last, the newest first."""
    lengths = _OVER.scalars(conn, site_id=site_id, most=most)
    return [min(max(0, length), LONGEST) for length in lengths]
