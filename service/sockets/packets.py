"""Two nets in front of python-socketio, because the library trusts its clients.

The guard looks at raw WebSocket frames before Engine.IO does: text only, of the few forms a well-behaved client sends.
The packet class then lets through only events that stand in the contract: a client that sends an event called
`connect` or `disconnect` would otherwise run our own handlers (realtime notes 3.4). A frame of a wrong form closes
the connection (1008); a well-formed packet that says nonsense is answered with an error and the connection goes on.
"""

import asyncio
import contextlib
import re
from collections.abc import Mapping
from typing import Any

import orjson
from socketio.packet import EVENT, Packet
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contract.commands import EXPERT_COMMANDS, VISITOR_COMMANDS
from contract.errors import Refused
from service.web import language, problem

REFUSED = "refused"
CONNECT_DEADLINE = 10.0
POLICY = 1008
#: Event names a client may send, by namespace. Everything else becomes `refused`.
ALLOWED: Mapping[str, frozenset[str]] = {
    "/visitor": frozenset(VISITOR_COMMANDS),
    "/expert": frozenset(EXPERT_COMMANDS),
}
_FRAME = re.compile(
    r"1|3(?:probe)?|4(?:0/(?:visitor|expert),.*|1/(?:visitor|expert),?|2/(?:visitor|expert),\d{0,9}\[.*\])", re.DOTALL
)


class StrictJson:
    """orjson with the signature that the library calls. NaN, Infinity and lone surrogates are refused on the way in."""

    @staticmethod
    def dumps(data: Any, **_: Any) -> str:
        return orjson.dumps(data).decode()

    @staticmethod
    def loads(text: str) -> Any:
        return orjson.loads(text)


class ClosedPacket(Packet):  # type: ignore[misc]
    """Text packets only; an event outside the allow-list, or with a wrong number of arguments, becomes `refused`."""

    uses_binary_events = False
    json = StrictJson

    def decode(self, encoded_packet: str) -> int:
        try:
            super().decode(encoded_packet)
        except (ValueError, RecursionError):  # not JSON, or more of it than anybody needs
            self.data = None
        if self.packet_type == EVENT:
            self.data = _allowed(self.namespace or "/", self.data)
        elif not isinstance(self.data, dict):
            self.data = None
        return 0


def _allowed(namespace: str, data: Any) -> list[Any]:
    if not isinstance(data, list) or not data or not isinstance(data[0], str):
        return [REFUSED, "malformed"]
    if data[0] not in ALLOWED.get(namespace, frozenset()):
        return [REFUSED, "unknown_command"]
    if len(data) > 2 or (len(data) == 2 and not isinstance(data[1], dict)):
        return [REFUSED, "invalid"]
    return [data[0], data[1] if len(data) == 2 else {}]


def guarded(app: ASGIApp, *, frames: re.Pattern[str] = _FRAME, deadline: float = CONNECT_DEADLINE) -> ASGIApp:
    """Wrap the Engine.IO application: WebSocket only, known `frames` only, and a namespace joined by the deadline
    (seconds)."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await _no_polling(scope, receive, send)
            return
        until = asyncio.get_running_loop().time() + deadline
        joined = closed = left = False
        heard = asyncio.Event()  # what was said last is on its way: a peer that does not read is not listened to
        heard.set()

        async def checked() -> Message:
            nonlocal closed, left
            if left:  # after its goodbye the library would still take a client's word, and stumble
                return {"type": "websocket.disconnect", "code": 1000}
            await heard.wait()
            try:
                message = await in_time()
            except TimeoutError:
                message = {"type": "websocket.receive", "text": ""}
            if message["type"] != "websocket.receive":
                return message
            text = message.get("text")
            if text and frames.fullmatch(text):
                left = text == "1"
                return message
            if not closed:
                closed = True
                with contextlib.suppress(RuntimeError):
                    await send({"type": "websocket.close", "code": POLICY})
            return {"type": "websocket.disconnect", "code": POLICY}

        async def in_time() -> Message:
            """The next message. Whoever has not joined by the deadline is timed out, refused handshakes included."""
            while not joined:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout_at(until):
                        return await receive()
                if not joined:
                    raise TimeoutError
            return await receive()

        async def once_closed(message: Message) -> None:
            nonlocal joined
            joined = joined or str(message.get("text") or "").startswith("40")
            if closed:
                return
            heard.clear()
            try:
                await send(message)
            finally:
                heard.set()

        await app(scope, checked, once_closed)

    return guard


async def _no_polling(scope: Scope, receive: Receive, send: Send) -> None:
    """There is no long polling here (its Python side has holes); engaged pages ask `/visitor/wait`."""
    tongue = language(Headers(scope=scope).get("accept-language"))
    await problem(Refused("websocket_only"), tongue)(scope, receive, send)
