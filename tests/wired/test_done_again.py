"""What is asked for once more, because the answer got lost, is done once, answered the same, and rings again: whoever
was asked first may have stored it and died before it rang. On both bases."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from contract.clock import HOUR, now_ms, rfc3339
from routing.slots import quarter
from service.callers import ExpertCaller, VisitorCaller
from tests.wired.counter import ANN, Shop, at_desk


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    """A shop and its people for this test; the base is the module's."""
    opened = await Shop.open(database_url)
    yield opened
    await opened.close()


async def again(
    shop: Shop, who: VisitorCaller | ExpertCaller, command: str, *rung: tuple[str, str], **data: Any
) -> dict[str, Any]:
    """The answer, which is the same twice; `rung`: bells that rang both times."""
    answers = []
    for _ in range(2):
        shop.bus.rung.clear()
        answers.append(await shop.say(who, command, **data))
        assert set(rung) <= set(shop.bus.rung)
    before = await shop.counts()
    assert await shop.say(who, command, **data) == answers[0] == answers[1]
    assert await shop.counts() == before
    return answers[0]


async def test_a_bell_accepted_again_is_still_accepted(shop: Shop):
    """By the one who has it, also both times at once; for a colleague it is over, and once it is closed for anybody."""
    anna, boris, visitor = await at_desk(shop), await at_desk(shop, "Boris"), await shop.visitor()
    bell = await shop.rings(await shop.visit(visitor))
    both = await asyncio.gather(*(shop.say(anna, "alert.accept", alert=bell) for _ in range(2)))
    assert both[0] == both[1]
    talk = both[0]["conversation"]
    rung = (("alert", bell), ("conversation", talk), ("visitor", visitor.visitor))
    assert await again(shop, anna, "alert.accept", *rung, alert=bell) == both[0]
    assert await shop.refusal(boris, "alert.accept", alert=bell) == "alert_over"
    await shop.say(anna, "conversation.close", conversation=talk)
    assert await shop.refusal(anna, "alert.accept", alert=bell) == "alert_over"
    assert await shop.open_chat(visitor) != talk
    assert await shop.refusal(anna, "alert.accept", alert=bell) == "alert_over", "another conversation, and nobody's"


async def test_a_note_an_end_and_an_order_ring_again(shop: Shop):
    visitor, anna = await shop.visitor(), await shop.expert("Anna")
    await shop.visit(visitor)
    talk = await shop.open_chat(visitor, anna)
    note = {"conversation": talk, "client_id": uuid4().hex, "text": "A friend of the house."}
    await again(shop, anna, "note.add", ("conversation", f"note:{talk}"), **note)
    shop.bus.rung.clear()
    await shop.say(anna, "note.add", **{**note, "conversation": "nothing"})
    assert shop.bus.rung == [("conversation", f"note:{talk}")], "where it stands, and nowhere else"
    form = (await shop.say(anna, "order_form.push", conversation=talk, products=shop.products))["shown"]
    order = {"form": form, "client_id": uuid4().hex, "lines": [{"product": shop.products[0], "quantity": 1}]}
    bells = (("visitor", visitor.visitor), ("conversation", talk), ("expert", anna.account.id))
    await again(shop, visitor, "order.submit", *bells, **order, contact=ANN)
    await again(
        shop, anna, "conversation.close", ("conversation", talk), ("visitor", visitor.visitor), conversation=talk
    )


async def test_a_promise_to_call_rings_again(shop: Shop):
    visitor = await shop.visitor()
    talk = await shop.open_chat(visitor)
    wish = {
        "client_id": uuid4().hex,
        "phone": "+1 202 555 0123",
        "topic": "My roof",
        "when": rfc3339(quarter(now_ms() + 24 * HOUR)),
    }
    agreed = await shop.say(visitor, "callback.request", **wish)
    bells = (("callback", agreed["callback"]), ("conversation", talk))
    assert await again(shop, visitor, "callback.request", *bells, **wish) == agreed


async def test_what_is_passed_on_rings_again(shop: Shop):
    visitor, anna, boris = await shop.visitor(), await at_desk(shop), await at_desk(shop, "Boris")
    await shop.visit(visitor)
    talk = await shop.open_chat(visitor, anna)
    wish = {"conversation": talk, "expert": boris.account.id, "note": "Knows roses."}
    offered = await shop.say(anna, "conversation.transfer", **wish)
    bells = (("alert", offered["alert"]), ("conversation", talk), ("conversation", f"note:{talk}"))
    assert await again(shop, anna, "conversation.transfer", *bells, **wish) == offered
