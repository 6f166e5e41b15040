"""Who has served a visitor before, and who has their conversation now."""

from collections.abc import Collection

import msgspec
from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    func,
    not_,
    or_,
    select,
)

from chat.queries import UNTOUCHED
from chat.tables import conversation, message
from contract.names import Ms
from store.prepared import Prepared, among

_SERVED = Prepared(
    select(
        conversation.c.visitor_id,
        conversation.c.expert_id,
        conversation.c.left_id,
        conversation.c.accepted_at,
        conversation.c.state,
        conversation.c.visitor_at,
        conversation.c.due_at,
    )
    .where(
        among(conversation.c.visitor_id, "visitors"),
        or_(conversation.c.expert_id.is_not(None), conversation.c.left_id.is_not(None)),
        or_(conversation.c.state == "open", not_(UNTOUCHED)),
    )
    .order_by(conversation.c.accepted_at)
)
_ENDED = Prepared(
    select(conversation.c.id)
    .where(
        conversation.c.visitor_id == bindparam("visitor"),
        conversation.c.state == "closed",
        conversation.c.expert_id.is_not(None),
        conversation.c.closed_at >= bindparam("since"),
    )
    .limit(1)
)
_LAST_CONTACT = Prepared(
    select(conversation.c.visitor_id, func.max(message.c.at))
    .join(
        message,
        and_(message.c.conversation_id == conversation.c.id, message.c.seq == conversation.c.last_seq),
    )
    .where(among(conversation.c.visitor_id, "visitors"))
    .group_by(conversation.c.visitor_id)
)


class Served(msgspec.Struct, frozen=True):
    """Who took a conversation with a visitor: the last one and when, and whether somebody has one open now.

    Whom a trigger made invite, and who got no answer, has served nobody. `holder`: who has the open one; `there_at`:
    when the visitor was seen in it last; `awaited`: they have not come into it yet.
    """

    expert: str | None = None
    at: Ms | None = None
    talking: bool = False
    holder: str | None = None
    there_at: Ms = 0
    awaited: bool = False


NOBODY = Served()


def served(conn: Connection, visitor_ids: Collection[str]) -> dict[str, Served]:
    """Visitor -> who took a conversation with them, for those with whom anybody ever did."""
    found: dict[str, Served] = {}
    for visitor_id, expert_id, left_id, accepted_at, state, there_at, due_at in _SERVED.rows(
        conn, visitors=visitor_ids
    ):
        before = found.get(visitor_id, NOBODY)
        mine = state == "open" and expert_id is not None
        found[visitor_id] = Served(
            expert=before.expert if accepted_at is None else expert_id or left_id,
            at=before.at if accepted_at is None else accepted_at,
            talking=before.talking or mine,
            holder=expert_id if mine else before.holder,
            there_at=max(before.there_at, there_at or 0) if mine else before.there_at,
            awaited=before.awaited or (mine and due_at is not None),
        )
    return found


def ended_since(conn: Connection, visitor_id: str, at: Ms) -> bool:
    """Whether a conversation of this visitor with an expert ended since then, an unanswered invitation included."""
    return bool(_ENDED.rows(conn, visitor=visitor_id, since=at))


def last_contact_of(conn: Connection, visitor_ids: Collection[str]) -> dict[str, Ms]:
    """When something was last said with each of these visitors, by either side."""
    return dict(_LAST_CONTACT.rows(conn, visitors=visitor_ids))
