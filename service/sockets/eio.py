"""Engine.IO over WebSocket for thousands of lines that say nothing: what the library keeps for each is left out.

An idle line of the library is five tasks, a queue and every header of its handshake. Here it is the one task that
uvicorn runs anyway, and a timer: frames are read where they arrive, a writer lives while there is something to write,
and of the handshake only the headers are kept that say who is at the other end. The protocol is the library's.
"""

import asyncio
from typing import Any

import engineio
import socketio
import structlog
from engineio.async_socket import AsyncSocket
from engineio.exceptions import SocketIsClosedError, UnknownPacketError
from engineio.packet import CLOSE, OPEN, PING, Packet

#: What a second namespace of the same line is asked for again: `handshake`, `service.address`, `service.cookies`.
KEPT = frozenset({b"origin", b"host", b"cookie", b"accept-language", b"x-forwarded-for", b"x-forwarded-proto"})
log = structlog.get_logger()
_PING = Packet(PING)


class Line(AsyncSocket):  # type: ignore[misc]
    """One connection. `waiting`: packets that nobody has begun to write."""

    #: The library asks; a WebSocket of ours was never anything else.
    connected = upgraded = True
    upgrading = False

    def __init__(self, server: "Server", sid: str) -> None:
        self.server, self.sid = server, sid
        self.closing = self.closed = False
        self.waiting: list[Packet] = []
        self._socket: Any = None
        self._writer: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._pinged = True  # the first ping is due as after a pong

    async def serve(self, socket: Any) -> None:
        """Until the line is over. `socket`: the library's, accepted."""
        self._socket = socket
        self.schedule_ping()
        self._write_soon()
        try:
            while not self.closed:
                packet = Packet(encoded_packet=await socket.wait())
                try:
                    await self.receive(packet)
                except UnknownPacketError:
                    pass
                except SocketIsClosedError:
                    break
                except Exception:
                    log.exception("frame.failed")
        except OSError:  # it was closed
            pass
        finally:
            await self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
            if self._writer is not None:
                await self._writer

    async def send(self, pkt: Packet) -> None:
        """Put it into the row of what is written. Never waits for the peer."""
        if self.closed:
            raise SocketIsClosedError
        self.waiting.append(pkt)
        self._write_soon()

    async def close(self, wait: bool = True, abort: bool = False, reason: Any = None) -> None:
        """End it from our side; unless `abort`, the peer is told. What waits is written before."""
        if self.closing or self.closed:
            return
        self.closing = True
        self._stop_timer()
        await self.server._trigger_event(
            "disconnect", self.sid, reason or self.server.reason.SERVER_DISCONNECT, run_async=False
        )
        if not abort:
            self.waiting.append(Packet(CLOSE))
        self.closed = True
        self._write_soon()

    def _write_soon(self) -> None:
        if self._writer is None and self._socket is not None:
            self._writer = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        """All that waits, in its order; and where the line is closed, the end of it."""
        try:
            while self.waiting:
                packets, self.waiting = self.waiting, []
                for packet in packets:
                    await self._socket.send(packet.encode())
        except Exception:  # noqa: BLE001  nobody is there any more: the reader hears it too
            self.waiting = []
        finally:
            self._writer = None
        if self.closed:
            await self._socket.close()

    # --- is anybody there? --------------------------------------------------------------------------------------

    def schedule_ping(self) -> None:
        """After a pong, and at the start; pongs that nobody asked for change nothing."""
        if self._pinged:
            self._pinged = False
            self._after(self.server.ping_interval, self._ping)

    def _ping(self) -> None:
        self._pinged = True
        self.waiting.append(_PING)
        self._write_soon()
        self._after(self.server.ping_timeout, self._late)

    def _late(self) -> None:
        self.server.over(self.close(wait=False, reason=self.server.reason.PING_TIMEOUT))

    def _after(self, seconds: float, act: Any) -> None:
        self._stop_timer()
        if not self.closing:
            self._timer = asyncio.get_running_loop().call_later(seconds, act)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Server(engineio.AsyncServer):  # type: ignore[misc]
    """The library's server with our lines. WebSocket only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, monitor_clients=False, **kwargs)  # each line has its own timer
        self._ending: set[asyncio.Task[None]] = set()

    def over(self, ending: Any) -> None:
        """Run the end of a line that nobody waits for."""
        task = asyncio.get_running_loop().create_task(ending)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _handle_connect(self, environ: dict[str, Any], transport: str, jsonp_index: Any = None) -> str:
        socket, scope = self._async["websocket"](None, self), environ["asgi.scope"]
        socket.asgi_receive, socket.asgi_send = environ["asgi.receive"], environ["asgi.send"]
        scope["headers"][:] = [one for one in scope["headers"] if one[0] in KEPT]
        environ.clear()  # the frames below this one hold it as long as the line lasts
        environ["asgi.scope"] = scope
        sid = self.generate_id()
        line = self.sockets[sid] = Line(self, sid)
        hello = {
            "sid": sid,
            "upgrades": [],
            "pingTimeout": round(self.ping_timeout * 1000),
            "pingInterval": round(self.ping_interval * 1000),
            "maxPayload": self.max_http_buffer_size,
        }
        try:
            await self._trigger_event("connect", sid, environ, run_async=False)
            await socket.asgi_send({"type": "websocket.accept"})
            await line.send(Packet(OPEN, hello))
            await line.serve(socket)
        finally:
            self.sockets.pop(sid, None)
        return ""


class Manager(socketio.AsyncManager):  # type: ignore[misc]
    """No room for each socket: `server` writes to it directly, and whoever leaves is not looked for in all others'."""

    def basic_enter_room(self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None) -> None:
        if room != sid:
            super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)


class SocketIO(socketio.AsyncServer):  # type: ignore[misc]
    """The library's Socket.IO on our Engine.IO."""

    def _engineio_server_class(self) -> type[Server]:
        return Server
