"""`kill -9` in the middle of passing on, of silence and of a block: nothing of it was in any process's memory."""

import asyncio
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Connection, update

from chat.tables import conversation
from contract.clock import MINUTE, now_ms
from store.connect import open_store
from tests.ears import Ears
from tests.running import People, Server, people_of, viewed, visitor_key
from tests.servers import Valkey


@pytest.fixture(scope="module", params=["embedded", "scaled-out"])
def house(
    request: pytest.FixtureRequest, new_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server that tests may kill."""
    folder = tmp_path_factory.mktemp("crash")
    if request.param == "embedded":
        server = Server(folder, f"sqlite:///{folder / 'shopbell.sqlite3'}")
    else:
        valkey: Valkey = request.getfixturevalue("valkey_server")
        server = Server(folder, new_database("postgres"), valkey.url())
    server.start()
    yield server
    server.kill()


async def talking(people: People, desk: Ears) -> tuple[str, str]:
    """(visitor key, conversation) of a talk that this desk has."""
    guest = people.browser(visitor_key())
    await guest.collect(viewed("Garden", url=guest.page))
    line = await people.visitor(guest.key)
    talk = (await line.done("chat.open"))["conversation"]
    await desk.done("message.send", {"conversation": talk, "client_id": uuid4().hex, "text": "Hello"})
    return guest.key, talk


async def names(people: People, talk: str) -> list[str]:
    """What happened there, as anybody of the site reads it; its numbers have no gap."""
    said = (await people.api("anna", f"/api/conversations/{talk}/messages"))["messages"]
    assert [one["seq"] for one in said] == list(range(1, len(said) + 1))
    return [one["data"]["name"] for one in said if one["kind"] == "event"]


async def test_an_offer_to_a_colleague_outlives_the_server(house: Server) -> None:
    """It rings again at their desk, and the sender has the conversation until it is answered."""
    async with people_of(house) as people:
        anna, boris = await people.expert("anna"), await people.expert("boris")
        _, talk = await talking(people, anna)
        experts = (await people.api("admin", "/api/experts"))["items"]
        to = next(one["id"] for one in experts if one["name"].startswith("Boris"))
        bell = (await anna.done("conversation.transfer", {"conversation": talk, "expert": to}))["alert"]
        await boris.wait("alert.raised", 10, id=bell)
        house.kill()
        house.start()
    async with people_of(house) as people:
        anna, boris = await people.expert("anna", status=""), await people.expert("boris", status="")
        assert (await boris.wait("alert.raised", 10, id=bell))["transfer"]["conversation"] == talk
        (mine,) = [one for one in (await people.api("anna", "/api/desk"))["conversations"] if one["id"] == talk]
        assert (mine["expert"]["name"][:4], mine["transfer"]["state"]) == ("Anna", "waiting")
        await boris.done("alert.decline", {"alert": bell})
        await anna.done("message.send", {"conversation": talk, "client_id": uuid4().hex, "text": "I go on"})
        assert await names(people, talk) == ["expert.joined", "conversation.transferred", "conversation.transferred"]


async def test_silence_that_was_announced_ends_after_a_restart_and_blocks_hold(house: Server) -> None:
    """The end stands in the row; who was blocked is blocked."""
    async with people_of(house) as people:
        anna = await people.expert("anna")
        _, talk = await talking(people, anna)
        blocked, other = await talking(people, anna)
        brief = await anna.wait("conversation.changed", 10, conversation=lambda one: one["id"] == other)
        token = (await people.sign_in("anna"))["token"]
        answer = await people.http.post(
            f"{house.other}/api/blocks",
            json={"visitor": brief["conversation"]["visitor"], "reason": "Insults"},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 201
        house.kill()
        await shift(house, talk)
        house.start()
    async with people_of(house) as people:
        anna = await people.expert("anna", status="")
        await anna.wait(
            "message.added",
            15,
            conversation=talk,
            data=lambda data: bool(data) and data["name"] == "conversation.ending",
        )
        house.kill()
        await shift(house, talk)
        house.start()
    async with people_of(house) as people:
        for _ in range(75):
            if (await names(people, talk))[-1] == "conversation.closed":
                break
            await asyncio.sleep(0.2)
        assert await names(people, talk) == ["expert.joined", "conversation.ending", "conversation.closed"]
        line = await people.visitor(blocked)
        assert await line.refused("chat.open") == "blocked"


async def shift(house: Server, talk: str) -> None:
    """As if the time that is left there had gone by."""

    def work(conn: Connection) -> None:
        row = conn.execute(conversation.select().where(conversation.c.id == talk)).mappings().one()
        values = {"spoken_at": now_ms() - 61 * MINUTE} if row["ends_at"] is None else {"ends_at": now_ms()}
        conn.execute(update(conversation).where(conversation.c.id == talk).values(**values))

    store = open_store(house.environment["SHOPBELL_DATABASE_URL"])
    try:
        await store.write(work)
    finally:
        await store.close()
