"""Conversations in which nobody writes: told that they end, ended, and taken back by any word."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import Connection, select, text, update

import access.do
import chat.queries
import routing.answers
import routing.do
from chat.tables import conversation
from contract.clock import MINUTE, from_rfc3339, now_ms
from contract.names import Ms
from service import present
from service.callers import ExpertCaller, VisitorCaller
from service.flows import idle, unvisited
from service.flows.ended import ending
from store.connect import open_store
from tests.wired.counter import Shop


@pytest.fixture
async def shop(fresh_database_url: str) -> AsyncIterator[Shop]:
    opened = await Shop.open(fresh_database_url)
    yield opened
    await opened.close()


async def talking(shop: Shop) -> tuple[VisitorCaller, ExpertCaller, str]:
    visitor, expert = await shop.visitor(), await shop.expert()
    return visitor, expert, await shop.open_chat(visitor, expert)


async def looks(shop: Shop, now: Ms) -> idle.Moved:
    """The timer looks, once."""
    due = await shop.store.read(lambda conn: idle.due(conn, now))
    return await shop.store.write(lambda conn: idle.move(conn, due, now)) if due else idle.Moved()


async def events(shop: Shop, who: VisitorCaller | ExpertCaller, talk: str) -> list[str]:
    said = await shop.messages(who, talk)
    assert [one["seq"] for one in said] == list(range(1, len(said) + 1))
    return [one["data"]["name"] for one in said if one["kind"] == "event"]


async def row(shop: Shop, talk: str) -> Any:
    return await shop.store.read(lambda conn: chat.queries.row(conn, talk))


async def set_talk(shop: Shop, **values: Any) -> None:
    changed = msgspec.structs.replace(shop.site.talk, **values)
    await shop.store.write(lambda conn: access.do.patch_site(conn, shop.site.id, {"talk": changed}, now_ms()))


async def test_after_an_hour_both_sides_are_told_and_five_minutes_later_it_ends(shop: Shop):
    """Once each, whoever looks how often; by itself is nobody's closing; the place is free."""
    visitor, expert, talk = await talking(shop)
    now = now_ms()
    assert (await looks(shop, now + 59 * MINUTE)).conversations == []
    warned_at = now + 60 * MINUTE + 1_000
    assert (await looks(shop, warned_at)).conversations == [talk]
    assert (await looks(shop, warned_at + MINUTE)).conversations == []
    ending = (await shop.messages(visitor, talk))[-1]
    assert (ending["data"]["name"], from_rfc3339(ending["data"]["at"])) == (
        "conversation.ending", warned_at + 5 * MINUTE,
    )  # fmt: skip
    brief = await shop.store.read(
        lambda conn: present.conversation_briefs(conn, [chat.queries.row(conn, talk)], now_ms())  # type: ignore[list-item]
    )
    assert brief[0].ends_at == ending["data"]["at"]
    assert (await shop.say(visitor, "chat.open"))["ends_at"] == ending["data"]["at"]
    moved = await looks(shop, warned_at + 5 * MINUTE)
    assert (moved.conversations, moved.freed) == ([talk], [expert.account.id])
    assert await looks(shop, warned_at + 6 * MINUTE) == idle.Moved()
    assert await events(shop, expert, talk) == ["expert.joined", "conversation.ending", "conversation.closed"]
    assert (await shop.messages(visitor, talk))[-1]["data"]["expert"] == ""
    assert (await row(shop, talk))["state"] == "closed"


@pytest.mark.parametrize("who", ["visitor", "expert", "card"])
async def test_any_word_takes_the_warning_back(shop: Shop, who: str):
    """Of either side, a card too; then an hour runs anew."""
    visitor, expert, talk = await talking(shop)
    warned_at = now_ms() + 61 * MINUTE
    await looks(shop, warned_at)
    if who == "card":
        await shop.say(expert, "info.push", conversation=talk, title="Opening hours", text="9 to 5")
    else:
        by = visitor if who == "visitor" else expert
        await shop.say(by, "message.send", conversation=talk, client_id=uuid4().hex, text="Still here")
    assert (await row(shop, talk))["ends_at"] is None
    assert (await looks(shop, now_ms() + 59 * MINUTE)).conversations == []
    assert (await looks(shop, now_ms() + 61 * MINUTE)).conversations == [talk]
    assert (await row(shop, talk))["state"] == "open"


async def test_what_we_say_ourselves_is_no_word(shop: Shop):
    """An event keeps nothing open; nor does reading."""
    visitor, _, talk = await talking(shop)
    await looks(shop, now_ms() + 61 * MINUTE)
    await shop.say(visitor, "message.read", conversation=talk, seq=3)
    await shop.say(visitor, "conversation.rate", conversation=talk, score=5)
    assert (await row(shop, talk))["ends_at"] is not None


async def test_what_nobody_has_yet_does_not_end(shop: Shop):
    """Somebody asked, and waits for an answer, over night too; so does one whose expert had to leave."""
    visitor, expert, talk = await talking(shop)
    await shop.visit(visitor)
    asking = await shop.visitor()
    waiting = await shop.open_chat(asking)
    await shop.say(asking, "message.send", conversation=waiting, client_id="1", text="Anybody?")
    await looks(shop, now_ms() + 61 * MINUTE)
    await shop.say(expert, "presence.set", status="offline")
    assert (await looks(shop, now_ms() + 600 * MINUTE)).conversations == []
    assert {(await row(shop, one))["state"] for one in (talk, waiting)} == {"open"}


async def test_the_site_says_when_and_whether(shop: Shop):
    """Its minutes count from now on; never is never."""
    _, _, talk = await talking(shop)
    await set_talk(shop, idle_minutes=0)
    assert (await looks(shop, now_ms() + 10_000 * MINUTE)).conversations == []
    await set_talk(shop, idle_minutes=2, warn_minutes=1)
    assert (await looks(shop, now_ms() + 2 * MINUTE)).conversations == [talk]
    assert (await row(shop, talk))["ends_at"] <= now_ms() + 3 * MINUTE + 1_000


async def test_what_ended_while_no_server_was_there_is_told_once_afresh(shop: Shop):
    """Nobody could have answered meanwhile."""
    visitor, _, talk = await talking(shop)
    warned_at = now_ms() + 61 * MINUTE
    await looks(shop, warned_at)
    back = warned_at + 30 * MINUTE
    assert (await looks(shop, back)).conversations == [talk]
    assert await events(shop, visitor, talk) == ["expert.joined", "conversation.ending", "conversation.ending"]
    assert (await row(shop, talk))["state"] == "open"
    await looks(shop, back + 5 * MINUTE)
    assert (await row(shop, talk))["state"] == "closed"


async def test_many_are_moved_in_portions(shop: Shop):
    """So that nobody who writes waits long for the timer."""
    expert = await shop.expert(capacity=100)
    talks = [await shop.open_chat(await shop.visitor(), expert) for _ in range(60)]
    later, moved = now_ms() + 61 * MINUTE, []
    for _ in range(3):
        moved.append((await looks(shop, later)).conversations)
    assert [len(one) for one in moved] == [50, 10, 0]
    assert {id_ for some in moved for id_ in some} == set(talks)


async def test_a_word_between_the_look_and_the_end_wins(shop: Shop):
    """What was due when it was looked for is looked at once more under its lock."""
    visitor, _, talk = await talking(shop)
    warned_at = now_ms() + 61 * MINUTE
    await looks(shop, warned_at)
    over = warned_at + 5 * MINUTE
    due = await shop.store.read(lambda conn: idle.due(conn, over))
    assert due == [(talk, shop.site.id)]
    await shop.say(visitor, "message.send", conversation=talk, client_id="1", text="Wait!")
    await shop.store.write(lambda conn: conn.execute(update(conversation).values(spoken_at=over)).close())
    assert await shop.store.write(lambda conn: idle.move(conn, due, over)) == idle.Moved()
    assert (await row(shop, talk))["state"] == "open"


_WAITING = text(
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_locks WHERE database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database()))"
)


@pytest.mark.parametrize("how", ["nobody writes", "nobody came"])
async def test_what_ends_by_itself_waits_for_the_desk_before_it_holds_the_conversation(
    new_database: Callable[[str], str], how: str
):
    """As whoever closes it by hand does: else two processes would wait for each other, and one would be undone."""
    shop = await Shop.open(url := new_database("postgres"))
    other = Shop(open_store(url))
    _, expert, talk = await talking(shop)
    now, site, held = now_ms(), shop.site.id, asyncio.Event()

    def over(conn: Connection) -> None:
        routing.do.set_breath(conn, expert.account.id, 30)
        ends = {"ends_at": now - 1} if how == "nobody writes" else {"due_at": now - 1}
        conn.execute(update(conversation).where(conversation.c.id == talk).values(**ends))

    def closes(conn: Connection) -> None:
        routing.answers.hold_desk(conn, expert.account.id)
        held.set()
        until = now_ms() + 8_000
        while not conn.execute(_WAITING).scalar_one():
            assert now_ms() < until, "nobody waits for the desk"
            conn.execute(text("SELECT pg_sleep(0.02)"))
        conn.execute(select(conversation.c.id).where(conversation.c.id == talk).with_for_update(nowait=True))

    def by_itself(conn: Connection) -> list[str]:
        if how == "nobody writes":
            return idle.move(conn, [(talk, site)], now).conversations
        return unvisited.free(conn, now).conversations

    async def ends_by_itself() -> list[str]:
        await held.wait()
        return await ending(shop.store, by_itself)

    await shop.store.write(over)
    _, ended = await asyncio.gather(other.store.write(closes), ends_by_itself())
    assert ended == [talk]
    assert (await row(shop, talk))["state"] == "closed"
    for house in (shop, other):
        await house.close()
