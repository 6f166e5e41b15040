"""`kill -9` is normal weather: what was acknowledged is there exactly once, in order, whatever moment it came in."""

import asyncio
import contextlib
import random
import sqlite3
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from bench import crash, talk_crash
from chat.tables import conversation, message
from store.connect import open_store
from tests.asking import Asking
from tests.running import People, Server, people_of, viewed, visitor_key
from tests.servers import Valkey
from tracker.tables import event

ROUNDS = 5
DRIP = ("Garden", "Irrigation", "Drip systems")


@pytest.fixture(scope="module", params=["embedded", "scaled-out"])
def house(
    request: pytest.FixtureRequest, new_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A demo's base, and a server on it that tests may kill."""
    folder = tmp_path_factory.mktemp("crash")
    if request.param == "embedded":
        server = Server(folder, f"sqlite:///{folder / 'shopbell.sqlite3'}")
    else:
        valkey: Valkey = request.getfixturevalue("valkey_server")
        server = Server(folder, new_database("postgres"), valkey.url())
    server.start()
    yield server
    server.kill()


def url_of(server: Server) -> str:
    return server.environment["SHOPBELL_DATABASE_URL"]


async def look(server: Server, fn: Callable[[Connection], Any]) -> Any:
    store = open_store(url_of(server))
    try:
        return await store.read(fn)
    finally:
        await store.close()


@dataclass
class Talker:
    """A visitor who says one thing after the other, and says it again until it is acknowledged."""

    key: str = field(default_factory=visitor_key)
    conversation: str = ""
    saying: str = ""
    acknowledged: dict[str, int] = field(default_factory=dict)

    async def work(self, people: People) -> None:
        socket = await people.visitor(self.key)
        opened = await socket.done("chat.open")
        assert self.conversation in ("", opened["conversation"])
        self.conversation = opened["conversation"]
        while True:
            self.saying = self.saying or str(uuid.uuid4())
            said = {"conversation": self.conversation, "client_id": self.saying, "text": self.saying}
            answer = await socket.done("message.send", said)
            self.acknowledged[self.saying] = answer["seq"]
            self.saying = ""


@dataclass
class Walker:
    """A visitor whose browser reports three pages at a time, and reports them again until they are taken."""

    key: str = field(default_factory=visitor_key)
    reporting: list[dict[str, Any]] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)

    async def work(self, people: People) -> None:
        browser = people.browser(self.key)
        while True:
            self.reporting = self.reporting or [viewed(*DRIP[:n], url=browser.page) for n in (1, 2, 3)]
            answer = await browser.collect(*self.reporting)
            if answer.is_success:
                assert not (answer.content and answer.json().get("rejected"))
                self.acknowledged.update(one["id"] for one in self.reporting)
                self.reporting = []


async def test_what_was_acknowledged_survives_kill_9_at_any_moment(house: Server):
    """Five sudden deaths under load: each message and event that was answered is stored once, seq has no gap."""
    talkers, walkers = [Talker() for _ in range(3)], [Walker() for _ in range(3)]
    clients: list[Talker | Walker] = [*talkers, *walkers]
    chance = random.Random(3)
    for _ in range(ROUNDS):
        async with people_of(house) as people:
            at_work = [asyncio.create_task(client.work(people)) for client in clients]
            await asyncio.sleep(chance.uniform(0.3, 0.8))
            await asyncio.to_thread(house.kill)
            await asyncio.sleep(0.05)
            for task in at_work:
                task.cancel()
            ends = await asyncio.gather(*at_work, return_exceptions=True)
            assert not [end for end in ends if isinstance(end, AssertionError | LookupError)], ends
            with contextlib.suppress(Exception):
                await people.close()
        if house.environment["SHOPBELL_REDIS_URL"] == "":
            path = url_of(house).removeprefix("sqlite:///")
            with contextlib.closing(sqlite3.connect(path)) as base:
                assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                assert base.execute("PRAGMA foreign_key_check").fetchall() == []
        await asyncio.to_thread(house.start, "serve")

    told = sum(len(talker.acknowledged) for talker in talkers)
    taken = sum(len(walker.acknowledged) for walker in walkers)
    assert told > ROUNDS
    assert taken > ROUNDS
    for talker in talkers:
        mine = select(message.c.seq, message.c.client_id).where(message.c.conversation_id == talker.conversation)
        rows = await look(house, lambda conn, mine=mine: conn.execute(mine.order_by(message.c.seq)).all())  # type: ignore[misc]
        last = select(conversation.c.last_seq).where(conversation.c.id == talker.conversation)
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        assert await look(house, lambda conn, last=last: conn.execute(last).scalar_one()) == len(rows)  # type: ignore[misc]
        said = {row.client_id: row.seq for row in rows if row.client_id}
        assert len(said) == len([row for row in rows if row.client_id]), "each once"
        assert talker.acknowledged.items() <= said.items()
        assert set(said) - set(talker.acknowledged) <= {talker.saying}
    for walker in walkers:
        ids = sorted(walker.acknowledged)
        there = select(func.count()).select_from(event).where(event.c.id.in_(ids))
        assert await look(house, lambda conn, there=there: conn.execute(there).scalar_one()) == len(ids)  # type: ignore[misc]


async def test_both_ends_of_every_conversation_show_the_same_after_any_deaths(house: Server):
    """A few of the deaths of `python -m bench.talk_crash`: nothing lost, nothing twice, one order, for both sides."""
    found = await talk_crash.run(house, url_of(house), rounds=ROUNDS, talks=20, rate=40, seed=7)
    assert found.acknowledged > 20 * ROUNDS
    assert (found.lost, found.twice, found.disorder) == (0, 0, [])


def test_what_follows_from_acknowledged_events_survives_too(house: Server):
    """A few of the sudden deaths of `python -m bench.crash`: all rows are those of the model."""
    found = crash.run(house, url_of(house), rounds=3, seed=5)
    assert found.acknowledged > 30
    assert (found.lost, found.twice, found.wrong) == (0, 0, [])


@pytest.fixture
async def people(house: Server) -> AsyncIterator[People]:
    async with people_of(house) as crew:
        yield crew


async def test_a_graceful_stop_keeps_nobody_waiting(house: Server, people: People):
    """With open sockets, a long poll and words on their way it ends within ten seconds, with exit code 0."""
    anna = await people.expert("anna")
    talker = Talker()
    talking = asyncio.create_task(talker.work(people))
    browser = people.browser()
    await browser.collect(viewed(url=browser.page))
    waiting = asyncio.create_task(browser.http.post(
        f"{house.other}/visitor/wait", json={"site": "demo", "visitor": browser.key},
        headers={"Content-Type": "text/plain", "Origin": house.url},
    ))  # fmt: skip
    frame = Asking(house.other, browser.key)
    await frame.ask(0)
    asking = asyncio.create_task(frame.ask())
    await asyncio.sleep(0.5)
    process = house._process
    assert process is not None
    assert not waiting.done()
    assert not asking.done()
    before = len(house.said())
    begun = time.monotonic()
    await asyncio.to_thread(house.stop)
    assert time.monotonic() - begun < 10
    assert process.returncode == 0
    assert (await asyncio.wait_for(waiting, 1)).status_code == 204
    assert await asyncio.wait_for(asking, 1) == []
    await frame.close()
    talking.cancel()
    await asyncio.gather(talking, return_exceptions=True)
    assert not anna.client.connected
    said = house.said()[before:]
    assert '"stopped"' in said
    assert "Traceback" not in said
    ids = sorted(talker.acknowledged)
    assert ids
    there = select(func.count()).select_from(message).where(message.c.client_id.in_(ids))
    assert await look(house, lambda conn: conn.execute(there).scalar_one()) == len(ids)
    if house.environment["SHOPBELL_REDIS_URL"] == "":
        assert not Path(url_of(house).removeprefix("sqlite:///") + "-wal").exists()
