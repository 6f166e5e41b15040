"""The talk where WebSockets are blocked: the same, nothing missed, nothing twice, nothing for strangers."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection

import access.do
from contract.clock import now_ms
from service.limits import Limits
from service.sockets.asking import STATE_KEYS, marks_of, state_of
from tests.asgi import served
from tests.asking import Asking
from tests.ears import Ears, hears_typing
from tests.running import Browser, People, viewed, visitor_key

DRIP = ("Garden", "Irrigation", "Drip systems")


async def talking(people: People) -> tuple[Ears, Ears, str, Browser]:
    """Anna and a visitor, in one conversation that both have open."""
    anna, browser = await people.expert("anna"), people.browser()
    await browser.go_deep(*DRIP)
    alert = await anna.alert(browser)
    talk: str = (await anna.done("alert.accept", {"alert": alert["id"]}))["conversation"]
    visitor = await people.visitor(browser.key)
    assert (await visitor.wait("chat.invited"))["conversation"] == talk
    await visitor.done("chat.open")
    return anna, visitor, talk, browser


async def says(who: Ears, talk: str, text: str) -> int:
    said = {"conversation": talk, "client_id": uuid.uuid4().hex, "text": text}
    return int((await who.done("message.send", said))["seq"])


@pytest.fixture
async def quiet(people: People) -> AsyncIterator[tuple[Ears, Asking, str]]:
    """The same, but the visitor's frame asks only when the test does."""
    people.line = "polling"
    anna, visitor, talk, browser = await talking(people)
    await visitor.close()
    frame = Asking(people.server.other, browser.key)
    await frame.done("chat.open")
    await frame.ask(0)
    try:
        yield anna, frame, talk
    finally:
        await frame.close()


# --- the same over either line -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("line")
async def test_they_talk_see_each_other_write_and_read_and_close(people: People) -> None:
    """Words in order and once, each side's typing and reading, the end."""
    anna, visitor, talk, _ = await talking(people)
    assert (await hears_typing(anna, visitor, talk))["author"] == "expert"
    await visitor.done("typing", {"conversation": talk})
    await anna.wait("typing", author="visitor")
    for n in range(5):
        await says(anna, talk, f"a{n}")
        await says(visitor, talk, f"v{n}")
    last = await says(anna, talk, "last")
    await visitor.wait("message.added", seq=last)
    await anna.wait("message.added", text="v4")
    await visitor.done("message.read", {"conversation": talk, "seq": last})
    await anna.wait("message.read", by="visitor", seq=last)
    await anna.done("message.read", {"conversation": talk, "seq": last})
    await visitor.wait("message.read", by="expert", seq=last)
    await anna.done("conversation.close", {"conversation": talk})
    await visitor.wait("conversation.closed", conversation=talk)
    heard = [m["seq"] for m in visitor.heard("message.added")]
    assert heard == sorted(set(heard))
    assert {m["text"] for m in visitor.heard("message.added")} >= {"last", *(f"a{n}" for n in range(5))}
    read = (await visitor.done("messages.after", {"conversation": talk, "seq": 0}))["messages"]
    assert [m["seq"] for m in read] == list(range(1, len(read) + 1))


@pytest.mark.usefixtures("line")
async def test_an_offer_becomes_an_order(people: People) -> None:
    """Information, an offer, its form, the order: each is shown, answered and gone as it should be."""
    anna, visitor, talk, browser = await talking(people)
    product = (await people.api("anna", "/api/products?limit=1"))["items"][0]
    await anna.done("info.push", {"conversation": talk, "title": "A guide", "text": "Two minutes"})
    info = await visitor.wait("info.shown", title="A guide")
    await visitor.done("card.dismiss", {"card": info["card"]})
    await visitor.wait("card.gone", card=info["card"])
    amount = product["price"]["amount"] - 100
    offered = {"conversation": talk, "offer": {"product": product["id"], "amount": amount}}
    offer = (await anna.done("offer.push", offered))["shown"]
    await visitor.wait("offer.shown", offer=offer)
    answered = await visitor.done("offer.answer", {"offer": offer, "answer": "accept"})
    form = await visitor.wait("order_form.shown", form=answered["form"])
    contact = {"name": "Maria", "email": f"{browser.key}@example.org"}
    order = {"form": form["form"], "client_id": "o", "lines": [{"product": product["id"], "quantity": 2}]}
    placed = await visitor.done("order.submit", {**order, "contact": contact})
    assert placed["total"]["amount"] == 2 * amount
    assert await visitor.done("order.submit", {**order, "contact": contact}) == placed
    await visitor.wait("order.updated", order=placed["order"])
    await visitor.wait("card.gone", card=form["card"])
    await anna.wait("order.placed", order=placed["order"])


@pytest.mark.usefixtures("line")
async def test_whoever_comes_back_is_told_what_stands_open(people: People) -> None:
    """A reload: invitation and cards are told again, words are asked for."""
    anna, visitor, talk, browser = await talking(people)
    await anna.done("info.push", {"conversation": talk, "title": "A guide", "text": "Two minutes"})
    await visitor.close()
    await says(anna, talk, "are you there?")
    again = await people.visitor(browser.key)
    assert (await again.wait("chat.invited"))["conversation"] == talk
    await again.wait("info.shown", title="A guide")
    read = (await again.done("messages.after", {"conversation": talk, "seq": 0}))["messages"]
    assert read[-1]["text"] == "are you there?"


# --- between two calls ----------------------------------------------------------------------------------------------


async def test_what_happens_between_two_calls_is_told_by_the_next_once(quiet: tuple[Ears, Asking, str]) -> None:
    """Words, a card, reading: all in the next answer, none in the one after it."""
    anna, frame, talk = quiet
    assert await frame.ask(0) == []
    await says(anna, talk, "one")
    last = await says(anna, talk, "two")
    await says(frame, talk, "mine")
    await anna.done("message.read", {"conversation": talk, "seq": last})
    await anna.done("info.push", {"conversation": talk, "title": "A guide", "text": "Two minutes"})
    told = await frame.ask(0)
    assert [data["text"] for name, data in told if name == "message.added"] == ["one", "two", "mine", "Two minutes"]
    assert sorted(name for name, _ in told if name != "message.added") == ["info.shown", "message.read"]
    assert await frame.ask(0) == []


async def test_an_answer_that_was_lost_is_given_again(quiet: tuple[Ears, Asking, str]) -> None:
    """The state that came with it never arrived: the next call has the older one."""
    anna, frame, talk = quiet
    await says(anna, talk, "one")
    old = {"state": frame.state, "after": frame.after}
    told = await frame.ask(0)
    assert [data["text"] for _, data in told] == ["one"]
    assert await frame.ask(0, **old) == told


async def test_a_call_is_answered_as_soon_as_there_is_something(quiet: tuple[Ears, Asking, str]) -> None:
    """And with nothing when its patience is over."""
    anna, frame, talk = quiet
    begun = time.monotonic()
    assert await frame.ask(1) == []
    assert 0.9 < time.monotonic() - begun < 3
    waiting = asyncio.create_task(frame.ask())
    await asyncio.sleep(0.3)
    assert not waiting.done()
    begun = time.monotonic()
    await says(anna, talk, "there you are")
    assert [data["text"] for _, data in await waiting] == ["there you are"]
    assert time.monotonic() - begun < 1


async def test_whoever_has_nothing_reads_the_whole_talk_in_order_and_holds_up_nobody(
    quiet: tuple[Ears, Asking, str],
) -> None:
    """230 messages from the first on, a hundred an answer; meanwhile the expert hears every new word."""
    anna, frame, talk = quiet
    for n in range(230):
        await says(frame, talk, f"word {n}")
    frame.after = 0
    seqs: list[int] = []
    for n in range(4):
        told = [data["seq"] for name, data in await frame.ask(0) if name == "message.added"]
        assert len(told) <= 100
        seqs += told
        last = await says(frame, talk, f"new {n}")
        await anna.wait("message.added", 2.0, seq=last)
    assert seqs == list(range(1, len(seqs) + 1))
    assert len(seqs) > 230


FORGED = (
    "", "x", "[]", "{}", "null", '{"card:x":1}', '{"a":{}}', "[" * 10_000, '{"visitors:' + "9" * 36 + '":1}',
    '{"conversation:' + "a" * 36 + ':seq":-1}', "\x00", '{"x":1e999}',
)  # fmt: skip
#: Keys of ours with marks that cannot be: `TALK` is the id of an own conversation.
BENT = (
    '{"conversation:TALK:seq":"aaaaaaaaaaaa"}', '{"conversation:TALK:read":"aaaaaaaaaaaa"}',
    '{"conversation:TALK:closed":"aaaaaaaaaaaa"}', '{"conversation:TALK:seq":true}', '{"conversation:TALK:seq":null}',
    '{"conversation:TALK:seq":9007199254740991}', '{"conversation:TALK:seq":1.5}', '{"invited:TALK":7}',
    '{"order:TALK":7}', '{"callback:TALK":7}', '{"card:TALK":"aaaaaaaaaaaa"}', '{"alert:TALK":1}',
    '{"conversation:TALK:brief":"aaaaaaaaaaaa"}', '{"presence:TALK":"aaaaaaaaaaaa"}', '{"conversation:TALK":1}',
)  # fmt: skip


async def test_a_state_that_is_not_ours_tells_everything_once_more(quiet: tuple[Ears, Asking, str]) -> None:
    """Bent, foreign, from another release: what stands open is told, and nothing breaks."""
    anna, frame, talk = quiet
    await anna.done("info.push", {"conversation": talk, "title": "A guide", "text": "Two minutes"})
    await frame.ask(0)
    for state in FORGED:
        told = {name for name, _ in await frame.ask(0, state=state)}
        assert {"chat.invited", "info.shown"} <= told, state
    # Whatever it says it was told of: only itself is deceived.
    gone = "card:00000000-0000-4000-8000-000000000000"
    assert [data["card"] for name, data in await frame.ask(0, state=f'{{"{gone}":1}}') if name == "card.gone"] == [
        gone[5:]
    ]


@pytest.mark.parametrize("bent", BENT)
async def test_what_one_browser_says_it_was_told_keeps_nobody_else_from_hearing(
    quiet: tuple[Ears, Asking, str], people: People, bent: str
) -> None:
    """Neither their own expert nor another visitor who waits; nor does the next sweep stop there."""
    anna, forger, talk = quiet
    browser = people.browser()
    await browser.collect(viewed(url=browser.page))
    honest = Asking(people.server.other, browser.key)
    await honest.done("chat.open")
    await honest.ask(0)
    await forger.ask(0)
    state = {**json.loads(forger.state), **json.loads(bent.replace("TALK", talk))}
    if ":seq" not in bent:
        state.pop(f"conversation:{talk}:seq", None)
    forged = {"conversation": "", "after": 0, "state": json.dumps(state)}
    for _ in range(2):  # what it would be told first is told; then it waits
        first = await forger.post("wait", frame="forged", patience=0, **forged)
        assert first.status_code == 200, first.text
    waiting = asyncio.create_task(forger.post("wait", frame="forged", patience=3, **forged))
    others = asyncio.create_task(honest.ask(3))
    await asyncio.sleep(0.3)
    seq = await says(forger, talk, "is anybody there?")
    await anna.wait("message.added", 2.0, conversation=talk, seq=seq)
    assert (await waiting).status_code == 200
    assert await others == [], "nothing was said to them"
    await honest.close()
    assert "Traceback" not in people.server.said()


def test_a_state_stays_small_and_reads_as_it_was_written() -> None:
    """Of many things told the newest are remembered."""
    shown: dict[str, Any] = {f"card:{n:036}": 1 for n in range(200)} | {f"invited:{7:036}": "0123456789ab"}
    kept = marks_of(state_of(shown))
    assert kept == dict(list(shown.items())[-STATE_KEYS:])
    assert len(state_of(shown)) < 5_000


# --- whose line it is -----------------------------------------------------------------------------------------------


async def test_a_frame_asks_once_at_a_time_and_a_person_from_few_frames(quiet: tuple[Ears, Asking, str]) -> None:
    """A newer call of the same frame ends the older; of seven frames the one that waits longest gives way."""
    _, frame, _ = quiet
    older = asyncio.create_task(frame.ask())
    await asyncio.sleep(0.3)
    newer = asyncio.create_task(frame.ask())
    assert await asyncio.wait_for(older, 2) == []
    others = []
    for n in range(5):
        others.append(asyncio.create_task(frame.ask(frame=str(n))))
        await asyncio.sleep(0.1)
    assert not newer.done()
    others.append(asyncio.create_task(frame.ask(frame="one more")))
    assert await asyncio.wait_for(newer, 2) == []
    assert not any(one.done() for one in others)
    for one in others:
        one.cancel()


async def waiting_calls(people: People) -> float:
    figures = (await people.http.get(f"{people.server.other}/metrics")).text
    (line,) = [one for one in figures.splitlines() if one.startswith('shopbell_sockets{namespace="waiting"}')]
    return float(line.split()[-1])


async def test_whoever_hangs_up_is_not_waited_for(quiet: tuple[Ears, Asking, str], people: People) -> None:
    """The place is free again at once."""
    _, frame, _ = quiet
    before = await waiting_calls(people)
    call = asyncio.create_task(frame.ask())
    await asyncio.sleep(0.3)
    assert await waiting_calls(people) == before + 1
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    await frame.http.aclose()
    for _ in range(50):
        if await waiting_calls(people) == before:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it is still waited for")


@pytest.mark.parametrize("address", ["wait", "command"])
async def test_only_our_own_pages_and_programs_may_ask(people: People, address: str) -> None:
    """The frame is our origin; no other page may send, and no header lets one read."""
    url, body = f"{people.server.other}/visitor/{address}", {"site": "demo", "name": "chat.open", "patience": 0}
    bearer = {"Authorization": f"Bearer {visitor_key()}"}
    for origin, allowed in (
        (None, True), (people.server.other, True), (people.server.url, True), ("https://shop.example", False),
        ("null", False), (people.server.url + ".evil.example", False),
    ):  # fmt: skip
        answer = await people.http.post(url, json=body, headers=bearer | ({"Origin": origin} if origin else {}))
        assert answer.status_code == (200 if allowed else 403), (origin, answer.text)
        assert allowed or answer.json()["code"] == "foreign_origin"
        assert not any(name.startswith("access-control") for name in answer.headers)
    asked = {"Origin": people.server.url, "Access-Control-Request-Headers": "authorization"}
    preflight = await people.http.options(url, headers=asked | {"Access-Control-Request-Method": "POST"})
    assert "authorization" not in preflight.headers.get("access-control-allow-headers", "")


@pytest.mark.parametrize("bearer", ["", "Bearer", "Bearer x", "Bearer " + "Z" * 32, "Basic " + "0" * 32, "Bearer é"])
async def test_without_a_key_nobody_is_anybody(people: People, bearer: str) -> None:
    for address in ("wait", "command"):
        answer = await people.http.post(
            f"{people.server.other}/visitor/{address}", json={"site": "demo", "name": "chat.open"},
            headers={b"Authorization": bearer.encode()},
        )  # fmt: skip
        assert answer.status_code == 401, answer.text
        assert answer.json()["code"] == "unauthenticated"


async def test_a_foreign_conversation_is_waited_for_as_a_missing_one(quiet: tuple[Ears, Asking, str]) -> None:
    """Another visitor's key, an id that never was: the same answer."""
    _, frame, talk = quiet
    stranger = Asking(frame.url, visitor_key())
    for conversation in (talk, "0" * 36, "nonsense", "a\x00b"):
        answer = await stranger.post("wait", conversation=conversation, patience=0)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    await stranger.close()


BODIES: list[tuple[Any, int]] = [
    ({}, 422), ([], 422), ("x", 422), ({"site": "nobody"}, 403), ({"site": 5}, 422),
    ({"site": "demo", "after": -1}, 422), ({"site": "demo", "after": 1.5}, 422),
    ({"site": "demo", "after": 2**70}, 422),
    ({"site": "demo", "patience": 25}, 422),
    ({"site": "demo", "patience": -1}, 422), ({"site": "demo", "state": "x" * 20_000}, 422),
    ({"site": "demo", "state": {}}, 422), ({"site": "demo", "frame": "x" * 65}, 422),
    ({"site": "demo", "conversation": ["x"]}, 422),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status"), BODIES)
async def test_a_wait_of_the_wrong_shape_is_refused(people: People, body: Any, status: int) -> None:
    """With a code and a sentence; the next honest call is answered."""
    headers = {"Authorization": f"Bearer {visitor_key()}"}
    url = f"{people.server.other}/visitor/wait"
    answer = await people.http.post(url, json=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]
    assert (await people.http.post(url, json={"site": "demo", "patience": 0}, headers=headers)).status_code == 200


COMMANDS: list[tuple[Any, int, str]] = [
    ({"name": "nothing.known"}, 400, "unknown_command"),
    ({"name": "alert.accept", "data": {"alert": "x"}}, 400, "unknown_command"),
    ({"name": "connect"}, 400, "unknown_command"), ({"name": "__class__"}, 400, "unknown_command"),
    ({"name": "x" * 65}, 422, "invalid"), ({"name": None}, 422, "invalid"), ({}, 422, "invalid"),
    ({"name": "chat.open", "data": [1]}, 422, "invalid"), ({"name": "chat.open", "data": "x"}, 422, "invalid"),
    ({"name": "message.send", "data": {"conversation": 5, "client_id": "a", "text": "x"}}, 422, "invalid"),
    ({"name": "messages.after", "data": {"conversation": "x", "seq": 10**30}}, 422, "invalid"),
    ({"name": "messages.after", "data": {"conversation": "x"}}, 404, "not_found"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status", "code"), COMMANDS)
async def test_a_command_that_cannot_be_is_refused_as_on_a_socket(
    people: People, body: Any, status: int, code: str
) -> None:
    """The code, the sentence in the person's language, and the status of a problem."""
    headers = {"Authorization": f"Bearer {visitor_key()}"}
    url = f"{people.server.other}/visitor/command"
    answer = await people.http.post(url, json={"site": "demo", "language": "ru", **body}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    fine = await people.http.post(url, json={"site": "demo", "name": "chat.open"}, headers=headers)
    assert fine.json()["ok"] is True


RAW: list[tuple[bytes, int]] = [
    (b"", 400), (b"{", 400), (b"\xff", 400), (b'{"site":"demo","name":"chat.open","data":{"a":' + b"[" * 20_000, 400),
    (b'{"site":"demo","name":"chat.open","data":{"a":NaN}}', 400), (b"x" * 70_000, 413),
    (b'{"site":"demo","name":"chat.open","data":{"a":"\\ud800"}}', 400),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status"), RAW)
async def test_bytes_that_are_no_body_are_refused(people: People, body: bytes, status: int) -> None:
    for address in ("wait", "command"):
        answer = await people.http.post(
            f"{people.server.other}/visitor/{address}", content=body,
            headers={"Authorization": f"Bearer {visitor_key()}", "Content-Type": "application/json"},
        )  # fmt: skip
        assert answer.status_code == status, answer.text


async def test_one_address_brings_few_new_keys_and_one_person_few_commands(
    fresh_database_url: str, tmp_path: Path
) -> None:
    """The measures of the sockets hold here too: of joining, of commands, each with the time to wait."""
    async with served(fresh_database_url, tmp_path) as (client, bell):
        bell.limits = Limits(clock=lambda: 0.0)

        def make(conn: Connection) -> None:
            access.do.create_site(conn, key="shop", name="Shop", now=now_ms())

        await bell.store.write(make)

        async def ask(key: str, name: str = "chat.open") -> httpx.Response:
            body = {"site": "shop", "name": name, "data": {"conversation": "x"}}
            return await client.post("/visitor/command", json=body, headers={"Authorization": f"Bearer {key}"})

        first = visitor_key()
        assert (await ask(first)).status_code == 200
        answers = [await ask(visitor_key(), "typing") for _ in range(502)]
        late = [one for one in answers if one.status_code == 429]
        assert late
        assert int(late[0].headers["retry-after"]) >= 1
        assert late[0].json()["code"] == "rate_limited"
        assert (await ask(first)).status_code == 200, "who is known joins nothing"
        codes = [(await ask(first, "typing")).json()["error"]["code"] for _ in range(130)]
        assert {"not_found", "rate_limited"} == set(codes)
