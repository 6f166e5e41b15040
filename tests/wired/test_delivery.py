"""What cannot be told to one person, or of one thing, keeps nobody else from hearing theirs."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection as Base
from sqlalchemy import update

import access.do
import access.queries
import chat.do
import tracker.do
from chat.message import Who
from chat.tables import card
from contract.clock import now_ms
from contract.errors import Refused
from contract.ids import new_id
from routing.tables import alert
from service.bell import Bell
from service.callers import VisitorCaller
from service.sockets import talks
from service.sockets.asking import NAMESPACE, Asking
from service.sockets.noted import Noted, apart
from service.sockets.registry import Connection, Saying
from store.base import Store
from store.bus import LocalBus
from store.connect import open_store
from tests.asgi import served
from tests.asking import Asking as Frame
from tests.running import People, Server, viewed
from tests.wired.test_line import says, talking
from tracker.visitor import key_hash


@contextlib.asynccontextmanager
async def base_of(server: Server) -> AsyncIterator[Store]:
    """The base of a running server, to bend a row in it."""
    store = open_store(server.environment["SHOPBELL_DATABASE_URL"] or f"sqlite:///{server.data_dir}/shopbell.sqlite3")
    try:
        yield store
    finally:
        await store.close()


# --- one row that cannot be shown -----------------------------------------------------------------------------------


async def test_a_card_that_cannot_be_shown_silences_no_conversation(people: People) -> None:
    """Its visitor's words reach the expert, the expert's reach them, and whoever else waits goes on waiting."""
    anna, visitor, talk, browser = await talking(people)
    shown = (await anna.done("info.push", {"conversation": talk, "title": "A guide", "text": "Two minutes"}))["shown"]
    await visitor.close()
    other = people.browser()
    await other.collect(viewed(url=other.page))
    async with base_of(people.server) as base:
        await base.write(lambda conn: conn.execute(update(card).where(card.c.id == shown).values(data={})))
    honest = Frame(people.server.other, other.key)
    await honest.done("chat.open")
    await honest.ask(0)
    waiting = asyncio.create_task(honest.ask(2))
    again = await people.visitor(browser.key)
    await again.wait("chat.invited", conversation=talk)
    seq = await says(again, talk, "hello?")
    await anna.wait("message.added", 2.0, conversation=talk, seq=seq)
    seq = await says(anna, talk, "hello!")
    await again.wait("message.added", 2.0, conversation=talk, seq=seq)
    assert await waiting == []
    await honest.close()


async def test_a_bell_that_cannot_be_told_silences_no_other_bell_of_that_desk(people: People) -> None:
    """The visit of one of two is not there any more; the desk is opened anew."""
    anna = await people.expert("anna")
    lost, found = people.browser(), people.browser()
    ringing = []
    for browser in (lost, found):
        await browser.go_deep("Garden", "Irrigation", "Drip systems")
        ringing.append(await anna.alert(browser))
    async with base_of(people.server) as base:

        def points_to(conn: Base, visit: str) -> None:
            conn.execute(update(alert).where(alert.c.id == ringing[0]["id"]).values(visit_id=visit))

        await base.write(lambda conn: points_to(conn, new_id()))
        try:
            again = await people.expert("anna", status="")
            await again.wait("alert.raised", 3.0, id=ringing[1]["id"])
        finally:
            await base.write(lambda conn: points_to(conn, ringing[0]["visit"]["id"]))


# --- one connection that makes every look fail ----------------------------------------------------------------------


@pytest.fixture
async def house(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[Bell]:
    """The whole application, without a port."""
    async with served(fresh_database_url, tmp_path) as (_, bell):
        yield bell


async def waits(bell: Bell, state: dict[str, Any] | None = None) -> tuple[Asking, str]:
    """A visitor who waits, and their conversation, in which one word was said. `state`: noted, whatever it is."""
    ids: dict[str, str] = {}

    def make(conn: Base) -> VisitorCaller:
        found = access.queries.site_by_key(conn, "shop")
        if found is None:
            access.do.create_site(conn, key="shop", name="Shop", now=now_ms())
            found = access.queries.site_by_key(conn, "shop")
        assert found is not None
        visitor = tracker.do.ensure_visitor(conn, found.id, key_hash(uuid.uuid4().hex), now_ms())
        row = chat.do.open_for_visitor(conn, found.id, visitor, None, None, now_ms())
        chat.do.add(conn, row["id"], Who(kind="visitor", id=visitor), "text", "Hi", None, None, now_ms())
        ids["talk"] = row["id"]
        return VisitorCaller(site=found, visitor=visitor, frame_hash=None, language="en")

    caller = await bell.store.write(make)
    asking = Asking(sid=new_id(), namespace=NAMESPACE, caller=caller, conversation=ids["talk"], caught_up=True)
    asking.shown |= {key.replace("TALK", ids["talk"]): value for key, value in (state or {}).items()}
    bell.registry.add(asking)
    return asking, ids["talk"]


BROKEN = {"conversation:TALK:seq": "no number"}


async def test_a_sweep_goes_on_behind_what_cannot_be_looked_at(house: Bell) -> None:
    """Whatever the order is: of five the three that can be told are told."""
    asked = [await waits(house, state) for state in (None, BROKEN, None, BROKEN, None)]
    assert isinstance(house.bus, LocalBus)
    await house.bus.sweep()
    told = [[name for name, _ in asking.heard if name == "message.added"] for asking, _ in asked]
    assert told == [["message.added"], [], ["message.added"], [], ["message.added"]]


async def test_only_those_whom_the_failing_bell_concerns_are_touched(house: Bell) -> None:
    """Another one waits on, with nothing heard and nothing spoilt; and hears its own bell."""
    broken, theirs = await waits(house, BROKEN)
    honest, own = await waits(house)
    house.bus.ring("conversation", theirs)
    house.bus.ring("visitor", broken.caller.visitor)  # type: ignore[union-attr]
    await asyncio.sleep(0.3)
    assert (honest.heard, honest.woken.is_set(), honest.spoilt) == ([], False, False)
    house.bus.ring("conversation", own)
    await asyncio.wait_for(honest.woken.wait(), 2)
    assert [name for name, _ in honest.heard] == ["message.added"]


async def test_words_wait_for_no_list(house: Bell, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are said before anybody looks how the conversation stands at the desks, and whatever comes of that look."""
    heard_before: list[list[str]] = []
    looked = asyncio.Event()

    def lines(*_: Any) -> list[Saying]:
        heard_before.append([name for name, _ in asking.heard])
        looked.set()
        raise ValueError("a list that cannot be made")

    monkeypatch.setattr(talks, "lines", lines)
    asking, talk = await waits(house)
    house.bus.ring("conversation", talk)
    await asyncio.wait_for(asking.woken.wait(), 2)
    assert [name for name, _ in asking.heard] == ["message.added"]
    await asyncio.wait_for(looked.wait(), 2)
    assert heard_before == [["message.added"]]


async def test_what_could_not_be_looked_at_is_told_once_the_base_is_back(
    house: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said while nobody can look, and nobody rings for it again."""
    asking, talk = await waits(house)
    real, tried = house.store.glance, 0

    async def away(_: Any) -> Any:
        nonlocal tried
        tried += 1
        raise Refused("unavailable", retry_after=2)

    monkeypatch.setattr(house.store, "glance", away)
    house.bus.ring("conversation", talk)
    await asyncio.sleep(1.5)
    assert tried >= 2, "it is asked whether it is back"
    monkeypatch.setattr(house.store, "glance", real)
    await asyncio.wait_for(asking.woken.wait(), 3)
    assert [name for name, _ in asking.heard] == ["message.added"]


async def test_made_up_ids_cost_a_sweep_no_look(house: Bell) -> None:
    """It looks at the conversation that a waiting call was let in for, not at what else its state names."""
    asking, talk = await waits(house)
    given = {f"conversation:{new_id()}:seq": 1 for _ in range(9)} | {f"callback:{new_id()}": "0" * 12}
    asking.shown |= given
    assert (house.registry.told("conversation"), house.registry.told("callback")) == ({talk}, set())


# --- what a look notes ----------------------------------------------------------------------------------------------


def connection() -> Connection:
    site: Any = None
    return Connection("s", "/visitor", VisitorCaller(site=site, visitor="v", frame_hash=None, language="en"))


def test_a_look_that_fails_noted_nothing() -> None:
    """What was new, changed, or forgotten is as before; outside of a look it is simply noted."""
    one = connection()
    one.news("a", 1)
    one.news("b", 1)

    def look() -> list[Saying]:
        one.news("a", 2)
        one.news("a", 3)
        one.forget("b")
        one.news("c", 1)
        one.forget("never")
        raise ValueError

    noted = Noted()
    with pytest.raises(ValueError):
        noted.run(look)
    assert noted.take_back() == {one}
    assert one.shown == {"a": 1, "b": 1}
    assert noted.take_back() == set()


def test_a_part_that_fails_takes_back_its_own_alone() -> None:
    """The parts before and behind it stand, until the whole look fails."""
    one = connection()

    def part(key: str, *, fails: bool = False) -> list[str]:
        one.news(key, 1)
        if fails:
            raise KeyError(key)
        return [key]

    noted = Noted()
    said = noted.run(lambda: apart(part, "a") + apart(part, "b", fails=True) + apart(part, "c"))
    assert said == ["a", "c"]
    assert one.shown == {"a": 1, "c": 1}
    noted.take_back()
    assert one.shown == {}
