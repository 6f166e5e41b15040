"""What a trigger does by itself, through a running server: seen at once, on both sides, and again after `kill -9`."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from access.tables import site
from chat.tables import conversation
from contract.clock import now_ms
from contract.triggers import Content, InBranch, Pages, Rule, When
from routing.firings import add_trigger
from service.journey import TRIGGERS_KEPT
from store.connect import open_store
from tests.running import Browser, Server, people_of, viewed
from tests.servers import Valkey

DRIP = ("Garden", "Irrigation", "Drip systems")
HELLO = "May I help you choose a kit?"


@pytest.fixture(scope="module", params=["embedded", "scaled-out"])
def house(
    request: pytest.FixtureRequest, new_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A demo whose site invites into the garden and shows a note in the kitchen, by itself."""
    folder = tmp_path_factory.mktemp("acting")
    if request.param == "embedded":
        server = Server(folder, f"sqlite:///{folder / 'shopbell.sqlite3'}")
    else:
        valkey: Valkey = request.getfixturevalue("valkey_server")
        server = Server(folder, new_database("postgres"), valkey.url())
    server.start()

    def furnish(conn: Connection) -> None:
        demo = conn.execute(select(site.c.id).where(site.c.key == "demo")).scalar_one()
        for where, action, content in (
            ("Garden", "invite", Content(text=HELLO)),
            ("Kitchen", "information", Content(title="Knives", text="How to sharpen one.")),
        ):
            when = When(all=(InBranch(below=(where,)), Pages(at_least=2)))
            add_trigger(conn, demo, action, Rule(conditions=when, action=action, content=content), now_ms())  # type: ignore[arg-type]

    asyncio.run(change(server, furnish))
    time.sleep(TRIGGERS_KEPT)
    yield server
    server.kill()


async def change(server: Server, fn: Callable[[Connection], Any]) -> Any:
    store = open_store(server.environment["SHOPBELL_DATABASE_URL"])
    try:
        return await store.write(fn)
    finally:
        await store.close()


async def wait_at(browser: Browser) -> dict[str, Any]:
    """What the snippet of an engaged visitor is told."""
    answer = await browser.http.post(
        f"{browser.server.other}/visitor/wait", json={"site": "demo", "visitor": browser.key},
        headers={"Content-Type": "text/plain", "Origin": browser.server.url},
    )  # fmt: skip
    return dict(answer.json()) if answer.status_code == 200 else {}


@pytest.mark.usefixtures("line")
async def test_an_invitation_is_seen_within_a_second_and_outlives_kill_9(house: Server) -> None:
    """The page is told to show something, the desk has the conversation; after a crash both are told again."""
    async with people_of(house) as people:
        anna = await people.expert("anna")
        browser = people.browser()
        await browser.collect(viewed(url=browser.page))
        await browser.collect(viewed("Kitchen", url=browser.page))  # a note; put away below, it is not the point
        socket = await people.visitor(browser.key)
        note = await socket.wait("info.shown")
        assert (note["title"], note["expert"]["name"] != "") == ("Knives", True)
        await socket.done("card.dismiss", {"card": note["card"]})
        await socket.close()
        waiting = asyncio.create_task(wait_at(browser))
        await asyncio.sleep(0.2)
        began = time.monotonic()
        answered = await browser.collect(viewed(*DRIP, url=browser.page))
        assert answered.json()["engage"] is True
        assert await asyncio.wait_for(waiting, 1.0) == {"show": True}
        brief = (await anna.wait("conversation.changed"))["conversation"]
        assert time.monotonic() - began < 1.0
        assert (brief["expert"]["name"], brief["trigger"], brief["last"]["text"]) == ("Anna Lindqvist", "invite", HELLO)
        assert anna.alerts(browser) == []

        house.kill()
        house.start()
        assert await wait_at(browser) == {"show": True}
        socket = await people.visitor(browser.key)
        invited = await socket.wait("chat.invited")
        assert (invited["text"], invited["expert"], invited["opened"]) == (HELLO, {"name": "Anna Lindqvist"}, False)
        desk = await people.api("anna", "/api/desk")
        assert [one["id"] for one in desk["conversations"] if one["visit"] == brief["visit"]] == [brief["id"]]

        anna = await people.expert("anna")
        assert (await socket.done("chat.open"))["conversation"] == brief["id"]
        said = {"conversation": brief["id"], "client_id": "1", "text": "Yes, for six pots."}
        sent = await socket.done("message.send", said)
        assert (await anna.wait("message.added", seq=sent["seq"]))["text"] == "Yes, for six pots."
        decisions = await people.api("anna", f"/api/decisions?visit={brief['visit']}")
        [choice] = [one for one in decisions["items"] if one["alert"] is None]
        assert ([one["name"] for one in choice["chosen"]], choice["answered_at"] is not None) == (
            ["Anna Lindqvist"],
            True,
        )
        why = await people.api("anna", f"/api/decisions/{choice['id']}/why?expert={choice['chosen'][0]['id']}")
        assert why["text"]
        await anna.done("conversation.close", {"conversation": brief["id"]})


@pytest.mark.usefixtures("line")
async def test_what_nobody_answers_is_taken_back_by_itself(house: Server) -> None:
    """The place is free, the page is told that it is over, and a reload shows nothing."""
    async with people_of(house) as people:
        anna = await people.expert("anna")
        browser = people.browser()
        await browser.collect(viewed(url=browser.page))
        await browser.collect(viewed(*DRIP, url=browser.page))
        socket = await people.visitor(browser.key)
        invited = await socket.wait("chat.invited")
        mine = conversation.c.id == invited["conversation"]
        await change(house, lambda conn: conn.execute(update(conversation).where(mine).values(due_at=now_ms())).close())
        await socket.wait("conversation.closed", conversation=invited["conversation"])
        await anna.wait("conversation.changed", conversation=lambda one: one["state"] == "closed")
        desk = await people.api("anna", "/api/desk")
        assert invited["conversation"] not in [one["id"] for one in desk["conversations"]]
        again = await people.visitor(browser.key)
        await asyncio.sleep(0.3)
        assert again.heard("chat.invited") == []


@pytest.mark.usefixtures("line")
async def test_with_everybody_gone_nothing_comes(house: Server) -> None:
    """An empty room invites nobody; a note needs nobody."""
    async with people_of(house) as people:
        await people.expert("anna", status="offline")
        browser = people.browser()
        await browser.collect(viewed(url=browser.page))
        await browser.collect(viewed(*DRIP, url=browser.page))
        socket = await people.visitor(browser.key)
        await browser.collect(viewed("Kitchen", url=browser.page))
        await socket.wait("info.shown")
        assert socket.heard("chat.invited") == []
