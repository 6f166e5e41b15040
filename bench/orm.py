"""Throughput against the ordinary way: a Starlette route with one transaction of SQLAlchemy's ORM per event.

`bench/orm_floor.py` does the least that such a program would do for the same requests: find or make the visitor and
the visit, add the event, add or change the page view. It judges nothing and rings no bell. Both get the same requests
over 64 connections in turns, the floor before and after each pass of the product; a round whose two floors differ by
more than 25 % is refused.
"""

import asyncio
import contextlib
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.alone import alone
from bench.collect import CONNECTIONS, walk
from bench.load import drive
from bench.machines import SIZES, Running, databases, demo, wait_for_port
from bench.rounds import Round, tell
from tests.running import ROOT
from tests.servers import free_port

ROUNDS = 5
VISITORS = 64
#: The product gets so many times the requests of the floor, for a pass of a similar length.
OURS = 8
REACH = 8.0


@contextlib.contextmanager
def floor(kind: str, folder: Path, url: str) -> Iterator[Running]:
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    url = url or f"sqlite:///{folder / 'orm.sqlite3'}"
    process = subprocess.Popen([sys.executable, "-m", "bench.orm_floor", str(port), url], cwd=ROOT)
    try:
        wait_for_port(port)
        yield Running(f"orm {kind}", process.pid, port)
    finally:
        process.terminate()
        process.wait(15)


def lanes(dice: random.Random, origin: str, visitors: int) -> list[list[bytes]]:
    walks = [walk(dice, origin, lingers=False) for _ in range(visitors)]
    return [[request for one in walks[lane::CONNECTIONS] for request in one] for lane in range(CONNECTIONS)]


async def rate(server: Running, requests: list[list[bytes]]) -> float:
    """Requests per second; every answer must be a success."""
    passed = await drive(server.port, requests)
    number = sum(map(len, requests))
    good = passed.statuses.get(204, 0) + passed.statuses.get(200, 0)
    assert good == number, f"{server.name} answered {passed.statuses}"
    return number / passed.seconds


async def _rounds(plain: Running, ours: Running, origin: str, number: int) -> list[Round]:
    dice = random.Random(1)
    for server in (plain, ours):
        await rate(server, lanes(dice, origin, CONNECTIONS))
    rounds = []
    for _ in range(number):
        before = await rate(plain, lanes(dice, origin, VISITORS))
        own = await rate(ours, lanes(dice, origin, VISITORS * OURS))
        rounds.append(Round(before, own, await rate(plain, lanes(dice, origin, VISITORS))))
        print(f"{ours.name}: {rounds[-1]}", file=sys.stderr, flush=True)
    return rounds


def measure(folder: Path, rounds: int = ROUNDS, sizes: tuple[str, ...] = SIZES) -> Iterator[dict[str, Any]]:
    """A figure per database."""
    for kind in sizes:
        with (
            databases(kind, 2) as (base, own),
            floor(kind, folder / f"orm-{kind}", base) as plain,
            demo(kind, folder / kind, own) as (running, server),
        ):
            yield summary(kind, asyncio.run(_rounds(plain, running, server.url, rounds)))


def summary(kind: str, rounds: list[Round]) -> dict[str, Any]:
    told = tell(rounds)
    return {
        "what": f"Events per second, 64 connections, against one ORM transaction per event, {kind}",
        "floor": f"{told.floor:.0f}/s",
        "ours": f"{told.ours:.0f}/s",
        "ratio": told.ratios(1),
        "reach": f">= {REACH:.0f}x",
        "met": told.met(told.ratio >= REACH),
        "rounds": told.rounds,
    }


if __name__ == "__main__":
    alone("orm", measure, rounds=ROUNDS)
