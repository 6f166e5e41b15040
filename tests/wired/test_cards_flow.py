"""What an expert shows, in a conversation and without any: cards are state, offers expire, prices are ours."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from sqlalchemy import update

import chat.cards
import sales.do
from contract.clock import DAY, MINUTE, now_ms
from contract.ids import new_id
from sales.tables import offer as offer_table
from sales.tables import product as product_table
from service import present
from service.callers import VisitorCaller
from service.sockets.pages import page
from service.sockets.registry import Connection
from tests.wired.counter import ANN, Shop


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    """A shop and its people for this test; the base is the module's."""
    shop = await Shop.open(database_url)
    yield shop
    await shop.close()


async def cards(shop: Shop, visitor: VisitorCaller, now: int | None = None) -> list[tuple[str, dict[str, Any]]]:
    """What stands on the visitor's page, as the events that put it there."""
    at = now or now_ms()
    return await shop.store.read(
        lambda conn: [
            (name, msgspec.to_builtins(shape))
            for name, shape in (
                present.card_event(conn, card) for card in chat.cards.cards_of_visitor(conn, visitor.visitor, at)
            )
        ]
    )


async def test_information_is_a_message_and_a_card(shop: Shop):
    """In a conversation both sides read it; on the page it stands until it is dismissed."""
    visitor, expert = await shop.visitor(), await shop.expert("Anna")
    conversation = await shop.open_chat(visitor, expert)
    shown = {"title": "Sizes", "url": "https://shop.example/sizes?a=1", "text": "See the table."}
    pushed = await shop.say(expert, "info.push", conversation=conversation, **shown)
    last = (await shop.messages(visitor, conversation))[-1]
    assert (last["kind"], last["data"], last["seq"], last["author"]["name"]) == ("info", shown, pushed["seq"], "Anna")
    [(name, card)] = await cards(shop, visitor)
    assert name == "info.shown"
    assert card == {"card": pushed["shown"], "conversation": conversation, "expert": {"name": "Anna"}, **shown}
    for _ in range(2):
        await shop.say(visitor, "card.dismiss", card=pushed["shown"])
        assert await cards(shop, visitor) == []


async def told(shop: Shop, visitor: VisitorCaller) -> set[str]:
    """The names of the events of the visitor's page, as a connection that was told nothing yet hears them."""
    line = Connection(sid="1", namespace="/visitor", caller=visitor)
    return {name for _, name, _ in await shop.store.read(lambda conn: page(conn, [line]))}


async def test_what_was_done_in_a_frame_is_told_to_that_frame_alone(shop: Shop):
    """A quiet card is for whoever has the visitor key; the form that comes of its answer, and the order, are not."""
    plain, expert = await shop.visitor(), await shop.expert()
    frame, invented = replace(plain, frame_hash="f1"), replace(plain, frame_hash="f2")
    visit = await shop.visit(plain)
    asked = {"product": shop.products[0], "amount": 900, "minutes": 60, "text": "For you"}
    offer = (await shop.say(expert, "offer.push", visit=visit, offer=asked))["shown"]
    assert await told(shop, plain) == await told(shop, frame) == {"offer.shown"}
    form = (await shop.say(frame, "offer.answer", offer=offer, answer="accept"))["form"]
    assert await told(shop, frame) == {"order_form.shown"}
    order = {
        "form": form,
        "client_id": "1",
        "lines": [{"product": shop.products[0], "quantity": 1}],
        "contact": ANN,
    }
    card = (await shop.store.read(lambda conn: chat.cards.cards_of_visitor(conn, plain.visitor, now_ms())))[0]["id"]
    for other in (plain, invented):
        assert await told(shop, other) == set()
        assert (await shop.say(other, "offer.answer", offer=offer, answer="accept"))["form"] is None
        assert await shop.refusal(other, "order.submit", **order) == "not_found"
        assert await shop.refusal(other, "card.dismiss", card=card) == "not_found"
    await shop.say(frame, "order.submit", **order)
    assert await told(shop, frame) == {"order.updated"}
    for other in (plain, invented):
        assert await told(shop, other) == set()


async def test_what_was_ordered_without_a_frame_is_told_to_whoever_has_the_key(shop: Shop):
    """A native client has nothing else."""
    plain, expert = await shop.visitor(), await shop.expert()
    form = (await shop.say(expert, "order_form.push", visit=await shop.visit(plain), products=shop.products[:1]))[
        "shown"
    ]
    lines = [{"product": shop.products[0], "quantity": 1}]
    await shop.say(plain, "order.submit", form=form, client_id="1", lines=lines, contact=ANN)
    assert await told(shop, plain) == {"order.updated"}


async def test_a_card_needs_no_conversation(shop: Shop):
    """Pushed to a visit it is a quiet card and nothing else."""
    visitor, expert = await shop.visitor(), await shop.expert()
    visit = await shop.visit(visitor)
    info = await shop.say(expert, "info.push", visit=visit, title="Hello", text="Just so you know.")
    offer = await shop.say(expert, "offer.push", visit=visit, offer={"product": shop.products[0], "amount": 900})
    form = await shop.say(expert, "order_form.push", visit=visit, products=shop.products[:2])
    assert {one["seq"] for one in (info, offer, form)} == {None}
    shown = await cards(shop, visitor)
    assert [name for name, _ in shown] == ["info.shown", "offer.shown", "order_form.shown"]
    assert [card["conversation"] for _, card in shown] == [None] * 3
    assert (await shop.say(visitor, "chat.open"))["seq"] == 0
    assert ("visitor", visitor.visitor) in shop.bus.rung


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"title": " "}, "empty_message"),
        ({"title": "a\0"}, "bad_text"),
        ({"title": "x" * 201}, "message_too_long"),
        ({"text": "", "url": ""}, "empty_message"),
        ({"text": "x" * 8001}, "message_too_long"),
        ({"url": "javascript:alert(1)"}, "bad_address"),
        ({"url": "data:text/html,x"}, "bad_address"),
        ({"url": "//evil.example"}, "bad_address"),
        ({"url": "/sizes"}, "bad_address"),
        ({"url": "https://a b"}, "bad_address"),
        ({"url": "https://a\0"}, "bad_address"),
        ({"url": "https://" + "a" * 2000}, "bad_address"),
        ({"conversation": None}, "invalid"),
    ],
)
async def test_information_that_cannot_be_shown_leaves_nothing_behind(shop: Shop, changed: dict[str, Any], code: str):
    """Only http and https ever become a link."""
    visitor, expert = await shop.visitor(), await shop.expert()
    conversation = await shop.open_chat(visitor, expert)
    before = await shop.counts()
    data = {"conversation": conversation, "title": "Sizes", "text": "See.", **changed}
    assert await shop.refusal(expert, "info.push", **data) == code
    assert await shop.counts() == before


async def test_nobody_pushes_across_sites(shop: Shop):
    """A foreign visit, conversation or product looks like a missing one."""
    visitor, stranger, own = await shop.visitor(), await shop.expert(site=shop.other_site), await shop.expert()
    visit, conversation = await shop.visit(visitor), await shop.open_chat(visitor)
    before = await shop.counts()
    for where in ({"visit": visit}, {"conversation": conversation}, {"visit": new_id()}, {"visit": "a\0"}):
        assert await shop.refusal(stranger, "info.push", title="a", text="b", **where) == "not_found"
        proposed = {"product": shop.foreign_product}
        assert await shop.refusal(stranger, "offer.push", offer=proposed, **where) == "not_found"
        assert await shop.refusal(stranger, "order_form.push", products=[shop.foreign_product], **where) == "not_found"
    assert await shop.refusal(stranger, "chat.invite", visit=visit) == "not_found"
    for product in (shop.foreign_product, new_id(), "nonsense", "a\0"):
        assert await shop.refusal(own, "order_form.push", visit=visit, products=[product]) == "unknown_product"
        assert await shop.refusal(own, "offer.push", visit=visit, offer={"product": product}) == "unknown_product"
    assert await shop.counts() == before


async def test_what_is_no_longer_sold_is_not_offered(shop: Shop):
    """An inactive product is on no new form; one named twice stands there once."""
    visitor, expert = await shop.visitor(), await shop.expert()
    visit = await shop.visit(visitor)
    first, second, _ = shop.products
    await shop.say(expert, "order_form.push", visit=visit, products=[second, first, second])
    [(_, card)] = await cards(shop, visitor)
    assert [line["product"] for line in card["lines"]] == [second, first]
    await shop.store.write(lambda conn: sales.do.update_product(conn, first, active=False) and None)
    assert await shop.refusal(expert, "order_form.push", visit=visit, products=[first]) == "unknown_product"


async def test_an_accepted_offer_becomes_an_order_form_at_its_price(shop: Shop):
    """Accepting again gives the same form; both sides read what happened."""
    visitor, expert = await shop.visitor(), await shop.expert("Anna")
    conversation = await shop.open_chat(visitor, expert)
    proposed = {"product": shop.products[0], "amount": 750, "text": "For you"}
    pushed = await shop.say(expert, "offer.push", conversation=conversation, offer=proposed)
    [(name, card)] = await cards(shop, visitor)
    assert (name, card["price"], card["offer"]) == (
        "offer.shown", {"amount": 750, "currency": "EUR"}, pushed["shown"],
    )  # fmt: skip
    assert card["product"]["price"] == {"amount": 1099, "currency": "EUR"}
    answers = [await shop.say(visitor, "offer.answer", offer=pushed["shown"], answer="accept") for _ in range(3)]
    assert answers[0]["state"] == "accepted"
    assert answers == answers[:1] * 3
    [(name, card)] = await cards(shop, visitor)
    assert (name, card["form"]) == ("order_form.shown", answers[0]["form"])
    assert card["lines"][0]["price"] == {"amount": 750, "currency": "EUR"}
    said = await shop.messages(expert, conversation)
    assert [m["kind"] for m in said[-3:]] == ["offer", "event", "order_form"]
    assert said[-3]["data"]["state"] == "accepted", "an old message shows what became of it"
    assert (said[-2]["data"]["name"], said[-1]["author"]["name"]) == ("offer.accepted", "Anna")
    assert await shop.refusal(visitor, "offer.answer", offer=pushed["shown"], answer="decline") == "offer_over"


async def test_a_declined_offer_is_over(shop: Shop):
    """No form, no card; it cannot be accepted any more, nor shown again."""
    visitor, expert = await shop.visitor(), await shop.expert()
    visit = await shop.visit(visitor)
    pushed = await shop.say(expert, "offer.push", visit=visit, offer={"product": shop.products[0]})
    assert await shop.refusal(visitor, "offer.answer", offer=pushed["shown"], answer="maybe") == "invalid"
    declined = {"state": "declined", "form": None}
    assert await shop.say(visitor, "offer.answer", offer=pushed["shown"], answer="decline") == declined
    assert await cards(shop, visitor) == []
    assert await shop.refusal(visitor, "offer.answer", offer=pushed["shown"], answer="accept") == "offer_over"
    assert await shop.refusal(expert, "offer.push", visit=visit, offer=pushed["shown"]) == "offer_over"


async def test_an_offer_expires(shop: Shop):
    """After its time it is off the page and cannot be accepted."""
    visitor, expert = await shop.visitor(), await shop.expert()
    conversation = await shop.open_chat(visitor, expert)
    pushed = await shop.say(
        expert, "offer.push", conversation=conversation, offer={"product": shop.products[0], "minutes": 10}
    )
    assert len(await cards(shop, visitor, now_ms() + 9 * MINUTE)) == 1
    assert await cards(shop, visitor, now_ms() + 10 * MINUTE + 1000) == []
    await shop.store.write(
        lambda conn: conn.execute(
            update(offer_table).where(offer_table.c.id == pushed["shown"]).values(expires_at=now_ms() - 1)
        ).close()
    )
    before = await shop.counts()
    assert await shop.refusal(visitor, "offer.answer", offer=pushed["shown"], answer="accept") == "offer_over"
    assert await shop.counts() == before
    assert (await shop.messages(visitor, conversation))[-1]["data"]["state"] == "expired"


async def test_an_offer_shown_again_replaces_its_card(shop: Shop):
    """By its id, to its own visitor; to anybody else it does not exist."""
    visitor, other, expert = await shop.visitor(), await shop.visitor(), await shop.expert()
    visit, elsewhere = await shop.visit(visitor), await shop.visit(other)
    pushed = await shop.say(expert, "offer.push", visit=visit, offer={"product": shop.products[0]})
    again = await shop.say(expert, "offer.push", visit=visit, offer=pushed["shown"])
    assert again["shown"] == pushed["shown"]
    assert len(await cards(shop, visitor)) == 1
    assert await shop.refusal(expert, "offer.push", visit=elsewhere, offer=pushed["shown"]) == "not_found"
    assert await shop.refusal(other, "offer.answer", offer=pushed["shown"], answer="accept") == "not_found"


@pytest.mark.parametrize("amount", [-1, 10**10 + 1, 10**30])
async def test_an_offer_has_a_possible_price(shop: Shop, amount: int):
    """Nothing below nothing, nothing that a column could not hold."""
    visitor, expert = await shop.visitor(), await shop.expert()
    visit = await shop.visit(visitor)
    proposed = {"product": shop.products[0], "amount": amount}
    assert await shop.refusal(expert, "offer.push", visit=visit, offer=proposed) == "invalid"


async def test_a_frames_cards_are_its_own(shop: Shop):
    """With the visitor key alone nobody dismisses or accepts what was shown inside a frame's conversation."""
    plain, expert = await shop.visitor(), await shop.expert()
    frame = replace(plain, frame_hash="f1")
    conversation = await shop.open_chat(frame, expert)
    info = await shop.say(expert, "info.push", conversation=conversation, title="a", text="b")
    offer = await shop.say(expert, "offer.push", conversation=conversation, offer={"product": shop.products[0]})
    stranger = await shop.visitor()
    for caller in (plain, stranger):
        assert await shop.refusal(caller, "card.dismiss", card=info["shown"]) == "not_found"
        assert await shop.refusal(caller, "offer.answer", offer=offer["shown"], answer="accept") == "not_found"
    for id_ in (new_id(), "nonsense", "a\0"):
        assert await shop.refusal(frame, "card.dismiss", card=id_) == "not_found"
        assert await shop.refusal(frame, "offer.answer", offer=id_, answer="accept") == "not_found"
    assert await shop.refusal(frame, "card.dismiss", card=info["shown"]) == "ok"
    assert (await shop.say(frame, "offer.answer", offer=offer["shown"], answer="accept"))["form"]


async def test_a_form_keeps_its_prices(shop: Shop):
    """The catalogue may change; what was shown holds."""
    visitor, expert = await shop.visitor(), await shop.expert()
    visit = await shop.visit(visitor)
    await shop.say(expert, "order_form.push", visit=visit, products=shop.products[:1])
    await shop.store.write(
        lambda conn: conn.execute(
            update(product_table).where(product_table.c.id == shop.products[0]).values(amount=5)
        ).close()
    )
    [(_, card)] = await cards(shop, visitor, now_ms() + DAY)
    assert card["lines"][0]["price"]["amount"] == 1099
