"""Engaged visitors load nothing: their snippet asks, and is answered when something waits, or after 25 seconds."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

import chat.cards
import chat.queries
import tracker.queries
from contract.clock import now_ms
from contract.errors import Refused
from contract.facts import SiteFacts
from store.base import Store
from tracker.visitor import key_hash

PATIENCE = 24.0
ROOM = 20_000
#: Pages of one visitor that may wait at once; a browser asks for the page that is seen.
PAGES = 6
#: Ends when the one who waits has hung up.
Gone = Callable[[], Coroutine[Any, Any, None]]


class Waiting:
    """The visitors who ask this process. A lost wake-up costs one round, nothing more."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[_Call]] = {}  # by visitor, oldest first
        self._count = 0
        self._closed = False

    def close(self) -> None:
        """We stop: whoever waits is answered now, and asks again elsewhere."""
        self._closed = True
        for calls in self._waiting.values():
            for call in calls:
                call.woken.set()

    def wake(self, visitor_id: str) -> None:
        for call in self._waiting.get(visitor_id, ()):
            call.woken.set()

    async def something(self, store: Store, site: SiteFacts, key: str, gone: Gone) -> bool:
        """True as soon as an invitation or a card waits for this visitor; False after 25 s, when `gone` says that they
        hung up, or when they ask from too many pages and this is the call that waits longest."""
        if self._count >= ROOM:
            raise Refused("busy", retry_after=30)
        self._count += 1
        try:
            hashed = key_hash(key)
            visitor_id = await store.read(lambda conn: tracker.queries.visitor_by_key(conn, site.id, hashed))
            if visitor_id is None:
                await asyncio.sleep(1)  # nothing was ever collected of this visitor
                return False
            with self._place(visitor_id) as call:
                return await self._waits(store, visitor_id, call, gone)
        finally:
            self._count -= 1

    @contextlib.contextmanager
    def _place(self, visitor_id: str) -> Iterator["_Call"]:
        """One of the few of this visitor; of too many the oldest is answered."""
        calls, call = self._waiting.setdefault(visitor_id, []), _Call()
        calls.append(call)
        for older in calls[:-PAGES]:
            older.end()
        try:
            yield call
        finally:
            calls.remove(call)
            if not calls:
                del self._waiting[visitor_id]

    async def _waits(self, store: Store, visitor_id: str, call: "_Call", gone: Gone) -> bool:
        hang_up = asyncio.ensure_future(gone())
        try:
            deadline = asyncio.get_running_loop().time() + PATIENCE
            while True:
                if await store.read(lambda conn: pending(conn, visitor_id)):
                    return True
                if self._closed or call.over:
                    return False
                wake_up = asyncio.ensure_future(call.woken.wait())
                done, _ = await asyncio.wait(
                    {wake_up, hang_up},
                    timeout=deadline - asyncio.get_running_loop().time(),
                    return_when=asyncio.FIRST_COMPLETED,
                )
                wake_up.cancel()
                if wake_up not in done:
                    return False
                call.woken.clear()
        finally:
            hang_up.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await hang_up


@dataclass(eq=False)
class _Call:
    """`over`: it shall not wait any longer."""

    woken: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False

    def end(self) -> None:
        self.over = True
        self.woken.set()


def pending(conn: Connection, visitor_id: str) -> bool:
    """Does an invitation, a running conversation or a card wait on this visitor's page?"""
    row = chat.queries.open_of_visitor(conn, visitor_id)
    if row is not None and row["expert_id"]:
        return True
    return bool(chat.cards.cards_of_visitor(conn, visitor_id, now_ms()))
