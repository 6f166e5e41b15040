"""`kill -9` while a delivery is on its way: it comes again, as itself, and nothing is lost."""

import asyncio
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import update

from store.connect import open_store
from store.tables import outbox
from tests.receivers import receiver, silence, status, until
from tests.running import People, Server, people_of, visitor_key
from tests.servers import Valkey


@pytest.fixture(params=["embedded", "scaled-out"])
def house(
    request: pytest.FixtureRequest, new_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("outbox")
    if request.param == "embedded":
        server = Server(folder, f"sqlite:///{folder / 'shopbell.sqlite3'}", SHOPBELL_WEBHOOKS_INSIDE="on")
    else:
        valkey: Valkey = request.getfixturevalue("valkey_server")
        server = Server(folder, new_database("postgres"), valkey.url(), SHOPBELL_WEBHOOKS_INSIDE="on")
    server.start()
    yield server
    server.kill()


async def ask(people: People, method: str, path: str, body: Any = None) -> Any:
    token = (await people.sign_in("admin"))["token"]
    headers = {"Authorization": f"Bearer {token}"}
    answer = await people.http.request(method, f"{people.server.other}{path}", json=body, headers=headers)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


async def leases_end(server: Server) -> None:
    """As if the minute were over that the dead sender had taken."""
    store = open_store(server.environment["SHOPBELL_DATABASE_URL"])
    await store.write(
        lambda conn: conn.execute(update(outbox).where(outbox.c.state == "waiting").values(due_at=0)).close()
    )
    await store.close()


async def test_what_was_on_its_way_comes_again_and_nothing_is_lost(house: Server):
    async with receiver(silence) as there, people_of(house) as people:
        events = ["conversation.opened", "message.added"]
        hook = await ask(people, "POST", "/api/webhooks", {"site": "demo", "url": there.url, "events": events})
        visitor = await people.visitor(visitor_key())
        talk = (await visitor.done("chat.open"))["conversation"]
        for n in range(5):
            said = {"conversation": talk, "client_id": uuid.uuid4().hex, "text": f"word {n}"}
            await visitor.done("message.send", said)
        await there.wait(1)
        await asyncio.to_thread(house.kill)
        first = {got.told["id"]: got.body for got in there.got}
        assert first
        there.answer = status(204)
        there.got.clear()
        await leases_end(house)
        await asyncio.to_thread(house.start, "serve")
        await until(lambda: len({got.told["id"] for got in there.got}) >= 6, "all six", 20)
        again = {got.told["id"]: got.body for got in there.got}
        assert len(there.got) == len(again) == 6
        assert {id_: again[id_] for id_ in first} == first
        assert sorted(got.told["data"].get("text", "") for got in there.got) == ["", *(f"word {n}" for n in range(5))]
        for _ in range(200):
            shown = await ask(people, "GET", f"/api/webhooks/{hook['id']}")
            if shown["waiting"] == 0:
                break
            await asyncio.sleep(0.02)
        assert (shown["waiting"], shown["dead"], shown["failing_since"]) == (0, 0, None)
        listed = await ask(people, "GET", f"/api/webhooks/{hook['id']}/deliveries?state=sent")
        assert {one["id"] for one in listed["items"]} == set(again)
