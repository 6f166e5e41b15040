"""What stands on an expert's desk: what they have, what nobody has, what is kept for them, and how full it is."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
)

from chat.queries import RESERVED, UNTOUCHED
from chat.tables import conversation, message
from contract.clock import DAY
from contract.names import Ms
from store.prepared import Prepared, among

_LOADS = Prepared(
    select(conversation.c.expert_id, func.count())
    .where(among(conversation.c.expert_id, "experts"), conversation.c.state == "open")
    .group_by(conversation.c.expert_id)
)
_RESERVED = Prepared(select(func.count()).where(conversation.c.site_id == bindparam("site_id"), RESERVED))
#: Written out, as in the partial index.
_KEPT = and_(
    conversation.c.kept_until.is_not(None),
    conversation.c.expert_id.is_(None),
    conversation.c.state == literal_column("'open'"),
)
#: The visitor has said something in it. What only the server said there asks nobody anything.
_WORDS = exists().where(message.c.conversation_id == conversation.c.id, message.c.author_kind == "visitor")
_KEPT_FOR = Prepared(
    select(conversation)
    .where(_KEPT, _WORDS, among(conversation.c.site_id, "sites"), conversation.c.kept_for == bindparam("expert"))
    .order_by(conversation.c.opened_at, conversation.c.id)
    .limit(bindparam("most"))
)
_KEPT_TOO_LONG = Prepared(
    select(conversation)
    .where(_KEPT, conversation.c.kept_until <= bindparam("now"))
    .order_by(conversation.c.opened_at, conversation.c.id)
    .limit(bindparam("most"))
)
_OPEN_OF_EXPERT = Prepared(
    select(conversation)
    .where(conversation.c.expert_id == bindparam("expert"), conversation.c.state == "open")
    .order_by(conversation.c.opened_at, conversation.c.id)
)
_UNHEARD = Prepared(
    select(
        conversation.c.id, conversation.c.site_id, conversation.c.visitor_id, conversation.c.expert_id,
        message.c.seq, message.c.kind, message.c.text, message.c.at,
    )
    .join(message, message.c.conversation_id == conversation.c.id)
    .where(
        among(conversation.c.expert_id, "experts"),
        conversation.c.state == "open",
        message.c.seq > conversation.c.expert_read_seq,
        message.c.author_kind == "visitor",
        message.c.at > bindparam("since"),
    )
    .order_by(conversation.c.id, message.c.seq)
    .limit(bindparam("most"))
)  # fmt: skip
_SPOKE_SINCE = Prepared(
    select(message.c.seq)
    .join(conversation, conversation.c.id == message.c.conversation_id)
    .where(
        conversation.c.expert_id == bindparam("expert"),
        conversation.c.state == "open",
        message.c.author_id == bindparam("expert"),
        message.c.at >= bindparam("since"),
    )
    .limit(1)
)


def desk_of(
    conn: Connection, expert_id: str, now: Ms, site_ids: Collection[str] = (), limit: int = 200
) -> Sequence[RowMapping]:
    """What stands on a desk, newest first: one's own that are open or were closed within the last 24 hours, and those
    of `site_ids` that nobody has, where the visitor wrote or somebody had to leave. At most `limit` of each: however
    many strangers write, they push nobody off whom the expert talks with. An invitation that a trigger sent by itself
    and nobody answered leaves no trace there."""
    mine = and_(
        conversation.c.expert_id == expert_id,
        or_(conversation.c.state == "open", and_(conversation.c.closed_at > now - DAY, not_(UNTOUCHED))),
    )
    rows = [*_newest_opened(conn, limit, mine), *_newest_opened(conn, limit, _nobodys(site_ids))]
    return sorted(rows, key=lambda one: (one["opened_at"], one["id"]), reverse=True)


def nobodys(conn: Connection, site_ids: Collection[str], limit: int = 200) -> list[str]:
    """The ids of those that stand on every desk of these sites, because nobody has them."""
    return [row["id"] for row in _newest_opened(conn, limit, _nobodys(site_ids))]


def _nobodys(site_ids: Collection[str]) -> ColumnElement[bool]:
    return and_(
        conversation.c.expert_id.is_(None),
        conversation.c.state == "open",
        conversation.c.site_id.in_(site_ids),
        or_(_WORDS, conversation.c.left_id.is_not(None)),
    )


def _newest_opened(conn: Connection, limit: int, where: ColumnElement[bool]) -> Sequence[RowMapping]:
    return (
        conn.execute(
            select(conversation)
            .where(where)
            .order_by(conversation.c.opened_at.desc(), conversation.c.id.desc())
            .limit(limit)
        )
        .mappings()
        .all()
    )


def loads(conn: Connection, expert_ids: Collection[str]) -> dict[str, int]:
    """How many open conversations each of these experts has, for those who have any: what capacity counts."""
    return dict(_LOADS.rows(conn, experts=expert_ids))


def load(conn: Connection, expert_id: str) -> int:
    """How many open conversations this expert has."""
    return loads(conn, [expert_id]).get(expert_id, 0)


def reserved(conn: Connection, site_id: str) -> int:
    """How many places of this site are held by invitations that triggers sent and nobody has answered."""
    return int(_RESERVED.scalar(conn, site_id=site_id))


def open_of_expert(conn: Connection, expert_id: str) -> list[dict[str, Any]]:
    """The open conversations of this expert, oldest first."""
    return _OPEN_OF_EXPERT.dicts(conn, expert=expert_id)


def spoke_since(conn: Connection, expert_id: str, at: Ms) -> bool:
    """Whether this expert has said anything since, in a conversation that is still theirs."""
    return bool(_SPOKE_SINCE.rows(conn, expert=expert_id, since=at))


def kept_for(conn: Connection, site_ids: Collection[str], expert_id: str, limit: int) -> list[dict[str, Any]]:
    """What visitors of these sites wrote while nobody was there, and what belongs to this expert; oldest first."""
    return _KEPT_FOR.dicts(conn, sites=site_ids, expert=expert_id, most=limit)


def kept_too_long(conn: Connection, now: Ms, limit: int) -> list[dict[str, Any]]:
    """The same of all sites, where whoever it belonged to has not come in time; oldest first."""
    return _KEPT_TOO_LONG.dicts(conn, now=now, most=limit)


def unheard(conn: Connection, expert_ids: Collection[str], since: Ms, limit: int) -> dict[str, dict[str, Any]]:
    """Conversation -> the newest word of its visitor that its expert, one of these, has not read."""
    if not expert_ids:
        return {}
    return {row["id"]: row for row in _UNHEARD.dicts(conn, experts=expert_ids, since=since, most=limit)}
