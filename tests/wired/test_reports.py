"""The reports against rows that the rooms themselves wrote, on both databases."""

import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Connection, insert

import access.do
import chat.do
import crm.do
import sales.do
import tracker.queries
import tracker.record
from access.tables import account
from chat.message import Who, check_text
from contract.beacons import Beacon, PageLeft, PageViewed
from contract.clock import DAY, HOUR, MINUTE, SECOND, from_rfc3339, rfc3339
from contract.facts import SiteFacts
from contract.ids import new_id
from contract.rest_reports import FunnelQuery
from crm.contact import CheckedContact
from crm.tables import identity
from reports.funnel_query import query
from reports.overview import overview
from reports.period import bounds
from reports.timeline import of_customer, of_visit
from reports.tree import tree
from routing.tables import alert
from sales.price import FormLine, price
from store.base import Store
from store.connect import open_store
from tracker.collect import prepare
from tracker.tables import visit
from tracker.visitor import key_hash

NOON = from_rfc3339("2026-05-10T12:00:00Z")
CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


@pytest.fixture
async def store(fresh_database_url: str) -> AsyncIterator[Store]:
    opened = open_store(fresh_database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def site(store: Store) -> SiteFacts:
    return await store.write(
        lambda conn: access.do.create_site(
            conn, key="shop", name="Shop", origins=["https://shop.example"], zone="Europe/Berlin", now=NOON
        )
    )


class Rows:
    """Writes what happened the way the product does."""

    def __init__(self, conn: Connection, site: SiteFacts) -> None:
        self.conn, self.site = conn, site

    def views(self, key: str, *views: tuple[int, str], agent: str = "", dwell: int = 0) -> str:
        """(time, "A/B") page views of one visitor; returns the visitor's id."""
        events: list[Any] = []
        for at, path in views:
            view = PageViewed(
                id=new_id(),
                at=rfc3339(at),
                url=f"https://shop.example/{path}",
                path=[name for name in path.split("/") if name],
                user_agent=agent or None,
            )
            events.append(view)
            if dwell:
                events.append(PageLeft(id=new_id(), at=rfc3339(at + dwell), page=view.id, dwell=dwell))
        beacon = Beacon(site="shop", visitor=key * 32, events=events)
        (told,) = tracker.record.record(
            self.conn, [prepare(self.site, beacon, received_at=NOON + 90 * DAY, user_agent="", trusted=True)]
        )
        assert told.stored == len(events), told.rejected
        found = tracker.queries.visitor_by_key(self.conn, self.site.id, key_hash(key * 32))
        assert found is not None
        return found

    def visit_of(self, visitor: str) -> str:
        newest = tracker.queries.newest_visit(self.conn, visitor)
        assert newest is not None
        return newest.id

    def expert(self) -> str:
        id_ = new_id()
        self.conn.execute(
            insert(account).values(
                id=id_, email=f"{id_}@x.example", name="Anna", role="expert", password_hash="", languages=["en"],
                active=True, created_at=NOON,
            )
        )  # fmt: skip
        return id_

    def alert(self, visitor: str, at: int) -> None:
        self.conn.execute(
            insert(alert).values(
                id=new_id(), site_id=self.site.id, visit_id=self.visit_of(visitor), visitor_id=visitor, trigger_id="t",
                occasion=new_id(), reason="deep", importance=50, why=["deep"], topic=["A"], language="", state="ended",
                outcome="expired", raised_at=at, due_at=at, version=1, announced=1,
            )
        )  # fmt: skip

    def chat(self, visitor: str, at: int) -> str:
        row = chat.do.open_for_visitor(self.conn, self.site.id, visitor, None, self.visit_of(visitor), at)
        who = Who(kind="visitor", id=visitor, name="Visitor")
        chat.do.add(self.conn, row["id"], who, "text", check_text("Which one fits?"), None, None, at)
        return str(row["id"])

    def form(self, visitor: str, at: int, expert: str) -> Any:
        product = sales.do.create_product(
            self.conn, site_id=self.site.id, sku=new_id(), name="Boots", path=["A"], amount=4200, currency="EUR",
            active=True, now=at,
        )  # fmt: skip
        line = FormLine(product=product["id"], name="Boots", amount=4200, currency="EUR")
        return sales.do.make_form(
            self.conn, site_id=self.site.id, lines=[line], visitor_id=visitor, visit_id=self.visit_of(visitor),
            conversation_id=None, expert_id=expert, now=at,
        )  # fmt: skip

    def order(self, visitor: str, form: Any, at: int) -> str:
        contact = CheckedContact(name="Vera", email="vera@x.example", phone="", address="")
        customer = crm.do.know(self.conn, self.site.id, visitor, contact, at)
        priced = price([FormLine(**line) for line in form["lines"]], [(form["lines"][0]["product"], 2)])
        sales.do.place_order(self.conn, form, priced, customer, {"name": "Vera"}, at)
        return customer


# --- overview -------------------------------------------------------------------------------------------------------


async def test_the_overview_counts_what_an_independent_count_gives(store: Store, site: SiteFacts) -> None:
    """Visitors, those with more than one visit, visits, page views, depths: in any range, with and without bots."""
    dice = random.Random(7)
    history = {
        key: sorted((NOON + dice.randrange(3 * DAY), "/".join("ABCD"[: dice.randrange(5)])) for _ in range(12))
        for key in "0123456789abcdef"
    }
    bots = set("cdef")

    def write(conn: Connection) -> None:
        rows = Rows(conn, site)
        for key, views in history.items():
            parts = list(views)
            dice.shuffle(parts)  # in whatever order they arrive
            rows.views(key, *parts[:5], agent=CRAWLER if key in bots else "")
            rows.views(key, *parts[5:], agent=CRAWLER if key in bots else "")

    await store.write(write)
    ranges = [(None, None), (NOON + DAY, None), (None, NOON + 2 * DAY), (NOON + HOUR, NOON + HOUR + DAY)]
    for from_ms, to_ms in ranges:
        for with_bots in (False, True):
            found = await store.read(
                lambda conn, a=from_ms, b=to_ms, bots=with_bots: overview(conn, site.id, a, b, bots)  # type: ignore[misc]
            )
            sittings: dict[str, set[int]] = {}
            depths, visitors = dict.fromkeys("01234", 0), set()
            for key, views in history.items():
                if key in bots and not with_bots:
                    continue
                number, last = 0, NOON - DAY
                for at, path in views:
                    number += at - last > 30 * MINUTE
                    last = at
                    if (from_ms is None or at >= from_ms) and (to_ms is None or at < to_ms):
                        visitors.add(key)
                        sittings.setdefault(key, set()).add(number)
                        depths[str(len([name for name in path.split("/") if name]))] += 1
            assert found.visitors == len(visitors)
            assert found.visits == sum(len(one) for one in sittings.values())
            assert found.returning_visitors == sum(len(one) > 1 for one in sittings.values())
            assert found.page_views == sum(depths.values())
            assert found.by_depth == {depth: count for depth, count in depths.items() if count}


async def test_an_empty_site_has_an_overview_of_zeros(store: Store, site: SiteFacts) -> None:
    """And a tree without nodes, and a funnel without people: nothing divides by nothing."""
    found = await store.read(lambda conn: overview(conn, site.id, None, None, False))
    assert (found.visitors, found.returning_visitors, found.visits, found.page_views) == (0, 0, 0, 0)
    assert found.by_depth == {}
    assert (await store.read(lambda conn: tree(conn, site.id, None, None))).nodes == []
    funnel = await store.read(lambda conn: query(conn, site, FunnelQuery(site="shop", people="order")))
    assert {(step.visitors, step.share_of_first, step.share_of_previous) for step in funnel.steps} == {(0, 0.0, 0.0)}


async def test_a_day_is_a_day_of_the_sites_zone(store: Store, site: SiteFacts) -> None:
    """Half past midnight in Berlin belongs to the new day there."""
    at = from_rfc3339("2026-05-09T22:30:00Z")
    await store.write(lambda conn: Rows(conn, site).views("a", (at, "A")))
    for day, expected in (("2026-05-09", 0), ("2026-05-10", 1)):
        first, end = bounds(site.zone, day, day)
        found = await store.read(lambda conn, a=first, b=end: overview(conn, site.id, a, b, False))  # type: ignore[misc]
        assert found.page_views == expected


# --- tree -----------------------------------------------------------------------------------------------------------


async def test_each_node_says_who_saw_it_how_long_and_how_deep_they_got(store: Store, site: SiteFacts) -> None:
    """Dwell is of the page itself; the deepest level is that of the visits which saw it."""

    def write(conn: Connection) -> None:
        rows = Rows(conn, site)
        rows.views("a", (NOON, ""), (NOON + MINUTE, "A"), (NOON + 2 * MINUTE, "A/B/C"), dwell=10 * SECOND)
        rows.views("b", (NOON, "A"), (NOON + MINUTE, "A"), dwell=20 * SECOND)

    await store.write(write)
    nodes = (await store.read(lambda conn: tree(conn, site.id, None, None))).nodes
    found = {"/".join(node.path): node for node in nodes}
    assert list(found) == ["", "A", "A/B", "A/B/C"]
    here = found["A"]
    assert (here.visits, here.page_views, here.deepest, here.dwell_ms) == (2, 3, 3, 50 * SECOND)
    assert here.dwell_mean_ms == round(50 * SECOND / 3)
    between = found["A/B"]
    assert (between.visits, between.page_views, between.deepest, between.dwell_mean_ms) == (0, 0, 3, 0)
    assert (found[""].depth, found["A/B/C"].depth) == (0, 3)


# --- funnel ---------------------------------------------------------------------------------------------------------


async def test_a_funnel_over_everything_that_happened(store: Store, site: SiteFacts) -> None:
    """Each visitor of the story stops one step later; the people of a step are those who stopped there."""

    def write(conn: Connection) -> dict[str, str]:
        rows, deep, expert = Rows(conn, site), [(NOON, ""), (NOON + MINUTE, "A/B/C")], ""
        expert = rows.expert()
        people = {"viewed": rows.views("1", (NOON, "A"))}
        for number, step in enumerate(("deep", "alert", "chat", "offer", "order"), start=2):
            visitor = people[step] = rows.views(str(number), *deep)
            if number >= 3:
                rows.alert(visitor, NOON + 2 * MINUTE)
            if number >= 4:
                rows.chat(visitor, NOON + 3 * MINUTE)
            if number >= 5:
                form = rows.form(visitor, NOON + 4 * MINUTE, expert)
            if number >= 6:
                rows.order(visitor, form, NOON + 5 * MINUTE)
        rows.views("f", *deep, agent=CRAWLER)
        return people

    people = await store.write(write)
    for step, visitor in people.items():
        asked = FunnelQuery(site="shop", people=step)  # type: ignore[arg-type]
        funnel = await store.read(lambda conn, asked=asked: query(conn, site, asked, lambda ids: {}))  # type: ignore[misc]
        assert [one.visitors for one in funnel.steps] == [6, 5, 4, 3, 2, 1]
        assert [person.visitor for person in funnel.people] == [visitor]
    assert [one.share_of_first for one in funnel.steps] == [1.0, 0.833333, 0.666667, 0.5, 0.333333, 0.166667]
    assert [one.share_of_previous for one in funnel.steps] == [1.0, 0.833333, 0.8, 0.75, 0.666667, 0.5]
    (person,) = funnel.people
    assert person.path == ["A", "B", "C"]
    assert person.at == rfc3339(NOON + 5 * MINUTE)


async def test_who_lands_deep_viewed_and_went_deep_and_no_fact_counts_twice(store: Store, site: SiteFacts) -> None:
    """One page view three levels down is both facts; two equal steps need two page views."""
    await store.write(lambda conn: Rows(conn, site).views("a", (NOON, "A/B/C")))

    async def levels(*steps: str) -> list[int]:
        asked = FunnelQuery(site="shop", steps=list(steps))  # type: ignore[arg-type]
        return [one.visitors for one in (await store.read(lambda conn: query(conn, site, asked))).steps]

    assert await levels("viewed", "deep") == [1, 1]
    assert await levels("deep", "deep") == [1, 0]
    assert await levels("deep", "viewed") == [1, 0]


async def test_a_chain_begins_within_the_dates_and_may_end_after_them(store: Store, site: SiteFacts) -> None:
    """Within the window, which is the whole chain's."""
    evening = from_rfc3339("2026-05-10T21:00:00Z")  # 23:00 in Berlin
    await store.write(lambda conn: Rows(conn, site).views("a", (evening, "A"), (evening + 2 * HOUR, "A/B/C")))
    for day, window, expected in (
        ("2026-05-10", 7200, [1, 1]),
        ("2026-05-10", 7199, [1, 0]),
        ("2026-05-11", 7200, [1, 1]),
        ("2026-05-09", 7200, [0, 0]),
    ):
        asked = FunnelQuery(site="shop", from_=day, to=day, steps=["viewed", "deep"], window_s=window)
        found = await store.read(lambda conn, asked=asked: query(conn, site, asked))  # type: ignore[misc]
        assert [one.visitors for one in found.steps] == expected, (day, window)


# --- timeline -------------------------------------------------------------------------------------------------------


async def test_a_customers_timeline_joins_all_browsers_and_channels(store: Store, site: SiteFacts) -> None:
    """Newest first; a visit of theirs shows the same; somebody else's shows nothing of it."""

    def write(conn: Connection) -> tuple[str, str, str]:
        rows = Rows(conn, site)
        expert = rows.expert()
        first, second = rows.views("a", (NOON, "A")), rows.views("b", (NOON + DAY, "A/B"))
        stranger = rows.views("c", (NOON, "Z"))
        rows.alert(first, NOON + MINUTE)
        rows.chat(first, NOON + 2 * MINUTE)
        customer = rows.order(first, rows.form(first, NOON + 3 * MINUTE, expert), NOON + 4 * MINUTE)
        conn.execute(
            insert(identity).values(
                site_id=site.id, kind="visitor", value=second, customer_id=customer, proof="test", at=NOON
            )
        )
        return customer, rows.visit_of(second), rows.visit_of(stranger)

    customer, own_visit, strange_visit = await store.write(write)
    items = await store.read(lambda conn: of_customer(conn, customer))
    assert [item.kind for item in items] == ["visit", "order", "conversation", "alert", "visit"]
    assert [item.at for item in items] == sorted((item.at for item in items), reverse=True)
    assert items[1].data["total"] == {"amount": 8400, "currency": "EUR"}
    assert items[1].data["lines"][0]["quantity"] == 2
    assert items[1].data["expert"]["name"] == "Anna"
    assert items[2].data["last"]["text"] == "Which one fits?"
    assert items[4].data["path"] == ["A"]
    assert await store.read(lambda conn: of_visit(conn, own_visit)) == items
    assert [item.kind for item in await store.read(lambda conn: of_visit(conn, strange_visit))] == ["visit"]
    assert await store.read(lambda conn: of_visit(conn, new_id())) == []


async def test_a_timeline_is_read_page_by_page_without_a_gap(store: Store, site: SiteFacts) -> None:
    """What happened in one millisecond stays on one page."""

    def write(conn: Connection) -> str:
        rows = Rows(conn, site)
        visitor = rows.views("a", *((NOON + hour * HOUR, "A") for hour in range(9)))
        for hour in (2, 2, 2, 5):
            rows.alert(visitor, NOON + hour * HOUR)
        return rows.visit_of(visitor)

    seen = await store.write(write)
    whole = await store.read(lambda conn: of_visit(conn, seen))
    assert len(whole) == 13
    pages, before = [], None
    while page := await store.read(lambda conn, before=before: of_visit(conn, seen, 2, before)):  # type: ignore[misc]
        pages += page
        before = from_rfc3339(page[-1].at)
    assert pages == whole


async def test_a_visit_that_was_merged_counts_once(store: Store, site: SiteFacts) -> None:
    """A late page view bridges two sittings: one visit in the overview, the tree and the timeline."""

    def write(conn: Connection) -> str:
        rows = Rows(conn, site)
        rows.views("a", (NOON, "A"), (NOON + 50 * MINUTE, "A"))
        visitor = rows.views("a", (NOON + 25 * MINUTE, "A"))
        assert conn.execute(visit.select().where(visit.c.merged_into.is_not(None))).all()
        return rows.visit_of(visitor)

    seen = await store.write(write)
    found = await store.read(lambda conn: overview(conn, site.id, None, None, False))
    assert (found.visits, found.returning_visitors, found.page_views) == (1, 0, 3)
    (node,) = (await store.read(lambda conn: tree(conn, site.id, None, None))).nodes
    assert (node.visits, node.page_views) == (1, 3)
    assert len(await store.read(lambda conn: of_visit(conn, seen))) == 1
