"""Whoever takes a visitor by writing or inviting ends their bells, and no bell takes a visitor from a colleague."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, func, select, text, update

import access.do
import chat.queries
import crm.do
import routing.queries
from chat.tables import conversation
from contract.clock import MINUTE, now_ms
from contract.ids import new_id
from contract.names import Role
from crm.contact import check_contact
from routing.tables import alert, decision
from service.callers import ExpertCaller, VisitorCaller
from service.flows.blocking import Ended, block
from service.flows.ended import ending, held_to_end
from service.flows.ringing import fire_due, ring_for_question
from store.connect import open_store
from tests.wired.counter import ANN, Shop, at_desk

ROUNDS = 12


@pytest.fixture
async def shop(fresh_database_url: str) -> AsyncIterator[Shop]:
    opened = await Shop.open(fresh_database_url)
    yield opened
    await opened.close()


async def without_desk(shop: Shop, role: Role) -> ExpertCaller:
    def work(conn: Connection) -> ExpertCaller:
        account = access.do.create_account(
            conn, email=f"{uuid4().hex}@shop.example", name="Mark", password_hash="-", role=role, now=now_ms(),
            sites=[shop.site.id],
        )  # fmt: skip
        return ExpertCaller(account=account, language="en")

    return await shop.store.write(work)


async def asks(shop: Shop, visitor: VisitorCaller) -> tuple[str, str]:
    """(conversation, alert) of a question."""
    talk = await shop.open_chat(visitor)
    await writes(shop, visitor, talk)
    mine = select(alert.c.id).where(alert.c.trigger_id == talk)
    return talk, await shop.store.read(lambda conn: conn.execute(mine).scalar_one())


async def writes(shop: Shop, who: VisitorCaller | ExpertCaller, talk: str) -> None:
    await shop.say(who, "message.send", conversation=talk, client_id=uuid4().hex, text="Hello!")


async def row(shop: Shop, alert_id: str) -> dict[str, Any]:
    found = await shop.store.read(lambda conn: routing.queries.alert_row(conn, alert_id))
    assert found is not None
    return found


async def heard(shop: Shop, alert_id: str) -> set[str | None]:
    """What came of it at the desks where it rang."""
    found = await shop.store.read(lambda conn: routing.queries.rings_of(conn, alert_id))
    return {one["outcome"] for one in found}


async def holder(shop: Shop, talk: str) -> str | None:
    found = await shop.store.read(lambda conn: chat.queries.row(conn, talk))
    assert found is not None
    held: str | None = found["expert_id"]
    return held


async def talks(shop: Shop, visitor: VisitorCaller) -> int:
    mine = select(func.count()).where(conversation.c.visitor_id == visitor.visitor)
    return int(await shop.store.read(lambda conn: conn.execute(mine).scalar_one()))


# --- the bells end ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["message.send", "info.push"])
async def test_whoever_answers_a_question_without_its_bell_ends_it(shop: Shop, how: str):
    """At every desk, as taken; a colleague who reaches for it hears so and the visitor stays where they are."""
    anna, boris, visitor = await at_desk(shop), await at_desk(shop, "Boris"), await shop.visitor()
    await shop.visit(visitor)
    talk, asked = await asks(shop, visitor)
    if how == "message.send":
        await writes(shop, anna, talk)
    else:
        await shop.say(anna, "info.push", conversation=talk, title="Boots", text="Warm ones.")
    assert (await row(shop, asked))["outcome"] == "taken"
    assert await heard(shop, asked) == {"taken"}
    assert await shop.refusal(boris, "alert.accept", alert=asked) == "alert_over"
    assert await holder(shop, talk) == anna.account.id
    await writes(shop, anna, talk)
    mine = select(decision.c.outcome).where(decision.c.alert_id == asked)
    assert set(await shop.store.read(lambda conn: conn.execute(mine).scalars().all())) == {
        f"accepted:{anna.account.id}"
    }


async def test_whoever_invites_ends_the_bells_of_the_visitor(shop: Shop):
    """Of all their visits; of nobody else."""
    anna, boris = await at_desk(shop), await at_desk(shop, "Boris")
    visitor, stranger = await shop.visitor(), await shop.visitor()
    visits = [await shop.visit(visitor) for _ in range(2)]
    bells = [await shop.rings(visit) for visit in visits]
    other = await shop.rings(await shop.visit(stranger))
    talk = (await shop.say(boris, "chat.invite", visit=visits[0], text="Hello from me"))["conversation"]
    assert [(await row(shop, id_))["outcome"] for id_ in bells] == ["taken", "taken"]
    assert (await row(shop, other))["state"] == "ringing"
    await shop.say(visitor, "chat.open")
    await writes(shop, visitor, talk)
    assert {await shop.refusal(anna, "alert.accept", alert=id_) for id_ in bells} == {"alert_over"}
    assert (await holder(shop, talk), await talks(shop, visitor)) == (boris.account.id, 1)


async def test_whoever_accepts_one_of_several_bells_ends_the_others(shop: Shop):
    """One visitor, two visits, two bells."""
    anna, boris, visitor = await at_desk(shop), await at_desk(shop, "Boris"), await shop.visitor()
    first, second = [await shop.rings(await shop.visit(visitor)) for _ in range(2)]
    await shop.say(anna, "alert.accept", alert=first)
    assert (await row(shop, first))["outcome"] == "accepted"
    assert await heard(shop, second) == {"taken"}
    assert await shop.refusal(boris, "alert.accept", alert=second) == "alert_over"


async def test_taking_up_again_ends_the_bells(shop: Shop):
    """By the expert whose it was."""
    anna, visitor = await at_desk(shop), await shop.visitor()
    visit = await shop.visit(visitor)
    talk = await shop.open_chat(visitor, anna)
    await writes(shop, visitor, talk)
    await shop.say(anna, "conversation.close", conversation=talk)
    deep = await shop.rings(visit)
    await shop.say(anna, "conversation.reopen", conversation=talk)
    assert await heard(shop, deep) == {"taken"}
    assert await shop.refusal(anna, "alert.accept", alert=deep) == "alert_over"


@pytest.mark.parametrize("role", ["expert", "admin"])
async def test_a_question_that_is_closed_is_taken_by_nobody(shop: Shop, role: str):
    """Its bell falls silent everywhere, and no other does; no empty conversation comes of it."""
    anna, boris, visitor = await at_desk(shop), await at_desk(shop, "Boris"), await shop.visitor()
    if role == "admin":
        anna = await without_desk(shop, "admin")
    earlier = await shop.visit(visitor)
    await shop.visit(visitor)
    talk, asked = await asks(shop, visitor)
    deep = await shop.rings(earlier)
    await shop.say(anna, "conversation.close", conversation=talk)
    assert ((await row(shop, asked))["outcome"], await heard(shop, asked)) == ("taken", {"taken"})
    assert (await row(shop, deep))["state"] == "ringing"
    assert await shop.refusal(boris, "alert.accept", alert=asked) == "alert_over"
    assert await heard(shop, asked) == {"taken"}
    assert await talks(shop, visitor) == 1


async def test_who_answered_and_has_closed_is_not_followed_by_an_empty_conversation(shop: Shop):
    """A trigger's bell rings no longer than the visitor was alone."""
    anna, boris, visitor = await at_desk(shop), await at_desk(shop, "Boris"), await shop.visitor()
    visit = await shop.visit(visitor)
    deep = await shop.rings(visit)
    talk = (await shop.say(anna, "chat.invite", visit=visit, text="Hello"))["conversation"]
    await shop.say(anna, "conversation.close", conversation=talk)
    assert await shop.refusal(boris, "alert.accept", alert=deep) == "alert_over"
    assert await talks(shop, visitor) == 1


async def test_what_is_refused_ends_no_bell(shop: Shop):
    """A full desk, a marketer: the question rings on."""
    full, boris, visitor = await at_desk(shop, capacity=1), await at_desk(shop, "Boris"), await shop.visitor()
    await shop.visit(visitor)
    await shop.open_chat(await shop.visitor(), full)
    talk, asked = await asks(shop, visitor)
    assert await shop.refusal(full, "message.send", conversation=talk, client_id="1", text="Yes?") == "desk_full"
    assert (await row(shop, asked))["state"] == "ringing"
    await shop.say(boris, "alert.accept", alert=asked)
    assert await holder(shop, talk) == boris.account.id


# --- and if one rings on all the same -------------------------------------------------------------------------------


@pytest.mark.parametrize("over", ["answered", "closed"])
async def test_a_bell_that_was_raised_in_the_moment_of_the_answer_takes_nothing_and_ends(shop: Shop, over: str):
    """As when two processes do both at once: whoever reaches for it first learns so, and so do all others."""
    anna, boris, visitor = await at_desk(shop), await at_desk(shop, "Boris"), await shop.visitor()
    await shop.visit(visitor)
    talk, asked = await asks(shop, visitor)
    values: dict[str, Any] = {"expert_id": anna.account.id, "accepted_at": now_ms(), "visitor_at": now_ms()}
    if over == "closed":
        values = {"state": "closed", "closed_at": now_ms()}
    mine = update(conversation).where(conversation.c.id == talk).values(**values)
    await shop.store.write(lambda conn: conn.execute(mine).close())
    assert await shop.refusal(boris, "alert.accept", alert=asked) == "alert_over"
    assert (await row(shop, asked))["outcome"] == "taken"
    assert await holder(shop, talk) == values.get("expert_id")
    assert await talks(shop, visitor) == 1


async def test_such_a_bell_climbs_no_further(shop: Shop):
    """Its rung is over, and so is it."""
    anna, visitor = await at_desk(shop), await shop.visitor()
    await at_desk(shop, "Boris")
    await shop.visit(visitor)
    talk, asked = await asks(shop, visitor)
    had = update(conversation).where(conversation.c.id == talk).values(expert_id=anna.account.id, accepted_at=now_ms())
    await shop.store.write(lambda conn: conn.execute(had).close())
    await shop.store.write(lambda conn: conn.execute(update(alert).values(due_at=now_ms() - 1)).close())
    await shop.store.write(lambda conn: fire_due(conn, now_ms()))
    assert (await row(shop, asked))["outcome"] == "taken"


async def test_what_somebody_has_rings_for_no_question(shop: Shop):
    """It was taken in the moment in which the visitor wrote."""
    anna, visitor = await at_desk(shop), await shop.visitor()
    await shop.visit(visitor)
    talk = await shop.open_chat(visitor, anna)
    raised = await shop.store.write(lambda conn: ring_for_question(conn, shop.site, visitor.visitor, talk, 2))
    assert raised == []


# --- who came back ---------------------------------------------------------------------------------------------------


async def comes_back(shop: Shop, anna: ExpertCaller) -> tuple[VisitorCaller, str, str]:
    """A customer whom Anna has went away and is back: (who, conversation, alert)."""
    visitor = await shop.visitor()
    contact = check_contact(**ANN, language="en")
    await shop.store.write(lambda conn: crm.do.know(conn, shop.site.id, visitor.visitor, contact, now_ms()))
    talk = await shop.open_chat(visitor, anna)
    await writes(shop, visitor, talk)
    return visitor, talk, await shop.rings(await shop.visit(visitor), "back", new_id())


async def test_who_comes_back_rings_for_the_one_who_has_them(shop: Shop):
    """It is theirs to answer, and answers as ever."""
    anna = await at_desk(shop)
    _, talk, back = await comes_back(shop, anna)
    assert (await shop.say(anna, "alert.accept", alert=back))["conversation"] == talk
    assert (await row(shop, back))["outcome"] == "accepted"


async def test_a_colleague_does_not_take_who_comes_back(shop: Shop):
    """Nobody but the one who has them hears it, however long it rings."""
    anna = await at_desk(shop)
    _, talk, back = await comes_back(shop, anna)
    boris = await at_desk(shop, "Boris")
    await shop.say(anna, "presence.set", status="away")
    await runs_out(shop, back)
    assert boris.account.id not in {one["expert_id"] for one in await rung(shop, back)}
    assert await shop.refusal(boris, "alert.accept", alert=back) == "not_found"
    assert await holder(shop, talk) == anna.account.id


async def runs_out(shop: Shop, alert_id: str) -> None:
    """Five times nobody answers in time."""
    due = update(alert).where(alert.c.id == alert_id).values(due_at=now_ms() - 1)
    for _ in range(5):
        await shop.store.write(lambda conn: conn.execute(due).close())
        await shop.store.write(lambda conn: fire_due(conn, now_ms()))


async def rung(shop: Shop, alert_id: str) -> list[dict[str, Any]]:
    """Where it rings now."""
    found = await shop.store.read(lambda conn: routing.queries.rings_of(conn, alert_id))
    return [dict(one) for one in found if one["outcome"] is None]


async def test_whom_nobody_has_seen_for_half_an_hour_may_be_taken(shop: Shop):
    """Nobody talks there: whoever hears the bell of their return takes it over."""
    anna = await at_desk(shop)
    boris = await at_desk(shop, "Boris")
    _, talk, back = await comes_back(shop, anna)
    long_ago = update(conversation).values(visitor_at=now_ms() - 31 * MINUTE)
    await shop.store.write(lambda conn: conn.execute(long_ago).close())
    await shop.store.write(lambda conn: conn.execute(update(alert).values(due_at=now_ms() - 1)).close())
    for _ in range(5):
        if any(one["expert_id"] == boris.account.id for one in await rung(shop, back)):
            break
        await shop.store.write(lambda conn: conn.execute(update(alert).values(due_at=now_ms() - 1)).close())
        await shop.store.write(lambda conn: fire_due(conn, now_ms()))
    assert (await shop.say(boris, "alert.accept", alert=back))["conversation"] == talk


async def test_an_invitation_that_a_trigger_sent_keeps_nobody_from_answering(shop: Shop):
    """Nobody talks there until the visitor says a word."""
    anna, boris, visitor = await at_desk(shop), await at_desk(shop, "Boris"), await shop.visitor()
    deep = await shop.rings(visit := await shop.visit(visitor))
    values = {"trigger_id": new_id(), "due_at": now_ms() + MINUTE}
    talk = (await shop.say(anna, "chat.invite", visit=visit))["conversation"]
    await shop.store.write(
        lambda conn: conn.execute(update(conversation).where(conversation.c.id == talk).values(**values)).close()
    )
    again = {"state": "ringing", "outcome": None, "expert_id": None, "ended_at": None}
    await shop.store.write(lambda conn: conn.execute(update(alert).values(**again)).close())
    assert (await shop.say(boris, "alert.accept", alert=deep))["conversation"] == talk


# --- all at once -----------------------------------------------------------------------------------------------------


async def test_writing_inviting_accepting_and_closing_at_once_leave_one_pair_of_hands(fresh_database_url: str):
    """In whatever order, through two processes where the base allows it: no deadlock, nobody loses what they were
    given, and no bell rings for whom somebody has."""
    shop = await Shop.open(fresh_database_url)
    houses = [shop]
    postgres = fresh_database_url.startswith("postgresql")
    if postgres:
        houses.append(Shop(open_store(fresh_database_url)))
        houses[1].site = shop.site
    experts = [await at_desk(shop, name) for name in ("Anna", "Boris", "Clara")]
    before = await deadlocks(shop) if postgres else 0
    for turn in range(ROUNDS):
        visitor = await shop.visitor()
        visit = await shop.visit(visitor)
        talk, asked = await asks(shop, visitor)
        house = houses[turn % len(houses)]
        other = houses[-1]
        anna, boris, clara = experts
        doings = [
            house.refusal(anna, "message.send", conversation=talk, client_id=uuid4().hex, text="Mine"),
            other.refusal(boris, "alert.accept", alert=asked),
            house.refusal(clara, "chat.invite", visit=visit, text="Mine"),
            other.refusal(visitor, "message.send", conversation=talk, client_id=uuid4().hex, text="And?"),
            house.store.write(lambda conn: fire_due(conn, now_ms())),
        ]
        codes = await asyncio.gather(*(doings[turn % 5 :] + doings[: turn % 5]))
        codes = codes[-(turn % 5) :] + codes[: -(turn % 5)] if turn % 5 else codes
        assert list(codes[:3]).count("ok") == 1, codes
        assert set(codes[:3]) <= {"ok", "alert_over", "forbidden"}, codes
        winner = experts[codes[:3].index("ok")]
        assert await holder(shop, talk) == winner.account.id
        await writes(shop, winner, talk)
        for one in experts:
            if one is not winner:
                assert await shop.refusal(one, "alert.accept", alert=asked) in ("alert_over", "not_found")
        assert await holder(shop, talk) == winner.account.id
    if postgres:
        assert await deadlocks(shop) == before
    for each in houses:
        await each.close()


@pytest.mark.parametrize("how", ["alert.accept", "message.send"])
async def test_nobody_closes_what_a_colleague_has_just_taken(fresh_database_url: str, how: str):
    """Who takes it and who closes it come at once, through two processes where the base allows it: one of them hears
    that it is too late, and the conversation is theirs who did not."""
    shop = await Shop.open(fresh_database_url)
    houses = [shop]
    postgres = fresh_database_url.startswith("postgresql")
    if postgres:
        houses.append(Shop(open_store(fresh_database_url)))
        houses[1].site = shop.site
    anna, boris = await at_desk(shop), await at_desk(shop, "Boris")
    before = await deadlocks(shop) if postgres else 0
    for turn in range(3 * ROUNDS):
        visitor = await shop.visitor()
        await shop.visit(visitor)
        talk, asked = await asks(shop, visitor)
        data = {"alert": asked}
        if how == "message.send":
            data = {"conversation": talk, "client_id": uuid4().hex, "text": "Mine"}

        async def closes(talk: str = talk, turn: int = turn) -> str:
            await asyncio.sleep(turn % 6 / 1000)
            return await houses[-1].refusal(boris, "conversation.close", conversation=talk)

        took, over = await asyncio.gather(shop.refusal(anna, how, **data), closes())
        assert (took == "ok") != (over == "ok"), (took, over)
        assert over in ("ok", "forbidden")
        assert took in ("ok", "alert_over", "conversation_closed")
        found = await shop.store.read(lambda conn, talk=talk: chat.queries.row(conn, talk))  # type: ignore[misc]
        assert found is not None
        assert (found["state"], found["expert_id"]) == (("open", anna.account.id) if took == "ok" else ("closed", None))
    if postgres:
        assert await deadlocks(shop) == before
    for each in houses:
        await each.close()


async def test_who_took_it_in_the_moment_of_a_block_has_a_free_place_again(fresh_database_url: str):
    """The block ends what is theirs by then, and says whose it was; or they hear that it is over."""
    shop = await Shop.open(fresh_database_url)
    houses = [shop]
    if fresh_database_url.startswith("postgresql"):
        houses.append(Shop(open_store(fresh_database_url)))
    anna, boris = await at_desk(shop), await at_desk(shop, "Boris")
    for turn in range(3 * ROUNDS):
        visitor = await shop.visitor()
        talk = await shop.open_chat(visitor)  # no bell, so that nobody waits for one

        def work(conn: Connection, visitor: VisitorCaller = visitor) -> Ended:
            return block(conn, boris.account, visitor.visitor, "", now_ms() + MINUTE, now_ms())[1]

        async def blocks(turn: int = turn, work: Callable[[Connection], Ended] = work) -> Ended:
            await asyncio.sleep(turn % 6 / 1000)
            return await ending(houses[-1].store, work)

        mine = {"conversation": talk, "client_id": uuid4().hex, "text": "Mine"}
        took, ended = await asyncio.gather(shop.refusal(anna, "message.send", **mine), blocks())
        assert took in ("ok", "conversation_closed")
        assert ended.conversations == [talk]
        assert ended.freed == ([anna.account.id] if took == "ok" else [])
    for each in houses:
        await each.close()


async def test_a_conversation_in_other_hands_than_it_was_seen_in_is_looked_at_again(shop: Shop):
    """Nothing is done with the one that was seen."""
    anna, visitor = await at_desk(shop), await shop.visitor()
    await shop.visit(visitor)
    talk, _ = await asks(shop, visitor)
    seen = [await shop.store.read(lambda conn: chat.queries.row(conn, talk))]
    await writes(shop, anna, talk)

    def work(conn: Connection) -> list[Any]:
        row = seen[-1]
        assert row is not None
        seen.append(chat.queries.row(conn, talk))
        return [held["expert_id"] for held in held_to_end(conn, [row])]

    assert await ending(shop.store, work) == [anna.account.id]
    assert len(seen) == 3


async def deadlocks(shop: Shop) -> int:
    counted = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return int(await shop.store.read(lambda conn: conn.execute(counted).scalar_one()))


# --- who may close, and take up again --------------------------------------------------------------------------------


async def test_a_marketer_closes_nothing(shop: Shop):
    """Not even what nobody has."""
    visitor = await shop.visitor()
    await shop.visit(visitor)
    talk, asked = await asks(shop, visitor)

    marketer = await without_desk(shop, "marketer")
    assert await shop.refusal(marketer, "conversation.close", conversation=talk) == "forbidden"
    assert (await row(shop, asked))["state"] == "ringing"
    found = await shop.store.read(lambda conn: chat.queries.row(conn, talk))
    assert found is not None
    assert found["state"] == "open"
