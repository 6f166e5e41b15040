"""Nobody who wrote is forgotten: while another bell of theirs rings, in a flood, when everybody leaves."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.ext.asyncio import create_async_engine

import access.do
import chat.history
import routing.alerts
import routing.do
import routing.queries
import service.flows.judging
import tracker.queries
from access.tables import site
from contract.clock import MINUTE, SECOND, now_ms
from contract.facts import Branch
from contract.names import Ms
from crm.tables import customer, identity
from reports.uplift_query import report
from routing.tables import ASKED, alert, decision, firing, ring
from routing.triggers import Rules, Trigger
from routing.usual import back, deep
from service.callers import ExpertCaller, VisitorCaller
from service.flows.judging import Seen, judge_and_act
from service.flows.offering import hasten_the_unheard, offer_waiting
from service.flows.queue import queue_at, tell_who_waits
from service.flows.reachable import Told, hand_on
from service.flows.ringing import fire_due
from tests.wired.counter import Shop, at_desk


@pytest.fixture
async def shop(fresh_database_url: str) -> AsyncIterator[Shop]:
    opened = await Shop.open(fresh_database_url)
    yield opened
    await opened.close()


async def goes_deep(shop: Shop) -> tuple[VisitorCaller, str]:
    """A stranger whose page views have rung; (who, alert)."""
    visitor = await shop.visitor()
    return visitor, await shop.rings(await shop.visit(visitor))


async def writes(shop: Shop, visitor: VisitorCaller, talk: str = "") -> str:
    """The conversation."""
    talk = talk or await shop.open_chat(visitor)
    await shop.say(visitor, "message.send", conversation=talk, client_id=uuid4().hex, text="Anybody there?")
    return talk


async def alerts(shop: Shop) -> list[dict[str, Any]]:
    return await shop.store.read(
        lambda conn: [dict(row) for row in conn.execute(select(alert).order_by(alert.c.id)).mappings()]
    )


async def rings(shop: Shop, alert_id: str) -> dict[str, str | None]:
    """expert -> what came of it there."""
    found = await shop.store.read(lambda conn: routing.queries.rings_of(conn, alert_id))
    return {row["expert_id"]: row["outcome"] for row in found}


async def fires(shop: Shop, now: Ms) -> None:
    await shop.store.write(lambda conn: fire_due(conn, now))


async def said(shop: Shop, visitor: VisitorCaller, talk: str) -> list[str]:
    """The names of what the server told them."""
    found = await shop.messages(visitor, talk)
    return [one["data"]["name"] for one in found if one["author"]["kind"] == "system"]


async def offered(shop: Shop) -> list[str]:
    return await shop.store.write(lambda conn: offer_waiting(conn, [shop.site.id], now_ms()))


# --- while another bell rings --------------------------------------------------------------------------------------


async def test_a_bell_that_rings_becomes_the_question_of_whoever_writes(shop: Shop) -> None:
    """The same bell on the same rung at the same desks, more important, with the question first; told anew."""
    anna = await at_desk(shop)
    visitor, bell = await goes_deep(shop)
    (before,) = await alerts(shop)
    talk = await writes(shop, visitor)
    (after,) = await alerts(shop)
    assert (after["id"], after["reason"], after["trigger_id"]) == (bell, ASKED, talk)
    assert after["occasion"] == f"{talk}:1"
    assert (after["rung"], after["due_at"], after["state"]) == (before["rung"], before["due_at"], "ringing")
    assert after["importance"] > before["importance"]
    assert after["why"][0][0] == "asked"
    assert after["why"][-1] == before["why"][-1]
    assert after["version"] > before["version"]
    assert await rings(shop, bell) == {anna.account.id: None}
    await writes(shop, visitor, talk)
    assert await alerts(shop) == [after]


async def test_it_waits_as_a_question_does_and_ends_with_the_words_of_the_site(shop: Shop) -> None:
    """Silent everywhere: the site's minutes from the question on, then the fallback."""
    await at_desk(shop)
    visitor, _ = await goes_deep(shop)
    talk = await writes(shop, visitor)
    (rung,) = await alerts(shop)
    await fires(shop, rung["due_at"])
    (waits,) = await alerts(shop)
    assert (waits["state"], waits["due_at"]) == (
        "ringing", waits["raised_at"] + shop.site.ladder.wait_seconds * SECOND,
    )  # fmt: skip
    assert await said(shop, visitor, talk) == []
    await fires(shop, waits["due_at"])
    assert [row["outcome"] for row in await alerts(shop)] == ["expired"]
    assert await said(shop, visitor, talk) == ["nobody.free"]


async def test_a_bell_that_nobody_could_hear_waits_longer_from_the_question_on(shop: Shop) -> None:
    """And it has a place that its visitor is told."""
    anna = await at_desk(shop, capacity=1)
    await shop.open_chat(await shop.visitor(), anna)
    visitor, bell = await goes_deep(shop)
    assert await rings(shop, bell) == {}
    talk = await writes(shop, visitor)
    (waits,) = await alerts(shop)
    assert waits["due_at"] == waits["raised_at"] + shop.site.ladder.wait_seconds * SECOND
    told = await shop.store.write(lambda conn: tell_who_waits(conn, [shop.site.id], now_ms()))
    assert told == [talk]
    assert await said(shop, visitor, talk) == ["queue.waiting"]


async def test_who_declined_the_bell_is_not_asked_the_question(shop: Shop) -> None:
    """Whom it has asked is kept."""
    anna, boris = await at_desk(shop), await at_desk(shop, "Boris")
    visitor, bell = await goes_deep(shop)
    await shop.say(anna, "alert.decline", alert=bell)
    await writes(shop, visitor)
    assert await rings(shop, bell) == {anna.account.id: "declined", boris.account.id: None}
    assert await offered(shop) == []


async def test_a_question_in_a_new_conversation_is_not_hidden_by_the_old_one(shop: Shop) -> None:
    """The old one was closed while its bell rang: that bell is over, and the new one has its own."""
    anna = await at_desk(shop)
    visitor, _ = await goes_deep(shop)
    first = await writes(shop, visitor)
    await shop.say(anna, "conversation.close", conversation=first)
    second = await writes(shop, visitor)
    assert second != first
    assert {row["trigger_id"]: row["state"] for row in await alerts(shop)} == {first: "accepted", second: "ringing"}


async def test_a_bell_that_somebody_holds_just_now_hides_no_question(shop: Shop, fresh_database_url: str) -> None:
    """It may be ending: the question does not wait for that, and rings by itself. One writer holds nothing."""
    await at_desk(shop)
    visitor, bell = await goes_deep(shop)
    talk = await shop.open_chat(visitor)
    several = fresh_database_url.startswith("postgresql")
    if several:
        engine = create_async_engine(fresh_database_url)
        async with engine.connect() as other:
            await other.execute(select(alert).where(alert.c.id == bell).with_for_update())
            await writes(shop, visitor, talk)
        await engine.dispose()
    else:
        await writes(shop, visitor, talk)
    assert sorted(row["reason"] for row in await alerts(shop)) == ([ASKED, "deep"] if several else [ASKED])


async def test_who_returns_while_their_question_rings_keeps_it(shop: Shop) -> None:
    """A return ends the older bells of the visit, but never that of a question."""
    await at_desk(shop)
    visitor = await shop.visitor()
    visit_id = await shop.visit(visitor)
    await writes(shop, visitor)

    def returns(conn: Connection) -> list[str]:
        visit = tracker.queries.visit_facts(conn, [visit_id])[visit_id]
        known = msgspec.structs.replace(visit, came_back=True, arrival=str(uuid4()))
        rules = Rules([Trigger(id="b", site=shop.site.id, name="back", rule=back())])
        (touched,) = judge_and_act(conn, [Seen(site=shop.site, visit=known, at=now_ms())], rules)
        return touched.alerts

    def is_known(conn: Connection) -> None:
        row = {"id": "c" * 36, "site_id": shop.site.id, "person_id": "c" * 36, "name": "Carla", "tier": "standard"}
        conn.execute(insert(customer).values(**row, created_at=1))
        link = {"site_id": shop.site.id, "kind": "visitor", "value": visitor.visitor, "customer_id": row["id"]}
        conn.execute(insert(identity).values(**link, proof="order", at=1))

    await shop.store.write(is_known)
    (asked,) = await alerts(shop)
    assert await shop.store.write(returns) == [asked["id"]]
    assert [(row["reason"], row["state"]) for row in await alerts(shop)] == [(ASKED, "ringing")]
    noted = await shop.store.read(lambda conn: conn.execute(select(firing.c.ref)).scalars().all())
    assert noted == [asked["id"]]


async def test_the_bells_of_a_trigger_count_there_whatever_they_became(shop: Shop) -> None:
    """Its report finds them by what it did."""
    visitor, bell = await goes_deep(shop)
    row = {
        "id": str(uuid4()), "site_id": shop.site.id, "trigger_id": "t", "occasion": str(uuid4()),
        "visit_id": str(uuid4()), "visitor_id": visitor.visitor, "customer_id": None, "at": now_ms(),
        "arm": "treated", "action": "alert", "ref": bell,
    }  # fmt: skip
    await shop.store.write(lambda conn: conn.execute(insert(firing).values(**row)).close())
    await writes(shop, visitor)
    found = await shop.store.read(lambda conn: report(conn, "t", 0, now_ms()))
    assert found.alerts == {"ringing": 1}


async def test_a_trigger_that_is_called_like_a_question_raises_none(shop: Shop) -> None:
    """Whoever only looks at pages has no conversation in which to be told anything."""
    anna = await at_desk(shop, capacity=1)
    await shop.open_chat(await shop.visitor(), anna)
    visit_id = await shop.visit(await shop.visitor())

    def looks(conn: Connection) -> list[str]:
        visit = msgspec.structs.replace(
            tracker.queries.visit_facts(conn, [visit_id])[visit_id], deepest=3, depth=3, dwell=20_000, pages=3,
            branches=(Branch(name="Things", dwell=20_000, deepest=3, pages=3),),
        )  # fmt: skip
        rules = Rules([Trigger(id="d", site=shop.site.id, name=ASKED, rule=deep(3, 15))])
        (touched,) = judge_and_act(conn, [Seen(site=shop.site, visit=visit, at=now_ms())], rules)
        return touched.alerts

    (bell,) = await shop.store.write(looks)
    assert [(row["id"], row["reason"]) for row in await alerts(shop)] == [(bell, "Asked")]
    assert await shop.store.write(lambda conn: tell_who_waits(conn, [shop.site.id], now_ms())) == []


# --- in a flood ----------------------------------------------------------------------------------------------------


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two strangers are a flood."""
    monkeypatch.setattr(service.flows.judging, "STRANGERS", 2)
    monkeypatch.setattr(service.flows.judging, "STRANGERS_EACH", 1)


@pytest.mark.usefixtures("small")
async def test_in_a_flood_a_question_waits_and_is_offered_though_page_views_ring_everywhere(shop: Shop) -> None:
    """It rings nobody at once and is not dropped; its turn comes at a desk at which only page views ring."""
    anna = await at_desk(shop, capacity=1)
    bells = [(await goes_deep(shop))[1] for _ in range(2)]
    visitor = await shop.visitor()
    await shop.visit(visitor)
    talk = await writes(shop, visitor)
    asked = (await alerts(shop))[-1]
    assert (asked["reason"], asked["trigger_id"], asked["rung"]) == (ASKED, talk, "anyone")
    assert await rings(shop, asked["id"]) == {}
    assert asked["due_at"] == asked["raised_at"] + shop.site.ladder.wait_seconds * SECOND
    assert await offered(shop) == [asked["id"]]
    assert await rings(shop, asked["id"]) == {anna.account.id: None}
    assert [await rings(shop, bell) for bell in bells] == [{anna.account.id: None}] * 2
    assert await shop.refusal(anna, "alert.accept", alert=asked["id"]) == "ok"


@pytest.mark.usefixtures("small")
async def test_in_a_flood_as_many_questions_ring_as_there_are_places_and_the_others_are_told_theirs(
    shop: Shop,
) -> None:
    """A question makes room for no second one where one place is free."""
    await at_desk(shop, capacity=1)
    for _ in range(2):
        await goes_deep(shop)
    talks = []
    for _ in range(3):
        visitor = await shop.visitor()
        await shop.visit(visitor)
        talks.append((visitor, await writes(shop, visitor)))
    (first,) = await offered(shop)
    assert await offered(shop) == []
    by_id = {row["id"]: row["trigger_id"] for row in await alerts(shop)}
    assert by_id[first] == talks[0][1]
    await shop.store.write(lambda conn: tell_who_waits(conn, [shop.site.id], now_ms()))
    assert await said(shop, *talks[2]) == ["queue.waiting"]


@pytest.mark.usefixtures("small")
async def test_in_a_flood_whoever_lost_their_expert_waits_too(shop: Shop) -> None:
    """A conversation that is handed on is a question."""
    anna, _ = await at_desk(shop), await at_desk(shop, "Boris")
    visitor = await shop.visitor()
    await shop.visit(visitor)
    talk = await shop.open_chat(visitor, anna)
    for _ in range(2):
        await goes_deep(shop)
    told = Told()
    await shop.store.write(lambda conn: hand_on(conn, anna.account.id, now_ms(), told))
    (bell,) = told.alerts
    asked = (await alerts(shop))[-1]
    assert (asked["id"], asked["reason"], asked["trigger_id"]) == (bell, ASKED, talk)


# --- when everybody leaves -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fallback", ["message", "callback"])
async def test_when_everybody_has_left_whoever_wrote_is_told_after_a_rungs_time(shop: Shop, fallback: str) -> None:
    """Not at the end of the site's minutes; and not while anybody is there."""
    changes = {"ladder": msgspec.structs.replace(shop.site.ladder, fallback=fallback)}
    shop.site = await shop.store.write(lambda conn: access.do.patch_site(conn, shop.site.id, changes, now_ms()))
    anna, boris = await at_desk(shop), await at_desk(shop, "Boris", capacity=1)
    await shop.open_chat(await shop.visitor(), boris)
    visitor = await shop.visitor()
    await shop.visit(visitor)
    talk = await writes(shop, visitor)
    await shop.say(anna, "presence.set", status="away")

    async def hastened(now: Ms) -> list[str]:
        return await shop.store.write(lambda conn: hasten_the_unheard(conn, [shop.site.id], now))

    now = now_ms()
    assert await hastened(now) == []
    await shop.say(boris, "presence.set", status="away")
    (waits,) = await alerts(shop)
    assert waits["due_at"] > now + 4 * MINUTE
    assert await hastened(now) == [waits["id"]]
    assert await hastened(now + SECOND) == []
    (soon,) = await alerts(shop)
    assert soon["due_at"] == now + shop.site.ladder.seconds("anyone") * SECOND
    assert await said(shop, visitor, talk) == []
    await fires(shop, soon["due_at"])
    assert await said(shop, visitor, talk) == ["nobody.free" if fallback == "message" else "nobody.callback"]


async def test_whoever_is_back_within_the_rung_is_rung_and_the_wait_goes_on(shop: Shop) -> None:
    """Silent again, it waits for the rest of the site's minutes."""
    anna = await at_desk(shop)
    visitor = await shop.visitor()
    await shop.visit(visitor)
    talk = await writes(shop, visitor)
    await shop.say(anna, "presence.set", status="away")
    await shop.store.write(lambda conn: hasten_the_unheard(conn, [shop.site.id], now_ms()))
    await shop.say(anna, "presence.set", status="online")
    (rung,) = await alerts(shop)
    assert await rings(shop, rung["id"]) == {anna.account.id: None}
    await shop.store.write(lambda conn: conn.execute(update(ring).values(outcome="silent")).close())
    await fires(shop, rung["due_at"])
    (waits,) = await alerts(shop)
    assert waits["due_at"] == waits["raised_at"] + shop.site.ladder.wait_seconds * SECOND
    assert await said(shop, visitor, talk) == []


async def declined(shop: Shop, expert: ExpertCaller) -> None:
    (row,) = [row for row in await alerts(shop) if row["state"] == "ringing"]
    await shop.say(expert, "alert.decline", alert=row["id"])


async def rules(shop: Shop, **changes: Any) -> None:
    """The ladder of the site is another one."""
    shop.site = msgspec.structs.replace(shop.site, ladder=msgspec.structs.replace(shop.site.ladder, **changes))
    ladder = msgspec.to_builtins(shop.site.ladder)
    await shop.store.write(
        lambda conn: conn.execute(update(site).where(site.c.id == shop.site.id).values(ladder=ladder)).close()
    )


@pytest.mark.parametrize("fallback", ["message", "callback"])
async def test_a_no_on_the_last_rung_is_told_when_nobody_waits_any_longer(shop: Shop, fallback: str) -> None:
    """The site lets nobody wait: the bell ends with the no, and the visitor hears the last words."""
    await rules(shop, wait_seconds=0, fallback=fallback)
    anna, visitor = await at_desk(shop), await shop.visitor()
    await shop.visit(visitor)
    talk = await writes(shop, visitor)
    while [row for row in await alerts(shop) if row["state"] == "ringing"]:
        await declined(shop, anna)
    assert [row["outcome"] for row in await alerts(shop)] == ["declined"]
    assert await said(shop, visitor, talk) == ["nobody.free" if fallback == "message" else "nobody.callback"]


async def test_after_a_no_a_question_waits_for_somebody_who_has_not_declined(shop: Shop) -> None:
    """As long as the site says; then the last words."""
    anna, visitor = await at_desk(shop), await shop.visitor()
    await shop.visit(visitor)
    talk = await writes(shop, visitor)
    await declined(shop, anna)
    (row,) = await alerts(shop)
    assert (row["state"], row["due_at"]) == ("ringing", row["raised_at"] + shop.site.ladder.wait_seconds * SECOND)
    assert await said(shop, visitor, talk) == []
    boris = await shop.expert("Boris")
    await shop.store.write(lambda conn: routing.do.set_status(conn, boris.account.id, "online", now_ms() + MINUTE))
    assert await offered(shop) == [row["id"]]
    assert await rings(shop, row["id"]) == {anna.account.id: "declined", boris.account.id: None}


async def test_who_has_gone_finds_the_last_words_when_they_are_back(shop: Shop) -> None:
    """Their bell ends a minute after they left."""
    await at_desk(shop)
    visitor = await shop.visitor()
    visit = await shop.visit(visitor)
    talk = await writes(shop, visitor)
    now = now_ms()
    await shop.store.write(lambda conn: routing.alerts.visitor_left(conn, visit, now))
    await fires(shop, now + routing.alerts.OUTLIVES)
    assert [row["outcome"] for row in await alerts(shop)] == ["gone"]
    assert await said(shop, visitor, talk) == ["nobody.free"]


async def test_who_writes_on_after_the_last_words_is_not_told_again_until_an_expert_has_joined(shop: Shop) -> None:
    """Their number, say: it is kept, it rings, and no wait is told anew."""
    await rules(shop, fallback="callback")
    visitor = await shop.visitor()
    await shop.visit(visitor)
    talk = await writes(shop, visitor)
    (row,) = await alerts(shop)
    await fires(shop, row["due_at"])
    assert await said(shop, visitor, talk) == ["nobody.callback"]
    anna = await at_desk(shop, capacity=1)
    await shop.open_chat(await shop.visitor(), anna)
    await writes(shop, visitor, talk)
    _, again = await alerts(shop)
    assert (again["state"], again["reason"]) == ("ringing", ASKED)
    assert await shop.store.write(lambda conn: tell_who_waits(conn, [shop.site.id], now_ms())) == []
    await fires(shop, again["due_at"])
    assert await said(shop, visitor, talk) == ["nobody.callback"]
    boris = await at_desk(shop, "Boris")
    await shop.say(boris, "message.send", conversation=talk, client_id=uuid4().hex, text="Here I am")
    assert await shop.store.read(lambda conn: chat.history.last_word(conn, [talk])) == set()


async def decisions(shop: Shop, alert_id: str) -> list[dict[str, Any]]:
    def read(conn: Connection) -> list[dict[str, Any]]:
        found = select(decision).where(decision.c.alert_id == alert_id).order_by(decision.c.at, decision.c.id)
        return [dict(row) for row in conn.execute(found).mappings()]

    return await shop.store.read(read)


async def test_who_was_rung_after_a_wait_is_a_decision_with_its_outcome_and_a_reason(shop: Shop) -> None:
    """Why me? You have a place, and you know what they read."""
    anna, visitor = await at_desk(shop), await shop.visitor()
    await shop.visit(visitor)
    await writes(shop, visitor)
    await declined(shop, anna)
    (row,) = await alerts(shop)
    boris = await shop.expert("Boris")

    def comes(conn: Connection) -> None:
        conn.execute(update(alert).values(topic=["Boots", "Red"]))
        routing.do.set_topics(conn, boris.account.id, [(uuid4().hex, ["Boots"], 5)])
        routing.do.set_status(conn, boris.account.id, "online", now_ms() + MINUTE)

    await shop.store.write(comes)
    assert await offered(shop) == [row["id"]]
    chosen = (await decisions(shop, row["id"]))[-1]
    assert (chosen["rung"], chosen["chosen"], chosen["outcome"]) == ("anyone", [boris.account.id], "ringing")
    assert [(one["expert"], one["parts"]["level"]) for one in chosen["candidates"]] == [(boris.account.id, 5)]
    (rung,) = await alerts(shop)
    assert [reason for reason in rung["why"] if reason[0].startswith("rung_")] == [
        ["rung_free_topic", {"topic": "Boots", "level": 5}]
    ]
    await shop.say(boris, "alert.accept", alert=row["id"])
    assert (await decisions(shop, row["id"]))[-1]["outcome"] == f"accepted:{boris.account.id}"


async def test_who_knows_the_topic_and_was_silent_is_not_told_that_nobody_nearer_is_free(shop: Shop) -> None:
    """They ring again, with everybody."""
    anna, visitor = await at_desk(shop), await shop.visitor()
    knows = [(uuid4().hex, ["Boots"], 5)]
    await shop.store.write(lambda conn: routing.do.set_topics(conn, anna.account.id, knows))
    await shop.visit(visitor)
    await writes(shop, visitor)
    await shop.store.write(lambda conn: conn.execute(update(alert).values(topic=["Boots"], rung="topic")).close())
    await shop.store.write(lambda conn: conn.execute(update(ring).values(rung="topic")).close())
    (row,) = await alerts(shop)
    await fires(shop, row["due_at"])
    (again,) = await alerts(shop)
    assert again["rung"] == "anyone"
    assert again["why"][-1] == ["rung_again_topic", {"topic": "Boots"}]


async def test_who_was_accepted_waits_no_more(shop: Shop) -> None:
    """Their bell was silent here before, and is taken after all: the row is gone with the commit."""
    anna, visitor = await at_desk(shop), await shop.visitor()
    await shop.visit(visitor)
    await writes(shop, visitor)
    (row,) = await alerts(shop)
    await fires(shop, row["due_at"])
    assert [one.alert["id"] for one in await shop.store.read(lambda conn: queue_at(conn, shop.site.id, now_ms()))]
    await shop.say(anna, "alert.accept", alert=row["id"])
    assert await shop.store.read(lambda conn: queue_at(conn, shop.site.id, now_ms())) == []
