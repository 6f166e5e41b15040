"""A Socket.IO client that costs next to nothing: thousands of them fit beside the server that they measure.

The least of RFC 6455 and of the Socket.IO protocol, revision 5, over WebSocket: texts of one frame, commands with
acknowledgements, events, pings answered. Whatever else comes is an error.
"""

import asyncio
import base64
import itertools
import json
import os
import struct
from collections.abc import Callable
from typing import Any

Heard = Callable[[str, Any], None]
_WITHIN = 20.0


class Gone(Exception):
    """The line is cut, or was never there; `args` say by whom."""


class Line(asyncio.Protocol):
    """One namespace of one server. `heard(event, data)` is called for each event; `gone` is done when it is over."""

    def __init__(self, namespace: str, auth: dict[str, Any], heard: Heard | None = None) -> None:
        self._namespace, self._auth, self._heard = namespace, auth, heard
        self._buffer = bytearray()
        self._upgraded = False
        self._numbers = itertools.count()
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        loop = asyncio.get_running_loop()
        self._joined: asyncio.Future[None] = loop.create_future()
        self.gone: asyncio.Future[None] = loop.create_future()
        self.transport: asyncio.Transport | None = None

    @classmethod
    async def to(
        cls, port: int, namespace: str, auth: dict[str, Any], heard: Heard | None = None, headers: str = ""
    ) -> "Line":
        """Connected and let in. Raises Gone where the server says no, OSError where there is none."""
        line = cls(namespace, auth, heard)
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: line, "127.0.0.1", port)
        assert line.transport is not None
        key = base64.b64encode(os.urandom(16)).decode()
        line.transport.write(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n".encode()
        )
        try:
            async with asyncio.timeout(_WITHIN):
                await line._joined
        except BaseException:
            line.cut()
            raise
        return line

    async def call(self, event: str, data: dict[str, Any]) -> dict[str, Any]:
        """The server's answer to a command. Raises Gone when the line is cut before."""
        number = next(self._numbers)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        self.say(f"42{self._namespace},{number}{json.dumps([event, data])}")
        return await answer

    async def done(self, event: str, data: dict[str, Any]) -> dict[str, Any]:
        """The same where no refusal is expected."""
        answer = await self.call(event, data)
        if answer.get("error"):
            raise AssertionError(f"{event}: {answer['error']}")
        return answer

    def say(self, text: str, opcode: int = 1) -> None:
        """One frame, masked as a client's has to be."""
        if self.transport is None or self.transport.is_closing():
            raise Gone("before it was said")
        body, mask = text.encode(), os.urandom(4)
        size = len(body)
        if size < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | size)
        elif size < 65536:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, size)
        whole = int.from_bytes(body, "big") ^ int.from_bytes((mask * (size // 4 + 1))[:size], "big")
        self.transport.write(head + mask + whole.to_bytes(size, "big"))

    def cut(self) -> None:
        """As if somebody pulled the plug."""
        if self.transport is not None:
            self.transport.abort()

    # --- asyncio.Protocol ---------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        over = Gone("cut" if exc is None else repr(exc))
        everybody: list[asyncio.Future[Any]] = [self._joined, *self._answers.values()]
        for waiting in everybody:
            if not waiting.done():
                waiting.set_exception(over)
        self._answers.clear()
        if not self.gone.done():
            self.gone.set_result(None)
        if self._joined.done():
            self._joined.exception()  # somebody may have stopped waiting for it

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                self._refused(head.split(b"\r\n", 1)[0].decode())
                return
            self._upgraded, self._buffer = True, rest
        while (frame := self._frame()) is not None:
            self._packet(*frame)

    def _frame(self) -> tuple[int, bytes] | None:
        have = self._buffer
        if len(have) < 2:
            return None
        size, at = have[1] & 0x7F, 2
        if size == 126:
            size, at = (int.from_bytes(have[2:4], "big"), 4) if len(have) >= 4 else (1 << 62, 4)
        elif size == 127:
            size, at = (int.from_bytes(have[2:10], "big"), 10) if len(have) >= 10 else (1 << 62, 10)
        if len(have) < at + size:
            return None
        opcode, body = have[0] & 0x0F, bytes(have[at : at + size])
        del have[: at + size]
        return opcode, body

    def _packet(self, opcode: int, body: bytes) -> None:
        if opcode == 8:
            self.cut()
        elif opcode == 9:
            self.say(body.decode("latin-1"), 10)
        elif opcode == 1:
            self._said(body.decode())

    def _said(self, packet: str) -> None:
        mine = f"{self._namespace},"
        if packet == "2":
            self.say("3")
        elif packet.startswith("0"):
            self.say(f"40{mine}{json.dumps(self._auth)}")
        elif packet.startswith("40" + mine):
            self._joined.set_result(None)
        elif packet.startswith("44"):
            self._refused(packet)
        elif packet.startswith("42" + mine):
            if self._heard is not None:
                event, *data = json.loads(packet[2 + len(mine) :])
                self._heard(event, data[0] if data else None)
        elif packet.startswith("43" + mine):
            number, found, answer = packet[2 + len(mine) :].partition("[")
            waiting = self._answers.pop(int(number), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(json.loads(found + answer)[0])
        elif packet.startswith(("1", "41")):
            self.cut()

    def _refused(self, why: str) -> None:
        if not self._joined.done():
            self._joined.set_exception(Gone(why))
        self.cut()
