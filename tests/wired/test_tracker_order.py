"""Whatever the order, however often, in whatever portions events arrive: the rows are those of a simple model.

The model looks at all events at once and at nothing else. It shares no code with `tracker.record` or with the joining
of visits.
"""

import asyncio
import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from access.tables import site as site_table
from contract.beacons import Beacon, Custom, Event, PageLeft, PageStayed, PageViewed
from contract.facts import SiteFacts
from store.base import Fn, Store
from store.connect import open_store
from tracker.collect import Prepared, prepare
from tracker.memory import Memory
from tracker.record import Recorded, record
from tracker.tables import event, page_view, visit, visitor
from tracker.visitor import key_hash

MINUTE = 60_000
#: Stories on SQLite; a quarter of them on PostgreSQL. `SHOPBELL_TEST_STORIES` asks for more.
MANY = int(os.environ.get("SHOPBELL_TEST_STORIES", "250"))
NOON = 1_790_000_000_000
SITE = SiteFacts(
    id="0198f000-0000-7000-8000-000000000001", key="order", name="Order", origins=frozenset(), language="en",
    zone="UTC", currency="EUR", rung_seconds=20,
)  # fmt: skip


class Base:
    """A store with a loop of its own, for tests that are not asynchronous."""

    def __init__(self, url: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.store: Store = self.loop.run_until_complete(self._open(url))
        self._memories = itertools.cycle([Memory(), Memory(), Memory(visitors=1, views=3), None])

    async def _open(self, url: str) -> Store:
        store = open_store(url)
        row = {
            "id": SITE.id, "key": SITE.key, "name": SITE.name, "origins": [], "language": "en", "zone": "UTC",
            "currency": "EUR", "rung_seconds": 20, "created_at": 0,
        }  # fmt: skip
        await store.write(lambda conn: conn.execute(insert(site_table), [row]).close())
        return store

    def write(self, fn: Fn[Any]) -> Any:
        return self.loop.run_until_complete(self.store.write(fn))

    def read(self, fn: Fn[Any]) -> Any:
        return self.loop.run_until_complete(self.store.read(fn))

    def record(self, items: list[Prepared]) -> list[Recorded]:
        """By one of four processes in turn: two that remember, one that forgets soon, one that never knew."""
        memory = next(self._memories)
        recorded: list[Recorded] = self.write(lambda conn: record(conn, items, memory))
        return recorded

    def close(self) -> None:
        self.loop.run_until_complete(self.store.close())
        self.loop.close()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def base(request: pytest.FixtureRequest, new_database: Callable[[str], str]) -> Iterator[Base]:
    made = Base(new_database(request.param))
    made.kind = request.param  # type: ignore[attr-defined]
    yield made
    made.close()


#: (visitor 0 or 1, time, event, agent), in order of time.
Story = list[tuple[int, int, Event, str]]

# --- what may happen -------------------------------------------------------------------------------------------------

GAPS = (
    1, 1_999, 2_000, 2_001, 60_000, 10 * MINUTE, 20 * MINUTE, 25 * MINUTE, 30 * MINUTE - 1, 30 * MINUTE,
    30 * MINUTE + 1, 50 * MINUTE,
)  # fmt: skip
PATHS: tuple[list[str], ...] = ([], ["A"], ["A", "B"], ["A", "B", "C"], ["D"], ["D", "E", "F", "G"])
REFERRERS = ("", "https://shop.example/before", "https://www.google.com/", "https://other.example/x")
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0",
    "",
    "curl/8.0",
)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """(visitor 0 or 1, time, event, agent), in order of time; no two at the same time."""
    at, told, views = NOON, [], [str(uuid4()) for _ in range(4)]
    unused = list(views)
    for _ in range(draw(st.integers(1, 4)) * draw(st.integers(1, 4))):
        at += draw(st.sampled_from(GAPS))
        kind = draw(st.sampled_from(["view", "view", "stayed", "left", "custom"]))
        happened: Event
        if kind == "view" and unused:
            happened = PageViewed(
                id=unused.pop(0),
                url=f"https://shop.example/{draw(st.integers(0, 3))}",
                title=draw(st.sampled_from("xyz")),
                referrer=draw(st.sampled_from(REFERRERS)),
                path=draw(st.sampled_from(PATHS)),
            )
        elif kind == "custom":
            happened = Custom(id=str(uuid4()), name="cart.added")
        else:
            shape = PageLeft if kind == "left" else PageStayed
            happened = shape(
                id=str(uuid4()), page=draw(st.sampled_from(views[:2] + views)),
                dwell=draw(st.sampled_from([0, 5000, 8000])), scroll=draw(st.integers(0, 100)),
            )  # fmt: skip
        told.append((draw(st.sampled_from([0, 0, 0, 1])), at, happened, draw(st.sampled_from(AGENTS))))
    return told


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[Story, list[list[list[int]]]]:
    """A story, and its delivery: groups of bodies of places in the story, shuffled, some of them twice."""
    story = draw(stories())
    places = list(range(len(story)))
    again = draw(st.lists(st.sampled_from(places), max_size=4))
    order = draw(st.permutations(places + again))
    bodies = _portions(draw, order)
    return story, _portions(draw, bodies)


def _portions(draw: st.DrawFn, things: list[Any]) -> list[list[Any]]:
    portions: list[list[Any]] = []
    while things:
        size = draw(st.integers(1, len(things)))
        portions.append(things[:size])
        things = things[size:]
    return portions


def deliver(base: Base, keys: list[str], story: Story, groups: list[list[list[int]]]) -> int:
    """Send it; returns how many were new."""
    received = max(at for _, at, _, _ in story) + 1000
    stored = 0
    for group in groups:
        items = []
        for body in group:
            for who in (0, 1):
                for agent in AGENTS:
                    events = [_aged(story[i], received) for i in body if story[i][0] == who and story[i][3] == agent]
                    if events:
                        beacon = Beacon(site=SITE.key, visitor=keys[who], events=events)
                        items.append(prepare(SITE, beacon, received_at=received, user_agent=agent))
        stored += sum(one.stored for one in base.record(items))
    return stored


def _aged(told: tuple[int, int, Event, str], received: int) -> Event:
    _, at, happened, _ = told
    happened.age = received - at
    return happened


# --- the model -------------------------------------------------------------------------------------------------------


def model(mine: list[tuple[int, Event, str]]) -> list[dict[str, Any]]:
    """The visits of one visitor, from all its events (time, event, agent)."""
    sittings: list[list[tuple[int, Event, str]]] = []
    for told in sorted(mine, key=lambda told: told[0]):
        if sittings and told[0] - sittings[-1][-1][0] <= 30 * MINUTE:
            sittings[-1].append(told)
        else:
            sittings.append([told])
    visits, number = [], 0
    for sitting in sittings:
        views = [(at, one) for at, one, _ in sitting if isinstance(one, PageViewed)]
        agents = [agent for _, one, agent in sitting if isinstance(one, PageViewed)]
        number += 1 if views else 0
        rows = [_view(at, one, mine) for at, one in views]
        arrived = None
        for index, (at, one) in enumerate(views):
            before = [time for time, _, _ in sitting if time < at]
            if index == 0 or (not one.referrer.startswith("https://shop.example/") and at - max(before) >= 2000):
                arrived = one.id
        left = max((row["left_at"] for row in rows if row["left_at"] is not None), default=None)
        here = max((row["stayed_at"] for row in rows), default=0)
        last = sitting[-1][0]
        newest = views[-1][1] if views else None
        visits.append(
            {
                "started_at": sitting[0][0],
                "last_at": last,
                "heard_at": max([last, *(row["stayed_at"] for row in rows), *(row["left_at"] or 0 for row in rows)]),
                "number": number if views else 0,
                "pages": len(views),
                "dwell": sum(row["dwell"] for row in rows),
                "path": newest.path if newest else [],
                "depth": len(newest.path or []) if newest else 0,
                "deepest": max((len(one.path or []) for _, one in views), default=0),
                "url": newest.url if newest else "",
                "title": newest.title if newest else "",
                "arrival": arrived,
                "left_at": left if left is not None and left >= here else None,
                "user_agent": max(agents, default=""),
                "bot": any(agent.startswith("curl") for agent in agents),
                "branches": _branches(rows),
                "views": rows,
            }
        )
    return visits


def _view(at: int, one: PageViewed, mine: list[tuple[int, Event, str]]) -> dict[str, Any]:
    stays = [(time, mark) for time, mark, _ in mine if isinstance(mark, PageStayed) and mark.page == one.id]
    leaves = [(time, mark) for time, mark, _ in mine if isinstance(mark, PageLeft) and mark.page == one.id]
    return {
        "id": one.id, "at": at, "path": one.path,
        "dwell": max((mark.dwell for _, mark in stays + leaves), default=0),
        "scroll": max((mark.scroll for _, mark in stays + leaves), default=0),
        "stayed_at": max([at, *(time for time, _ in stays)]),
        "left_at": max((time for time, _ in leaves), default=None),
    }  # fmt: skip


def _branches(rows: list[dict[str, Any]]) -> dict[str, tuple[int, int, int]]:
    found: dict[str, tuple[int, int, int]] = {}
    for row in rows:
        if row["path"]:
            dwell, deepest, pages = found.get(row["path"][0], (0, 0, 0))
            found[row["path"][0]] = (dwell + row["dwell"], max(deepest, len(row["path"])), pages + 1)
    return found


_OF_VIEW = ("id", "at", "path", "dwell", "scroll", "stayed_at", "left_at")
_OF_VISIT = (
    "started_at", "last_at", "heard_at", "number", "pages", "dwell", "path", "depth", "deepest", "url", "title",
    "arrival", "left_at", "user_agent", "bot",
)  # fmt: skip


def stored_visits(base: Base, key: str) -> list[dict[str, Any]]:
    """What the base says of one visitor, in the words of the model."""

    def read(conn: Any) -> list[dict[str, Any]]:
        who = select(visitor.c.id).where(visitor.c.key_hash == key_hash(key)).scalar_subquery()
        rows = conn.execute(select(visit).where(visit.c.visitor_id == who)).mappings().all()
        of_visitor = select(page_view).where(page_view.c.visitor_id == who).order_by(page_view.c.at)
        views = conn.execute(of_visitor).mappings()
        of_visit: dict[str, list[dict[str, Any]]] = {row["id"]: [] for row in rows}
        for view in views:
            of_visit[view["visit_id"]].append({name: view[name] for name in _OF_VIEW})
        kept = {row["id"] for row in rows if row["merged_into"] is None}
        for row in rows:
            assert row["merged_into"] is None or (row["merged_into"] in kept and not of_visit[row["id"]])
        return [
            {name: row[name] for name in _OF_VISIT}
            | {
                "branches": {b["name"]: (b["dwell"], b["deepest"], b["pages"]) for b in row["branches"]},
                "views": of_visit[row["id"]],
            }
            for row in sorted(rows, key=lambda row: row["started_at"])
            if row["merged_into"] is None
        ]

    found: list[dict[str, Any]] = base.read(read)
    return found


def stored_events(base: Base, key: str) -> set[tuple[str, int]]:
    who = select(visitor.c.id).where(visitor.c.key_hash == key_hash(key)).scalar_subquery()
    rows = base.read(lambda conn: conn.execute(select(event.c.id, event.c.at).where(event.c.visitor_id == who)).all())
    return {(id_, at) for id_, at in rows}


def check(base: Base, story: Story, groups: list[list[list[int]]]) -> None:
    keys = [uuid4().hex, uuid4().hex]
    assert deliver(base, keys, story, groups) == len(story)
    for who, key in enumerate(keys):
        mine = [(at, happened, agent) for of, at, happened, agent in story if of == who]
        assert stored_events(base, key) == {(happened.id, at) for at, happened, _ in mine}
        assert stored_visits(base, key) == model(mine)
    everything = [[[place] for place in range(len(story))]]
    before = [stored_visits(base, key) for key in keys]
    assert deliver(base, keys, story, everything) == 0
    assert [stored_visits(base, key) for key in keys] == before


@given(delivery=deliveries())
@settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def many(base: Base, delivery: Any) -> None:
    check(base, *delivery)


@given(delivery=deliveries())
@settings(max_examples=MANY // 4, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def some(base: Base, delivery: Any) -> None:
    check(base, *delivery)


def test_order_repetition_and_portions_leave_no_trace(base: Any) -> None:
    """Rows are those of the model after any delivery, and delivering all of it again changes nothing."""
    (many if base.kind == "sqlite" else some)(base)
