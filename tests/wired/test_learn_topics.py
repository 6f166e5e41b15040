"""What is learned of topics comes from conversations that went well, and from phrases, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, update

import routing.do
import routing.phrases
from contract.clock import now_ms
from contract.ids import node_id
from routing.learn.topics import FEWEST, Sample
from routing.topics import KIND, Topics
from routing.words import MOST
from service.callers import ExpertCaller, VisitorCaller
from service.learning.topics import learn_site, samples
from tests.wired.counter import ANN, Shop
from tracker.tables import visit


@pytest.fixture
async def shop(fresh_database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(fresh_database_url)
    yield shop
    await shop.close()


async def knowing(shop: Shop, *paths: list[str]) -> ExpertCaller:
    """An expert of the shop who knows these places."""
    expert = await shop.expert()
    topics = [(node_id(shop.site.id, path), path, 4) for path in paths]
    await shop.store.write(lambda conn: routing.do.set_topics(conn, expert.account.id, topics))
    return expert


async def talked(
    shop: Shop, expert: ExpertCaller, *texts: str, read: list[str], visitor: VisitorCaller | None = None
) -> str:
    """A conversation in which the visitor, who reads about `read`, wrote this."""
    visitor = visitor or await shop.visitor()
    reads = update(visit).where(visit.c.id == await shop.visit(visitor)).values(topic=read)
    await shop.store.write(lambda conn: conn.execute(reads).close())
    conversation: str = (await shop.say(visitor, "chat.open"))["conversation"]
    for text in texts:
        await shop.say(visitor, "message.send", conversation=conversation, client_id=uuid4().hex, text=text)
    await shop.say(expert, "message.send", conversation=conversation, client_id=uuid4().hex, text="Of course!")
    return conversation


async def closed(shop: Shop, expert: ExpertCaller, conversation: str) -> None:
    await shop.say(expert, "conversation.close", conversation=conversation)


async def of_conversations(shop: Shop) -> list[Sample]:
    return (await samples(shop.store, shop.site.id))[1]


async def test_what_was_written_belongs_to_what_was_read_if_the_expert_knows_it(shop: Shop):
    """All that the visitor wrote, and nothing of what the expert wrote; only once the conversation is over."""
    expert = await knowing(shop, ["Things"])
    conversation = await talked(shop, expert, "Good morning", "is it oak?", read=["Things", "Tables"])
    assert await of_conversations(shop) == []
    await closed(shop, expert, conversation)
    assert await of_conversations(shop) == [Sample("Good morning\nis it oak?", ("Things", "Tables"))]
    assert (await samples(shop.store, shop.other_site.id))[1] == []


@pytest.mark.parametrize(
    ("knows", "read", "texts"),
    [(["Other"], ["Things"], ("is it oak?",)), (["Things"], [], ("is it oak?",)), (["Things"], ["Things"], ())],
    ids=["the wrong expert", "nothing read", "nothing written"],
)
async def test_a_conversation_that_does_not_say_what_it_was_about_is_left_out(
    shop: Shop, knows: list[str], read: list[str], texts: tuple[str, ...]
):
    expert = await knowing(shop, knows)
    conversation = await talked(shop, expert, *texts, read=read)
    await closed(shop, expert, conversation)
    assert await of_conversations(shop) == []


async def test_an_order_says_what_it_was_about_whoever_answered(shop: Shop):
    """The place of what was bought, in front of what was read."""
    visitor, expert = await shop.visitor(), await knowing(shop, ["Other"])
    conversation = await talked(shop, expert, "I take two", visitor=visitor, read=["Elsewhere"])
    form = (await shop.say(expert, "order_form.push", conversation=conversation, products=shop.products[:1]))["shown"]
    lines = [{"product": shop.products[0], "quantity": 2}]
    await shop.say(visitor, "order.submit", form=form, client_id=uuid4().hex, lines=lines, contact=ANN)
    await closed(shop, expert, conversation)
    assert await of_conversations(shop) == [Sample("I take two", ("Things",))]


async def test_a_conversation_is_read_no_further_than_it_is_asked_about(shop: Shop):
    expert = await knowing(shop, ["Things"])
    conversation = await talked(shop, expert, *["oak " * 400] * 4, read=["Things"])
    await closed(shop, expert, conversation)
    (sample,) = await of_conversations(shop)
    assert MOST <= len(sample.text) < MOST + 1_600


async def test_what_was_learned_answers_and_goes_with_what_it_was_learned_from(shop: Shop, tmp_path: Path):
    """Phrases alone make a model; without them it is gone, and nobody has an opinion."""
    given = {("Tables",): "is the oak table number {}", ("Lamps",): "how bright is lamp number {}"}

    def give(conn: Connection, many: int) -> None:
        for path, phrase in given.items():
            id_ = node_id(shop.site.id, path)
            routing.phrases.set_phrases(conn, shop.site.id, id_, path, [phrase.format(n) for n in range(many)])

    said: list[str] = []
    await shop.store.write(lambda conn: give(conn, FEWEST))
    lines = await learn_site(shop.store, shop.site, tmp_path, now_ms(), said.append)
    assert "2 topics" in " ".join(lines)
    assert said
    assert (tmp_path / "models" / shop.site.id / f"{KIND}.model").is_file()
    about = Topics(tmp_path, background=False).about(shop.site.id, "is the lamp bright")
    assert about is not None
    assert about.paths[0].path == ("Lamps",)
    await shop.store.write(lambda conn: give(conn, FEWEST - 1))
    lines = await learn_site(shop.store, shop.site, tmp_path, now_ms(), said.append)
    assert "Fewer than 2 topics" in " ".join(lines)
    assert Topics(tmp_path, background=False).about(shop.site.id, "is the lamp bright") is None


async def test_what_places_texts_no_better_than_chance_has_no_say_and_goes(shop: Shop, tmp_path: Path):
    """The same words for two topics: nothing can tell them apart, and a model that stood there is gone."""
    file = tmp_path / "models" / shop.site.id / f"{KIND}.model"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"of an earlier time")

    def give(conn: Connection) -> None:
        for name in ("Tables", "Lamps"):
            phrases = [f"question {n}" for n in range(10)]
            routing.phrases.set_phrases(conn, shop.site.id, node_id(shop.site.id, (name,)), (name,), phrases)

    await shop.store.write(give)
    lines = await learn_site(shop.store, shop.site, tmp_path, now_ms(), lambda _: None)
    assert "at least 60%" in " ".join(lines)
    assert "largest topic places 50%" in " ".join(lines)
    assert not file.exists()
