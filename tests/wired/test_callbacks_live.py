"""Callbacks on the wire, both sizes: who hears of them, and that no promise is lost by a sudden death."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, func, select, update

from contract.clock import HOUR, MINUTE, SECOND, now_ms
from tests.running import People, Server, visitor_key
from tests.wired.test_timers import base
from voice.tables import callback

PHONE = "+49 30 901820"


def ask(**more: Any) -> dict[str, Any]:
    return {"client_id": uuid4().hex, "phone": PHONE, "when": "", "topic": ["Garden"], **more}


async def forget_the_day(server: Server) -> None:
    """One number is promised three a day: other tests of this base have used some of them."""
    earlier = update(callback).values(created_at=callback.c.created_at - 25 * HOUR)
    await base(server, lambda conn: conn.execute(earlier).close())


async def at(server: Server, callback_id: str, when: int, due_in: int) -> None:
    """Its time, and when something happens to it next, in milliseconds from now."""
    now = now_ms()
    moved = update(callback).where(callback.c.id == callback_id).values(at=now + when, due_at=now + due_in)
    await base(server, lambda conn: conn.execute(moved).close())


async def test_the_owner_hears_of_it_is_reminded_and_says_that_it_is_done(people: People) -> None:
    """Nobody else does; the visitor hears each change, and never the number."""
    await forget_the_day(people.server)
    anna, boris = await people.expert("anna"), await people.expert("boris")
    visitor = await people.visitor(visitor_key())
    agreed = await visitor.done("callback.request", ask())
    assert agreed["expert"] == "Anna Lindqvist"
    heard = await anna.wait("callback.requested", 3.0, id=agreed["callback"])
    assert (heard["phone"], heard["topic"], heard["state"]) == ("+4930901820", ["Garden"], "open")
    shown = await visitor.wait("callback.updated", 3.0, callback=agreed["callback"])
    del agreed["ok"]
    assert shown == {**agreed, "channel": "call", "state": "open"}
    await at(people.server, agreed["callback"], 4 * MINUTE, 0)
    await anna.wait("callback.updated", 4.0, id=agreed["callback"], reminded_at=lambda value: value is not None)
    await anna.done("callback.done", {"callback": agreed["callback"], "note": "Sold a pump"})
    await visitor.wait("callback.updated", 3.0, callback=agreed["callback"], state="done")
    assert (await anna.wait("callback.updated", 3.0, state="done"))["note"] == "Sold a pump"
    assert not boris.heard("callback.requested")
    assert not boris.heard("callback.updated")
    assert PHONE[-6:] not in str(visitor.events)


@pytest.mark.usefixtures("line")
async def test_whoever_wants_no_call_any_more_says_so_and_the_desk_hears_it(people: People) -> None:
    """Only from the frame that asked; a second time it is too late."""
    await forget_the_day(people.server)
    anna = await people.expert("anna")
    key = visitor_key()
    frame, alone = await people.visitor(key, Cookie=f"__Host-shopbell-frame={'f' * 43}"), await people.visitor(key)
    agreed = await frame.done("callback.request", ask())
    its = {"callback": agreed["callback"]}
    assert await alone.refused("callback.cancel", its) == "not_found"
    assert await alone.refused("callback.cancel", {"callback": "nonsense"}) == "not_found"
    await frame.done("callback.cancel", its)
    heard = await anna.wait("callback.updated", 3.0, id=agreed["callback"], state="cancelled")
    assert (heard["by"], heard["done_at"] is not None) == (None, True)
    await frame.wait("callback.updated", 3.0, callback=agreed["callback"], state="cancelled")
    assert await frame.refused("callback.cancel", its) == "too_late"
    (one,) = [
        one
        for one in (await people.api("anna", "/api/callbacks?site=demo&state=cancelled"))["items"]
        if one["id"] == agreed["callback"]
    ]
    assert one["state"] == "cancelled"
    assert not alone.heard("callback.updated")


@pytest.mark.usefixtures("line")
async def test_who_asks_too_often_hears_when_to_come_again(people: People) -> None:
    """In seconds, over both lines: a program waits that long, and asks no sooner."""
    visitor, its_own = await people.visitor(visitor_key()), f"+49 30 {901_000 + uuid4().int % 800}"
    for _ in range(3):
        await visitor.done("callback.request", ask(phone=its_own))
    refusal = (await visitor.call("callback.request", ask(phone=its_own)))["error"]
    assert refusal["code"] == "rate_limited"
    assert 86_000 < refusal["retry_after"] <= 86_400
    assert "24 h" in refusal["detail"]
    other = (await visitor.call("callback.request", ask(phone="12")))["error"]
    assert set(other) == {"code", "detail"}


async def test_it_stands_on_the_visitors_page_again_after_a_reload(people: People) -> None:
    """State: told on every connect while it is open."""
    await forget_the_day(people.server)
    key = visitor_key()
    visitor = await people.visitor(key)
    agreed = await visitor.done("callback.request", ask(channel="write", phone=""))
    await visitor.close()
    back = await people.visitor(key)
    shown = await back.wait("callback.updated", 3.0, callback=agreed["callback"])
    assert (shown["state"], shown["channel"]) == ("open", "write")


async def test_a_sudden_death_loses_no_promise_and_misses_none_twice(people: People) -> None:
    """Killed between the promise and its time: reminded, missed and told to the desk by whoever runs then."""
    await forget_the_day(people.server)
    visitor = await people.visitor(visitor_key())
    agreed = await visitor.done("callback.request", ask())
    await asyncio.to_thread(people.server.kill)
    await at(people.server, agreed["callback"], -HOUR - SECOND, -SECOND)
    await asyncio.to_thread(people.server.start, "serve")
    listed: list[dict[str, Any]] = []
    for _ in range(40):
        listed = (await people.api("anna", "/api/callbacks?site=demo&state=missed"))["items"]
        if any(one["id"] == agreed["callback"] for one in listed):
            break
        await asyncio.sleep(0.2)
    (one,) = [one for one in listed if one["id"] == agreed["callback"]]
    assert (one["state"], one["by"]) == ("missed", None)
    again = await people.visitor(visitor_key())
    other = await again.done("callback.request", ask())
    assert other["callback"] != agreed["callback"]

    def rows(conn: Connection) -> int:
        return int(conn.execute(select(func.count()).where(callback.c.id == agreed["callback"])).scalar_one())

    assert await base(people.server, rows) == 1


@pytest.mark.parametrize("phone", ["+49 900 1234567", "+881 612 345 678"])
async def test_a_number_that_costs_is_refused_with_a_sentence(people: People, phone: str) -> None:
    visitor = await people.visitor(visitor_key())
    assert await visitor.refused("callback.request", ask(phone=phone)) == "number_refused"


async def test_at_night_the_demo_answers_out_of_its_articles_and_offers_a_time(people: People) -> None:
    """Nobody sits at a desk: the widget quotes, then names a time; what was asked rings at whoever it was kept for."""
    browser = people.browser()
    await browser.go_deep("Garden", "Irrigation", "Drip systems", dwell=1_000)
    visitor = await people.visitor(browser.key)
    talk = (await visitor.done("chat.open"))["conversation"]
    said = {"conversation": talk, "client_id": uuid4().hex, "text": "How long does delivery take?"}
    await visitor.done("message.send", said)
    offered = await visitor.wait("message.added", 3.0, kind="event")
    assert offered["data"]["name"] == "night.slots"
    expert = offered["data"]["slots"][0]["expert"]
    name = {"Anna Lindqvist": "anna", "Boris Tamm": "boris", "Clara Weiss": "clara", "Dmitri Orlov": "dmitri"}[expert]
    desk = await people.expert(name)
    bell = await desk.alert(browser, 5.0)
    opened = await desk.done("alert.accept", {"alert": bell["id"]})
    assert opened["conversation"] == talk
