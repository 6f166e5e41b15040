"""The ladder in the base: a desk that cannot hear leaves the ring at once; one is found without a look at all."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import Connection, select, update

import access.do
import routing.do
import routing.queries
from contract.clock import now_ms
from contract.ladder import Ladder, LadderRung
from contract.names import Rung
from routing.tables import alert, decision, expert, ring
from service.callers import ExpertCaller
from service.flows.ringing import fire_due, leave_desk
from tests.wired.counter import Shop


@pytest.fixture
async def shop(fresh_database_url: str) -> AsyncIterator[Shop]:
    opened = await Shop.open(fresh_database_url)
    yield opened
    await opened.close()


async def at_desk(shop: Shop, name: str, level: int = 0, capacity: int = 4) -> ExpertCaller:
    """Somebody online; with a level they know the things."""
    caller = await shop.expert(name, capacity=capacity)

    def work(conn: Connection) -> None:
        if level:
            routing.do.set_topics(conn, caller.account.id, [(str(uuid4()), ["Things"], level)])
        routing.do.set_status(conn, caller.account.id, "online", now_ms())

    await shop.store.write(work)
    return caller


async def rings(shop: Shop) -> str:
    """The bell of a new visitor."""
    return await shop.rings(await shop.visit(await shop.visitor()))


async def ringing(shop: Shop, alert_id: str) -> tuple[str, dict[str, str | None]]:
    """(rung, expert -> what came of the ring there)."""

    def look(conn: Connection) -> tuple[str, dict[str, str | None]]:
        rows = conn.execute(select(ring).where(ring.c.alert_id == alert_id).order_by(ring.c.at)).mappings()
        rung = conn.execute(select(alert.c.rung).where(alert.c.id == alert_id)).scalar_one()
        return rung, {row["expert_id"]: row["outcome"] for row in rows}

    return await shop.store.read(look)


async def fire(shop: Shop) -> list[str]:
    """What the timers do."""

    def work(conn: Connection) -> list[str]:
        return [alert_id for alert_id, _ in fire_due(conn, now_ms())]

    assert await shop.store.read(lambda conn: routing.queries.anything_due(conn, now_ms()))
    return await shop.store.write(work)


@pytest.mark.parametrize("reason", ["away", "offline", "gone"])
async def test_who_leaves_while_it_rings_is_passed_over_at_once(shop: Shop, reason: str):
    """The bell climbs in the same transaction, and rings at the next; who left is not rung again by it."""
    anna, boris = await at_desk(shop, "Anna", 5), await at_desk(shop, "Boris")
    bell = await rings(shop)
    assert await ringing(shop, bell) == ("topic", {anna.account.id: None})
    touched = await shop.store.write(lambda conn: leave_desk(conn, anna.account.id, reason, now_ms()))
    assert touched == [bell]
    assert await ringing(shop, bell) == ("anyone", {anna.account.id: reason, boris.account.id: None})


async def test_a_lapsed_lease_and_a_closed_account_are_noticed_without_anybodys_act(shop: Shop):
    """The timers find a bell that rings where nobody hears it, and nothing more to do afterwards."""
    anna, boris = await at_desk(shop, "Anna", 5), await at_desk(shop, "Boris", 3)
    clara = await at_desk(shop, "Clara")
    bell = await rings(shop)
    began = now_ms()
    lapsed = update(expert).where(expert.c.id == anna.account.id).values(lease_until=began - 1)
    early = update(ring).where(ring.c.alert_id == bell).values(at=began - 10)
    for change in (lapsed, early):
        await shop.store.write(lambda conn, change=change: conn.execute(change).close())  # type: ignore[misc]
    assert await fire(shop) == [bell]
    assert await ringing(shop, bell) == (
        "anyone",
        {anna.account.id: "offline", boris.account.id: None, clara.account.id: None},
    )
    await shop.store.write(lambda conn: access.do.patch_account(conn, boris.account.id, active=False))
    assert await fire(shop) == [bell]
    assert (await ringing(shop, bell))[1] == {
        anna.account.id: "offline", boris.account.id: "gone", clara.account.id: None,
    }  # fmt: skip
    assert not await shop.store.read(lambda conn: routing.queries.anything_due(conn, now_ms()))
    await shop.store.write(lambda conn: access.do.patch_account(conn, clara.account.id, role="marketer"))
    assert await fire(shop) == [bell]
    assert (await ringing(shop, bell))[1][clara.account.id] == "gone"


async def test_a_desk_that_was_not_there_when_it_began_to_ring_has_the_rung_to_come_back(shop: Shop):
    """After our own downtime every lease has lapsed: that alone takes nobody out of the ring."""
    anna = await at_desk(shop, "Anna", 5)
    bell = await rings(shop)
    lapsed = update(expert).where(expert.c.id == anna.account.id).values(lease_until=now_ms() - 60_000)
    await shop.store.write(lambda conn: conn.execute(lapsed).close())
    assert not await shop.store.read(lambda conn: routing.queries.anything_due(conn, now_ms()))
    assert await ringing(shop, bell) == ("topic", {anna.account.id: None})


@pytest.mark.parametrize("way", ["alert.accept", "chat.invite"])
async def test_who_fills_up_leaves_the_other_rings(shop: Shop, way: str):
    """Their last place is taken: what else rings there rings elsewhere, whichever way it was taken."""
    anna, boris = await at_desk(shop, "Anna", 5, capacity=1), await at_desk(shop, "Boris")
    first, second = await rings(shop), await rings(shop)
    if way == "alert.accept":
        await shop.say(anna, way, alert=first)
        for _ in range(200):
            if len((await ringing(shop, second))[1]) == 2:
                break
            await asyncio.sleep(0.02)
    else:
        await shop.say(anna, way, visit=await shop.visit(await shop.visitor()))
        assert set(await fire(shop)) == {first, second}
        assert (await ringing(shop, first))[1] == {anna.account.id: "full", boris.account.id: None}
    assert (await ringing(shop, second))[1] == {anna.account.id: "full", boris.account.id: None}


async def test_a_hint_that_was_wrong_takes_nobody_out(shop: Shop):
    """Full is counted anew before anybody leaves for it."""
    anna = await at_desk(shop, "Anna", 5)
    bell = await rings(shop)
    wrong = update(expert).where(expert.c.id == anna.account.id).values(busy=1)
    await shop.store.write(lambda conn: conn.execute(wrong).close())
    assert await fire(shop) == []
    assert await ringing(shop, bell) == ("topic", {anna.account.id: None})
    assert not await shop.store.read(lambda conn: routing.queries.anything_due(conn, now_ms()))


async def test_on_the_last_rung_it_waits_for_whoever_comes_back(shop: Shop):
    """Who was the only one and left has not ended it: back within its time they are rung again."""
    anna = await at_desk(shop, "Anna")
    bell = await rings(shop)
    await shop.say(anna, "presence.set", status="away")
    rung, heard = await ringing(shop, bell)
    assert (rung, heard) == ("anyone", {anna.account.id: "away"})
    await shop.say(anna, "presence.set", status="online")
    assert (await ringing(shop, bell))[1] == {anna.account.id: None}


@pytest.mark.parametrize(
    ("order", "rung"),
    [(("anyone", "topic"), "anyone"), (("owner", "last", "topic"), "topic"), (("owner", "last"), "last")],
    ids=["its own order", "without anyone", "nobody to hear it"],
)
async def test_the_ladder_is_the_sites_own(shop: Shop, order: tuple[Rung, ...], rung: str):
    """Order, rungs and seconds; where nobody can hear a stranger's bell it waits on the site's last rung."""
    await at_desk(shop, "Anna", 5)
    ladder = Ladder(rungs=tuple(LadderRung(rung=one, seconds=7 + n) for n, one in enumerate(order)))
    changes = {"ladder": ladder}
    shop.site = await shop.store.write(lambda conn: access.do.patch_site(conn, shop.site.id, changes, now_ms()))
    bell = await rings(shop)
    assert (await ringing(shop, bell))[0] == rung
    row = await shop.store.read(lambda conn: routing.queries.alert_row(conn, bell))
    assert row is not None
    assert row["due_at"] - row["raised_at"] == 1000 * (7 + order.index(rung))


async def _crowd(shop: Shop, number: int, **values: Any) -> list[str]:
    """So many desks that know the things, all alike."""

    def work(conn: Connection) -> list[str]:
        ids = []
        for n in range(number):
            made = access.do.create_account(
                conn, email=f"{uuid4().hex}@shop.example", name=f"E{n}", password_hash="-", role="expert", now=now_ms(),
                sites=[shop.site.id],
            )  # fmt: skip
            routing.do.add_expert(conn, made.id, 4, [(str(uuid4()), ["Things"], 3)])
            ids.append(made.id)
        conn.execute(update(expert).where(expert.c.id.in_(ids)).values(**values))
        return ids

    return await shop.store.write(work)


async def test_a_large_crew_is_not_looked_at_whole(shop: Shop):
    """A page of the best; the decision counts the others; each alert starts elsewhere, each expert is found."""
    now = now_ms()
    ids = await _crowd(shop, 120, status="online", status_at=now, lease_until=now + 60_000)
    chosen = set()
    for _ in range(12):
        bell = await rings(shop)
        rung, heard = await ringing(shop, bell)
        assert (rung, len(heard)) == ("topic", 1)
        chosen |= set(heard)

    def look(conn: Connection) -> list[dict[str, Any]]:
        return [dict(row) for row in conn.execute(select(decision)).mappings()]

    for row in await shop.store.read(look):
        assert len(row["candidates"]) + sum(row["others"].values()) == len(ids)
        assert len(row["candidates"]) <= 64
        assert row["others"]["unseen"] >= 56
    assert len(chosen) == 12, "who already rings stands behind equals"


async def test_of_a_large_crew_twenty_ring_and_the_only_one_at_night_is_found(shop: Shop):
    """Longest idle first, never more than twenty; with one online among 120 who know the topic, that one rings."""
    now = now_ms()
    ids = await _crowd(shop, 120, status="offline")
    night = update(expert).where(expert.c.id == ids[77]).values(status="online", lease_until=now + 60_000)
    await shop.store.write(lambda conn: conn.execute(night).close())
    assert await ringing(shop, await rings(shop)) == ("topic", {ids[77]: None})
    ladder = Ladder(rungs=(LadderRung(rung="anyone"),))
    shop.site = msgspec.structs.replace(shop.site, ladder=ladder)

    def day(conn: Connection) -> None:
        conn.execute(update(expert).values(status="online", status_at=now, lease_until=now + 60_000))
        for n, id_ in enumerate(ids):
            conn.execute(update(expert).where(expert.c.id == id_).values(assigned_at=1000 - n))

    await shop.store.write(day)
    rung, heard = await ringing(shop, await rings(shop))
    assert (rung, set(heard)) == ("anyone", set(ids[-20:]))
