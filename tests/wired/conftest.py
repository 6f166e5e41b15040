"""A running demo in both sizes; each test gets its own people, and finds every desk offline."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from tests.running import People, Server, people_of
from tests.servers import Valkey


@pytest.fixture(scope="module", params=["embedded", "scaled-out"])
def server(
    request: pytest.FixtureRequest, new_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The demo as a process: SQLite and the bus in process, or PostgreSQL and a Redis-protocol server."""
    folder = tmp_path_factory.mktemp("data")
    if request.param == "embedded":
        running = Server(folder)
    else:
        valkey: Valkey = request.getfixturevalue("valkey_server")
        running = Server(folder, new_database("postgres"), valkey.url())
    running.start()
    yield running
    running.stop()


@pytest.fixture(params=["socket", "polling"])
def line(request: pytest.FixtureRequest) -> str:
    """How visitors are connected: a test that uses this runs over both lines."""
    chosen: str = request.param
    return chosen


@pytest.fixture
async def people(server: Server, request: pytest.FixtureRequest) -> AsyncIterator[People]:
    """Visitors and experts of this test; afterwards everybody has gone home."""
    async with people_of(server) as crew:
        crew.line = request.getfixturevalue("line") if "line" in request.fixturenames else "socket"
        yield crew
        for name in sorted(crew.at_desks):
            desk = await crew.expert(name, status="offline")
            for conversation in (await crew.api(name, "/api/desk"))["conversations"]:
                if conversation["state"] == "open":
                    await desk.call("conversation.close", {"conversation": conversation["id"]})
