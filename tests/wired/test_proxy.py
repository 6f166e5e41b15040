"""The proxy makes the weather that it says it makes; and in bad weather nothing is said twice or lost."""

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any, ClassVar

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.asking import Asking
from tests.ears import Ears
from tests.proxy import ACKNOWLEDGED, Meal, Proxy
from tests.running import People, Server, Socket, visitor_key
from tests.servers import wait_until


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    """A port that says back what it hears."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while piece := await reader.read(65536):
                writer.write(piece)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    while Wire.opened:
        Wire.opened.pop().writer.transport.abort()
    await asyncio.sleep(0.05)


class Wire:
    """A client's end of a connection."""

    opened: ClassVar[list["Wire"]] = []

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.opened.append(self)

    @classmethod
    async def to(cls, port: int) -> "Wire":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def says(self, said: bytes, seconds: float = 2.0) -> bytes:
        """What comes back; b"" when the line is cut."""
        try:
            self.writer.write(said)
            async with asyncio.timeout(seconds):
                return await self.reader.read(65536)
        except ConnectionError:
            return b""


async def test_it_passes_on_what_it_gets_and_delays_and_cuts(echo: int) -> None:
    """Each way its delay; a cut ends what there is, and what comes after is served."""
    with Proxy(echo) as proxy:
        wire = await Wire.to(proxy.port)
        assert await wire.says(b"hello") == b"hello"
        proxy.delay = 0.2
        begun = time.monotonic()
        assert await wire.says(b"slowly") == b"slowly"
        assert time.monotonic() - begun >= 0.4
        proxy.delay = 0
        await asyncio.to_thread(proxy.cut)
        assert await wire.says(b"anybody?") == b""
        assert await (await Wire.to(proxy.port)).says(b"again") == b"again"
        assert proxy.accepted == 2


async def test_a_silent_line_takes_everything_and_gives_nothing(echo: int) -> None:
    """Nobody is told; when it heals, what comes after goes through."""
    with Proxy(echo) as proxy:
        wire = await Wire.to(proxy.port)
        assert await wire.says(b"one") == b"one"
        proxy.silent = True
        with pytest.raises(TimeoutError):
            await wire.says(b"two", 0.3)
        proxy.silent = False
        assert await wire.says(b"three") == b"three"


async def test_a_refused_connection_ends_at_once(echo: int) -> None:
    with Proxy(echo) as proxy:
        proxy.refuse = True
        with contextlib.suppress(ConnectionError):  # it may be over before it has begun
            assert await (await Wire.to(proxy.port)).says(b"hello") == b""
        proxy.refuse = False
        assert await (await Wire.to(proxy.port)).says(b"hello") == b"hello"


async def test_what_is_eaten_never_arrives_and_its_line_is_cut(echo: int) -> None:
    """So often as was said, then answers pass again."""
    with Proxy(echo) as proxy, proxy.eating(lambda piece: b"secret" in piece, most=2) as meal:
        for _ in range(2):
            wire = await Wire.to(proxy.port)
            assert await wire.says(b"open") == b"open"
            assert await wire.says(b"a secret") == b""
        assert await (await Wire.to(proxy.port)).says(b"a secret") == b"a secret"
        assert meal.eaten == 2


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    with Proxy(server.port) as made:
        yield made


async def test_websockets_are_refused_and_everything_else_passes(server: Server, proxy: Proxy, people: People) -> None:
    url = f"127.0.0.1:{proxy.port}"
    proxy.refuse_upgrades = True
    with pytest.raises(InvalidStatus):
        await connect(f"ws://{url}/socket.io/?EIO=4&transport=websocket")
    assert (await people.http.get(f"http://{url}/healthz")).status_code == 200
    assert proxy.upgrades == 1
    proxy.refuse_upgrades = False
    async with connect(f"ws://{url}/socket.io/?EIO=4&transport=websocket") as socket:
        assert str(await socket.recv()).startswith("0{")


def _done(meal: Meal) -> bool:
    return meal.eaten > 0


@pytest.mark.usefixtures("line")
async def test_a_cut_between_commit_and_acknowledgement_says_nothing_twice(
    server: Server, proxy: Proxy, people: People
) -> None:
    """Twenty messages, the answer of each eaten once: said again under its id it is the one that was stored."""
    key, talk, taken = visitor_key(), "", []

    async def through() -> Ears:
        if people.line == "polling":
            return Asking(f"http://127.0.0.1:{proxy.port}", key)
        near = Server(server.data_dir, port=proxy.port)
        return await Socket().connect(near, "/visitor", {"site": "demo", "visitor": key})

    line = await through()
    talk = (await line.done("chat.open"))["conversation"]
    for n in range(20):
        said = {"conversation": talk, "client_id": uuid.uuid4().hex, "text": f"word {n}"}
        with proxy.eating(ACKNOWLEDGED) as meal:
            saying = asyncio.create_task(line.call("message.send", said))
            await asyncio.to_thread(wait_until, partial(_done, meal), "its answer is eaten", 10)
            saying.cancel()  # a line that was cut is told in many ways, and by some clients late
            ends: list[Any] = await asyncio.gather(saying, return_exceptions=True)
            assert isinstance(ends[0], BaseException), ends
            await line.close()
            line = await through()
            taken.append((await line.done("message.send", said))["seq"])
    await line.close()
    reader = await people.visitor(key)
    messages = (await reader.done("messages.after", {"conversation": talk, "seq": 0}))["messages"]
    words = [m for m in messages if m["kind"] == "text"]
    assert [m["text"] for m in words] == [f"word {n}" for n in range(20)]
    assert [m["seq"] for m in words] == taken
