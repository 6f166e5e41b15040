"""A conversation is passed on: offered, taken or not, never lost, and both sides read what happens."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select, update

import chat.queries
import routing.do
import routing.queries
from chat.tables import note, transfer
from contract.clock import MINUTE, SECOND, now_ms
from contract.ids import new_id
from contract.names import Ms
from contract.rest_experts import TopicLevel
from routing.tables import alert
from service import present
from service.callers import ExpertCaller, VisitorCaller
from service.flows.passed_on import settle, unsettled
from service.flows.ringing import fire_due
from service.flows.staff import topic_rows
from tests.wired.counter import Shop


@pytest.fixture
async def shop(fresh_database_url: str) -> AsyncIterator[Shop]:
    opened = await Shop.open(fresh_database_url)
    yield opened
    await opened.close()


async def at_desk(shop: Shop, name: str = "Anna", *, capacity: int = 50, knows: tuple[str, ...] = ()) -> ExpertCaller:
    caller = await shop.expert(name, capacity=capacity)
    if knows:
        rows = topic_rows([TopicLevel(path=list(knows), level=4)], [shop.site.id])
        await shop.store.write(lambda conn: routing.do.set_topics(conn, caller.account.id, rows))
    await shop.say(caller, "presence.set", status="online")
    return caller


async def talking(shop: Shop, who: ExpertCaller) -> tuple[VisitorCaller, str]:
    visitor = await shop.visitor()
    await shop.visit(visitor)
    return visitor, await shop.open_chat(visitor, who)


async def holder(shop: Shop, talk: str) -> str | None:
    row = await shop.store.read(lambda conn: chat.queries.row(conn, talk))
    assert row is not None
    assert row["state"] == "open"
    held: str | None = row["expert_id"]
    return held


async def rings_at(shop: Shop, who: ExpertCaller) -> list[str]:
    return [row["id"] for row in await shop.store.read(lambda conn: routing.queries.ringing_for(conn, who.account.id))]


async def outcome(shop: Shop, bell: str) -> str | None:
    found = await shop.store.read(
        lambda conn: conn.execute(select(transfer.c.outcome).where(transfer.c.alert_id == bell)).scalar_one()
    )
    return str(found) if found is not None else None


async def read_by(shop: Shop, who: VisitorCaller | ExpertCaller, talk: str) -> list[tuple[str, Any]]:
    """What happened, as this side reads it, after the expert's first words; numbers have no gap."""
    said = await shop.messages(who, talk)
    assert [one["seq"] for one in said] == list(range(1, len(said) + 1))
    return [(one["data"]["name"], one["data"].get("state")) for one in said[2:] if one["kind"] == "event"]


async def pass_time(shop: Shop, bell: str, by: Ms) -> None:
    """As if so much time had gone by for this bell, and the timers looked."""
    await shop.store.write(
        lambda conn: conn.execute(update(alert).where(alert.c.id == bell).values(due_at=now_ms() - by)).close()
    )
    await shop.store.write(lambda conn: fire_due(conn, now_ms()))
    await shop.store.write(lambda conn: settle(conn, now_ms()))


async def brief(shop: Shop, talk: str) -> Any:
    def read(conn: Any) -> Any:
        row = chat.queries.row(conn, talk)
        assert row is not None
        return present.conversation_briefs(conn, [row], now_ms())[0]

    return await shop.store.read(read)


# --- to one person ---------------------------------------------------------------------------------------------------


async def test_a_colleague_is_asked_takes_it_and_both_sides_read_so(shop: Shop):
    """It rings only there; until then it is the sender's; the note is for colleagues alone."""
    anna, boris, clara = await at_desk(shop), await at_desk(shop, "Boris"), await at_desk(shop, "Clara")
    visitor, talk = await talking(shop, anna)
    shop.bus.rung.clear()
    offered = await shop.say(
        anna, "conversation.transfer", conversation=talk, expert=boris.account.id, note="Wants oak."
    )
    assert offered["experts"] == [{"id": boris.account.id, "name": "Boris"}]
    assert {("conversation", talk), ("conversation", f"note:{talk}")} <= set(shop.bus.rung)
    assert (await rings_at(shop, boris), await rings_at(shop, clara), await holder(shop, talk)) == (
        [offered["alert"]], [], anna.account.id,
    )  # fmt: skip
    asked = (await shop.messages(visitor, talk))[-1]
    assert asked["text"] == "Anna asks Boris to take over."
    assert asked["data"] == {
        "name": "conversation.transferred", "by": "Anna", "to": "Boris", "topic": [], "state": "waiting",
    }  # fmt: skip
    (row,) = await shop.store.read(lambda conn: routing.queries.ringing_for(conn, boris.account.id))
    raised = await shop.store.read(lambda conn: present.alert_raised(conn, row, row["until"], "en", now_ms()))
    assert raised.why[0] == "Anna passes a conversation on to you"
    assert raised.transfer is not None
    assert (raised.transfer.note, raised.transfer.by.name, raised.transfer.conversation) == ("Wants oak.", "Anna", talk)
    assert (await brief(shop, talk)).transfer.state == "waiting"

    opened = await shop.say(boris, "alert.accept", alert=offered["alert"])
    assert (opened["conversation"], await holder(shop, talk)) == (talk, boris.account.id)
    assert await outcome(shop, offered["alert"]) == "accepted"
    assert (await brief(shop, talk)).transfer is None
    for who in (visitor, anna, boris):
        assert await read_by(shop, who, talk) == [("conversation.transferred", "waiting"), ("expert.joined", None)]
    assert await shop.refusal(anna, "message.send", conversation=talk, client_id="9", text="Bye") == "forbidden"
    assert await shop.refusal(boris, "message.send", conversation=talk, client_id="1", text="Hello") == "ok"
    assert "Wants oak." not in str(await shop.messages(visitor, talk))
    notes = await shop.store.read(lambda conn: conn.execute(select(note.c.text)).scalars().all())
    assert notes == ["Wants oak."]
    assert not await shop.store.read(unsettled)


@pytest.mark.parametrize("how", ["declined", "expired"])
async def test_who_says_no_or_nothing_leaves_it_where_it_is(shop: Shop, how: str):
    """The visitor reads who stays, once; nobody else is asked."""
    anna, boris, clara = await at_desk(shop), await at_desk(shop, "Boris"), await at_desk(shop, "Clara")
    visitor, talk = await talking(shop, anna)
    bell = (await shop.say(anna, "conversation.transfer", conversation=talk, expert=boris.account.id))["alert"]
    if how == "declined":
        await shop.say(boris, "alert.decline", alert=bell)
    else:
        await pass_time(shop, bell, SECOND)
    assert (await outcome(shop, bell), await holder(shop, talk)) == (how, anna.account.id)
    rang = await shop.store.read(lambda conn: routing.queries.alert_row(conn, bell))
    assert rang is not None
    assert rang["outcome"] == how  # as the board, the timeline and "who was asked" tell it
    assert (await rings_at(shop, boris), await rings_at(shop, clara)) == ([], [])
    assert (await brief(shop, talk)).transfer.state == how
    await shop.store.write(lambda conn: settle(conn, now_ms()))
    expected = [("conversation.transferred", "waiting"), ("conversation.transferred", "returned")]
    assert await read_by(shop, visitor, talk) == expected
    assert (await shop.messages(visitor, talk))[-1]["text"] == "Anna stays with you."
    assert await shop.refusal(boris, "alert.accept", alert=bell) == "alert_over"
    again = await shop.say(anna, "conversation.transfer", conversation=talk, expert=clara.account.id)
    await shop.say(clara, "alert.accept", alert=again["alert"])
    assert await holder(shop, talk) == clara.account.id


async def test_after_a_restart_in_the_middle_it_rings_once_afresh_and_then_stays(shop: Shop):
    """Nothing about it was in any process's memory."""
    anna, boris = await at_desk(shop), await at_desk(shop, "Boris")
    _, talk = await talking(shop, anna)
    bell = (await shop.say(anna, "conversation.transfer", conversation=talk, expert=boris.account.id))["alert"]
    await pass_time(shop, bell, 10 * MINUTE)
    assert await rings_at(shop, boris) == [bell]
    assert await holder(shop, talk) == anna.account.id
    await pass_time(shop, bell, SECOND)
    assert (await rings_at(shop, boris), await outcome(shop, bell)) == ([], "expired")
    assert await holder(shop, talk) == anna.account.id


async def test_who_cannot_be_asked(shop: Shop):
    """Away, full, oneself, nobody, somebody elsewhere; a colleague's conversation, a closed one, a missing one."""
    anna, boris = await at_desk(shop), await at_desk(shop, "Boris", capacity=1)
    visitor, talk = await talking(shop, anna)
    stranger = await shop.expert(site=shop.other_site)
    before = await shop.counts()

    async def refused(who: ExpertCaller = anna, conversation: str = talk, **asked: Any) -> str:
        return await shop.refusal(who, "conversation.transfer", conversation=conversation, **asked)

    assert await refused() == "invalid"
    assert await refused(topic=[]) == "invalid"
    assert await refused(expert=boris.account.id, topic=["Things"]) == "invalid"
    assert await refused(topic=["a\0"]) == "invalid"
    assert await refused(expert=anna.account.id) == "invalid"
    assert await refused(expert=boris.account.id, note="a\0") == "bad_text"
    for missing in (stranger.account.id, new_id(), "nonsense", "a\0b"):
        assert await refused(expert=missing) == "not_found"
    assert await refused(boris, expert=anna.account.id) == "forbidden"
    assert await refused(stranger, expert=boris.account.id) == "not_found"
    await shop.say(boris, "presence.set", status="away")
    assert await refused(expert=boris.account.id) == "not_free"
    assert await shop.counts() == before
    await shop.say(boris, "presence.set", status="online")
    await talking(shop, boris)
    assert await refused(expert=boris.account.id) == "not_free"
    await shop.say(anna, "conversation.close", conversation=talk)
    assert await refused(expert=boris.account.id) == "conversation_closed"
    assert len(await shop.messages(visitor, talk)) == 3
    never_seen = await shop.visitor()
    unseen = await shop.open_chat(never_seen, anna)
    assert await refused(conversation=unseen, expert=boris.account.id) == "invalid"


async def test_a_desk_that_fills_up_meanwhile_cannot_take_it(shop: Shop):
    """Places are counted when it is taken, not only when it is asked for."""
    anna, boris = await at_desk(shop), await at_desk(shop, "Boris", capacity=1)
    _, talk = await talking(shop, anna)
    bell = (await shop.say(anna, "conversation.transfer", conversation=talk, expert=boris.account.id))["alert"]
    await shop.open_chat(await shop.visitor(), boris)
    assert await shop.refusal(boris, "alert.accept", alert=bell) == "desk_full"
    assert await holder(shop, talk) == anna.account.id


async def test_the_same_again_is_one_and_another_one_takes_its_place(shop: Shop):
    """A lost answer costs nothing; who changes their mind asks somebody else."""
    anna, boris, clara = await at_desk(shop), await at_desk(shop, "Boris"), await at_desk(shop, "Clara")
    visitor, talk = await talking(shop, anna)
    asked = {"conversation": talk, "expert": boris.account.id, "note": "Oak"}
    first = await shop.say(anna, "conversation.transfer", **asked)
    assert await shop.say(anna, "conversation.transfer", **asked) == first
    assert len(await read_by(shop, visitor, talk)) == 1
    await shop.say(anna, "conversation.transfer", conversation=talk, expert=clara.account.id)
    assert (await rings_at(shop, boris), len(await rings_at(shop, clara))) == ([], 1)
    assert await outcome(shop, first["alert"]) == "gone"
    assert len(await read_by(shop, visitor, talk)) == 2


async def test_what_the_sender_closes_or_leaves_rings_for_nothing(shop: Shop):
    """Closed: the bell ends. Gone offline: it is a question now, and rings on where it rang."""
    anna, boris = await at_desk(shop), await at_desk(shop, "Boris")
    _, talk = await talking(shop, anna)
    bell = (await shop.say(anna, "conversation.transfer", conversation=talk, expert=boris.account.id))["alert"]
    await shop.say(anna, "conversation.close", conversation=talk)
    assert await shop.refusal(boris, "alert.accept", alert=bell) == "alert_over"
    assert await shop.store.read(unsettled)
    await shop.store.write(lambda conn: settle(conn, now_ms()))
    assert (await rings_at(shop, boris), await outcome(shop, bell)) == ([], "gone")

    visitor, talk = await talking(shop, anna)
    bell = (await shop.say(anna, "conversation.transfer", conversation=talk, expert=boris.account.id))["alert"]
    await shop.say(anna, "presence.set", status="offline")
    assert await rings_at(shop, boris) == [bell]
    await shop.store.write(lambda conn: settle(conn, now_ms()))
    assert (await shop.say(boris, "alert.accept", alert=bell))["conversation"] == talk
    assert await holder(shop, talk) == boris.account.id
    assert [name for name, _ in await read_by(shop, visitor, talk)] == [
        "conversation.transferred", "expert.left", "expert.joined",
    ]  # fmt: skip


async def test_what_was_closed_and_taken_up_again_is_offered_no_more(shop: Shop):
    """The bell of the offer may still ring for a second: it takes nothing from whoever has it now."""
    anna, boris = await at_desk(shop), await at_desk(shop, "Boris")
    _, talk = await talking(shop, anna)
    bell = (await shop.say(anna, "conversation.transfer", conversation=talk, expert=boris.account.id))["alert"]
    await shop.say(anna, "conversation.close", conversation=talk)
    await shop.say(anna, "conversation.reopen", conversation=talk)
    assert await shop.refusal(boris, "alert.accept", alert=bell) == "alert_over"
    assert await holder(shop, talk) == anna.account.id


async def test_two_who_pass_on_to_each_other_in_the_same_moment_both_succeed(shop: Shop):
    """No circle of locks: each holds their own desk only."""
    anna, boris = await at_desk(shop), await at_desk(shop, "Boris")
    talks = [(await talking(shop, who))[1] for who in (anna, boris)]
    bells = [
        (await shop.say(by, "conversation.transfer", conversation=talk, expert=to.account.id))["alert"]
        for by, to, talk in ((anna, boris, talks[0]), (boris, anna, talks[1]))
    ]
    await asyncio.gather(
        shop.say(boris, "alert.accept", alert=bells[0]), shop.say(anna, "alert.accept", alert=bells[1])
    )
    assert [await holder(shop, talk) for talk in talks] == [boris.account.id, anna.account.id]


async def test_of_a_taking_and_a_closing_in_the_same_moment_one_wins(shop: Shop):
    """Never a conversation that is closed and somebody's new one at once."""
    for _ in range(5):
        anna, boris = await at_desk(shop), await at_desk(shop, "Boris")
        visitor, talk = await talking(shop, anna)
        bell = (await shop.say(anna, "conversation.transfer", conversation=talk, expert=boris.account.id))["alert"]
        codes = await asyncio.gather(
            shop.refusal(boris, "alert.accept", alert=bell),
            shop.refusal(anna, "conversation.close", conversation=talk),
        )
        row = await shop.store.read(lambda conn, talk=talk: chat.queries.row(conn, talk))  # type: ignore[misc]
        assert row is not None
        if row["state"] == "closed":
            assert tuple(codes) in (("alert_over", "ok"), ("ok", "ok"))
        else:
            assert (row["expert_id"], tuple(codes)) == (boris.account.id, ("ok", "forbidden"))
        await read_by(shop, visitor, talk)


# --- to a topic ------------------------------------------------------------------------------------------------------


async def test_a_topic_finds_who_knows_it_then_whoever_is_free_and_never_the_sender(shop: Shop):
    """By the ladder's own choice, kept as a decision; nobody took it: it stays."""
    anna = await at_desk(shop, knows=("Boots",))
    boris, clara = await at_desk(shop, "Boris", knows=("Boots",)), await at_desk(shop, "Clara")
    visitor, talk = await talking(shop, anna)
    asked = {"conversation": talk, "topic": ["Boots", "Winter"], "note": "For a wedding"}
    bell = (await shop.say(anna, "conversation.transfer", **asked))["alert"]
    assert (await rings_at(shop, anna), await rings_at(shop, boris), await rings_at(shop, clara)) == ([], [bell], [])
    assert (await shop.messages(visitor, talk))[-1]["text"] == "Anna asks a colleague who knows Winter to take over."
    (row,) = await shop.store.read(lambda conn: routing.queries.ringing_for(conn, boris.account.id))
    assert (row["why"][0][0], row["why"][-1][0]) == ("passed_on", "rung_topic")
    await shop.say(boris, "alert.decline", alert=bell)
    assert (await rings_at(shop, anna), await rings_at(shop, boris), await rings_at(shop, clara)) == ([], [], [bell])
    await shop.say(clara, "alert.decline", alert=bell)
    await pass_time(shop, bell, SECOND)
    assert (await rings_at(shop, clara), await holder(shop, talk)) == ([], anna.account.id)
    assert (await outcome(shop, bell), (await read_by(shop, visitor, talk))[-1]) == (
        "declined", ("conversation.transferred", "returned"),
    )  # fmt: skip


async def test_where_nobody_could_hear_it_nothing_happens(shop: Shop):
    """Better to know at once than to tell the visitor of somebody who does not come."""
    anna = await at_desk(shop, knows=("Boots",))
    visitor, talk = await talking(shop, anna)
    before = await shop.counts()
    code = await shop.refusal(anna, "conversation.transfer", conversation=talk, topic=["Boots"])
    assert (code, await shop.counts(), await read_by(shop, visitor, talk)) == ("not_free", before, [])
