"""The Socket.IO server: handshakes, commands, answers. What goes out by itself is `delivery`'s.

Commands of one connection are handled in order, one after the other, each with a deadline; the acknowledgement follows
the commit. Nothing of a client's is trusted but what the handshake established.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import socketio
from engineio.packet import MESSAGE
from engineio.packet import Packet as EioPacket
from starlette.types import ASGIApp

from contract.errors import Refused
from service.answer import error, run, unknown
from service.bell import Bell
from service.callers import ExpertCaller, VisitorCaller
from service.commands import Command, plain
from service.sockets.asking import Asking
from service.sockets.eio import Line, Manager, SocketIO
from service.sockets.handshake import check_origin, expert_of, header, visitor_of
from service.sockets.packets import REFUSED, ClosedPacket, StrictJson, guarded
from service.sockets.registry import Connection, Registry
from service.web import language

PING_EVERY, PING_TIMEOUT, FRAME_LIMIT = 20, 25, 64 * 1024
#: So many frames wait for nobody: whoever does not read them is let go, comes back, and asks for what follows.
UNREAD = 200
#: Handshakes that are looked up at a time.
JOINING = 4


class Sockets:
    """Both namespaces of one process."""

    def __init__(
        self,
        visitor: dict[str, Command],
        expert: dict[str, Command],
        *,
        ping_every: float = PING_EVERY,
        ping_timeout: float = PING_TIMEOUT,
        frame_limit: int = FRAME_LIMIT,
    ) -> None:
        self.registry = Registry()
        self.server = SocketIO(
            client_manager=Manager(),
            async_mode="asgi",
            transports=["websocket"],
            allow_upgrades=False,
            cors_allowed_origins=[],  # turns the library's check off: ours is in the handshake
            serializer=ClosedPacket,
            json=StrictJson,
            async_handlers=False,
            http_compression=False,
            cookie=None,
            ping_interval=ping_every,
            ping_timeout=ping_timeout,
            max_http_buffer_size=frame_limit,
            logger=False,
            engineio_logger=False,
        )
        self.app: ASGIApp = guarded(socketio.ASGIApp(self.server, socketio_path="socket.io"))
        #: A crowd that comes back at once is let in a few at a time: what is said inside goes on meanwhile.
        self.joining = asyncio.Semaphore(JOINING)
        self.joined: Any = None
        self.settled: Any = None
        self.server.register_namespace(_Namespace("/visitor", self, visitor, visitor_of))
        self.server.register_namespace(_Namespace("/expert", self, expert, expert_of))

    async def emit(self, connection: Connection, event: str, shape: msgspec.Struct) -> None:
        """Say it. To whom too much is said already and unread, nothing more is said: the line ends."""
        if isinstance(connection, Asking):
            connection.tell(event, plain(shape))
        elif self.backlog(connection) > UNREAD and await self._does_not_read(connection):
            await self.drop(connection)
        else:
            await self._write(connection, _packet(connection.namespace, event, shape))

    async def _does_not_read(self, connection: Connection) -> bool:
        """After a burst the writers have had no turn yet; a line that takes what it gets is empty after one."""
        for _ in range(3):
            await asyncio.sleep(0)
        return self.backlog(connection) > UNREAD

    async def emit_all(self, connections: Sequence[Connection], event: str, shape: msgspec.Struct) -> None:
        """The same to many of one namespace, written once."""
        if connections:
            packet = _packet(connections[0].namespace, event, shape)
            for connection in connections:
                await self._write(connection, packet)

    async def _write(self, connection: Connection, packet: EioPacket) -> None:
        """Whoever is gone comes back and asks."""
        line = self._line(connection)
        if line is not None and not line.closed:
            await line.send(packet)

    def _line(self, connection: Connection) -> Line | None:
        line: Line | None = self.server.eio.sockets.get(
            self.server.manager.eio_sid_from_sid(connection.sid, connection.namespace)
        )
        return line

    def backlog(self, connection: Connection) -> int:
        """How many frames wait for this connection's line."""
        line = self._line(connection)
        return 0 if line is None else len(line.waiting)

    async def drop(self, connection: Connection) -> None:
        """End a connection from our side."""
        if isinstance(connection, Asking):
            connection.end()
        else:
            await self.server.disconnect(connection.sid, namespace=connection.namespace)


def _packet(namespace: str, event: str, shape: msgspec.Struct) -> EioPacket:
    """An event as it goes over the line; written once, whoever hears it."""
    return EioPacket(MESSAGE, f'2{namespace},["{event}",{msgspec.json.encode(shape).decode()}]')


class _Namespace(socketio.AsyncNamespace):  # type: ignore[misc]
    """One namespace. Only the library itself can reach `connect` and `disconnect`: `packets` renames a client's."""

    def __init__(self, name: str, sockets: Sockets, commands: dict[str, Command], caller_of: Any) -> None:
        super().__init__(name)
        self._sockets, self._commands, self._caller_of = sockets, commands, caller_of
        self._bell: Bell

    async def trigger_event(self, event: str, *args: Any) -> Any:
        if event == "connect":
            return await self._connect(*args)
        if event == "disconnect":
            return self._disconnect(args[0])
        return await self._command(event, *args)

    async def _connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        scope = environ["asgi.scope"]
        bell: Bell = scope["state"]["bell"]
        try:
            check_origin(bell, scope)
            async with self._sockets.joining:
                caller = await self._caller_of(bell, scope, auth)
        except Refused as refused:
            detail = refused.sentence(language(header(scope, b"accept-language")))
            raise socketio.exceptions.ConnectionRefusedError(detail, {"code": refused.code, "detail": detail}) from None
        self._bell = bell
        connection = Connection(sid=sid, namespace=self.namespace, caller=caller)
        self._sockets.registry.add(connection)
        # What stands open is told after the library has sent its CONNECT packet, never before (realtime notes 3.3).
        asyncio.get_running_loop().call_soon(lambda: bell.background(self._sockets.joined(connection)))

    def _disconnect(self, sid: str) -> None:
        self._sockets.registry.remove(self.namespace, sid)

    async def _command(self, event: str, sid: str, data: Any = None) -> dict[str, Any]:
        connection = self._sockets.registry.get(self.namespace, sid)
        if connection is None:
            return error(Refused("unauthenticated"), "en")
        caller: VisitorCaller | ExpertCaller = connection.caller
        try:
            if event == REFUSED:
                raise unknown(data if data in ("malformed", "invalid") else "unknown_command")
            return {"ok": True, **await run(self._bell, self._commands, event, caller, data or {})}
        except Refused as refused:
            return error(refused, caller.language)
