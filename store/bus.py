"""The doorbell between writers and listeners: "look at conversation 7". It may be lost without harm.

A bell carries a kind and an id, never content: whoever hears it reads the database. Bells of one (kind, id) are
handled one after the other, and those that come while one is being handled are one more look, not many.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Protocol

import structlog

from contract.names import BellKind

Handler = Callable[[str], Awaitable[None]]
Sweep = Callable[[], Awaitable[None]]
log = structlog.get_logger()


class Bus(Protocol):
    """Between the parts of one process, and between processes."""

    def ring(self, kind: BellKind, id_: str) -> None:
        """Tell every listener, here and elsewhere. Never waits, never raises."""
        ...

    def on(self, kind: BellKind, handler: Handler) -> None: ...

    def on_sweep(self, sweep: Sweep) -> None:
        """`sweep` is called when bells may have been lost: look at everything you serve."""
        ...

    @property
    def deaf(self) -> bool:
        """True while bells of other processes cannot be heard; sweeps then run every two seconds."""
        ...

    async def start(self) -> None: ...

    async def close(self) -> None: ...


class LocalBus:
    """Bells inside one process: all there is in the embedded size, and the inner half of the scaled-out one."""

    def __init__(self) -> None:
        self._handlers: dict[str, list[Handler]] = {}
        self._sweeps: list[Sweep] = []
        self._again: dict[tuple[str, str], bool] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def deaf(self) -> bool:
        return False

    def on(self, kind: BellKind, handler: Handler) -> None:
        self._handlers.setdefault(kind, []).append(handler)

    def on_sweep(self, sweep: Sweep) -> None:
        self._sweeps.append(sweep)

    def ring(self, kind: BellKind, id_: str) -> None:
        key = (kind, id_)
        if key in self._again:
            self._again[key] = True
            return
        self._again[key] = False
        self._run(self._handle(key))

    async def start(self) -> None:
        return None

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def sweep(self) -> None:
        """Call every sweep once; what one of them raises is logged and stops no other."""
        for sweep in self._sweeps:
            try:
                await sweep()
            except Exception:
                log.exception("bus.sweep_failed")

    def sweep_soon(self) -> None:
        """The same, without waiting for it."""
        self._run(self.sweep())

    def _run(self, coroutine: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _handle(self, key: tuple[str, str]) -> None:
        try:
            while True:
                for handler in self._handlers.get(key[0], ()):
                    try:
                        await handler(key[1])
                    except Exception:
                        log.exception("bus.handler_failed", kind=key[0])
                if not self._again[key]:
                    return
                self._again[key] = False
        finally:
            with contextlib.suppress(KeyError):
                del self._again[key]
