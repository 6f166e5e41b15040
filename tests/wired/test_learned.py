"""What was learned decides whose bell rings, while the server runs: words beside reading."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, select

import routing.do
from contract.clock import now_ms
from routing.learn.files import Head, model_file, write
from routing.learn.topics import Sample, train
from routing.tables import alert, ring
from routing.topics import FORMAT, KIND, encode
from service.callers import ExpertCaller
from service.learning.learned import Learned
from tests.wired.counter import Shop

BOOTS = [
    "do these boots run small", "are the leather boots waterproof", "which boots for hiking in snow",
    "can the sole of a boot be replaced", "boots for wide feet", "how do I care for suede boots",
]  # fmt: skip
TENTS = [
    "how heavy is the two person tent", "does the tent stand heavy rain", "which pegs for the tent in sand",
    "can I buy spare poles for a tent", "a tent for four in winter", "how long does it take to pitch the tent",
]  # fmt: skip


@pytest.fixture
async def shop(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    opened = await Shop.open(fresh_database_url)
    opened.bell.learned = Learned(tmp_path)
    yield opened
    await opened.close()


async def at_desk(shop: Shop, name: str, branch: str) -> ExpertCaller:
    """Somebody online who knows this branch."""
    expert = await shop.expert(name)

    def work(conn: Connection) -> None:
        routing.do.set_topics(conn, expert.account.id, [(str(uuid4()), [branch], 5)])
        routing.do.set_status(conn, expert.account.id, "online", now_ms())

    await shop.store.write(work)
    return expert


def learn(shop: Shop, folder: Path) -> None:
    """As `shopbell learn` leaves it."""
    samples = [Sample(text, ("Boots",)) for text in BOOTS] + [Sample(text, ("Tents",)) for text in TENTS]
    model = train(samples)
    assert model is not None
    head = Head(kind=KIND, format=FORMAT, made_at=now_ms(), learned_from={})
    write(model_file(folder, shop.site.id, KIND), head, encode(model))
    assert shop.bell.learned._topics is not None
    shop.bell.learned._topics._models._look_at.clear()


async def rung_for(shop: Shop, text: str) -> tuple[list[str], list[str]]:
    """(topic, accounts that ring) of a stranger who reads about things and writes this."""
    visitor = await shop.visitor()
    await shop.visit(visitor)
    conversation = (await shop.say(visitor, "chat.open"))["conversation"]
    await shop.say(visitor, "message.send", conversation=conversation, client_id=uuid4().hex, text=text)

    def read(conn: Connection) -> tuple[list[str], list[str]]:
        row = conn.execute(select(alert).order_by(alert.c.raised_at.desc(), alert.c.id.desc())).mappings().first()
        assert row is not None
        rings = conn.execute(select(ring.c.expert_id).where(ring.c.alert_id == row["id"], ring.c.outcome.is_(None)))
        return row["topic"], list(rings.scalars())

    return await shop.store.read(read)


async def test_who_is_asked_is_who_knows_what_was_written(shop: Shop, tmp_path: Path):
    """Before anything was learned, reading decides; afterwards sure words do, without a restart."""
    things, boots = await at_desk(shop, "Theo", "Things"), await at_desk(shop, "Bea", "Boots")
    question = "are these boots waterproof, and do the leather boots run small?"
    assert await rung_for(shop, question) == (["Things"], [things.account.id])
    learn(shop, tmp_path)
    topic, rung = await _soon(shop, question)
    assert (topic, rung) == (["Boots"], [boots.account.id])


async def _soon(shop: Shop, question: str) -> tuple[list[str], list[str]]:
    """A newer file is read beside: the first question may still find the old."""
    found: tuple[list[str], list[str]] = ([], [])
    for _ in range(50):
        found = await rung_for(shop, question)
        if found[0] == ["Boots"]:
            break
        await asyncio.sleep(0.1)
    return found


async def test_who_takes_over_is_chosen_by_what_was_written_too(shop: Shop, tmp_path: Path):
    """The one who was asked leaves: the next one is found by the words as well, not by reading alone."""
    await at_desk(shop, "Theo", "Things")
    bea, bert = await at_desk(shop, "Bea", "Boots"), await at_desk(shop, "Bert", "Boots")
    learn(shop, tmp_path)
    _, rung = await _soon(shop, "are these boots waterproof, and do the leather boots run small?")
    first, second = (bea, bert) if rung == [bea.account.id] else (bert, bea)

    def newest(conn: Connection) -> tuple[str, list[str], list[str]]:
        row = conn.execute(select(alert).order_by(alert.c.raised_at.desc(), alert.c.id.desc())).mappings().first()
        assert row is not None
        rings = conn.execute(select(ring.c.expert_id).where(ring.c.alert_id == row["id"], ring.c.outcome.is_(None)))
        return row["id"], row["topic"], list(rings.scalars())

    bell, _, _ = await shop.store.read(newest)
    await shop.say(first, "alert.accept", alert=bell)
    await shop.say(first, "presence.set", status="offline")
    _, topic, rung = await shop.store.read(newest)
    assert (topic, rung) == (["Boots"], [second.account.id])


async def test_words_that_fit_nothing_wake_no_expert_of_a_topic(shop: Shop, tmp_path: Path):
    """The general queue takes a stranger's; everybody who is free hears it."""
    people = [await at_desk(shop, name, branch) for name, branch in (("Theo", "Things"), ("Bea", "Boots"))]
    learn(shop, tmp_path)
    await _soon(shop, BOOTS[0])
    topic, rung = await rung_for(shop, "quantum chromodynamics lattice eigenvalue")
    assert topic == []
    assert sorted(rung) == sorted(one.account.id for one in people)
