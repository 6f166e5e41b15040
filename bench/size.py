"""Ten million events in the base: what one more costs, against an empty base, in turns.

The full base is filled by the database itself: as many events as asked, four page views to ten of them, two visits,
one visitor, over the last 400 days, ids spread as chance spreads them; indexes are made afterwards, as they would be.
Both servers get the same requests, those of `bench/collect.py`, the empty one before and after each pass of the full
one; a round whose two passes of the empty one differ by more than 25 % is refused.
`python -m bench.size --events 1000000 --size sqlite`.
"""

import asyncio
import contextlib
import json
import random
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import BigInteger, Boolean, Column, Integer, Table

from bench.alone import alone
from bench.collect import cpu, lanes
from bench.machines import SIZES, Running, databases, demo
from bench.rounds import Round, tell
from contract.clock import DAY, HOUR, now_ms
from contract.ids import node_id
from tests.running import Server
from tracker.tables import event, node, page_view, visit, visitor

EVENTS = 10_000_000
ROUNDS = 7
REACH = 1.3
#: Bytes on the disk for one event with its share of everything else and of the indexes; twice that must be free.
EACH = 1_200
PATH = ("Garden", "Irrigation")
Run = Callable[[str], Any]


class Filler:
    """The statements for one kind of base; `number` is the name of the running number in them."""

    def __init__(self, kind: str, site: str, events: int, now: int) -> None:
        self._postgres, self._site, self._now = kind == "postgres", site, now
        self.events, self.views, self.visits, self.visitors = events, events * 4 // 10, events * 2 // 10, events // 10

    def statements(self) -> list[str]:
        site, span = f"'{self._site}'", 400 * DAY - HOUR
        at = f"({self._now - 400 * DAY} + n * {span} / {{of}})"
        # a visitor has one visit or more, a visit one view or more, with a long tail
        who, where = self._chosen("n", self.visitors), self._chosen("n", self.visits)
        path, there = json.dumps(list(PATH)), f"'{node_id(self._site, PATH)}'"
        visitor_at, visit_at = at.format(of=self.visitors), at.format(of=self.visits)
        view_at, event_at = at.format(of=self.views), at.format(of=self.events)
        seen = f"CASE WHEN n < {self.views} THEN"
        return [
            self._insert(visitor, self.visitors, {
                "id": self._id("7", "n", self.visitors), "site_id": site, "first_at": visitor_at, "last_at": visitor_at,
                "key_hash": f"{self._hex(f'n * {2**32 // self.visitors}', 8)} || {self._hex('n', 56)}",
            }),
            self._insert(visit, self.visits, {
                "id": self._id("7", "n", self.visits), "site_id": site,
                "visitor_id": self._id("7", who, self.visitors), "started_at": visit_at, "last_at": visit_at,
                "heard_at": visit_at, "number": "1", "pages": "2", "depth": "2", "deepest": "2", "dwell": "5000",
                "path": f"'{path}'", "topic": f"'{path}'", "branches": "'[]'", "url": "'https://shop.example/garden'",
                "title": "'Garden'", "source": "'{\"channel\":\"direct\",\"name\":\"\",\"campaign\":\"\"}'",
                "user_agent": "'Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0'",
            }),
            self._insert(page_view, self.views, {
                "site_id": site, "id": self._id("4", "n", self.events), "visit_id": self._id("7", where, self.visits),
                "visitor_id": self._id("7", who, self.visitors), "node_id": there, "at": view_at, "stayed_at": view_at,
                "depth": "2", "path": f"'{path}'", "source": "'breadcrumb'", "url": "'https://shop.example/garden'",
                "title": "'Garden'",
            }),
            self._insert(event, self.events, {
                "site_id": site, "id": self._id("4", "n", self.events),
                "visitor_id": self._id("7", who, self.visitors), "at": event_at, "received_at": event_at,
                "type": f"{seen} 'page.viewed' ELSE 'page.left' END",
                "page": f"{seen} NULL ELSE {self._id('4', f'n % {self.views}', self.events)} END",
                "dwell": f"{seen} NULL ELSE 5000 END", "scroll": f"{seen} NULL ELSE 50 END",
            }),
        ]  # fmt: skip

    def _insert(self, table: Table, number: int, said: dict[str, str]) -> str:
        values = [said.get(column.name, _nothing(column)) for column in table.columns]
        names = ", ".join(column.name for column in table.columns)
        if self._postgres:
            source = f"FROM generate_series(0::bigint, {number - 1}) AS numbers(n)"
            return f"INSERT INTO {table.name} ({names}) SELECT {', '.join(values)} {source}"
        source = f"WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {number - 1})"
        return f"INSERT INTO {table.name} ({names}) {source} SELECT {', '.join(values)} FROM numbers"

    def _hex(self, number: str, width: int) -> str:
        return f"lpad(to_hex({number}), {width}, '0')" if self._postgres else f"printf('%0{width}x', {number})"

    def _id(self, version: str, number: str, of: int) -> str:
        """Spread over the whole range, in the order of the number: the base can write them one after the other."""
        return f"{self._hex(f'({number}) * {2**32 // of}', 8)} || '-0000-{version}000-8000-' || {self._hex(number, 12)}"

    @staticmethod
    def _chosen(number: str, of: int) -> str:
        """The first round takes each once; afterwards a third of them more often than the rest."""
        scattered = f"{number} * 7919"
        often = f"CASE WHEN {number} % 2 = 0 THEN {scattered} % {of // 3} ELSE {scattered} % {of} END"
        return f"CASE WHEN {number} < {of} THEN {number} ELSE {often} END"


def _nothing(column: Column[Any]) -> str:
    if column.nullable:
        return "NULL"
    if isinstance(column.type, Boolean):
        return "false"
    return "0" if isinstance(column.type, Integer | BigInteger) else "''"


def fill_sqlite(file: Path, events: int) -> None:
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as base:
        base.execute("PRAGMA foreign_keys = OFF")
        base.execute("PRAGMA synchronous = OFF")
        base.execute("PRAGMA cache_size = -1000000")
        (site,) = base.execute("SELECT id FROM site WHERE key = 'demo'").fetchone()
        filler = Filler("sqlite", site, events, now_ms())
        base.execute(*_place(site, "?"))
        tables = "('event', 'page_view', 'visit', 'visitor')"
        indexes = base.execute(
            f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN {tables}"
        ).fetchall()
        for name, _ in indexes:
            base.execute(f"DROP INDEX {name}")
        for statement in filler.statements():
            base.execute(statement)
        for _, statement in indexes:
            base.execute(statement)
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def fill_postgres(url: str, events: int) -> None:
    base = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        site = await base.fetchval("SELECT id FROM site WHERE key = 'demo'")
        filler = Filler("postgres", site, events, now_ms())
        await base.execute("SET session_replication_role = replica")  # foreign keys are not checked row by row
        await base.execute("SET maintenance_work_mem = '512MB'")
        statement, values = _place(site, "$")
        await base.execute(statement, *values)
        indexes = await base.fetch(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('event', 'page_view', 'visit', 'visitor')"
            " AND indexname LIKE 'ix%'"
        )
        for one in indexes:
            await base.execute(f"DROP INDEX {one['indexname']}")
        for statement in filler.statements():
            await base.execute(statement)
        for one in indexes:
            await base.execute(one["indexdef"])
        for table in (event, page_view, visit, visitor):
            await base.execute(f"VACUUM ANALYZE {table.name}")
    finally:
        await base.close()


def _place(site: str, mark: str) -> tuple[str, tuple[Any, ...]]:
    """The one node at which all those pages stand, if it is not there yet."""
    values = (node_id(site, PATH), site, node_id(site, PATH[:-1]), PATH[-1], json.dumps(list(PATH)), len(PATH))
    marks = ", ".join(f"${number}" if mark == "$" else "?" for number in range(1, 7))
    names = "id, site_id, parent_id, name, path, depth"
    return f"INSERT INTO {node.name} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING", values


async def _rounds(empty: Running, full: Running, origin: tuple[str, str], number: int) -> list[Round]:
    dice = random.Random(1)
    for server, at in ((empty, origin[0]), (full, origin[1])):
        await cpu(server, lanes(dice, at))
    rounds = []
    for _ in range(number):
        before = await cpu(empty, lanes(dice, origin[0]))
        own = await cpu(full, lanes(dice, origin[1]))
        rounds.append(Round(before, own, await cpu(empty, lanes(dice, origin[0]))))
        print(f"{full.name}: {rounds[-1]}", file=sys.stderr, flush=True)
    return rounds


def measure(
    folder: Path, events: int = EVENTS, rounds: int = ROUNDS, sizes: tuple[str, ...] = SIZES
) -> Iterator[dict[str, Any]]:
    """A figure per size."""
    for kind in sizes:
        if shutil.disk_usage(folder.parent).free < 2 * EACH * events:
            print(f"{kind}: not enough room on the disk for {events} events", file=sys.stderr)
            continue
        with contextlib.ExitStack() as stack:
            none, many = stack.enter_context(databases(kind, 2))
            Server(folder / f"{kind}-full", many).start().stop()  # tables, the demo's site, its people
            began = time.monotonic()
            if kind == "postgres":
                asyncio.run(fill_postgres(many, events))
            else:
                fill_sqlite(folder / f"{kind}-full" / "shopbell.sqlite3", events)
            print(f"{kind}: filled in {time.monotonic() - began:.0f} s", file=sys.stderr)
            empty, one = stack.enter_context(demo(f"{kind}, empty", folder / f"{kind}-empty", none))
            full, other = stack.enter_context(demo(f"{kind}, full", folder / f"{kind}-full", many))
            yield summary(kind, events, asyncio.run(_rounds(empty, full, (one.url, other.url), rounds)))
        shutil.rmtree(folder / f"{kind}-full", ignore_errors=True)


def summary(kind: str, events: int, rounds: list[Round]) -> dict[str, Any]:
    told = tell(rounds)
    return {
        "what": f"CPU of one collected event with {events:,} in the base, {kind}",
        "floor": f"{told.floor:.0f} us with none",
        "ours": f"{told.ours:.0f} us",
        "ratio": told.ratios(),
        "reach": f"{REACH}x",
        "met": told.met(told.ratio <= REACH),
        "rounds": told.rounds,
    }


if __name__ == "__main__":
    alone("size", measure, events=EVENTS, rounds=ROUNDS)
