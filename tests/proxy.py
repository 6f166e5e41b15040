"""Bad weather on the line: a TCP proxy that delays, cuts, goes silent, refuses WebSockets, or eats an answer.

    with Proxy(server.port) as proxy:          # clients connect to proxy.port on 127.0.0.1
        proxy.delay = 0.2                      # seconds, each way, order kept
        proxy.silent = True                    # half-open: bytes are taken and go nowhere, nobody is told
        proxy.refuse_upgrades = True           # 403 to every WebSocket, as some company networks do
        proxy.refuse = True                    # new connections are closed at once; `cut()` ends those there are
        with proxy.eating(ACKNOWLEDGED) as meal:
            ...                                # the first answer that fits never arrives: its connection is cut
        assert meal.eaten == 1                 # the server has committed, the client has not heard of it

It runs in a thread of its own, so tests of either kind and benches use it; all switches work at any moment.
"""

import asyncio
import contextlib
import re
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET
from types import TracebackType
from typing import Any

HOST = "127.0.0.1"
PIECE = 65536
UPGRADE = re.compile(rb"^upgrade:\s*websocket", re.IGNORECASE | re.MULTILINE)
BLOCKED = b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 7\r\nConnection: close\r\n\r\nBlocked"
#: A socket's acknowledgement of a command to the visitor, or an answer of `POST /visitor/command`; no refusals.
ACKNOWLEDGED = re.compile(rb'43/visitor,\d+\[\{"ok"|"ok":true')


@dataclass
class Meal:
    """What is being eaten: answers that match `fits`, at most `most` of them. `eaten`: so many until now."""

    fits: Callable[[bytes], Any]
    most: int
    eaten: int = 0


@dataclass(eq=False)
class _Pair:
    """One connection, both sides."""

    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    def cut(self) -> None:
        """With a reset, as a line that breaks: nothing that still waits is delivered."""
        for writer in self.writers:
            raw = writer.transport.get_extra_info("socket")
            with contextlib.suppress(OSError, AttributeError):
                raw.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()


class Proxy:
    """From `port` (0: a free one) to `to_port`, both on loopback. Use it as a context, or `start` and `stop`."""

    def __init__(self, to_port: int, port: int = 0) -> None:
        self.to_port, self.port = to_port, port
        self.delay = 0.0
        self.silent = self.refuse = self.refuse_upgrades = False
        #: Connections that were accepted, and those of them that asked for a WebSocket.
        self.accepted = self.upgrades = 0
        self._pairs: set[_Pair] = set()
        self._meal: Meal | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._stopped, self._listening = asyncio.Event(), threading.Event()

    @property
    def open(self) -> int:
        """Connections that there are."""
        return len(self._pairs)

    def cut(self) -> None:
        """Break all connections there are, now."""
        done = threading.Event()

        def cut() -> None:
            for pair in list(self._pairs):
                pair.cut()
            done.set()

        self._loop.call_soon_threadsafe(cut)
        done.wait(5)

    @contextlib.contextmanager
    def eating(self, fits: re.Pattern[bytes] | Callable[[bytes], Any], most: int = 1) -> Iterator[Meal]:
        """While this lasts, the first `most` pieces of the server's that fit are dropped and their connection cut."""
        self._meal = Meal(fits.search if isinstance(fits, re.Pattern) else fits, most)
        try:
            yield self._meal
        finally:
            self._meal = None

    def start(self) -> "Proxy":
        self._thread.start()
        assert self._listening.wait(5), "the proxy did not start"
        return self

    def stop(self) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(5)

    def __enter__(self) -> "Proxy":
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    # --- in its own thread ----------------------------------------------------------------------------------------

    def _run(self) -> None:
        async def serve() -> None:
            server = await asyncio.start_server(self._accept, HOST, self.port, limit=PIECE, backlog=4096)
            self.port = server.sockets[0].getsockname()[1]
            self._listening.set()
            await self._stopped.wait()
            server.close()

        self._loop.run_until_complete(serve())
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        pair = _Pair([writer])
        self._pairs.add(pair)
        try:
            first = b"" if self.refuse else await reader.read(PIECE)
            upgrade = bool(UPGRADE.search(first))
            self.upgrades += upgrade
            if upgrade and self.refuse_upgrades:
                writer.write(BLOCKED)
                await writer.drain()
                writer.close()
            elif first:
                far_reader, far_writer = await asyncio.open_connection(HOST, self.to_port, limit=PIECE)
                pair.writers.append(far_writer)
                await asyncio.gather(
                    self._pour(pair, reader, far_writer, first=first), self._pour(pair, far_reader, writer, eat=True)
                )
        except OSError:
            pass
        finally:
            pair.cut()
            self._pairs.discard(pair)

    async def _pour(
        self,
        pair: _Pair,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        first: bytes = b"",
        eat: bool = False,
    ) -> None:
        """Until either side ends. A client that sends a second request on its connection may ask for a WebSocket too:
        browsers do not, they open one for it."""
        piece = first or await reader.read(PIECE)
        while piece:
            if self.delay:
                await asyncio.sleep(self.delay)
            meal = self._meal
            if eat and meal is not None and meal.eaten < meal.most and meal.fits(piece):
                meal.eaten += 1
                pair.cut()
                return
            if not self.silent:
                writer.write(piece)
                await writer.drain()
            piece = await reader.read(PIECE)
        if not self.silent:
            with contextlib.suppress(OSError):
                writer.write_eof()
