"""`shopbell learn`: from stored visits to a model that a running server asks, on both databases."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import Connection

import access.do
import chat.do
import crm.do
import routing.learn.intent
import sales.do
import tracker.queries
from access.do import create_account
from chat.message import Who
from contract.beacons import Beacon, PageLeft, PageStayed, PageViewed
from contract.clock import DAY, HOUR, SECOND, from_rfc3339, rfc3339
from contract.facts import SiteFacts, VisitFacts
from contract.ids import new_id
from crm.contact import CheckedContact
from routing.intent import FEATURES, features, rule
from routing.intents import Intents
from routing.learn.intent import Example
from sales.price import FormLine, price
from service.learning.learn import CannotLearn, run
from service.learning.people import people_of
from service.learning.visits import AFTER, SINCE, examples
from store.base import Store
from store.connect import open_store
from tests.wired.test_cli import SITE, folder
from tests.wired.test_cli import run as shopbell
from tracker.collect import prepare
from tracker.memory import Memory
from tracker.record import record
from tracker.visitor import key_hash

__all__ = ["folder"]
NOON = from_rfc3339("2026-05-10T12:00:00Z")
NOW = NOON + 30 * DAY
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
async def store(fresh_database_url: str) -> AsyncIterator[Store]:
    opened = open_store(fresh_database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def shop(store: Store) -> "Shop":
    site = await store.write(
        lambda conn: access.do.create_site(
            conn, key="shop", name="Shop", origins=["https://shop.example"], zone="Asia/Tokyo", now=NOON
        )
    )
    return Shop(store, site)


def viewed(at: int, *path: str, referrer: str = "https://shop.example/") -> PageViewed:
    url = "https://shop.example/" + "/".join(path)
    return PageViewed(id=str(uuid4()), at=rfc3339(at), url=url, path=list(path), referrer=referrer, user_agent=BROWSER)


def stayed(page: PageViewed, at: int, dwell: int) -> PageStayed:
    return PageStayed(id=str(uuid4()), at=rfc3339(at), page=page.id, dwell=dwell, scroll=50)


def left(page: PageViewed, at: int, dwell: int) -> PageLeft:
    return PageLeft(id=str(uuid4()), at=rfc3339(at), page=page.id, dwell=dwell, scroll=90)


class Shop:
    """One site; what happens there is written by the product itself."""

    def __init__(self, store: Store, site: SiteFacts) -> None:
        self.store, self.site, self.memory = store, site, Memory()

    async def send(self, key: str, *events: Any) -> VisitFacts:
        """One body; the visit as the server sees it then."""
        return (await self.send_all([(key, list(events))]))[0]

    async def send_all(self, bodies: list[tuple[str, list[Any]]]) -> list[VisitFacts]:
        items = [
            prepare(
                self.site, Beacon(site="shop", visitor=key, events=events), received_at=NOW, user_agent="", trusted=True
            )
            for key, events in bodies
        ]
        told = await self.store.write(lambda conn: record(conn, items, self.memory))
        assert not any(one.rejected for one in told)
        return [one.visit for one in told if one.visit is not None]

    async def visitor(self, key: str) -> str:
        found = await self.store.read(lambda conn: tracker.queries.visitor_by_key(conn, self.site.id, key_hash(key)))
        assert found is not None
        return found

    async def newest(self, key: str) -> VisitFacts:
        visitor = await self.visitor(key)
        found = await self.store.read(lambda conn: tracker.queries.newest_visit(conn, visitor))
        assert found is not None
        return found

    async def chat(self, visitor: str, at: int, *, says: int | None) -> None:
        """A chat that is opened at `at`; the visitor writes `says` ms later, None for never."""

        def write(conn: Connection) -> None:
            row = chat.do.open_for_visitor(conn, self.site.id, visitor, None, None, at)
            who = Who(kind="visitor", id=visitor)
            if says is not None:
                chat.do.add(conn, row["id"], who, "text", "Which one fits?", None, None, at + says)

        await self.store.write(write)

    async def order(self, visitor: str, at: int) -> str:
        """Returns the record of the customer."""

        def write(conn: Connection) -> str:
            expert = create_account(
                conn, email=f"{new_id()}@x.example", name="Anna", role="expert", password_hash="", sites=[], now=at
            )
            product = sales.do.create_product(
                conn, site_id=self.site.id, sku=new_id(), name="Boots", path=["A"], amount=4200, currency="EUR",
                active=True, now=at,
            )  # fmt: skip
            line = FormLine(product=product["id"], name="Boots", amount=4200, currency="EUR")
            form = sales.do.make_form(
                conn, site_id=self.site.id, lines=[line], visitor_id=visitor, visit_id=None, conversation_id=None,
                expert_id=expert.id, now=at,
            )  # fmt: skip
            contact = CheckedContact(name="Vera", email=f"{visitor[:8]}@x.example", phone="", address="")
            record = crm.do.know(conn, self.site.id, visitor, contact, at)
            priced = price([line], [(product["id"], 1)])
            sales.do.place_order(conn, form, priced, record, {"name": "Vera"}, at)
            return record

        return await self.store.write(write)

    async def examples(self, now: int = NOW) -> list[Example]:
        return [one async for batch in examples(self.store, self.site, now) for one in batch]


def named(row: list[float | str]) -> dict[str, float | str]:
    return dict(zip(FEATURES, row, strict=True))


def key(number: int) -> str:
    return hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()


async def test_a_visit_is_learned_from_as_the_server_saw_it_then(shop: Shop) -> None:
    """Whatever moment is chosen: the features are those of the visit that the server had in its hands at that event."""
    for number in range(24):
        start = NOON + number * HOUR
        one = viewed(start, "Women", "Boots", referrer="https://search.example/")
        two, three = viewed(start + 40 * SECOND, "Women", "Boots", "Red"), viewed(start + 300 * SECOND, "Sale")
        bodies: list[list[Any]] = [
            [one],
            [stayed(one, start + 5 * SECOND, 5_000)],
            [stayed(one, start + 10 * SECOND, 10_000)],
            [left(one, start + 39 * SECOND, 30_000)],
            [two],
            [stayed(two, start + 55 * SECOND, 15_000)],
            [left(two, start + 250 * SECOND, 20_000)],
            [three],  # came in again, from another tab
            [stayed(one, start + 320 * SECOND, 60_000)],  # and back on the first page: told of the first page, later
            [left(three, start + 400 * SECOND, 4_000)],
        ]
        live = [await shop.send(key(number), *body) for body in bodies]
        visitor = await shop.visitor(key(number))
        (example,) = [example for example in await shop.examples() if example.visitor == visitor]
        assert example.row in [features(facts, None, "Asia/Tokyo") for facts in live]
        assert example.by_rule in [rule(facts, None) for facts in live]
    moments = {named(example.row)["lasted"] for example in await shop.examples()}
    assert len(moments) >= 5, "the moments are of the whole visit"


@pytest.mark.parametrize("how", ["chat", "order"])
async def test_nothing_after_the_good_end_is_learned_from(shop: Shop, how: str) -> None:
    """Pages and dwell after the chat was opened or the order placed: they would give the answer away."""
    for number in range(12):
        start = NOON + number * HOUR
        one, two = viewed(start, "Women"), viewed(start + 60 * SECOND, "Women", "Boots", "Red", "Thanks")
        end = start + 30 * SECOND
        await shop.send(key(number), one, stayed(one, start + 10 * SECOND, 10_000))
        visitor = await shop.visitor(key(number))
        if how == "chat":
            await shop.chat(visitor, end, says=20_000)
        else:
            await shop.order(visitor, end)
        await shop.send(
            key(number), left(one, start + 59 * SECOND, 59_000), two, left(two, start + 90 * SECOND, 30_000)
        )
    found = await shop.examples()
    assert [example.good for example in found] == [True] * 12
    for example in found:
        row = named(example.row)
        assert (row["pages"], row["deepest"], row["known"], row["orders"]) == (1, 1, 0, 0)
        assert float(row["dwell"]) <= 10
        assert float(row["lasted"]) <= 10


async def test_what_a_good_end_is(shop: Shop) -> None:
    """A message of the visitor or an order, in the visit or within a day of it; no chat in which they are silent."""
    ends: dict[str, Any] = {
        "nothing": None,
        "silent": ("chat", 20 * SECOND, None),
        "chat": ("chat", 20 * SECOND, 5_000),
        "next morning": ("order", 20 * HOUR, None),
        "two days later": ("order", 50 * HOUR, None),
        "before": ("chat", -HOUR, 5_000),
    }
    visitors = {}
    for number, (name, end) in enumerate(ends.items()):
        one = viewed(NOON, "Women")
        await shop.send(key(number), one, left(one, NOON + 60 * SECOND, 60_000))
        visitor = visitors[await shop.visitor(key(number))] = name, end
        if end and end[0] == "chat":
            await shop.chat(await shop.visitor(key(number)), NOON + end[1], says=end[2])
        elif end:
            await shop.order(await shop.visitor(key(number)), NOON + end[1])
        assert visitor
    good = {visitors[example.visitor][0] for example in await shop.examples() if example.good}
    assert good == {"chat", "next morning"}


async def test_which_visits_are_learned_from(shop: Shop) -> None:
    """Of the last 400 days, over for a day, by no program; each once."""
    for number, at in enumerate((NOW - SINCE - HOUR, NOW - SINCE + HOUR, NOW - 3 * DAY, NOW - AFTER + 60 * SECOND)):
        await shop.send(key(number), viewed(at, "Women"))
    robot = msgspec.structs.replace(viewed(NOON, "Women"), user_agent="Googlebot/2.1 (+http://www.google.com/bot.html)")
    await shop.send(key(9), robot)
    found = [example.visitor for example in await shop.examples()]
    assert found == [await shop.visitor(key(2)), await shop.visitor(key(1))]


async def test_batches_leave_nobody_out(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Visits that began in the same millisecond, too; and the newest are taken where there are too many."""
    bodies: list[tuple[str, list[Any]]] = [(key(number), [viewed(NOON + number // 4, "Women")]) for number in range(22)]
    await shop.send_all(bodies)
    monkeypatch.setattr("service.learning.visits.BATCH", 3)
    found = [example.visitor for example in await shop.examples()]
    assert len(found) == len(set(found)) == 22
    monkeypatch.setattr("service.learning.visits.MOST", 7)
    assert [example.visitor for example in await shop.examples()] == found[:7]


async def test_nobody_is_a_customer_before_they_were_known(shop: Shop) -> None:
    """Their first order makes them one for the visits that come after it, with what they had ordered by then."""
    for day in (0, 5, 10):
        one = viewed(NOON + day * DAY, "Women")
        await shop.send(key(1), one)
        await shop.order(await shop.visitor(key(1)), NOON + day * DAY + HOUR)
    rows = [named(example.row) for example in await shop.examples()]
    assert [(row["known"], row["orders"], row["spent"]) for row in rows] == [(1, 2, 8400), (1, 1, 4200), (0, 0, 0)]


async def test_a_merge_tells_nothing_of_the_time_before_it(shop: Shop) -> None:
    """Two browsers turn out to be one person: their orders are one person's from then on."""
    for number in (1, 2):
        await shop.send(key(number), viewed(NOON, "Women"))
    one, two = await shop.visitor(key(1)), await shop.visitor(key(2))
    kept, gone = await shop.order(one, NOON + HOUR), await shop.order(two, NOON + 2 * HOUR)
    merged_at = NOON + 5 * DAY

    def merge(conn: Connection) -> None:
        from sqlalchemy import insert

        from crm.tables import merge as merges

        conn.execute(
            insert(merges).values(
                id=new_id(), site_id=shop.site.id, kept=kept, gone=gone, proof="hand", reason="", account_id=None,
                at=merged_at, moved={}, undone_at=merged_at + 5 * DAY, undone_by=None,
            )
        )  # fmt: skip

    await shop.store.write(merge)
    people = await shop.store.read(lambda conn: people_of(conn, shop.site.id))
    for visitor in (one, two):
        orders = [
            facts.orders if (facts := people.at(visitor, at)) else None
            for at in (NOON, NOON + DAY, merged_at + 1, merged_at + 6 * DAY)
        ]
        assert orders == [None, 1, 2, 1]


# --- the command -----------------------------------------------------------------------------------------------------


def _keen(number: int) -> bool:
    return number % 3 == 0


async def _crowd(shop: Shop, count: int, *, keen_order: bool) -> None:
    """Visits of which those that end well are short, on one branch, in the evening: the plain rule cannot see them.

    With `keen_order` false the same visits end well by the toss of a coin.
    """
    bodies: list[tuple[str, list[Any]]] = []
    for number in range(count):
        keen = _keen(number)
        dice = hashlib.blake2b(str(number).encode()).digest()
        start = NOON + dice[0] % 7 * DAY + (dice[1] % 5 + (0 if keen else 6)) * HOUR
        events: list[Any] = []
        for page in range(2 if keen else 4):
            path = ("Sale", "Boots") if keen else ("Women", "Boots", f"{dice[2 + page] % 3}")
            at = start + page * 60 * SECOND
            events.append(viewed(at, *path))
            events.append(left(events[-1], at + 40 * SECOND, 1_000 + dice[10 + page] * 100))
        bodies.append((key(number), events))
    for first in range(0, count, 200):
        await shop.send_all(bodies[first : first + 200])

    def chats(conn: Connection) -> None:
        for number, (visitor_key, events) in enumerate(bodies):
            dice = hashlib.blake2b(f"end {number}".encode()).digest()[0] / 256
            if dice < ((0.7 if _keen(number) else 0.03) if keen_order else 0.3):
                visitor = tracker.queries.visitor_by_key(conn, shop.site.id, key_hash(visitor_key))
                assert visitor is not None
                at = from_rfc3339(events[-1].at) + 5 * SECOND
                row = chat.do.open_for_visitor(conn, shop.site.id, visitor, None, None, at)
                chat.do.add(conn, row["id"], Who(kind="visitor", id=visitor), "text", "Hm?", None, None, at)

    await shop.store.write(chats)


def _fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough is less here: the tests are to be quick."""
    monkeypatch.setattr(routing.learn.intent, "VISITS", 400)
    monkeypatch.setattr(routing.learn.intent, "GOOD", 60)


async def test_what_is_learned_is_asked(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keen visits, which the plain rule puts last, come first; the figures are printed, and the file says them."""
    _fewer(monkeypatch)
    await _crowd(shop, 600, keen_order=True)
    asked = Intents(tmp_path, background=False)
    assert not asked.learned(shop.site)
    told: list[str] = []
    said = "\n".join(await run(shop.store, tmp_path, "shop", NOW, told.append))
    assert "shop: intent\n  600 visits, " in said
    assert "It is better than the plain rule, and in place." in said
    assert told == ["shop: 600 visits read, learning"]
    asked = Intents(tmp_path, background=False)
    assert asked.learned(shop.site)
    likely: dict[bool, list[float]] = {True: [], False: []}
    by_rule: dict[bool, list[float]] = {True: [], False: []}
    for number in range(60):
        facts = await shop.newest(key(number))
        likely[_keen(number)].append(asked.probability(shop.site, facts, None))
        by_rule[_keen(number)].append(rule(facts, None))
    assert min(likely[True]) > max(likely[False])
    assert sum(by_rule[True]) / 20 < sum(by_rule[False]) / 40
    assert 0.5 < sum(likely[True]) / 20 < 0.9


async def test_what_is_no_better_than_the_plain_rule_is_not_put_in_place(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Good ends by the toss of a coin: nothing can be learned, and nothing is written."""
    _fewer(monkeypatch)
    monkeypatch.setattr(routing.learn.intent, "SURE", 5.0)  # however the coins fell today
    await _crowd(shop, 450, keen_order=False)
    said = "\n".join(await run(shop.store, tmp_path, None, NOW, lambda _: None))
    assert "not surely better than the plain rule. The plain rule stays." in said
    assert not (tmp_path / "models").exists()


async def test_a_site_without_enough_says_what_is_missing(shop: Shop, tmp_path: Path) -> None:
    """How many visits, and how many that ended well."""
    await shop.send(key(1), viewed(NOON, "Women"))
    said = await run(shop.store, tmp_path, "shop", NOW, lambda _: None)
    assert said[:3] == [
        "shop: intent",
        "  1 visits, 0 of them ended in an order or a chat.",
        "  There must be 999 more visits and 200 more that ended in an order or a chat. The plain rule stays.",
    ]


async def test_a_site_that_is_not_there(shop: Shop, tmp_path: Path) -> None:
    """Said, with what to do."""
    with pytest.raises(CannotLearn, match="There is no site nowhere"):
        await run(shop.store, tmp_path, "nowhere", NOW, lambda _: None)


def test_the_command(folder: Path) -> None:
    """Too little is no failure: the plain rule holds. A key that is wrong is one."""
    assert shopbell("migrate").exit_code == 0
    assert "There is no site yet" in shopbell("learn").output
    assert shopbell(*SITE).exit_code == 0
    done = shopbell("learn", "--site", "myshop")
    assert (done.exit_code, "There must be 1,000 more visits and 200 more" in done.output) == (0, True)
    wrong = shopbell("learn", "--site", "nowhere")
    assert (wrong.exit_code, "There is no site nowhere" in wrong.output) == (1, True)
