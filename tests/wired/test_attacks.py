"""What was tried on the running product, each as it was tried; none of it works, and others notice nothing."""

import asyncio
import base64
import contextlib
import json
import os
import re
import struct
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from store.sqlite import sqlite_engine
from tests.running import PASSWORD, People, Server, viewed, visitor_key

#: A closing frame with 1008.
REFUSED = b"\x88\x02\x03\xf0"


class Wire:
    """A TCP connection by hand: it says what it likes, and reads only when it wants to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    opened: ClassVar[list["Wire"]] = []

    @classmethod
    async def open(cls, server: Server, said: bytes = b"") -> "Wire":
        wire = cls(*await asyncio.open_connection("127.0.0.1", server.port, limit=4096))
        cls.opened.append(wire)
        wire.writer.write(said)
        return wire

    @classmethod
    async def websocket(cls, server: Server, origin: str = "") -> "Wire":
        key = base64.b64encode(os.urandom(16)).decode()
        wire = await cls.open(
            server,
            (
                "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
                f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
                + (f"Origin: {origin}\r\n" if origin else "")
                + "\r\n"
            ).encode(),
        )
        await wire.reader.readuntil(b"\r\n\r\n")
        return wire

    def frame(self, text: str, opcode: int = 1) -> None:
        """One masked frame; the mask is zero, so the bytes are as they are."""
        data = text.encode()
        size = bytes([0x80 | len(data)]) if len(data) < 126 else bytes([0xFE]) + struct.pack("!H", len(data))
        self.writer.write(bytes([0x80 | opcode]) + size + b"\0\0\0\0" + data)

    async def pour(self, bytes_: bytes, times: int = 100) -> None:
        for _ in range(times):
            self.writer.write(bytes_)
            await self.writer.drain()

    async def hung_up(self, seconds: float) -> bool:
        """Whether the server ends this connection within the time, a WebSocket by its closing frame."""
        with contextlib.suppress(OSError):
            try:
                async with asyncio.timeout(seconds):
                    while (read := await self.reader.read(65536)) and REFUSED not in read:
                        pass
            except TimeoutError:
                return False
        return True


@pytest.fixture(autouse=True)
async def _let_go() -> AsyncIterator[None]:
    yield
    while Wire.opened:
        writer = Wire.opened.pop().writer
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def commands_done(people: People, name: str) -> int:
    """How often the server has handled this command, by its own figures."""
    figures = (await people.http.get(f"{people.server.other}/metrics")).text
    found = re.findall(rf'shopbell_commands_total{{command="{name}",outcome="\w+"}} ([0-9.]+)', figures)
    return sum(int(float(one)) for one in found)


@pytest.mark.parametrize("begun", [b"GET /", b"GET /healthz HTTP/1.1\r\nX: ", b"POST /collect HTTP/1.1\r\n"])
async def test_a_head_that_never_ends_is_cut_off_early(server: Server, begun: bytes) -> None:
    """Else it is put together in memory, and every byte costs more than the one before."""
    wire = await Wire.open(server, begun)
    endless = b"a: b\r\n" * 20_000 if begun.endswith(b"\n") else b"a" * 100_000
    with pytest.raises(OSError):
        await wire.pour(endless)
    assert await wire.hung_up(5)


async def test_a_trailer_that_never_ends_is_cut_off_too(server: Server) -> None:
    """After a body in chunks more fields may come: no more than before it."""
    head = b"POST /collect HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: "
    wire = await Wire.open(server, head)
    with pytest.raises(OSError):
        await wire.pour(b"a" * 100_000)


async def test_more_header_fields_than_anybody_needs_are_refused(server: Server) -> None:
    fields = b"".join(b"x-%d: y\r\n" % number for number in range(101))
    wire = await Wire.open(server, b"GET /healthz HTTP/1.1\r\n" + fields + b"\r\n")
    assert (await wire.reader.readline()).startswith(b"HTTP/1.1 400")


async def test_requests_in_a_row_are_not_piled_up(server: Server) -> None:
    """A few are answered in order; thousands in one breath would be memory for the asking."""
    request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    wire = await Wire.open(server, request * 5)
    answers = b""
    while answers.count(b"200 OK") < 5:
        answers += await wire.reader.read(65536)
    wire = await Wire.open(server, request * 5_000)
    assert await wire.hung_up(5)


async def test_who_says_nothing_or_did_not_get_in_is_not_kept(people: People) -> None:
    """Ten seconds for a head, ten to join a namespace: a refused handshake does not count as joined."""
    server = people.server
    silent = await Wire.open(server)
    slow = await Wire.open(server, b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
    refused = await Wire.websocket(server, origin="https://evil.example")
    refused.frame("40/visitor,{}")
    honest = await people.visitor(visitor_key())
    ended = await asyncio.gather(*(wire.hung_up(13) for wire in (silent, slow, refused)))
    assert ended == [True, True, True]
    await honest.done("chat.open")


#: Any key will do.
UPGRADE = (
    b"Host: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
SOCKET = b"/socket.io/?EIO=4&transport=websocket"


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET " + SOCKET + b" HTTP/1.1\r\nX: " + b"a" * 20_000 + b"\r\n" + UPGRADE + b"\r\n", 431),
        (b"GET " + SOCKET + b"&" + b"a" * 20_000 + b" HTTP/1.1\r\n" + UPGRADE + b"\r\n", 414),
        (b"GET " + SOCKET + b" HTTP/1.1\r\nContent-Length: 5\r\n" + UPGRADE + b"\r\nhello", 400),
        (b"POST " + SOCKET + b" HTTP/1.1\r\nContent-Length: 5\r\n" + UPGRADE + b"\r\nhello", 400),
        (b"GET /healthz HTTP/1.1\r\n" + UPGRADE + b"\r\n", 403),
        (b"GET /socket.iox/ HTTP/1.1\r\n" + UPGRADE + b"\r\n", 403),
        (b"GET * HTTP/1.1\r\n" + UPGRADE + b"\r\n", 403),
    ],
)
async def test_an_upgrade_that_cannot_be_is_answered_and_not_kept(server: Server, head: bytes, status: int) -> None:
    """Kept without a word, such lines would cost nothing and be held for ever; and nothing of it is our mistake."""
    before = server.said()
    wire = await Wire.open(server, head)
    said = await asyncio.wait_for(wire.reader.readline(), 3)
    assert said.startswith(b"HTTP/1.1 %d " % status)
    assert await wire.hung_up(3)
    assert not {"Traceback", "ERROR"} & set(server.said().removeprefix(before).split())


async def test_who_asks_and_does_not_read_is_not_answered_into_memory(people: People) -> None:
    """Each answer here is more than a megabyte; the server stops listening long before it has made all of them."""
    key = visitor_key()
    visitor = await people.visitor(key)
    conversation = (await visitor.done("chat.open"))["conversation"]
    for number in range(60):
        # The client writes JSON in ASCII, where such a sign takes twelve bytes of the frame's 64 KiB.
        send = {"conversation": conversation, "client_id": str(number), "text": "\N{BELL}" * 5_000}
        await visitor.done("message.send", send)
    before = await commands_done(people, "messages.after")
    wire = await Wire.websocket(people.server)
    wire.frame("40/visitor," + json.dumps({"site": "demo", "visitor": key}))
    ask = json.dumps(["messages.after", {"conversation": conversation, "seq": 0}])
    for number in range(300):
        wire.frame(f"42/visitor,{number}{ask}")
    await wire.writer.drain()
    await asyncio.sleep(3)
    assert await commands_done(people, "messages.after") - before < 30
    await visitor.done("messages.after", {"conversation": conversation, "seq": 59})


async def test_a_flood_of_pings_ends_its_own_connection_only(people: People) -> None:
    """Control frames stop no reading, as messages do: they are counted."""
    honest = await people.visitor(visitor_key())
    wire = await Wire.websocket(people.server)
    with contextlib.suppress(OSError):
        for _ in range(10_000):
            wire.frame("x" * 100, opcode=9)
            await wire.writer.drain()
    begun = time.monotonic()
    await honest.done("chat.open")
    assert time.monotonic() - begun < 5
    assert await wire.hung_up(5)


async def test_strangers_push_nobody_off_the_desk(people: People) -> None:
    """One key and many frame cookies are many conversations; the expert's own stay on the desk, also after a reload."""
    anna = await people.expert("anna")
    guest = await people.visitor(visitor_key())
    conversation = (await guest.done("chat.open"))["conversation"]
    await guest.done("message.send", {"conversation": conversation, "client_id": "1", "text": "Hello"})
    await anna.done("message.send", {"conversation": conversation, "client_id": "1", "text": "Hello"})
    key = visitor_key()
    for number in range(205):
        spammer = await people.visitor(key, Cookie=f"__Host-shopbell-frame={number:043d}")
        opened = (await spammer.done("chat.open"))["conversation"]
        await spammer.done("message.send", {"conversation": opened, "client_id": "1", "text": "spam"})
        await spammer.close()
    desk = (await people.api("anna", "/api/desk"))["conversations"]
    assert conversation in [one["id"] for one in desk]


async def test_a_socket_ends_with_the_session_it_came_in_by(people: People) -> None:
    """Signed out is signed out, also on the open connection and on the ones opened by its tickets; others stay."""
    url = f"{people.server.other}/api/session"
    who = {"email": "boris@demo.example", "password": PASSWORD}
    leaving, staying = [(await people.http.post(url, json=who)).json()["token"] for _ in range(2)]
    bearer = {"Authorization": f"Bearer {leaving}"}
    ticket = (await people.http.post(f"{url}/socket", headers=bearer)).json()["token"]
    sockets = [await people.expert_by(token) for token in (leaving, ticket, staying)]
    assert (await people.http.delete(url, headers=bearer)).status_code == 204
    ask = {"conversation": "0" * 36, "seq": 0}
    for _ in range(100):
        if not any(one.client.connected for one in sockets[:2]):
            break
        await asyncio.sleep(0.05)
    assert [one.client.connected for one in sockets] == [False, False, True]
    assert await sockets[2].refused("messages.after", ask) == "not_found"


async def test_the_key_alone_hears_nothing_of_an_order_that_was_placed_in_a_frame(people: People) -> None:
    """What was bought in a bound conversation is as private as its words; without one the page may know."""
    anna = await people.expert("anna")
    product = (await people.api("anna", "/api/products?active=true"))["items"][0]["id"]
    key = visitor_key()
    frame = await people.visitor(key, Cookie=f"__Host-shopbell-frame={'z' * 43}")
    thief = await people.visitor(key)
    conversation = (await frame.done("chat.open"))["conversation"]
    await frame.done("message.send", {"conversation": conversation, "client_id": "1", "text": "Hello"})
    form = (await anna.done("order_form.push", {"conversation": conversation, "products": [product]}))["shown"]
    order = {
        "form": form,
        "client_id": "1",
        "lines": [{"product": product, "quantity": 1}],
        "contact": {"name": "N", "email": "n@example.org"},
    }
    assert await thief.refused("order.submit", order) == "not_found"
    await frame.done("order.submit", order)
    await frame.wait("order.updated")
    late = await people.visitor(key)
    await asyncio.sleep(0.5)
    assert not thief.heard("order.updated")
    assert not late.heard("order.updated")


async def test_whoever_said_goodbye_has_nothing_more_to_say(people: People) -> None:
    """A namespace joined after the end of its connection would be a traceback in the log for every attempt."""
    before = people.server.said().count("Traceback")
    wires = [await Wire.websocket(people.server) for _ in range(5)]
    for wire in wires:
        wire.frame("40/visitor," + json.dumps({"site": "demo", "visitor": visitor_key()}))
        wire.frame("1")
        wire.frame('40/expert,{"token":"x"}')
    await asyncio.gather(*(wire.hung_up(2) for wire in wires))
    assert people.server.said().count("Traceback") == before


async def test_who_has_no_desk_cannot_sit_down_at_one_by_writing(people: People) -> None:
    """A marketer may read; a stranger's question stays open for those who can answer it."""
    marketer = await people.expert("marketer", status="")
    people.at_desks.discard("marketer")
    guest = await people.visitor(visitor_key())
    conversation = (await guest.done("chat.open"))["conversation"]
    await guest.done("message.send", {"conversation": conversation, "client_id": "1", "text": "Hello"})
    send = {"conversation": conversation, "client_id": "1", "text": "Hello"}
    assert await marketer.refused("message.send", send) == "forbidden"
    anna = await people.expert("anna")
    await anna.done("message.send", send)


def test_an_error_of_the_base_does_not_repeat_what_people_wrote(tmp_path: Path) -> None:
    """Errors are logged; message texts and contacts are not."""
    engine = sqlite_engine(tmp_path / "base")
    with engine.connect() as connection, pytest.raises(DBAPIError) as failed:
        connection.execute(text("SELECT 1 FROM nowhere WHERE said = :said"), {"said": "between us"})
    assert "between us" not in str(failed.value)


async def test_a_flood_of_strangers_rings_fifty_bells_and_a_customer_still_rings(people: People) -> None:
    """Bells that would drown the others wait for room; who is known is never kept waiting."""
    anna = await people.expert("anna")
    regular = people.browser()
    await regular.go_deep("Garden", "Irrigation", "Drip systems")
    alert = await anna.alert(regular)
    product = (await people.api("anna", "/api/products?limit=1"))["items"][0]
    await anna.done("order_form.push", {"visit": alert["visit"]["id"], "products": [product["id"]]})
    page = await people.visitor(regular.key)
    form = (await page.wait("order_form.shown"))["form"]
    contact = {"name": "Rita Regular", "email": "regular@example.com"}
    lines = [{"product": product["id"], "quantity": 1}]
    await page.done("order.submit", {"form": form, "client_id": "o", "lines": lines, "contact": contact})
    await anna.done("alert.decline", {"alert": alert["id"]})
    await page.close()
    flood = [people.browser() for _ in range(70)]
    await asyncio.gather(*(browser.go_deep("Garden", "Irrigation", "Drip systems") for browser in flood))
    await asyncio.sleep(1)
    ringing = [one for one in (await people.api("anna", "/api/desk"))["alerts"] if one["customer"] is None]
    assert len(ringing) <= 50
    await asyncio.sleep(1.5)
    await regular.collect({**viewed("Garden"), "url": regular.page})
    await anna.alert(regular, reason="back")
