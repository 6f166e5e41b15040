"""What a trigger does besides ringing: nobody is invited into an empty room, nothing is shown that cannot be bought."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import Connection, insert, select, update

import chat.cards
import chat.desks
import chat.do
import chat.queries
import chat.served
import routing.do
import sales.do
from chat.tables import card, conversation
from contract.beacons import PageStayed
from contract.clock import HOUR, MINUTE, now_ms
from contract.ids import new_id
from contract.triggers import Available, Content, Pages
from crm.tables import customer, identity
from reports.decisions import came_of_invitations
from reports.funnel import Fact
from reports.funnel_facts import facts
from reports.timeline import of_customer
from routing.tables import alert, decision, expert, firing, ring
from sales.tables import order
from service import present
from service.callers import ExpertCaller, VisitorCaller
from service.flows import unvisited
from service.flows.facts import customer_facts
from service.journey import Journey
from service.visitor.waiting import pending
from tests.wired.counter import ANN, Shop
from tests.wired.test_firing import House, browser
from tracker.queries import visitor_by_key
from tracker.visitor import key_hash

HELLO = Content(text="May I help you choose?")


@pytest.fixture
async def house(fresh_database_url: str) -> AsyncIterator[House]:
    shop = await Shop.open(fresh_database_url)
    yield House(shop)
    await shop.bell.stop_background()
    await shop.close()


async def at_desk(house: House, name: str = "Anna", *, status: Any = "online", capacity: int = 3) -> ExpertCaller:
    """Somebody with a desk, who knows the things."""
    one = await house.shop.expert(name, capacity=capacity)

    def work(conn: Connection) -> None:
        routing.do.set_topics(conn, one.account.id, [(str(uuid4()), ["Things"], 5)])
        routing.do.set_status(conn, one.account.id, status, now_ms())

    await house.shop.store.write(work)
    return one


async def caller(house: House, who: str) -> VisitorCaller:
    """The person behind this browser, as commands know them."""
    site = house.shop.site
    id_ = await house.shop.store.read(lambda conn: visitor_by_key(conn, site.id, key_hash(who)))
    assert id_ is not None
    return VisitorCaller(site=site, visitor=id_, frame_hash=None, language="en")


async def rows(house: House, table: Any) -> list[dict[str, Any]]:
    return await house.shop.store.read(lambda conn: [dict(row) for row in conn.execute(select(table)).mappings()])


async def invitations(house: House) -> list[dict[str, Any]]:
    """The conversations that a trigger opened and that are open."""
    return [row for row in await rows(house, conversation) if row["trigger_id"] and row["state"] == "open"]


async def later(house: House, table: Any, **values: Any) -> None:
    """Time passes, told to the rows of this table."""
    await house.shop.store.write(lambda conn: conn.execute(update(table).values(**values)).close())


async def freed(house: House) -> list[str]:
    return await house.shop.store.write(lambda conn: unvisited.free(conn, now_ms()).conversations)


async def load(house: House, one: ExpertCaller) -> int:
    return await house.shop.store.read(lambda conn: chat.desks.load(conn, one.account.id))


# --- the invitation ---------------------------------------------------------------------------------------------------


async def test_an_invitation_is_a_conversation_with_a_place_at_a_desk(house: House):
    """In one commit: the words are the expert's, the place is taken, the choice is kept, and both sides are told."""
    trigger = await house.trigger(Pages(at_least=2), action="invite", content=HELLO)
    anna = await at_desk(house)
    who = browser()
    await house.look(who, "Things")
    told: list[Any] = []
    house.journey.after = told.append
    await house.look(who, "Things", "Small")
    [held] = await invitations(house)
    assert (held["expert_id"], held["trigger_id"]) == (anna.account.id, trigger)
    assert held["due_at"] == held["accepted_at"] + MINUTE
    assert await load(house, anna) == 1
    me = await caller(house, who)
    said = await house.shop.messages(me, held["id"])
    assert [(one["author"]["kind"], one["author"]["name"], one["text"]) for one in said] == [
        ("system", "", "Anna joined."),
        ("expert", "Anna", HELLO.text),
    ]
    assert set(told[0].rings) == {("conversation", held["id"]), ("visitor", me.visitor), ("visit", held["visit_id"])}
    [fired] = await house.fired()
    assert fired["ref"] == held["id"]
    [choice] = await rows(house, decision)
    assert (choice["alert_id"], choice["firing_id"], choice["chosen"]) == (None, fired["id"], [anna.account.id])
    assert (choice["rung"], choice["outcome"]) == ("topic", f"invited:{anna.account.id}")
    assert await house.shop.store.read(lambda conn: pending(conn, me.visitor))


async def _nobody(house: House, who: str) -> None: ...


async def _away(house: House, who: str) -> None:
    await at_desk(house, status="away")


async def _lapsed(house: House, who: str) -> None:
    await at_desk(house)
    await later(house, expert, lease_until=now_ms() - 1)


async def _full(house: House, who: str) -> None:
    anna = await at_desk(house, capacity=1)
    await house.shop.open_chat(await house.shop.visitor(), anna)


async def _breathing(house: House, who: str) -> None:
    await at_desk(house)
    await later(house, expert, rest_until=now_ms() + MINUTE)


async def _elsewhere(house: House, who: str) -> None:
    stranger = await house.shop.expert("Boris", site=house.shop.other_site)
    await house.shop.store.write(lambda conn: routing.do.set_status(conn, stranger.account.id, "online", now_ms()))


async def _talking(house: House, who: str) -> None:
    await house.shop.open_chat(await caller(house, who), await at_desk(house))


async def _asking(house: House, who: str) -> None:
    me = await caller(house, who)
    await house.shop.say(me, "message.send", conversation=await house.shop.open_chat(me), client_id="1", text="Hello?")
    await at_desk(house)


async def _talked(house: House, who: str) -> None:
    anna = await at_desk(house)
    conversation = await house.shop.open_chat(await caller(house, who), anna)
    await house.shop.say(anna, "conversation.close", conversation=conversation)


async def _rung_for(house: House, who: str) -> None:
    await at_desk(house)
    await house.trigger(Pages(at_least=1), action="alert")
    await house.look(who, "Things")


async def _invited(house: House, who: str) -> None:
    await at_desk(house)
    await house.trigger(Pages(at_least=1), action="invite")
    await house.look(who, "Things")
    assert len(await invitations(house)) == 1


async def _said_no(house: House, who: str) -> None:
    await _invited(house, who)
    [held] = await invitations(house)
    await house.shop.say(await caller(house, who), "chat.decline", conversation=held["id"])


async def _never_came(house: House, who: str) -> None:
    await _invited(house, who)
    await later(house, conversation, due_at=now_ms() - 1)
    assert len(await freed(house)) == 1


@pytest.mark.parametrize(
    "situation",
    [
        _nobody, _away, _lapsed, _full, _breathing, _elsewhere, _talking, _asking, _talked, _rung_for, _invited,
        _said_no, _never_came,
    ],
)  # fmt: skip
async def test_nobody_is_invited(house: House, situation: Callable[[House, str], Awaitable[None]]):
    """Into an empty room, into a talk, while a bell rings for them, or again; and the occasion is not spent."""
    who = browser()
    await house.look(who, "Things")
    await situation(house, who)
    trigger = await house.trigger(Pages(at_least=2), action="invite", content=HELLO)
    before = [row["id"] for table in (conversation, decision) for row in await rows(house, table)]
    for _ in range(2):
        await house.look(who, "Things")
    assert [row["id"] for table in (conversation, decision) for row in await rows(house, table)] == before
    assert [one for one in await house.fired() if one["trigger_id"] == trigger] == []


async def test_the_next_event_invites_once_somebody_is_there(house: House):
    """What could not be done was not lost."""
    await house.trigger(Pages(at_least=1), action="invite", content=HELLO)
    who = browser()
    view = await house.look(who, "Things")
    assert await invitations(house) == []
    await at_desk(house)
    await house.tell(who, PageStayed(id=str(uuid4()), page=view, dwell=5_000))
    assert len(await invitations(house)) == 1


async def test_a_free_colleague_invites_where_the_best_is_full(house: House):
    """The ladder's order: who knows the topic, else anybody who is free."""
    anna, boris = await at_desk(house, "Anna", capacity=2), await at_desk(house, "Boris", capacity=2)
    await house.shop.store.write(lambda conn: routing.do.set_topics(conn, boris.account.id, []))
    await house.trigger(Pages(at_least=1), Available(), action="invite", content=HELLO)
    for _ in range(3):
        await house.look(browser(), "Things")
    assert [row["expert_id"] for row in await invitations(house)] == [anna.account.id, boris.account.id]


async def test_twenty_at_once_never_take_more_than_three_places(house: House):
    """Two processes, ten visits each, two desks of together six places; afterwards exactly half of them are taken."""
    anna, boris = await at_desk(house, "Anna", capacity=4), await at_desk(house, "Boris", capacity=2)
    await house.trigger(Pages(at_least=1), action="invite", content=HELLO)
    other = House(house.shop)
    crowd = [(one, browser()) for one in (house, other) for _ in range(10)]
    await asyncio.gather(*(one.look(who, "Things") for one, who in crowd))
    for one, who in crowd:
        await one.look(who, "Things")
    loads = await load(house, anna), await load(house, boris)
    assert (sum(loads), loads[0] <= 3, loads[1] <= 1) == (3, True, True)
    assert len(await invitations(house)) == 3


async def asks(house: House) -> None:
    """Somebody new comes and writes."""
    who = browser()
    await house.look(who)
    me = await caller(house, who)
    opened = await house.shop.open_chat(me)
    await house.shop.say(me, "message.send", conversation=opened, client_id="1", text="Can you help me?")


async def test_sixty_keys_leave_places_for_who_asks(house: House):
    """They look, they open, they write nothing: half of all places at most, no desk's last one, and for two minutes. A
    question rings at once. With all their desks' other places talking, strangers are invited no more."""
    crew = [await at_desk(house, name, capacity=4) for name in ("Anna", "Boris", "Clara", "Dmitri")]
    await house.trigger(Pages(at_least=1), action="invite", content=HELLO)
    crowd = [browser() for _ in range(60)]
    for who in crowd:
        await house.look(who, "Things")
    for who in crowd:
        await house.shop.say(await caller(house, who), "chat.open")
        await house.look(who, "Things")
    assert len(await invitations(house)) == 8
    assert max([await load(house, one) for one in crew]) <= 3
    await asks(house)
    [bell] = await rows(house, alert)
    assert bell["reason"] == "asked"
    assert [one["outcome"] for one in await rows(house, ring)] != []
    await later(house, conversation, due_at=now_ms() - 1)
    assert len(await freed(house)) >= 8
    for one in crew:
        for _ in range(3):
            await house.shop.open_chat(await house.shop.visitor(), one)
    for _ in range(5):
        await house.look(browser(), "Things")
    assert await invitations(house) == []


async def test_a_known_customer_is_invited_to_the_last_place(house: House):
    """A stranger is not: it is kept for those who ask."""
    anna = await at_desk(house, capacity=1)
    stranger, known = browser(), browser()
    for who in (stranger, known):
        await house.look(who, "Things")
    await house.customer(known)
    await house.trigger(Pages(at_least=2), action="invite", content=HELLO)
    await house.look(stranger, "Things")
    assert await invitations(house) == []
    await house.look(known, "Things")
    [held] = await invitations(house)
    assert (held["expert_id"], held["visitor_id"]) == (anna.account.id, (await caller(house, known)).visitor)


async def test_a_place_is_held_by_a_word_and_not_by_a_look(house: House):
    """To open gives the invitation its minute once more, and only once; who never writes has left no trace."""
    await house.trigger(Pages(at_least=1), action="invite", content=HELLO)
    anna = await at_desk(house)
    who = browser()
    await house.look(who, "Things")
    [held] = await invitations(house)
    me = await caller(house, who)
    await later(house, conversation, accepted_at=now_ms() - 50_000, due_at=now_ms() + 10_000)
    await house.shop.say(me, "chat.open")
    [looked] = await invitations(house)
    assert looked["due_at"] == looked["visitor_at"] + MINUTE
    await asyncio.sleep(0.002)
    await house.shop.say(me, "chat.open")
    await house.shop.say(me, "message.read", conversation=held["id"], seq=2)
    [again] = await invitations(house)
    assert again["due_at"] == looked["due_at"]
    assert again["visitor_at"] > looked["visitor_at"]
    assert ((await brief(house, held["id"]))["trigger"], await chats(house)) == ("t", [])
    await later(house, conversation, due_at=now_ms() - 1)
    assert await freed(house) == [held["id"]]
    assert await load(house, anna) == 0
    assert await house.shop.store.read(lambda conn: chat.desks.desk_of(conn, anna.account.id, now_ms())) == []
    assert await house.shop.store.read(lambda conn: chat.served.served(conn, [me.visitor])) == {}
    assert await chats(house) == []


async def test_one_visitor_is_invited_once_by_two_processes(house: House):
    """Two tabs complete the conditions of two triggers in the same moment."""
    await at_desk(house)
    for _ in range(2):
        await house.trigger(Pages(at_least=2), action="invite", content=HELLO)
    other, who = House(house.shop), browser()
    await house.look(who, "Things")
    await asyncio.gather(*(one.look(who, "Things") for one in (house, other) for _ in range(4)))
    assert len(await invitations(house)) == 1


async def test_the_place_is_free_again_if_the_visitor_does_not_appear(house: House):
    """After a minute, not before; a click on what is left of it opens a chat as any visitor would."""
    await house.trigger(Pages(at_least=1), action="invite", content=HELLO)
    anna = await at_desk(house, capacity=2)
    who = browser()
    await house.look(who, "Things")
    [held] = await invitations(house)
    assert await freed(house) == []
    await later(house, conversation, due_at=now_ms() - 1)
    assert await freed(house) == [held["id"]]
    assert await load(house, anna) == 0
    me = await caller(house, who)
    assert not await house.shop.store.read(lambda conn: pending(conn, me.visitor))
    opened = await house.shop.say(me, "chat.open")
    assert (opened["seq"], opened["conversation"] != held["id"]) == (0, True)
    assert await house.shop.store.read(lambda conn: chat.desks.desk_of(conn, anna.account.id, now_ms())) == []
    served = await house.shop.store.read(lambda conn: chat.served.served(conn, [me.visitor]))
    assert served == {}, "who got no answer served nobody"


async def test_whoever_answers_keeps_the_place_and_reaches_that_expert(house: House):
    """The reply is in the conversation of the one who invited; nothing runs out any more."""
    await house.trigger(Pages(at_least=1), action="invite", content=HELLO)
    anna = await at_desk(house)
    who = browser()
    await house.look(who, "Things")
    [held] = await invitations(house)
    me = await caller(house, who)
    assert (await brief(house, held["id"]))["trigger"] == "t"
    assert await chats(house) == []
    assert (await house.shop.say(me, "chat.open"))["conversation"] == held["id"]
    await house.shop.say(me, "message.send", conversation=held["id"], client_id="1", text="Yes, please.")
    assert {fact[0] for fact in await chats(house)} == {me.visitor}
    assert await freed(house) == []
    assert (await house.shop.messages(anna, held["id"]))[-1]["text"] == "Yes, please."
    assert (await brief(house, held["id"]))["trigger"] is None, "now it is a conversation like any other"
    fired = {one["id"] for one in await house.fired()}
    [came] = (await house.shop.store.read(lambda conn: came_of_invitations(conn, fired))).values()
    assert (came.answered_at is not None, came.solved, came.order) == (True, False, None)


async def test_nobody_rates_an_expert_who_never_heard_of_them(house: House):
    """An invitation in their name is no service, whatever is written to it, and taken up again or not; an answer is."""
    await house.trigger(Pages(at_least=1), action="invite", content=HELLO)
    anna, who = await at_desk(house), browser()
    await house.look(who, "Things")
    [held] = await invitations(house)
    me, talk = await caller(house, who), held["id"]

    async def rates() -> str:
        return await house.shop.refusal(me, "conversation.rate", conversation=talk, score=1, comment="Awful")

    await house.shop.say(me, "chat.open")
    assert await rates() == "not_found"
    await house.shop.say(me, "message.send", conversation=talk, client_id="1", text="Pills!")
    assert await rates() == "not_found"
    await house.shop.store.write(lambda conn: chat.do.close(conn, talk, now_ms()))
    assert await rates() == "not_found"
    await house.shop.say(me, "conversation.reopen", conversation=talk)
    assert await rates() == "not_found"
    await house.shop.say(anna, "message.send", conversation=talk, client_id="2", text="No, thank you.")
    assert await rates() == "ok"


async def test_whom_a_trigger_invited_rates_whoever_answered(house: House):
    """Also by an offer alone; and a person's own invitation is one, before they wrote a word to it."""
    await house.trigger(Pages(at_least=1), action="invite", content=HELLO)
    anna = await at_desk(house)
    for by in ("info.push", "chat.invite"):
        who = browser()
        await house.look(who, "Things")
        [held] = [row for row in await invitations(house) if row["visitor_at"] is None]
        me, talk = await caller(house, who), held["id"]
        await house.shop.say(me, "chat.open")
        if by == "info.push":
            await house.shop.say(me, "message.send", conversation=talk, client_id="1", text="Yes?")
            await house.shop.say(anna, by, conversation=talk, title="Boots", text="Warm ones.")
        else:
            await house.shop.say(anna, by, visit=held["visit_id"], text="It is me.")
        assert await house.shop.refusal(me, "conversation.rate", conversation=talk, score=5) == "ok"


async def chats(house: House) -> list[Fact]:
    """What a funnel counts as talks."""
    return await house.shop.store.read(lambda conn: list(facts(conn, house.shop.site.id, None, None, ["chat"])))


async def brief(house: House, id_: str) -> dict[str, Any]:
    def look(conn: Connection) -> dict[str, Any]:
        row = chat.queries.row(conn, id_)
        assert row is not None
        [found] = present.conversation_briefs(conn, [row], now_ms())
        built: dict[str, Any] = msgspec.to_builtins(found)
        return built

    return await house.shop.store.read(look)


async def test_who_says_no_frees_the_place_at_once(house: House):
    """Twice is as good as once; whom a person invited is not hung up on by it; nobody says no for another."""
    await house.trigger(Pages(at_least=1), action="invite", content=HELLO)
    anna = await at_desk(house, capacity=2)
    who = browser()
    await house.look(who, "Things")
    [held] = await invitations(house)
    me = await caller(house, who)
    other = await house.shop.visitor()
    assert await house.shop.refusal(other, "chat.decline", conversation=held["id"]) == "not_found"
    for _ in range(2):
        await house.shop.say(me, "chat.decline", conversation=held["id"])
    assert (await load(house, anna), await invitations(house)) == (0, [])
    by_hand = (await house.shop.say(anna, "chat.invite", visit=held["visit_id"], text="Hello!"))["conversation"]
    await house.shop.say(me, "chat.decline", conversation=by_hand)
    assert await load(house, anna) == 1


@pytest.mark.parametrize("by", ["chat.invite", "message.send"])
async def test_a_conversation_that_somebody_took_over_is_theirs(house: House, by: str):
    """An expert who speaks while the automatic invitation stands makes it their own: the visitor has five minutes."""
    await house.trigger(Pages(at_least=1), action="invite", content=HELLO)
    anna = await at_desk(house)
    await house.look(browser(), "Things")
    [held] = await invitations(house)
    said = {"visit": held["visit_id"]} if by == "chat.invite" else {"conversation": held["id"], "client_id": "1"}
    await house.shop.say(anna, by, text="It is me.", **said)
    assert await invitations(house) == []
    [row] = await rows(house, conversation)
    assert (row["id"], row["state"], row["trigger_id"]) == (held["id"], "open", None)
    assert row["due_at"] == row["accepted_at"] + 5 * MINUTE


# --- cards ------------------------------------------------------------------------------------------------------------


async def cards(house: House, who: str, at: int | None = None) -> list[tuple[str, dict[str, Any]]]:
    me = await caller(house, who)
    return await house.shop.store.read(
        lambda conn: [
            (name, msgspec.to_builtins(shape))
            for name, shape in (
                present.card_event(conn, one) for one in chat.cards.cards_of_visitor(conn, me.visitor, at or now_ms())
            )
        ]
    )


async def test_information_is_shown_in_the_sites_name(house: House):
    """With everybody at home; it stands for its hours, and once."""
    content = Content(title="Sizes", url="https://shop.example/sizes", text="See the table.", hours=2)
    await house.trigger(Pages(at_least=1), action="information", content=content)
    who = browser()
    for _ in range(3):
        await house.look(who, "Things")
    [(name, shown)] = await cards(house, who)
    assert name == "info.shown"
    assert shown["expert"] == {"name": house.shop.site.name}
    assert (shown["title"], shown["url"], shown["text"]) == (content.title, content.url, content.text)
    assert (shown["conversation"], shown["card"]) == (None, (await house.fired())[0]["ref"])
    assert await cards(house, who, now_ms() + 2 * HOUR + 1000) == []
    me = await caller(house, who)
    assert await house.shop.store.read(lambda conn: pending(conn, me.visitor))


async def test_an_offer_has_the_triggers_price_or_the_catalogues(house: House):
    """Accepted it becomes an order form at that price, still in the site's name."""
    first, second, _ = house.shop.products
    cheap = await house.trigger(Pages(at_least=1), action="offer", content=Content(products=(first,), price=500))
    who, other = browser(), browser()
    await house.look(who, "Things")
    [(name, shown)] = await cards(house, who)
    assert (name, shown["price"]["amount"], shown["product"]["price"]["amount"]) == ("offer.shown", 500, 1099)
    assert shown["expert"] == {"name": house.shop.site.name}
    me = await caller(house, who)
    answered = await house.shop.say(me, "offer.answer", offer=shown["offer"], answer="accept")
    [(name, form)] = await cards(house, who)
    assert (name, form["form"], form["lines"][0]["price"]["amount"]) == ("order_form.shown", answered["form"], 500)
    assert form["expert"] == {"name": house.shop.site.name}
    await later(house, firing, trigger_id=cheap)
    await house.shop.store.write(lambda conn: conn.exec_driver_sql("UPDATE trigger SET active = false").close())
    await house.trigger(Pages(at_least=1), action="offer", content=Content(products=(second,)))
    await house.look(other, "Things")
    [(_, shown)] = await cards(house, other)
    assert shown["price"] == shown["product"]["price"]


async def foreign(house: House) -> Content:
    return Content(products=(house.shop.products[0], house.shop.foreign_product))


async def missing(house: House) -> Content:
    return Content(products=(new_id(),))


async def nonsense(house: House) -> Content:
    return Content(products=("a\0",))


async def nothing(house: House) -> Content:
    return Content()


async def no_longer_sold(house: House) -> Content:
    gone = house.shop.products[0]
    await house.shop.store.write(lambda conn: sales.do.update_product(conn, gone, active=False) and None)
    return Content(products=(gone,))


@pytest.mark.parametrize("content", [foreign, missing, nonsense, nothing, no_longer_sold])
async def test_what_cannot_be_bought_is_not_shown(house: House, content: Callable[[House], Awaitable[Content]]):
    """A product that is gone, never was, or is another site's: no card, nothing half written, the occasion open."""
    what = await content(house)
    who = browser()
    await house.look(who, "Things")
    await house.trigger(Pages(at_least=2), action="order_form", content=what)
    await house.trigger(
        Pages(at_least=2), action="offer", content=msgspec.structs.replace(what, products=what.products[-1:])
    )
    before = await house.shop.counts()
    await house.look(who, "Things")
    after = await house.shop.counts()
    assert {name for name in after if after[name] != before[name]} <= {"page_view", "event"}


@pytest.mark.parametrize(
    "content",
    [Content(), Content(title="A"), Content(text="b"), Content(title="A", url="javascript:alert(1)"),
     Content(title="A\0", text="b")],
)  # fmt: skip
async def test_information_that_says_nothing_is_not_shown(house: House, content: Content):
    """Only what could be shown by hand."""
    await house.trigger(Pages(at_least=1), action="information", content=content)
    who = browser()
    await house.look(who, "Things")
    assert (await cards(house, who), await house.fired()) == ([], [])


async def test_one_card_at_a_time_comes_by_itself(house: House):
    """Also from two processes at once; the next one comes when the first is put away. An expert's counts for itself."""
    for title in ("One", "Two"):
        await house.trigger(Pages(at_least=2), action="information", content=Content(title=title, text="x"))
    other, who = House(house.shop), browser()
    await house.look(who, "Things")
    anna = await at_desk(house)
    [visit] = await house.shop.store.read(lambda conn: list(conn.exec_driver_sql("SELECT id FROM visit").scalars()))
    await house.shop.say(anna, "info.push", visit=visit, title="Mine", text="By hand.")
    await asyncio.gather(*(one.look(who, "Things") for one in (house, other) for _ in range(4)))
    by_itself = [row for row in await rows(house, card) if row["expert_id"] is None]
    assert len(by_itself) == 1
    await house.shop.say(await caller(house, who), "card.dismiss", card=by_itself[0]["id"])
    await house.look(who, "Things")
    assert sorted(shown["title"] for _, shown in await cards(house, who)) == sorted(
        ["Mine", "Two" if by_itself[0]["data"]["title"] == "One" else "One"]
    )


async def test_whoever_is_in_a_talk_is_shown_nothing_by_itself(house: House):
    """The expert shows what is to be shown."""
    who = browser()
    await house.look(who, "Things")
    await house.shop.open_chat(await caller(house, who), await at_desk(house))
    await house.trigger(Pages(at_least=2), action="information", content=Content(title="A", text="b"))
    await house.look(who, "Things")
    assert await cards(house, who) == []


async def test_an_invitation_goes_before_a_card_of_the_same_moment(house: House):
    """In the order of the triggers: one thing at a time."""
    await at_desk(house)
    await house.trigger(Pages(at_least=1), action="invite", content=HELLO)
    await house.trigger(Pages(at_least=1), action="information", content=Content(title="A", text="b"))
    who = browser()
    await house.look(who, "Things")
    assert (len(await invitations(house)), await cards(house, who)) == (1, [])


@pytest.mark.parametrize("owned", [False, True])
async def test_an_order_from_such_a_form_counts_for_the_owner_or_for_nobody(house: House, owned: bool):
    """Nobody becomes the customer's own by it; whoever reads orders and histories finds a person or none."""
    first = house.shop.products[0]
    await house.trigger(Pages(at_least=1), action="order_form", content=Content(products=(first,)))
    anna = await at_desk(house, status="offline")
    who = browser()
    await house.look(who, "Things")
    me = await caller(house, who)
    if owned:
        await _own(house, me, anna.account.id)
    [(_, form)] = await cards(house, who)
    lines = [{"product": first, "quantity": 2}]
    placed = await house.shop.say(me, "order.submit", form=form["form"], client_id="1", lines=lines, contact=ANN)
    assert placed["total"]["amount"] == 2198
    [row] = await rows(house, order)
    assert row["expert_id"] == (anna.account.id if owned else None)
    assert (("expert", anna.account.id) in house.shop.bus.rung) is owned
    name = {"id": anna.account.id, "name": "Anna"} if owned else None

    def look(conn: Connection) -> tuple[Any, Any, Any]:
        stored = conn.execute(select(order)).mappings().all()
        history = of_customer(conn, row["customer_id"])
        owner = conn.execute(select(customer.c.owner_id).where(customer.c.id == row["customer_id"])).scalar_one()
        return msgspec.to_builtins(present.orders(conn, stored)), history, owner

    [shown], history, owner = await house.shop.store.read(look)
    assert shown["expert"] == name
    assert owner == (anna.account.id if owned else None)
    [bought] = [item for item in msgspec.to_builtins(history) if item["kind"] == "order"]
    assert bought["data"]["expert"] == name
    await house.look(who, "Things")  # judged again, now with an order that nobody took
    known = await house.shop.store.read(lambda conn: customer_facts(conn, me.site.id, [me.visitor]))
    assert (known[me.visitor].orders, known[me.visitor].last_expert) == (1, anna.account.id if owned else None)


async def _own(house: House, me: VisitorCaller, owner: str) -> None:
    """This browser belongs to a customer of this expert."""
    id_, site = new_id(), house.shop.site.id

    def work(conn: Connection) -> None:
        row = {"id": id_, "site_id": site, "person_id": id_, "name": "Ann", "tier": "standard", "owner_id": owner}
        conn.execute(insert(customer).values(**row, created_at=1))
        link = {"site_id": site, "kind": "visitor", "value": me.visitor, "customer_id": id_}
        conn.execute(insert(identity).values(**link, proof="order", at=1))

    await house.shop.store.write(work)


async def test_a_group_of_visits_gets_what_its_visits_alone_would(house: House):
    """Judged in one commit: one is invited, nobody else may be, they get cards; a new process finds all of it."""
    await at_desk(house, capacity=2)
    await house.trigger(Pages(at_least=1), action="invite", content=HELLO)
    await house.trigger(Pages(at_least=1), action="information", content=Content(title="A", text="b"))
    crowd = [browser() for _ in range(4)]
    await asyncio.gather(*(house.look(who, "Things") for who in crowd))
    house.journey = Journey(house.shop.store)
    found = [len(await cards(house, who)) for who in crowd]
    assert sorted(found) == [0, 1, 1, 1]
    assert len(await invitations(house)) == 1
