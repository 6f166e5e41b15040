"""A visit holds so many page views and no more; what comes then costs little, and everything else goes on."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection

import store.prepared
import tracker.bulk
import tracker.queries as queries
from contract.beacons import MAX_EVENTS, Beacon, Custom, Event, PageLeft, PageStayed, PageViewed
from contract.clock import MINUTE, SECOND
from store.connect import open_store
from tests.wired.test_tracker_record import BROWSER, NOW, Shop, key, viewed
from tracker.collect import prepare
from tracker.record import Recorded, record
from tracker.room import VIEWS
from tracker.tables import event, node, page_view, rejected_event, visit
from tracker.visit import BRANCHES


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    store = open_store(database_url)
    made = Shop(store, database_url)
    await made.open()
    yield made
    await store.close()


async def fill(shop: Shop, who: str, views: int = VIEWS, *, at: int = NOW) -> list[PageViewed]:
    """One body after the other; every view on a branch of its own."""
    pages = [viewed(f"{number}/deep") for number in range(views)]
    for start in range(0, views, MAX_EVENTS):
        told = await shop.send(who, *pages[start : start + MAX_EVENTS], at=at)
        assert told.rejected == []
    return pages


async def watched(shop: Shop, who: str, *events: Event, at: int) -> tuple[Recorded, list[str]]:
    """What became of one body, and the statements that it took."""
    item = prepare(
        shop.site, Beacon(site=shop.site.key, visitor=who, events=list(events)), received_at=at, user_agent=BROWSER
    )
    statements: list[str] = []

    def noted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(conn: Connection, text: str, values: Any) -> Any:
            statements.append(text)
            return real(conn, text, values)

        return call

    def write(conn: Connection) -> Recorded:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("run", "change", "change_all"):
                noting = noted(getattr(store.prepared, name))
                patch.setattr(store.prepared, name, noting)
                patch.setattr(tracker.bulk, name, noting)
            return record(conn, [item])[0]

    return await shop.store.write(write), statements


async def test_a_full_visit_refuses_the_next_view_and_takes_everything_else(shop: Shop) -> None:
    """The refused one is kept with its reason, once; repeats stay repeats; other visits and visitors go on."""
    who = key()
    pages = await fill(shop, who)
    late, note = viewed("late", title="late"), Custom(id=str(uuid4()), name="cart.added")
    stayed = PageStayed(id=str(uuid4()), page=pages[0].id, dwell=5000)
    for attempt in range(2):
        told = await shop.send(who, late, note, stayed, pages[-1], at=NOW + SECOND)
        assert [(one.id, one.reason) for one in told.rejected] == [(late.id, "visit_full")]
        assert (told.stored, told.duplicates) == ((0, 3) if attempt else (2, 1))
    facts = (await shop.ask(queries.visits_of, [told.visitor]))[0]
    assert (facts["pages"], facts["dwell"], facts["last_at"]) == (VIEWS, 5000, NOW + SECOND)
    assert await shop.count(event) == VIEWS + 2
    assert await shop.count(page_view) == VIEWS
    assert await shop.count(node, node.c.name == "late") == 0
    (row,) = await shop.ask(queries.rejected, shop.site.id)
    assert (row["reason"], row["event"]["id"], row["event"]["url"]) == ("visit_full", late.id, late.url)
    assert (await shop.send(who, viewed(), at=NOW + 40 * MINUTE)).stored == 1
    assert (await shop.send(key(), viewed(), at=NOW + SECOND)).stored == 1


async def test_one_group_with_too_many_views_stores_those_that_came_first(shop: Shop) -> None:
    """Every body is answered for its own events, also for one that another body of the group sent, too."""
    who = key()
    pages = [viewed(f"{number}") for number in range(VIEWS + 100)]
    bodies = [pages[start : start + MAX_EVENTS] for start in range(0, len(pages), MAX_EVENTS)] + [pages[-1:]]
    items = [
        prepare(shop.site, Beacon(site=shop.site.key, visitor=who, events=list(body)), received_at=NOW,
                user_agent=BROWSER)
        for body in bodies
    ]  # fmt: skip
    told = await shop.store.write(lambda conn: record(conn, items))
    assert [one.stored for one in told] == [200, 200, 200, 200, 200, 0, 0]
    assert [len(one.rejected) for one in told] == [0, 0, 0, 0, 0, 100, 1]
    assert [one.duplicates for one in told] == [0] * 7
    assert told[0].visit is not None
    assert told[0].visit.pages == VIEWS
    assert await shop.count(event) == await shop.count(page_view) == VIEWS
    assert await shop.count(rejected_event) == 100


async def test_visits_that_would_be_too_full_together_stay_two(shop: Shop) -> None:
    """What would join them is refused, whatever it is; each goes on by itself."""
    who = key()
    await fill(shop, who, 600, at=NOW)
    await fill(shop, who, 600, at=NOW + 50 * MINUTE)
    told = await shop.send(who, Custom(id=str(uuid4()), name="bridge", age=25 * MINUTE), at=NOW + 50 * MINUTE)
    assert [one.reason for one in told.rejected] == ["visit_full"]
    assert (told.stored, told.fresh, told.visit) == (0, False, None)
    assert (await shop.send(who, viewed(), at=NOW + 51 * MINUTE)).stored == 1
    assert [row["pages"] for row in await shop.ask(queries.visits_of, [told.visitor])] == [601, 600]
    assert await shop.count(visit, visit.c.merged_into.is_not(None)) == 0


async def test_a_visit_remembers_a_bounded_number_of_branches(shop: Shop) -> None:
    """Those with most dwell, by name among equals."""
    who = key()
    pages = await fill(shop, who, 100)
    told = await shop.send(who, PageLeft(id=str(uuid4()), page=pages[77].id, dwell=9000), at=NOW + SECOND)
    (row,) = await shop.ask(queries.visits_of, [told.visitor])
    assert len(row["branches"]) == BRANCHES
    assert [branch["name"] for branch in row["branches"][:3]] == ["77", "0", "1"]
    assert told.visit is not None
    assert await shop.ask(queries.visit_facts, [row["id"]]) == {row["id"]: told.visit}


async def test_what_changes_no_view_reads_none(shop: Shop) -> None:
    """A fact of the site in a long visit moves its end with a handful of small statements."""
    who = key()
    pages = await fill(shop, who, 400)
    for number in range(3):
        at = NOW + (number + 1) * SECOND
        told, statements = await watched(shop, who, Custom(id=str(uuid4()), name="cart.added"), at=at)
        assert told.visit is not None
        assert (told.visit.last_at, told.visit.heard_at, told.visit.pages) == (at, at, 400)
        assert not [one for one in statements if "page_view.stayed_at" in one or "branches =" in one]
        assert len([one for one in statements if "new_rows" not in one]) <= 7  # without its savepoint
        assert await shop.ask(queries.visit_facts, [told.visit.id]) == {told.visit.id: told.visit}
    stayed = PageStayed(id=str(uuid4()), page=pages[0].id, dwell=5000)
    told, statements = await watched(shop, who, stayed, at=NOW + 10 * SECOND)
    assert told.visit is not None
    assert told.visit.dwell == 5000
    assert [one for one in statements if "page_view.stayed_at" in one]


async def test_a_fact_from_between_two_views_still_tells_that_nobody_went_away(shop: Shop) -> None:
    """A late event before a view from outside: whoever was here a second ago did not come in again."""
    who = key()
    first, again = viewed(age=10 * SECOND), viewed(referrer="https://www.google.com/")
    told = await shop.send(who, first, again)
    assert told.visit is not None
    assert told.visit.arrival == again.id
    told = await shop.send(who, Custom(id=str(uuid4()), name="video.watched", age=2 * SECOND), at=NOW + SECOND)
    assert told.visit is not None
    assert told.visit.arrival == first.id
