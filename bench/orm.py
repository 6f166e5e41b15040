"""Throughput against the ordinary way: a Starlette route with one transaction of SQLAlchemy's ORM per event.

`bench/orm_floor.py` does the least that such a program would do for the same requests: find or make the visitor and
the visit, add the event, add or change the page view. It judges nothing and rings no bell. Both get the same requests
over 64 connections in turns, the floor before and after each pass of the product; a round whose two floors differ by
more than 25 % is refused.
"""

import argparse
import asyncio
import contextlib
import json
import random
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from bench.collect import CONNECTIONS, walk
from bench.load import drive
from bench.machines import Running, demo, in_folder, wait_for_port
from store.connect import database_url
from tests.running import ROOT
from tests.servers import Postgres, free_port

ROUNDS = 5
VISITORS = 64
#: The product gets so many times the requests of the floor, for a pass of a similar length.
OURS = 8
NOISE = 1.25
REACH = 8.0
SIZES = ("sqlite", "postgres")


class Round(msgspec.Struct, frozen=True):
    """Requests per second; `quiet`: both floors agree."""

    before: float
    ours: float
    after: float

    @property
    def quiet(self) -> bool:
        return max(self.before, self.after) <= NOISE * min(self.before, self.after)

    @property
    def ratio(self) -> float:
        return self.ours / ((self.before + self.after) / 2)


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
        with contextlib.ExitStack() as stack:
            url = own = ""
            if kind == "postgres":
                base = Postgres()
                stack.callback(base.close)
                base.start()
                url, own = (database_url(base.fresh_database(), folder) for _ in range(2))
            plain = stack.enter_context(floor(kind, folder / f"orm-{kind}", url))
            running, server = stack.enter_context(demo(kind, folder / kind, own))
            yield summary(kind, asyncio.run(_rounds(plain, running, server.url, rounds)))


def summary(kind: str, rounds: list[Round]) -> dict[str, Any]:
    """Median over the quiet rounds; with fewer than three of them the figure is noisy, and never met."""
    quiet = [one for one in rounds if one.quiet]
    told = quiet or rounds
    ratio = statistics.median(one.ratio for one in told)
    return {
        "what": f"Events per second, 64 connections, against one ORM transaction per event, {kind}",
        "floor": f"{statistics.median((one.before + one.after) / 2 for one in told):.0f}/s",
        "ours": f"{statistics.median(one.ours for one in told):.0f}/s",
        "ratio": f"{ratio:.1f} [{min(one.ratio for one in told):.1f}-{max(one.ratio for one in told):.1f}]",
        "reach": f">= {REACH:.0f}x",
        "met": "noisy" if len(quiet) < min(3, len(rounds)) else "yes" if ratio >= REACH else "no",
        "rounds": f"{len(quiet)} of {len(rounds)} quiet",
    }


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.orm")
    asked.add_argument("--rounds", type=int, default=ROUNDS)
    asked.add_argument("--size", choices=SIZES, help="one of them; both without")
    options = asked.parse_args()
    with in_folder() as folder:
        for figure in measure(folder, options.rounds, (options.size,) if options.size else SIZES):
            print(json.dumps(figure), flush=True)


if __name__ == "__main__":
    main()
