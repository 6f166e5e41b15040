"""A crowd of WebSockets that come at once is let in one at a time, and whoever is inside has the turns between.

A handshake is a millisecond of the loop that nobody can interrupt. After the network was away thousands come back
within half a second: taken as they come, a message waits behind all of them.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from weakref import WeakKeyDictionary

from uvicorn.server import ServerState


class Upgrades:
    """The row of one server: one turn of the loop each, in the order in which they came."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()

    def add(self, begin: Callable[[], None]) -> None:
        """`begin` is called soon, once; it does not raise."""
        self._waiting.append(begin)
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_soon(self._next)

    def _next(self) -> None:
        begin = self._waiting[0]
        try:
            begin()
        finally:
            self._waiting.popleft()
            if self._waiting:
                asyncio.get_running_loop().call_soon(self._next)


_OF: WeakKeyDictionary[ServerState, Upgrades] = WeakKeyDictionary()


def upgrades_of(server: ServerState) -> Upgrades:
    """The row of this server."""
    return _OF.setdefault(server, Upgrades())
