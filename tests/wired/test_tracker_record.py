"""What one group of bodies leaves in the base, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, func, insert, select, update

import tracker.do
import tracker.queries as queries
from access.tables import site as site_table
from contract.beacons import Beacon, Custom, Event, PageLeft, PageStayed, PageViewed
from contract.clock import DAY, MINUTE, SECOND, rfc3339
from contract.facts import SiteFacts
from contract.ids import new_id
from store.base import Store
from store.connect import open_store
from tracker.collect import prepare
from tracker.record import Recorded, record
from tracker.tables import event, page_view, rejected_event, visit, visitor
from tracker.visitor import key_hash

NOW = 1_790_000_000_000
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Shop:
    """One site of its own, with a short way to send something to it."""

    def __init__(self, store: Store, url: str) -> None:
        self.store, self.url = store, url
        self.site = SiteFacts(
            id=new_id(), key=uuid4().hex, name="Shop", origins=frozenset(), language="en", zone="UTC", currency="EUR",
        )  # fmt: skip

    async def open(self) -> None:
        row = {
            "id": self.site.id, "key": self.site.key, "name": "Shop", "origins": [], "language": "en", "zone": "UTC",
            "currency": "EUR", "created_at": 0,
        }  # fmt: skip
        await self.store.write(lambda conn: conn.execute(insert(site_table), [row]).close())

    async def send(
        self,
        key: str,
        *events: Event,
        at: int = NOW,
        agent: str = BROWSER,
        store: Store | None = None,
        trusted: bool = False,
    ) -> Recorded:
        beacon = Beacon(site=self.site.key, visitor=key, events=list(events))
        item = prepare(self.site, beacon, received_at=at, user_agent=agent, trusted=trusted)
        return (await (store or self.store).write(lambda conn: record(conn, [item])))[0]

    async def count(self, table: Any, *where: Any) -> int:
        statement = select(func.count()).select_from(table).where(table.c.site_id == self.site.id, *where)
        found: int = await self.store.read(lambda conn: conn.execute(statement).scalar_one())
        return found

    async def ask(self, question: Any, *arguments: Any, **named: Any) -> Any:
        def read(conn: Connection) -> Any:
            return question(conn, *arguments, **named)

        return await self.store.read(read)

    async def live(self, after: int = 0, *, bots: bool = False) -> list[str]:
        """Ids of the visits of all who are here `after` so many ms."""
        here = queries.live([self.site.id], NOW + after, bots=bots)
        return await self.store.read(lambda conn: list(conn.execute(here).scalars()))


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    store = open_store(database_url)
    made = Shop(store, database_url)
    await made.open()
    yield made
    await store.close()


def viewed(path: str = "a/b", age: int = 0, **more: Any) -> PageViewed:
    return PageViewed(id=str(uuid4()), url="https://shop.example/" + path, age=age, **more)


def key() -> str:
    return uuid4().hex


async def test_a_body_becomes_visitor_visit_event_view_and_nodes(shop: Shop) -> None:
    """One page view, everything that follows from it, and home above its node."""
    who = key()
    one = await shop.send(who, viewed("a/b", title="B", referrer="https://www.google.com/"))
    assert (one.stored, one.duplicates, one.rejected, one.fresh) == (1, 0, [], True)
    assert one.visit is not None
    assert (one.visit.path, one.visit.number, one.visit.came_back, one.visit.bot) == (("a", "b"), 1, False, False)
    assert one.visitor == await shop.ask(queries.visitor_by_key, shop.site.id, key_hash(who))
    assert [node["path"] for node in await shop.ask(queries.nodes, shop.site.id)] == [[], ["a"], ["a", "b"]]
    assert await shop.ask(queries.visit_facts, [one.visit.id]) == {one.visit.id: one.visit}
    (row,) = await shop.ask(queries.visits_of, [one.visitor])
    assert row["source"] == {"channel": "search", "name": "google", "campaign": ""}
    assert [view["title"] for view in await shop.ask(queries.views_of, one.visit.id)] == ["B"]


async def test_the_same_id_again_changes_nothing(shop: Shop) -> None:
    """Not the time, not the title, not when the visitor was last seen; and it is no new event."""
    who, first = key(), viewed(title="first")
    before = await shop.send(who, first)
    again = PageViewed(id=first.id.upper(), url="https://shop.example/z", title="second")
    after = await shop.send(who, again, at=NOW + 5000)
    assert (after.stored, after.duplicates, after.fresh, after.visit) == (0, 1, False, None)
    assert before.visit is not None
    assert await shop.ask(queries.visit_facts, [before.visit.id]) == {before.visit.id: before.visit}
    last_at = await shop.ask(lambda conn: conn.execute(
        select(visitor.c.last_at).where(visitor.c.id == before.visitor)).scalar_one())  # fmt: skip
    assert last_at == NOW


async def test_the_same_id_twice_in_one_body_is_one_event(shop: Shop) -> None:
    """The older one stays: a repeat is known already, not wrong."""
    one = viewed(title="young")
    old = PageViewed(id=one.id, url=one.url, title="old", age=9)
    told = await shop.send(key(), one, old)
    assert (told.stored, told.duplicates, told.rejected) == (1, 1, [])
    assert told.visit is not None
    assert told.visit.title == "old"


async def test_an_id_belongs_to_whoever_sent_it_first(shop: Shop) -> None:
    """Another visitor with the same id adds nothing and learns nothing."""
    first = viewed(title="mine")
    mine = await shop.send(key(), first)
    theirs = await shop.send(key(), PageViewed(id=first.id, url="https://shop.example/x", title="theirs"))
    assert (theirs.stored, theirs.visit) == (0, None)
    assert mine.visit is not None
    assert (await shop.ask(queries.views_of, mine.visit.id))[0]["title"] == "mine"


async def test_nobody_speaks_for_the_page_of_another(shop: Shop) -> None:
    """A mark on a foreign view is stored as an event and changes no view, also within one group."""
    first = viewed()
    mine = await shop.send(key(), first)
    theirs = await shop.send(key(), PageStayed(id=str(uuid4()), page=first.id, dwell=9000))
    assert theirs.visit is None
    assert mine.visit is not None
    assert (await shop.ask(queries.views_of, mine.visit.id))[0]["dwell"] == 0


async def test_the_same_id_on_two_sites_is_two_events(shop: Shop) -> None:
    """Events are known by site and id."""
    other = Shop(shop.store, shop.url)
    await other.open()
    one = viewed()
    assert (await shop.send(key(), one)).stored == 1
    assert (await other.send(key(), one)).stored == 1


async def test_events_of_one_moment_keep_the_order_of_their_body(shop: Shop) -> None:
    """Three views with the same age: the third is where the visitor is."""
    told = await shop.send(key(), viewed(title="1"), viewed(title="2"), viewed("x/y/z", title="3"))
    assert told.visit is not None
    assert (told.visit.title, told.visit.pages, told.visit.deepest) == ("3", 3, 3)
    assert [view["title"] for view in await shop.ask(queries.views_of, told.visit.id)] == ["1", "2", "3"]


async def test_staying_and_leaving_may_come_before_their_view(shop: Shop) -> None:
    """The largest dwell wins, whatever comes last."""
    who, first = key(), viewed()
    early = await shop.send(who, PageLeft(id=str(uuid4()), page=first.id, dwell=8000, scroll=70), at=NOW + 8000)
    assert early.visit is None
    told = await shop.send(who, PageViewed(id=first.id, url=first.url, age=9000), at=NOW + 9000)
    assert told.visit is not None
    assert (told.visit.dwell, told.visit.left_at, told.visit.last_at) == (8000, NOW + 8000, NOW + 8000)
    later = await shop.send(who, PageStayed(id=str(uuid4()), page=first.id, dwell=5000), at=NOW + 10_000)
    assert later.visit is not None
    assert (later.visit.dwell, later.visit.left_at) == (8000, None)


async def test_a_late_event_joins_two_visits_and_the_older_id_stays(shop: Shop) -> None:
    """The younger one says where it went, its pages move, and its number is free again."""
    who = key()
    first = (await shop.send(who, viewed("a"))).visit
    third = (await shop.send(who, viewed("c"), at=NOW + 50 * MINUTE)).visit
    next_day = (await shop.send(who, viewed("d"), at=NOW + DAY)).visit
    assert first is not None
    assert third is not None
    assert next_day is not None
    assert (third.number, next_day.number) == (2, 3)
    joined = (await shop.send(who, viewed("b", age=30 * MINUTE), at=NOW + 55 * MINUTE)).visit
    assert joined is not None
    assert (joined.id, joined.pages, joined.path) == (first.id, 3, ("c",))
    found = await shop.ask(queries.visit_facts, [first.id, third.id, next_day.id])
    assert found[third.id] == found[first.id] == joined
    assert found[next_day.id].number == 2
    assert [row["number"] for row in await shop.ask(queries.visits_of, [joined.visitor])] == [2, 1]


async def test_a_late_first_visit_renumbers_those_after_it(shop: Shop) -> None:
    """Numbers count from the visit that began first."""
    who = key()
    today = (await shop.send(who, viewed())).visit
    yesterday = (await shop.send(who, viewed(age=DAY))).visit
    assert today is not None
    assert yesterday is not None
    assert (today.number, yesterday.number) == (1, 1)
    found = await shop.ask(queries.visit_facts, [today.id])
    assert (found[today.id].number, found[today.id].came_back) == (2, True)
    newest = await shop.ask(queries.newest_visit, today.visitor)
    assert newest == found[today.id]


async def test_what_the_site_reports_keeps_a_visit_alive_and_makes_none(shop: Shop) -> None:
    """Custom events every 20 minutes bridge an hour; alone they are no visit that counts."""
    who = key()
    first = (await shop.send(who, viewed())).visit
    for minutes in (20, 40, 60):
        await shop.send(who, Custom(id=str(uuid4()), name="video.watched"), at=NOW + minutes * MINUTE)
    last = (await shop.send(who, viewed(), at=NOW + 80 * MINUTE)).visit
    assert first is not None
    assert last is not None
    assert (last.id, last.pages, last.number) == (first.id, 2, 1)
    other = await shop.send(key(), Custom(id=str(uuid4()), name="alone", props={"a": [1, None]}))
    assert (other.stored, other.visit) == (1, None)
    assert await shop.ask(queries.visits_of, [other.visitor]) == []


async def test_a_refused_event_is_kept_once_with_its_reason(shop: Shop) -> None:
    """Its body's other events are stored; the same body again does not fill the list."""
    who, good, bad = key(), viewed(), PageViewed(id=str(uuid4()), url="javascript:alert(1)")
    for _ in range(2):
        told = await shop.send(who, good, bad)
        assert [(one.id, one.reason) for one in told.rejected] == [(bad.id, "bad_url")]
    (row,) = await shop.ask(queries.rejected, shop.site.id)
    assert (row["reason"], row["event"]["id"]) == ("bad_url", bad.id)


async def test_who_sends_nothing_that_can_be_taken_is_no_visitor(shop: Shop) -> None:
    """Only the refusal is stored."""
    told = await shop.send(key(), PageViewed(id="no", url="https://shop.example/"))
    assert (told.visitor, told.visit, told.fresh) == (None, None, False)
    assert await shop.count(visitor) == 0
    assert await shop.count(rejected_event) == 1


async def test_a_bot_is_stored_and_marked(shop: Shop) -> None:
    """It is not on the live list, unless one asks for bots."""
    told = await shop.send(key(), viewed(), agent="curl/8.5")
    assert told.visit is not None
    assert told.visit.bot
    assert await shop.live() == []
    assert len(await shop.live(bots=True)) == 1


async def test_who_left_is_gone_in_ten_seconds_and_who_fell_silent_in_one_lease(shop: Shop) -> None:
    """Somebody who reads for five minutes is still there."""
    stays, leaves, page = key(), key(), viewed()
    await shop.send(stays, viewed())
    await shop.send(leaves, page)
    gone = await shop.send(leaves, PageLeft(id=str(uuid4()), page=page.id, dwell=1000), at=NOW + 1000)

    assert gone.visit is not None
    assert [len(await shop.live(after * SECOND)) for after in (1, 8, 10, 300, 329, 331)] == [2, 2, 1, 1, 1, 0]


async def test_the_past_never_looks_live(shop: Shop) -> None:
    """Neither what a trusted server tells of last year, nor what a browser kept for a day."""
    await shop.send(
        key(), PageViewed(id=str(uuid4()), url="https://shop.example/", at=rfc3339(NOW - 400 * DAY)), trusted=True
    )
    await shop.send(key(), viewed(age=DAY))
    assert await shop.live() == []


async def test_ensure_visitor_is_the_one_who_views_later(shop: Shop) -> None:
    """A chat may be opened before the first page view arrives."""
    who = key()
    made = await shop.store.write(lambda conn: tracker.do.ensure_visitor(conn, shop.site.id, key_hash(who), NOW))
    again = await shop.store.write(lambda conn: tracker.do.ensure_visitor(conn, shop.site.id, key_hash(who), NOW + 1))
    told = await shop.send(who, viewed(age=5000))
    assert made == again == told.visitor
    assert told.visit is not None
    assert told.visit.number == 1


async def test_many_at_once_are_one_visitor_and_one_visit(shop: Shop) -> None:
    """Two processes (two stores where the database allows it) that hear the same browser at the same moment."""
    second = open_store(shop.url) if shop.url.startswith("postgres") else shop.store
    try:
        who, others = key(), [key() for _ in range(5)]
        page = viewed()
        sent = [shop.send(who, viewed(age=step), store=(shop.store, second)[step % 2]) for step in range(20)]
        sent += [shop.send(who, page, store=store) for store in (shop.store, second) for _ in range(5)]
        sent += [
            shop.send(other, viewed("n/" + other), store=(shop.store, second)[i % 2]) for i, other in enumerate(others)
        ]
        told = await asyncio.gather(*sent)
    finally:
        if second is not shop.store:
            await second.close()
    assert sum(one.stored for one in told) == 26
    assert await shop.count(visitor) == 6
    assert await shop.count(visit, visit.c.merged_into.is_(None)) == 6
    assert await shop.count(page_view) == await shop.count(event) == 26


async def test_a_group_that_fails_leaves_nothing_behind(shop: Shop) -> None:
    """Also not in memory: the same pages are stored afterwards."""
    beacon = Beacon(site=shop.site.key, visitor=key(), events=[viewed("never/seen/before")])
    item = prepare(shop.site, beacon, received_at=NOW, user_agent=BROWSER)

    def fail(conn: Connection) -> None:
        record(conn, [item])
        record(conn, [prepare(shop.site, Beacon(site="", visitor=key(), events=[viewed("never/seen/before")]),
                              received_at=NOW, user_agent=BROWSER)])  # fmt: skip
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        await shop.store.write(fail)
    assert await shop.count(event) == 0
    try:
        (told,) = await shop.store.write(lambda conn: record(conn, [item]))
    except Exception:  # noqa: BLE001  the second try must work, as the journal's does
        (told,) = await shop.store.write(lambda conn: record(conn, [item]))
    assert told.stored == 1
    assert [node["path"] for node in await shop.ask(queries.nodes, shop.site.id)][-1] == ["never", "seen", "before"]


async def test_a_hundred_bodies_in_one_group_are_answered_one_by_one(shop: Shop) -> None:
    """Each gets its own visit, in order."""
    items = [
        prepare(shop.site, Beacon(site=shop.site.key, visitor=key(), events=[viewed(title=str(n))]),
                received_at=NOW, user_agent=BROWSER)
        for n in range(100)
    ]  # fmt: skip
    told = await shop.store.write(lambda conn: record(conn, items))
    assert [one.visit.title for one in told if one.visit] == [str(n) for n in range(100)]
    assert len({one.visitor for one in told}) == 100


@pytest.mark.parametrize(("trusted", "said", "bot"), [(False, None, True), (True, None, False), (False, False, False)])
async def test_a_visit_with_the_rhythm_of_a_clock_is_a_programs(
    shop: Shop, trusted: bool, said: bool | None, bot: bool
) -> None:
    """Seventy pages, one each second and nothing of a look: unless a server tells of it, or a person said otherwise."""
    who = key()
    first = await shop.send(who, viewed("first"), at=NOW)
    by_hand = update(visitor).where(visitor.c.id == first.visitor).values(bot_said=said)
    await shop.store.write(lambda conn: conn.execute(by_hand).close())
    for second in range(1, 70):
        told = await shop.send(who, viewed(f"{second}"), at=NOW + second * SECOND, trusted=trusted)
    assert told.visit is not None
    assert (told.visit.pages, told.visit.bot) == (70, bot)
