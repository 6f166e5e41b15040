"""The database goes away under a talk and comes back: nobody restarts anything, and nobody has to ask."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest

from tests.conftest import make_schema
from tests.ears import Ears
from tests.running import People, Server, people_of
from tests.servers import Postgres, Valkey
from tests.wired.test_line import says, talking


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """One that these tests may kill."""
    server = Postgres()
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture(scope="module")
def server(postgres: Postgres, valkey_server: Valkey, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The product on it."""
    url = postgres.fresh_database()
    make_schema(url)
    running = Server(tmp_path_factory.mktemp("data"), url, valkey_server.url()).start()
    yield running
    running.stop()


@pytest.fixture
async def people(server: Server) -> AsyncIterator[People]:
    """Those who talk while it dies."""
    async with people_of(server) as crew:
        yield crew


async def until_said(who: Ears, talk: str, text: str) -> int:
    """As a frame does it: the same words under the same id, until they are stored."""
    said = {"conversation": talk, "client_id": uuid4().hex, "text": text}
    for _ in range(100):
        answer = await who.call("message.send", said)
        if answer.get("ok"):
            return int(answer["seq"])
        assert answer["error"]["code"] in ("unavailable", "busy"), answer
        await asyncio.sleep(0.1)
    raise AssertionError("nothing is stored after ten seconds")


@pytest.mark.timeout(120)
async def test_a_talk_goes_on_after_the_database_died(people: People, postgres: Postgres) -> None:
    """Done: three times, both write, PostgreSQL dies in the same moment and is back a second later, and both go on.
    Expected: each has every word once and in order within five seconds of its return, without asking for it. Must not
    happen: that a word which was acknowledged is missing, or that a line breaks."""
    anna, visitor, talk, _ = await talking(people)
    first = await says(anna, talk, "Good day")
    for round_ in range(3):
        writing = [asyncio.create_task(until_said(who, talk, f"{round_}")) for who in (anna, visitor) for _ in range(5)]
        await asyncio.sleep(0.004 * round_)
        await asyncio.to_thread(postgres.stop, signal.SIGQUIT)
        await asyncio.sleep(1)
        await asyncio.to_thread(postgres.start)
        stored = await asyncio.gather(*writing)
        for who in (anna, visitor):
            for seq in stored:
                await who.wait("message.added", 5, seq=seq)
        await says(visitor, talk, f"after {round_}")
    last = await says(anna, talk, "last")
    for who in (anna, visitor):
        await who.wait("message.added", seq=last)
        heard = [one["seq"] for one in who.heard("message.added") if one["seq"] >= first]
        assert heard == list(range(first, last + 1))


@pytest.mark.timeout(120)
async def test_a_bell_rings_after_the_database_was_restarted_while_nobody_asked(
    people: People, postgres: Postgres
) -> None:
    """Everybody was quiet meanwhile: the first visitor afterwards is heard at the desk as ever."""
    anna, browser = await people.expert("anna"), people.browser()
    await asyncio.to_thread(postgres.stop)
    await asyncio.to_thread(postgres.start)
    await browser.go_deep("Garden", "Irrigation", "Drip systems")
    assert (await anna.alert(browser))["id"]
