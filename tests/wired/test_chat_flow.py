"""The conversation from both sides, on both databases: numbered without gaps, said once, seen by its own people."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

import chat.desks
import chat.do
import chat.queries
from contract.clock import MINUTE, now_ms
from contract.ids import new_id
from service import present
from service.flows import unvisited
from tests.wired.counter import Shop


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    """A shop and its people for this test; the base is the module's."""
    shop = await Shop.open(database_url)
    yield shop
    await shop.close()


async def test_opening_again_gives_the_same_conversation(shop: Shop):
    """One open conversation per visitor and site, however often and however quickly they ask."""
    visitor = await shop.visitor()
    opened = await asyncio.gather(*(shop.say(visitor, "chat.open") for _ in range(10)))
    assert len({one["conversation"] for one in opened}) == 1
    assert opened[0]["seq"] == 0
    assert opened[0]["messages"] == []


async def test_both_sides_read_the_same_numbered_words(shop: Shop):
    """Messages of both sides, and the expert's coming, stand in one order for both."""
    visitor, expert = await shop.visitor(), await shop.expert("Anna")
    conversation = await shop.open_chat(visitor)
    await shop.say(visitor, "message.send", conversation=conversation, client_id="a", text=" Is it oak? ")
    await shop.say(expert, "message.send", conversation=conversation, client_id="b", text="Yes.")
    seen = await shop.messages(visitor, conversation)
    assert seen == await shop.messages(expert, conversation)
    assert [(m["seq"], m["kind"], m["author"]["kind"], m["text"]) for m in seen] == [
        (1, "text", "visitor", "Is it oak?"),
        (2, "event", "system", "Anna joined."),
        (3, "text", "expert", "Yes."),
    ]
    assert seen[2]["author"]["name"] == "Anna"
    assert seen[0]["author"]["name"] == f"Visitor {visitor.visitor[-4:]}"
    assert seen[1]["data"] == {"name": "expert.joined", "expert": "Anna"}
    reopened = await shop.say(visitor, "chat.open")
    assert (reopened["seq"], reopened["messages"]) == (3, seen)


async def test_seq_has_no_gap_under_concurrency_and_refusals(shop: Shop):
    """Two people, 60 messages at once, a third of them refused: 1, 2, 3 ... all the same."""
    visitor, expert = await shop.visitor(), await shop.expert()
    conversation = await shop.open_chat(visitor, expert)
    said = [
        shop.refusal(
            visitor if n % 2 else expert,
            "message.send",
            conversation=conversation,
            client_id=uuid4().hex,
            text=" " if n % 3 == 0 else f"word {n}",
        )
        for n in range(60)
    ]
    codes = await asyncio.gather(*said)
    assert sorted(codes) == ["empty_message"] * 20 + ["ok"] * 40
    seen = await shop.messages(expert, conversation)
    assert [m["seq"] for m in seen] == list(range(1, 43))


async def test_a_message_sent_again_is_said_once(shop: Shop):
    """The same client_id gives the same answer, also with other words; a refusal leaves the id free."""
    visitor, expert = await shop.visitor(), await shop.expert()
    conversation = await shop.open_chat(visitor)
    for sender in (visitor, expert):
        empty = await shop.refusal(sender, "message.send", conversation=conversation, client_id="x", text="")
        assert empty == "empty_message"
        answers = await asyncio.gather(
            *(
                shop.say(sender, "message.send", conversation=conversation, client_id="x", text=f"word {n}")
                for n in range(10)
            )
        )
        assert len({(one["seq"], one["at"]) for one in answers}) == 1
    texts = [m for m in await shop.messages(visitor, conversation) if m["kind"] == "text"]
    assert [m["author"]["kind"] for m in texts] == ["visitor", "expert"]
    assert [m["client_id"] for m in texts] == ["x", "x"]


async def test_a_message_sent_again_rings_again_in_its_own_conversation_alone(shop: Shop):
    """Whoever was asked first may have stored it and died before it rang. Another conversation, or what is none, gets
    the same answer and no bell."""
    visitor, other, expert = await shop.visitor(), await shop.visitor(), await shop.expert()
    conversation, theirs = await shop.open_chat(visitor), await shop.open_chat(other)
    for sender, elsewhere in ((visitor, theirs), (expert, "typing-e:x")):
        said = await shop.say(sender, "message.send", conversation=conversation, client_id="x", text="Hello")
        shop.bus.rung.clear()
        assert await shop.say(sender, "message.send", conversation=conversation, client_id="x", text="Hello") == said
        assert ("conversation", conversation) in shop.bus.rung
        shop.bus.rung.clear()
        for place in (elsewhere, f"note:{conversation}", "nothing"):
            assert await shop.say(sender, "message.send", conversation=place, client_id="x", text="Hello") == said
        assert shop.bus.rung == []


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty_message"), (" \n ", "empty_message"), ("x" * 8001, "message_too_long"), ("a\0", "bad_text"),
     ("\ud800", "bad_text"), ("x" * 1_000_000, "message_too_long")],
)  # fmt: skip
async def test_bad_words_leave_nothing_behind(shop: Shop, text: str, code: str):
    """Each gets its clear error and no row is written."""
    visitor = await shop.visitor()
    conversation = await shop.open_chat(visitor)
    before = await shop.counts()
    assert await shop.refusal(visitor, "message.send", conversation=conversation, client_id="1", text=text) == code
    assert await shop.counts() == before
    assert (await shop.say(visitor, "chat.open"))["seq"] == 0


async def test_a_foreign_conversation_looks_like_a_missing_one(shop: Shop):
    """Another visitor, another site's expert, an id that never was, an id that is none: not_found."""
    visitor, stranger = await shop.visitor(), await shop.visitor()
    expert = await shop.expert(site=shop.other_site)
    conversation = await shop.open_chat(visitor)
    for id_ in (conversation, new_id(), "nonsense", "a\0b", "\ud800", "' OR 1=1 --"):
        for caller in (stranger, expert):
            assert await shop.refusal(caller, "messages.after", conversation=id_) == "not_found"
            assert await shop.refusal(caller, "message.read", conversation=id_, seq=1) == "not_found"
            assert await shop.refusal(caller, "typing", conversation=id_) == "not_found"
            code = await shop.refusal(caller, "message.send", conversation=id_, client_id="1", text="hi")
            assert code == "not_found"
        assert await shop.refusal(expert, "conversation.close", conversation=id_) == "not_found"


async def test_a_frame_keeps_its_conversation_to_itself(shop: Shop):
    """Bound to a frame secret, a conversation is missing for the visitor key alone and for any other frame."""
    plain = await shop.visitor()
    frame, other = replace(plain, frame_hash="f1"), replace(plain, frame_hash="f2")
    conversation = await shop.open_chat(frame)
    for caller in (plain, other):
        assert await shop.refusal(caller, "messages.after", conversation=conversation) == "not_found"
        assert (
            await shop.refusal(caller, "message.send", conversation=conversation, client_id="1", text="x")
            == "not_found"
        )
        assert await shop.open_chat(caller) != conversation
    assert await shop.open_chat(frame) == conversation
    assert await shop.messages(frame, conversation) == []


async def test_a_frame_binds_an_unbound_conversation(shop: Shop):
    """An invitation is unbound; the first frame that opens it owns it from then on."""
    plain, expert = await shop.visitor(), await shop.expert()
    visit = await shop.visit(plain)
    frame = replace(plain, frame_hash="f1")
    invited = await shop.say(expert, "chat.invite", visit=visit, text="May I help?")
    assert await shop.messages(plain, invited["conversation"])
    opened = await shop.say(frame, "chat.open")
    assert opened["conversation"] == invited["conversation"]
    assert [m["text"] for m in opened["messages"]] == ["Anna joined.", "May I help?"]
    assert await shop.refusal(plain, "messages.after", conversation=invited["conversation"]) == "not_found"


async def test_a_lost_secret_means_a_new_conversation_that_an_invitation_reaches(shop: Shop):
    """The old one, unseen for half an hour, is closed; the expert still reads it."""
    plain, expert = await shop.visitor(), await shop.expert()
    frame = replace(plain, frame_hash="lost")
    old = await shop.open_chat(frame, expert)
    visit = await shop.visit(plain)
    assert (await shop.say(expert, "chat.invite", visit=visit))["conversation"] == old, "they are still there"

    later = now_ms() + 31 * MINUTE
    row = await shop.store.write(
        lambda conn: chat.do.open_for_expert(
            conn, shop.site.id, plain.visitor, visit, expert.account.id, None, "Anna", later
        )
    )
    assert row["id"] != old
    assert row["frame_hash"] is None
    assert (await shop.messages(expert, old))[-1]["data"]["name"] == "conversation.closed"
    assert await shop.open_chat(replace(plain, frame_hash="new")) == row["id"]


async def test_a_closed_conversation_takes_no_more_words(shop: Shop):
    """Both sides are told; closing again is fine; the next chat.open begins a new one."""
    visitor, expert = await shop.visitor(), await shop.expert()
    conversation = await shop.open_chat(visitor, expert)
    assert await shop.refusal(expert, "conversation.close", conversation=conversation) == "ok"
    before = await shop.counts()
    assert await shop.refusal(expert, "conversation.close", conversation=conversation) == "ok"
    for caller in (visitor, expert):
        code = await shop.refusal(caller, "message.send", conversation=conversation, client_id="9", text="hi")
        assert code == "conversation_closed"
    code = await shop.refusal(expert, "info.push", conversation=conversation, title="a", text="b")
    assert code == "conversation_closed"
    assert await shop.counts() == before
    assert (await shop.messages(visitor, conversation))[-1]["data"]["name"] == "conversation.closed"
    assert await shop.open_chat(visitor) != conversation


async def test_a_colleagues_conversation_is_read_but_not_written(shop: Shop):
    """The history is everybody's of the site; the word is whose conversation it is."""
    visitor, anna, boris = await shop.visitor(), await shop.expert("Anna"), await shop.expert("Boris")
    conversation = await shop.open_chat(visitor, anna)
    assert await shop.messages(boris, conversation)
    assert await shop.refusal(boris, "message.send", conversation=conversation, client_id="1", text="hi") == "forbidden"
    assert await shop.refusal(boris, "conversation.close", conversation=conversation) == "forbidden"
    assert await shop.refusal(boris, "info.push", conversation=conversation, title="a", text="b") == "forbidden"
    visit = await shop.visit(visitor)
    assert await shop.refusal(boris, "chat.invite", visit=visit, text="hi") == "forbidden"
    shop.bus.rung.clear()
    await shop.say(boris, "message.read", conversation=conversation, seq=2)
    await shop.say(boris, "typing", conversation=conversation)
    assert shop.bus.rung == []


async def test_of_two_who_answer_a_stranger_one_has_the_conversation(shop: Shop):
    """Writing into what is nobody's takes it, and only one can."""
    visitor = await shop.visitor()
    experts = [await shop.expert(f"E{n}") for n in range(5)]
    conversation = await shop.open_chat(visitor)
    codes = await asyncio.gather(
        *(shop.refusal(e, "message.send", conversation=conversation, client_id="1", text="hi") for e in experts)
    )
    assert sorted(codes) == ["forbidden"] * 4 + ["ok"]
    assert len(await shop.messages(visitor, conversation)) == 2


async def test_nobody_takes_more_than_they_can(shop: Shop):
    """Invitations and first words count as every other conversation; a closed one frees its place."""
    expert = await shop.expert(capacity=2)
    visits = [await shop.visit(await shop.visitor()) for _ in range(6)]
    codes = await asyncio.gather(*(shop.refusal(expert, "chat.invite", visit=one, text="hi") for one in visits))
    assert sorted(codes) == ["desk_full"] * 4 + ["ok"] * 2
    loose = await shop.open_chat(await shop.visitor())
    assert await shop.refusal(expert, "message.send", conversation=loose, client_id="1", text="x") == "desk_full"
    mine = await shop.store.read(lambda conn: chat.desks.desk_of(conn, expert.account.id, now_ms()))
    await shop.say(expert, "conversation.close", conversation=mine[0]["id"])
    assert await shop.refusal(expert, "message.send", conversation=loose, client_id="1", text="x") == "ok"


async def test_reading_is_told_to_the_other_side_and_never_goes_back(shop: Shop):
    """A mark beyond the last message is the last message; an older one changes nothing."""
    visitor, expert = await shop.visitor(), await shop.expert()
    conversation = await shop.open_chat(visitor, expert)
    shop.bus.rung.clear()
    for seq in (1, 2**53 - 1, 1):
        await shop.say(visitor, "message.read", conversation=conversation, seq=seq)
    row = await shop.store.read(lambda conn: chat.queries.row(conn, conversation))
    assert row is not None
    assert (row["visitor_read_seq"], row["expert_read_seq"]) == (2, 0)
    assert shop.bus.rung == [("conversation", conversation)] * 2
    assert await shop.say(visitor, "messages.after", conversation=conversation, seq=2**53 - 1) == {"messages": []}


async def test_typing_is_told_and_not_stored(shop: Shop):
    """A bell for the other side, no row."""
    visitor, expert = await shop.visitor(), await shop.expert()
    conversation = await shop.open_chat(visitor, expert)
    before = await shop.counts()
    shop.bus.rung.clear()
    await shop.say(visitor, "typing", conversation=conversation)
    await shop.say(expert, "typing", conversation=conversation)
    assert shop.bus.rung == [("conversation", f"typing-{who}:{conversation}") for who in "ve"]
    assert await shop.counts() == before


async def test_an_invitation_needs_no_socket_and_frees_its_place_when_nobody_comes(shop: Shop):
    """Five minutes for the visitor to appear; appearing keeps it."""
    expert = await shop.expert()
    visitors = [await shop.visitor(), await shop.visitor()]
    invited = [
        (await shop.say(expert, "chat.invite", visit=await shop.visit(one), text="Hi"))["conversation"]
        for one in visitors
    ]
    await shop.say(visitors[0], "message.read", conversation=invited[0], seq=2)
    later = now_ms() + 5 * MINUTE + 1

    assert not await shop.store.read(lambda conn: chat.do.any_unvisited(conn, later - 2 * MINUTE))
    assert await shop.store.read(lambda conn: chat.do.any_unvisited(conn, later))
    freed = await shop.store.write(lambda conn: unvisited.free(conn, later).conversations)
    assert invited[1] in freed
    assert invited[0] not in freed
    assert await shop.store.write(lambda conn: unvisited.free(conn, later).conversations) == []
    assert await shop.refusal(visitors[0], "message.send", conversation=invited[0], client_id="1", text="Hi") == "ok"


async def test_the_desk_shows_ones_own_and_what_waits(shop: Shop):
    """With unread counts, the last word, a name and whether they are here."""
    visitor, anna, boris = await shop.visitor(), await shop.expert("Anna"), await shop.expert("Boris")
    await shop.visit(visitor)
    conversation = await shop.open_chat(visitor, anna)
    for n in range(3):
        await shop.say(visitor, "message.send", conversation=conversation, client_id=str(n), text=f"word {n}")
    loose = await shop.visitor()
    waiting = await shop.open_chat(loose)
    await shop.say(loose, "message.send", conversation=waiting, client_id="1", text="anybody?")

    async def desk(who: str) -> dict[str, Any]:
        rows = await shop.store.read(
            lambda conn: present.conversation_briefs(
                conn, chat.desks.desk_of(conn, who, now_ms(), [shop.site.id]), now_ms()
            )
        )
        return {row.id: row for row in rows}

    mine = (await desk(anna.account.id))[conversation]
    assert (mine.unread, mine.last.text, mine.last_seq, mine.live) == (3, "word 2", 5, True)
    assert (mine.expert.name, mine.customer, mine.name) == ("Anna", None, f"Visitor {visitor.visitor[-4:]}")
    assert conversation not in await desk(boris.account.id)
    assert (await desk(boris.account.id))[waiting].expert is None
    await shop.say(anna, "message.read", conversation=conversation, seq=5)
    assert (await desk(anna.account.id))[conversation].unread == 0
