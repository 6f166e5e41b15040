"""What the bell left behind is forgotten in its time: all of it, nothing else, and a little at a time."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Table, insert, select

import service.retention
from access.do import create_site
from chat.tables import conversation
from contract.clock import DAY, HOUR, SECOND, now_ms
from contract.ids import first_id, new_id
from contract.names import Ms
from routing.tables import alert, decision, firing, ring
from service.retention import BELLS_KEPT, FIRINGS_KEPT, forget_old
from service.sockets.registry import Registry
from service.timers import Timers
from store.base import Store
from store.bus import LocalBus
from store.connect import open_store

NOW: Ms = 1_790_000_000_000


@pytest.fixture
async def store(fresh_database_url: str) -> AsyncIterator[Store]:
    opened = open_store(fresh_database_url)
    yield opened
    await opened.close()


def made_at(at: Ms) -> str:
    """An id of that moment."""
    return first_id(at)[:24] + uuid4().hex[:12]


def bell(conn: Connection, site: str, at: Ms, **changes: Any) -> str:
    """An alert with two rings and two decisions; returns its id."""
    id_, visit = made_at(at), new_id()
    row: dict[str, Any] = {
        "id": id_, "site_id": site, "visit_id": visit, "visitor_id": new_id(), "trigger_id": "t", "occasion": visit,
        "reason": "deep", "importance": 5, "why": [], "topic": [], "language": "", "state": "ended",
        "outcome": "expired", "raised_at": at, "due_at": at, "ended_at": at, "version": 1, "announced": 1,
    }  # fmt: skip
    conn.execute(insert(alert).values(**row | changes))
    for name in ("a", "b"):
        conn.execute(
            insert(ring).values(alert_id=id_, expert_id=name, rung="anyone", at=at, until=at, outcome="silent")
        )
        choice(conn, site, at, alert_id=id_, visit_id=visit)
    return id_


def choice(conn: Connection, site: str, at: Ms, **more: Any) -> str:
    row = {"id": made_at(at), "site_id": site, "visit_id": new_id(), "rung": "anyone", "at": at, "outcome": ""}
    conn.execute(insert(decision).values(**row | {"chosen": [], "candidates": [], "others": {}} | more))
    return row["id"]  # type: ignore[return-value]


def fired(conn: Connection, site: str, at: Ms) -> str:
    id_ = made_at(at)
    row = {"id": id_, "site_id": site, "trigger_id": "t", "occasion": id_, "visit_id": id_, "visitor_id": id_}
    conn.execute(insert(firing).values(**row, at=at, arm="treated", action="alert"))
    return id_


def talk(conn: Connection, site: str, alert_id: str, at: Ms) -> None:
    """The conversation that came of an alert, closed long ago."""
    visitor = conn.execute(select(alert.c.visitor_id).where(alert.c.id == alert_id)).scalar_one()
    row = {"id": made_at(at), "site_id": site, "visitor_id": visitor, "alert_id": alert_id, "state": "closed"}
    seqs = {"last_seq": 0, "visitor_read_seq": 0, "expert_read_seq": 0}
    conn.execute(insert(conversation).values(**row, **seqs, opened_at=at, closed_at=at))


def ids(conn: Connection, table: Table) -> set[str]:
    return set(conn.execute(select(table.c.alert_id if table is ring else table.c.id)).scalars())


async def test_what_is_over_is_forgotten_in_its_time_and_nothing_else(store: Store):
    """To the day; not what rings, what a conversation came of, or what a report of all the events' time asks for."""

    def begin(conn: Connection) -> tuple[set[str], set[str], set[str], set[str]]:
        site = create_site(conn, key="s", name="S", now=NOW).id
        old, young = NOW - BELLS_KEPT - 1, NOW - BELLS_KEPT + DAY
        gone = {bell(conn, site, old), bell(conn, site, old - 100 * DAY, state="accepted", outcome="accepted")}
        talked = bell(conn, site, old, state="accepted", outcome="accepted")
        talk(conn, site, talked, old)
        kept = {bell(conn, site, young), bell(conn, site, old, state="ringing", outcome=None), talked}
        choice(conn, site, old, firing_id=new_id())
        invited = choice(conn, site, young, firing_id=new_id())
        fired(conn, site, NOW - FIRINGS_KEPT - 1)
        met = {fired(conn, site, NOW - FIRINGS_KEPT + DAY), fired(conn, site, old)}
        return gone, kept, met, {invited}

    gone, kept, met, invited = await store.write(begin)
    assert await forget_old(store, NOW) == {"alert": len(gone), "decision": 1, "firing": 1}

    def look(conn: Connection) -> None:
        assert ids(conn, alert) == kept
        assert ids(conn, ring) == kept
        assert set(conn.execute(select(decision.c.alert_id)).scalars()) == kept | {None}
        assert invited < ids(conn, decision)
        assert len(ids(conn, decision)) == 2 * len(kept) + 1
        assert ids(conn, firing) == met

    await store.read(look)
    assert not any((await forget_old(store, NOW)).values())


async def test_a_write_forgets_a_few_and_a_pass_all(store: Store, monkeypatch: pytest.MonkeyPatch):
    """Whoever waits to write waits for a few rows, also where some in between stay."""
    monkeypatch.setattr(service.retention, "BATCH", 3)
    monkeypatch.setattr(service.retention, "_PAUSE", 0.0)
    wrote: list[int] = []
    forget = service.retention._forget

    def watched(table: Table, some: list[str], conn: Connection) -> None:
        wrote.append(len(some))
        forget(table, some, conn)

    monkeypatch.setattr(service.retention, "_forget", watched)

    def begin(conn: Connection) -> set[str]:
        site = create_site(conn, key="s", name="S", now=NOW).id
        kept = set()
        for number in range(20):
            id_ = bell(conn, site, NOW - BELLS_KEPT - 1 - number * DAY)
            if number % 5 == 0:
                talk(conn, site, id_, NOW)
                kept.add(id_)
        return kept

    kept = await store.write(begin)
    assert (await forget_old(store, NOW))["alert"] == 16
    assert sum(wrote) == 16
    assert max(wrote) <= 3
    assert await store.read(lambda conn: ids(conn, alert)) == kept


async def test_the_hourly_clean_forgets_once_a_day(store: Store, monkeypatch: pytest.MonkeyPatch):
    """By the clock that only goes forward."""
    clock = [1_000.0]
    monkeypatch.setattr("service.timers.time.monotonic", lambda: clock[0])
    timers, left = Timers(store, LocalBus(), Registry()), list[int]()

    def begin(conn: Connection) -> str:
        return create_site(conn, key="s", name="S", now=NOW).id

    site = await store.write(begin)
    for hours in (0, 23, 1):
        clock[0] += hours * HOUR / SECOND
        await store.write(lambda conn: bell(conn, site, now_ms() - BELLS_KEPT - DAY))
        await timers._clean()
        left.append(len(await store.read(lambda conn: ids(conn, alert))))
    assert left == [0, 1, 0]


def test_ids_sort_by_the_moment_in_which_they_were_made():
    """By which a pass finds what is old without another index."""
    before = first_id(now_ms())
    made = new_id()
    assert before < made < first_id(now_ms() + 1)
    assert first_id(NOW) < made_at(NOW) < first_id(NOW + 1)
