"""Who waits for an expert: the order, the place, the minutes, and what the visitor hears. On both bases."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select, update

import routing.answers
import routing.do
import routing.queries
import service.flows.queue
import store.prepared
import tracker.queries
from access.tables import site
from chat.tables import conversation, message
from contract.clock import HOUR, MINUTE, SECOND, now_ms, rfc3339
from contract.names import Ms
from routing.tables import alert, ring
from routing.triggers import Firing
from routing.turn import turn
from service import present
from service.callers import ExpertCaller, VisitorCaller
from service.flows.judging import raise_and_ring
from service.flows.offering import offer_waiting, ring_who_came_free
from service.flows.queue import queue_at, tell_who_waits
from service.flows.ringing import fire_due, ring_for_question
from tests.wired.counter import Shop


@pytest.fixture
async def shop(fresh_database_url: str) -> AsyncIterator[Shop]:
    opened = await Shop.open(fresh_database_url)
    yield opened
    await opened.close()


async def busy_desk(shop: Shop, *, since: Ms, capacity: int = 1) -> ExpertCaller:
    """Somebody online (for an hour) who has all their places taken since then."""
    expert = await shop.expert("Anna", capacity=capacity)
    await shop.store.write(lambda conn: routing.do.set_status(conn, expert.account.id, "online", now_ms() + HOUR))
    for _ in range(capacity):
        await shop.open_chat(await shop.visitor(), expert)
    began = update(conversation).where(conversation.c.expert_id == expert.account.id).values(accepted_at=since)
    await shop.store.write(lambda conn: conn.execute(began).close())
    return expert


async def writes(
    shop: Shop, *, importance: int | None = None, at: Ms | None = None, due_at: Ms | None = None
) -> tuple[VisitorCaller, str]:
    """A stranger who wrote into a conversation that nobody has, and waits until `due_at`; (who, conversation)."""
    visitor = await shop.visitor()
    await shop.visit(visitor)
    talk = await shop.open_chat(visitor)

    def work(conn: Connection) -> None:
        (raised,) = ring_for_question(conn, shop.site, visitor.visitor, talk, 1)
        changes = {"importance": importance, "raised_at": at, "due_at": due_at}
        if changed := {name: value for name, value in changes.items() if value is not None}:
            conn.execute(update(alert).where(alert.c.id == raised).values(**changed))

    await shop.store.write(work)
    return visitor, talk


async def tell(shop: Shop, now: Ms) -> list[str]:
    return await shop.store.write(lambda conn: tell_who_waits(conn, routing.queries.sites_waiting(conn), now))


async def told(shop: Shop, talk: str) -> list[tuple[int, int | None]]:
    """(position, minutes) of everything that was said there of the queue."""
    rows = await shop.store.read(
        lambda conn: conn.execute(
            select(message.c.data).where(message.c.conversation_id == talk, message.c.kind == "event")
        ).scalars().all()
    )  # fmt: skip
    return [(data["position"], data["minutes"]) for data in rows if data["name"] == "queue.waiting"]


async def test_who_wrote_and_finds_all_busy_is_told_the_place_and_the_minutes(shop: Shop) -> None:
    """Once; not again a second or a minute later while nothing has changed."""
    now = now_ms()
    await busy_desk(shop, since=now)
    _, first = await writes(shop, at=now - SECOND, due_at=now + HOUR)
    _, second = await writes(shop, at=now, due_at=now + HOUR)
    assert sorted(await tell(shop, now)) == sorted([first, second])
    (one,), (other,) = await told(shop, first), await told(shop, second)
    assert (one[0], other[0]) == (1, 2)
    assert one[1] is not None
    assert other[1] is not None
    assert 1 <= one[1] < other[1]
    assert await tell(shop, now + SECOND) == []
    assert await tell(shop, now + 61 * SECOND) == []


async def test_the_sentence_is_the_servers_and_its_numbers_are_data(shop: Shop) -> None:
    """So that the frame says it in the visitor's language."""
    now = now_ms()
    await busy_desk(shop, since=now)
    visitor, talk = await writes(shop, due_at=now + HOUR)
    await tell(shop, now)
    (said,) = await shop.messages(visitor, talk)
    assert (said["kind"], said["author"]["kind"]) == ("event", "system")
    minutes = said["data"]["minutes"]
    assert said["text"] == f"All experts are busy. You are number 1; about {minutes} min."


@pytest.mark.parametrize(("left", "known"), [(HOUR, True), (2 * MINUTE, False)])
async def test_no_wait_is_promised_that_is_longer_than_we_keep_waiting(shop: Shop, left: Ms, known: bool) -> None:
    """Eight minutes or so until there is a place, and in two the fallback comes: the place is said alone."""
    now = now_ms()
    await busy_desk(shop, since=now)
    visitor, talk = await writes(shop, at=now, due_at=now + left)
    assert await tell(shop, now) == [talk]
    (said,) = await shop.messages(visitor, talk)
    assert (said["data"]["minutes"] is not None) is known
    if not known:
        assert said["text"] == "All experts are busy. You are number 1."
        assert await tell(shop, now + 61 * SECOND) == []


async def test_a_free_place_that_is_not_for_them_is_no_estimate(shop: Shop) -> None:
    """The only desk that is free has declined: it is not known how long they still wait, and it is not no time."""
    now = now_ms()
    expert = await busy_desk(shop, since=now)
    _, talk = await writes(shop)
    await shop.store.write(lambda conn: routing.do.set_capacity(conn, expert.account.id, 2))
    row = await alert_of(shop, talk)
    await shop.store.write(lambda conn: routing.answers.not_again(conn, row["id"], expert.account.id, now))
    (place,) = await shop.store.read(lambda conn: queue_at(conn, shop.site.id, now))
    assert place.seconds is None


async def test_who_becomes_the_next_is_told_after_a_minute_and_not_before(shop: Shop) -> None:
    """Not more than once a minute, however quickly it moves."""
    now = now_ms()
    await busy_desk(shop, since=now)
    (_, first), (_, second) = await writes(shop, at=now - SECOND), await writes(shop, at=now)
    await tell(shop, now)
    gone = update(alert).where(alert.c.trigger_id == first).values(state="ended")
    await shop.store.write(lambda conn: conn.execute(gone).close())
    assert await tell(shop, now + 30 * SECOND) == []
    assert await tell(shop, now + 61 * SECOND) == [second]
    assert [place for place, _ in await told(shop, second)] == [2, 1]


async def test_nobody_at_work_is_no_queue(shop: Shop) -> None:
    """There is no wait to speak of: the fallback comes. Nor is anybody told while a place is free."""
    now = now_ms()
    await writes(shop)
    assert await tell(shop, now) == []
    expert = await busy_desk(shop, since=now)
    await shop.store.write(lambda conn: routing.do.set_capacity(conn, expert.account.id, 2))
    assert await tell(shop, now) == []


async def test_who_is_being_answered_is_told_nothing(shop: Shop) -> None:
    """Somebody wrote to them meanwhile."""
    now = now_ms()
    await busy_desk(shop, since=now)
    _, talk = await writes(shop)
    taken = update(conversation).where(conversation.c.id == talk).values(expert_id=str(uuid4()))
    await shop.store.write(lambda conn: conn.execute(taken).close())
    assert await tell(shop, now) == []


async def test_two_processes_tell_once(shop: Shop) -> None:
    """The second one finds it said."""
    now = now_ms()
    await busy_desk(shop, since=now)
    _, talk = await writes(shop)

    def twice(conn: Connection) -> None:
        tell_who_waits(conn, [shop.site.id, shop.site.id], now)

    await shop.store.write(twice)
    assert len(await told(shop, talk)) == 1


async def test_the_estimate_follows_the_recent_conversations_of_the_site(shop: Shop) -> None:
    """Talks of half a minute, half an hour: the same place is another wait."""
    now = now_ms()
    await busy_desk(shop, since=now)
    await writes(shop)

    async def seconds() -> float:
        (place,) = await shop.store.read(lambda conn: queue_at(conn, shop.site.id, now))
        assert place.seconds is not None
        return place.seconds

    def closed(conn: Connection, site: str, length: Ms, number: int) -> None:
        for n in range(number):
            row = {
                "id": str(uuid4()), "site_id": site, "visitor_id": str(uuid4()), "expert_id": str(uuid4()),
                "state": "closed", "last_seq": 0, "visitor_read_seq": 0, "expert_read_seq": 0,
                "opened_at": now - length, "accepted_at": now - length, "closed_at": now - n,
            }  # fmt: skip
            conn.execute(insert(conversation).values(**row))

    unknown = await seconds()
    await shop.store.write(lambda conn: closed(conn, shop.other_site.id, 5 * SECOND, 60))
    assert await seconds() == unknown
    await shop.store.write(lambda conn: closed(conn, shop.site.id, 30 * MINUTE, 60))
    long = await seconds()
    await shop.store.write(
        lambda conn: conn.execute(
            update(conversation).where(conversation.c.state == "closed").values(accepted_at=now - 30 * SECOND)
        ).close()
    )
    assert await seconds() < unknown < long


async def test_however_many_wait_the_base_is_asked_a_handful_of_things(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Statements for a queue do not grow with it."""
    now = now_ms()
    await busy_desk(shop, since=now, capacity=2)
    said: list[str] = []
    spoken = store.prepared.run

    def note(conn: Connection, text: str, values: Any) -> Any:
        said.append(text)
        return spoken(conn, text, values)

    asked: list[int] = []
    for number in (1, 8):
        for _ in range(number):
            await writes(shop)
        monkeypatch.setattr(store.prepared, "run", note)
        said.clear()
        places = await shop.store.read(lambda conn: queue_at(conn, shop.site.id, now))
        asked.append(len(said))
        monkeypatch.setattr(store.prepared, "run", spoken)
    assert len(places) == 9
    assert asked[0] == asked[1] <= 6


WAITING = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 400_000)), min_size=2, max_size=12)


@given(WAITING)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_base_sorts_as_the_rule_says(shop: Shop, waiting: list[tuple[int, int]]) -> None:
    """On the desk and in the queue: `routing.turn` in SQL."""
    now, expert = now_ms(), await shop.expert()

    def work(conn: Connection) -> tuple[list[str], list[str], list[str]]:
        conn.execute(ring.delete())
        conn.execute(alert.delete())
        ids = [f"{number:036d}" for number in range(len(waiting))]
        rows = [
            {
                "id": id_, "site_id": shop.site.id, "visit_id": str(uuid4()), "visitor_id": str(uuid4()),
                "trigger_id": "t", "occasion": id_, "reason": "deep", "importance": importance, "why": [], "topic": [],
                "state": "ringing", "rung": "anyone", "raised_at": now - age, "due_at": now, "version": 1,
                "announced": 1,
                **({"language": ""} if "language" in alert.c else {}),
            }
            for id_, (importance, age) in zip(ids, waiting, strict=True)
        ]  # fmt: skip
        conn.execute(insert(alert), rows)
        queued = [row["id"] for row in routing.queries.waiting_without_ring(conn, [shop.site.id])]
        rings = [
            {"alert_id": id_, "expert_id": expert.account.id, "rung": "anyone", "at": 0, "until": 0} for id_ in ids
        ]
        conn.execute(insert(ring), rings)
        rung = [row["id"] for row in routing.queries.ringing_for(conn, expert.account.id)]
        return ids, queued, rung

    ids, queued, rung = await shop.store.write(work)
    turns = {id_: turn(importance, now - age) for id_, (importance, age) in zip(ids, waiting, strict=True)}
    expected = sorted(ids, key=lambda id_: (turns[id_], id_))
    assert queued == rung == expected


async def free_desk(shop: Shop, name: str = "Boris", *, capacity: int = 1) -> ExpertCaller:
    """Somebody online with all places free, whom nobody has rung yet."""
    expert = await shop.expert(name, capacity=capacity)
    await shop.store.write(lambda conn: routing.do.set_status(conn, expert.account.id, "online", now_ms() + HOUR))
    return expert


async def came_free(shop: Shop, expert: ExpertCaller) -> list[str]:
    return await shop.store.write(lambda conn: ring_who_came_free(conn, expert.account.id, [shop.site.id], now_ms()))


async def offered(shop: Shop) -> list[str]:
    return await shop.store.write(lambda conn: offer_waiting(conn, [shop.site.id], now_ms()))


async def ringing(shop: Shop, expert: ExpertCaller) -> list[str]:
    """Whose conversations ring at this desk, in the order of the desk."""
    rows = await shop.store.read(lambda conn: routing.queries.ringing_for(conn, expert.account.id))
    return [row["trigger_id"] for row in rows]


async def alert_of(shop: Shop, talk: str) -> dict[str, Any]:
    rows = await shop.store.read(
        lambda conn: [dict(row) for row in conn.execute(select(alert).where(alert.c.trigger_id == talk)).mappings()]
    )
    return rows[-1]


async def test_who_comes_free_is_rung_by_as_many_as_they_have_places(shop: Shop) -> None:
    """Whose turn it is first, and nobody is flooded."""
    now = now_ms()
    talks = [(await writes(shop, importance=importance, at=now))[1] for importance in (10, 90, 50, 70)]
    boris = await free_desk(shop, capacity=2)
    assert len(await came_free(shop, boris)) == 2
    assert await ringing(shop, boris) == [talks[1], talks[3]]
    assert await came_free(shop, boris) == []


async def test_after_a_no_the_next_one_rings_and_the_first_not_again(shop: Shop) -> None:
    """The one who was declined waits on, for somebody else."""
    now = now_ms()
    talks = [(await writes(shop, importance=importance, at=now))[1] for importance in (90, 50)]
    boris = await free_desk(shop)
    await came_free(shop, boris)
    first = await alert_of(shop, talks[0])
    await shop.say(boris, "alert.decline", alert=first["id"])
    assert await ringing(shop, boris) == []
    await offered(shop)
    assert await ringing(shop, boris) == [talks[1]]
    assert (await alert_of(shop, talks[0]))["state"] == "ringing"
    clara = await free_desk(shop, "Clara")
    await offered(shop)
    assert await ringing(shop, clara) == [talks[0]]


async def test_after_a_silence_the_next_one_rings(shop: Shop) -> None:
    """And who was silent is asked again for the first one only when they come free anew."""
    now = now_ms()
    talks = [(await writes(shop, importance=importance, at=now))[1] for importance in (90, 50)]
    boris = await free_desk(shop)
    await came_free(shop, boris)
    first = await alert_of(shop, talks[0])
    await shop.store.write(lambda conn: fire_due(conn, first["due_at"]))
    assert await ringing(shop, boris) == []
    await offered(shop)
    assert await ringing(shop, boris) == [talks[1]]
    second = await alert_of(shop, talks[1])
    await shop.store.write(lambda conn: fire_due(conn, second["due_at"]))
    assert await offered(shop) == []
    assert len(await came_free(shop, boris)) == 1
    assert await ringing(shop, boris) == [talks[0]]


async def test_who_wrote_waits_until_the_seconds_of_the_site_and_then_hears_the_fallback(shop: Shop) -> None:
    """While somebody is at work. The bell ends with a reason, the conversation stays open."""
    await busy_desk(shop, since=now_ms())
    visitor, talk = await writes(shop)
    waits = await alert_of(shop, talk)
    assert waits["due_at"] == waits["raised_at"] + shop.site.ladder.wait_seconds * SECOND
    await shop.store.write(lambda conn: fire_due(conn, waits["due_at"] - 1))
    assert (await alert_of(shop, talk))["state"] == "ringing"
    await shop.store.write(lambda conn: fire_due(conn, waits["due_at"]))
    over = await alert_of(shop, talk)
    assert (over["state"], over["outcome"]) == ("ended", "expired")
    (said,) = await shop.messages(visitor, talk)
    assert said["data"] == {"name": "nobody.free"}


async def test_the_last_words_are_those_of_the_fallback_of_the_site(shop: Shop) -> None:
    """A message is kept; or a number is asked for."""
    await busy_desk(shop, since=now_ms())
    ladder = msgspec.to_builtins(msgspec.structs.replace(shop.site.ladder, fallback="callback"))
    await shop.store.write(
        lambda conn: conn.execute(site.update().where(site.c.id == shop.site.id).values(ladder=ladder)).close()
    )
    visitor, talk = await writes(shop)
    waits = await alert_of(shop, talk)
    await shop.store.write(lambda conn: fire_due(conn, waits["due_at"]))
    (said,) = await shop.messages(visitor, talk)
    assert said["data"]["name"] == "nobody.callback"
    assert {slot["expert"] for slot in said["data"]["slots"]} == {"Anna"}
    assert "call you back" in said["text"]


async def test_with_nobody_at_work_nobody_waits_for_minutes(shop: Shop) -> None:
    """A rung's time, and the fallback."""
    _, talk = await writes(shop)
    row = await alert_of(shop, talk)
    assert row["due_at"] == row["raised_at"] + shop.site.ladder.seconds("anyone") * SECOND


async def test_a_silence_does_not_shorten_the_wait(shop: Shop) -> None:
    """Who was rung for them and did not answer takes nothing of their minutes."""
    await busy_desk(shop, since=now_ms())
    _, talk = await writes(shop)
    waits = await alert_of(shop, talk)
    boris = await free_desk(shop)
    await came_free(shop, boris)
    rung = await alert_of(shop, talk)
    assert rung["due_at"] < waits["due_at"]
    await shop.store.write(lambda conn: fire_due(conn, rung["due_at"]))
    again = await alert_of(shop, talk)
    assert (again["state"], again["due_at"]) == ("ringing", waits["due_at"])


async def test_two_processes_that_offer_at_once_ring_each_desk_once(shop: Shop) -> None:
    """As many bells as places, each at one desk, however many look at the same moment."""
    talks = [(await writes(shop))[1] for _ in range(6)]
    desks = [await free_desk(shop, f"Desk {number}") for number in range(4)]
    rung = await asyncio.gather(*(offered(shop) for _ in range(4)))
    assert sum(map(len, rung)) == len(desks)
    heard = [await ringing(shop, desk) for desk in desks]
    assert [len(one) for one in heard] == [1] * len(desks)
    assert {one for (one,) in heard} == set(talks[: len(desks)])


async def test_as_many_ring_as_there_are_places_whoever_has_them(shop: Shop) -> None:
    """Three wait, two desks with one place each: the first two in turn ring, each at one desk."""
    now = now_ms()
    talks = [(await writes(shop, importance=importance, at=now))[1] for importance in (10, 90, 50)]
    desks = [await free_desk(shop, name) for name in ("Boris", "Clara")]
    assert len(await offered(shop)) == 2
    assert {*await ringing(shop, desks[0]), *await ringing(shop, desks[1])} == {talks[1], talks[2]}
    assert await offered(shop) == []


async def test_what_nobody_has_taken_stands_on_the_desk_with_its_turn(shop: Shop) -> None:
    """As its bell says; without a bell by when it began; and no turn once somebody has it."""
    now = now_ms()
    expert = await shop.expert()
    _, rang = await writes(shop, importance=50, at=now)
    silent = await shop.open_chat(await shop.visitor())
    taken = await shop.open_chat(await shop.visitor(), expert)

    def look(conn: Connection) -> dict[str, str | None]:
        rows = conn.execute(select(conversation)).mappings().all()
        return {one.id: one.turn for one in present.conversation_briefs(conn, rows, now)}

    turns = await shop.store.read(look)
    assert (turns[rang], turns[taken]) == (rfc3339(turn(50, now)), None)
    assert turns[silent] is not None


async def test_who_has_left_is_offered_last(shop: Shop) -> None:
    """A place goes to somebody who is there."""
    now = now_ms()
    _, left = await writes(shop, importance=90, at=now)
    _, here = await writes(shop, importance=10, at=now)
    gone = update(alert).where(alert.c.trigger_id == left).values(gone_at=now + MINUTE)
    await shop.store.write(lambda conn: conn.execute(gone).close())
    boris = await free_desk(shop)
    await came_free(shop, boris)
    assert await ringing(shop, boris) == [here]


async def test_the_queue_is_played_forward_only_for_somebody_who_may_hear_of_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
):
    """It runs each second: not for who wrote nothing, nor within a minute of the last word."""
    played: list[int] = []

    def estimates(waiting: int, *_: Any) -> list[float]:
        played.append(waiting)
        return [90.0] * waiting

    monkeypatch.setattr(service.flows.queue, "estimates", estimates)
    await busy_desk(shop, since=now_ms() - MINUTE)
    stranger = await shop.visitor()
    visit = await shop.visit(stranger)

    def rings(conn: Connection) -> str | None:
        facts = tracker.queries.visit_facts(conn, [visit])[visit]
        return raise_and_ring(conn, shop.site, Firing(trigger="t", name="deep", occasion=visit), facts)

    assert await shop.store.write(rings)
    now = now_ms()
    assert (await tell(shop, now), played) == ([], [])
    _, talk = await writes(shop)
    for after in (1, 2, 30):
        await tell(shop, now + after * SECOND)
    assert (len(await told(shop, talk)), played) == (1, [2])
    await tell(shop, now + 70 * SECOND)
    assert played == [2, 2]
