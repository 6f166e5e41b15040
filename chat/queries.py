"""What is read of conversations, and who may read it.

A visitor sees their own conversations, and of these only what is bound to this frame or to none (contract 4); an expert
sees those of their sites. What one may not see looks exactly like what does not exist.
"""

from collections.abc import Collection, Sequence
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    case,
    or_,
    select,
)

from chat.tables import conversation, message
from contract.errors import Refused
from contract.facts import AccountFacts
from contract.ids import UUID
from contract.names import Ms
from store.prepared import Prepared, among

MANY = 500


#: A trigger invited by itself, and holds a place until the visitor says a word or the time is over.
RESERVED = and_(conversation.c.trigger_id.is_not(None), conversation.c.due_at.is_not(None))
#: The same, or its time was over before the visitor said a word.
UNTOUCHED = and_(
    conversation.c.trigger_id.is_not(None),
    or_(
        conversation.c.due_at.is_not(None),
        conversation.c.visitor_at.is_(None),
        conversation.c.visitor_at < conversation.c.accepted_at,
    ),
)
_FIRM = case((conversation.c.expert_id.is_not(None), 0), (conversation.c.frame_hash.is_not(None), 1), else_=2)
_OPEN_OF = Prepared(
    select(conversation)
    .where(among(conversation.c.visitor_id, "visitors"), conversation.c.state == "open")
    .order_by(_FIRM.desc(), conversation.c.opened_at, conversation.c.id)
)
_ROW = Prepared(select(conversation).where(conversation.c.id == bindparam("id")))
_ROWS = Prepared(select(conversation).where(among(conversation.c.id, "ids")))
_NEWEST = [column.label(f"newest_{column.name}") for column in message.c]
_STANDING = Prepared(
    select(conversation, *_NEWEST)
    .outerjoin(message, and_(message.c.conversation_id == conversation.c.id, message.c.seq == conversation.c.last_seq))
    .where(among(conversation.c.id, "ids"))
)


def seen_by(frame_hash: str | None) -> ColumnElement[bool]:
    """The frame rule: without a frame secret only unbound conversations, with one also those bound to it."""
    unbound = conversation.c.frame_hash.is_(None)
    return unbound if frame_hash is None else or_(unbound, conversation.c.frame_hash == frame_hash)


def row(conn: Connection, conversation_id: str) -> RowMapping | None:
    """Any conversation, no questions asked: for our own use after access was decided."""
    if not UUID.fullmatch(conversation_id):
        return None
    return cast(RowMapping | None, _ROW.first(conn, id=conversation_id))


def rows(conn: Connection, conversation_ids: Collection[str]) -> list[RowMapping]:
    """Several of them, those that there are."""
    ids = [one for one in conversation_ids if UUID.fullmatch(one)]
    return cast(list[RowMapping], _ROWS.dicts(conn, ids=ids)) if ids else []


def standing(conn: Connection, conversation_ids: Collection[str]) -> list[tuple[RowMapping, RowMapping | None]]:
    """The same, each with its newest message, None where nothing was said: of one state, for one way to the base."""
    ids, own = [one for one in conversation_ids if UUID.fullmatch(one)], len(conversation.c)
    found = []
    for values in _STANDING.rows(conn, ids=ids) if ids else ():
        row, newest = values[:own], values[own:]
        said = None if newest[0] is None else dict(zip(message.c.keys(), newest, strict=True))
        found.append((dict(zip(conversation.c.keys(), row, strict=True)), said))
    return cast(list[tuple[RowMapping, RowMapping | None]], found)


def conversation_for_visitor(
    conn: Connection, conversation_id: str, visitor_id: str, frame_hash: str | None
) -> RowMapping:
    """Raises Refused("not_found") unless it is this visitor's and this frame's, or bound to no frame."""
    found = row(conn, conversation_id)
    if found is None or found["visitor_id"] != visitor_id or found["frame_hash"] not in (None, frame_hash):
        raise Refused("not_found")
    return found


def conversation_for_expert(conn: Connection, conversation_id: str, account: AccountFacts) -> RowMapping:
    """Raises Refused("not_found") unless it belongs to a site of this person."""
    found = row(conn, conversation_id)
    if found is None or not account.may_see(found["site_id"]):
        raise Refused("not_found")
    return found


def open_for(conn: Connection, visitor_id: str, frame_hash: str | None) -> RowMapping | None:
    """The one open conversation that this connection of the visitor has: one that an expert has taken, else its own.

    Whoever has the visitor key can open another one, newer and unbound; that must not hide the talk of the frame.
    """
    rank = case((conversation.c.expert_id.is_not(None), 0), (conversation.c.frame_hash == frame_hash, 1), else_=2)
    return _newest_open(conn, visitor_id, seen_by(frame_hash), rank=rank)


def open_of_each(conn: Connection, visitor_ids: Collection[str]) -> dict[str, list[RowMapping]]:
    """All open conversations of each of these visitors, for those who have any. `open_among` chooses of them."""
    found: dict[str, list[RowMapping]] = {}
    for row in cast(list[RowMapping], _OPEN_OF.dicts(conn, visitors=visitor_ids)):
        found.setdefault(row["visitor_id"], []).append(row)
    return found


def open_among(rows: Collection[RowMapping], frame_hash: str | None) -> RowMapping | None:
    """As `open_for`, of all that one visitor has open."""
    seen = [row for row in rows if row["frame_hash"] in (None, frame_hash)]

    def before(row: RowMapping) -> tuple[int, Ms, str]:
        rank = 2 if row["expert_id"] is not None else 1 if row["frame_hash"] is not None else 0
        return rank, row["opened_at"], row["id"]

    return max(seen, key=before, default=None)


def open_of_visitor(conn: Connection, visitor_id: str) -> RowMapping | None:
    """The visitor's open conversation, whatever frame it is bound to: for the other side of the counter.

    Of several: one that an expert has, else one that a frame holds (a program that knows the key alone cannot put its
    own in front of it), else the newest.
    """
    return _newest_open(conn, visitor_id, rank=_FIRM)


def frames_served(conn: Connection, visitor_id: str) -> set[str]:
    """The frames in which somebody has served this visitor. That a conversation was only opened says nothing."""
    bound = select(conversation.c.frame_hash).where(
        conversation.c.visitor_id == visitor_id,
        conversation.c.frame_hash.is_not(None),
        or_(conversation.c.expert_id.is_not(None), conversation.c.left_id.is_not(None)),
    )
    return set(conn.execute(bound.distinct().limit(MANY)).scalars())


def _newest_open(
    conn: Connection, visitor_id: str, *where: ColumnElement[bool], rank: ColumnElement[int] | None = None
) -> RowMapping | None:
    return (
        conn.execute(
            select(conversation)
            .where(conversation.c.visitor_id == visitor_id, conversation.c.state == "open", *where)
            .order_by(*([] if rank is None else [rank]), conversation.c.opened_at.desc(), conversation.c.id.desc())
            .limit(1)
        )
        .mappings()
        .one_or_none()
    )


def open_of_visitors(conn: Connection, visitor_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """`open_of_visitor` for many at once; those without one are left out."""
    return {one["visitor_id"]: one for one in _OPEN_OF.dicts(conn, visitors=visitor_ids)}


def open_here(conn: Connection, visitor_ids: Sequence[str], expert_ids: Sequence[str]) -> set[str]:
    """The open conversations in which any of these people is; they may be many."""
    found: set[str] = set()
    for column, ids in ((conversation.c.visitor_id, visitor_ids), (conversation.c.expert_id, expert_ids)):
        for start in range(0, len(ids), MANY):
            some = column.in_(ids[start : start + MANY])
            found.update(conn.execute(select(conversation.c.id).where(some, conversation.c.state == "open")).scalars())
    return found
