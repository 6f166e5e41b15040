"""The same bell at two desks of one expert: on the process that took the heartbeat, and on another one, through Redis.

PostgreSQL and Valkey, two processes. Both sockets hear of the same alert, so the difference is told for each bell alone
and no two runs are compared. It holds the doorbell over Redis and what the other process reads to say what rings.
"""

import asyncio
import contextlib
import random
import statistics
import time
import uuid
from pathlib import Path
from typing import Any

from bench.alert import Lane
from bench.machines import databases
from service.demo.catalogue import shop
from tests.running import People, Server, Socket, people_of
from tests.servers import Valkey

BELLS = 270
REACH_MS = 2.0


class _Desk:
    """When each alert was first heard of here."""

    def __init__(self, socket: Socket) -> None:
        self._socket, self._at, self._seen = socket, dict[str, float](), 0

    async def heard(self, page: str) -> tuple[str, float]:
        """(alert, moment) of the visitor on this page."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            self._socket._news.clear()
            for name, data in self._socket.events[self._seen :]:
                if name == "alert.raised" and data["visit"]["url"] == page:
                    self._seen = len(self._socket.events)
                    return data["id"], time.perf_counter()
            await asyncio.wait_for(self._socket._news.wait(), 5)
        raise TimeoutError("no bell rang")


async def _bells(here: Server, there: Server) -> tuple[list[float], list[float]]:
    """Seconds from the heartbeat to both desks."""
    near, far, dice = list[float](), list[float](), random.Random(4)
    garden = [product for product in shop().products if product.path[0] == "Garden"]
    async with people_of(here) as people:
        desk = await people.expert("anna")
        desks = _Desk(desk), _Desk(await _elsewhere(people, there))
        lane = await Lane().open(here)
        for number in range(BELLS + 20):
            visitor, view, product = uuid.uuid4().hex, str(uuid.uuid4()), dice.choice(garden)
            page: dict[str, Any] = {
                "url": f"{here.url}{product.url}?n={number}",
                "title": product.name.en,
                "path": list(product.page),
            }
            await lane.send(visitor, {"id": view, "type": "page.viewed", "source": "breadcrumb", **page})
            hears = [asyncio.create_task(one.heard(page["url"])) for one in desks]
            await asyncio.sleep(0.01)
            began = time.perf_counter()
            stays = {"id": str(uuid.uuid4()), "type": "page.stayed", "page": view, "dwell": 15000}
            heartbeat = asyncio.create_task(lane.send(visitor, stays))
            (alert_id, at_near), (_, at_far) = await asyncio.gather(*hears)
            await heartbeat
            if number >= 20:
                near.append(at_near - began)
                far.append(at_far - began)
            taken = await desk.done("alert.accept", {"alert": alert_id})
            await desk.done("conversation.close", {"conversation": taken["conversation"]})
            await asyncio.sleep(0.02)
        lane.close()
    return near, far


async def _elsewhere(people: People, there: Server) -> Socket:
    return await people.expert("anna", server=there)


def measure(folder: Path) -> list[dict[str, Any]]:
    """What the way through Redis adds, in ms."""
    with databases("postgres") as (url,), contextlib.closing(Valkey()) as valkey, contextlib.ExitStack() as servers:
        valkey.start()
        here = Server(folder / "here", url, valkey.url()).start()
        servers.callback(here.stop)
        there = Server(folder / "there", url, valkey.url()).start("serve")
        servers.callback(there.stop)
        near, far = asyncio.run(_bells(here, there))
    more = [other - own for own, other in zip(near, far, strict=True)]
    added = statistics.median(more) * 1000
    return [
        {
            "what": "the same bell through Redis, on another process, p50",
            "floor": f"{statistics.median(near) * 1000:.2f} ms",
            "ours": f"{statistics.median(far) * 1000:.2f} ms",
            "ratio": f"+ {added:.2f} ms, p99 + {statistics.quantiles(more, n=100)[98] * 1000:.2f} ms",
            "reach": f"+ {REACH_MS:.0f} ms",
            "met": "yes" if added <= REACH_MS else "no",
            "rounds": f"{len(more)} bells",
        }
    ]
