"""Attachments as rows: said with their message, found by whoever may read the conversation, counted.

The bytes are written before (`service.files`); what happens here is part of one unit of work.
"""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, func, insert, select

import chat.do
import chat.queries
from chat.filenames import clean_name
from chat.message import Who
from chat.sniff import Seen
from chat.tables import file
from contract.clock import DAY, HOUR, SECOND
from contract.errors import Refused
from contract.facts import AccountFacts
from contract.files import FileData
from contract.ids import UUID
from contract.names import Ms

MIB = 1024 * 1024
#: Of one conversation, in all its time; of one visitor, in 24 hours.
CONVERSATION_FILES, CONVERSATION_BYTES = 100, 300 * MIB
VISITOR_FILES, VISITOR_BYTES = 50, 150 * MIB
_RETRY_SECONDS = HOUR // SECOND


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes that lie in their place. `id`: of the file to be, and their name there. `size` in bytes."""

    id: str
    size: int
    seen: Seen


def add(
    conn: Connection, talk: RowMapping, who: Who, kept: Kept, name: str, client_id: str | None, now: Ms
) -> RowMapping:
    """Say it in the conversation `talk`: the message and the file's row, both or none. `name` is as it came.

    Raises Refused: conversation_closed, file_limit, rate_limited. Holds the conversation's row.
    """
    chat.do.hold(conn, talk["id"])
    check_room(conn, talk, who, kept.size, now)
    name = clean_name(name, kept.seen.type)
    data = FileData(
        file=kept.id,
        name=name,
        type=kept.seen.type,
        size=kept.size,
        width=kept.seen.width,
        height=kept.seen.height,
    )
    said = chat.do.add(conn, talk["id"], who, "file", name, msgspec.to_builtins(data), client_id, now)
    conn.execute(
        insert(file).values(
            id=kept.id,
            conversation_id=talk["id"],
            seq=said["seq"],
            visitor_id=talk["visitor_id"],
            author_kind=who.kind,
            name=name,
            type=kept.seen.type,
            size=kept.size,
            width=kept.seen.width,
            height=kept.seen.height,
            at=now,
        )
    )
    return said


def check_room(conn: Connection, talk: RowMapping, who: Who, size: int, now: Ms) -> None:
    """Whether so many bytes more may be sent there. Refused: file_limit (the conversation is full), rate_limited (the
    visitor has sent as much as anybody may in a day)."""
    files, taken = _sum(conn, file.c.conversation_id == talk["id"])
    if files >= CONVERSATION_FILES:
        raise Refused("file_limit", str(CONVERSATION_FILES))
    if taken + size > CONVERSATION_BYTES:
        raise Refused("file_limit", f"{CONVERSATION_BYTES // MIB} MiB")
    if who.kind == "visitor":
        today = (file.c.visitor_id == talk["visitor_id"], file.c.author_kind == "visitor", file.c.at > now - DAY)
        files, taken = _sum(conn, *today)
        if files >= VISITOR_FILES or taken + size > VISITOR_BYTES:
            raise Refused("rate_limited", retry_after=_RETRY_SECONDS)


def _sum(conn: Connection, *where: Any) -> tuple[int, int]:
    """(how many, how many bytes)."""
    found = conn.execute(select(func.count(), func.coalesce(func.sum(file.c.size), 0)).where(*where)).one()
    return int(found[0]), int(found[1])


def file_row(conn: Connection, file_id: str) -> RowMapping | None:
    """Any file, no questions asked: whether one may read it is the conversation's to say."""
    if not UUID.fullmatch(file_id):
        return None
    return conn.execute(select(file).where(file.c.id == file_id)).mappings().one_or_none()


def file_for_visitor(conn: Connection, file_id: str, visitor_id: str, frame_hash: str | None) -> RowMapping:
    """Raises Refused("not_found") unless its conversation is this visitor's, and this frame's or bound to none."""
    found = file_row(conn, file_id)
    if found is None:
        raise Refused("not_found")
    chat.queries.conversation_for_visitor(conn, found["conversation_id"], visitor_id, frame_hash)
    return found


def file_for_expert(conn: Connection, file_id: str, account: AccountFacts) -> RowMapping:
    """Raises Refused("not_found") unless its conversation is of a site of this person."""
    found = file_row(conn, file_id)
    if found is None:
        raise Refused("not_found")
    chat.queries.conversation_for_expert(conn, found["conversation_id"], account)
    return found


def known(conn: Connection, file_ids: Collection[str]) -> set[str]:
    """Those of these ids that have a row."""
    return set(conn.execute(select(file.c.id).where(file.c.id.in_(file_ids))).scalars())
