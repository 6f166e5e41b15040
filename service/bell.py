"""What the composition root built, in one place."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from access.sites import Sites
from chat.library import Library
from service.blocks import Blocks
from service.files import Files
from service.foreign import Tried
from service.journey import Journey
from service.learning.learned import NOTHING, Learned
from service.limits import Limits
from service.outgoing.sender import Outgoing
from service.row import Row, Together, together
from service.settings import Settings
from service.sockets.registry import Registry
from service.timers import Timers
from service.used import Used
from service.visitor.waiting import Waiting
from store.base import Store
from store.bus import Bus

log = structlog.get_logger()


#: Chats that are opened in one look, where nothing is written; and at a time, where something is.
OPENINGS, ENTERING = 20, 2


@dataclass(kw_only=True)
class Bell:
    """Shared by collect, routes and sockets as `state["bell"]`. Built by `service.app`, never at import.

    `outgoing`: None where nothing leaves the house. `ready`: this process can serve; False before the start is done and
    from the moment it is told to stop.
    `waking`: it has just started, and has not read the articles yet.
    """

    settings: Settings
    store: Store
    bus: Bus
    sites: Sites
    journey: Journey
    timers: Timers
    limits: Limits
    waiting: Waiting
    registry: Registry
    library: Library
    learned: Learned = NOTHING
    files: Files = field(default_factory=lambda: Files(Path("data/files")))
    outgoing: Outgoing | None = None
    tried: Tried = field(default_factory=Tried)
    used: Used = field(default_factory=Used)
    ready: bool = False
    waking: bool = False
    blocks: Blocks = field(init=False)
    openings: Row[Together] = field(default_factory=lambda: Row(asyncio.Lock(), OPENINGS, together))
    entering: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(ENTERING))
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.blocks = Blocks(self.store)

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
