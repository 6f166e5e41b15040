"""Durable timers: `due_at` columns are the timers, this is only the alarm clock that looks at them in time.

`fire(conn, now)` claims what is due and does its effect in the same transaction, so a second firing changes nothing; it
returns what to announce. A process wakes for the times that it knows itself (`wake_at`), and every second for those of
others.
"""

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import structlog
from sqlalchemy import Connection

from contract.clock import now_ms
from contract.errors import Refused
from contract.names import Ms
from store.base import Store
from store.sql import db_now
from store.woken import woken

Fired = TypeVar("Fired")
TICK = 1.0
log = structlog.get_logger()


class DueLoop(Generic[Fired]):
    """Runs `fire` when something may be due, and gives what it returns to `announce`."""

    def __init__(
        self,
        store: Store,
        is_due: Callable[[Connection, Ms], bool],
        fire: Callable[[Connection, Ms], list[Fired]],
        announce: Callable[[list[Fired]], Awaitable[None]],
    ) -> None:
        self._store, self._is_due, self._fire, self._announce = store, is_due, fire, announce
        self._known: list[Ms] = []
        self._woken = asyncio.Event()

    def wake_at(self, at: Ms) -> None:
        """This process has just stored a timer for `at`."""
        heapq.heappush(self._known, at)
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled. A database that is away is waited for."""
        while True:
            try:
                await self.fire_now()
            except Refused:
                pass
            except Exception:
                log.exception("timers.failed")
            await self._sleep()

    async def fire_now(self) -> None:
        """Look once; repeat while there is more than one claim's worth."""
        while await self._store.read(lambda connection: self._is_due(connection, db_now(connection))):
            fired = await self._store.write(lambda connection: self._fire(connection, db_now(connection)))
            if not fired:
                return
            await self._announce(fired)

    async def _sleep(self) -> None:
        now = now_ms()
        while self._known and self._known[0] <= now:
            heapq.heappop(self._known)
        wait = min(TICK, (self._known[0] - now) / 1000 + 0.001) if self._known else TICK
        self._woken.clear()
        await woken(self._woken, wait)
