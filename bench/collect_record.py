"""CPU of `tracker.prepare` and `tracker.record` per event, on SQLite, in groups of 32 bodies with one event each.

`python -m bench.collect_record [--seconds 8]` prints one JSON line with microseconds of CPU (user + system of this
process) per event: `record` with its statements, `commit` apart, because most of it is the system's work on the disk.
HTTP is left out.
"""

import argparse
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import msgspec
from sqlalchemy import Connection, insert

import service.schema
from access.tables import site as site_table
from contract.beacons import Beacon
from contract.facts import SiteFacts
from store.sqlite import sqlite_engine
from tracker.collect import Prepared, prepare
from tracker.memory import Memory
from tracker.record import record

GROUP = 32
MEMORY = Memory()
SITE = SiteFacts(
    id="bench",
    key="bench",
    name="Bench",
    origins=frozenset(),
    language="en",
    zone="UTC",
    currency="EUR",
)
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
_decode = msgspec.json.Decoder(Beacon).decode


def body(visitor: str, number: int) -> bytes:
    """A page view of one of 200 pages, as a snippet sends it."""
    page = number % 200
    return msgspec.json.encode({
        "site": "bench", "visitor": visitor,
        "events": [{
            "id": str(uuid4()), "type": "page.viewed", "age": 3, "title": f"Page {page}",
            "url": f"https://shop.example/women/boots/model-{page}?colour=red",
            "referrer": "https://shop.example/women/boots", "path": ["Women", "Boots", f"Model {page}"],
            "source": "breadcrumb",
        }],
    })  # fmt: skip


def measure(conn: Connection, seconds: float, pages: int) -> dict[str, float]:
    """Visitors who see `pages` pages each, one body per page. Prepare and record apart, in us per event."""
    preparing = recording = committing = 0.0
    events = number = 0
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        visitors = [uuid4().hex for _ in range(GROUP)]
        now = time.time_ns() // 1_000_000
        for page in range(pages):
            bodies = [body(visitor, number + index) for index, visitor in enumerate(visitors)]
            number += GROUP
            beacons = [_decode(one) for one in bodies]
            before = time.process_time()
            items: list[Prepared] = [
                prepare(SITE, one, received_at=now + page * 20_000, user_agent=AGENT) for one in beacons
            ]
            between = time.process_time()
            conn.exec_driver_sql("BEGIN IMMEDIATE")
            record(conn, items, MEMORY)
            stored = time.process_time()
            conn.exec_driver_sql("COMMIT")
            preparing += between - before
            recording += stored - between
            committing += time.process_time() - stored
            events += GROUP
    return {
        "prepare_us": round(preparing / events * 1e6, 1),
        "record_us": round(recording / events * 1e6, 1),
        "commit_us": round(committing / events * 1e6, 1),
        "events": events,
    }


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=float, default=8.0)
    seconds = options.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder:
        engine = sqlite_engine(Path(folder) / "bench.sqlite3")
        service.schema.metadata.create_all(engine)
        with engine.connect() as conn:
            row = {name: getattr(SITE, name) for name in ("id", "key", "name", "language", "zone", "currency")}
            conn.execute(insert(site_table), [row | {"origins": [], "created_at": 0}])
            measure(conn, 0.5, 5)
            found = {f"pages_{pages}": measure(conn, seconds / 2, pages) for pages in (1, 5)}
    print(msgspec.json.encode(found).decode())


if __name__ == "__main__":
    main()
