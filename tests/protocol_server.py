"""The socket part alone, with what the public protocol suites ask for: echoes, their namespaces, their short times.

`python -m tests.protocol_server 3000` serves `/engine.io/` and `/socket.io/` with the classes that serve our own
namespaces: uvicorn's connection as `service.wire` bounds it, `service.sockets.eio`, `StrictJson`. Only the two nets of
`service.sockets.packets` are opened, for they let nothing through but our own two namespaces and the contract's
commands; `--guard` keeps the first one, text frames only, with names of the suites. See docs/socket-protocol.md.
"""

import argparse
import asyncio
import re
from typing import Any

import engineio
import socketio
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Config
from uvicorn import Server as Uvicorn

from service import wire
from service.sockets.eio import Manager, Server, SocketIO
from service.sockets.packets import StrictJson, guarded

#: What the suites expect: seconds, bytes.
TIMES = {"ping_interval": 0.3, "ping_timeout": 0.2, "max_http_buffer_size": 1_000_000}
ENGINE: dict[str, Any] = {"async_mode": "asgi", "transports": ["websocket"], "allow_upgrades": False, **TIMES}
ANYTHING = re.compile(r"[0-6].*", re.DOTALL)
JOIN_WITHIN = 1.0


def engine() -> ASGIApp:
    server = Server(cors_allowed_origins=[], **ENGINE)

    async def message(sid: str, data: str | bytes) -> None:
        await server.send(sid, data)

    server.on("message", message)
    app: ASGIApp = engineio.ASGIApp(server, engineio_path="engine.io")
    return app


def socket() -> ASGIApp:
    server = SocketIO(
        client_manager=Manager(), cors_allowed_origins=[], json=StrictJson, async_handlers=False,
        namespaces=["/", "/custom"], **ENGINE,
    )  # fmt: skip

    later: list[Any] = []  # an event loop forgets tasks that nobody holds

    async def say(namespace: str, sid: str, event: str, *data: Any) -> None:
        packet = server.packet_class(socketio.packet.EVENT, namespace=namespace, data=[event, *data])
        await server._send_packet(server.manager.eio_sid_from_sid(sid, namespace), packet)

    def echoes(namespace: str) -> None:
        async def connect(sid: str, _: Any, auth: Any) -> None:
            # The suites look for one packet after the other and miss what comes in one piece with another.
            soon = asyncio.create_task(asyncio.sleep(0.05))
            soon.add_done_callback(lambda _: asyncio.ensure_future(say(namespace, sid, "auth", auth or {})))
            later.append(soon)

        async def message(sid: str, *data: Any) -> None:
            await say(namespace, sid, "message-back", *data)

        async def answered(_: str, *data: Any) -> tuple[Any, ...]:
            return data

        for name, handler in (("connect", connect), ("message", message), ("message-with-ack", answered)):
            server.on(name, handler, namespace=namespace)

    echoes("/")
    echoes("/custom")
    app: ASGIApp = socketio.ASGIApp(server, socketio_path="socket.io")
    return app


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.protocol_server", description=__doc__)
    asked.add_argument("port", type=int)
    asked.add_argument("--guard", action="store_true", help="text frames only, as we serve")
    options = asked.parse_args()
    both = {"/engine.io": engine(), "/socket.io": socket()}
    if options.guard:
        both["/socket.io"] = guarded(both["/socket.io"], frames=ANYTHING, deadline=JOIN_WITHIN)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await both["/" + scope["path"].split("/")[1]](scope, receive, send)

    config = Config(
        app, port=options.port, loop="uvloop", http=wire.Http, ws=wire.WebSocket, ws_per_message_deflate=False,
        ws_ping_interval=None, lifespan="off",
    )  # fmt: skip
    Uvicorn(config).run()


if __name__ == "__main__":
    main()
