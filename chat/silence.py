"""Conversations in which nobody writes: found cheaply, told that they end, ended. The rule: `chat.ending`."""

from typing import Any

from sqlalchemy import Connection, bindparam, func, literal_column, select, update

from chat.do import add, close
from chat.ending import ends_at, what_next
from chat.message import SYSTEM
from chat.tables import conversation
from contract.clock import MINUTE, rfc3339
from contract.names import Ms
from contract.talk import Talk
from store.prepared import Prepared
from store.sql import locked

#: So many are moved in one unit of work: nobody who writes waits long for it.
MOST = 50
_SILENT = (
    conversation.c.state == literal_column("'open'"),
    conversation.c.expert_id.is_not(None),
    conversation.c.ends_at.is_(None),
)  # as the partial index says it: written out, not bound
_SINCE = Prepared(
    select(conversation.c.site_id, func.min(conversation.c.spoken_at)).where(*_SILENT).group_by(conversation.c.site_id)
)
_QUIET = Prepared(
    select(conversation.c.id)
    .where(*_SILENT, conversation.c.site_id == bindparam("site_id"), conversation.c.spoken_at <= bindparam("before"))
    .order_by(conversation.c.spoken_at)
    .limit(MOST)
)
_ENDING = Prepared(
    select(conversation.c.id, conversation.c.site_id)
    .where(conversation.c.ends_at.is_not(None), conversation.c.ends_at <= bindparam("now"))
    .order_by(conversation.c.ends_at)
    .limit(MOST)
)


def silent_since(conn: Connection) -> dict[str, Ms]:
    """Site -> since when its quietest conversation is silent, of those that somebody has and whose end was not told."""
    return {site_id: at for site_id, at in _SINCE.rows(conn) if at is not None}


def quiet(conn: Connection, site_id: str, talk: Talk, now: Ms) -> list[str]:
    """Those that should be told that they end, the quietest first, so many as one unit of work moves."""
    if not talk.idle_minutes:
        return []
    return _QUIET.scalars(conn, site_id=site_id, before=now - talk.idle_minutes * MINUTE)


def ending(conn: Connection, now: Ms) -> list[tuple[str, str]]:
    """(conversation, site) of those whose end has come."""
    return [(id_, site_id) for id_, site_id in _ENDING.rows(conn, now=now)]


def move(conn: Connection, conversation_id: str, talk: Talk, now: Ms) -> dict[str, Any] | None:
    """Say that it ends, or end it, under its lock: whoever wrote meanwhile has taken that back. Its row as it was
    before, with `over`; None where nothing was to do."""
    held = conn.execute(locked(conn, select(conversation).where(conversation.c.id == conversation_id)))
    row = held.mappings().one()
    if row["state"] != "open" or row["expert_id"] is None or row["spoken_at"] is None:
        return None
    step = what_next(row["spoken_at"], row["ends_at"], talk, now)
    if step is None:
        return None
    if step == "close":
        close(conn, conversation_id, now)
        return {**row, "over": True}
    at = ends_at(talk, now)
    data = {"name": "conversation.ending", "at": rfc3339(at)}
    words = f"Nobody has written for a while. This conversation ends in {talk.warn_minutes} min."
    add(conn, conversation_id, SYSTEM, "event", words, data, None, now)
    conn.execute(update(conversation).where(conversation.c.id == conversation_id).values(ends_at=at))
    return {**row, "over": False}
