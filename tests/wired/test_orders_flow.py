"""From an order form to an order, on both databases: once, at our prices, by a person we know from then on."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

import chat.cards
import crm.queries
import sales.queries
import tracker.queries
from contract.clock import now_ms
from contract.ids import new_id
from contract.triggers import Content
from sales.tables import offer as offer_table
from service import present
from service.callers import ExpertCaller, VisitorCaller
from service.flows.facts import customer_facts
from service.flows.places import Place
from service.flows.showing import show_content
from service.limits import Limits
from tests.conftest import in_own_loop
from tests.wired.counter import ANN, Shop


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    """A shop and its people for this test; the base is the module's."""
    shop = await Shop.open(database_url)
    yield shop
    await shop.close()


async def a_form(shop: Shop, visitor: VisitorCaller, expert: ExpertCaller) -> tuple[str, str]:
    """(conversation, order form with all three products) of this visitor."""
    conversation = await shop.open_chat(visitor, expert)
    pushed = await shop.say(expert, "order_form.push", conversation=conversation, products=shop.products)
    return conversation, pushed["shown"]


def submitted(form: str, *lines: tuple[str, Any], client_id: str = "", **contact: str) -> dict[str, Any]:
    """What a browser sends."""
    return {
        "form": form,
        "client_id": client_id or uuid4().hex,
        "lines": [{"product": product, "quantity": quantity} for product, quantity in lines],
        "contact": {**ANN, **contact},
    }


async def test_an_order_is_priced_numbered_and_confirmed(shop: Shop):
    """The answer, the message, the expert's event and the card all say the same; the person is known now."""
    visitor, expert = await shop.visitor(), await shop.expert("Anna")
    conversation, form = await a_form(shop, visitor, expert)
    one, two, _ = shop.products
    ordered = await shop.say(visitor, "order.submit", **submitted(form, (two, 3), (one, 1)))
    assert ordered["total"] == {"amount": 1099 + 3 * 2099, "currency": "EUR"}
    assert ordered["number"] == "1001"
    said = await shop.messages(expert, conversation)
    assert (said[-1]["kind"], said[-1]["data"]["order"], said[-1]["author"]["kind"]) == (
        "order", ordered["order"], "visitor",
    )  # fmt: skip
    assert [(line["name"], line["quantity"]) for line in said[-1]["data"]["lines"]] == [("Thing 1", 1), ("Thing 2", 3)]
    assert said[-1]["data"]["total"] == ordered["total"]
    assert said[-2]["data"]["state"] == "ordered"

    def look(conn: Any) -> Any:
        [row] = sales.queries.recent_orders_of_expert(conn, expert.account.id, 0)
        return present.order_placed(conn, row), present.orders(conn, [row])[0], present.order_updated(conn, row)

    placed, listed, updated = await shop.store.read(look)
    assert placed.customer.name == "Ann Lee"
    assert placed.customer.owner.name == "Anna"
    assert (placed.customer.orders, placed.customer.spent.amount) == (1, ordered["total"]["amount"])
    assert (placed.conversation, listed.expert.name, listed.contact["address"]) == (
        conversation, "Anna", "1 High Street",
    )  # fmt: skip
    assert msgspec.to_builtins(updated)["lines"] == said[-1]["data"]["lines"]
    assert {("visitor", visitor.visitor), ("conversation", conversation), ("expert", expert.account.id)} <= set(
        shop.bus.rung
    )
    facts = (await shop.store.read(lambda conn: customer_facts(conn, shop.site.id, [visitor.visitor])))[visitor.visitor]
    assert (facts.name, facts.orders, facts.spent, facts.owner, facts.last_expert) == (
        "Ann Lee", 1, ordered["total"]["amount"], expert.account.id, expert.account.id,
    )  # fmt: skip


async def test_an_order_needs_no_conversation(shop: Shop):
    """From a quiet card to an order, and the card is gone."""
    visitor, expert = await shop.visitor(), await shop.expert()
    visit = await shop.visit(visitor)
    pushed = await shop.say(expert, "order_form.push", visit=visit, products=shop.products[:1])
    ordered = await shop.say(visitor, "order.submit", **submitted(pushed["shown"], (shop.products[0], 1)))
    assert ordered["total"]["amount"] == 1099
    rows = await shop.store.read(lambda conn: sales.queries.recent_orders_of_visitors(conn, [visitor.visitor], 0))
    assert [(row["visit_id"], row["conversation_id"]) for row in rows[visitor.visitor]] == [(visit, None)]


async def test_the_same_submission_gives_the_same_answer(shop: Shop):
    """Also when it comes ten times at once, with another payload, or with none that makes sense."""
    visitor, expert = await shop.visitor(), await shop.expert()
    _, form = await a_form(shop, visitor, expert)
    data = submitted(form, (shop.products[0], 1), client_id="again")
    answers = await asyncio.gather(*(shop.say(visitor, "order.submit", **data) for _ in range(10)))
    assert len({one["order"] for one in answers}) == 1
    changed = submitted(form, (shop.products[0], 5), ("nonsense", -1), client_id="again", name="", email="x")
    assert await shop.say(visitor, "order.submit", **changed) == answers[0]
    assert await shop.refusal(visitor, "order.submit", **submitted(form, (shop.products[0], 1))) == "form_used"
    rows = await shop.store.read(lambda conn: sales.queries.recent_orders_of_visitors(conn, [visitor.visitor], 0))
    assert len(rows[visitor.visitor]) == 1


async def test_of_a_hundred_submissions_of_one_form_one_becomes_the_order(shop: Shop):
    """Each with an id of its own, all at once."""
    visitor, expert = await shop.visitor(), await shop.expert()
    conversation, form = await a_form(shop, visitor, expert)
    codes = await asyncio.gather(
        *(shop.refusal(visitor, "order.submit", **submitted(form, (shop.products[0], n % 9 + 1))) for n in range(100))
    )
    assert sorted(codes) == ["form_used"] * 99 + ["ok"]
    said = await shop.messages(visitor, conversation)
    assert [m["kind"] for m in said].count("order") == 1
    assert [m["seq"] for m in said] == list(range(1, len(said) + 1))


async def test_orders_of_a_site_are_numbered_without_gap_or_repeat(shop: Shop):
    """Many visitors at once: 1001, 1002, ... each once."""
    expert = await shop.expert()
    visitors = [await shop.visitor() for _ in range(12)]
    forms = [(await a_form(shop, one, expert))[1] for one in visitors]
    ordered = await asyncio.gather(
        *(
            shop.say(visitor, "order.submit", **submitted(form, (shop.products[0], 1)))
            for visitor, form in zip(visitors, forms, strict=True)
        )
    )
    assert sorted(int(one["number"]) for one in ordered) == list(range(1001, 1013))


BAD: list[tuple[list[tuple[int | str, Any]], dict[str, str], str]] = [
    ([], {}, "no_lines"),
    ([(0, 0)], {}, "bad_quantity"),
    ([(0, -1)], {}, "bad_quantity"),
    ([(0, 10**9)], {}, "bad_quantity"),
    ([(0, 1000)], {}, "bad_quantity"),
    ([(0, 1), (0, 1)], {}, "unknown_product"),
    ([("nonsense", 1)], {}, "unknown_product"),
    ([("foreign", 1)], {}, "unknown_product"),
    ([(0, 1)], {"name": " "}, "bad_contact"),
    ([(0, 1)], {"email": "", "phone": ""}, "bad_contact"),
    ([(0, 1)], {"email": "ann"}, "bad_contact"),
    ([(0, 1)], {"phone": "12"}, "bad_contact"),
    ([(0, 1)], {"name": "A\0"}, "bad_contact"),
    ([(0, 1)], {"address": "\ud800"}, "bad_contact"),
]


async def test_a_bad_order_is_refused_and_leaves_nothing_behind(shop: Shop):
    """Each mistake has its code; no row is written, the form stays open, and the client's id stays free."""
    visitor, expert = await shop.visitor(), await shop.expert()
    _, form = await a_form(shop, visitor, expert)
    before = await shop.counts()
    for lines, contact, code in BAD:
        named = [
            (shop.products[p] if isinstance(p, int) else shop.foreign_product if p == "foreign" else p, quantity)
            for p, quantity in lines
        ]
        data = submitted(form, *named, client_id="one id", **contact)
        assert await shop.refusal(visitor, "order.submit", **data) == code
    for missing in (new_id(), "nonsense", "a\0"):
        data = submitted(missing, (shop.products[0], 1), client_id="one id")
        assert await shop.refusal(visitor, "order.submit", **data) == "not_found"
    nul = submitted(form, (shop.products[0], 1), client_id="a\0")
    assert await shop.refusal(visitor, "order.submit", **nul) == "invalid"
    assert await shop.counts() == before
    fine = submitted(form, (shop.products[0], 1), client_id="one id")
    assert await shop.refusal(visitor, "order.submit", **fine) == "ok"


@pytest.mark.parametrize("quantity", [1.5, "1", True, None, [1]])
async def test_a_quantity_of_another_kind_never_reaches_us(shop: Shop, quantity: Any):
    """The shape of the command refuses it."""
    visitor = await shop.visitor()
    with pytest.raises(msgspec.ValidationError):
        await shop.say(visitor, "order.submit", **submitted(new_id(), (shop.products[0], quantity)))


async def test_a_form_is_its_visitors_own(shop: Shop):
    """Another visitor, or the key without the frame's secret, finds no such form."""
    plain, stranger, expert = await shop.visitor(), await shop.visitor(), await shop.expert()
    frame = replace(plain, frame_hash="f1")
    _, form = await a_form(shop, frame, expert)
    for caller in (plain, stranger):
        assert await shop.refusal(caller, "order.submit", **submitted(form, (shop.products[0], 1))) == "not_found"
    assert await shop.refusal(frame, "order.submit", **submitted(form, (shop.products[0], 1))) == "ok"


async def test_a_closed_conversation_does_not_lose_an_order(shop: Shop):
    """The form on the screen still works, and the order is written down where it was begun."""
    visitor, expert = await shop.visitor(), await shop.expert()
    conversation, form = await a_form(shop, visitor, expert)
    await shop.say(expert, "conversation.close", conversation=conversation)
    assert await shop.refusal(visitor, "order.submit", **submitted(form, (shop.products[0], 1))) == "ok"
    assert (await shop.messages(visitor, conversation))[-1]["kind"] == "order"


async def test_one_person_stays_one_customer_and_nobody_becomes_another(shop: Shop):
    """The same browser is the same customer; a stranger who types Ann's address is not Ann."""
    visitor, stranger = await shop.visitor(), await shop.visitor()
    anna, boris = await shop.expert("Anna"), await shop.expert("Boris")
    for expert in (anna, boris):
        visit = await shop.visit(visitor)
        pushed = await shop.say(expert, "order_form.push", visit=visit, products=shop.products[:1])
        email = f"{expert.account.name}@example.com"
        await shop.say(visitor, "order.submit", **submitted(pushed["shown"], (shop.products[0], 2), email=email))
    visit = await shop.visit(stranger)
    pushed = await shop.say(boris, "order_form.push", visit=visit, products=shop.products[:1])
    await shop.say(
        stranger, "order.submit", **submitted(pushed["shown"], (shop.products[0], 1), email="ANNA@example.com")
    )

    def look(conn: Any) -> Any:
        known = crm.queries.customers_of(conn, shop.site.id, [visitor.visitor, stranger.visitor])
        return known, {one.id: one for one in present.customers(conn, list(known.values()))}

    known, customers = await shop.store.read(look)
    ann, other = customers[known[visitor.visitor]], customers[known[stranger.visitor]]
    assert ann.id != other.id
    assert (ann.orders, ann.spent.amount, sorted(ann.emails)) == (2, 4396, ["anna@example.com", "boris@example.com"])
    assert (other.orders, other.emails) == (1, [])
    assert (ann.owner.name, other.owner.name) == ("Anna", "Boris")
    facts = await shop.store.read(lambda conn: customer_facts(conn, shop.site.id, [visitor.visitor]))
    assert facts[visitor.visitor].last_expert == boris.account.id
    assert facts[visitor.visitor].owner == anna.account.id
    [brief] = await shop.store.read(
        lambda conn: present.visit_briefs(conn, [tracker.queries.visit_facts(conn, [visit])[visit]], now_ms())
    )
    assert brief.customer is not None
    assert (brief.customer.id, brief.name, brief.live) == (other.id, "Ann Lee", True)


@settings(max_examples=15, deadline=None)
@given(
    quantities=st.lists(st.integers(1, 999), min_size=1, max_size=3),
    lies=st.dictionaries(
        st.sampled_from(["price", "amount", "total", "currency", "name", "state", "discount"]),
        st.one_of(st.integers(-(10**6), 10**6), st.text(max_size=5), st.just({"amount": 1, "currency": "USD"})),
    ),
)
def test_the_total_never_depends_on_an_amount_of_the_browser(new_database: Any, quantities: list[int], lies: dict):
    """Whatever a browser adds to its order, its lines or its contact: quantities times our prices, no more, no less."""
    url = _one_base(new_database)

    async def buy() -> dict[str, Any]:
        shop = await Shop.open(url)
        try:
            visitor, expert = await shop.visitor(), await shop.expert()
            _, form = await a_form(shop, visitor, expert)
            data = submitted(form, *zip(shop.products, quantities, strict=False))
            lied = {**lies, **data, "lines": [{**lies, **line} for line in data["lines"]], "contact": {**lies, **ANN}}
            return await shop.say(visitor, "order.submit", **lied)
        finally:
            await shop.close()

    ours = sum((1000 * n + 99) * quantity for n, quantity in enumerate(quantities, 1))
    assert in_own_loop(buy())["total"] == {"amount": ours, "currency": "EUR"}


_BASES: dict[str, str] = {}


def _one_base(new_database: Any) -> str:
    """One base for all examples: the arithmetic is the same on either kind."""
    if "url" not in _BASES:
        _BASES["url"] = new_database("sqlite")
    return _BASES["url"]


async def test_one_address_makes_few_customers_however_many_keys_it_has(shop: Shop):
    """The twenty-first order waits; a slip of the pen and the same order once more cost nothing. Who had to wait is no
    customer, and the form is still good."""
    expert, (one, *_) = await shop.expert("Anna"), shop.products
    shop.bell.limits = Limits(clock=lambda: 0.0)

    async def buys(network: str) -> tuple[VisitorCaller, dict[str, Any], str]:
        visitor = replace(await shop.visitor(), network=network)
        _, form = await a_form(shop, visitor, expert)
        wrong = submitted(form, (one, 1), email="nobody")
        assert await shop.refusal(visitor, "order.submit", **wrong) == "bad_contact"
        right = submitted(form, (one, 1), email=f"{uuid4().hex}@shop.example")
        return visitor, right, await shop.refusal(visitor, "order.submit", **right)

    bought = [await buys("192.0.2.7") for _ in range(21)]
    assert [said for *_, said in bought] == ["ok"] * 20 + ["rate_limited"]
    assert await shop.refusal(bought[0][0], "order.submit", **bought[0][1]) == "ok", "the same answer again"
    assert (await buys("192.0.2.8"))[-1] == "ok"
    late, order, _ = bought[-1]
    known = await shop.store.read(lambda conn: customer_facts(conn, shop.site.id, [late.visitor]))
    assert known == {}
    shop.bell.limits = Limits(clock=lambda: 0.0)
    assert await shop.refusal(late, "order.submit", **order) == "ok"


async def prices(shop: Shop, expert: ExpertCaller, conversation: str) -> list[tuple[str, list[int]]]:
    """Of each order form of the conversation: its state and its prices."""
    said = await shop.messages(expert, conversation)
    forms = [m["data"] for m in said if m["kind"] == "order_form"]
    return [(form["state"], [line["price"]["amount"] for line in form["lines"]]) for form in forms]


@pytest.mark.parametrize("accepted", [True, False])
async def test_what_was_offered_holds_in_the_next_form(shop: Shop, accepted: bool):
    """Accepted, or shown only: for its own visitor, its own product, in a conversation and on the page."""
    visitor, other, expert = await shop.visitor(), await shop.visitor(), await shop.expert()
    conversation = await shop.open_chat(visitor, expert)
    one, two, _ = shop.products
    offer = (await shop.say(expert, "offer.push", conversation=conversation, offer={"product": one, "amount": 750}))[
        "shown"
    ]
    if accepted:
        await shop.say(visitor, "offer.answer", offer=offer, answer="accept")
    form = (await shop.say(expert, "order_form.push", conversation=conversation, products=[two, one]))["shown"]
    assert (await prices(shop, expert, conversation))[-1] == ("open", [2099, 750])
    visit, elsewhere = await shop.visit(visitor), await shop.visit(other)
    for where, amount in ((visit, 750), (elsewhere, 1099)):
        pushed = await shop.say(expert, "order_form.push", visit=where, products=[one])
        row = await shop.store.read(partial(sales.queries.form_of, form_id=pushed["shown"]))
        assert row is not None
        assert row["lines"][0]["amount"] == amount
    ordered = await shop.say(visitor, "order.submit", **submitted(form, (one, 2), (two, 1)))
    assert ordered["total"]["amount"] == 2 * 750 + 2099


@pytest.mark.parametrize(("frame", "amount", "said"), [("f1", 1099, "ok"), (None, 750, "offer_over")])
async def test_no_trigger_gives_away_what_a_frame_was_offered(shop: Shop, frame: str | None, amount: int, said: str):
    """Every script of the page has the visitor key, and can have a trigger fire. Where there is no frame the key is all
    there is."""
    visitor, expert, one = await shop.visitor(frame=frame), await shop.expert(), shop.products[0]
    conversation = await shop.open_chat(visitor, expert)
    offer = (await shop.say(expert, "offer.push", conversation=conversation, offer={"product": one, "amount": 750}))[
        "shown"
    ]
    mine = (await shop.say(visitor, "offer.answer", offer=offer, answer="accept"))["form"]
    key = replace(visitor, frame_hash=None)
    where = Place(site=shop.site.id, visitor=key.visitor, visit=await shop.visit(key), conversation=None)
    shown = await shop.store.write(
        lambda conn: show_content(conn, where, "order_form", Content(products=(one,)), now_ms())
    )
    ordered = await shop.say(key, "order.submit", **submitted(shown, (one, 1)))
    assert ordered["total"]["amount"] == amount
    assert await shop.refusal(visitor, "order.submit", **submitted(mine, (one, 1))) == said


@pytest.mark.parametrize("how", ["declined", "expired", "used"])
async def test_an_offer_that_is_over_gives_no_price(shop: Shop, how: str):
    """The next form has the catalogue's again."""
    visitor, expert = await shop.visitor(), await shop.expert()
    conversation = await shop.open_chat(visitor, expert)
    one = shop.products[0]
    pushed = await shop.say(expert, "offer.push", conversation=conversation, offer={"product": one, "amount": 750})
    if how == "expired":
        late = update(offer_table).where(offer_table.c.id == pushed["shown"]).values(expires_at=now_ms() - 1)
        await shop.store.write(lambda conn: conn.execute(late).close())
    else:
        answer = "decline" if how == "declined" else "accept"
        answered = await shop.say(visitor, "offer.answer", offer=pushed["shown"], answer=answer)
        if how == "used":
            await shop.say(visitor, "order.submit", **submitted(answered["form"], (one, 1)))
    await shop.say(expert, "order_form.push", conversation=conversation, products=[one])
    assert (await prices(shop, expert, conversation))[-1] == ("open", [1099])


async def test_an_offer_is_used_once_by_however_many_forms(shop: Shop):
    """Also when they are sent in the same moment."""
    visitor, expert = await shop.visitor(), await shop.expert()
    conversation, visit, one = await shop.open_chat(visitor, expert), await shop.visit(visitor), shop.products[0]
    await shop.say(expert, "offer.push", visit=visit, offer={"product": one, "amount": 750})
    wheres = [{"conversation": conversation}, *[{"visit": visit}] * 4]
    forms = [(await shop.say(expert, "order_form.push", **where, products=[one]))["shown"] for where in wheres]
    codes = await asyncio.gather(
        *(shop.refusal(visitor, "order.submit", **submitted(form, (one, 10))) for form in forms)
    )
    assert sorted(codes) == ["offer_over"] * 4 + ["ok"]


async def test_more_than_was_offered_is_refused(shop: Shop):
    """Ten where nobody said how many; the price on the form stays, and an order within it goes through."""
    visitor, expert = await shop.visitor(), await shop.expert()
    conversation, one = await shop.open_chat(visitor, expert), shop.products[0]
    for quantity, said in ((10, {}), (3, {"quantity": 3})):
        proposed = {"product": one, "amount": 750, **said}
        offer = (await shop.say(expert, "offer.push", conversation=conversation, offer=proposed))["shown"]
        told = [m["data"] for m in await shop.messages(expert, conversation) if m["kind"] == "offer"]
        assert told[-1]["quantity"] == quantity
        form = (await shop.say(visitor, "offer.answer", offer=offer, answer="accept"))["form"]
        too_many = submitted(form, (one, quantity + 1))
        assert await shop.refusal(visitor, "order.submit", **too_many) == "over_offer"
        assert await shop.refusal(visitor, "order.submit", **submitted(form, (one, quantity))) == "ok"


async def test_of_the_forms_of_a_conversation_only_the_newest_is_open(shop: Shop):
    """Older ones say that they were replaced, their cards are gone; what was ordered stays ordered."""
    visitor, expert = await shop.visitor(), await shop.expert()
    conversation, first = await a_form(shop, visitor, expert)
    one = shop.products[0]
    await shop.say(visitor, "order.submit", **submitted(first, (one, 1)))
    pushed = [
        (await shop.say(expert, "order_form.push", conversation=conversation, products=[one]))["shown"]
        for _ in range(2)
    ]
    assert [state for state, _ in await prices(shop, expert, conversation)] == ["ordered", "replaced", "open"]
    assert await shop.refusal(visitor, "order.submit", **submitted(pushed[0], (one, 1))) == "form_replaced"
    cards = await shop.store.read(lambda conn: chat.cards.cards_of_visitor(conn, visitor.visitor, now_ms()))
    assert [card["ref"] for card in cards] == [pushed[1]]
    assert await shop.refusal(visitor, "order.submit", **submitted(pushed[1], (one, 1))) == "ok"


async def test_of_forms_shown_at_once_one_stays_open(shop: Shop):
    """Whoever comes second replaces the first, and who orders meanwhile gets an order or a clear word."""
    visitor, expert = await shop.visitor(), await shop.expert()
    conversation, form = await a_form(shop, visitor, expert)
    one = shop.products[0]
    codes = await asyncio.gather(
        *(shop.refusal(expert, "order_form.push", conversation=conversation, products=[one]) for _ in range(6)),
        shop.refusal(visitor, "order.submit", **submitted(form, (one, 1))),
    )
    assert codes[:6] == ["ok"] * 6
    assert codes[6] in ("ok", "form_replaced")
    states = [state for state, _ in await prices(shop, expert, conversation)]
    assert states.count("open") == 1
    assert states[-1] == "open"
    assert states.count("replaced") == (5 if codes[6] == "ok" else 6)
