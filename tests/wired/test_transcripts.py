"""A conversation to take home, on both databases: what stands in it, who gets it, and how often by mail."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import delete, select, update

import chat.do
import chat.notes
import chat.queries
from access.tables import site
from chat.message import Who
from chat.tables import conversation, mailing
from contract.clock import DAY, now_ms
from contract.ids import new_id
from service.outbox import Mail
from store.tables import outbox
from tests.pictures import png
from tests.receivers import mail_server, until
from tests.wired.api_house import House, house

MAIL = {"SMTP_URL": "smtp://127.0.0.1:9", "MAIL_FROM": "shop@shop.example"}
EVIL = "<script>alert(1)</script>"


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(database_url, tmp_path, **MAIL) as built:
        built.ours["begun"] = new_id()
        await said(built)
        yield built


async def said(here: House) -> None:
    """Words of both sides, a note among them, a file, and an offer with a price."""
    talk, expert = here.ours["conversation"], here.ours["expert"]

    def work(conn: Any) -> None:
        vera = Who(kind="visitor", id=here.ours["browser"])
        anna = Who(kind="expert", id=expert, name="Anna")
        chat.do.add(conn, talk, vera, "text", f"Is it oak?\n10:00  Anna:\n{EVIL}", None, None, now_ms())
        chat.do.add(conn, talk, anna, "text", "Да, дуб 🌳", None, None, now_ms())
        offer = {"product": {"name": "Spade"}, "price": {"amount": 1990, "currency": "EUR"}, "text": ""}
        chat.do.add(conn, talk, anna, "offer", "Spade", offer, None, now_ms())
        row = chat.queries.row(conn, talk)
        assert row is not None
        chat.notes.add(conn, row, anna, "Careful with this one", None, now_ms())
        chat.do.add(conn, talk, anna, "text", "After the note", None, None, now_ms())
        conn.execute(update(site).where(site.c.id == here.ours["site"]).values(zone="Asia/Tokyo"))

    await here.bell.store.write(work)
    await here.client.post(
        "/visitor/files", params={"conversation": talk}, content=png(),
        headers={"Authorization": f"Bearer {here.ours['visitor']}", "X-Client-Id": "f", "X-File-Name": "oak.png"},
    )  # fmt: skip


async def test_a_marketer_reads_what_was_said_and_no_notes(here: House):
    """What colleagues tell each other is for those who work with visitors."""
    talk = here.ours["conversation"]
    for who, notes in (("expert", True), ("admin", True), ("marketer", False)):
        paper = await here.ask("GET", f"/api/conversations/{talk}/transcript", who)
        assert paper.status_code == 200
        assert ("Careful with this one" in paper.text, "After the note" in paper.text) == (notes, True)
        listed = await here.ask("GET", f"/api/conversations/{talk}/notes", who)
        assert listed.status_code == (200 if notes else 403)


async def ask(here: House, key: str | None = None, language: str = "en", **body: Any) -> httpx.Response:
    """As the visitor's frame asks."""
    return await here.client.post(
        "/visitor/transcript",
        json={"conversation": here.ours["conversation"], **body},
        headers={"Authorization": f"Bearer {key or here.ours['visitor']}", "Accept-Language": language},
    )


async def desk(here: House, who: str = "expert", **query: str) -> httpx.Response:
    return await here.ask("GET", f"/api/conversations/{here.ours['conversation']}/transcript", who, params=query)


async def letters(here: House) -> list[Mail]:
    """What waits to be sent since this test began, oldest first."""
    mine = (outbox.c.kind == "mail", outbox.c.id > here.ours["begun"])
    found = select(outbox.c.payload).where(*mine).order_by(outbox.c.id)
    rows = await here.bell.store.read(lambda conn: list(conn.execute(found).scalars()))
    return [msgspec.json.decode(row, type=Mail) for row in rows]


async def test_a_visitor_takes_it_home_as_text(here: House):
    """All that both sides read, in the site's zone, and nothing of what colleagues told each other."""
    answer = await ask(here)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="conversation-20')
    assert answer.headers["cache-control"] == "no-store"
    text = answer.text
    assert "Times are those of Asia/Tokyo." in text
    assert ", UTC+09:00 ---" in text
    assert "You:\n    Is it oak?\n    10:00  Anna:\n    <script>" in text
    assert "Anna:\n    Да, дуб 🌳" in text
    assert "    Offer: Spade for €19.90" in text
    assert "    File: oak.png (1 KB)" in text
    assert "    Expert joined." in text
    assert "Careful" not in text


async def test_a_visitor_takes_it_home_as_a_page(here: House):
    """It is saved, never opened on our address; and what somebody wrote is no tag in it."""
    answer = await ask(here, format="html", language="ru")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert 'lang="ru"' in answer.text
    assert "Вы:" in answer.text
    assert "Careful" not in answer.text


async def test_a_desk_reads_the_notes_too(here: House):
    """Where they were written, marked as what they are; the visitor under the name that colleagues know."""
    for format in ("text", "html"):
        text = (await desk(here, format=format)).text
        assert "Internal note, Anna:" in text
        assert "Vera" in text
        assert text.index("Offer: Spade") < text.index("Careful with this one") < text.index("After the note")
    assert (await desk(here, format="pdf")).status_code == 422
    assert (await desk(here)).headers["content-type"] == "text/plain; charset=utf-8"


async def test_who_may_not_read_it_gets_the_answer_for_a_missing_one(here: House):
    answers = [
        await ask(here, uuid.uuid4().hex),
        await ask(here, here.theirs["visitor"]),
        await ask(here, conversation=here.theirs["conversation"]),
        await ask(here, conversation=new_id()),
        await ask(here, conversation="x", email="a@b.example", client_id="1"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    theirs = f"/api/conversations/{here.theirs['conversation']}/transcript"
    assert (await here.ask("GET", theirs, "expert")).status_code == 404
    mail = {"email": "a@b.example", "client_id": "1"}
    assert (await here.ask("POST", theirs, "expert", json=mail)).status_code == 404
    assert (await here.ask("GET", theirs, None)).status_code == 401


@pytest.mark.parametrize("body", [{"format": "pdf"}, {"format": 7}, {"conversation": None}, {"email": 3}])
async def test_a_wrong_shape_is_422(here: House, body: dict[str, Any]):
    assert (await ask(here, **body)).status_code == 422


async def test_it_goes_by_mail_to_the_address_that_was_typed(here: House):
    """Three times a day of one conversation, by whichever side; the fourth says when."""
    first = await ask(here, email=" Vera@Home.example ", client_id="1")
    assert first.status_code == 200, first.text
    assert first.json() == {"email": "vera@home.example", "left": 2}
    path = f"/api/conversations/{here.ours['conversation']}/transcript"
    second = await here.ask("POST", path, "expert", json={"email": "b@b.example", "client_id": "1", "format": "html"})
    assert second.json() == {"email": "b@b.example", "left": 1}
    assert (await ask(here, email="c@c.example", client_id="2")).json()["left"] == 0
    late = await ask(here, email="c@c.example", client_id="3")
    assert (late.status_code, late.json()["code"]) == (429, "rate_limited")
    assert 23 * 3600 < int(late.headers["retry-after"]) <= 24 * 3600 + 1
    sent = await letters(here)
    assert [one.to for one in sent] == ["vera@home.example", "b@b.example", "c@c.example"]
    assert sent[0].subject.startswith("Your conversation at ")
    assert "Is it oak?" in sent[0].text
    assert (sent[0].html, "&lt;script&gt;" in sent[1].html) == ("", True)
    for one in sent:
        assert "Careful" not in one.text + one.html, "a letter leaves the house"
    yesterday = update(mailing).values(at=now_ms() - DAY - 1)
    await here.bell.store.write(lambda conn: conn.execute(yesterday).close())
    assert (await ask(here, email="c@c.example", client_id="3")).json()["left"] == 2


async def test_the_letter_arrives(fresh_database_url: str, tmp_path: Path):
    """At a real mail server, as text and as the page."""
    async with mail_server() as post, house(fresh_database_url, tmp_path, **MAIL | {"SMTP_URL": post.url}) as here:
        await said(here)
        assert (await ask(here, email="vera@home.example", client_id="1", format="html")).status_code == 200
        await until(lambda: post.letters, "the letter")
        assert post.to == ["vera@home.example"]
        (letter,) = post.letters
        parts: list[Any] = [part.get_payload(decode=True) for part in letter.walk() if not part.is_multipart()]
        text, page = (part.decode() for part in parts)
        assert "    Да, дуб 🌳" in text
        assert "&lt;script&gt;" in page


async def test_asked_again_it_is_sent_once(here: House):
    answers = await asyncio.gather(*(ask(here, email="a@b.example", client_id="x") for _ in range(6)))
    answers += [await ask(here, email="other@b.example", client_id="x")]
    assert {answer.text for answer in answers} == {answers[0].text}
    assert [one.to for one in await letters(here)] == ["a@b.example"]


async def test_at_once_it_is_not_sent_more_often(here: House):
    answers = await asyncio.gather(*(ask(here, email="a@b.example", client_id=str(n)) for n in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [429] * 5
    assert len(await letters(here)) == 3


@pytest.mark.parametrize(
    "email", ["a", "a@b", "a@b.example\nBcc: c@d.example", "a@b.example,c@d.example", "<a@b.example>"]
)
async def test_what_is_no_address_is_refused(here: House, email: str):
    for answer in (
        await ask(here, email=email, client_id="1"),
        await here.ask(
            "POST", f"/api/conversations/{here.ours['conversation']}/transcript", "expert",
            json={"email": email, "client_id": "1"},
        ),
    ):  # fmt: skip
        assert answer.status_code == 422
        assert answer.json()["code"] in ("bad_contact", "bad_text")
    assert await letters(here) == []


async def test_without_a_client_id_nothing_is_mailed(here: House):
    assert (await ask(here, email="a@b.example")).json()["code"] == "invalid"


async def test_where_mail_is_not_set_up_it_is_said_so(database_url: str, tmp_path: Path):
    """A clear sentence, and the way that is left."""
    async with house(database_url, tmp_path) as here:
        answer = await ask(here, email="a@b.example", client_id="1")
        assert (answer.status_code, answer.json()["code"]) == (409, "no_mail")
        assert "download" in answer.json()["detail"]
        path = f"/api/conversations/{here.ours['conversation']}/transcript"
        mail = {"email": "a@b.example", "client_id": "1"}
        assert (await here.ask("POST", path, "expert", json=mail)).json()["code"] == "no_mail"
        assert (await ask(here)).status_code == 200


async def test_nobody_has_a_stranger_mailed_their_own_words(here: House):
    """A conversation in which no expert ever spoke holds only what its visitor wrote."""

    def lonely(conn: Any) -> str:
        now = now_ms()
        row = chat.do.open_for_visitor(conn, here.ours["site"], here.ours["browser"], "f" * 64, None, now)
        conn.execute(update(conversation).where(conversation.c.id == row["id"]).values(frame_hash=None))
        return str(row["id"])

    await here.bell.store.write(lambda conn: chat.do.close(conn, here.ours["conversation"], now_ms()))
    alone = await here.bell.store.write(lonely)
    assert alone != here.ours["conversation"]
    answer = await ask(here, conversation=alone, email="a@b.example", client_id="1")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert await letters(here) == []
    assert (await ask(here, conversation=alone)).status_code == 200


async def test_words_that_came_before_the_visitors_are_no_answer(here: House):
    """A trigger invites in an expert's name: nobody has read what is mailed then. Once somebody answers it goes."""

    def invited(conn: Any) -> str:
        now, anna = now_ms(), Who(kind="expert", id=here.ours["expert"], name="Anna")
        row = chat.do.open_for_visitor(conn, here.ours["site"], here.ours["browser"], None, None, now)
        chat.do.add(conn, row["id"], anna, "text", "May I help?", None, None, now)
        return str(row["id"])

    await here.bell.store.write(lambda conn: chat.do.close(conn, here.ours["conversation"], now_ms()))
    talk = await here.bell.store.write(invited)
    assert talk != here.ours["conversation"]
    asked = {"conversation": talk, "email": "a@b.example", "client_id": "1"}
    assert (await ask(here, **asked)).status_code == 403
    vera = Who(kind="visitor", id=here.ours["browser"])
    await here.bell.store.write(lambda conn: chat.do.add(conn, talk, vera, "text", "Pills!", None, None, now_ms()))
    assert (await ask(here, **asked)).status_code == 403
    assert await letters(here) == []
    anna = Who(kind="expert", id=here.ours["expert"], name="Anna")
    await here.bell.store.write(lambda conn: chat.do.add(conn, talk, anna, "offer", "Oak", {}, None, now_ms()))
    assert (await ask(here, **asked)).status_code == 200


async def test_one_address_gets_few_letters_from_all_conversations(database_url: str, tmp_path: Path):
    """Whoever opens many conversations fills no mailbox: not a stranger's, and not from one place."""
    async with house(database_url, tmp_path, RATE_LIMITS="on", **MAIL) as here:
        await said(here)
        await here.bell.store.write(lambda conn: conn.execute(delete(mailing)).close())
        codes = []
        for n in range(7):
            answer = await ask(here, email=f"{'a' if n < 4 else n}@b.example", client_id=str(n))
            codes.append(answer.status_code)
            await here.bell.store.write(lambda conn: conn.execute(delete(mailing)).close())
        assert codes == [200, 200, 200, 429, 200, 429, 429]


async def test_a_long_conversation_says_what_it_leaves_out(here: House, monkeypatch):
    monkeypatch.setattr("service.present.transcript.MESSAGES", 2)
    text = (await ask(here)).text
    assert "Earlier messages are left out: " in text
    assert "Is it oak?" not in text
    assert "oak.png" in text
