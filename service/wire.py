"""Between the wire and uvicorn: how long, how large and how unread a connection may be.

uvicorn trusts a proxy to keep strangers in bounds; we stand in front ourselves. A head that never ends would be put
together in memory, byte by byte, while everybody waits; a connection that says nothing would be kept for ever; and
whoever asks and never reads the answers would have us keep them all.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.protocol import State

from service.upgrades import upgrades_of

#: Of one request, all that is not its body: address, headers, the frame of its chunks, what trails it.
HEAD_BYTES = 64 * 1024
HEAD_FIELDS = 100
HEAD_SECONDS = 10.0
#: From a complete head to the end of the body, and once more for each so many bytes of it: a large file over a slow
#: line takes its time, a trickle does not. How much may come at all is decided above (`service.web.read_body`).
BODY_SECONDS, BODY_BYTES = 15.0, 128 * 1024
#: Requests that wait behind the one that is being answered. Each holds a hundred times what it took to write it.
PIPELINED = 16
#: A peer that lets our answers lie for so long is not there. It counts from full buffers, which take some seconds to
#: fill: whoever stops reading is cut within half a minute.
UNREAD_SECONDS = 25.0
#: Pings and pongs of a WebSocket: so many at once, then so many a second.
CONTROL_FRAMES, CONTROL_FRAMES_A_SECOND = 100, 1.0
_NO_HANDSHAKE = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class TooMuch(Exception):
    """More fields in a head, or more requests in a row, than anybody needs; uvicorn answers 400 and hangs up."""


class Deadline:
    """Something that happens after `seconds`, unless it is stopped before."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None

    def start(self, act: Callable[[], None]) -> None:
        """From now on; one that runs goes on running."""
        self._timer = self._timer or asyncio.get_running_loop().call_later(self._seconds, act)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Http(HttpToolsProtocol):
    """An HTTP connection with a bounded head."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head = self._body = 0
        self._head_by, self._body_by = Deadline(HEAD_SECONDS), Deadline(BODY_SECONDS)
        self._read_by = Deadline(UNREAD_SECONDS)
        self._in_body = self._upgraded = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_by.start(transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_by.stop()
        self._body_by.stop()
        self._read_by.stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._head += len(data)
        super().data_received(data)
        if self._upgraded:
            return
        if self._head > HEAD_BYTES:
            self.send_400_response("Too large.")
        elif self.cycle is None or self.cycle.response_complete:  # type: ignore[redundant-expr]  # uvicorn says never
            self._head_by.start(self.transport.close)
        elif self._in_body:
            self._body_by.start(self._body_is_late)

    def on_headers_complete(self) -> None:
        self._head_by.stop()
        self._in_body = True
        if len(self.headers) > HEAD_FIELDS or len(self.pipeline) >= PIPELINED:
            raise TooMuch
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._head = max(0, self._head - len(body))
        self._body += len(body)
        if self._body >= BODY_BYTES:
            self._body = 0
            self._body_by.stop()  # and starts anew with this piece
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._head = self._body = 0
        self._in_body = False
        self._body_by.stop()
        super().on_message_complete()

    def _body_is_late(self) -> None:
        if not self.transport.is_closing():
            self.send_400_response("The body took too long.")

    def handle_websocket_upgrade(self) -> None:
        """When it is its turn; until then nothing more is read."""
        self._upgraded = True
        self.transport.pause_reading()
        upgrades_of(self.server_state).add(self._upgrade)

    def _upgrade(self) -> None:
        if not self.transport.is_closing():
            self.transport.resume_reading()
            super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._read_by.start(self.transport.abort)

    def resume_writing(self) -> None:
        self._read_by.stop()
        super().resume_writing()


class WebSocket(WebSocketsSansIOProtocol):
    """A WebSocket whose peer has to read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._read_by = Deadline(UNREAD_SECONDS)
        self._control_frames, self._since = 0, self.loop.time()

    def data_received(self, data: bytes) -> None:
        """A head that HTTP allows and WebSocket does not (a body, a line too long) gets an answer. uvicorn would say
        nothing, no deadline would run, and the line would be kept for ever."""
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated and not self.transport.is_closing():
            self.transport.write(b"".join(self.conn.data_to_send()) or _NO_HANDSHAKE)
            self.transport.close()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._read_by.start(self.transport.abort)

    def resume_writing(self) -> None:
        self._read_by.stop()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._read_by.stop()
        super().connection_lost(exc)

    def send_receive_event_to_app(self) -> None:
        """A text that is no UTF-8 ends the line (RFC 6455, 8.1): the peer's mistake, and no traceback of ours."""
        if self.curr_msg_data_type == "text":
            self.frames = [b"".join(self.frames)]
            try:
                self.frames[0].decode()
            except UnicodeDecodeError:
                self.frames = []
                if self.conn.state is State.OPEN:
                    self.conn.send_close(1007)
                    self.handle_parser_exception()
                return
        super().send_receive_event_to_app()

    def handle_ping(self) -> None:
        """No answer to the pings of a peer that does not read them: they would pile up beside the flow control."""
        self._control_frame()
        if self.writable.is_set() and not self.transport.is_closing():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def handle_pong(self, event: Frame) -> None:
        self._control_frame()
        super().handle_pong(event)

    def _control_frame(self) -> None:
        """They stop no reading as messages do, so they are counted: nobody needs many."""
        self._control_frames += 1
        if self._control_frames > CONTROL_FRAMES + CONTROL_FRAMES_A_SECOND * (self.loop.time() - self._since):
            self.transport.abort()
