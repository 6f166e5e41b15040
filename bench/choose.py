"""Choosing among 10,000 experts with 1,000,000 customers in the base: how long one choice takes.

One site; a tree of 1,000 topics, each expert knows a branch and three topics or groups of topics; four in ten are
online, with some of their places taken. Each customer has ordered, one in three has an owner, one in five talked with
somebody. A choice is what a bell needs inside its transaction: who the visitor is (orders, owner, who served them), the
candidates, the step of the ladder; each in a transaction of its own. One in two visitors is a
customer; one choice in four is of the second rung, after a decline. Wall time, p50 and p99; there is no floor,
so the CPU time of the thread stands beside it: what a busy machine took away is the difference.
`python -m bench.choose --customers 100000 --choices 2000 --size sqlite`.
"""

import asyncio
import contextlib
import random
import shutil
import sqlite3
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import Connection, insert

import access.do
import access.queries
import chat.served
from access.tables import account, account_site
from bench.alone import alone
from bench.machines import SIZES, databases
from bench.size import Filler
from chat.tables import conversation
from contract.clock import DAY, HOUR, now_ms
from contract.facts import SiteFacts
from contract.ids import new_id, node_id
from crm.tables import customer, identity
from routing.ladder import Asked, Step
from routing.tables import expert, expertise
from sales.tables import order, order_form
from service.flows.facts import customer_facts
from service.flows.people import Crew
from service.migrate import migrate
from store.connect import open_store
from store.sql import db_now

EXPERTS, CUSTOMERS, CHOICES, WARM = 10_000, 1_000_000, 10_000, 500
REACH_MS = 1.0
#: Bytes on the disk for one customer with identity, order and indexes; twice that must be free.
EACH = 2_500
WIDE = 10


class Crowd(Filler):
    """The statements that make the customers."""

    def __init__(self, kind: str, site: str, customers: int, now: int) -> None:
        super().__init__(kind, site, customers, now)
        self.customers = customers

    def statements(self) -> list[str]:
        site, all_, id_ = f"'{self._site}'", self.customers, self._id("7", "n", self.customers)
        at = f"({self._now - 400 * DAY} + n * {400 * DAY - HOUR} / {all_})"
        served_by = self._id("7", f"(n * 7919) % {EXPERTS}", EXPERTS)
        owner = f"CASE WHEN n % 3 = 0 THEN {self._id('7', f'(n * 104729) % {EXPERTS}', EXPERTS)} END"
        talks = all_ // 5
        return [
            self._insert(customer, all_, {
                "id": id_, "site_id": site, "person_id": id_, "name": "'Carla'", "tier": "'standard'",
                "owner_id": owner, "created_at": at,
            }),
            self._insert(identity, all_, {
                "site_id": site, "kind": "'visitor'", "value": id_, "customer_id": id_, "proof": "'order'", "at": at,
            }),
            self._insert(order_form, all_, {
                "id": id_, "site_id": site, "visitor_id": id_, "expert_id": served_by, "lines": "'[]'",
                "state": "'ordered'", "at": at,
            }),
            self._insert(order, all_, {
                "id": id_, "site_id": site, "number": "n + 1", "form_id": id_, "visitor_id": id_, "customer_id": id_,
                "expert_id": served_by, "amount": "n % 50000", "currency": "'EUR'", "contact": "'{}'",
                "status": "'placed'", "at": at,
            }),
            self._insert(conversation, talks, {
                "id": self._id("4", "n", talks), "site_id": site, "visitor_id": self._id("7", "n * 5", all_),
                "expert_id": served_by, "state": "'closed'", "opened_at": at, "accepted_at": at, "closed_at": at,
            }),
        ]  # fmt: skip


def id_of(number: int, of: int) -> str:
    """As `Filler` writes it."""
    return f"{number * (2**32 // of):08x}-0000-7000-8000-{number:012x}"


def topic(number: int) -> list[str]:
    """One of a thousand, three levels deep."""
    branch, group, leaf = number // 100 % WIDE, number // 10 % WIDE, number % WIDE
    return [f"Branch {branch}", f"Group {group}", f"Topic {leaf}"]


def staff(conn: Connection, site: SiteFacts, now: int) -> None:
    """Ten thousand desks."""
    dice = random.Random(5)
    ids = [id_of(number, EXPERTS) for number in range(EXPERTS)]
    conn.execute(insert(account), [
        {"id": id_, "email": f"{id_}@shop.example", "name": f"Expert {number}", "role": "expert", "password_hash": "-",
         "languages": ["en"] if number % 3 else ["en", "ru"], "active": True, "created_at": now}
        for number, id_ in enumerate(ids)
    ])  # fmt: skip
    conn.execute(insert(account_site), [{"account_id": id_, "site_id": site.id} for id_ in ids])
    blank = {
        column.name: None if column.nullable else "" if column.type.python_type is str else 0 for column in expert.c
    }
    desks = [
        blank | {"id": id_, "capacity": 4, "status": "online" if dice.random() < 0.4 else "offline",
                 "lease_until": now + DAY, "status_at": now - HOUR, "assigned_at": now - dice.randrange(HOUR)}
        for id_ in ids
    ]  # fmt: skip
    talks = []
    for desk in desks:
        held = min(dice.choice((0, 0, 1, 1, 2, 2, 3, 4)), 4) if desk["status"] == "online" else 0
        desk["busy"] = int(held == 4)
        talks += [
            {"id": new_id(), "site_id": site.id, "visitor_id": new_id(), "expert_id": desk["id"], "state": "open",
             "last_seq": 1, "visitor_read_seq": 0, "expert_read_seq": 0, "opened_at": now, "accepted_at": now}
            for _ in range(held)
        ]  # fmt: skip
    conn.execute(insert(expert), desks)
    conn.execute(insert(conversation), talks)
    rows = []
    for number, id_ in enumerate(ids):
        paths = [topic(number)[:1]] + [topic(dice.randrange(1000))[: dice.choice((2, 3, 3))] for _ in range(3)]
        known = {tuple(path): dice.randint(1, 5) for path in paths}
        rows += [
            {"expert_id": id_, "node_id": node_id(site.id, path), "path": list(path), "level": level}
            for path, level in known.items()
        ]
    conn.execute(insert(expertise), rows)
    access.do.crew_changed(conn, ids[0])


def choose(conn: Connection, site: SiteFacts, visitor: str, about: list[str], seed: str, *, again: bool) -> Step | None:
    """What a bell needs."""
    now = db_now(conn)
    who = customer_facts(conn, site.id, [visitor]).get(visitor)
    served = chat.served.served(conn, [visitor]).get(visitor, chat.served.NOBODY)
    people = Crew(conn, now).people(site, who, served.expert)
    declined = (Asked(id_of(1, EXPERTS), "owner", "declined"),) if again else ()
    language = "ru" if seed < "4" else ""
    return people.step(
        after="last" if again else None, topic=tuple(about), language=language, asked=declined, seed=seed
    )


async def _filled(url: str, file: Path | None, customers: int) -> SiteFacts:
    await migrate(url)
    store = open_store(url)
    now = now_ms()

    def work(conn: Connection) -> SiteFacts:
        site = access.do.create_site(conn, key="many", name="Many", now=now)
        staff(conn, site, now)
        return site

    site = await store.write(work)
    await store.close()
    crowd = Crowd("sqlite" if file else "postgres", site.id, customers, now)
    if file:
        with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as base:
            for pragma in ("foreign_keys = OFF", "synchronous = OFF", "cache_size = -500000"):
                base.execute(f"PRAGMA {pragma}")
            for statement in crowd.statements():
                base.execute(statement.replace("INTO order (", 'INTO "order" ('))
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        plain = await asyncpg.connect(url.replace("+asyncpg", ""))
        await plain.execute("SET session_replication_role = replica")  # foreign keys are not checked row by row
        for statement in crowd.statements():
            await plain.execute(statement.replace("INTO order (", 'INTO "order" ('))
        await plain.execute("VACUUM ANALYZE")
        await plain.close()
    return site


async def _measured(url: str, site: SiteFacts, customers: int, choices: int) -> tuple[list[tuple[float, float]], int]:
    """(wall, CPU) milliseconds of each choice, and how many rang somebody."""
    store, dice = open_store(url), random.Random(9)
    took: list[tuple[float, float]] = []
    rang = 0
    for number in range(choices + WARM):
        visitor = id_of(dice.randrange(customers), customers) if dice.random() < 0.5 else new_id()
        about, seed, again = topic(dice.randrange(1000)), f"{dice.randrange(16):x}{new_id()}", dice.random() < 0.25

        def work(
            conn: Connection, visitor: str = visitor, about: list[str] = about, seed: str = seed, again: bool = again
        ) -> tuple[tuple[float, float], bool]:
            began, spent = time.perf_counter(), time.thread_time()
            step = choose(conn, site, visitor, about, seed, again=again)
            ms = (time.perf_counter() - began) * 1000, (time.thread_time() - spent) * 1000
            return ms, bool(step and step.experts)

        ms, heard = await store.write(work)
        if number >= WARM:
            took.append(ms)
            rang += heard
    await store.close()
    return took, rang


def measure(
    folder: Path, customers: int = CUSTOMERS, choices: int = CHOICES, sizes: tuple[str, ...] = SIZES
) -> Iterator[dict[str, Any]]:
    """A figure per size."""
    for kind in sizes:
        if shutil.disk_usage(folder.parent).free < 2 * EACH * customers:
            print(f"{kind}: not enough room on the disk for {customers} customers", file=sys.stderr)
            continue
        with databases(kind) as (url,):
            file = None if url else folder / "choose.sqlite3"
            url = url or f"sqlite:///{file}"
            began = time.monotonic()
            site = asyncio.run(_filled(url, file, customers))
            print(f"{kind}: filled in {time.monotonic() - began:.0f} s", file=sys.stderr)
            took, rang = asyncio.run(_measured(url, site, customers, choices))
        if file:
            file.unlink()
        yield summary(kind, customers, took, rang)


def summary(kind: str, customers: int, took: list[tuple[float, float]], rang: int) -> dict[str, Any]:
    p50, p99 = _percentiles([wall for wall, _ in took])
    own50, own99 = _percentiles([cpu for _, cpu in took])
    return {
        "what": f"choosing among {EXPERTS:,} experts, {customers:,} customers, p99, {kind}",
        "floor": "",
        "ours": f"{p99:.2f} ms (p50 {p50:.2f} ms; CPU of our thread p99 {own99:.2f}, p50 {own50:.2f} ms)",
        "ratio": "",
        "reach": f"{REACH_MS:.0f} ms",
        "met": "yes" if p99 <= REACH_MS else "no",
        "rounds": f"{len(took):,} choices, {rang:,} ring",
    }


def _percentiles(values: list[float]) -> tuple[float, float]:
    """The 50th and the 99th."""
    return statistics.median(values), statistics.quantiles(values, n=100)[98]


if __name__ == "__main__":
    alone("choose", measure, customers=CUSTOMERS, choices=CHOICES)
