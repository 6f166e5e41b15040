"""The least a server can do here: read a body and answer 204; echo a frame after one commit.

An ASGI application for uvicorn, run with the product's own settings of uvicorn, so that only our part differs.
"""

import os
import sqlite3
import sys
from typing import Any

import uvicorn

Message = dict[str, Any]
_NO_CONTENT = {"type": "http.response.start", "status": 204, "headers": [(b"cache-control", b"no-store")]}


class Floor:
    """`/…` over HTTP: 204. Over a WebSocket: the frame comes back; at `/commit` a row is committed before."""

    def __init__(self, base: str) -> None:
        self._base = sqlite3.connect(base, isolation_level=None)
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = FULL")
        self._base.execute("CREATE TABLE IF NOT EXISTS said (text TEXT)")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            while (await receive()).get("more_body"):
                pass
            await send(_NO_CONTENT)
            await send({"type": "http.response.body", "body": b""})
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            while (said := await receive())["type"] == "websocket.receive":
                if scope["path"] == "/commit":
                    self._base.execute("INSERT INTO said VALUES (?)", (said["text"],))
                await send({"type": "websocket.send", "text": said["text"]})


def main(port: int, base: str) -> None:
    uvicorn.run(
        Floor(base),
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        lifespan="off",
        log_level="warning",
        backlog=4096,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), os.path.abspath(sys.argv[2]))
