"""A beacon that completes a condition leaves the browser -> the alert is in the expert's socket.

The floor is a bare WebSocket echo that commits one row (SQLite, `synchronous=FULL`) before it answers. Blocks of both
take turns; each block gives its own medians, so a busy moment of the machine hurts both.
"""

import asyncio
import random
import statistics
import time
import uuid
from pathlib import Path
from typing import Any

import msgspec
import websockets

from bench.load import post
from bench.machines import demo, floor
from service.demo.catalogue import shop
from tests.running import AGENT, People, Server, people_of

BLOCKS = 9
SAMPLES = 30
REACH_P50, REACH_P99_MS = 5.0, 10.0


class Lane:
    """One open connection to /collect, so that no handshake is measured."""

    async def open(self, server: Server) -> "Lane":
        self._server = server
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", server.port)
        return self

    async def send(self, visitor: str, event: dict[str, Any]) -> None:
        body = msgspec.json.encode({"site": "demo", "visitor": visitor, "events": [{"age": 0, **event}]})
        self._writer.write(post("/collect", body, self._server.url, AGENT))
        head = await self._reader.readuntil(b"\r\n\r\n")
        assert head[9:12] in (b"200", b"204"), head
        at = head.lower().find(b"content-length:")
        if at >= 0:
            await self._reader.readexactly(int(head[at + 15 : head.index(b"\r", at)]))

    def close(self) -> None:
        self._writer.close()


async def echoes(port: int) -> list[float]:
    """Seconds from a frame to its echo, after one commit."""
    took = []
    async with websockets.connect(f"ws://127.0.0.1:{port}/commit", compression=None) as socket:
        for number in range(SAMPLES):
            frame = f'42["alert.raised",{{"id":"{number}","why":"{"x" * 600}"}}]'
            began = time.perf_counter()
            await socket.send(frame)
            await socket.recv()
            took.append(time.perf_counter() - began)
            await asyncio.sleep(0.005)
    return took


async def alerts(lane: Lane, desk: Any, dice: random.Random) -> list[float]:
    """Seconds from the heartbeat that completes the condition to the bell. Each alert is taken, and closed after it."""
    took = []
    garden = [product for product in shop().products if product.path[0] == "Garden"]
    for _ in range(SAMPLES):
        visitor, view, product = uuid.uuid4().hex, str(uuid.uuid4()), dice.choice(garden)
        page = {"url": lane._server.url + product.url, "title": product.name.en, "path": list(product.page)}
        await lane.send(visitor, {"id": view, "type": "page.viewed", "source": "breadcrumb", **page})
        known = len(desk.events)
        began = time.perf_counter()
        heartbeat = asyncio.create_task(
            lane.send(visitor, {"id": str(uuid.uuid4()), "type": "page.stayed", "page": view, "dwell": 15000})
        )
        rung = await _rung(desk, known)
        took.append(time.perf_counter() - began)
        await heartbeat
        taken = await desk.done("alert.accept", {"alert": rung["id"]})
        await desk.done("conversation.close", {"conversation": taken["conversation"]})
        await asyncio.sleep(0.02)
    return took


async def _rung(desk: Any, known: int) -> Any:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        for name, data in desk.events[known:]:
            if name == "alert.raised":
                return data
        desk._news.clear()
        await asyncio.wait_for(desk._news.wait(), 5)
    raise TimeoutError("no bell rang")


async def _blocks(port: int, server: Server) -> tuple[list[list[float]], list[list[float]]]:
    bare, ours, dice = [], [], random.Random(2)
    async with people_of(server) as people:
        desk = await _anna(people)
        lane = await Lane().open(server)
        await echoes(port)
        await alerts(lane, desk, dice)
        for _ in range(BLOCKS):
            bare.append(await echoes(port))
            ours.append(await alerts(lane, desk, dice))
        lane.close()
    return bare, ours


async def _anna(people: People) -> Any:
    return await people.expert("anna")


def measure(folder: Path) -> list[dict[str, Any]]:
    """Ratio of medians, and the 99th of a hundred in ms."""
    with floor(folder / "echo") as bare_server, demo("alert", folder / "alert") as (_, server):
        bare, ours = asyncio.run(_blocks(bare_server.port, server))
    ratios = [statistics.median(own) / statistics.median(echo) for own, echo in zip(ours, bare, strict=True)]
    ratio = statistics.median(ratios)
    every, every_echo = [one for block in ours for one in block], [one for block in bare for one in block]
    p99 = _p99(every) * 1000
    return [
        {
            "what": "heartbeat -> alert on the expert's socket, p50",
            "floor": f"{statistics.median(every_echo) * 1000:.2f} ms",
            "ours": f"{statistics.median(every) * 1000:.2f} ms",
            "ratio": f"{ratio:.2f} [{min(ratios):.2f}-{max(ratios):.2f}]",
            "reach": f"{REACH_P50:.0f}x",
            "met": "yes" if ratio <= REACH_P50 else "no",
            "rounds": f"{BLOCKS} blocks of {SAMPLES}",
        },
        {
            "what": "heartbeat -> alert on the expert's socket, p99",
            "floor": f"{_p99(every_echo) * 1000:.2f} ms",
            "ours": f"{p99:.2f} ms",
            "ratio": f"{_p99(every) / _p99(every_echo):.2f}",
            "reach": f"{REACH_P99_MS:.0f} ms",
            "met": "yes" if p99 <= REACH_P99_MS else "no",
            "rounds": f"{len(every)} samples",
        },
    ]


def _p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98]
