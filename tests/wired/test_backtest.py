"""What a trigger would have done is what it does: live and backtest make the same firings of the same visits."""

import asyncio
import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select, update

import crm.do
import crm.merging
import crm.queries
import routing.do
import sales.do
import service.flows.judging
from access.do import create_account, create_site
from contract.beacons import Beacon, Custom, Event, PageLeft, PageStayed, PageViewed
from contract.clock import DAY, HOUR, MINUTE, SECOND
from contract.facts import SiteFacts
from contract.ids import new_id
from contract.names import Ms
from contract.triggers import (
    Available,
    Caps,
    Cart,
    DaysSince,
    Did,
    DuringHours,
    FromSource,
    InBranch,
    InLanguage,
    InSegment,
    InTier,
    Known,
    OnDevice,
    Orders,
    Pages,
    Quiet,
    Returning,
    Rule,
    VisitNumber,
    When,
    stored,
)
from crm.contact import CheckedContact
from crm.tables import customer, merge
from routing.firings import add_trigger, segments
from routing.tables import expert, firing, segment, trigger
from sales.price import FormLine, price
from service.backtest import Fired, firings, sample
from service.backtest.assumed import assumed
from service.journey import Journey
from store.base import Fn, Store
from store.connect import open_store
from tracker.tables import visit
from tracker.visitor import key_hash

EXAMPLES = int(os.environ.get("TEST_EXAMPLES", "0"))
NOON: Ms = 1_790_000_000_000
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NAMED = "11111111-1111-7111-8111-111111111111"


def every(*conditions: Any, **more: Any) -> Rule:
    """All of the conditions; nobody is disturbed, unless `more` says so."""
    return Rule(**{"conditions": When(all=conditions), "action": "nothing", **more})


#: Each is switched on in each story. Only one rings: a visit that rings rings no second bell.
RULES: dict[str, Rule] = {
    "anything": every(),
    "deep": every(InBranch(depth=2, dwell=5)),
    "below": every(InBranch(below=("A", "B"), dwell=5)),
    "pages": every(Pages(at_least=2, at_most=3)),
    "first": every(VisitNumber(at_most=1)),
    "second": every(VisitNumber(at_least=2)),
    "arrivals": every(Returning(), caps=Caps(visit=None)),
    "arrivals a day": every(Returning(), caps=Caps(visit=None, day=1)),
    "two arrivals": every(Returning(), caps=Caps(visit=2)),
    "once for ever": every(Pages(at_least=1), caps=Caps(visitor=1)),
    "away": every(DaysSince(at_least=1)),
    "just away": every(DaysSince(at_most=0)),
    "known": every(Known()),
    "stranger": every(Known(is_=False), hold_out=50),
    "bought": every(Orders(at_least=1)),
    "bought twice": every(Orders(at_least=2)),
    "not bought": every(Orders(at_most=0)),
    "gold": every(InTier(tiers=("gold",))),
    "cart": every(Cart(at_least=100)),
    "searched": every(Did(name="searched", times=2, within=60)),
    "hours": every(DuringHours(from_="08:00", to="20:00")),
    "quiet": every(quiet=Quiet(from_="20:00", to="08:00")),
    "from afar": every(FromSource(channels=("search",))),
    "pc": every(OnDevice(devices=("pc",)), InLanguage(languages=("en",))),
    "segment": every(InSegment(segment=NAMED)),
    "either": every(conditions=When(any=(Known(), Pages(at_least=3)), none=(Orders(at_least=2),))),
    "somebody there": every(Available(), Pages(at_least=2)),
    "held out": every(Pages(at_least=2), hold_out=50),
    "alert": every(InBranch(depth=2), action="alert"),
    "alert again": every(Returning(), action="alert", caps=Caps(visit=None)),
}
SEGMENT = When(any=(InBranch(depth=3), Orders(at_least=1)), none=(Returning(is_=False),))


class Said(NamedTuple):
    """A body: who, how long after what was before, and its events with their ages."""

    who: int
    gap: Ms
    events: list[tuple[Event, Ms]]


class Sale(NamedTuple):
    """In between, somebody becomes a customer, gold, orders, or turns out to be somebody else."""

    who: int
    what: str


def event_id(number: int) -> str:
    return f"{number:08x}-1111-4111-8111-111111111111"


PATHS: tuple[list[str], ...] = ([], ["A"], ["A", "B"], ["A", "B", "C"], ["D", "E"])
REFERRERS = ("", "https://shop.example/before", "https://www.google.com/")
GAPS = (1, 50, 3 * SECOND, 20 * SECOND, 20 * SECOND, 5 * MINUTE, 29 * MINUTE, 31 * MINUTE, 2 * HOUR, 26 * HOUR)
AGES = (0, 0, 0, 0, 1, 2 * SECOND, 29 * SECOND, 31 * SECOND, 10 * MINUTE, 31 * MINUTE, 2 * HOUR, 3 * DAY)


@st.composite
def events(draw: st.DrawFn) -> Event:
    id_ = event_id(draw(st.integers(0, 30)))  # now and then one that was told already
    kind = draw(st.sampled_from(["view"] * 4 + ["stayed"] * 3 + ["left", "searched", "cart"]))
    if kind == "view":
        return PageViewed(
            id=id_, url="https://shop.example/x", path=draw(st.sampled_from(PATHS)),
            referrer=draw(st.sampled_from(REFERRERS)), source="breadcrumb",
        )  # fmt: skip
    if kind in ("stayed", "left"):
        shape = PageLeft if kind == "left" else PageStayed
        return shape(id=id_, page=event_id(draw(st.integers(0, 12))), dwell=draw(st.sampled_from([0, 5_000, 9_000])))
    if kind == "cart":
        return Custom(id=id_, name="cart.changed", props={"value": draw(st.sampled_from([0, 100, "x"]))})
    return Custom(id=id_, name="searched", props={})


@st.composite
def told(draw: st.DrawFn) -> Said | Sale:
    who = draw(st.sampled_from([0, 0, 0, 1]))
    if draw(st.integers(0, 7)) == 0:
        return Sale(who, draw(st.sampled_from(["known", "orders", "orders", "same", "parted"])))
    body = draw(st.lists(st.tuples(events(), st.sampled_from(AGES)), min_size=1, max_size=4))
    return Said(who, draw(st.sampled_from(GAPS)), body)


def view(number: int, *path: str, referrer: str = "https://shop.example/before") -> tuple[Event, Ms]:
    id_ = event_id(number)
    url = "https://shop.example/x"
    return PageViewed(id=id_, url=url, path=list(path), referrer=referrer, source="breadcrumb"), 0


GOOGLE = "https://www.google.com/"
#: Everything fires that can.
RICH: list[Said | Sale] = [
    Said(0, 1, [view(0, "A", referrer=GOOGLE)]),
    Said(0, 3 * SECOND, [view(1, "A", "B")]),
    Said(0, 9 * SECOND, [(PageStayed(id=event_id(40), page=event_id(1), dwell=9_000), 0)]),
    Said(0, SECOND, [(Custom(id=event_id(41 + n), name="searched", props={}), 0) for n in range(2)]),
    Said(0, SECOND, [(Custom(id=event_id(43), name="cart.changed", props={"value": 100}), 0)]),
    Sale(0, "orders"),
    Sale(0, "orders"),
    Said(0, 3 * SECOND, [view(2, "A", "B", "C", referrer=GOOGLE)]),
    Said(0, 26 * HOUR, [view(3)]),
    Said(0, 31 * MINUTE, [view(4)]),
    Said(1, 0, [view(5)]),
    Sale(1, "known"),
    Said(1, SECOND, [view(6, "A")]),
]


class World:
    """A base, and a clock that stands at the time of the story."""

    def __init__(self, kind: str, url: str) -> None:
        self.kind, self.now = kind, NOON
        self.loop = asyncio.new_event_loop()
        self.store: Store = self.wait(_opened(url))

    def wait(self, coroutine: Any) -> Any:
        return self.loop.run_until_complete(coroutine)

    def write(self, fn: Fn[Any]) -> Any:
        return self.wait(self.store.write(fn))

    def read(self, fn: Fn[Any]) -> Any:
        return self.wait(self.store.read(fn))

    def close(self) -> None:
        self.wait(self.store.close())
        self.loop.close()


async def _opened(url: str) -> Store:
    return open_store(url)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def world(request: pytest.FixtureRequest, new_database: Callable[[str], str]) -> Iterator[World]:
    made = World(request.param, new_database(request.param))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service.flows.judging, "db_now", lambda conn: made.now)
        yield made
    made.close()


class Live:
    """One story as it happened: its site, its triggers, its firings."""

    def __init__(self, world: World, rules: dict[str, Rule] = RULES) -> None:
        self.world = world
        self.keys = [uuid4().hex for _ in range(2)]
        self.journey = Journey(world.store)
        self.rules = dict(rules)

        def begin(conn: Connection) -> tuple[SiteFacts, dict[str, str], str]:
            site = create_site(conn, key=uuid4().hex, name="Shop", now=NOON, zone="Europe/Berlin")
            named = new_id()
            conn.execute(
                insert(segment).values(id=named, site_id=site.id, name="s", conditions=stored(SEGMENT), created_at=NOON)
            )
            made = {name: add_trigger(conn, site.id, name, _renamed(rule, named), NOON) for name, rule in rules.items()}
            product = sales.do.create_product(
                conn, site_id=site.id, sku="x", name="X", path=[], amount=100, currency="EUR", now=NOON
            )
            self.product = product["id"]
            desk = create_account(
                conn, email=f"{uuid4().hex}@shop.example", name="Anna", password_hash="-", role="expert", now=NOON,
                sites=[site.id],
            )  # fmt: skip
            routing.do.add_expert(conn, desk.id, 50)
            routing.do.set_status(conn, desk.id, "online", NOON)
            conn.execute(update(expert).where(expert.c.id == desk.id).values(lease_until=NOON + 400 * DAY))
            return site, made, named

        self.site, self.triggers, self.named = world.write(begin)

    def tell(self, one: Said | Sale) -> None:
        if isinstance(one, Sale):
            self.world.now += 1
            self.world.write(lambda conn: self.sell(conn, one))
            self.world.now += 1
            return
        self.world.now += one.gap
        said = [msgspec.structs.replace(event, age=age) for event, age in one.events]
        self.collect(Beacon(site=self.site.key, visitor=self.keys[one.who], events=said))

    def collect(self, beacon: Beacon) -> Any:
        return self.world.wait(
            self.journey.collect(
                self.site, beacon, received_at=self.world.now, user_agent=FIREFOX, language="en-US,en;q=0.9"
            )
        )

    def sell(self, conn: Connection, one: Sale) -> None:
        now = self.world.now
        hashed = [key_hash(key) for key in self.keys]
        from tracker.queries import visitor_by_key

        ids = [visitor_by_key(conn, self.site.id, key) for key in hashed]
        mine = ids[one.who]
        if mine is None:
            return
        contact = CheckedContact(name="Ann", email="", phone="", address="")
        if one.what == "same":
            if None in ids:
                return
            records = [crm.do.know(conn, self.site.id, id_, contact, now) for id_ in ids if id_ is not None]
            known = crm.queries.people(conn, records)
            if known[records[0]].id != known[records[1]].id:
                crm.merging.join(conn, known[records[0]], known[records[1]], proof="hand", now=now)
            return
        record = crm.do.know(conn, self.site.id, mine, contact, now)
        if one.who == 1:  # a tier has no history, so theirs is gold from the first moment
            conn.execute(update(customer).where(customer.c.id == record).values(tier="gold"))
        if one.what == "parted":
            for id_ in conn.execute(
                select(merge.c.id).where(merge.c.site_id == self.site.id, merge.c.undone_at.is_(None))
            ):
                crm.merging.undo(conn, id_[0], by=new_id(), now=now)
        if one.what == "orders":
            lines = [FormLine(product=self.product, name="X", amount=100, currency="EUR")]
            form = sales.do.make_form(
                conn, site_id=self.site.id, lines=lines, visitor_id=mine, visit_id=None, conversation_id=None,
                expert_id=new_id(), now=now,
            )  # fmt: skip
            sales.do.place_order(conn, form, price(lines, [(self.product, 1)]), record, {"name": "Ann"}, now)

    def end(self) -> None:
        """The next story judges its own triggers alone."""
        mine = update(trigger).where(trigger.c.site_id == self.site.id).values(active=False)
        self.world.write(lambda conn: conn.execute(mine).close())

    def fired(self) -> dict[str, set[tuple[Any, ...]]]:
        """Trigger -> what it did: visit, occasion, when, on whom."""

        def read(conn: Connection) -> dict[str, set[tuple[Any, ...]]]:
            into = dict(
                conn.execute(select(visit.c.id, visit.c.merged_into).where(visit.c.site_id == self.site.id)).all()
            )

            def final(id_: str) -> str:
                while into[id_] is not None:
                    id_ = into[id_]
                return id_

            names = {id_: name for name, id_ in self.triggers.items()}
            found: dict[str, set[tuple[Any, ...]]] = {name: set() for name in self.triggers}
            for row in conn.execute(select(firing).where(firing.c.site_id == self.site.id)).mappings():
                at_visit = row["occasion"] == row["visit_id"]
                occasion = final(row["visit_id"]) if at_visit else row["occasion"]
                one = (final(row["visit_id"]), occasion, row["at"], row["arm"], row["customer_id"])
                found[names[row["trigger_id"]]].add(one)
            return found

        return self.world.read(read)

    def would_fire(self) -> dict[str, set[tuple[Any, ...]]]:
        """The same from the past alone."""
        since = NOON - 10 * DAY
        looked = self.world.read(lambda conn: sample(conn, self.site.id, since, self.world.now + DAY))
        named = self.world.read(lambda conn: segments(conn, self.site.id))
        found = {}
        for name, id_ in self.triggers.items():
            rule, kept, _ = assumed(_renamed(self.rules[name], self.named), named)
            fired: list[Fired] = self.world.wait(
                firings(self.world.store, self.site, id_, rule, kept, looked.visits, since)
            )
            found[name] = {(one.visit, one.occasion, one.at, one.arm, one.customer) for one in fired}
        return found


def _renamed(rule: Rule, named: str) -> Rule:
    when = rule.conditions
    parts = tuple(InSegment(segment=named) if isinstance(one, InSegment) else one for one in when.all)
    return msgspec.structs.replace(rule, conditions=msgspec.structs.replace(when, all=parts))


def live(world: World, story: list[Said | Sale], rings: str) -> Live:
    """The story, lived with all triggers that disturb nobody, and the one that `rings`."""
    world.now = NOON
    lived = Live(world, {name: rule for name, rule in RULES.items() if rule.action != "alert" or name == rings})
    for one in story:
        lived.tell(one)
    return lived


def looking(kind: str, usual: int) -> settings:
    number = max(EXAMPLES // (1 if kind == "sqlite" else 10), 1) if EXAMPLES else usual
    return settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck), database=None)


@pytest.mark.slow
@pytest.mark.timeout(120 + EXAMPLES)
def test_live_and_backtest_make_the_same_firings(world: World) -> None:
    """Thirty triggers with conditions of every kind, late, repeated and reordered bodies, orders in between."""

    @given(story=st.lists(told(), min_size=1, max_size=14), rings=st.sampled_from(["alert", "alert", "alert again"]))
    @looking(world.kind, 150 if world.kind == "sqlite" else 25)
    def run(story: list[Said | Sale], rings: str) -> None:
        lived = live(world, story, rings)
        did, would = lived.fired(), lived.would_fire()
        lived.end()
        for name in did:
            assert would[name] == did[name], name

    run()


@pytest.mark.parametrize("rings", ["alert", "alert again"])
def test_each_kind_of_trigger_fires_in_both(world: World, rings: str) -> None:
    """One story in which everything fires that can; else the test above would show nothing."""
    lived = live(world, RICH, rings)
    did = lived.fired()
    assert [name for name, fired in did.items() if not fired] == []
    assert lived.would_fire() == did
    lived.end()
