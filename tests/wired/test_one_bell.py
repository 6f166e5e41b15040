"""One person rings once, whatever is due for them: the question shows their words, and one answer settles all."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import Connection, insert, select, update

import access.do
import chat.transfers
import reports.board
import routing.do
import routing.queries
import tracker.queries
from contract.clock import DAY, HOUR, now_ms
from contract.facts import Branch
from contract.names import Ms
from contract.talk import Talk
from reports.uplift_query import report
from routing.tables import ASKED, alert, firing
from routing.triggers import Rules, Trigger
from routing.usual import deep
from service.callers import ExpertCaller, VisitorCaller
from service.flows.judging import Seen, judge_and_act
from service.flows.offering import offer_waiting
from service.flows.reachable import may_ring
from service.flows.ringing import anything_due, fire_due
from tests.wired.counter import Shop, at_desk


@pytest.fixture
async def shop(fresh_database_url: str) -> AsyncIterator[Shop]:
    opened = await Shop.open(fresh_database_url)
    yield opened
    await opened.close()


async def goes_deep(shop: Shop, visit_id: str, number: int = 1) -> list[str]:
    """The trigger judges a page of this visit; the alerts that this touched."""

    def work(conn: Connection) -> list[str]:
        visit = msgspec.structs.replace(
            tracker.queries.visit_facts(conn, [visit_id])[visit_id], deepest=3, depth=3, dwell=20_000, pages=3,
            number=number, branches=(Branch(name="Things", dwell=20_000, deepest=3, pages=3),),
        )  # fmt: skip
        rules = Rules([Trigger(id="d", site=shop.site.id, name="deep", rule=deep(3, 15))])
        (touched,) = judge_and_act(conn, [Seen(site=shop.site, visit=visit, at=now_ms())], rules)
        return touched.alerts

    return await shop.store.write(work)


async def writes(shop: Shop, visitor: VisitorCaller) -> str:
    talk = await shop.open_chat(visitor)
    await shop.say(visitor, "message.send", conversation=talk, client_id=uuid4().hex, text="Do you have oak?")
    return talk


async def alerts(shop: Shop) -> list[dict[str, Any]]:
    return await shop.store.read(
        lambda conn: [dict(row) for row in conn.execute(select(alert).order_by(alert.c.id)).mappings()]
    )


async def ringing(shop: Shop) -> list[tuple[str, str]]:
    """(reason, visit) of what rings."""
    return [(row["reason"], row["visit_id"]) for row in await alerts(shop) if row["state"] == "ringing"]


async def cards(shop: Shop, expert: ExpertCaller) -> list[str]:
    """The reasons of what rings at this desk."""
    rows = await shop.store.read(lambda conn: routing.queries.ringing_for(conn, expert.account.id))
    return [row["reason"] for row in rows]


async def missed(shop: Shop, expert: ExpertCaller) -> int:
    """How many rows *Missed* has, at the desk and for the house (the same number)."""
    since = now_ms() - DAY
    mine = await shop.store.read(lambda conn: reports.board.missed_by(conn, expert.account.id, [shop.site.id], since))
    _, all_ = await shop.store.read(lambda conn: reports.board.missed(conn, shop.site.id, since))
    assert len(mine) == all_
    return all_


async def comes(shop: Shop, expert: ExpertCaller) -> None:
    """To their desk."""

    def work(conn: Connection) -> None:
        routing.do.set_status(conn, expert.account.id, "online", now_ms())
        may_ring(conn, expert.account.id, now_ms())

    await shop.store.write(work)


async def runs_out(shop: Shop) -> None:
    """Nobody answers: every bell climbs to its end."""

    def work(conn: Connection) -> bool:
        now: Ms = now_ms()
        mine = update(alert).where(alert.c.state == "ringing")
        conn.execute(mine.values(due_at=now))
        fire_due(conn, now)
        conn.execute(mine.values(raised_at=alert.c.raised_at - HOUR))
        return anything_due(conn, now + HOUR)

    for _ in range(10):
        if not await shop.store.write(work):
            return
    raise AssertionError("a bell does not end")


async def raised_beside(shop: Shop, visitor: VisitorCaller, visit_id: str, reason: str = "deep") -> str:
    """A bell that another process raised in the same moment, with what its trigger noted."""
    now, id_, occasion = now_ms(), str(uuid4()), str(uuid4())
    row = {
        "id": id_, "site_id": shop.site.id, "visit_id": visit_id, "visitor_id": visitor.visitor, "trigger_id": "d",
        "occasion": occasion, "reason": reason, "importance": 20, "why": [], "topic": [], "language": "",
        "state": "ringing", "rung": "anyone", "raised_at": now, "due_at": now + 20_000, "version": 1, "announced": 0,
    }  # fmt: skip
    noted = {
        "id": str(uuid4()), "site_id": shop.site.id, "trigger_id": "d", "occasion": occasion, "visit_id": visit_id,
        "visitor_id": visitor.visitor, "at": now, "arm": "treated", "action": "alert", "ref": id_,
    }  # fmt: skip

    def work(conn: Connection) -> None:
        conn.execute(insert(alert).values(**row))
        conn.execute(insert(firing).values(**noted))

    await shop.store.write(work)
    return id_


@pytest.mark.parametrize("first", ["writes", "goes deep"])
@pytest.mark.parametrize("visits", [1, 2])
@pytest.mark.parametrize("at_night", [False, True])
async def test_who_wrote_and_went_deep_while_nobody_was_there_is_one_card(
    shop: Shop, first: str, visits: int, at_night: bool
) -> None:
    """In whichever order, in one visit or two; missed once, or taken once with nothing left to miss."""
    if at_night:
        await shop.store.write(lambda conn: access.do.patch_site(conn, shop.site.id, {"talk": Talk()}, 0))
    anna, visitor = await shop.expert(), await shop.visitor()
    one = await shop.visit(visitor)
    if first == "writes":
        await writes(shop, visitor)
    else:
        await goes_deep(shop, one)
    two = one if visits == 1 else await shop.visit(visitor)
    if first == "writes":
        await goes_deep(shop, two, visits)
    else:
        await writes(shop, visitor)
    assert await ringing(shop) == [(ASKED, two)]
    await comes(shop, anna)
    assert await cards(shop, anna) == [ASKED]
    (row,) = [row for row in await alerts(shop) if row["state"] == "ringing"]
    assert row["why"][0][0] == "asked"
    await runs_out(shop)
    assert await missed(shop, anna) == 1
    assert [row["outcome"] for row in await alerts(shop) if row["outcome"] != "superseded"] == ["expired"]


async def test_a_later_visit_that_goes_deep_rings_instead_of_the_earlier_one(shop: Shop) -> None:
    """One card, the newer; one that was missed."""
    anna = await at_desk(shop)
    visitor = await shop.visitor()
    one, two = await shop.visit(visitor), await shop.visit(visitor)
    (older,) = await goes_deep(shop, one)
    told = await goes_deep(shop, two, 2)
    assert set(told) == {row["id"] for row in await alerts(shop)}
    assert await ringing(shop) == [("deep", two)]
    assert {row["id"]: row["outcome"] for row in await alerts(shop)}[older] == "superseded"
    assert await cards(shop, anna) == ["deep"]
    await runs_out(shop)
    assert await missed(shop, anna) == 1


@pytest.mark.parametrize("how", ["a look", "a free desk", "an offer"])
@pytest.mark.parametrize("settled", ["taken", "missed"])
async def test_what_two_processes_raised_in_the_same_moment_is_folded(shop: Shop, how: str, settled: str) -> None:
    """Into the question; its trigger's report counts it by what became of that, once."""
    anna, visitor = await shop.expert(), await shop.visitor()
    visit_id = await shop.visit(visitor)
    talk = await writes(shop, visitor)
    (asked,) = await alerts(shop)
    beside = await raised_beside(shop, visitor, visit_id)
    assert await shop.store.read(lambda conn: anything_due(conn, now_ms()))
    if how == "a look":
        moved = await shop.store.write(lambda conn: fire_due(conn, now_ms()))
        assert (beside, None) in moved
    elif how == "an offer":
        await shop.store.write(lambda conn: routing.do.set_status(conn, anna.account.id, "online", now_ms()))
        assert set(await shop.store.write(lambda conn: offer_waiting(conn, [shop.site.id], now_ms()))) == {
            beside, asked["id"],
        }  # fmt: skip
    await comes(shop, anna)
    assert await cards(shop, anna) == [ASKED]
    assert not await shop.store.read(lambda conn: anything_due(conn, now_ms()))
    if settled == "taken":
        assert (await shop.say(anna, "alert.accept", alert=asked["id"]))["conversation"] == talk
        assert await missed(shop, anna) == 0
    else:
        await runs_out(shop)
        assert await missed(shop, anna) == 1
    found = await shop.store.read(lambda conn: report(conn, "d", 0, now_ms() + 1))
    assert found.alerts == {"accepted" if settled == "taken" else "expired": 1}


async def test_two_conversations_of_one_browser_silence_each_other_not(shop: Shop) -> None:
    """Each shows words that wait, whoever looks; and what a colleague passes on has a home."""
    visitor = await shop.visitor()
    visit_id = await shop.visit(visitor)
    await writes(shop, visitor)
    for reason in (ASKED, chat.transfers.REASON):
        await raised_beside(shop, visitor, visit_id, reason)
    await shop.store.write(lambda conn: fire_due(conn, now_ms()))
    assert sorted(reason for reason, _ in await ringing(shop)) == sorted([ASKED, ASKED, chat.transfers.REASON])
