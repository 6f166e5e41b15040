"""A server that stops in order: nobody is kept waiting, and it ends as a program that did what it was told."""

import contextlib
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

import uvicorn

from service.sockets.asking import Asking

if TYPE_CHECKING:
    from service.bell import Bell


class Graceful(uvicorn.Server):
    """uvicorn's server, told apart in two things: long polls are answered first, and the exit code is 0."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        bell: Bell | None = self.lifespan.state.get("bell")
        if bell is not None:
            bell.ready = False
            bell.waiting.close()
            for connection in bell.registry:
                if isinstance(connection, Asking):
                    connection.end()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Without raising the signal once more at the end: it was obeyed."""
        with super().capture_signals():
            try:
                yield
            finally:
                self._captured_signals.clear()
