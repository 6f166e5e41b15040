"""Attachments from end to end, on both databases: who may send and read, how they are served, what is refused."""

import asyncio
import hashlib
import os
import uuid
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
import pytest
from sqlalchemy import Connection, RowMapping, func, select, update

import chat.blocks
import chat.do
import chat.files
import chat.queries
from access.webhooks import make_webhook
from chat.tables import conversation, file, message
from contract.clock import DAY, now_ms
from contract.ids import new_id
from service.files import AT_ONCE, FOR_EXPERTS
from service.flows import announce
from service.flows.files import sweep_once
from store.sql import counted
from store.tables import outbox
from tests.asgi import ORIGIN
from tests.pictures import HOSTILE, POLYGLOTS, exif, gif, in_jpeg, jpeg, pdf, png, rest_of, segment, webp
from tests.wired.api_house import House, house

LIMIT = 100_000
SECRET = "s" * 43
FRAME = f"__Host-shopbell-frame={SECRET}"
SAFE = {
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "private, no-cache",
    "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
}


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """Sites and a folder of this test; the base is the module's."""
    async with house(database_url, tmp_path, FILE_LIMIT=str(LIMIT)) as built:
        yield built


async def send(
    here: House, body: Any, *, key: str | None = None, talk: str | None = None, name: str = "a.png",
    client_id: str | None = None, **headers: str,
) -> httpx.Response:  # fmt: skip
    """As the visitor's frame sends it."""
    given = {
        "Authorization": f"Bearer {key or here.ours['visitor']}",
        "X-Client-Id": client_id or uuid.uuid4().hex,
        "X-File-Name": quote(name),
        **headers,
    }
    return await here.client.post(
        "/visitor/files",
        params={"conversation": talk or here.ours["conversation"]},
        content=body,
        headers={name: value for name, value in given.items() if value},
    )


async def desk_sends(here: House, body: Any, who: str = "expert", **headers: str) -> httpx.Response:
    given = {"X-Client-Id": uuid.uuid4().hex, "X-File-Name": "b.png", **headers}
    return await here.ask(
        "POST", f"/api/conversations/{here.ours['conversation']}/files", who, content=body, headers=given
    )


async def get(here: House, file_id: str, key: str | None = None, **headers: str) -> httpx.Response:
    given = {"Authorization": f"Bearer {key or here.ours['visitor']}", **headers}
    return await here.client.get(f"/visitor/files/{file_id}", headers={n: v for n, v in given.items() if v})


def on_disk(here: House) -> list[Path]:
    found = (here.bell.settings.data_dir / "files").rglob("*")
    return sorted(one for one in found if one.is_file() and one.name not in (here.ours["file"], here.theirs["file"]))


async def rows(here: House) -> int:
    """How many files have a row on both sites, besides the one with which each begins."""
    talks = file.c.conversation_id.in_((here.ours["conversation"], here.theirs["conversation"]))
    return await here.bell.store.read(lambda conn: counted(conn, file, talks)) - 2


async def talk_now(here: House) -> RowMapping:
    """The conversation as it is now."""
    row = await here.bell.store.read(lambda conn: chat.queries.row(conn, here.ours["conversation"]))
    assert row is not None
    return row


GOOD = [
    ("a.png", png(7, 5), "image/png", 7, 5, "inline"),
    ("b.jpg", jpeg(7, 5), "image/jpeg", 7, 5, "inline"),
    ("c.gif", gif(7, 5), "image/gif", 7, 5, "inline"),
    ("d.webp", webp(7, 5), "image/webp", 7, 5, "inline"),
    ("Grüße & mehr.pdf", pdf(), "application/pdf", None, None, "attachment"),
]


async def test_what_a_visitor_sends_both_sides_read(here: House):
    """A message with all that is needed to show it, and the same bytes for both, under headers that keep them tame."""
    for name, body, type, width, height, how in GOOD:
        answer = await send(here, body, name=name, client_id=type)
        assert answer.status_code == 200, answer.text
        said = answer.json()
        assert (said["kind"], said["text"], said["client_id"]) == ("file", name, type)
        assert said["author"]["kind"] == "visitor"
        kept = said["data"]
        assert kept == {
            "file": kept["file"], "name": name, "type": type, "size": len(body), "width": width, "height": height,
        }  # fmt: skip
        for got in (
            await get(here, kept["file"]),
            await here.ask("GET", f"/api/files/{kept['file']}", "expert"),
            await here.ask("GET", f"/api/files/{kept['file']}", "admin"),
        ):
            assert (got.status_code, got.content) == (200, body)
            assert got.headers["content-type"] == type
            assert got.headers["content-length"] == str(len(body))
            assert got.headers["content-disposition"].startswith(f"{how}; ")
            assert got.headers["content-disposition"].endswith(f"filename*=UTF-8''{quote(name, safe='')}")
            assert {header: got.headers[header] for header in SAFE} == SAFE
            assert "set-cookie" not in got.headers
            assert "access-control-allow-origin" not in got.headers
        read = (await here.ask("GET", f"/api/conversations/{here.ours['conversation']}/messages")).json()["messages"]
        assert read[-1] == said


async def test_what_an_expert_sends_the_visitor_reads(here: House):
    said = (await desk_sends(here, jpeg(30, 20), **{"X-File-Name": quote("Foto №1.jpg")})).json()
    assert said["author"] == {"kind": "expert", "name": "Expert"}
    assert said["data"]["name"] == "Foto №1.jpg"
    assert (await get(here, said["data"]["file"])).content == jpeg(30, 20)


async def test_nobody_learns_from_a_picture_where_its_sender_is(here: House):
    """In either direction; the size that is said is the size that comes."""
    place = b"59.3293 N 18.0686 E"
    sent = in_jpeg(jpeg(), segment(0xE1, b"Exif\0\0" + exif(1, place)))
    for said in ((await send(here, sent)).json(), (await desk_sends(here, sent)).json()):
        got = await get(here, said["data"]["file"])
        assert (place in sent, got.content, said["data"]["size"]) == (True, jpeg(), len(jpeg()))


async def test_reading_again_costs_a_question_and_no_bytes(here: House):
    """Kept by the browser, asked for each time: who may not read any more sees nothing."""
    kept = (await send(here, png())).json()["data"]["file"]
    etag = (await get(here, kept)).headers["etag"]
    again = await get(here, kept, **{"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "private, no-cache"
    assert (await get(here, kept, uuid.uuid4().hex, **{"If-None-Match": etag})).status_code == 404
    head = await here.client.head(f"/visitor/files/{kept}", headers={"Authorization": f"Bearer {here.ours['visitor']}"})
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(png())))


async def test_what_we_do_not_take_is_415_and_leaves_nothing(here: House):
    """Whatever name and type it comes under."""
    for name, body in HOSTILE.items():
        for headers in ({}, {"Content-Type": "image/png"}, {"Content-Type": "image/svg+xml"}):
            answer = await send(here, body, name="photo.png", **headers)
            assert (answer.status_code, answer.json()["code"]) == (415, "file_type"), (name, answer.text)
    assert (await rows(here), on_disk(here)) == (0, [])


async def test_a_file_that_is_also_a_page_is_served_as_none(here: House):
    """Its type is that of its first bytes, its name ends in that, no browser guesses, nothing in it may run."""
    for name, body in POLYGLOTS.items():
        said = (await send(here, body, name="evil.html", **{"Content-Type": "text/html"})).json()
        got = await get(here, said["data"]["file"])
        assert got.content == rest_of(body)
        assert b"<script>" not in got.content or name.startswith(("gif", "pdf"))
        assert got.headers["content-type"] == said["data"]["type"], name
        assert got.headers["content-type"] in ("image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf")
        assert {header: got.headers[header] for header in SAFE} == SAFE
        assert not got.headers["content-disposition"].endswith("html")
        shown = "inline" if "image" in said["data"]["type"] else "attachment"
        assert got.headers["content-disposition"].startswith(f"{shown}; ")


async def test_too_large_is_413_whether_or_not_it_says_so(here: House):
    async def in_pieces() -> AsyncIterator[bytes]:
        yield pdf()
        for _ in range(20):
            yield b" " * 10_000

    large = pdf(b" " * LIMIT)
    for answer in (
        await send(here, large),
        await send(here, in_pieces()),
        await desk_sends(here, large),
        await desk_sends(here, in_pieces()),
    ):
        assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
        assert f"{LIMIT} bytes" in answer.json()["detail"]
    assert (await rows(here), on_disk(here)) == (0, [])
    assert (await send(here, pdf(b" " * (LIMIT - len(pdf()))))).status_code == 200


async def test_more_pixels_than_fit_are_refused(here: House):
    answer = await send(here, png(60_000, 60_000))
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")


async def test_sent_again_it_is_said_once(here: House):
    """The same id, the same answer, one message, one file: one after the other, at once, and with other bytes."""
    answers = [await send(here, png(), client_id="one") for _ in range(2)]
    answers += await asyncio.gather(*(send(here, png(9, 9), client_id="one") for _ in range(5)))
    answers += await asyncio.gather(*(send(here, png(n, n), client_id="two") for n in range(2, 7)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers[:7]}) == 1
    assert len({answer.text for answer in answers[7:]}) == 1
    assert await rows(here) == 2
    assert len(on_disk(here)) == 2
    both = [await desk_sends(here, png(), **{"X-Client-Id": "one"}) for _ in range(2)]
    assert len({answer.text for answer in both}) == 1
    assert await rows(here) == 3


async def test_sent_again_it_rings_again(here: House, monkeypatch: pytest.MonkeyPatch):
    """Whoever was sent it first may have stored it and died before it rang."""
    rung: list[tuple[str, str]] = []
    monkeypatch.setattr(here.bell.bus, "ring", lambda kind, id_: rung.append((kind, id_)))
    for sends in (
        partial(send, here, png(), client_id="one"),
        partial(desk_sends, here, png(), **{"X-Client-Id": "1"}),
    ):
        for _ in range(2):
            rung.clear()
            assert (await sends()).status_code == 200
            assert ("conversation", here.ours["conversation"]) in rung


async def test_a_refusal_leaves_the_id_free(here: House):
    assert (await send(here, b"<html>" + b" " * 20, client_id="x")).status_code == 415
    assert (await send(here, png(), client_id="x")).status_code == 200


async def test_a_stranger_gets_the_answer_for_a_missing_one(here: House):
    """Another visitor's key, another site's, an id that never was, one that is none: all alike."""
    kept = (await send(here, png())).json()["data"]["file"]
    answers = [
        await get(here, kept, uuid.uuid4().hex),
        await get(here, kept, here.theirs["visitor"]),
        await get(here, new_id()),
        await get(here, "nonsense"),
        await get(here, "..%2f..%2fsecret_key"),
    ]
    answers += [
        await send(here, png(), key=key, talk=talk)
        for key, talk in (
            (uuid.uuid4().hex, None), (here.theirs["visitor"], None), (None, here.theirs["conversation"]),
            (None, new_id()), (None, "x"), (None, "a\0b"),
        )
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert await rows(here) == 1
    for path in (kept, new_id(), "nonsense"):
        answer = await here.ask("GET", f"/api/files/{path}", "expert" if path != kept else "admin")
        assert answer.status_code == (200 if path == kept else 404)


async def test_an_expert_reads_the_files_of_their_sites_alone(here: House):
    theirs = await send(here, png(), key=here.theirs["visitor"], talk=here.theirs["conversation"])
    kept = theirs.json()["data"]["file"]
    assert (await here.ask("GET", f"/api/files/{kept}", "expert")).status_code == 404
    assert (await here.ask("GET", f"/api/files/{kept}", "admin")).status_code == 200
    assert (await here.ask("GET", f"/api/files/{kept}", None)).status_code == 401


async def test_without_a_key_there_is_nothing(here: House):
    """Nor does the frame's cookie alone open anything."""
    kept = (await send(here, png())).json()["data"]["file"]
    for said in ("", "Bearer ", "Bearer x", "Basic eA==", f"Bearer {'A' * 32}", f"Token {'a' * 32}"):
        asked = await get(here, kept, Authorization=said, Cookie=FRAME), await send(here, png(), Authorization=said)
        for answer in asked:
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_a_conversation_bound_to_a_frame_has_files_for_that_frame_alone(here: House):
    """Who knows the visitor key, as the page around the frame does, gets the answer for a missing one."""
    bound = hashlib.sha256(SECRET.encode()).hexdigest()
    change = update(conversation).where(conversation.c.id == here.ours["conversation"]).values(frame_hash=bound)
    await here.bell.store.write(lambda conn: conn.execute(change).close())
    kept = (await send(here, png(), Cookie=FRAME)).json()["data"]["file"]
    assert (await get(here, kept, Cookie=FRAME)).status_code == 200
    own = {"Cookie": FRAME, "Origin": ORIGIN, "Host": "localhost:8000"}
    assert (await get(here, kept, **own)).status_code == 200
    other = f"__Host-shopbell-frame={'t' * 43}"
    around = {"Cookie": FRAME, "Origin": "http://127.0.0.1:8000", "Host": "localhost:8000"}
    for headers in ({}, {"Cookie": other}, around):
        assert (await get(here, kept, **headers)).status_code == 404
        assert (await send(here, png(), **headers)).status_code == 404
    foreign = await get(here, kept, Cookie=FRAME, Origin="https://shop.example")
    assert (foreign.status_code, foreign.json()["code"]) == (403, "foreign_origin")
    assert (await here.ask("GET", f"/api/files/{kept}", "expert")).status_code == 200


async def test_a_closed_conversation_takes_none_and_keeps_what_it_has(here: House):
    kept = (await send(here, png())).json()["data"]["file"]
    await here.bell.store.write(lambda conn: chat.do.close(conn, here.ours["conversation"], now_ms()))
    for answer in (await send(here, png()), await desk_sends(here, png())):
        assert (answer.status_code, answer.json()["code"]) == (409, "conversation_closed")
    assert len(on_disk(here)) == 1
    assert (await get(here, kept)).status_code == 200


async def test_a_conversation_that_closes_while_a_file_comes_in_takes_it_no_more(here: House):
    """The bytes are gone again at once."""

    async def slowly() -> AsyncIterator[bytes]:
        yield png()
        await here.bell.store.write(lambda conn: chat.do.close(conn, here.ours["conversation"], now_ms()))

    answer = await send(here, slowly())
    assert (answer.status_code, answer.json()["code"]) == (409, "conversation_closed")
    assert (await rows(here), on_disk(here)) == (0, [])


async def test_a_site_may_take_none_from_visitors(here: House):
    """Its experts send all the same."""
    talk = {"files": False}
    patched = await here.ask("PATCH", f"/api/sites/{here.ours['site']}", json={"talk": talk})
    assert patched.status_code == 200, patched.text
    answer = await send(here, png())
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert on_disk(here) == []
    assert (await desk_sends(here, png())).status_code == 200


async def test_who_is_blocked_sends_none(here: House):
    """What was sent before may still be looked at."""
    kept = (await send(here, png())).json()["data"]["file"]

    def block(conn: Connection) -> None:
        now = now_ms()
        chat.blocks.add(conn, here.ours["site"], here.ours["browser"], here.ours["admin"], "rude", now + DAY, now)

    await here.bell.store.write(block)
    here.bell.blocks.forget()
    answer = await send(here, png())
    assert (answer.status_code, answer.json()["code"]) == (403, "blocked")
    assert [one.name for one in on_disk(here)] == [kept]
    assert (await get(here, kept)).status_code == 200


async def test_a_cookie_sends_only_from_our_own_page_and_reads_from_anywhere(here: House):
    """A picture on the desk needs no script to be shown."""
    path = f"/api/conversations/{here.ours['conversation']}/files"
    cookie = {"Cookie": f"__Host-shopbell={here.tokens['expert']}", "X-Client-Id": "1"}
    for headers in ({}, {"Origin": ORIGIN}, {"X-CSRF": "1"}, {"Origin": "https://evil.example", "X-CSRF": "1"}):
        answer = await here.ask("POST", path, None, content=png(), headers={**cookie, **headers})
        assert (answer.status_code, answer.json()["code"]) == (403, "missing_csrf")
    sent = await here.ask("POST", path, None, content=png(), headers={**cookie, "Origin": ORIGIN, "X-CSRF": "1"})
    shown = await here.ask("GET", f"/api/files/{sent.json()['data']['file']}", None, headers=cookie)
    assert (shown.status_code, shown.content) == (200, png())


async def test_a_colleagues_conversation_is_read_and_not_written(here: House):
    answer = await desk_sends(here, png(), "admin")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await desk_sends(here, png(), "marketer")).status_code == 403
    assert on_disk(here) == []


async def test_a_request_that_is_not_right_is_told_so(here: House):
    for headers, status, code in (
        ({"X-Client-Id": ""}, 422, "invalid"),
        ({"X-Client-Id": "x" * 65}, 422, "invalid"),
        ({"Content-Encoding": "gzip"}, 415, "unsupported_type"),
        ({"Content-Length": "99999999999999999999"}, 413, "file_too_large"),
    ):
        for answer in (await send(here, png(), **headers), await desk_sends(here, png(), **headers)):
            assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert on_disk(here) == []


async def test_a_hostile_name_is_cleaned(here: House):
    for name in ("../../x.png", "%00", "%ff%fe", "a%0d%0aSet-Cookie:%20x", "%E2%80%AEgnp.exe", "%" * 3_000):
        said = (await send(here, png(), **{"X-File-Name": name})).json()
        got = await get(here, said["data"]["file"])
        assert "set-cookie" not in got.headers
        assert said["data"]["name"].endswith(".png")
        assert len(said["data"]["name"]) <= 120
        assert not set(said["data"]["name"]) & set("/\\\r\n\0\u202e")


async def test_a_conversation_holds_so_many_files(here: House, monkeypatch):
    monkeypatch.setattr(chat.files, "CONVERSATION_FILES", 1 + 3)
    answers = await asyncio.gather(*(send(here, png()) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [409] * 3
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"file_limit"}
    assert (await rows(here), len(on_disk(here))) == (3, 3)
    assert (await desk_sends(here, png())).json()["code"] == "file_limit"


async def test_a_conversation_holds_so_many_bytes(here: House, monkeypatch):
    monkeypatch.setattr(chat.files, "CONVERSATION_BYTES", 3 * len(png()))
    assert [(await send(here, png())).status_code for _ in range(3)] == [200, 200, 409]


async def test_a_visitor_sends_so_many_in_a_day(here: House, monkeypatch):
    """Yesterday's do not count, nor do those of the expert."""
    monkeypatch.setattr(chat.files, "VISITOR_FILES", 2)
    assert [(await send(here, png())).status_code for _ in range(3)] == [200, 200, 429]
    limited = await send(here, png())
    assert (limited.json()["code"], int(limited.headers["retry-after"]) > 0) == ("rate_limited", True)
    assert (await desk_sends(here, png())).status_code == 200
    older = update(file).values(at=now_ms() - DAY - 1000)
    await here.bell.store.write(lambda conn: conn.execute(older).close())
    assert (await send(here, png())).status_code == 200


async def test_one_address_fills_no_disk_with_many_keys(database_url: str, tmp_path: Path):
    """A token for each file, and for each megabyte of it; other addresses are not concerned."""
    async with house(database_url, tmp_path, RATE_LIMITS="on", FILE_LIMIT=str(150 * 2**20)) as here:

        async def unsaid(body: bytes = png()) -> AsyncIterator[bytes]:
            yield body  # without a length it may be as large as any

        assert (await send(here, unsaid())).status_code == 200
        refused = await send(here, unsaid())
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        assert (await send(here, png())).status_code == 200


@pytest.mark.parametrize(
    ("had", "status"),
    [
        ({"expert_id": None}, 503),
        ({"trigger_id": "a trigger", "due_at": 2**42}, 503),
        ({"trigger_id": "a trigger", "due_at": None}, 200),
        ({"trigger_id": None}, 200),
    ],
    ids=["nobody has it", "a trigger said so in their name", "a trigger did, and they have spoken", "somebody has it"],
)
async def test_strangers_who_fill_their_places_leave_some_to_whom_somebody_talks_with(
    here: House, monkeypatch, had: dict[str, Any], status: int
):
    """Whom a trigger invited nobody talks with yet."""
    change = update(conversation).where(conversation.c.id == here.ours["conversation"]).values(**had)
    await here.bell.store.write(lambda conn: conn.execute(change).close())
    monkeypatch.setattr("service.files.FOR_SERVED", AT_ONCE - FOR_EXPERTS)  # no place at all for strangers
    answer = await send(here, png())
    assert answer.status_code == status
    if status == 503:
        assert (answer.json()["code"], answer.headers["retry-after"]) == ("busy", "5")


async def test_no_room_on_the_disk_is_503(here: House, monkeypatch):
    monkeypatch.setattr(here.bell.files, "_free", lambda _: 0)
    for answer in (await send(here, png()), await desk_sends(here, png())):
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert (await rows(here), on_disk(here)) == (0, [])


async def test_bytes_that_are_not_here_are_said_to_be_away(here: House):
    """The folder of another machine, or a cut file: never half of one, never a 500."""
    kept = (await send(here, pdf(b"x" * 1_000))).json()["data"]["file"]
    place = here.bell.files.path(kept)
    place.write_bytes(place.read_bytes()[:500])
    assert (await get(here, kept)).status_code == 503
    place.unlink()
    assert (await get(here, kept)).status_code == 503


async def test_a_file_is_a_word_as_any_other(here: House):
    """Nobody has taken the conversation yet: an expert who answers with a picture takes it."""
    nobodys = update(conversation).where(conversation.c.id == here.ours["conversation"]).values(expert_id=None)
    await here.bell.store.write(lambda conn: conn.execute(nobodys).close())
    before = (await talk_now(here))["last_seq"]
    said = (await send(here, png())).json()
    assert said["seq"] == before + 1
    assert (await desk_sends(here, png())).status_code == 200
    assert (await talk_now(here))["expert_id"] == here.ours["expert"]


async def test_a_webhook_hears_of_a_file_as_of_a_word(here: House):
    """Of both sides, once, by its name: whoever wants the bytes asks as somebody who may read them."""

    def hear(conn: Connection) -> None:
        make_webhook(conn, here.ours["site"], "https://hook.example/", ["message.added"], now_ms())

    await here.bell.store.write(hear)
    announce.forget(here.ours["site"])
    for _ in range(2):
        await send(here, png(), name="Oak.png", client_id="1")
    await desk_sends(here, png())
    rows = select(outbox.c.payload).where(outbox.c.event == "message.added").order_by(outbox.c.id)
    told = await here.bell.store.read(lambda conn: list(conn.execute(rows).scalars()))
    said = [msgspec.json.decode(one)["data"] for one in told]
    assert [(one["kind"], one["text"], one["author"]["kind"]) for one in said] == [
        ("file", "Oak.png", "visitor"),
        ("file", "b.png", "expert"),
    ]


async def test_numbers_have_no_gap_among_files_and_words(here: House):
    answers = await asyncio.gather(*(send(here, png() if n % 2 else b"no" * 20) for n in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 10 + [415] * 10
    talk = here.ours["conversation"]
    seqs = select(message.c.seq).where(message.c.conversation_id == talk).order_by(message.c.seq)
    found = await here.bell.store.read(lambda conn: list(conn.execute(seqs).scalars()))
    assert found == list(range(1, len(found) + 1))
    pairs = (
        select(func.count())
        .select_from(file)
        .join(message, (message.c.conversation_id == file.c.conversation_id) & (message.c.seq == file.c.seq))
        .where(file.c.conversation_id == here.ours["conversation"])
    )
    assert await here.bell.store.read(lambda conn: conn.execute(pairs).scalar_one()) == 1 + 10


async def test_the_sweep_asks_the_base(here: House):
    """Bytes of the day before yesterday without a row go; those with one stay."""
    kept = (await send(here, png())).json()["data"]["file"]
    stray = here.bell.files.path(new_id())
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(png())
    for place in (stray, here.bell.files.path(kept)):
        os.utime(place, (1_000_000_000, 1_000_000_000))
    assert await sweep_once(here.bell) == 1
    assert not stray.exists()
    assert (await get(here, kept)).status_code == 200
