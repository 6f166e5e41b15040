"""What a hostile or careless client can do to the sockets: nothing, and it is told so."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection, connect

from tests.running import People, Server, visitor_key


class Raw:
    """A WebSocket that speaks Engine.IO by hand, so that it can also misspeak."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def join(self, namespace: str, auth: dict[str, Any]) -> str:
        assert (await self.read()).startswith("0{")
        await self.socket.send(f"40{namespace},{json.dumps(auth)}")
        return await self.read()

    async def read(self) -> str:
        while (frame := await asyncio.wait_for(self.socket.recv(), 5)) == "2":
            await self.socket.send("3")
        assert isinstance(frame, str)
        return frame

    async def read_to_the_end(self) -> int | None:
        """Read until the server closes; returns its close code."""
        try:
            while True:
                await asyncio.wait_for(self.socket.recv(), 5)
        except websockets.ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None

    async def answer(self, frame: str) -> Any:
        """Send a raw event with acknowledgement id 7; returns what is acknowledged."""
        await self.socket.send(frame)
        while not (read := await self.read()).startswith("43"):
            pass
        return json.loads(read[read.index("[") :])[0]


def socket_url(server: Server) -> str:
    return server.other.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"


@pytest.fixture
async def raw(people: People) -> AsyncIterator[Raw]:
    """A visitor's joined socket, by hand."""
    async with connect(socket_url(people.server)) as socket:
        made = Raw(socket)
        joined = await made.join("/visitor", {"site": "demo", "visitor": visitor_key()})
        assert joined.startswith("40/visitor,")
        yield made


@pytest.mark.parametrize("name", ["connect", "disconnect"])
async def test_a_client_cannot_call_the_connect_or_disconnect_handler_by_an_event_of_that_name(
    raw: Raw, people: People, name: str
) -> None:
    """It is answered as an unknown command, and the connection is still the visitor it was."""
    forged = json.dumps([name, {"REMOTE_ADDR": "6.6.6.6", "asgi.scope": {}}, {"token": "forged", "site": "demo"}])
    assert (await raw.answer(f"42/visitor,7{forged}"))["error"]["code"] == "unknown_command"
    assert (await raw.answer(f'42/visitor,7["{name}",{{}}]'))["error"]["code"] == "unknown_command"
    assert (await raw.answer('42/visitor,7["chat.open",{}]'))["ok"] is True


@pytest.mark.parametrize(
    "frame",
    [
        '42/visitor,7["nothing.known",{}]',
        '42/visitor,7["alert.accept",{"alert":"x"}]',
        '42/visitor,7["presence.set",{"status":"online"}]',
        '42/visitor,7["__class__",{}]',
        '42/visitor,7["trigger_event",{}]',
        "42/visitor,7[null]",
        "42/visitor,7[]",
        "42/visitor,7[{}]",
        '42/visitor,7["chat.open",NaN]',
        '42/visitor,7["chat.open",Infinity]',
        '42/visitor,7["chat.open",{"a":"\\ud800"}]',
        '42/visitor,7["chat.open",[1,2]]',
        '42/visitor,7["chat.open",{},{}]',
        '42/visitor,7["message.send",{"conversation":5,"client_id":"a","text":"x"}]',
        '42/visitor,7["message.send",{"conversation":{"$ne":""},"client_id":"a","text":"x"}]',
        '42/visitor,7["messages.after",{"conversation":"x","seq":1e400}]',
        '42/visitor,7["messages.after",{"conversation":"x","seq":99999999999999999999999999}]',
        '42/visitor,7["chat.open",' + "[" * 20_000 + "]" * 20_000 + "]",
    ],
)
async def test_nonsense_is_answered_and_the_same_socket_goes_on(raw: Raw, frame: str) -> None:
    """An error with a code and a sentence; then an honest command works."""
    refused = (await raw.answer(frame))["error"]
    assert refused["code"] in ("unknown_command", "malformed", "invalid")
    assert refused["detail"]
    assert (await raw.answer('42/visitor,7["chat.open",{}]'))["ok"] is True


@pytest.mark.parametrize(
    "frame",
    ["x", "b!!", "4", "45", "459999999999-[1]", '450-["chat.open"]', "430[]", "43/visitor,0[]", "44{}", "40/admin,",
     "5", "6", "2probe", '42["chat.open"]', b"\x00\x01"],
)  # fmt: skip
async def test_frames_no_honest_client_sends_close_the_connection(raw: Raw, frame: str | bytes) -> None:
    """1008, and the process is fine (every other test goes on with it)."""
    await raw.socket.send(frame)
    assert await raw.read_to_the_end() == 1008


async def test_a_message_of_a_megabyte_closes_its_own_connection_only(raw: Raw, people: People) -> None:
    """Frames end at 64 KiB: 1009 for the sender, nothing for the others."""
    honest = await people.visitor(visitor_key())
    with contextlib.suppress(websockets.ConnectionClosed):
        await raw.socket.send('42/visitor,7["message.send",{"text":"' + "x" * 1_000_000 + '"}]')
    assert await raw.read_to_the_end() in (1009, None)
    await honest.done("chat.open")


@pytest.mark.parametrize("address", ["/socket.io/?EIO=4&transport=polling", "/socket.io/?EIO=4&transport=polling&j=0"])
async def test_there_is_no_long_polling(people: People, address: str) -> None:
    """Its Python side has holes; the answer says what to use."""
    refused = await people.http.get(people.server.other + address, headers={"Accept-Language": "ru"})
    assert (refused.status_code, refused.json()["code"]) == (400, "websocket_only")
    assert refused.json()["detail"] == "По этому адресу отвечает только WebSocket."
    assert (await people.http.post(people.server.other + address, content=b"x" * 2_000_000)).status_code == 400


@pytest.mark.parametrize(
    ("origin", "joins"),
    [(None, True), ("own", True), ("other", True), ("https://shop.example", False), ("null", False), ("own/", False),
     ("own.evil.example", False), ("http://localhost", False)],
)  # fmt: skip
@pytest.mark.parametrize("namespace", ["/visitor", "/expert"])
async def test_only_our_own_origins_or_none_may_join(
    people: People, namespace: str, origin: str | None, joins: bool
) -> None:
    """The frame is our origin; the shop's page is not."""
    token = (await people.sign_in("anna"))["token"]
    auth = {"token": token} if namespace == "/expert" else {"site": "demo", "visitor": visitor_key()}
    named = None if origin is None else origin.replace("own", people.server.url).replace("other", people.server.other)
    async with connect(socket_url(people.server), additional_headers={"Origin": named} if named else {}) as socket:
        answer = await Raw(socket).join(namespace, auth)
    assert answer.startswith("40" if joins else "44")
    assert joins or "foreign_origin" in answer


@pytest.mark.parametrize(
    ("namespace", "auth"),
    [
        ("/expert", {}), ("/expert", {"token": ""}), ("/expert", {"token": "forged"}), ("/expert", {"token": None}),
        ("/expert", {"token": {"$ne": ""}}), ("/visitor", {}), ("/visitor", {"site": "nobody", "visitor": "0" * 32}),
        ("/visitor", {"site": "demo", "visitor": "Z" * 32}), ("/visitor", {"site": "demo", "visitor": ["0" * 32]}),
    ],
)  # fmt: skip
async def test_a_wrong_key_or_token_does_not_join(people: People, namespace: str, auth: dict[str, Any]) -> None:
    """The refusal has a code and a sentence; no cookie helps."""
    async with connect(socket_url(people.server)) as socket:
        answer = await Raw(socket).join(namespace, auth)
    assert answer.startswith("44")
    assert json.loads(answer[answer.index("{") :])["data"]["code"]


@pytest.mark.usefixtures("line")
async def test_the_key_alone_never_reads_a_conversation_that_belongs_to_a_frame(people: People) -> None:
    """Bound to the frame's cookie: without it, or with another, the answer is the one for a missing id."""
    key = visitor_key()
    secret, stranger = "a" * 43, "b" * 43
    frame = await people.visitor(key, Cookie=f"__Host-shopbell-frame={secret}")
    conversation = (await frame.done("chat.open"))["conversation"]
    await frame.done("message.send", {"conversation": conversation, "client_id": "1", "text": "my secret"})
    for cookie in ("", f"__Host-shopbell-frame={stranger}"):
        thief = await people.visitor(key, Cookie=cookie)
        missing = await thief.call("messages.after", {"conversation": "0" * 36, "seq": 0})
        assert await thief.call("messages.after", {"conversation": conversation, "seq": 0}) == missing
        assert missing["error"]["code"] == "not_found"
        assert (
            await thief.refused("message.send", {"conversation": conversation, "client_id": "2", "text": "x"})
            == "not_found"
        )
        assert (await thief.done("chat.open"))["conversation"] != conversation
        await frame.done("message.send", {"conversation": conversation, "client_id": f"3{len(cookie)}", "text": "more"})
        await asyncio.sleep(0.2)
        assert not [m for m in thief.heard("message.added") if m["conversation"] == conversation]
    foreign = await people.visitor(visitor_key(), Cookie=f"__Host-shopbell-frame={secret}")
    assert await foreign.refused("messages.after", {"conversation": conversation, "seq": 0}) == "not_found"


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty_message"), ("  \n\t ", "empty_message"), ("x" * 8_001, "message_too_long"), ("a\x00b", "bad_text"),
     ("bell\x07", "bad_text")],
)  # fmt: skip
@pytest.mark.usefixtures("line")
async def test_a_message_that_cannot_be_stored_is_refused_and_numbers_stay_gapless(
    people: People, text: str, code: str
) -> None:
    """The refusal leaves nothing: the next message has the next number, and its client id is free."""
    visitor = await people.visitor(visitor_key())
    opened = await visitor.done("chat.open")
    send = {"conversation": opened["conversation"], "client_id": "same"}
    assert await visitor.refused("message.send", {**send, "text": text}) == code
    assert (await visitor.done("message.send", {**send, "text": "fine"}))["seq"] == opened["seq"] + 1


@pytest.mark.usefixtures("line")
async def test_a_closed_conversation_takes_nothing_more(people: People) -> None:
    """Both sides are told; the visitor's next chat is a new one."""
    anna = await people.expert("anna")
    browser = people.browser()
    await browser.go_deep("Garden", "Irrigation", "Drip systems")
    alert = await anna.alert(browser)
    conversation = (await anna.done("alert.accept", {"alert": alert["id"]}))["conversation"]
    visitor = await people.visitor(browser.key)
    await visitor.done("chat.open")
    await anna.done("conversation.close", {"conversation": conversation})
    await visitor.wait("conversation.closed", conversation=conversation)
    send = {"conversation": conversation, "client_id": "late", "text": "too late"}
    assert await visitor.refused("message.send", send) == "conversation_closed"
    assert await anna.refused("message.send", send) == "conversation_closed"
    assert (await visitor.done("chat.open"))["conversation"] != conversation


@pytest.mark.parametrize("command", ["alert.accept", "alert.decline"])
@pytest.mark.parametrize("id_", ["a\0", "\x85", "é"], ids=["nul", "control", "no sign of ours"])
async def test_an_id_that_no_base_can_keep_is_no_id(people: People, command: str, id_: str) -> None:
    anna = await people.expert("anna")
    assert await anna.refused(command, {"alert": id_}) == "not_found"


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([{"quantity": 0}], "bad_quantity"), ([{"quantity": -1}], "bad_quantity"),
        ([{"quantity": 10**9}], "bad_quantity"),
        ([{"quantity": 1, "product": "unknown"}], "unknown_product"), ([], "no_lines"),
        ([{"quantity": 1}, {"quantity": 2}], "unknown_product"), ([{"quantity": "2"}], "invalid"),
        ([{"quantity": 1.5}], "invalid"), ([{"quantity": True}], "invalid"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("line")
async def test_an_order_that_cannot_be_is_refused_and_its_form_stays_open(
    people: People, lines: list[dict[str, Any]], code: str
) -> None:
    """Nothing is half-written: afterwards the same form and client id take a right order, at our price."""
    anna = await people.expert("anna")
    browser = people.browser()
    await browser.go_deep("Garden", "Irrigation", "Drip systems")
    alert = await anna.alert(browser)
    product = (await people.api("anna", "/api/products?limit=1"))["items"][0]
    await anna.done("order_form.push", {"visit": alert["visit"]["id"], "products": [product["id"]]})
    visitor = await people.visitor(browser.key)
    form = (await visitor.wait("order_form.shown"))["form"]
    submit = {"form": form, "client_id": "o", "contact": {"name": "N", "email": "n@example.com"}}
    wrong = [{"product": product["id"], **line} for line in lines]
    assert await visitor.refused("order.submit", {**submit, "lines": wrong}) == code
    right = {**submit, "lines": [{"product": product["id"], "quantity": 3, "price": {"amount": 1}}]}
    assert (await visitor.done("order.submit", right))["total"]["amount"] == 3 * product["price"]["amount"]
    assert (await visitor.done("order.submit", right))["total"]["amount"] == 3 * product["price"]["amount"]
    assert await visitor.refused("order.submit", {**right, "client_id": "another"}) == "form_used"
