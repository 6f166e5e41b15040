"""Who may not write to us now: a small picture of all blocks, at most a second old, asked with every command."""

import asyncio
import time
from collections.abc import Callable

import chat.blocks
from contract.errors import Refused
from contract.names import Ms
from store.base import Store
from store.sql import db_now

FRESH_SECONDS = 1.0


class Blocks:
    """A cache in front of the table: one made elsewhere holds after a second, one made here at once."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store, self._clock = store, clock
        self._read_at = float("-inf")
        self._blocked: dict[str, Ms] = {}
        self._reading = asyncio.Lock()

    async def check(self, visitor_id: str) -> None:
        """Raises Refused("blocked")."""
        if self._clock() - self._read_at >= FRESH_SECONDS:
            await self._fresh()
        if visitor_id in self._blocked:
            raise Refused("blocked")

    def forget(self) -> None:
        """Read again before the next answer."""
        self._read_at = float("-inf")

    async def _fresh(self) -> None:
        async with self._reading:
            if self._clock() - self._read_at < FRESH_SECONDS:
                return
            asked_at = self._clock()
            self._blocked = await self._store.read(lambda conn: chat.blocks.all_blocked(conn, db_now(conn)))
            self._read_at = asked_at
