"""Judging inside the commit: a group of visits is judged as each of them alone, and asks the base once."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import Connection, func, insert, select, update

import access.do
import routing.do
import routing.queries
import store.prepared
from contract.clock import now_ms
from contract.facts import Branch, VisitFacts
from crm.tables import customer, identity
from routing.known import roster_at
from routing.match import Knows
from routing.tables import alert, decision, ring
from routing.triggers import Rules, Trigger
from routing.usual import back, deep
from service.callers import ExpertCaller
from service.flows.judging import Seen, judge_and_act
from service.flows.ringing import climb
from tests.wired.counter import Shop

THINGS = ("Things", "Small", "Blue")


@pytest.fixture
async def shop(fresh_database_url: str) -> AsyncIterator[Shop]:
    opened = await Shop.open(fresh_database_url)
    yield opened
    await opened.close()


async def at_desk(shop: Shop, name: str = "Anna") -> ExpertCaller:
    """Somebody online who knows the things."""
    expert = await shop.expert(name)

    def work(conn: Connection) -> None:
        routing.do.set_topics(conn, expert.account.id, [(str(uuid4()), ["Things"], 5)])
        routing.do.set_status(conn, expert.account.id, "online", now_ms())

    await shop.store.write(work)
    return expert


def rules(shop: Shop) -> Rules:
    """The demo's two."""
    asked = {"deep": deep(3, 15), "back": back()}
    return Rules(Trigger(id=name, site=shop.site.id, name=name, rule=rule) for name, rule in asked.items())


def seen(shop: Shop, *, dwell: int = 15_000, **more: Any) -> Seen:
    """A visit three levels deep, of somebody new."""
    now = now_ms()
    visit = VisitFacts(
        id=str(uuid4()), site=shop.site.id, visitor=str(uuid4()), started_at=now, last_at=now, heard_at=now, number=1,
        pages=3, dwell=dwell, path=THINGS, depth=3, deepest=3, topic=THINGS, url="", title="", arrival=str(uuid4()),
        branches=(Branch(name="Things", dwell=dwell, deepest=3, pages=3),), came_back=False, left_at=None, bot=False,
    )  # fmt: skip
    return Seen(site=shop.site, visit=msgspec.structs.replace(visit, **more), at=now)


def changed(one: Seen, **changes: Any) -> Seen:
    return msgspec.structs.replace(one, visit=msgspec.structs.replace(one.visit, **changes))


async def judged(shop: Shop, *group: Seen) -> list[list[str]]:
    return await shop.store.write(lambda conn: [one.alerts for one in judge_and_act(conn, group, rules(shop))])


async def known(shop: Shop, visitor: str) -> None:
    """This visitor is a customer from now on."""
    id_ = str(uuid4())

    def work(conn: Connection) -> None:
        row = {"id": id_, "site_id": shop.site.id, "person_id": id_, "name": "Carla", "tier": "standard"}
        conn.execute(insert(customer).values(**row, created_at=1))
        link = {"site_id": shop.site.id, "kind": "visitor", "value": visitor, "customer_id": id_}
        conn.execute(insert(identity).values(**link, proof="order", at=1))

    await shop.store.write(work)


async def rows(shop: Shop, table: Any) -> list[dict[str, Any]]:
    return await shop.store.read(lambda conn: [dict(row) for row in conn.execute(select(table)).mappings()])


async def test_a_bell_stands_in_the_base_with_its_ring_and_its_reasons(shop: Shop):
    """One alert on the first rung that has somebody, one ring there, one decision; nothing of it is said twice."""
    anna = await at_desk(shop)
    [[alert_id]] = await judged(shop, one := seen(shop))
    (stored,) = await rows(shop, alert)
    assert (stored["id"], stored["visit_id"], stored["state"]) == (alert_id, one.visit.id, "ringing")
    assert (stored["rung"], stored["version"], stored["announced"]) == ("topic", 1, 0)
    assert [reason for reason, _ in stored["why"]][-1] == "rung_topic"
    assert stored["topic"] == list(THINGS)
    (rung,) = await rows(shop, ring)
    assert (rung["expert_id"], rung["rung"], rung["outcome"]) == (anna.account.id, "topic", None)
    assert rung["until"] == stored["due_at"] == stored["raised_at"] + shop.site.ladder.seconds("topic") * 1000
    (choice,) = await rows(shop, decision)
    assert (choice["chosen"], choice["outcome"], choice["rung"]) == ([anna.account.id], "ringing", "topic")
    assert [(c["name"], c["excluded"]) for c in choice["candidates"]] == [("Anna", "")]


async def test_a_group_is_judged_as_each_of_its_visits_alone(shop: Shop):
    """Who is deep rings, who is not does not, each in its place; two beacons of one visit ring one bell."""
    await at_desk(shop)
    deep, shallow, other = seen(shop), seen(shop, dwell=3_000), seen(shop)
    told = await judged(shop, shallow, deep, deep, other)
    assert [len(one) for one in told] == [0, 1, 0, 1]
    assert await judged(shop, deep, other) == [[], []]
    assert len(await rows(shop, alert)) == 2


async def test_a_bell_that_is_over_does_not_ring_again_for_the_same_visit(shop: Shop):
    """Its occasion has had its bell, whatever came of it."""
    one = seen(shop)
    assert [len(told) for told in await judged(shop, one)] == [1]
    await shop.store.write(lambda conn: conn.execute(update(alert).values(state="ended")).close())
    assert await judged(shop, one) == [[]]


async def test_a_bell_learns_of_leaving_and_of_coming_back_once(shop: Shop):
    """Each is told when it happens, also within one group, and not with every event after it."""
    [[alert_id]] = await judged(shop, one := seen(shop))
    left_at = now_ms()
    gone = changed(one, left_at=left_at)
    assert await judged(shop, gone, gone, one, gone) == [[alert_id], [], [alert_id], [alert_id]]
    assert await judged(shop, gone) == [[]]
    (stored,) = await rows(shop, alert)
    assert (stored["gone_at"], stored["version"]) == (left_at + 60_000, 4)
    assert await judged(shop, one) == [[alert_id]]


async def test_a_customer_who_comes_back_has_one_bell_the_new_one(shop: Shop):
    """The older one of the same visit ends as gone; a stranger who comes back keeps the one that rings."""
    await at_desk(shop)
    stranger, regular = seen(shop), seen(shop)
    [[older], [mine]] = await judged(shop, stranger, regular)
    await known(shop, regular.visit.visitor)
    back = [changed(one, came_back=True, arrival=str(uuid4())) for one in (stranger, regular)]
    told = await judged(shop, *back)
    assert told[0] == []
    assert told[1][0] == mine
    assert len(told[1]) == 2
    by_id = {row["id"]: row for row in await rows(shop, alert)}
    assert (by_id[mine]["outcome"], by_id[older]["state"]) == ("gone", "ringing")
    assert (by_id[told[1][1]]["reason"], by_id[told[1][1]]["customer_id"] is None) == ("back", False)


async def test_a_return_that_had_its_bell_under_another_visit_ends_no_bell(shop: Shop):
    """Visits merge: the occasion is what counts, not the visit that it was of."""
    first = seen(shop, dwell=0, came_back=True)
    await known(shop, first.visit.visitor)
    assert [len(one) for one in await judged(shop, first)] == [1]
    merged = seen(shop, visitor=first.visit.visitor)
    [[bell]] = await judged(shop, merged)
    assert await judged(shop, changed(merged, came_back=True, arrival=first.visit.arrival)) == [[]]
    assert {row["state"] for row in await rows(shop, alert) if row["id"] == bell} == {"ringing"}


async def test_strangers_ring_up_to_their_number_and_customers_always(shop: Shop):
    """The fifty-first stranger waits, in whichever group; a customer does not, and an ended bell makes room."""
    told = await judged(shop, *(seen(shop) for _ in range(40)))
    told += await judged(shop, *(late := [seen(shop) for _ in range(12)]))
    assert [len(one) for one in told] == [1] * 50 + [0] * 2
    regular = seen(shop)
    await known(shop, regular.visit.visitor)
    assert [len(one) for one in await judged(shop, late[-1], regular)] == [0, 1]
    ended = update(alert).where(alert.c.id == told[0][0]).values(state="ended")
    await shop.store.write(lambda conn: conn.execute(ended).close())
    assert [len(one) for one in await judged(shop, *late[-2:])] == [1, 0]


async def test_whoever_is_talked_with_rings_no_bell_but_for_a_return(shop: Shop):
    """An expert has the conversation, or awaits them there; a page turned meanwhile is no return. Of a customer who
    comes in anew that expert hears, and nobody else, also when the bell has run out."""
    anna = await at_desk(shop)
    visitor = await shop.visitor()
    await known(shop, visitor.visitor)
    before = changed(seen(shop, visitor=visitor.visitor), started_at=now_ms() - 1, came_back=True)
    await shop.open_chat(visitor, anna)
    assert await judged(shop, changed(before, came_back=False)) == [[]]
    assert await judged(shop, before) == [[]]
    await at_desk(shop, "Boris")
    await shop.say(visitor, "chat.open")
    assert await judged(shop, before) == [[]]
    [[bell]] = await judged(shop, changed(before, arrival=str(uuid4()), started_at=now_ms() + 1))
    (rung,) = await rows(shop, ring)
    assert (rung["expert_id"], rung["rung"]) == (anna.account.id, "last")
    assert await shop.store.write(lambda conn: climb(conn, bell, now_ms())) is None
    assert [row["expert_id"] for row in await rows(shop, ring)] == [anna.account.id]
    assert [row["state"] for row in await rows(shop, alert)] == ["ended"]


async def test_whoever_served_last_is_rung_before_the_one_who_knows(shop: Shop):
    """A stranger's last conversation decides, also when it is closed."""
    await at_desk(shop, "Anna")
    boris = await shop.expert("Boris")
    await shop.store.write(lambda conn: routing.do.set_status(conn, boris.account.id, "online", now_ms()))
    visitor = await shop.visitor()
    talk = await shop.open_chat(visitor, boris)
    await shop.say(boris, "conversation.close", conversation=talk)
    await judged(shop, seen(shop, visitor=visitor.visitor))
    (rung,) = await rows(shop, ring)
    assert (rung["expert_id"], rung["rung"]) == (boris.account.id, "last")


async def test_a_quiet_group_asks_the_base_once(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    """However many visits; also when they ring already. Only who rings anew costs more, and a group shares that."""
    await at_desk(shop)
    said: list[str] = []
    for name in ("run", "change", "change_all"):
        spoken = getattr(store.prepared, name)

        def note(conn: Connection, text: str, values: Any, spoken: Any = spoken) -> Any:
            said.append(text)
            return spoken(conn, text, values)

        monkeypatch.setattr(store.prepared, name, note)
    quiet = [seen(shop, dwell=1_000) for _ in range(30)]
    loud = [seen(shop) for _ in range(30)]
    asked: list[int] = []
    for group in (quiet, loud, loud):
        said.clear()
        await judged(shop, *group)
        asked.append(len(said))
    assert (asked[0], asked[2]) == (1, 1)
    assert asked[1] <= 4 * len(loud) + 10


async def test_what_an_expert_knows_counts_in_the_next_choice(shop: Shop):
    """The crew is kept in memory, but never beyond a change, whoever made it."""
    anna = await at_desk(shop)

    def knows(conn: Connection) -> tuple[Knows, ...]:
        return roster_at(conn, shop.site.id).members[anna.account.id].knows

    assert await shop.store.write(knows) == (Knows(("Things",), 5),)
    topics = [(str(uuid4()), ["Other"], 2)]
    await shop.store.write(lambda conn: routing.do.set_topics(conn, anna.account.id, topics))
    assert await shop.store.write(knows) == (Knows(("Other",), 2),)
    await shop.store.write(lambda conn: access.do.patch_account(conn, anna.account.id, active=False))
    assert await shop.store.write(lambda conn: roster_at(conn, shop.site.id).members) == {}


async def test_no_bell_is_left_half_raised(shop: Shop):
    """Every alert has its decision, and rings somewhere or waits on the last rung."""
    await judged(shop, *(seen(shop) for _ in range(3)))
    await at_desk(shop)
    await judged(shop, *(seen(shop) for _ in range(3)))

    def look(conn: Connection) -> tuple[int, int, set[tuple[str, str]]]:
        alerts = conn.execute(select(func.count()).select_from(alert)).scalar_one()
        decided = conn.execute(select(func.count(func.distinct(decision.c.alert_id)))).scalar_one()
        rungs = conn.execute(select(decision.c.rung, decision.c.outcome)).all()
        return alerts, decided, {(rung, outcome) for rung, outcome in rungs}

    assert await shop.store.read(look) == (6, 6, {("anyone", "nobody"), ("topic", "ringing")})
