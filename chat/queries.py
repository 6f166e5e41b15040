"""What is read of conversations, messages and cards, and who may read it.

A visitor sees their own conversations, and of these only what is bound to this frame or to none (contract 4); an expert
sees those of their sites. What one may not see looks exactly like what does not exist.
"""

from collections.abc import Collection, Sequence
from typing import Any, cast

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    not_,
    or_,
    select,
)

from chat.tables import card, conversation, message
from contract.clock import DAY
from contract.errors import Refused
from contract.facts import AccountFacts
from contract.ids import UUID
from contract.names import Ms
from store.prepared import Prepared, among

LIMIT = 100
CARDS = 20
MANY = 500
_LAST_SEQ = 2**31 - 1


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
_LOADS = Prepared(
    select(conversation.c.expert_id, func.count())
    .where(among(conversation.c.expert_id, "experts"), conversation.c.state == "open")
    .group_by(conversation.c.expert_id)
)
_RESERVED = Prepared(select(func.count()).where(conversation.c.site_id == bindparam("site_id"), RESERVED))
_EVENTS = Prepared(
    select(message.c.data, message.c.at)
    .where(
        among(message.c.conversation_id, "conversations"),
        message.c.author_kind == "system",
        message.c.kind == "event",
        message.c.at >= bindparam("since"),
    )
    .order_by(message.c.at, message.c.seq)
)
_HAPPENED = Prepared(
    select(message.c.conversation_id, message.c.data)
    .where(
        among(message.c.conversation_id, "conversations"), message.c.author_kind == "system", message.c.kind == "event"
    )
    .order_by(message.c.conversation_id, message.c.seq)
)
_QUOTED = Prepared(
    select(message.c.data).where(
        message.c.conversation_id == bindparam("conversation"), message.c.kind == literal_column("'articles'")
    )
)
#: Written out, as in the partial index.
_KEPT = and_(
    conversation.c.kept_until.is_not(None),
    conversation.c.expert_id.is_(None),
    conversation.c.state == literal_column("'open'"),
)
_KEPT_FOR = Prepared(
    select(conversation)
    .where(_KEPT, among(conversation.c.site_id, "sites"), conversation.c.kept_for == bindparam("expert"))
    .order_by(conversation.c.opened_at, conversation.c.id)
    .limit(bindparam("most"))
)
_KEPT_TOO_LONG = Prepared(
    select(conversation)
    .where(_KEPT, conversation.c.kept_until <= bindparam("now"))
    .order_by(conversation.c.opened_at, conversation.c.id)
    .limit(bindparam("most"))
)
_SPOKEN = message.alias()
_ASKED_AT = Prepared(
    select(func.min(message.c.at)).where(
        message.c.conversation_id == bindparam("conversation"),
        message.c.author_kind == "visitor",
        message.c.seq
        > select(func.coalesce(func.max(_SPOKEN.c.seq), 0))
        .where(_SPOKEN.c.conversation_id == bindparam("conversation"), _SPOKEN.c.author_kind == "expert")
        .scalar_subquery(),
    )
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
_BY_ITSELF = Prepared(
    select(card.c.data).where(
        card.c.visitor_id == bindparam("visitor"), card.c.over_at.is_(None), card.c.expert_id.is_(None)
    )
)
_ROW = Prepared(select(conversation).where(conversation.c.id == bindparam("id")))
_ROWS = Prepared(select(conversation).where(among(conversation.c.id, "ids")))
_AFTER = Prepared(
    select(message)
    .where(message.c.conversation_id == bindparam("conversation"), message.c.seq > bindparam("seq"))
    .order_by(message.c.seq)
    .limit(bindparam("most"))
)
_FIRST_SINCE = Prepared(
    select(func.min(message.c.seq)).where(
        message.c.conversation_id == bindparam("conversation"), message.c.at >= bindparam("at")
    )
)
_UNREAD_OF = Prepared(
    select(message.c.conversation_id, func.count())
    .join(conversation, conversation.c.id == message.c.conversation_id)
    .where(
        among(message.c.conversation_id, "conversations"),
        message.c.seq > conversation.c.expert_read_seq,
        message.c.author_kind == "visitor",
    )
    .group_by(message.c.conversation_id)
)
_LAST_OF = Prepared(
    select(message)
    .join(conversation, and_(conversation.c.id == message.c.conversation_id, conversation.c.last_seq == message.c.seq))
    .where(among(message.c.conversation_id, "conversations"))
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


def after(conn: Connection, conversation_id: str, seq: int, limit: int = LIMIT) -> Sequence[RowMapping]:
    """What follows `seq`, in order, at most `limit`."""
    found = _AFTER.dicts(conn, conversation=conversation_id, seq=min(seq, _LAST_SEQ), most=limit)
    return cast(Sequence[RowMapping], found)


def newest(conn: Connection, conversation_id: str, limit: int = LIMIT) -> Sequence[RowMapping]:
    """The last `limit` messages, in order."""
    rows = (
        conn.execute(
            select(message)
            .where(message.c.conversation_id == conversation_id)
            .order_by(message.c.seq.desc())
            .limit(limit)
        )
        .mappings()
        .all()
    )
    return rows[::-1]


def asked(conn: Connection, conversation_id: str, most: int = 5) -> list[str]:
    """What the visitor wrote, oldest first: the newest few texts."""
    mine = (message.c.conversation_id == conversation_id, message.c.author_kind == "visitor", message.c.kind == "text")
    newest = select(message.c.text).where(*mine).order_by(message.c.seq.desc()).limit(most)
    return list(conn.execute(newest).scalars())[::-1]


def answered(conn: Connection, conversation_id: str) -> bool:
    """Whether an expert has said anything there."""
    theirs = (message.c.conversation_id == conversation_id, message.c.author_kind == "expert")
    return conn.execute(select(message.c.seq).where(*theirs).limit(1)).first() is not None


def first_since(conn: Connection, conversation_id: str, at: Ms) -> int | None:
    """The number of the first message that is not older than `at`."""
    found: int | None = _FIRST_SINCE.scalar(conn, conversation=conversation_id, at=at)
    return found


def open_for(conn: Connection, visitor_id: str, frame_hash: str | None) -> RowMapping | None:
    """The one open conversation that this connection of the visitor has: one that an expert has taken, else its own.

    Whoever has the visitor key can open another one, newer and unbound; that must not hide the talk of the frame.
    """
    rank = case((conversation.c.expert_id.is_not(None), 0), (conversation.c.frame_hash == frame_hash, 1), else_=2)
    return _newest_open(conn, visitor_id, seen_by(frame_hash), rank=rank)


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


def desk_of(
    conn: Connection, expert_id: str, now: Ms, site_ids: Collection[str] = (), limit: int = 200
) -> Sequence[RowMapping]:
    """What stands on a desk, newest first: one's own that are open or were closed within the last 24 hours, and those
    of `site_ids` that visitors wrote into and nobody has yet. At most `limit` of each: however many strangers write,
    they push nobody off whom the expert talks with. An invitation that a trigger sent by itself and nobody answered
    leaves no trace there."""
    mine = and_(
        conversation.c.expert_id == expert_id,
        or_(conversation.c.state == "open", and_(conversation.c.closed_at > now - DAY, not_(UNTOUCHED))),
    )
    nobodys = and_(
        conversation.c.expert_id.is_(None),
        conversation.c.state == "open",
        conversation.c.last_seq > 0,
        conversation.c.site_id.in_(site_ids),
    )
    rows = [*_newest_opened(conn, limit, mine), *_newest_opened(conn, limit, nobodys)]
    return sorted(rows, key=lambda one: (one["opened_at"], one["id"]), reverse=True)


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


def unread_of(conn: Connection, conversation_ids: Collection[str]) -> dict[str, int]:
    """How many messages of the visitor the expert has not read, for those conversations that have any."""
    return dict(_UNREAD_OF.rows(conn, conversations=conversation_ids))


def last_messages(conn: Connection, conversation_ids: Collection[str]) -> dict[str, RowMapping]:
    """The newest message of each conversation that has one."""
    rows = cast(list[RowMapping], _LAST_OF.dicts(conn, conversations=conversation_ids))
    return {row["conversation_id"]: row for row in rows}


def invitation(conn: Connection, conversation_id: str) -> RowMapping | None:
    """The first words an expert said there: what a quiet bubble shows."""
    return (
        conn.execute(
            select(message)
            .where(
                message.c.conversation_id == conversation_id,
                message.c.author_kind == "expert",
                message.c.kind == "text",
            )
            .order_by(message.c.seq.desc())
            .limit(1)
        )
        .mappings()
        .one_or_none()
    )


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


def events_since(conn: Connection, conversation_ids: Collection[str], since: Ms) -> list[tuple[dict[str, Any], Ms]]:
    """(data, when) of what happened in these conversations since then, the oldest first."""
    return [(data, at) for data, at in _EVENTS.rows(conn, conversations=conversation_ids, since=since) if data]


def last_word(conn: Connection, conversation_ids: Collection[str]) -> set[str]:
    """Those of these conversations in which it was said that nobody is free, and no expert has joined since."""
    found: set[str] = set()
    for id_, data in _HAPPENED.rows(conn, conversations=conversation_ids):
        name = str((data or {}).get("name", ""))
        if name.startswith("nobody.") or name == "night.slots":
            found.add(id_)
        elif name == "expert.joined":
            found.discard(id_)
    return found


def happened(conn: Connection, conversation_id: str, name: str) -> bool:
    """Whether this was ever told there."""
    return any((data or {}).get("name") == name for _, data in _HAPPENED.rows(conn, conversations=[conversation_id]))


def quoted(conn: Connection, conversation_id: str) -> set[tuple[str, str]]:
    """(article, words of it) that were given as an answer there."""
    given = _QUOTED.scalars(conn, conversation=conversation_id)
    return {(one["id"], one["quote"]) for data in given for one in data["articles"]}


def kept_for(conn: Connection, site_ids: Collection[str], expert_id: str, limit: int) -> list[dict[str, Any]]:
    """What visitors of these sites wrote while nobody was there, and what belongs to this expert; oldest first."""
    return _KEPT_FOR.dicts(conn, sites=site_ids, expert=expert_id, most=limit)


def kept_too_long(conn: Connection, now: Ms, limit: int) -> list[dict[str, Any]]:
    """The same of all sites, where whoever it belonged to has not come in time; oldest first."""
    return _KEPT_TOO_LONG.dicts(conn, now=now, most=limit)


def asked_at(conn: Connection, conversation_id: str) -> Ms | None:
    """When the visitor wrote what has not been answered yet, the first of it."""
    found: Ms | None = _ASKED_AT.scalar(conn, conversation=conversation_id)
    return found


def cards_of_visitor(conn: Connection, visitor_id: str, now: Ms) -> list[RowMapping]:
    """What stands on this visitor's page now, oldest first; an offer only until it expires.

    The frame rule is the caller's: a card of a bound conversation is for its frame alone.
    """
    rows = conn.execute(
        select(card)
        .where(card.c.visitor_id == visitor_id, card.c.over_at.is_(None))
        .order_by(card.c.at.desc(), card.c.id.desc())
        .limit(CARDS)
    ).mappings()
    return [one for one in rows if _stands(one["data"], now)][::-1]


def stands_by_itself(conn: Connection, visitor_id: str, now: Ms) -> bool:
    """Whether a card that no expert showed stands on this visitor's page."""
    return any(_stands(data, now) for data in _BY_ITSELF.scalars(conn, visitor=visitor_id))


def _stands(data: dict[str, Any], now: Ms) -> bool:
    until: Ms | None = data.get("expires_at")
    return until is None or now < until


def card_row(conn: Connection, card_id: str) -> RowMapping | None:
    """One card, by its id."""
    if not UUID.fullmatch(card_id):
        return None
    return conn.execute(select(card).where(card.c.id == card_id)).mappings().one_or_none()


def unheard(conn: Connection, expert_ids: Collection[str], since: Ms, limit: int) -> dict[str, dict[str, Any]]:
    """Conversation -> the newest word of its visitor that its expert, one of these, has not read."""
    if not expert_ids:
        return {}
    return {row["id"]: row for row in _UNHEARD.dicts(conn, experts=expert_ids, since=since, most=limit)}
