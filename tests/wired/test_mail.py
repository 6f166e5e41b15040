"""Mail through a real SMTP conversation: kept while nobody takes it, given up when it never will be taken."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select, update

from contract.clock import now_ms
from service import outbox
from service.outbox import Mail
from service.outgoing.client import Client, Undelivered
from service.outgoing.mail_server import MailServer, read_mail_server
from service.outgoing.mailer import Mailer
from service.outgoing.sender import Outgoing
from store.base import Store
from store.connect import open_store
from store.tables import outbox as table
from tests.receivers import mail_server, until
from tests.servers import free_port

VERA = Mail(to="vera@shop.example", subject="Ваш разговор", text="Здравствуйте!\n.\nAnna", html="<p>Здравствуйте!</p>")
FROM = "Мой магазин <bell@mail.example>"


@pytest.fixture
async def store(fresh_database_url: str) -> AsyncIterator[Store]:
    opened = open_store(fresh_database_url)
    yield opened
    await opened.close()


async def states(store: Store) -> list[tuple[str, str]]:
    rows = await store.read(lambda conn: conn.execute(select(table.c.state, table.c.error).order_by(table.c.id)).all())
    return [(state, error) for state, error in rows]


def sender(store: Store, url: str, **more: Any) -> Outgoing:
    return Outgoing(store, Client(inside=False), Mailer(read_mail_server(url), FROM, **more))


async def test_a_letter_arrives_as_it_was_written(store: Store):
    async with mail_server() as post:
        out = sender(store, post.url)
        out.start()
        id_ = await store.write(lambda conn: outbox.put(conn, VERA, now_ms()))
        await until(lambda: post.letters, "a letter")
        (letter,) = post.letters
        parts: list[Any] = [part.get_payload(decode=True) for part in letter.walk() if not part.is_multipart()]
        text, html = (part.decode().replace("\r\n", "\n") for part in parts)
        assert text.strip() == VERA.text
        assert VERA.html in html
        assert letter["Message-ID"] == f"<{id_}@mail.example>"
        assert post.to == [VERA.to]
        await out.close()
        assert await states(store) == [("sent", "")]


async def test_what_the_server_puts_off_is_tried_again_and_comes_once(store: Store):
    async with mail_server(RCPT="450 later") as post:
        out = sender(store, post.url)
        out.start()
        await store.write(lambda conn: outbox.put(conn, VERA, now_ms()))
        await wait_for(store, ("waiting", "smtp:450"))
        post.says.clear()
        await store.write(lambda conn: conn.execute(update(table).values(due_at=0)).close())
        out.wake()
        await wait_for(store, ("sent", ""))
        await out.close()
        assert len(post.letters) == 1


async def wait_for(store: Store, state: tuple[str, str]) -> None:
    for _ in range(400):
        if await states(store) == [state]:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(await states(store))


@pytest.mark.parametrize(
    ("says", "word"),
    [
        ({"RCPT": "550 no such user"}, "smtp:550"),
        ({"MAIL": "553 not you"}, "smtp:553"),
        ({".": "554 spam"}, "smtp:554"),
    ],
)
async def test_a_no_for_ever_gives_the_letter_up(store: Store, says: dict[str, str], word: str):
    async with mail_server() as post:
        post.says = says
        out = sender(store, post.url)
        out.start()
        await store.write(lambda conn: outbox.put(conn, VERA, now_ms()))
        await wait_for(store, ("dead", word))
        await out.close()
        assert post.talks == 1


async def test_a_letter_to_nobody_is_given_up_unsent(store: Store):
    async with mail_server() as post:
        out = sender(store, post.url)
        out.start()
        await store.write(lambda conn: outbox.put(conn, Mail(to="vera", subject="x", text="x"), now_ms()))
        await wait_for(store, ("dead", "recipient"))
        await out.close()
        assert post.talks == 0


async def word_of(server: MailServer, seconds: float = 5.0) -> tuple[str, bool]:
    with pytest.raises(Undelivered) as undelivered:
        await Mailer(server, FROM, seconds=seconds).send(VERA, "id-1")
    return undelivered.value.error, undelivered.value.final


async def test_a_server_that_is_away_or_silent_or_not_encrypted_keeps_the_letter_waiting():
    def at(port: int, manner: Any = "plain", user: str | None = None) -> MailServer:
        return MailServer(host="127.0.0.1", port=port, manner=manner, user=user, password="pw")

    assert await word_of(at(free_port())) == ("connect", False)
    async with mail_server(hello="silence") as post:
        assert await word_of(at(post.port), 0.3) == ("timeout", False)
    async with mail_server() as post:
        assert await word_of(at(post.port, "starttls")) == ("unsupported", False)
        assert await word_of(at(post.port, "tls")) == ("tls", False)
        assert await word_of(at(post.port, user="me")) == ("unsupported", False)
        assert post.letters == []


async def test_without_a_mail_server_letters_wait(store: Store):
    out = Outgoing(store, Client(inside=False), None)
    out.start()
    await store.write(lambda conn: outbox.put(conn, VERA, now_ms()))
    await asyncio.sleep(0.3)
    await out.close()
    assert await states(store) == [("waiting", "")]
