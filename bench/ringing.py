"""What judging costs inside the commit, and what a bell costs when it rings: statements and CPU, groups of 1 and of 16.

`python -m bench.ringing [--postgres URL]` prints one JSON line: for each kind of group the statements that
`judge_and_act` sends and the microseconds of CPU (user + system of this process) that one visit costs. HTTP, storing
the events and the commit are left out. A PostgreSQL base has to be empty.
"""

import argparse
import asyncio
import contextlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import Connection, insert

import access.do
import routing.do
import service.schema
import store.prepared
from access.tables import account, account_site
from contract.facts import Branch, SiteFacts, VisitFacts
from crm.tables import customer, identity
from routing.firings import active_triggers, add_trigger
from routing.usual import back, deep
from service.flows.judging import Seen, judge_and_act
from store.postgres import postgres_engine
from store.sqlite import sqlite_engine

ROUNDS = 60
GROUPS = (1, 16)
BRANCHES = ("Garden", "Workshop", "Kitchen", "Hearth")


def fill(conn: Connection, now: int) -> SiteFacts:
    """A site like the demo's: four experts, each with a branch of their own, two triggers."""
    made = access.do.create_site(conn, key="bench", name="Bench", now=now)
    for branch in BRANCHES:
        who = str(uuid4())
        conn.execute(
            insert(account).values(
                id=who, email=f"{who}@bench.example", name=branch, role="expert", password_hash="x", languages=["en"],
                active=True, created_at=now,
            )
        )  # fmt: skip
        conn.execute(insert(account_site).values(account_id=who, site_id=made.id))
        routing.do.add_expert(conn, who, 100, [(str(uuid4()), [branch], 5)])
        routing.do.set_status(conn, who, "online", now + 3_600_000)
    add_trigger(conn, made.id, "deep", deep(3, 15), now)
    add_trigger(conn, made.id, "back", back(), now)
    return made


def seen(site: SiteFacts, now: int, *, dwell: int, came_back: bool = False, left: bool = False) -> Seen:
    """A visit of somebody new to a product's page."""
    visit = VisitFacts(
        id=str(uuid4()), site=site.id, visitor=str(uuid4()), started_at=now, last_at=now, heard_at=now, number=1,
        pages=3, dwell=dwell, path=("Garden", "Irrigation", "Drip"), depth=3, deepest=3,
        topic=("Garden", "Irrigation", "Drip"), url="https://shop.example/drip", title="Drip",
        branches=(Branch(name="Garden", dwell=dwell, deepest=3, pages=3),), arrival=str(uuid4()), came_back=came_back,
        left_at=now if left else None, bot=False,
    )  # fmt: skip
    return Seen(site=site, visit=visit, at=now)


def known(conn: Connection, group: list[Seen], now: int) -> None:
    """Their visitors become customers."""
    for one in group:
        who = str(uuid4())
        conn.execute(
            insert(customer).values(
                id=who, site_id=one.site.id, person_id=who, name="Carla", tier="standard", owner_id=None, created_at=now
            )
        )
        conn.execute(
            insert(identity).values(
                site_id=one.site.id, kind="visitor", value=one.visit.visitor, customer_id=who, proof="order", at=now
            )
        )


@contextlib.contextmanager
def tally() -> Iterator[list[str]]:
    """The statements of the hot path that are sent meanwhile."""
    said: list[str] = []
    kept = {name: getattr(store.prepared, name) for name in ("run", "change", "change_all")}
    for name, spoken in kept.items():

        def note(conn: Connection, text: str, values: Any, spoken: Any = spoken) -> Any:
            said.append(text)
            return spoken(conn, text, values)

        setattr(store.prepared, name, note)
    yield said
    for name, spoken in kept.items():
        setattr(store.prepared, name, spoken)


def kinds(conn: Connection, site: SiteFacts, size: int, now: int) -> dict[str, list[Seen]]:
    """Groups of visits: what most page views are, and what few are."""
    ringing = [seen(site, now, dwell=15_000) for _ in range(size)]
    back = [seen(site, now, dwell=0, came_back=True) for _ in range(size)]
    known(conn, back, now)
    return {
        "quiet": [seen(site, now, dwell=0) for _ in range(size)],
        "stranger rings": ringing,
        "rings already": ringing,
        "left while it rings": [
            msgspec.structs.replace(one, visit=msgspec.structs.replace(one.visit, left_at=now)) for one in ringing
        ],
        "customer rings": back,
    }


def measure(conn: Connection) -> dict[str, Any]:
    now = time.time_ns() // 1_000_000
    site = fill(conn, now)
    triggers = active_triggers(conn)
    judge_and_act(conn, [seen(site, now, dwell=0)], triggers)
    found: dict[str, Any] = {}
    for size in GROUPS:
        spent: dict[str, list[float]] = {}
        for number in range(ROUNDS):
            for kind, group in kinds(conn, site, size, now).items():
                if not number:
                    with tally() as said:
                        judge_and_act(conn, group, triggers)
                    found[f"{kind}, {size}"] = {"statements": len(said)}
                    continue
                before = time.process_time()
                judge_and_act(conn, group, triggers)
                spent.setdefault(kind, []).append((time.process_time() - before) * 1e6 / size)
            _nobody_rings(conn)
        for kind, took in spent.items():
            found[f"{kind}, {size}"]["us"] = round(sorted(took)[len(took) // 2], 1)
    return found


def _nobody_rings(conn: Connection) -> None:
    """So that fifty strangers at a time are enough for as many rounds as we like."""
    conn.exec_driver_sql("UPDATE alert SET state = 'ended'")


async def _postgres(url: str) -> dict[str, Any]:
    engine = postgres_engine(url)

    def work(conn: Connection) -> dict[str, Any]:
        service.schema.metadata.create_all(conn)
        return measure(conn)

    async with engine.connect() as conn:
        return await conn.run_sync(work)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--postgres", default="")
    url = options.parse_args().postgres
    if url:
        print(msgspec.json.encode(asyncio.run(_postgres(url))).decode())
        return
    with tempfile.TemporaryDirectory() as folder:
        engine = sqlite_engine(Path(folder) / "bench.sqlite3")
        service.schema.metadata.create_all(engine)
        with engine.connect() as conn:
            conn.exec_driver_sql("BEGIN IMMEDIATE")
            print(msgspec.json.encode(measure(conn)).decode())


if __name__ == "__main__":
    main()
