"""CPU of storing alone: the statements that the events of one pass leave behind, with nothing around them.

What `tracker.record` sends to SQLite for the walks of `bench.collect`, in groups of 28 as 64 connections make them, is
written down once, and then run again on an empty base by `sqlite3` itself, in the same transactions and with
`synchronous=FULL`. No server that keeps these rows can cost less than this and a bare answer together.
"""

import contextlib
import itertools
import random
import sqlite3
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, insert

import service.schema
import store.prepared
import tracker.bulk
from access.tables import site as site_table
from bench.collect import lanes
from bench.collect_record import AGENT, SITE
from contract.beacons import Beacon
from store.sqlite import sqlite_engine
from tracker.collect import prepare
from tracker.memory import Memory
from tracker.record import record

GROUP = 28
ROUNDS = 5
#: ("run" for one set of values or "many" for a list of them, text, values)
Statement = tuple[str, str, Any]
_decode = msgspec.json.Decoder(Beacon).decode


def _groups() -> list[list[Beacon]]:
    requests = [
        request
        for step in itertools.zip_longest(*lanes(random.Random(1), "http://localhost:8000"))
        for request in step
        if request is not None
    ]
    beacons = [_decode(request.split(b"\r\n\r\n", 1)[1]) for request in requests]
    return [beacons[start : start + GROUP] for start in range(0, len(beacons), GROUP)]


def _fresh(path: Path) -> Connection:
    engine = sqlite_engine(path)
    service.schema.metadata.create_all(engine)
    conn = engine.connect()
    row = {name: getattr(SITE, name) for name in ("id", "key", "name", "language", "zone", "currency")}
    conn.execute(insert(site_table), [row | {"origins": [], "created_at": 0}])
    return conn


def written_down(path: Path, groups: list[list[Beacon]]) -> list[list[Statement]]:
    """The statements of each group, as the driver gets them."""
    conn, memory, now = _fresh(path), Memory(), time.time_ns() // 1_000_000
    told: list[list[Statement]] = []

    def noting(name: str) -> Any:
        real = getattr(store.prepared, name)

        def call(conn: Connection, text: str, values: Any) -> Any:
            told[-1].append(("many" if name == "change_all" else "run", text, values))
            return real(conn, text, values)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in ("run", "change", "change_all"):
            call = noting(name)
            patch.setattr(store.prepared, name, call)
            patch.setattr(tracker.bulk, name, call)
        for number, group in enumerate(groups):
            told.append([])
            at = now + number * 300
            conn.exec_driver_sql("BEGIN IMMEDIATE")
            record(conn, [prepare(SITE, one, received_at=at, user_agent=AGENT) for one in group], memory)
            conn.exec_driver_sql("COMMIT")
    conn.close()
    return told


def again(path: Path, groups: list[list[Statement]]) -> float:
    """Seconds of CPU to run them on an empty base."""
    _fresh(path).close()
    base = sqlite3.connect(path, isolation_level=None)
    for setting in ("synchronous = FULL", "foreign_keys = ON", "wal_autocheckpoint = 0", "cache_size = -65536"):
        base.execute(f"PRAGMA {setting}")
    began = time.thread_time()
    for group in groups:
        base.execute("BEGIN IMMEDIATE")
        for kind, text, values in group:
            if kind == "many":
                with contextlib.suppress(sqlite3.IntegrityError):  # it was undone and asked otherwise, as here
                    base.executemany(text, values)
            else:
                base.execute(text, values).fetchall()
        base.execute("COMMIT")
    spent = time.thread_time() - began
    base.close()
    return spent


def measure(folder: Path) -> Iterator[dict[str, Any]]:
    groups = _groups()
    told, events = written_down(folder / "told.sqlite3", groups), sum(map(len, groups))
    each = [again(folder / f"again-{number}.sqlite3", told) / events * 1e6 for number in range(ROUNDS)]
    yield {
        "what": "of that, SQLite alone: the same statements and commits, nothing else",
        "floor": "",
        "ours": f"{statistics.median(each):.0f} us [{min(each):.0f}-{max(each):.0f}]",
        "ratio": "",
        "reach": "",
        "met": "",
        "rounds": f"{ROUNDS}",
    }
