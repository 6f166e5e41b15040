"""A body may take as long as it is large: a trickle is cut off, a slow line is not."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.server import ServerState

from service import wire

SECONDS = 0.3


async def _measure(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the size of the body."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return
        size, more = size + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"%d" % size})


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(wire, "BODY_SECONDS", SECONDS)
    config = Config(_measure, log_config=None, lifespan="off")
    config.load()
    loop, state = asyncio.get_running_loop(), ServerState()
    server = await loop.create_server(lambda: wire.Http(config, state, {}), "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


@pytest.mark.parametrize(
    ("piece", "pieces", "answer"),
    [
        (wire.BODY_BYTES, 8, b"HTTP/1.1 200 OK"),
        (1_000, 8, b"HTTP/1.1 400 Bad Request"),
        (wire.BODY_BYTES // 8, 8, b"HTTP/1.1 400 Bad Request"),
    ],
)
async def test_a_body_may_be_slow_but_no_trickle(port: int, piece: int, pieces: int, answer: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (piece * pieces))
    answered = asyncio.ensure_future(reader.readline())
    for _ in range(pieces):
        await asyncio.sleep(SECONDS / 3)
        if not answered.done():
            writer.write(b"x" * piece)
    assert await asyncio.wait_for(answered, 5) == answer + b"\r\n"
    writer.close()
