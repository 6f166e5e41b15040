"""What a trigger does with a visit, from the beacon to the base: conditions, caps, hold-out, on a real store."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, insert, select, update

import store.prepared
from contract.beacons import Beacon, Custom, Event, PageStayed, PageViewed
from contract.clock import DAY, HOUR, MINUTE, now_ms
from contract.triggers import (
    Available,
    Caps,
    Cart,
    Condition,
    DaysSince,
    Did,
    InBranch,
    InLanguage,
    InSegment,
    Known,
    Pages,
    Returning,
    Rule,
    When,
    stored,
)
from crm.tables import customer, identity
from routing.firings import add_trigger
from routing.tables import alert, firing, segment
from routing.triggers import held_out
from service.journey import Journey
from tests.wired.counter import Shop
from tracker.visitor import key_hash


class House:
    """A site with triggers, and browsers that look at its pages."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.journey = shop, Journey(shop.store)

    async def trigger(self, *conditions: Condition, when: When | None = None, **more: Any) -> str:
        """Of all these conditions, looking on unless told otherwise; returns its id."""
        more.setdefault("action", "nothing")
        rule = Rule(conditions=when or When(all=conditions), **more)
        site = self.shop.site.id
        self.journey._triggers_until = 0.0
        return await self.shop.store.write(lambda conn: add_trigger(conn, site, "t", rule, now_ms()))

    async def tell(self, visitor: str, *events: Event, language: str = "", at: int | None = None) -> None:
        beacon = Beacon(site=self.shop.site.key, visitor=visitor, events=list(events))
        await self.journey.collect(
            self.shop.site, beacon, received_at=at or now_ms(), user_agent="Mozilla/5.0", language=language
        )

    async def look(self, visitor: str, *path: str, **more: Any) -> str:
        """A page view; returns its id."""
        id_ = str(uuid4())
        url = f"https://shop.example/{'/'.join(path)}"
        await self.tell(visitor, PageViewed(id=id_, url=url, path=list(path)), **more)
        return id_

    async def fired(self) -> list[dict[str, Any]]:
        query = select(firing).order_by(firing.c.at, firing.c.id)
        return await self.shop.store.read(lambda conn: [dict(row) for row in conn.execute(query).mappings()])

    async def customer(self, visitor: str) -> None:
        """This browser belongs to a customer."""
        id_, site = str(uuid4()), self.shop.site.id

        def work(conn: Connection) -> None:
            row = {"id": id_, "site_id": site, "person_id": id_, "name": "Carla", "tier": "standard"}
            conn.execute(insert(customer).values(**row, created_at=1))
            hashed = key_hash(visitor)
            found = conn.exec_driver_sql(f"SELECT id FROM visitor WHERE key_hash = '{hashed}'").scalar_one()
            link = {"site_id": site, "kind": "visitor", "value": found, "customer_id": id_, "proof": "order", "at": 1}
            conn.execute(insert(identity).values(**link))

        await self.shop.store.write(work)


@pytest.fixture
async def house(fresh_database_url: str) -> AsyncIterator[House]:
    shop = await Shop.open(fresh_database_url)
    yield House(shop)
    await shop.close()


def browser() -> str:
    return uuid4().hex


async def test_it_fires_once_per_visit_however_often_its_conditions_hold(house: House):
    """The firing says which trigger, visit and visitor, and what was done."""
    trigger = await house.trigger(Pages(at_least=2))
    who = browser()
    for _ in range(4):
        await house.look(who, "Things")
    [one] = await house.fired()
    assert (one["trigger_id"], one["arm"], one["action"], one["ref"]) == (trigger, "treated", "nothing", None)
    assert one["occasion"] == one["visit_id"]


async def test_dwell_below_a_node_is_counted_there(house: House):
    """Not what was looked at beside it, and also for a visit that this process does not remember."""
    await house.trigger(InBranch(below=("Women", "Boots"), dwell=10))
    who = browser()
    boots = await house.look(who, "Women", "Boots", "Red")
    shirts = await house.look(who, "Women", "Shirts")
    await house.tell(who, PageStayed(id=str(uuid4()), page=shirts, dwell=30_000))
    assert await house.fired() == []
    house.journey = Journey(house.shop.store)
    await house.tell(who, PageStayed(id=str(uuid4()), page=boots, dwell=10_000))
    assert len(await house.fired()) == 1


async def test_what_the_visitor_did_counts_within_the_visit(house: House):
    """Custom events n times in s seconds, and the newest value of the cart."""
    two = await house.trigger(Did(name="cart.added", times=2, within=10))
    rich = await house.trigger(Cart(at_least=5_000))
    who = browser()
    await house.look(who, "Things")
    await house.tell(who, Custom(id=str(uuid4()), name="cart.added", age=30_000), at=now_ms() + 1)
    await house.tell(who, Custom(id=str(uuid4()), name="cart.added", age=5_000), at=now_ms() + 2)
    assert await house.fired() == []
    await house.tell(who, Custom(id=str(uuid4()), name="cart.added"), at=now_ms() + 3)
    assert [one["trigger_id"] for one in await house.fired()] == [two]
    await house.tell(who, Custom(id=str(uuid4()), name="cart.changed", props={"value": 5_000}), at=now_ms() + 4)
    assert [one["trigger_id"] for one in await house.fired()] == [two, rich]


async def test_days_since_the_last_visit(house: House):
    """Whole days between the end of that visit and the beginning of this one."""
    await house.trigger(DaysSince(at_least=3))
    who, stranger, yesterday = browser(), browser(), browser()
    await house.look(who, "Things", at=now_ms() - 3 * DAY - MINUTE)
    await house.look(yesterday, "Things", at=now_ms() - DAY)
    assert await house.fired() == []
    for one in (stranger, yesterday, who):
        await house.look(one, "Things")
    [only] = await house.fired()
    assert only["visitor_id"] is not None
    seen = await house.shop.store.read(
        lambda conn: conn.exec_driver_sql(f"SELECT key_hash FROM visitor WHERE id = '{only['visitor_id']}'").scalar()
    )
    assert seen == key_hash(who)


@pytest.mark.parametrize(("header", "fires"), [("ru-RU,ru;q=0.9,en;q=0.8", 1), ("en-US,ru", 0), ("", 0)])
async def test_the_language_is_what_the_browser_asks_for_first(house: House, header: str, fires: int):
    """Without its country; a browser that says nothing has none."""
    await house.trigger(InLanguage(languages=("ru",)))
    await house.look(browser(), "Things", language=header)
    assert len(await house.fired()) == fires


async def test_caps_count_the_visitor_and_the_day(house: House):
    """Once a day, thrice in all, whatever visits there are; a new browser starts anew."""
    daily = await house.trigger(Pages(at_least=1), caps=Caps(visit=None, day=1))
    thrice = await house.trigger(Pages(at_least=1), caps=Caps(visit=None, visitor=3))
    who = browser()
    for hours in (5, 4, 3, 2):
        await house.look(who, "Things", at=now_ms() - hours * HOUR)
    fired = [one["trigger_id"] for one in await house.fired()]
    assert (fired.count(daily), fired.count(thrice)) == (1, 3)
    await house.shop.store.write(lambda conn: conn.execute(update(firing).values(at=firing.c.at - DAY)).close())
    await house.look(who, "Things")
    fired = [one["trigger_id"] for one in await house.fired()]
    assert (fired.count(daily), fired.count(thrice)) == (2, 3)
    await house.look(browser(), "Things")
    assert len(await house.fired()) == len(fired) + 2


async def test_an_expert_who_is_free_is_a_condition(house: House):
    """With nobody at a desk it waits for the event at which somebody is."""
    await house.trigger(Available())
    who = browser()
    await house.look(who, "Things")
    assert await house.fired() == []
    anna = await house.shop.expert("Anna")
    await house.shop.say(anna, "presence.set", status="online")
    await house.look(who, "Things")
    assert len(await house.fired()) == 1


async def test_a_segment_is_looked_up_when_a_trigger_asks_for_it(house: House):
    """Changing the segment changes the trigger."""
    id_, site = str(uuid4()), house.shop.site.id
    when = When(all=(Known(is_=False), Pages(at_least=2)))
    row = {"id": id_, "site_id": site, "name": "Curious strangers", "conditions": stored(when), "created_at": 1}
    await house.shop.store.write(lambda conn: conn.execute(insert(segment), [row]).close())
    await house.trigger(InSegment(segment=id_))
    who = browser()
    await house.look(who, "Things")
    assert await house.fired() == []
    await house.look(who, "Things")
    assert len(await house.fired()) == 1


async def test_who_is_left_alone_is_noted_and_not_disturbed(house: House):
    """Half of the strangers; a customer is never left alone."""
    trigger = await house.trigger(Pages(at_least=2), action="alert", hold_out=50)
    people = [browser() for _ in range(24)]
    for who in people:
        await house.look(who, "Things")
        await house.look(who, "Things", "Small")
    fired = await house.fired()
    assert len(fired) == len(people)
    for one in fired:
        alone = held_out(trigger, one["visitor_id"], 50)
        assert (one["arm"], one["ref"] is None) == (("held_out", True) if alone else ("treated", False))
    alerts = await house.shop.store.read(lambda conn: list(conn.execute(select(alert.c.id)).scalars()))
    assert sorted(alerts) == sorted(one["ref"] for one in fired if one["ref"])
    assert 0 < len(alerts) < len(people)


async def test_a_customer_is_never_left_alone(house: House):
    """Though the same browser, unknown, would be."""
    trigger = await house.trigger(Returning(), action="alert", hold_out=50, caps=Caps(visit=None))
    rung = 0
    for _ in range(8):
        who = browser()
        await house.look(who, "Things", at=now_ms() - DAY)
        await house.customer(who)
        await house.look(who, "Things")
        rung += 1
    fired = await house.fired()
    assert [one["arm"] for one in fired] == ["treated"] * rung
    assert any(held_out(trigger, one["visitor_id"], 50) for one in fired)


async def test_what_has_to_be_looked_up_is_looked_up_only_where_a_trigger_asks(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    """A visit that fires nothing asks nobody who it is, or who is free, whatever triggers there are."""
    await house.trigger(InBranch(depth=9), Did(name="x"), Available(), Known())
    who = browser()
    await house.look(who, "Things")
    said: list[str] = []
    spoken = store.prepared.run

    def note(conn: Connection, text: str, values: Any) -> Any:
        said.append(text)
        return spoken(conn, text, values)

    monkeypatch.setattr(store.prepared, "run", note)
    await house.look(who, "Things")
    assert said
    assert not [text for text in said if "conversation" in text or "expert" in text or "identity" in text]
