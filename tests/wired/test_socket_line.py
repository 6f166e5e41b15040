"""A line of `service.sockets.eio` by itself: hello, pings, silence, goodbye. What the public protocol suites ask more
of it: docs/socket-protocol.md."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from websockets.asyncio.client import ClientConnection, connect

from bench.machines import wait_for_port
from tests.protocol_server import TIMES
from tests.running import ROOT
from tests.servers import free_port


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Echoes, with short times."""
    number = free_port()
    server = subprocess.Popen([sys.executable, "-m", "tests.protocol_server", str(number)], cwd=ROOT)
    try:
        wait_for_port(number)
        yield number
    finally:
        server.terminate()
        server.wait(15)


async def line(port: int) -> ClientConnection:
    """Greeted."""
    socket = await connect(f"ws://127.0.0.1:{port}/engine.io/?EIO=4&transport=websocket")
    hello = await socket.recv()
    assert isinstance(hello, str)
    assert hello[0] == "0"
    said = json.loads(hello[1:])
    assert (said["pingInterval"], said["pingTimeout"], said["maxPayload"]) == (300, 200, 1_000_000)
    assert said["upgrades"] == []
    return socket


async def rest(socket: ClientConnection) -> list[str | bytes]:
    """What it still hears until it is closed, within a few seconds."""
    async with asyncio.timeout(5):
        return [one async for one in socket]


async def test_whoever_answers_pings_stays_and_gets_one_at_a_time(port: int) -> None:
    """Pongs that nobody asked for bring no more pings."""
    socket = await line(port)
    pings, until = 0, time.monotonic() + 2.0
    while time.monotonic() < until:
        assert await asyncio.wait_for(socket.recv(), 5) == "2"
        pings += 1
        for _ in range(5):
            await socket.send("3")
    assert pings <= 2.3 / TIMES["ping_interval"]
    await socket.close()


async def test_whoever_answers_no_ping_is_let_go(port: int) -> None:
    """After the interval and the patience, not before."""
    socket, began = await line(port), time.monotonic()
    assert await rest(socket) == ["2", "1"]
    assert time.monotonic() - began >= TIMES["ping_interval"] + TIMES["ping_timeout"] - 0.05


async def test_a_burst_is_answered_in_its_order(port: int) -> None:
    """A thousand words at once, text and bytes; none is lost, and a ping between them does no harm."""
    socket = await line(port)
    said = [f"4word {n}" if n % 3 else bytes([n % 256]) for n in range(1_000)]

    async def say() -> None:
        for one in said:
            await socket.send(one)

    talking = asyncio.create_task(say())
    heard: list[str | bytes] = []
    while len(heard) < len(said):
        one = await asyncio.wait_for(socket.recv(), 10)
        if one == "2":
            await socket.send("3")
        else:
            heard.append(one)
    await talking
    assert heard == said
    await socket.close()


async def test_whoever_says_goodbye_is_let_go_at_once(port: int) -> None:
    socket = await line(port)
    began = time.monotonic()
    await socket.send("1")
    assert await rest(socket) in ([], ["2"])
    assert time.monotonic() - began < TIMES["ping_interval"] + TIMES["ping_timeout"] + 2
