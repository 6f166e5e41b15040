"""What was said in conversations: their messages in order, what is unread, unanswered or was told there."""

from collections.abc import Collection, Sequence
from typing import Any, cast

from sqlalchemy import (
    Connection,
    RowMapping,
    and_,
    bindparam,
    func,
    literal_column,
    select,
)

from chat.tables import conversation, message
from contract.names import Ms
from store.prepared import Prepared, among

LIMIT = 100
_LAST_SEQ = 2**31 - 1
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
_AFTER = Prepared(
    select(message)
    .where(message.c.conversation_id == bindparam("conversation"), message.c.seq > bindparam("seq"))
    .order_by(message.c.seq)
    .limit(bindparam("most"))
)
_NEWEST = Prepared(
    select(message)
    .where(message.c.conversation_id == bindparam("conversation"))
    .order_by(message.c.seq.desc())
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
_LAST_WORDS = Prepared(
    select(message).where(
        among(message.c.conversation_id, "conversations"),
        message.c.seq
        == select(func.max(_SPOKEN.c.seq))
        .where(_SPOKEN.c.conversation_id == message.c.conversation_id, _SPOKEN.c.author_kind == "visitor")
        .correlate(message)
        .scalar_subquery(),
    )
)


def after(conn: Connection, conversation_id: str, seq: int, limit: int = LIMIT) -> Sequence[RowMapping]:
    """What follows `seq`, in order, at most `limit`."""
    found = _AFTER.dicts(conn, conversation=conversation_id, seq=min(seq, _LAST_SEQ), most=limit)
    return cast(Sequence[RowMapping], found)


def newest(conn: Connection, conversation_id: str, limit: int = LIMIT) -> Sequence[RowMapping]:
    """The last `limit` messages, in order."""
    found = _NEWEST.dicts(conn, conversation=conversation_id, most=limit)
    return cast(Sequence[RowMapping], found[::-1])


def asked(conn: Connection, conversation_id: str, most: int = 5) -> list[str]:
    """What the visitor wrote, oldest first: the newest few texts."""
    mine = (message.c.conversation_id == conversation_id, message.c.author_kind == "visitor", message.c.kind == "text")
    newest = select(message.c.text).where(*mine).order_by(message.c.seq.desc()).limit(most)
    return list(conn.execute(newest).scalars())[::-1]


def answered(conn: Connection, conversation_id: str) -> bool:
    """Whether an expert has said anything to what the visitor wrote there. Words that came first do not count: a
    trigger says them in an expert's name, and no person has read what is there."""
    theirs = select(func.min(message.c.seq)).where(
        message.c.conversation_id == conversation_id, message.c.author_kind == "visitor"
    )
    ours = (
        message.c.conversation_id == conversation_id,
        message.c.author_kind == "expert",
        message.c.seq > theirs.scalar_subquery(),
    )
    return conn.execute(select(message.c.seq).where(*ours).limit(1)).first() is not None


def first_since(conn: Connection, conversation_id: str, at: Ms) -> int | None:
    """The number of the first message that is not older than `at`."""
    found: int | None = _FIRST_SINCE.scalar(conn, conversation=conversation_id, at=at)
    return found


def unread_of(conn: Connection, conversation_ids: Collection[str]) -> dict[str, int]:
    """How many messages of the visitor the expert has not read, for those conversations that have any."""
    return dict(_UNREAD_OF.rows(conn, conversations=conversation_ids))


def last_words(conn: Connection, conversation_ids: Collection[str]) -> dict[str, RowMapping]:
    """The newest message of the visitor in each conversation that has one."""
    rows = cast(list[RowMapping], _LAST_WORDS.dicts(conn, conversations=conversation_ids)) if conversation_ids else []
    return {row["conversation_id"]: row for row in rows}


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


def newest_asked(conn: Connection, conversation_id: str) -> Ms | None:
    """When the visitor wrote there last."""
    mine = (message.c.conversation_id == conversation_id, message.c.author_kind == "visitor")
    found: Ms | None = conn.execute(select(func.max(message.c.at)).where(*mine)).scalar()
    return found


def asked_at(conn: Connection, conversation_id: str) -> Ms | None:
    """When the visitor wrote what has not been answered yet, the first of it."""
    found: Ms | None = _ASKED_AT.scalar(conn, conversation=conversation_id)
    return found
