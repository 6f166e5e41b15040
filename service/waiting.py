"""Engaged visitors load nothing: their snippet asks, and is answered when something waits, or after 25 seconds."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from sqlalchemy import Connection

import chat.queries
import tracker.queries
from contract.clock import now_ms
from contract.errors import Refused
from contract.facts import SiteFacts
from store.base import Store
from tracker.visitor import key_hash

PATIENCE = 24.0
ROOM = 20_000


class Waiting:
    """The visitors who ask this process. A lost wake-up costs one round, nothing more."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._count = 0
        self._closed = False

    def close(self) -> None:
        """We stop: whoever waits is answered now, and asks again elsewhere."""
        self._closed = True
        for events in self._waiting.values():
            for event in events:
                event.set()

    def wake(self, visitor_id: str) -> None:
        for event in self._waiting.get(visitor_id, ()):
            event.set()

    async def something(self, store: Store, site: SiteFacts, key: str, gone: Coroutine[Any, Any, None]) -> bool:
        """True as soon as an invitation or a card waits for this visitor; False after 25 s or when they hang up."""
        if self._count >= ROOM:
            gone.close()
            raise Refused("busy", retry_after=30)
        hashed = key_hash(key)
        visitor_id = await store.read(lambda conn: tracker.queries.visitor_by_key(conn, site.id, hashed))
        if visitor_id is None:
            gone.close()
            await asyncio.sleep(1)  # nothing was ever collected of this visitor
            return False
        woken = asyncio.Event()
        self._waiting.setdefault(visitor_id, set()).add(woken)
        self._count += 1
        hang_up = asyncio.ensure_future(gone)
        try:
            deadline = asyncio.get_running_loop().time() + PATIENCE
            while True:
                if await store.read(lambda conn: pending(conn, visitor_id)):
                    return True
                if self._closed:
                    return False
                wake_up = asyncio.ensure_future(woken.wait())
                done, _ = await asyncio.wait(
                    {wake_up, hang_up},
                    timeout=deadline - asyncio.get_running_loop().time(),
                    return_when=asyncio.FIRST_COMPLETED,
                )
                wake_up.cancel()
                if wake_up not in done:
                    return False
                woken.clear()
        finally:
            hang_up.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await hang_up
            self._count -= 1
            self._waiting[visitor_id].discard(woken)
            if not self._waiting[visitor_id]:
                del self._waiting[visitor_id]


def pending(conn: Connection, visitor_id: str) -> bool:
    """Does an invitation, a running conversation or a card wait on this visitor's page?"""
    row = chat.queries.open_of_visitor(conn, visitor_id)
    if row is not None and row["expert_id"]:
        return True
    return bool(chat.queries.cards_of_visitor(conn, visitor_id, now_ms()))
