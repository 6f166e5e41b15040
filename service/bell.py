"""What the composition root built, in one place; and who is calling."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog

import routing.do
from contract.facts import AccountFacts, SiteFacts
from store.base import Store
from store.bus import Bus
from store.sql import db_now

if TYPE_CHECKING:
    from access.sites import Sites
    from service.journey import Journey
    from service.limits import Limits
    from service.settings import Settings
    from service.sockets.server import Sockets
    from service.timers import Timers
    from service.waiting import Waiting

log = structlog.get_logger()


@dataclass(kw_only=True)
class Bell:
    """Shared by collect, routes and sockets as `state["bell"]`. Built by `service.app`, never at import.

    `ready`: this process can serve; False before the start is done and from the moment it is told to stop.
    """

    settings: "Settings"
    store: Store
    bus: Bus
    sites: "Sites"
    journey: "Journey"
    limits: "Limits"
    waiting: "Waiting"
    timers: "Timers" = field(init=False)
    sockets: "Sockets" = field(init=False)
    ready: bool = False
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def here(self) -> list[str]:
        """The accounts that have a socket in this process."""
        return self.sockets.registry.expert_ids()

    async def renew(self, account_id: str) -> None:
        """A socket of this expert has just answered: their lease begins again."""
        await self.store.write(lambda conn: routing.do.renew_leases(conn, [account_id], db_now(conn)))

    def background(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run something that nobody waits for; what it raises is logged."""
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def stop_background(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background.failed", error=repr(error))


@dataclass(frozen=True, kw_only=True)
class VisitorCaller:
    """A visitor's connection. `frame_hash` is the hash of the frame secret, None for a native client or a tool."""

    site: SiteFacts
    visitor: str
    frame_hash: str | None
    language: str

    @property
    def person(self) -> str:
        """Under this name successes are remembered (`store.receipts`)."""
        return f"visitor:{self.visitor}:{self.frame_hash or ''}"


@dataclass(frozen=True, kw_only=True)
class ExpertCaller:
    """A signed-in expert's connection."""

    account: AccountFacts
    language: str

    @property
    def person(self) -> str:
        return f"account:{self.account.id}"
