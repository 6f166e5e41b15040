"""What happens by itself, by the server's clock: rungs, leavings, places, leases; also over a restart.

Nobody waits for a minute here: the times that stand in the base are moved.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, select, update
from websockets.asyncio.client import connect

from chat.tables import conversation
from routing.tables import alert, expert, ring
from store.connect import open_store
from tests.running import Browser, People, Server, Socket, stayed
from tests.wired.test_sockets import Raw, socket_url

DRIP = ("Garden", "Irrigation", "Drip systems")


async def base(server: Server, work: Callable[[Connection], Any]) -> Any:
    """Do something in the base, past the server."""
    url = server.environment["SHOPBELL_DATABASE_URL"] or f"sqlite:///{server.data_dir / 'shopbell.sqlite3'}"
    store = open_store(url)
    try:
        return await store.write(work)
    finally:
        await store.close()


async def move(server: Server, table: Any, id_: str, **times: int) -> None:
    """Set times of one row, in milliseconds from now."""
    now = int(time.time() * 1000)
    values = {name: now + after for name, after in times.items()}
    await base(server, lambda conn: conn.execute(update(table).where(table.c.id == id_).values(**values)).close())


async def ringing(people: People, desk: Socket) -> tuple[Browser, dict[str, Any]]:
    """A visitor whose bell rings at this desk."""
    browser = people.browser()
    await browser.go_deep(*DRIP)
    return browser, await desk.alert(browser)


def seconds_left(bell: dict[str, Any]) -> float:
    return datetime.fromisoformat(bell["expires_at"]).timestamp() - time.time()


async def test_a_rung_that_runs_out_rings_the_next_and_the_last_ends_it(people: People):
    """Nobody has to do anything: topic, then anyone, then over with the reason told to everybody who heard it."""
    anna, boris = await people.expert("anna"), await people.expert("boris")
    browser, bell = await ringing(people, anna)
    assert 15 < seconds_left(bell) <= 20
    await asyncio.sleep(0.3)
    assert not boris.alerts(browser)
    await move(people.server, alert, bell["id"], due_at=100)
    rung = await boris.alert(browser, 2.0)
    assert (rung["id"], rung["rung"]) == (bell["id"], "anyone")
    assert 15 < seconds_left(rung) <= 20
    assert (await anna.alert(browser, 2.0, rung="anyone"))["id"] == bell["id"]
    await move(people.server, alert, bell["id"], due_at=0)
    for desk in (anna, boris):
        assert (await desk.wait("alert.cleared", 3.0, id=bell["id"]))["reason"] == "expired"
    row = await base(people.server, lambda conn: conn.execute(select(alert).where(alert.c.id == bell["id"])).one())
    assert (row.state, row.outcome) == ("ended", "expired")


async def test_a_rung_goes_on_over_a_sudden_death(people: People):
    """Killed and started again while it rings: the same bell with the same end, and the next rung when it comes."""
    anna = await people.expert("anna")
    await people.expert("boris")
    browser, bell = await ringing(people, anna)
    await asyncio.to_thread(people.server.kill)
    await move(people.server, alert, bell["id"], due_at=20_000)
    await asyncio.to_thread(people.server.start, "serve")
    anna, boris = await people.expert("anna", status=""), await people.expert("boris", status="")
    again = await anna.alert(browser)
    assert (again["id"], again["rung"]) == (bell["id"], "topic")
    assert again["expires_at"] == bell["expires_at"]
    assert not boris.alerts(browser)
    await move(people.server, alert, bell["id"], due_at=100)
    assert (await boris.alert(browser, 2.5))["rung"] == "anyone"
    await boris.done("alert.accept", {"alert": bell["id"]})


async def test_a_ladder_is_climbed_to_its_end_over_sudden_deaths(people: People):
    """Killed once on every rung: each desk is rung once on each, the rungs go up, and it ends with its reason."""
    anna = await people.expert("anna")
    browser, bell = await ringing(people, anna)
    rungs, mine = [], alert.c.id == bell["id"]
    for _ in range(2):
        await asyncio.to_thread(people.server.kill)
        await move(people.server, alert, bell["id"], due_at=20_000)
        await asyncio.to_thread(people.server.start, "serve")
        anna = await people.expert("anna", status="")
        rungs.append((await anna.alert(browser, 3.0))["rung"])
        await move(people.server, alert, bell["id"], due_at=100)
        for _ in range(60):
            now = await base(people.server, lambda conn: conn.execute(select(alert).where(mine)).one())
            if (now.state, now.rung) != ("ringing", rungs[-1]):
                break
            await asyncio.sleep(0.05)
    row = await base(people.server, lambda conn: conn.execute(select(alert).where(mine)).one())
    assert (rungs, row.state, row.outcome) == (["topic", "anyone"], "ended", "expired")
    rows = await base(people.server, lambda conn: conn.execute(select(ring).where(ring.c.alert_id == bell["id"])).all())
    assert sorted((one.rung, one.outcome) for one in rows) == [("anyone", "silent"), ("topic", "silent")]


async def test_a_rung_that_nobody_could_hear_rings_once_afresh(people: People):
    """It ran out while the server was down: the same desk hears it for a full time, once; then the ladder goes on."""
    anna = await people.expert("anna")
    await people.expert("boris")
    browser, bell = await ringing(people, anna)
    await asyncio.to_thread(people.server.kill)
    await move(people.server, alert, bell["id"], due_at=-30_000)
    await asyncio.to_thread(people.server.start, "serve")
    anna, boris = await people.expert("anna", status=""), await people.expert("boris", status="")
    again = await anna.alert(browser)
    assert (again["id"], again["rung"]) == (bell["id"], "topic")
    assert seconds_left(again) > 10
    await asyncio.sleep(1.2)
    assert len(anna.alerts(browser)) == 1
    assert not boris.alerts(browser)
    await move(people.server, alert, bell["id"], due_at=100)
    assert (await boris.alert(browser, 2.5))["rung"] == "anyone"
    await boris.done("alert.accept", {"alert": bell["id"]})


async def test_a_visitor_who_leaves_is_shown_as_left_and_cleared_as_gone(people: People):
    """The bell outlives the visitor by sixty seconds; who comes back within them is no longer shown as left."""
    anna = await people.expert("anna")
    browser = people.browser()
    page = await browser.go_deep(*DRIP)
    bell = await anna.alert(browser)
    await browser.collect(stayed(page, 16_000, type="page.left"))
    await until(lambda: anna.alerts(browser)[-1]["visit"].get("left"))
    row = await base(people.server, lambda conn: conn.execute(select(alert).where(alert.c.id == bell["id"])).one())
    assert 50_000 < row.gone_at - time.time() * 1000 <= 60_000
    await browser.collect(stayed(page, 17_000))
    await until(lambda: not anna.alerts(browser)[-1]["visit"].get("left"))
    await browser.collect(stayed(page, 18_000, type="page.left"))
    await until(lambda: anna.alerts(browser)[-1]["visit"].get("left"))
    await move(people.server, alert, bell["id"], gone_at=100)
    assert (await anna.wait("alert.cleared", 3.0, id=bell["id"]))["reason"] == "gone"


async def until(true: Callable[[], Any], seconds: float = 3.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        await asyncio.sleep(0.02)


async def test_a_conversation_whose_visitor_never_appears_frees_its_place(people: People):
    """After five minutes it is closed, and a bell that nobody could hear rings at the desk that came free."""
    anna = await people.expert("anna")
    me = (await people.sign_in("anna"))["me"]["id"]
    _, bell = await ringing(people, anna)
    taken = await anna.done("alert.accept", {"alert": bell["id"]})
    held = taken["conversation"]
    row = await base(
        people.server, lambda conn: conn.execute(select(conversation).where(conversation.c.id == held)).one()
    )
    assert 290_000 < row.due_at - time.time() * 1000 <= 300_000
    await base(
        people.server, lambda conn: conn.execute(update(expert).where(expert.c.id == me).values(capacity=1)).close()
    )
    # One place is one bell: what still waits from other tests would be offered first, being older.
    others = update(alert).where(alert.c.state == "ringing").values(state="ended", outcome="expired")
    rings = update(ring).where(ring.c.outcome.is_(None)).values(outcome="expired")
    for every in (others, rings):
        await base(people.server, lambda conn, every=every: conn.execute(every).close())  # type: ignore[misc]
    try:
        browser = people.browser()
        await browser.go_deep(*DRIP)
        await asyncio.sleep(0.5)
        assert not anna.alerts(browser)
        await move(people.server, conversation, held, due_at=0)
        await until(
            lambda: any(
                one["conversation"]["id"] == held and one["conversation"]["state"] == "closed"
                for one in anna.heard("conversation.changed")
            )
        )
        assert (await anna.alert(browser, 2.0))["rung"] == "anyone"
    finally:
        await base(
            people.server, lambda conn: conn.execute(update(expert).where(expert.c.id == me).values(capacity=4)).close()
        )


async def test_a_desk_whose_sockets_vanish_is_offline_when_its_lease_is_over(people: People):
    """The line is cut without a goodbye: the lease is not renewed, it ends within 45 s, and colleagues are told."""
    anna = await people.expert("anna")
    token = (await people.sign_in("boris"))["token"]
    boris = (await people.sign_in("boris"))["me"]["id"]
    people.at_desks.add("boris")
    async with connect(socket_url(people.server)) as socket:
        raw = Raw(socket)
        assert (await raw.join("/expert", {"token": token})).startswith("40/expert,")
        assert (await raw.answer('42/expert,7["presence.set",{"status":"online"}]'))["ok"] is True
        await anna.wait("presence.changed", 2.0, expert=boris, status="online")
        await asyncio.sleep(3.2)  # the statuses have been looked at
        socket.transport.abort()
    row = await base(people.server, lambda conn: conn.execute(select(expert).where(expert.c.id == boris)).one())
    assert 35_000 < row.lease_until - time.time() * 1000 <= 45_000
    assert row.status == "online"
    await move(people.server, expert, boris, lease_until=0)
    await until(
        lambda: [one["status"] for one in anna.heard("presence.changed") if one["expert"] == boris][-1:] == ["offline"],
        5,
    )
    desk = await people.api("anna", "/api/desk")
    assert next(one["status"] for one in desk["experts"] if one["id"] == boris) == "offline"
    browser = people.browser()
    await browser.go_deep("Workshop", "Hand tools", "Planes")
    assert (await anna.alert(browser))["rung"] == "anyone", "nobody rings at an empty desk"


@pytest.mark.parametrize("status", ["away", "offline"])
async def test_a_desk_that_reconnects_keeps_the_status_that_was_chosen(people: People, status: str):
    """A lease is the server's; away and offline are a person's act."""
    anna = await people.expert("anna", status=status)
    await anna.close()
    await people.expert("anna", status="")
    await asyncio.sleep(0.2)
    assert (await people.api("anna", "/api/desk"))["me"]["status"] == status
