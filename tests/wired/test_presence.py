"""Who is reachable, and what becomes of those who talk with somebody who leaves: in the base, without sockets."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import Connection, insert, select, update

import access.do
import chat.desks
import chat.served
import routing.do
import routing.queries
import tracker.queries
from access.queries import account_by_id
from access.tables import account
from chat.tables import conversation
from contract.clock import MINUTE, SECOND, now_ms
from contract.errors import Refused
from contract.hours import Hours
from contract.names import Ms
from contract.rest_experts import ExpertPatch
from crm.tables import customer, identity
from routing.hours import checked
from routing.presence import absent, sitting
from routing.tables import alert, expert, ring
from routing.triggers import Firing
from service.callers import ExpertCaller, VisitorCaller
from service.flows import staff
from service.flows.judging import raise_and_ring
from service.flows.offering import offer_waiting
from service.flows.reachable import HAND_ON_AFTER, Told, Watched, hand_on_lost, may_ring, wake
from service.flows.ringing import fire_due
from tests.wired.counter import Shop, at_desk


@pytest.fixture
async def shop(fresh_database_url: str) -> AsyncIterator[Shop]:
    opened = await Shop.open(fresh_database_url)
    yield opened
    await opened.close()


async def on_site(shop: Shop) -> VisitorCaller:
    """A visitor with a page open."""
    visitor = await shop.visitor()
    await shop.visit(visitor)
    return visitor


async def talking(shop: Shop, who: ExpertCaller) -> tuple[VisitorCaller, str]:
    visitor = await on_site(shop)
    return visitor, await shop.open_chat(visitor, who)


async def asks(shop: Shop) -> str:
    """Somebody writes, and nobody has the conversation: the bell rings. The alert's id."""
    visitor = await on_site(shop)
    opened = await shop.open_chat(visitor)
    before = {row["id"] for row in await rows(shop, alert)}
    await shop.say(visitor, "message.send", conversation=opened, client_id=uuid4().hex, text="Anybody there?")
    (raised,) = [row["id"] for row in await rows(shop, alert) if row["id"] not in before]
    return str(raised)


async def rows(shop: Shop, table: Any) -> list[dict[str, Any]]:
    return await shop.store.read(lambda conn: [dict(row) for row in conn.execute(select(table)).mappings()])


async def desk(shop: Shop, who: ExpertCaller) -> dict[str, Any]:
    found = await shop.store.read(lambda conn: routing.queries.desk_row(conn, who.account.id))
    assert found is not None
    return found


async def set_desk(shop: Shop, who: ExpertCaller, **values: Any) -> None:
    await shop.store.write(
        lambda conn: conn.execute(update(expert).where(expert.c.id == who.account.id).values(**values)).close()
    )


async def rings_at(shop: Shop, who: ExpertCaller) -> list[str]:
    """The alerts that ring at this desk now."""
    found = await shop.store.read(lambda conn: routing.queries.ringing_for(conn, who.account.id))
    return [row["id"] for row in found]


async def holder(shop: Shop, conversation_id: str) -> str | None:
    (row,) = [row for row in await rows(shop, conversation) if row["id"] == conversation_id]
    assert row["state"] == "open"
    held: str | None = row["expert_id"]
    return held


# --- leaving -------------------------------------------------------------------------------------------------------


async def test_whoever_goes_offline_hands_their_conversations_on_and_the_visitors_read_so(shop: Shop):
    """A bell as for a question, at a colleague; a line in the conversation; never again at the one who left."""
    anna, boris = await at_desk(shop), await at_desk(shop, "Boris")
    visitor, talk = await talking(shop, anna)
    shop.bus.rung.clear()
    await shop.say(anna, "presence.set", status="offline")
    assert await holder(shop, talk) is None
    last = (await shop.messages(visitor, talk))[-1]
    assert last["text"] == "Anna had to leave. We are looking for a colleague."
    assert (last["kind"], last["data"]) == ("event", {"name": "expert.left", "expert": "Anna"})
    assert {("conversation", talk), ("expert", anna.account.id)} <= set(shop.bus.rung)
    (bell,) = await rings_at(shop, boris)
    await shop.say(anna, "presence.set", status="online")
    assert await rings_at(shop, anna) == []
    opened = await shop.say(boris, "alert.accept", alert=bell)
    assert opened["conversation"] == talk
    assert await holder(shop, talk) == boris.account.id


async def test_who_left_is_remembered_as_who_served_until_somebody_takes_over(shop: Shop):
    """Their visitor comes back to the one who knows them; while nobody has it, nobody is talking."""
    anna, boris = await at_desk(shop), await at_desk(shop, "Boris")
    visitor, _ = await talking(shop, anna)

    async def served() -> chat.served.Served:
        return await shop.store.read(lambda conn: chat.served.served(conn, [visitor.visitor])[visitor.visitor])

    await shop.say(anna, "presence.set", status="offline")
    left = await served()
    assert (left.expert, left.talking) == (anna.account.id, False)
    await shop.say(boris, "alert.accept", alert=(await rings_at(shop, boris))[0])
    over = await served()
    assert (over.expert, over.talking) == (boris.account.id, True)


async def test_away_keeps_the_conversations_and_sends_the_bells_on(shop: Shop):
    anna = await at_desk(shop)
    _, talk = await talking(shop, anna)
    bell = await asks(shop)
    assert await rings_at(shop, anna) == [bell]
    boris = await at_desk(shop, "Boris")
    await shop.say(anna, "presence.set", status="away", reason="lunch")
    assert await holder(shop, talk) == anna.account.id
    assert await rings_at(shop, anna) == []
    await shop.store.write(lambda conn: offer_waiting(conn, [shop.site.id], now_ms()))
    assert bell in await rings_at(shop, boris)


async def test_where_nobody_is_there_the_conversation_stays_open_on_every_desk(shop: Shop):
    """Boris finds it when he comes, also after its bell has ended."""
    anna = await at_desk(shop)
    visitor, talk = await talking(shop, anna)
    await shop.say(anna, "presence.set", status="offline")
    for _ in range(5):
        (bell,) = await rows(shop, alert)
        if bell["state"] != "ringing":
            break
        await rings_out(shop, bell["id"])
    assert (bell["state"], bell["outcome"]) == ("ended", "expired")
    assert (await shop.messages(visitor, talk))[-1]["data"] == {"name": "nobody.free"}
    boris = await at_desk(shop, "Boris")
    found = await shop.store.read(lambda conn: chat.desks.desk_of(conn, boris.account.id, now_ms(), [shop.site.id]))
    assert [row["id"] for row in found] == [talk]
    await shop.say(boris, "message.send", conversation=talk, client_id="1", text="Here I am.")
    assert await holder(shop, talk) == boris.account.id


async def test_no_conversation_is_left_with_somebody_who_left_while_they_took_it(shop: Shop):
    """Accept and offline in the same moment, many times: whoever wins, the visitor is nobody's or has somebody."""
    anna = await at_desk(shop)
    for _ in range(15):
        await shop.say(anna, "presence.set", status="online")
        visitor = await on_site(shop)
        talk = await shop.open_chat(visitor)
        await shop.say(visitor, "message.send", conversation=talk, client_id=uuid4().hex, text="Hello?")
        (bell,) = await rings_at(shop, anna)
        answer, _ = await asyncio.gather(
            shop.refusal(anna, "alert.accept", alert=bell), shop.say(anna, "presence.set", status="offline")
        )
        assert answer in ("ok", "not_online", "alert_over")
        assert await holder(shop, talk) is None
        await shop.say(visitor, "message.send", conversation=talk, client_id=uuid4().hex, text="Bye.")
        await shop.store.write(lambda conn: conn.execute(update(conversation).values(state="closed")).close())
        await shop.store.write(lambda conn: conn.execute(update(alert).values(state="ended")).close())


async def test_a_lost_line_hands_on_a_minute_after_its_lease_and_only_once(shop: Shop):
    """Not a moment sooner, not from whoever is connected to us; the person is told how many when they are back."""
    anna, boris = await at_desk(shop), await at_desk(shop, "Boris")
    talks = [(await talking(shop, anna))[1] for _ in range(2)]
    now = now_ms()
    await set_desk(shop, anna, lease_until=now)

    async def look(at: Ms, here: set[str] | None = None) -> Told:
        return await shop.store.write(lambda conn: hand_on_lost(conn, at, here or set()))

    assert await look(now + HAND_ON_AFTER - 1) == Told()
    assert await look(now + HAND_ON_AFTER, {anna.account.id}) == Told()
    told, again = await asyncio.gather(look(now + HAND_ON_AFTER), look(now + HAND_ON_AFTER))
    assert sorted(told.conversations + again.conversations) == sorted(talks)
    assert told.experts + again.experts == [anna.account.id]
    assert [await holder(shop, talk) for talk in talks] == [None, None]
    assert len(await rings_at(shop, boris)) == 2
    assert (await desk(shop, anna))["handed_on"] == 2
    await shop.say(anna, "presence.set", status="online", reason="idle")
    assert (await desk(shop, anna))["handed_on"] == 2
    await shop.say(anna, "presence.set", status="online")
    assert (await desk(shop, anna))["handed_on"] == 0


async def test_a_line_that_comes_back_in_time_hands_nothing_on(shop: Shop):
    """The lease is renewed by any process: nobody is lost."""
    anna = await at_desk(shop)
    _, talk = await talking(shop, anna)
    now = now_ms()
    await set_desk(shop, anna, lease_until=now)
    await shop.store.write(lambda conn: routing.do.renew_leases(conn, [anna.account.id], now + HAND_ON_AFTER - 1))
    assert await shop.store.write(lambda conn: hand_on_lost(conn, now + HAND_ON_AFTER, set())) == Told()
    assert await holder(shop, talk) == anna.account.id


def test_whoever_was_away_themselves_watches_anew():
    """A start, a gap, a clock that was put back, a failed renewal: the minute begins again."""
    watched = Watched(gap=15 * SECOND)
    assert watched.until(1_000_000) == 0
    assert [watched.until(1_000_000 + n * 15 * SECOND) for n in (1, 2, 4)] == [15_000, 30_000, 0]
    assert watched.until(1_000_000 + 4 * 15 * SECOND + 1) == 1
    assert watched.until(1_000_000) == 0
    assert watched.until(1_000_010) == 10
    watched.interrupted()
    assert watched.until(1_000_020) == 0


# --- words, hours, breath, missed bells ----------------------------------------------------------------------------


async def test_a_reason_is_kept_until_the_next_word_and_the_desk_is_no_person(shop: Shop):
    """What the desk says by itself neither counts as their word nor stays once they are back."""
    anna = await shop.expert()
    before = now_ms()
    await shop.say(anna, "presence.set", status="away", reason="  lunch ")
    row = await desk(shop, anna)
    assert (row["status"], row["status_reason"]) == ("away", "lunch")
    assert before <= row["status_at"] <= now_ms()
    await shop.say(anna, "presence.set", status="online")
    said = (await desk(shop, anna))["status_at"]
    await set_desk(shop, anna, missed=2)
    await shop.say(anna, "presence.set", status="away", reason="idle")
    row = await desk(shop, anna)
    assert (row["status"], row["status_reason"], row["status_at"], row["missed"]) == ("away", "idle", said, 2)
    await shop.say(anna, "presence.set", status="online", reason="idle")
    row = await desk(shop, anna)
    assert (row["status"], row["status_reason"], row["status_at"], row["missed"]) == ("online", "", said, 2)
    assert await shop.refusal(anna, "presence.set", status="away", reason="a\x00b") == "bad_text"
    with pytest.raises(msgspec.ValidationError):
        await shop.say(anna, "presence.set", status="away", reason="x" * 101)


async def test_a_waiting_alert_rings_when_the_breath_is_over(shop: Shop):
    """Closed, and quiet for a minute; then the one who waited."""
    anna = await at_desk(shop)
    await shop.store.write(lambda conn: routing.do.set_breath(conn, anna.account.id, 60))
    _, talk = await talking(shop, anna)
    await shop.say(anna, "conversation.close", conversation=talk)
    row = await desk(shop, anna)
    assert absent(sitting(row), now_ms()) == "breathing"
    assert now_ms() + 55 * SECOND < row["rest_until"] == row["wake_at"] <= now_ms() + MINUTE
    bell = await asks(shop)
    assert await rings_at(shop, anna) == []
    soon = row["wake_at"]
    await set_desk(shop, anna, lease_until=soon + MINUTE)
    assert await shop.store.write(lambda conn: wake(conn, soon - 1)) == Told()
    (told, again) = await asyncio.gather(*(shop.store.write(lambda conn: wake(conn, soon)) for _ in range(2)))
    assert told.alerts + again.alerts == [bell]
    assert await rings_at(shop, anna) == [bell]
    assert (await desk(shop, anna))["wake_at"] is None


async def test_without_a_breath_the_next_bell_rings_at_once(shop: Shop):
    anna = await at_desk(shop, capacity=1)
    _, talk = await talking(shop, anna)
    bell = await asks(shop)
    assert await rings_at(shop, anna) == []
    await shop.say(anna, "conversation.close", conversation=talk)
    for _ in range(50):
        if await rings_at(shop, anna) == [bell]:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("never rang")


async def test_a_waiting_alert_rings_when_the_day_begins(shop: Shop):
    """Their word is from yesterday: they do not work now, and a bell rings there when their span begins."""
    anna = await at_desk(shop)
    tomorrow = now_ms() + 30 * 3_600_000
    hours = checked(Hours(zone="UTC", week={day: [("00:00", "24:00")] for day in "1234567"}, off=[]))  # type: ignore[misc]
    await shop.store.write(lambda conn: routing.do.set_hours(conn, anna.account.id, hours, tomorrow))
    row = await desk(shop, anna)
    starts = row["wake_at"]
    assert tomorrow < starts <= tomorrow + 24 * 3_600_000
    assert starts % (24 * 3_600_000) == 0
    bell = await asks(shop)
    await shop.store.write(lambda conn: conn.execute(update(ring).values(outcome="silent")).close())
    await set_desk(shop, anna, lease_until=starts + MINUTE)
    told = await shop.store.write(lambda conn: wake(conn, starts))
    assert (told.alerts, told.experts) == ([bell], [anna.account.id])
    assert (await desk(shop, anna))["wake_at"] == starts + 24 * 3_600_000


async def rings_out(shop: Shop, bell: str) -> None:
    """Its rung is over now."""

    def work(conn: Connection) -> None:
        now = now_ms()
        conn.execute(update(alert).where(alert.c.id == bell).values(due_at=now))
        fire_due(conn, now)

    await shop.store.write(work)


async def test_three_bells_in_a_row_that_ring_out_make_somebody_away(shop: Shop):
    """Counted in the base, reset by an answer, by a word, by writing to a visitor; never for what rings at several."""
    anna = await at_desk(shop)

    async def ring_out(times: int) -> None:
        for _ in range(times):
            await rings_out(shop, await asks(shop))

    await ring_out(2)
    assert (await desk(shop, anna))["missed"] == 2
    await shop.say(anna, "alert.decline", alert=await asks(shop))
    assert (await desk(shop, anna))["missed"] == 0
    await ring_out(2)
    await shop.say(anna, "presence.set", status="online")
    await ring_out(2)
    await talking(shop, anna)  # writes
    await ring_out(2)
    assert (await desk(shop, anna))["status"] == "online"
    boris = await at_desk(shop, "Boris")
    await ring_out(2)
    assert (await desk(shop, anna))["status"] == "online"
    await shop.say(boris, "presence.set", status="offline")
    await ring_out(1)
    row = await desk(shop, anna)
    assert (row["status"], row["status_reason"], row["missed"]) == ("away", "missed", 0)


async def test_bells_that_ring_beside_one_another_are_missed_once(shop: Shop):
    """Whoever was out for a minute comes back to four that rang out: that is one absence."""
    anna = await at_desk(shop)
    bells = [await asks(shop) for _ in range(4)]
    await asyncio.sleep(0.002)
    for bell in bells:
        await rings_out(shop, bell)
    row = await desk(shop, anna)
    assert (row["status"], row["missed"]) == ("online", 1)


async def rings_for_pages(shop: Shop, *, known: bool) -> str:
    """A trigger rings for somebody who only looks. The alert's id."""
    visitor = await on_site(shop)

    def work(conn: Connection) -> str:
        if known:
            id_, now = str(uuid4()), now_ms()
            row = {"id": id_, "site_id": shop.site.id, "person_id": id_, "name": "Carla", "tier": "standard"}
            conn.execute(insert(customer).values(**row, created_at=now))
            link = {"site_id": shop.site.id, "kind": "visitor", "value": visitor.visitor, "customer_id": id_}
            conn.execute(insert(identity).values(**link, proof="order", at=now))
        visit = tracker.queries.newest_visit(conn, visitor.visitor)
        assert visit is not None
        firing = Firing(trigger=str(uuid4()), name="deep", occasion=visit.id)
        raised = raise_and_ring(conn, shop.site, firing, visit)
        assert raised is not None
        return raised

    return await shop.store.write(work)


@pytest.mark.parametrize("known", [False, True])
async def test_bells_that_strangers_ring_by_looking_send_nobody_away(shop: Shop, *, known: bool):
    """A few keys would empty the house; a customer's bell counts whatever rang it. Silence stays on record."""
    anna = await at_desk(shop)
    for _ in range(3):
        await rings_out(shop, await rings_for_pages(shop, known=known))
    row = await desk(shop, anna)
    assert (row["status"], row["status_reason"]) == (("away", "missed") if known else ("online", ""))
    assert "silent" in {one["outcome"] for one in await rows(shop, ring)}
    if not known:
        assert row["missed"] == 0
        for _ in range(3):
            await rings_out(shop, await asks(shop))
        assert (await desk(shop, anna))["status"] == "away", "who writes is somebody"


# --- the people of the house ---------------------------------------------------------------------------------------


async def administrator(shop: Shop) -> ExpertCaller:
    def work(conn: Connection) -> ExpertCaller:
        made = access.do.create_account(
            conn, email=f"{uuid4().hex}@x.example", name="Boss", password_hash="-", role="admin", now=now_ms()
        )
        return ExpertCaller(account=made, language="en")

    return await shop.store.write(work)


async def test_whoever_is_dismissed_leaves_bells_and_conversations_to_colleagues(shop: Shop):
    """While their bell rings, while they talk: nobody is lost, and history keeps their name."""
    boss, anna = await administrator(shop), await at_desk(shop)
    visitor, talk = await talking(shop, anna)
    bell = await asks(shop)
    boris = await at_desk(shop, "Boris")
    told = await shop.store.write(lambda conn: staff.dismiss(conn, anna.account.id, boss.account, now_ms()))
    assert (told.conversations, told.experts) == ([talk], [anna.account.id])
    assert await holder(shop, talk) is None
    assert await rings_at(shop, anna) == []
    await shop.store.write(lambda conn: offer_waiting(conn, [shop.site.id], now_ms()))
    assert {bell} < set(await rings_at(shop, boris))
    assert "Anna" in [message["author"]["name"] for message in await shop.messages(visitor, talk)]
    assert await shop.store.read(lambda conn: account_by_id(conn, anna.account.id)) is None
    assert await shop.store.write(lambda conn: may_ring(conn, anna.account.id, now_ms())) == []


async def test_of_two_administrators_who_dismiss_each_other_one_stays(shop: Shop):
    one, other = await administrator(shop), await administrator(shop)

    async def dismiss(who: ExpertCaller, by: ExpertCaller) -> str:
        try:
            await shop.store.write(lambda conn: staff.dismiss(conn, who.account.id, by.account, now_ms()))
        except Refused as refused:
            return refused.code
        return "ok"

    assert await dismiss(one, one) == "forbidden"
    assert sorted(await asyncio.gather(dismiss(one, other), dismiss(other, one))) == ["forbidden", "ok"]
    (left,) = [row for row in await rows(shop, account) if row["role"] == "admin" and row["active"]]
    demoted = ExpertPatch(role="expert")
    with pytest.raises(Refused):
        await shop.store.write(lambda conn: staff.change(conn, left["id"], demoted, None, None, now_ms()))


async def test_who_loses_a_site_hands_on_what_is_open_there_and_keeps_the_rest(shop: Shop):
    """Their topics move with the sites."""
    anna = await at_desk(shop)
    both = [shop.site.id, shop.other_site.id]
    topics = [{"path": ["Things"], "level": 4}]
    first = msgspec.convert({"sites": both, "topics": topics}, ExpertPatch)
    await shop.store.write(lambda conn: staff.change(conn, anna.account.id, first, both, None, now_ms()))
    _, here = await talking(shop, anna)
    visitor = await shop.visitor(site=shop.other_site)
    await shop.visit(visitor)
    more = ExpertCaller(account=msgspec.structs.replace(anna.account, sites=frozenset(both)), language="en")
    there = await shop.open_chat(visitor, more)
    only = msgspec.convert({"sites": [shop.other_site.id]}, ExpertPatch)
    told = await shop.store.write(
        lambda conn: staff.change(conn, anna.account.id, only, [shop.other_site.id], None, now_ms())
    )
    assert told.conversations == [here]
    assert (await holder(shop, here), await holder(shop, there)) == (None, anna.account.id)
    known = await shop.store.read(lambda conn: routing.queries.knowledge(conn, [anna.account.id]))
    assert known == {anna.account.id: [(["Things"], 4)]}


# --- whose business it is no more ----------------------------------------------------------------------------------


async def changes(shop: Shop, who: ExpertCaller, **asked: Any) -> Told:
    sites = asked.pop("sites", None)
    patch = ExpertPatch(**asked)
    return await shop.store.write(lambda conn: staff.change(conn, who.account.id, patch, sites, None, now_ms()))


@pytest.mark.parametrize("command", ["alert.accept", "alert.decline"])
@pytest.mark.parametrize("change", ["sites", "role"])
async def test_who_works_elsewhere_now_answers_no_bell_that_rang_here(shop: Shop, command: str, change: str):
    """Taken off the site, or a marketer: the bell looks like one that never was, and goes on for the others."""
    anna = await at_desk(shop)
    bell = await asks(shop)
    boris = await at_desk(shop, "Boris")
    values: dict[str, Any] = {"sites": [shop.other_site.id]} if change == "sites" else {"role": "marketer"}
    told = await changes(shop, anna, **values)
    assert bell in told.alerts
    assert await rings_at(shop, anna) == []
    assert await shop.refusal(anna, command, alert=bell) == "not_found"
    await shop.store.write(lambda conn: offer_waiting(conn, [shop.site.id], now_ms()))
    assert await rings_at(shop, boris) == [bell]
    assert await shop.refusal(boris, command, alert=bell) == "ok"


async def test_a_ring_that_outlived_a_change_is_answered_by_nobody(shop: Shop):
    """The row alone is no right: also where the bell was held elsewhere while the person was moved."""
    anna = await at_desk(shop)
    bell = await asks(shop)
    await shop.store.write(lambda conn: access.do.set_sites(conn, anna.account.id, [shop.other_site.id]))
    assert await shop.refusal(anna, "alert.accept", alert=bell) == "not_found"
    await shop.store.write(lambda conn: access.do.set_sites(conn, anna.account.id, [shop.site.id]))
    await shop.store.write(lambda conn: access.do.patch_account(conn, anna.account.id, active=False))
    assert await shop.refusal(anna, "alert.accept", alert=bell) == "not_found"


async def test_a_bell_that_was_silent_on_an_earlier_rung_may_still_be_taken(shop: Shop):
    """As long as it rings anywhere."""
    anna = await at_desk(shop)
    bell = await asks(shop)
    await shop.store.write(lambda conn: conn.execute(update(ring).values(outcome="silent")).close())
    assert await shop.refusal(anna, "alert.accept", alert=bell) == "ok"


async def test_whom_a_visitor_has_just_left_was_not_rung_by_that(shop: Shop):
    """The note that somebody is not to be asked is no ring of theirs."""
    anna, boris = await at_desk(shop), await at_desk(shop, "Boris")
    await talking(shop, anna)
    await shop.say(anna, "presence.set", status="offline")
    (bell,) = await rings_at(shop, boris)
    await shop.say(anna, "presence.set", status="online")
    assert await shop.refusal(anna, "alert.accept", alert=bell) == "not_found"


@pytest.mark.parametrize("role", ["marketer", "admin"])
async def test_only_an_expert_is_present(shop: Shop, role: str):
    """Whoever becomes something else is offline, and cannot say otherwise; their conversations ring elsewhere."""
    anna, boris = await at_desk(shop), await at_desk(shop, "Boris")
    _, talk = await talking(shop, anna)
    await changes(shop, await shop.expert("Adam"), role="admin")  # there is always one
    await changes(shop, anna, role=role)
    assert (await desk(shop, anna))["status"] == "offline"
    assert await shop.refusal(anna, "presence.set", status="online") == "forbidden"
    assert (await desk(shop, anna))["status"] == "offline"
    assert await holder(shop, talk) is None
    assert len(await rings_at(shop, boris)) == 1
    await changes(shop, anna, role="expert")
    assert await shop.refusal(anna, "presence.set", status="online") == "ok"


async def test_a_change_and_an_answer_at_once_leave_nobody_with_a_foreign_conversation(shop: Shop):
    """Whichever comes first: either it is not theirs to take, or it is handed on."""
    anna = await at_desk(shop)
    for _ in range(10):
        await changes(shop, anna, sites=[shop.site.id])
        visitor = await on_site(shop)
        talk = await shop.open_chat(visitor)
        await shop.say(visitor, "message.send", conversation=talk, client_id=uuid4().hex, text="Hello?")
        (bell,) = await rings_at(shop, anna)
        answer, _ = await asyncio.gather(
            shop.refusal(anna, "alert.accept", alert=bell), changes(shop, anna, sites=[shop.other_site.id])
        )
        assert answer in ("ok", "not_found")
        assert await holder(shop, talk) is None
        await shop.store.write(lambda conn: conn.execute(update(alert).values(state="ended")).close())
