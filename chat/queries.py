"""What is read of conversations, messages and cards, and who may read it.

A visitor sees their own conversations, and of these only what is bound to this frame or to none (contract 4); an expert
sees those of their sites. What one may not see looks exactly like what does not exist.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from chat.tables import card, conversation, message
from contract.clock import DAY
from contract.errors import Refused
from contract.facts import AccountFacts
from contract.ids import UUID
from contract.names import Ms

LIMIT = 100
CARDS = 20
_LAST_SEQ = 2**31 - 1

ConversationRow = Row[Any]
MessageRow = Row[Any]
CardRow = Row[Any]


def seen_by(frame_hash: str | None) -> ColumnElement[bool]:
    """The frame rule: without a frame secret only unbound conversations, with one also those bound to it."""
    unbound = conversation.c.frame_hash.is_(None)
    return unbound if frame_hash is None else or_(unbound, conversation.c.frame_hash == frame_hash)


def conversation_row(connection: Connection, conversation_id: str) -> ConversationRow | None:
    """Any conversation, no questions asked: for our own use after access was decided."""
    if not UUID.fullmatch(conversation_id):
        return None
    return connection.execute(select(conversation).where(conversation.c.id == conversation_id)).one_or_none()


def conversation_for_visitor(
    connection: Connection, conversation_id: str, visitor_id: str, frame_hash: str | None
) -> ConversationRow:
    """Raises Refused("not_found") unless it is this visitor's and this frame's, or bound to no frame."""
    row = conversation_row(connection, conversation_id)
    if row is None or row.visitor_id != visitor_id or row.frame_hash not in (None, frame_hash):
        raise Refused("not_found")
    return row


def conversation_for_expert(connection: Connection, conversation_id: str, account: AccountFacts) -> ConversationRow:
    """Raises Refused("not_found") unless it belongs to a site of this person."""
    row = conversation_row(connection, conversation_id)
    if row is None or not account.may_see(row.site_id):
        raise Refused("not_found")
    return row


def after(connection: Connection, conversation_id: str, seq: int, limit: int = LIMIT) -> Sequence[MessageRow]:
    """What follows `seq`, in order, at most `limit`."""
    return connection.execute(
        select(message)
        .where(message.c.conversation_id == conversation_id, message.c.seq > min(seq, _LAST_SEQ))
        .order_by(message.c.seq)
        .limit(limit)
    ).all()


def newest(connection: Connection, conversation_id: str, limit: int = LIMIT) -> Sequence[MessageRow]:
    """The last `limit` messages, in order."""
    rows = connection.execute(
        select(message)
        .where(message.c.conversation_id == conversation_id)
        .order_by(message.c.seq.desc())
        .limit(limit)
    ).all()
    return rows[::-1]


def message_row(connection: Connection, conversation_id: str, seq: int) -> MessageRow:
    """One message that is known to be there."""
    return connection.execute(
        select(message).where(message.c.conversation_id == conversation_id, message.c.seq == seq)
    ).one()


def open_of_visitor(connection: Connection, visitor_id: str, frame_hash: str | None) -> ConversationRow | None:
    """The one open conversation that this connection of the visitor has: the newest it may see."""
    return connection.execute(
        select(conversation)
        .where(conversation.c.visitor_id == visitor_id, conversation.c.state == "open", seen_by(frame_hash))
        .order_by(conversation.c.opened_at.desc(), conversation.c.id.desc())
        .limit(1)
    ).one_or_none()


def open_of_visitors(connection: Connection, visitor_ids: Collection[str]) -> dict[str, ConversationRow]:
    """The newest open conversation of each visitor, whatever frame it is bound to: for the desk."""
    rows = connection.execute(
        select(conversation)
        .where(conversation.c.visitor_id.in_(visitor_ids), conversation.c.state == "open")
        .order_by(conversation.c.opened_at, conversation.c.id)
    )
    return {row.visitor_id: row for row in rows}


def conversations_of(
    connection: Connection, visitor_ids: Collection[str], limit: int = LIMIT
) -> Sequence[ConversationRow]:
    """Every conversation of these visitors, newest first: for a timeline."""
    return connection.execute(
        select(conversation)
        .where(conversation.c.visitor_id.in_(visitor_ids))
        .order_by(conversation.c.opened_at.desc(), conversation.c.id.desc())
        .limit(limit)
    ).all()


def desk_of(
    connection: Connection, expert_id: str, now: Ms, site_ids: Collection[str] = (), limit: int = 200
) -> Sequence[ConversationRow]:
    """What stands on a desk, newest first: one's own that are open or were closed within the last 24 hours, and those
    of `site_ids` that visitors wrote into and nobody has yet."""
    mine = and_(
        conversation.c.expert_id == expert_id,
        or_(conversation.c.state == "open", conversation.c.closed_at > now - DAY),
    )
    nobodys = and_(
        conversation.c.expert_id.is_(None),
        conversation.c.state == "open",
        conversation.c.last_seq > 0,
        conversation.c.site_id.in_(site_ids),
    )
    return connection.execute(
        select(conversation)
        .where(or_(mine, nobodys))
        .order_by(conversation.c.opened_at.desc(), conversation.c.id.desc())
        .limit(limit)
    ).all()


def held_by(connection: Connection, expert_ids: Collection[str]) -> dict[str, int]:
    """How many open conversations each of these experts has: what capacity counts."""
    rows = connection.execute(
        select(conversation.c.expert_id, func.count())
        .where(conversation.c.expert_id.in_(expert_ids), conversation.c.state == "open")
        .group_by(conversation.c.expert_id)
    )
    held = {expert_id: int(number) for expert_id, number in rows}
    return {expert_id: held.get(expert_id, 0) for expert_id in expert_ids}


def unread_of(connection: Connection, conversation_ids: Collection[str]) -> dict[str, int]:
    """How many messages of the visitor the expert has not read, for those conversations that have any."""
    rows = connection.execute(
        select(message.c.conversation_id, func.count())
        .join(conversation, conversation.c.id == message.c.conversation_id)
        .where(
            message.c.conversation_id.in_(conversation_ids),
            message.c.seq > conversation.c.expert_read_seq,
            message.c.author_kind == "visitor",
        )
        .group_by(message.c.conversation_id)
    )
    return {conversation_id: int(number) for conversation_id, number in rows}


def last_messages(connection: Connection, conversation_ids: Collection[str]) -> dict[str, MessageRow]:
    """The newest message of each conversation that has one."""
    rows = connection.execute(
        select(message)
        .join(
            conversation,
            and_(conversation.c.id == message.c.conversation_id, conversation.c.last_seq == message.c.seq),
        )
        .where(message.c.conversation_id.in_(conversation_ids))
    )
    return {row.conversation_id: row for row in rows}


def invitation(connection: Connection, conversation_id: str) -> MessageRow | None:
    """The first words an expert said there: what a quiet bubble shows."""
    return connection.execute(
        select(message)
        .where(
            message.c.conversation_id == conversation_id,
            message.c.author_kind == "expert",
            message.c.kind == "text",
        )
        .order_by(message.c.seq.desc())
        .limit(1)
    ).one_or_none()


def last_expert_of_visitors(connection: Connection, visitor_ids: Collection[str]) -> dict[str, tuple[str, Ms]]:
    """Who last took a conversation with each visitor, and when."""
    rows = connection.execute(
        select(conversation.c.visitor_id, conversation.c.expert_id, conversation.c.accepted_at)
        .where(
            conversation.c.visitor_id.in_(visitor_ids),
            conversation.c.expert_id.is_not(None),
            conversation.c.accepted_at.is_not(None),
        )
        .order_by(conversation.c.accepted_at)
    )
    return {visitor_id: (expert_id, accepted_at) for visitor_id, expert_id, accepted_at in rows}


def last_contact_of(connection: Connection, visitor_ids: Collection[str]) -> dict[str, Ms]:
    """When something was last said with each of these visitors, by either side."""
    rows = connection.execute(
        select(conversation.c.visitor_id, func.max(message.c.at))
        .join(
            message,
            and_(message.c.conversation_id == conversation.c.id, message.c.seq == conversation.c.last_seq),
        )
        .where(conversation.c.visitor_id.in_(visitor_ids))
        .group_by(conversation.c.visitor_id)
    )
    return {visitor_id: int(at) for visitor_id, at in rows}


def cards_of_visitor(connection: Connection, visitor_id: str, frame_hash: str | None) -> Sequence[CardRow]:
    """What stands on this visitor's page now, oldest first; a card of a bound conversation only for its frame."""
    rows = connection.execute(
        select(card)
        .outerjoin(conversation, conversation.c.id == card.c.conversation_id)
        .where(card.c.visitor_id == visitor_id, card.c.over_at.is_(None), seen_by(frame_hash))
        .order_by(card.c.at.desc(), card.c.id.desc())
        .limit(CARDS)
    ).all()
    return rows[::-1]


def card_row(connection: Connection, card_id: str) -> CardRow | None:
    """One card, by its id."""
    if not UUID.fullmatch(card_id):
        return None
    return connection.execute(select(card).where(card.c.id == card_id)).one_or_none()


def any_due(connection: Connection, now: Ms) -> bool:
    """True if a taken conversation waits for a visitor whose time ran out (`chat.do.close_absent`)."""
    due = select(conversation.c.id).where(conversation.c.due_at <= now, conversation.c.state == "open").limit(1)
    return connection.execute(due).first() is not None
