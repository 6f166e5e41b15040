"""`kill -9` under load, again and again, on both sizes: what was acknowledged is there, once, with all that follows.

Sixteen visitors report pages as fast as they are answered, three events a body, some bodies twice; the server dies at a
random moment and starts again on what it left. A body without an answer is sent again, as the snippet does. At the end
the base is read: acknowledged events that are missing, events that anybody has twice, and rows of visitors, visits and
page views that are not those of `tests/visit_model.py`. `python -m bench.crash --rounds 20 --size sqlite`.
"""

import asyncio
import contextlib
import random
import sqlite3
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from bench.alone import alone
from bench.load import post
from bench.machines import SIZES, databases
from contract.beacons import Beacon, Custom, Event, PageLeft, PageStayed, PageViewed
from store.connect import open_store
from tests.running import AGENT, Server
from tests.visit_model import Told, tables
from tracker.tables import event, page_view, visit, visitor
from tracker.visitor import key_hash

ROUNDS = 100
LANES = 16
#: A machine that is busy with other things takes its time to give the first answer.
WARM_SECONDS = 15
#: Bodies of one visitor, then the next one comes.
BODIES = 12
_OF_VISIT = ("last_at", "heard_at", "number", "pages", "dwell", "path", "deepest", "topic", "arrival", "left_at")
DRIP = ["Garden", "Irrigation", "Drip systems"]
PATHS: tuple[list[str], ...] = ([], DRIP[:1], DRIP[:2], DRIP, ["Hearth"])


class Reporter:
    """One visitor after the other; a body is sent until it is acknowledged."""

    def __init__(self, dice: random.Random, origin: str) -> None:
        self._dice, self._origin = dice, origin
        self.told: dict[str, dict[str, Event]] = {}  # visitor key -> what was ever sent of it, by id
        self.acknowledged: set[str] = set()
        self._key, self._left = "", 0
        self._body: list[Event] = []
        self._again = False

    async def work(self, port: int) -> None:
        """Until the server is gone."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                while True:
                    await self._report(reader, writer)
            finally:
                writer.close()

    async def _report(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._body = self._body or self._next()
        beacon = Beacon(site="demo", visitor=self._key, events=self._body)
        writer.write(post("/collect", msgspec.json.encode(beacon), self._origin, AGENT))
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        at = head.lower().find(b"content-length:")
        said = await reader.readexactly(int(head[at + 15 : head.index(b"\r", at)])) if at >= 0 else b""
        if status not in (200, 204):
            await asyncio.sleep(0.05)
            return
        assert b"rejected" not in said, said
        self.acknowledged.update(one.id for one in self._body)
        self._again = not self._again and self._dice.random() < 0.1  # as if the answer had been lost
        if not self._again:
            self._body = []

    def _next(self) -> list[Event]:
        dice = self._dice
        if not self._left:
            self._key, self._left = uuid.uuid4().hex, BODIES
            self.told[self._key] = {}
        self._left -= 1
        path = dice.choice(PATHS)
        view = PageViewed(
            id=str(uuid.uuid4()), age=40, url="https://shop.example/" + "/".join(path).replace(" ", "-"), path=path,
            title="A page", referrer=dice.choice(("", "https://shop.example/")), source="breadcrumb",
        )  # fmt: skip
        mark: Any = dice.choice((PageStayed, PageLeft))
        body: list[Event] = [
            view,
            mark(id=str(uuid.uuid4()), age=20, page=view.id, dwell=dice.randrange(9_000), scroll=dice.randrange(100)),
            Custom(id=str(uuid.uuid4()), age=0, name="cart.added"),
        ]
        self.told[self._key] |= {one.id: one for one in body}
        return body


class Found(msgspec.Struct):
    """What was wrong at the end."""

    rounds: int
    acknowledged: int
    lost: int
    twice: int
    wrong: list[str]


async def death(server: Server, reporters: list[Reporter], seconds: float) -> None:
    """Work until something is acknowledged and for so long, then nothing."""

    def done() -> int:
        return sum(len(one.acknowledged) for one in reporters)

    before, deadline = done(), time.monotonic() + WARM_SECONDS
    at_work = [asyncio.create_task(one.work(server.port)) for one in reporters]
    while done() == before and time.monotonic() < deadline:  # noqa: ASYNC110  clients know nothing of us
        await asyncio.sleep(0.01)
    await asyncio.sleep(seconds)
    await asyncio.to_thread(server.kill)
    await asyncio.gather(*at_work)


def broken(url: str) -> list[str]:
    """What SQLite says of its file."""
    if not url.startswith("sqlite"):
        return []
    with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as base:
        said = [row[0] for row in base.execute("PRAGMA integrity_check")]
        return [*(one for one in said if one != "ok"), *map(str, base.execute("PRAGMA foreign_key_check"))]


async def look(url: str, reporters: list[Reporter]) -> Found:
    """The base against what was acknowledged, and against the model."""
    store = open_store(url)
    try:
        return await store.read(lambda conn: _look(conn, reporters))
    finally:
        await store.close()


def _look(conn: Connection, reporters: list[Reporter]) -> Found:
    sent = {id_: one for reporter in reporters for told in reporter.told.values() for id_, one in told.items()}
    keys = {key_hash(key): key for reporter in reporters for key in reporter.told}
    who = {row.id: keys[row.key_hash] for row in conn.execute(select(visitor.c.id, visitor.c.key_hash))
           if row.key_hash in keys}  # fmt: skip
    rows = [row for row in conn.execute(select(event)).mappings() if row["id"] in sent]
    stored = {row["id"] for row in rows}
    acknowledged = {id_ for reporter in reporters for id_ in reporter.acknowledged}
    told = [
        Told("", who[row["visitor_id"]], row["at"], row["received_at"], row["position"], sent[row["id"]], AGENT)
        for row in rows
    ]
    model = tables(told)
    wrong = []
    views = {row["id"]: row for row in conn.execute(select(page_view)).mappings() if row["visitor_id"] in who}
    for (_, id_), wanted in model.page_view.items():
        for column in ("at", "dwell", "scroll", "stayed_at", "left_at", "path", "position"):
            if id_ not in views or views[id_][column] != wanted[column]:
                wrong.append(f"page view {id_}: {column}")
    visits = {
        (("", who[row["visitor_id"]]), row["started_at"]): row
        for row in conn.execute(select(visit).where(visit.c.merged_into.is_(None))).mappings()
        if row["visitor_id"] in who
    }
    wrong += [f"visit {key} is one too many" for key in visits.keys() - model.visit.keys()]
    for key, wanted in model.visit.items():
        for column in _OF_VISIT:
            if key not in visits or visits[key][column] != wanted[column]:
                wrong.append(f"visit {key}: {column}")
    twice = len(rows) - len(stored) + len(views) - len(model.page_view)
    return Found(0, len(acknowledged), len(acknowledged - stored), twice, wrong)


def run(server: Server, url: str, rounds: int, seed: int = 1, minutes: float = 60) -> Found:
    """So many deaths, or as many as there is time for, then the count. The server runs already."""
    until = time.monotonic() + 60 * minutes
    dice = random.Random(seed)
    reporters = [Reporter(random.Random(dice.random()), server.url) for _ in range(LANES)]
    found: list[str] = []
    for number in range(rounds):
        asyncio.run(death(server, reporters, dice.uniform(0, 0.8)))
        found += broken(url)
        server.start("serve")
        if time.monotonic() > until:
            break
        if number % 10 == 9:
            print(f"{number + 1} deaths, {sum(len(one.acknowledged) for one in reporters)} events", file=sys.stderr)
    told = asyncio.run(look(url, reporters))
    told.rounds, told.wrong = number + 1, told.wrong + found
    return told


def measure(
    folder: Path, rounds: int = ROUNDS, sizes: tuple[str, ...] = SIZES, minutes: float = 60
) -> Iterator[dict[str, Any]]:
    """A figure per size. `minutes`: of each size, at most; `rounds`: deaths."""
    for kind in sizes:
        with contextlib.ExitStack() as stack:
            own = folder / kind
            (url,) = stack.enter_context(databases(kind))
            url = url or f"sqlite:///{own}/shopbell.sqlite3"
            began = time.monotonic()
            server = Server(own, url).start()
            stack.callback(server.kill)
            found = run(server, url, rounds, minutes=minutes)
            for one in found.wrong[:10]:
                print(one, file=sys.stderr)
            tracebacks = server.said().count("Traceback")
            bad = found.lost + found.twice + len(found.wrong)
            yield {
                "what": f"`kill -9` under load: lost, stored twice, rows that are wrong, {kind}",
                "floor": f"{found.rounds} deaths in {time.monotonic() - began:.0f} s",
                "ours": f"{found.lost}, {found.twice}, {len(found.wrong)} of {found.acknowledged} acknowledged events",
                "ratio": f"{tracebacks} tracebacks",
                "reach": "0, 0, 0",
                "met": "yes" if not bad and found.acknowledged > found.rounds * 20 else "no",
                "rounds": str(found.rounds),
            }


if __name__ == "__main__":
    alone("crash", measure, rounds=ROUNDS, minutes=60.0)
