"""`kill -9` while files come in: what was acknowledged is there, once, byte for byte; never a row without its bytes."""

import asyncio
import os
import random
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

import chat.files
from chat.tables import file, message
from service.files import ORPHAN_SECONDS, Files
from store.connect import open_store
from tests.pictures import pdf
from tests.running import Server, people_of, visitor_key
from tests.servers import Valkey

ROUNDS = 5


@pytest.fixture(scope="module", params=["embedded", "scaled-out"])
def shop(
    request: pytest.FixtureRequest, new_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A demo's base, and a server on it that tests may kill."""
    folder = tmp_path_factory.mktemp("files")
    if request.param == "embedded":
        server = Server(folder, f"sqlite:///{folder / 'shopbell.sqlite3'}")
    else:
        valkey: Valkey = request.getfixturevalue("valkey_server")
        server = Server(folder, new_database("postgres"), valkey.url())
    server.start()
    yield server
    server.kill()


@dataclass
class Sender:
    """A visitor who sends one file after the other, and sends it again until it is acknowledged."""

    chance: random.Random
    key: str = field(default_factory=visitor_key)
    conversation: str = ""
    sending: tuple[str, bytes] | None = None
    acknowledged: dict[str, tuple[str, int, bytes]] = field(default_factory=dict)

    async def work(self, server: Server) -> None:
        async with people_of(server) as people:
            socket = await people.visitor(self.key)
            self.conversation = (await socket.done("chat.open"))["conversation"]
        async with httpx.AsyncClient(timeout=10) as http:
            while len(self.acknowledged) < 40:  # a visitor may send 50 in a day
                client_id, body = self.sending = self.sending or self._another()
                answer = await http.post(
                    f"{server.other}/visitor/files",
                    params={"conversation": self.conversation},
                    headers={"Authorization": f"Bearer {self.key}", "X-Client-Id": client_id, "X-File-Name": "a.pdf"},
                    content=self._slowly(body),
                )
                assert answer.status_code == 200, answer.text
                said = answer.json()
                self.acknowledged[client_id] = (said["data"]["file"], said["seq"], body)
                self.sending = None

    def _another(self) -> tuple[str, bytes]:
        return str(uuid.uuid4()), pdf(self.chance.randbytes(self.chance.choice((100, 50_000, 400_000))))

    async def _slowly(self, body: bytes) -> Any:
        for at in range(0, len(body), 65_536):
            yield body[at : at + 65_536]
            await asyncio.sleep(self.chance.uniform(0, 0.02))


@pytest.mark.timeout(180)
async def test_what_was_acknowledged_is_there_and_no_row_lacks_its_bytes(shop: Server):
    """Five sudden deaths; what is left over of the files that were on their way is removed by the sweep after a day."""
    chance = random.Random(7)
    senders = [Sender(chance) for _ in range(4)]
    for number in range(ROUNDS):
        if number:
            await asyncio.to_thread(shop.start, "serve")
        at_work = [asyncio.create_task(sender.work(shop)) for sender in senders]
        await _until(senders, len_of(senders) + chance.randint(5, 12))
        await asyncio.sleep(chance.uniform(0, 0.1))
        await asyncio.to_thread(shop.kill)
        await asyncio.sleep(0.05)
        for task in at_work:
            task.cancel()
        ends = await asyncio.gather(*at_work, return_exceptions=True)
        assert not [end for end in ends if isinstance(end, AssertionError)], ends

    told = {client_id: said for sender in senders for client_id, said in sender.acknowledged.items()}
    assert len(told) > 4 * ROUNDS
    files = Files(shop.data_dir / "files")
    store = open_store(shop.environment["SHOPBELL_DATABASE_URL"])
    try:
        joined = select(file, message.c.client_id, message.c.data).join(
            message, (message.c.conversation_id == file.c.conversation_id) & (message.c.seq == file.c.seq)
        )
        rows = await store.read(lambda conn: list(conn.execute(joined).mappings()))
        of_kind = select(message.c.client_id).where(message.c.kind == "file")
        ids = await store.read(lambda conn: list(conn.execute(of_kind).scalars()))
        assert sorted(ids) == sorted(row["client_id"] for row in rows)
        assert len(set(ids)) == len(ids), "each once"
        stored = {row["client_id"]: row for row in rows}
        assert told.keys() <= stored.keys()
        for client_id, (file_id, seq, body) in told.items():
            assert (stored[client_id]["id"], stored[client_id]["seq"]) == (file_id, seq)
            assert files.path(file_id).read_bytes() == body
        for row in rows:
            assert files.lies_here(row["id"], row["size"]), "a row without bytes"
            assert row["data"]["file"] == row["id"]

        known = {row["id"] for row in rows}
        strays = [place for place in lying(shop.data_dir / "files") if place.name not in known]

        async def ask(ids: list[str]) -> set[str]:
            return await store.read(lambda conn: chat.files.known(conn, ids))

        assert await files.sweep(ask, time.time()) == 0, "they may still be on their way"
        for place in lying(shop.data_dir / "files"):
            long_ago = time.time() - ORPHAN_SECONDS - 10
            os.utime(place, (long_ago, long_ago))
        assert await files.sweep(ask, time.time()) == len(strays)
        assert {place.name for place in lying(shop.data_dir / "files")} == known
    finally:
        await store.close()


def len_of(senders: list[Sender]) -> int:
    return sum(len(sender.acknowledged) for sender in senders)


async def _until(senders: list[Sender], number: int) -> None:
    """So many are acknowledged, or the machine is very busy."""
    for _ in range(500):
        if len_of(senders) >= number:
            return
        await asyncio.sleep(0.02)


def lying(folder: Path) -> list[Path]:
    return [place for place in folder.rglob("*") if place.is_file()]
