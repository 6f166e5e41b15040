"""CPU of one collected event: the whole pipeline with the demo's triggers, against a bare ASGI 204.

Both get the same requests, one event each, over 64 connections: visitors walk the demo shop down to a product, and
leave each page as a snippet tells it; every twentieth lingers until a bell rings. Floor and product take turns, the
floor before and after each pass of the product; a round whose two floors differ by more than 25 % is refused.
"""

import asyncio
import random
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from bench.load import drive, post
from bench.machines import SIZES, Running, databases, demo, floor
from bench.rounds import Round, tell
from service.demo.catalogue import shop
from tests.running import AGENT

CONNECTIONS = 64
ROUNDS = 5
VISITORS = 384
#: The floor gets the requests of a pass so many times: it is quick, and short measurements are rough.
FLOORS = 4
REACH = {"sqlite": 2.5, "postgres": 2.0}


def walk(dice: random.Random, origin: str, lingers: bool) -> list[bytes]:
    """One visitor's requests: four pages down, each viewed and left, or stayed on; events as a snippet sends them."""
    key = uuid.uuid4().hex
    product = dice.choice(shop().products)
    steps = [("/", (), "Linden Yard"), *((s.url, s.path, s.name.en) for s in shop().above(product.path))]
    steps.append((product.url, product.page, product.name.en))
    requests, referrer = [], "https://www.google.com/"
    for url, path, title in steps[-4:]:
        view = str(uuid.uuid4())
        dwell = dice.randrange(1_500, 4_900)
        events: list[dict[str, Any]] = [
            {
                "type": "page.viewed",
                "url": origin + url,
                "title": title,
                "referrer": referrer,
                "path": list(path),
                "source": "breadcrumb",
            }
        ]
        if lingers and path:
            events += [{"type": "page.stayed", "page": view, "dwell": ms, "scroll": 60} for ms in (5_000, 10_000)]
        else:
            events.append({"type": "page.left", "page": view, "dwell": dwell, "scroll": 55})
        referrer = origin + url
        for number, event in enumerate(events):
            beacon = {
                "site": "demo",
                "visitor": key,
                "events": [{"id": view if not number else str(uuid.uuid4()), "age": 0, **event}],
            }
            requests.append(post("/collect", msgspec.json.encode(beacon), origin, AGENT))
    return requests


def lanes(dice: random.Random, origin: str) -> list[list[bytes]]:
    """The requests of one pass, on 64 connections."""
    visitors = [walk(dice, origin, lingers=number % 20 == 0) for number in range(VISITORS)]
    return [[request for one in visitors[lane::CONNECTIONS] for request in one] for lane in range(CONNECTIONS)]


async def cpu(server: Running, requests: list[list[bytes]]) -> float:
    """Microseconds of CPU per event. Every answer must be a success."""
    began = server.cpu
    passed = await drive(server.port, requests)
    await asyncio.sleep(0.2)  # what goes on after the last answer belongs to it: bells, the disk
    number = sum(map(len, requests))
    good = passed.statuses.get(204, 0) + passed.statuses.get(200, 0)
    assert good == number, f"{server.name} answered {passed.statuses}"
    return (server.cpu - began) * 1e6 / number


async def _rounds(bare: Running, ours: Running, origin: str) -> list[Round]:
    dice = random.Random(1)
    for server in (bare, ours):  # warm: imports, caches, files
        await cpu(server, lanes(dice, origin))
    rounds = []
    for _ in range(ROUNDS):
        requests = lanes(dice, origin)
        before = await cpu(bare, [lane * FLOORS for lane in requests])
        own = await cpu(ours, requests)
        rounds.append(Round(before, own, await cpu(bare, [lane * FLOORS for lane in requests])))
        print(f"{ours.name}: {rounds[-1]}", file=sys.stderr, flush=True)
    return rounds


def measure(folder: Path) -> Iterator[dict[str, Any]]:
    """A figure per database."""
    with floor(folder / "floor") as bare:
        for kind in SIZES:
            with databases(kind) as (url,), demo(kind, folder / kind, url) as (running, server):
                yield summary(kind, asyncio.run(_rounds(bare, running, server.url)))


def summary(kind: str, rounds: list[Round]) -> dict[str, Any]:
    told = tell(rounds)
    return {
        "what": f"CPU of one collected event, {kind}",
        "floor": f"{told.floor:.0f} us",
        "ours": f"{told.ours:.0f} us",
        "ratio": told.ratios(),
        "reach": f"{REACH[kind]}x",
        "met": told.met(told.ratio <= REACH[kind]),
        "rounds": told.rounds,
    }
