"""A file is said in a conversation: its bytes first (`service.files`), then message and row in one unit of work.

The bytes of what was refused afterwards are removed at once. Where nobody can say whether the unit of work was
committed (the base went away in between) they are left to the sweep: a row without bytes would be worse.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

import msgspec
import structlog
from sqlalchemy import Connection, RowMapping

import chat.files
import chat.queries
from chat.files import Kept
from chat.message import Who
from contract.clock import DAY, HOUR, SECOND
from contract.errors import Refused
from contract.shapes import Message
from service import present
from service.bell import Bell
from service.callers import ExpertCaller, VisitorCaller
from service.files import Sender, disk_now, megabytes
from service.flows import announce
from service.flows.once import before, once
from service.flows.places import speaker, writable
from service.flows.ringing import ring_for_question
from store.sql import db_now

COMMAND = "file.send"
#: From the first byte to the last: a minute, and a second more for each so many bytes that may come.
UPLOAD_SECONDS, UPLOAD_BYTES = 60, 16 * 1024
_FIRST_SWEEP, _SWEEP_EVERY = HOUR // SECOND, DAY // SECOND
log = structlog.get_logger()


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent: `name` as it came, `size` as it was said (None: not said), `parts` the bytes themselves."""

    conversation: str
    client_id: str
    name: str
    size: int | None
    parts: AsyncIterator[bytes]


class _Said(msgspec.Struct):
    """`visitor`: to whom an expert spoke; `alerts`: bells that were raised, or are over."""

    message: Message
    fresh: bool
    visitor: str = ""
    alerts: list[str] = []


async def visitor_sends(bell: Bell, caller: VisitorCaller, incoming: Incoming) -> Message:
    """What nobody has taken yet rings the bell: somebody is asking. Refused also: blocked."""
    await bell.blocks.check(caller.visitor)
    who = Who(kind="visitor", id=caller.visitor)

    def place(conn: Connection) -> RowMapping:
        return chat.queries.conversation_for_visitor(conn, incoming.conversation, caller.visitor, caller.frame_hash)

    def work(kept: Kept, conn: Connection) -> _Said:
        now = db_now(conn)
        alerts: list[str] = []

        def say() -> Message:
            talk = place(conn)
            said = chat.files.add(conn, talk, who, kept, incoming.name, incoming.client_id, now)
            announce.message_added(conn, talk["site_id"], said)
            if talk["expert_id"] is None:
                alerts.extend(
                    ring_for_question(conn, caller.site, caller.visitor, talk["id"], said["seq"], bell.learned)
                )
            return present.message(said)

        said, fresh = once(conn, caller, COMMAND, incoming.client_id, now, Message, say)
        return _Said(said, fresh, alerts=alerts)

    known, served = await bell.store.read(partial(_asked, caller, incoming, who, bell.settings.file_limit, place))
    if known is None:
        bell.limits.file(caller, incoming.size or bell.settings.file_limit)
    sender = Sender("served" if served else "stranger", bell.limits.share(caller.network))
    return await _take(bell, incoming, caller.network, known, work, sender)


async def expert_sends(bell: Bell, caller: ExpertCaller, incoming: Incoming) -> Message:
    """As writing does, it takes a conversation that is nobody's."""
    who = speaker(caller.account)

    def place(conn: Connection) -> RowMapping:
        row = chat.queries.conversation_for_expert(conn, incoming.conversation, caller.account)
        if row["expert_id"] not in (None, caller.account.id):
            raise Refused("forbidden")
        return row

    def work(kept: Kept, conn: Connection) -> _Said:
        now = db_now(conn)
        visitor, alerts = "", list[str]()

        def say() -> Message:
            nonlocal visitor
            talk, ended = writable(conn, caller.account, incoming.conversation, now)
            alerts.extend(ended)
            visitor = talk["visitor_id"]
            said = chat.files.add(conn, talk, who, kept, incoming.name, incoming.client_id, now)
            announce.message_added(conn, talk["site_id"], said)
            return present.message(said)

        said, fresh = once(conn, caller, COMMAND, incoming.client_id, now, Message, say)
        return _Said(said, fresh, visitor, alerts=alerts)

    known, _ = await bell.store.read(partial(_asked, caller, incoming, who, bell.settings.file_limit, place))
    return await _take(bell, incoming, caller.account.id, known, work, Sender("expert"))


async def sweep_files(bell: Bell) -> None:
    """An hour after the start, and then each day: bytes that a sudden death left without a row."""
    await asyncio.sleep(_FIRST_SWEEP)
    while True:
        await sweep_once(bell)
        await asyncio.sleep(_SWEEP_EVERY)


async def sweep_once(bell: Bell) -> int:
    """How many were removed. A base that is away, or a disk, is asked again tomorrow."""

    async def known(ids: list[str]) -> set[str]:
        return await bell.store.read(lambda conn: chat.files.known(conn, ids))

    try:
        gone = await bell.files.sweep(known, disk_now())
    except (Refused, OSError) as error:
        log.warning("files.not_swept", error=repr(error))
        return 0
    if gone:
        log.info("files.swept", gone=gone)
    return gone


def _asked(
    caller: VisitorCaller | ExpertCaller,
    incoming: Incoming,
    who: Who,
    limit: int,
    place: Callable[[Connection], RowMapping],
    conn: Connection,
) -> tuple[Message | None, bool]:
    """What was answered to the same id before, and whether a person of the house has the conversation. Otherwise all
    that can be refused before the bytes come is."""
    talk = place(conn)
    # What a trigger said in somebody's name nobody has taken.
    served = talk["expert_id"] is not None and (talk["trigger_id"] is None or talk["due_at"] is None)
    if (known := before(conn, caller, COMMAND, incoming.client_id, Message)) is not None:
        return known, served
    if isinstance(caller, VisitorCaller) and not caller.site.talk.files:
        raise Refused("forbidden", "files")
    if talk["state"] == "closed":
        raise Refused("conversation_closed")
    if incoming.size is not None and incoming.size > limit:
        raise Refused("file_too_large", megabytes(limit))
    chat.files.check_room(conn, talk, who, incoming.size or 1, db_now(conn))
    return None, served


async def _take(
    bell: Bell,
    incoming: Incoming,
    sender: str,
    known: Message | None,
    work: Callable[[Kept, Connection], _Said],
    by: Sender,
) -> Message:
    limit = bell.settings.file_limit
    try:
        with bell.limits.uploading(sender):
            async with asyncio.timeout(UPLOAD_SECONDS + limit / UPLOAD_BYTES):
                if known is not None:
                    # Who did not hear our answer sends all of it again, and would not hear one in the middle of it.
                    await _let_pass(incoming.parts, limit)
                    bell.bus.ring("conversation", incoming.conversation)  # nor may anybody else have heard of it
                    return known
                kept = await bell.files.take(incoming.parts, limit, by)
    except TimeoutError as error:
        raise Refused("malformed", "too slow") from error
    try:
        said = await bell.store.write(partial(work, kept))
    except Refused as refused:
        if refused.code != "unavailable":
            await bell.files.drop([kept.id])
        raise
    if not said.fresh:
        await bell.files.drop([kept.id])
    bell.bus.ring("conversation", incoming.conversation)
    if said.visitor:
        bell.bus.ring("visitor", said.visitor)
    bell.timers.announce(said.alerts)
    return said.message


async def _let_pass(parts: AsyncIterator[bytes], limit: int) -> None:
    size = 0
    async for part in parts:
        size += len(part)
        if size > limit:
            raise Refused("file_too_large", megabytes(limit))
