"""While nobody is there: a time is offered with a name, and what was asked is rung first thing in the morning."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any, cast
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import Connection, insert, select, update

import access.do
import chat.articles
import chat.desks
import chat.do
import chat.library
import chat.queries
import routing.do
import routing.queries
import service.flows.chat
import service.flows.mornings
import service.flows.ringing
import service.flows.staff
import service.present
from chat.ranking import analysed
from chat.tables import conversation, message
from contract.clock import DAY, HOUR, MINUTE, SECOND, now_ms, rfc3339
from contract.ids import new_id
from contract.names import Ms
from contract.talk import Talk
from routing.tables import alert, expert
from service.callers import ExpertCaller, VisitorCaller
from service.flows import unvisited
from service.flows.offering import offer_waiting
from service.limits import Limits
from service.sockets import registry as registries
from service.sockets import talks
from store.sql import counted
from tests.wired.counter import Shop
from tests.wired.test_callbacks import at_home, knows
from tracker.tables import visit
from voice.tables import callback


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    """A shop for this test; the base is the module's."""
    opened = await Shop.open(database_url)
    nights = {"talk": Talk()}
    await opened.store.write(lambda conn: access.do.patch_site(conn, opened.site.id, nights, 0))
    yield opened
    await opened.close()


async def writes(
    shop: Shop, visitor: VisitorCaller, text: str = "Do you have oak?", client_id: str | None = None
) -> str:
    """Into their conversation; its id."""
    talk: str = (await shop.say(visitor, "chat.open"))["conversation"]
    await shop.say(visitor, "message.send", conversation=talk, client_id=client_id or uuid4().hex, text=text)
    return talk


async def at_night(shop: Shop, **frame: Any) -> tuple[VisitorCaller, str]:
    """A visitor wrote hours ago, while nobody was there, and has gone to bed."""
    visitor = await shop.visitor(**frame)
    visit_id = await shop.visit(visitor)
    talk = await writes(shop, visitor)
    now = now_ms()

    def work(conn: Connection) -> None:
        conn.execute(update(alert).where(alert.c.site_id == shop.site.id).values(state="ended", outcome="expired"))
        gone = {"left_at": now - 6 * HOUR, "last_at": now - 6 * HOUR, "started_at": now - 7 * HOUR}
        conn.execute(update(visit).where(visit.c.id == visit_id).values(**gone))
        conn.execute(update(message).where(message.c.conversation_id == talk).values(at=now - 6 * HOUR))
        conn.execute(update(conversation).where(conversation.c.id == talk).values(visitor_at=now - 6 * HOUR))

    await shop.store.write(work)
    return visitor, talk


async def said(shop: Shop, visitor: VisitorCaller, talk: str) -> list[str]:
    """The names of what was said there by itself."""
    return [one["data"]["name"] for one in await shop.messages(visitor, talk) if one["kind"] == "event"]


async def row(shop: Shop, talk: str) -> Any:
    return await shop.store.read(lambda conn: chat.queries.row(conn, talk))


async def bells(shop: Shop, expert: ExpertCaller) -> list[str]:
    """Whose conversations ring at this desk, in their order."""
    rows = await shop.store.read(lambda conn: routing.queries.ringing_for(conn, expert.account.id))
    return [one["trigger_id"] for one in rows]


async def sweeps(shop: Shop, now: Ms | None = None) -> list[str]:
    """What a process does every few seconds; the bells of this shop that it raised."""
    raised = await shop.store.write(lambda conn: service.flows.mornings.ring_kept(conn, now or now_ms()))
    mine = select(alert.c.id).where(alert.c.site_id == shop.site.id, alert.c.id.in_(raised))
    return await shop.store.read(lambda conn: list(conn.execute(mine).scalars()))


async def runs_out(shop: Shop) -> None:
    """Nobody answers any bell: each climbs to its end."""

    def work(conn: Connection) -> int:
        now = now_ms()
        mine = (alert.c.site_id == shop.site.id, alert.c.state == "ringing")
        conn.execute(update(alert).where(*mine).values(due_at=now, raised_at=now - HOUR))
        service.flows.ringing.fire_due(conn, now)
        return counted(conn, alert, *mine)

    for _ in range(10):
        if not await shop.store.write(work):
            return
    raise AssertionError("a bell does not end")


# --- at night ---------------------------------------------------------------------------------------------------------


async def test_who_writes_while_nobody_is_there_is_offered_times_with_a_name(shop: Shop):
    """Once in a conversation, whatever they write; in the site's words, with data for the screens."""
    await shop.expert("Anna")
    visitor = await shop.visitor()
    await shop.visit(visitor)
    talk = await writes(shop, visitor)
    await writes(shop, visitor, "Or ash?")
    messages = await shop.messages(visitor, talk)
    assert [one["kind"] for one in messages] == ["text", "event", "text"]
    offer = messages[1]
    slots = (await shop.say(visitor, "callback.slots"))["slots"]
    assert offer["data"] == {"name": "night.slots", "slots": slots[:4]}
    assert slots[0]["expert"] == "Anna"
    assert offer["text"].startswith("Nobody is here just now. Anna calls or writes ")
    assert offer["author"]["kind"] == "system"


async def test_who_opens_the_chat_at_night_reads_so_and_when_somebody_is_there(shop: Shop):
    """The first time that is free, and whose; once anybody is there, nothing of it."""
    visitor, anna = await shop.visitor(), await shop.expert()
    away = (await shop.say(visitor, "chat.open"))["away"]
    first = (await shop.say(visitor, "callback.slots", topic=""))["slots"][0]
    assert away == first
    await shop.say(anna, "presence.set", status="online")
    assert (await shop.say(visitor, "chat.open"))["away"] is None
    await shop.say(anna, "presence.set", status="away")
    assert (await shop.say(visitor, "chat.open"))["away"] == first


async def test_the_same_message_again_is_answered_once(shop: Shop):
    """Ten times at once, before its answer came."""
    await shop.expert()
    visitor = await shop.visitor()
    talk: str = (await shop.say(visitor, "chat.open"))["conversation"]
    again = {"conversation": talk, "client_id": "one", "text": "Hello?"}
    answers = await asyncio.gather(*(shop.say(visitor, "message.send", **again) for _ in range(10)))
    assert {one["seq"] for one in answers} == {1}
    assert [one["kind"] for one in await shop.messages(visitor, talk)] == ["text", "event"]


async def article(shop: Shop, title: str, text: str) -> None:
    """Published on this site, in English."""

    def work(conn: Connection) -> None:
        values = {"title": title, "text": text, "language": "en", "path": [], "state": "published"}
        chat.articles.create_article(conn, shop.site.id, values, None, now_ms())

    await shop.store.write(work)
    shop.bell.sites.forget()


async def test_an_article_that_fits_is_quoted_as_it_stands_before_a_time_is_offered(shop: Shop):
    """At most two, never made up; what fits nothing is answered by nothing, and the same words are given once."""
    await shop.expert("Anna")
    text = "Parcels are sent on the day of the order. Delivery takes three days to any address in Europe."
    await article(shop, "How long does delivery take?", text)
    await article(shop, "How do I oil oak?", "Oak is oiled twice a year, with a soft cloth.")
    visitor = await shop.visitor()
    await shop.visit(visitor)
    talk = await writes(shop, visitor, "How long does the delivery take?", client_id="a")
    await writes(shop, visitor, "How long does the delivery take?", client_id="a")
    await writes(shop, visitor, "How long does delivery take?")
    await writes(shop, visitor, "Xyzzy plugh?")
    messages = await shop.messages(visitor, talk)
    assert [one["kind"] for one in messages] == ["text", "articles", "event", "text", "text"]
    given = messages[1]
    assert given["author"]["kind"] == "system"
    (quoted,) = given["data"]["articles"]
    assert quoted["title"] == "How long does delivery take?"
    assert quoted["quote"] in text
    assert given["text"] == f"{quoted['title']}\n{quoted['quote']}"


async def test_a_message_of_the_night_is_stored_while_the_articles_are_still_read(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
):
    """It waits a moment; a later question is answered out of them."""
    opened = threading.Event()

    def held(*args: Any) -> Any:
        assert opened.wait(30)
        return analysed(*args)

    monkeypatch.setattr(chat.library, "analysed", held)
    monkeypatch.setattr(service.flows.chat, "PATIENCE", 0.05)
    await shop.expert("Anna")
    await article(shop, "How long does delivery take?", "Delivery takes three days.")
    visitor = await shop.visitor()
    await shop.visit(visitor)
    talk = await writes(shop, visitor, "How long does delivery take?")
    assert [one["kind"] for one in await shop.messages(visitor, talk)] == ["text", "event"]
    opened.set()
    site = await shop.bell.sites.by_id(shop.site.id)
    assert site is not None
    await shop.bell.library.prepare(site)
    monkeypatch.setattr(service.flows.chat, "PATIENCE", 5.0)
    await writes(shop, visitor, "How long does delivery take?")
    assert [one["kind"] for one in await shop.messages(visitor, talk)] == ["text", "event", "text", "articles"]


async def test_who_asks_the_articles_too_often_is_heard_at_night_all_the_same(shop: Shop):
    """Their messages count as looks into the articles; beyond that measure they are stored without them."""
    await shop.expert("Anna")
    await article(shop, "How long does delivery take?", "Delivery takes three days.")
    visitor = await shop.visitor()
    await shop.visit(visitor)
    shop.bell.limits = Limits(clock=lambda: 0.0)
    for _ in range(30):
        shop.bell.limits.search(visitor)
    talk = await writes(shop, visitor, "How long does delivery take?")
    assert [one["kind"] for one in await shop.messages(visitor, talk)] == ["text", "event"]
    shop.bell.limits = Limits(on=False)
    await writes(shop, visitor, "How long does delivery take?")
    assert (await shop.messages(visitor, talk))[-1]["kind"] == "articles"


async def test_by_day_no_article_answers_for_an_expert(shop: Shop):
    """Somebody is there: the same question is rung, and not answered by itself."""
    anna = await shop.expert("Anna")
    await shop.say(anna, "presence.set", status="online")
    await article(shop, "How long does delivery take?", "Delivery takes three days.")
    visitor = await shop.visitor()
    await shop.visit(visitor)
    talk = await writes(shop, visitor, "How long does delivery take?")
    assert [one["kind"] for one in await shop.messages(visitor, talk)] == ["text"]
    assert await bells(shop, anna) == [talk]


@pytest.mark.parametrize("why", ["somebody is online", "by their own word", "an expert has it", "breathing"])
async def test_by_day_nothing_of_the_night_is_said(shop: Shop, why: str):
    """Somebody is there, or it is somebody's."""
    anna, visitor = await shop.expert("Anna"), await shop.visitor()
    await shop.visit(visitor)
    online = why != "an expert has it"
    if online:
        await shop.say(anna, "presence.set", status="online")
    else:
        await shop.open_chat(visitor, anna)
    if why == "breathing":
        breath = update(expert).values(rest_until=now_ms() + MINUTE)
        await shop.store.write(lambda conn: conn.execute(breath).close())
    if why == "by their own word":
        hours = '{"zone":"UTC","week":{},"off":[]}'
        await shop.store.write(lambda conn: routing.do.set_hours(conn, anna.account.id, hours, now_ms()))
    talk = await writes(shop, visitor)
    assert "night.slots" not in await said(shop, visitor, talk)
    assert (await row(shop, talk))["kept_until"] is None


@pytest.mark.parametrize("why", ["offline", "away", "lost", "hours"])
async def test_nobody_is_there_whatever_the_reason(shop: Shop, why: str):
    """Nobody online, or all out of their hours."""
    anna, visitor = await shop.expert("Anna"), await shop.visitor()
    await shop.visit(visitor)
    now = now_ms()
    if why == "away":
        await shop.say(anna, "presence.set", status="away")
    elif why == "lost":
        await shop.store.write(lambda conn: routing.do.set_status(conn, anna.account.id, "online", now - HOUR))
    elif why == "hours":
        today, before = (rfc3339(at)[:10] for at in (now, now - DAY))
        week = ",".join(f'"{day}":[["00:00","24:00"]]' for day in range(1, 8))
        hours = f'{{"zone":"UTC","week":{{{week}}},"off":["{today}"]}}'
        await shop.store.write(lambda conn: routing.do.set_hours(conn, anna.account.id, hours, now))
        await shop.store.write(lambda conn: routing.do.set_status(conn, anna.account.id, "online", now - 2 * DAY))
        lease = update(expert).values(lease_until=now + HOUR)
        await shop.store.write(lambda conn: conn.execute(lease).close())
        assert before != today
    talk = await writes(shop, visitor)
    assert await said(shop, visitor, talk) == ["night.slots"]


async def test_after_an_offer_the_ladder_does_not_say_once_more_that_nobody_is_free(shop: Shop):
    """The bell ends in silence; nobody is told twice."""
    await shop.expert()
    visitor = await shop.visitor()
    await shop.visit(visitor)
    talk = await writes(shop, visitor)
    await runs_out(shop)
    assert await said(shop, visitor, talk) == ["night.slots"]


async def test_without_any_slot_the_ladders_last_words_are_said(shop: Shop):
    """Nobody works at any time that is known: nothing is promised, and whoever comes first is rung."""
    visitor = await shop.visitor()
    await shop.visit(visitor)
    talk = await writes(shop, visitor)
    await runs_out(shop)
    assert await said(shop, visitor, talk) == ["nobody.free"]
    kept = await row(shop, talk)
    assert kept["kept_for"] is None
    assert kept["kept_until"] is not None


async def test_a_time_is_picked_and_both_sides_read_it(shop: Shop):
    """The second of the slots, in writing: no number is asked for, and the conversation is theirs from then on."""
    anna = await shop.expert("Anna")
    visitor = await shop.visitor()
    await shop.visit(visitor)
    talk = await writes(shop, visitor)
    slots = (await shop.messages(visitor, talk))[1]["data"]["slots"]
    when = slots[1]["at"]
    agreed = await shop.say(visitor, "callback.request", client_id="a", channel="write", when=when)
    assert (agreed["at"], agreed["expert"]) == (when, "Anna")
    assert await said(shop, visitor, talk) == ["night.slots", "callback.agreed"]
    kept = await row(shop, talk)
    mine = select(callback.c.at).where(callback.c.id == agreed["callback"])
    at = await shop.store.read(lambda conn: conn.execute(mine).scalar_one())
    assert (kept["kept_for"], kept["kept_until"]) == (anna.account.id, at + 15 * MINUTE)


async def test_the_fallback_of_the_ladder_offers_the_same_slots(shop: Shop):
    """By day, when nobody answered and the site offers a callback."""

    import access.do

    ladder = msgspec.structs.replace(shop.site.ladder, fallback="callback", wait_seconds=0)
    shop.site = await shop.store.write(lambda conn: access.do.patch_site(conn, shop.site.id, {"ladder": ladder}, 0))
    anna = await shop.expert("Anna")
    await shop.say(anna, "presence.set", status="online")
    visitor = await shop.visitor()
    await shop.visit(visitor)
    talk = await writes(shop, visitor)
    await runs_out(shop)
    last = (await shop.messages(visitor, talk))[-1]
    assert last["data"]["name"] == "nobody.callback"
    assert [one["expert"] for one in last["data"]["slots"]] == ["Anna"] * 4


@pytest.mark.parametrize("event", ["night.slots", "nobody.callback"])
async def test_the_key_alone_hears_no_name_and_no_time_of_theirs_wherever_slots_are_named(shop: Shop, event: str):
    """Where nobody is there: in what `chat.open` says of it, in the answer at night, and when a bell has ended."""
    ladder = msgspec.structs.replace(shop.site.ladder, fallback="callback", wait_seconds=0)
    rules = {"talk": Talk(night=event == "night.slots"), "ladder": ladder}
    shop.site = await shop.store.write(lambda conn: access.do.patch_site(conn, shop.site.id, rules, 0))
    owner, best = await shop.expert("Owner"), await shop.expert("Best")
    await knows(shop, best, "Things", level=5)
    frame, *others = await at_home(shop, owner)
    await shop.visit(frame)
    served = (await shop.say(frame, "chat.open"))["conversation"]
    await shop.say(owner, "conversation.close", conversation=served)
    for caller, name in [*((one, "Best") for one in others), (frame, "Owner")]:
        opened = await shop.say(caller, "chat.open")
        talk = opened["conversation"]
        assert opened["away"]["expert"] == name
        await shop.say(caller, "message.send", conversation=talk, client_id=uuid4().hex, text="Is it ready?")
        await runs_out(shop)
        (said,) = [one["data"] for one in await shop.messages(caller, talk) if one["kind"] == "event"]
        assert (said["name"], {slot["expert"] for slot in said["slots"]}) == (event, {name})


# --- in the morning ---------------------------------------------------------------------------------------------------


async def test_it_rings_at_its_owner_when_they_come_online_before_all_others(shop: Shop):
    """Boris came first and hears nothing of it; whoever wrote this morning stands below."""
    anna = await shop.expert("Anna", capacity=2)
    _, talk = await at_night(shop)
    boris = await shop.expert("Boris")
    await shop.say(boris, "presence.set", status="online")
    assert await sweeps(shop) == []
    assert await bells(shop, boris) == []
    await shop.say(boris, "presence.set", status="offline")
    early = await shop.visitor()
    await shop.visit(early)
    await shop.store.write(lambda conn: conn.execute(insert(conversation).values(
        id=new_id(), site_id=shop.site.id, visitor_id=early.visitor, state="open", last_seq=0,
        visitor_read_seq=0, expert_read_seq=0, opened_at=now_ms(),
    )).close())  # fmt: skip
    await shop.say(anna, "presence.set", status="online")
    await writes(shop, early)
    heard = await bells(shop, anna)
    assert heard[0] == talk
    assert len(heard) == 2


async def test_accepting_it_takes_the_conversation_of_the_night(shop: Shop):
    """Also one bound to a frame that nobody was seen in for hours: the answer stands where the question does, and it
    is not closed because its visitor sleeps."""
    anna = await shop.expert("Anna")
    visitor, talk = await at_night(shop, frame="secret")
    await shop.say(anna, "presence.set", status="online")
    (bell,) = await shop.store.read(lambda conn: routing.queries.ringing_for(conn, anna.account.id))
    opened = await shop.say(anna, "alert.accept", alert=bell["id"])
    assert opened["conversation"] == talk
    await shop.say(anna, "message.send", conversation=talk, client_id="a", text="Yes, oak.")
    assert await shop.store.write(lambda conn: unvisited.free(conn, now_ms() + DAY).conversations) == []
    back = await shop.say(visitor, "chat.open")
    assert (back["conversation"], back["messages"][-1]["text"]) == (talk, "Yes, oak.")


async def test_it_rings_once_for_its_owner_however_often_they_come_back(shop: Shop):
    """Silent, they leave it to the others when its time is over; on their desk it stays theirs until it is taken."""
    anna = await shop.expert("Anna")
    _, talk = await at_night(shop)
    await shop.say(anna, "presence.set", status="online")
    assert await bells(shop, anna) == [talk]
    await runs_out(shop)
    assert await bells(shop, anna) == []
    await shop.say(anna, "presence.set", status="online")
    assert await bells(shop, anna) == []

    async def kept_for() -> Any:
        held = await row(shop, talk)
        briefs = await shop.store.read(lambda conn: service.present.conversation_briefs(conn, [held], now_ms()))
        return briefs[0].kept_for

    await sweeps(shop, (await row(shop, talk))["kept_until"])
    assert await kept_for() == anna.account.id
    await shop.say(anna, "message.send", conversation=talk, client_id="a", text="Yes, oak.")
    assert await kept_for() is None


async def test_whoever_is_there_is_rung_when_its_owner_has_not_come_in_time(shop: Shop):
    """A quarter of an hour after their time; once, and the next morning again."""
    await shop.expert("Anna")
    _, talk = await at_night(shop)
    boris = await shop.expert("Boris")
    kept = await row(shop, talk)
    await shop.store.write(lambda conn: routing.do.set_status(conn, boris.account.id, "online", now_ms() + 3 * DAY))
    assert await sweeps(shop, kept["kept_until"] - 1) == []
    assert len(await sweeps(shop, kept["kept_until"])) == 1
    assert await bells(shop, boris) == [talk]
    assert await sweeps(shop, kept["kept_until"] + SECOND) == []
    await runs_out(shop)
    assert len(await sweeps(shop, kept["kept_until"] + 21 * HOUR)) == 1


async def test_nobody_there_rings_nobody_and_wastes_no_morning(shop: Shop):
    """It is rung when somebody is."""
    await shop.expert("Anna")
    _, talk = await at_night(shop)
    late = (await row(shop, talk))["kept_until"] + HOUR
    assert await sweeps(shop, late) == []
    boris = await shop.expert("Boris")
    await shop.store.write(lambda conn: routing.do.set_status(conn, boris.account.id, "online", late))
    assert len(await sweeps(shop, late)) == 1
    assert await bells(shop, boris) == [talk]


async def test_no_more_ring_than_there_are_places_and_the_next_when_one_is_free(shop: Shop):
    """Three questions of the night, one place: one after the other, nobody else hears them."""
    anna = await shop.expert("Anna", capacity=1)
    talks = [(await at_night(shop))[1] for _ in range(3)]
    boris = await shop.expert("Boris")
    await shop.say(boris, "presence.set", status="online")
    await shop.say(anna, "presence.set", status="online")
    for talk in talks:
        assert await bells(shop, anna) == [talk]
        await shop.store.write(lambda conn: offer_waiting(conn, [shop.site.id], now_ms()))
        assert await bells(shop, boris) == []
        (bell,) = await shop.store.read(lambda conn: routing.queries.ringing_for(conn, anna.account.id))
        await shop.say(anna, "alert.accept", alert=bell["id"])
        await shop.say(anna, "conversation.close", conversation=talk)
        await shop.bell.stop_background()
        await shop.say(anna, "presence.set", status="online")


async def test_what_somebody_took_at_night_rings_nobody_in_the_morning(shop: Shop):
    """Boris worked late and answered."""
    anna, boris = await shop.expert("Anna"), await shop.expert("Boris")
    _, talk = await at_night(shop)
    await shop.say(boris, "message.send", conversation=talk, client_id="b", text="Yes.")
    await shop.say(anna, "presence.set", status="online")
    assert await bells(shop, anna) == []
    assert await sweeps(shop, now_ms() + 3 * DAY) == []


async def test_when_its_owner_leaves_the_house_the_promise_and_the_conversation_go_to_the_next(shop: Shop):
    """Both together."""
    await shop.expert("Anna")
    visitor, talk = await at_night(shop)
    await shop.say(visitor, "callback.request", client_id="a", channel="write", when=rfc3339(now_ms() + DAY))
    owner = (await row(shop, talk))["kept_for"]
    boris, boss = await shop.expert("Boris"), await shop.expert("Boss", site=shop.other_site)
    assert owner not in (None, boris.account.id)
    await shop.store.write(lambda conn: service.flows.staff.dismiss(conn, owner, boss.account, now_ms()))
    assert (await row(shop, talk))["kept_for"] == boris.account.id
    await shop.say(boris, "presence.set", status="online")
    assert await bells(shop, boris) == [talk]


async def test_nobody_is_told_a_place_in_the_queue_for_what_they_asked_at_night(shop: Shop):
    """They were offered a time."""
    anna = await shop.expert("Anna")
    visitor, talk = await at_night(shop)
    await shop.say(anna, "presence.set", status="online")
    await runs_out(shop)
    assert await said(shop, visitor, talk) == ["night.slots"]


async def test_a_site_that_wants_no_answers_at_night_says_nothing_by_itself(shop: Shop):
    """Switched off in the site's settings: the bell, and the last words of the ladder."""
    await shop.expert()
    silent = {"talk": Talk(night=False)}
    await shop.store.write(lambda conn: access.do.patch_site(conn, shop.site.id, silent, 0))
    visitor = await shop.visitor()
    await shop.visit(visitor)
    talk = await writes(shop, visitor)
    assert await said(shop, visitor, talk) == []
    await runs_out(shop)
    assert await said(shop, visitor, talk) == ["nobody.free"]


# --- until it is settled ----------------------------------------------------------------------------------------------


async def stands(shop: Shop, expert: ExpertCaller) -> list[str]:
    """What stands on this desk."""
    found = await shop.store.read(lambda conn: chat.desks.desk_of(conn, expert.account.id, now_ms(), [shop.site.id]))
    return [one["id"] for one in found]


@pytest.mark.parametrize("channel", ["call", "write"])
async def test_a_promise_without_a_word_of_the_visitor_is_no_question_that_nobody_answers(shop: Shop, channel: str):
    """It is kept for nobody's morning, stands on nobody's desk, and rings nobody when its time is over."""
    anna, boris = await shop.expert("Anna"), await shop.expert("Boris")
    visitor = await shop.visitor()
    await shop.visit(visitor)
    talk: str = (await shop.say(visitor, "chat.open"))["conversation"]
    asks = {"client_id": "a", "channel": channel, "phone": "+1 202 555 0123", "when": rfc3339(now_ms() + DAY)}
    await shop.say(visitor, "callback.request", **asks)
    assert await said(shop, visitor, talk) == ["callback.agreed"]
    assert (await row(shop, talk))["kept_until"] is None
    assert await stands(shop, anna) == await stands(shop, boris) == []


@pytest.mark.parametrize("command", ["callback.done", "callback.missed"])
async def test_what_was_kept_is_over_when_its_promise_is_settled(shop: Shop, command: str):
    """Its bell too; a colleague who says so is enough."""
    anna, boris = await shop.expert("Anna"), await shop.expert("Boris")
    visitor, talk = await at_night(shop)
    promise = {"client_id": "a", "channel": "write", "when": rfc3339(now_ms() + DAY)}
    agreed = await shop.say(visitor, "callback.request", **promise)
    assert await stands(shop, anna) == await stands(shop, boris) == [talk]
    await shop.say(anna, "presence.set", status="online")
    await shop.say(boris, "presence.set", status="online")
    assert [*await bells(shop, anna), *await bells(shop, boris)] == [talk]
    await shop.say(boris, command, callback=agreed["callback"])
    assert (await row(shop, talk))["state"] == "closed"
    assert [*await bells(shop, anna), *await bells(shop, boris)] == []
    assert await stands(shop, anna) == await stands(shop, boris) == []
    assert ("conversation", talk) in shop.bus.rung


async def test_what_the_visitor_wrote_after_the_time_that_was_promised_is_not_over(shop: Shop):
    """Nobody has settled those words."""
    anna = await shop.expert("Anna")
    visitor, talk = await at_night(shop)
    promise = {"client_id": "a", "channel": "write", "when": rfc3339(now_ms() + DAY)}
    agreed = await shop.say(visitor, "callback.request", **promise)
    late = update(callback).where(callback.c.id == agreed["callback"]).values(at=now_ms() - HOUR)
    await shop.store.write(lambda conn: conn.execute(late).close())
    await writes(shop, visitor, "You did not write.")
    await shop.say(anna, "callback.missed", callback=agreed["callback"])
    assert await stands(shop, anna) == [talk]


async def test_what_somebody_talks_about_is_not_over_with_the_promise(shop: Shop):
    """They have taken it, and end it themselves."""
    anna = await shop.expert("Anna")
    visitor, talk = await at_night(shop)
    promise = {"client_id": "a", "channel": "write", "when": rfc3339(now_ms() + DAY)}
    agreed = await shop.say(visitor, "callback.request", **promise)
    await shop.say(anna, "message.send", conversation=talk, client_id="b", text="Yes, oak.")
    await shop.say(anna, "callback.done", callback=agreed["callback"])
    assert (await row(shop, talk))["state"] == "open"


async def test_the_line_of_what_nobody_has_shows_the_question_and_not_what_was_offered(shop: Shop):
    """Once somebody has it, the newest message is what it says."""
    anna = await shop.expert("Anna")
    visitor, talk = await at_night(shop)

    async def last() -> Any:
        held = await row(shop, talk)
        briefs = await shop.store.read(lambda conn: service.present.conversation_briefs(conn, [held], now_ms()))
        return briefs[0].last and briefs[0].last.text

    assert "night.slots" in await said(shop, visitor, talk)
    assert await last() == "Do you have oak?"
    await shop.say(anna, "message.send", conversation=talk, client_id="b", text="Yes, oak.")
    assert await last() == "Yes, oak."


async def test_what_nobody_was_there_for_comes_to_every_desk_of_its_site_by_itself(shop: Shop):
    """Also to a desk that had never heard of it; and so does its end."""
    anna = await shop.expert("Anna")
    foreign = await shop.expert(site=shop.other_site)
    _, talk = await at_night(shop)
    registry = registries.Registry()
    desks = [registries.Connection(id_, "/expert", caller) for id_, caller in (("a", anna), ("f", foreign))]
    for one in desks:
        registry.add(one)

    async def told() -> list[tuple[str, str, str]]:
        found = await shop.store.read(lambda conn: talks.conversation(conn, registry, talk))
        return [(to.sid, name, cast(Any, data).conversation.state) for to, name, data in found]

    assert await told() == [("a", "conversation.changed", "open")]
    assert await told() == []
    await shop.say(anna, "conversation.close", conversation=talk)
    assert await told() == [("a", "conversation.changed", "closed")]
