"""What is around the words: notes, ratings, taking up again, a greeting, what stands unsent, reading along."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import select, update

import access.do
import chat.blocks
import chat.do
import chat.preview
import chat.queries
import crm.identify
import routing.queries
from access.webhooks import make_webhook
from chat.tables import conversation, note, preview
from contract.clock import DAY, MINUTE, now_ms
from contract.facts import SignedIn
from contract.names import Role
from contract.talk import Talk
from reports.decisions import came_of
from service import present
from service.callers import ExpertCaller, VisitorCaller
from service.flows import announce
from service.flows.identity import along
from service.sockets import talks
from service.sockets.asking import NAMESPACE, Asking
from service.sockets.registry import Connection as Socket
from service.sockets.registry import Registry
from tests.wired.counter import ANN, Shop, at_desk


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    opened = await Shop.open(database_url)
    yield opened
    await opened.close()


async def colleague(shop: Shop, role: Role) -> ExpertCaller:
    """Somebody of the site without a desk."""
    account = await shop.store.write(
        lambda conn: access.do.create_account(
            conn, email=f"{uuid4().hex}@shop.example", name=role.capitalize(), password_hash="-", role=role,
            now=now_ms(), sites=[shop.site.id],
        )
    )  # fmt: skip
    return ExpertCaller(account=account, language="en")


async def says(shop: Shop, who: VisitorCaller | ExpertCaller, talk: str, text: str = "Hello") -> dict[str, Any]:
    return await shop.say(who, "message.send", conversation=talk, client_id=uuid4().hex, text=text)


async def closed(shop: Shop, visitor: VisitorCaller, expert: ExpertCaller) -> str:
    """A conversation of theirs that is over."""
    talk = await shop.open_chat(visitor, expert)
    await shop.say(expert, "conversation.close", conversation=talk)
    return talk


async def set_talk(shop: Shop, **values: Any) -> None:
    changed = msgspec.structs.replace(shop.site.talk, **values)
    await shop.store.write(lambda conn: access.do.patch_site(conn, shop.site.id, {"talk": changed}, now_ms()))
    shop.bell.sites.forget()


async def row(shop: Shop, talk: str) -> Any:
    return await shop.store.read(lambda conn: chat.queries.row(conn, talk))


async def ago(shop: Shop, talk: str, **times: int) -> None:
    """As if so long had passed since."""
    values = {column: now_ms() - time for column, time in times.items()}
    await shop.store.write(
        lambda conn: conn.execute(update(conversation).where(conversation.c.id == talk).values(**values)).close()
    )


async def numbers(shop: Shop, who: VisitorCaller | ExpertCaller, talk: str) -> list[int]:
    return [one["seq"] for one in await shop.messages(who, talk)]


# --- notes -----------------------------------------------------------------------------------------------------------


async def test_a_note_is_for_colleagues_and_leaves_no_gap_in_the_visitors_numbers(shop: Shop):
    """It stands after the message it was written after, and is no message."""
    visitor, anna, boris = await shop.visitor(), await shop.expert(), await shop.expert("Boris")
    talk = await shop.open_chat(visitor, anna)
    before = await shop.messages(visitor, talk)
    shop.bus.rung.clear()
    said = await shop.say(boris, "note.add", conversation=talk, client_id="1", text=" She bought boots in May. ")
    assert shop.bus.rung == [("conversation", f"note:{talk}")]
    assert await shop.messages(visitor, talk) == before
    await says(shop, visitor, talk)
    assert await numbers(shop, visitor, talk) == [1, 2, 3]
    mine = select(note).where(note.c.conversation_id == talk)
    (kept,) = await shop.store.read(lambda conn: present.notes(conn.execute(mine).mappings().all()))
    assert (kept.id, kept.after_seq, kept.author.name, kept.text) == (
        said["note"], 2, "Boris", "She bought boots in May.",
    )  # fmt: skip


async def test_the_same_note_twice_is_one_note(shop: Shop):
    """Also ten at once; a refusal leaves the id free."""
    visitor, anna = await shop.visitor(), await shop.expert()
    talk = await shop.open_chat(visitor, anna)
    assert await shop.refusal(anna, "note.add", conversation=talk, client_id="x", text=" ") == "empty_message"
    answers = await asyncio.gather(
        *(shop.say(anna, "note.add", conversation=talk, client_id="x", text=f"note {n}") for n in range(10))
    )
    assert len({one["note"] for one in answers}) == 1


async def test_who_may_note(shop: Shop):
    """Whoever works with visitors of the site, an administrator too, on a closed conversation as well."""
    visitor, anna = await shop.visitor(), await shop.expert()
    talk = await closed(shop, visitor, anna)
    asked = {"conversation": talk, "client_id": "1", "text": "Ring back in June."}
    assert await shop.refusal(await colleague(shop, "admin"), "note.add", **asked) == "ok"
    assert await shop.refusal(await colleague(shop, "marketer"), "note.add", **asked) == "forbidden"
    assert await shop.refusal(await shop.expert(site=shop.other_site), "note.add", **asked) == "not_found"
    assert await shop.refusal(anna, "note.add", **{**asked, "text": "a\0b"}) == "bad_text"


# --- rating ----------------------------------------------------------------------------------------------------------


async def test_a_rating_is_read_by_both_sides_once_and_may_be_changed_for_a_day(shop: Shop):
    """After the end, too; the same again says nothing; a comment alone is nobody's event, and stays when the score
    changes; the newest is read."""
    visitor, anna = await shop.visitor(), await shop.expert()
    talk = await closed(shop, visitor, anna)
    for score, comment in ((4, "Good."), (4, "Good."), (4, "Very good."), (5, "")):
        await shop.say(visitor, "conversation.rate", conversation=talk, score=score, comment=comment)
    said = [one["data"] for one in await shop.messages(anna, talk) if one["kind"] == "event"]
    assert [data["score"] for data in said if data["name"] == "conversation.rated"] == [5]
    assert await numbers(shop, visitor, talk) == [1, 2, 3, 4]
    found = await row(shop, talk)
    (brief,) = await shop.store.read(lambda conn: present.conversation_briefs(conn, [found], now_ms()))
    assert brief.rating is not None
    assert (brief.rating.score, brief.rating.comment, brief.state) == (5, "Very good.", "closed")
    await ago(shop, talk, rated_at=DAY + 1)
    asked = {"conversation": talk, "score": 1}
    assert await shop.refusal(visitor, "conversation.rate", **asked) == "too_late"
    assert (await row(shop, talk))["score"] == 5


async def test_a_rating_that_changes_all_day_is_heard_three_times_more_and_stands_there_once(shop: Shop):
    """One message and four webhooks of a hundred tries."""
    visitor, anna = await shop.visitor(), await shop.expert()
    talk = await closed(shop, visitor, anna)
    hook = ("https://hear.example/", ["conversation.rated"], now_ms())
    await shop.store.write(lambda conn: make_webhook(conn, shop.site.id, *hook))  # type: ignore[arg-type]
    announce.forget(shop.site.id)
    before = await shop.counts()
    asked = [{"score": 1 + number % 2, "comment": f"Try {number}"} for number in range(100)]
    heard = [await shop.refusal(visitor, "conversation.rate", conversation=talk, **each) for each in asked]
    assert heard == ["ok"] * 4 + ["too_late"] * 96
    after = await shop.counts()
    assert (after["message"] - before["message"], after["outbox"] - before["outbox"]) == (1, 4)
    assert (await row(shop, talk))["score"] == 2


async def test_a_conversation_taken_up_again_is_rated_anew(shop: Shop):
    """What was said of it before stays where it was said."""
    visitor, anna = await shop.visitor(), await shop.expert()
    talk = await closed(shop, visitor, anna)
    await shop.say(visitor, "conversation.rate", conversation=talk, score=4)
    await shop.say(visitor, "conversation.reopen", conversation=talk)
    await shop.say(visitor, "conversation.rate", conversation=talk, score=2)
    await shop.say(visitor, "conversation.rate", conversation=talk, score=3)
    said = [one["data"] for one in await shop.messages(anna, talk) if one["kind"] == "event"]
    assert [data["score"] for data in said if data["name"] == "conversation.rated"] == [4, 3]


@pytest.mark.parametrize(
    ("asked", "code"),
    [({"score": 0}, "invalid"), ({"score": 6}, "invalid"), ({"score": 3, "comment": "a\0"}, "bad_text"),
     ({"score": 3, "comment": "x" * 2_001}, "message_too_long")],
)  # fmt: skip
async def test_a_bad_rating_leaves_nothing_behind(shop: Shop, asked: dict[str, Any], code: str):
    """A score is 1 to 5, a comment is as text as any."""
    visitor, anna = await shop.visitor(), await shop.expert()
    talk = await shop.open_chat(visitor, anna)
    before = await row(shop, talk)
    if code == "invalid":
        with pytest.raises(msgspec.ValidationError):
            await shop.say(visitor, "conversation.rate", conversation=talk, **asked)
    else:
        assert await shop.refusal(visitor, "conversation.rate", conversation=talk, **asked) == code
    assert await row(shop, talk) == before


async def test_only_whom_somebody_served_rates_and_only_where_the_site_asks(shop: Shop):
    """An own conversation, in the own frame."""
    visitor, anna = await shop.visitor(), await shop.expert()
    alone = await shop.open_chat(visitor)
    assert await shop.refusal(visitor, "conversation.rate", conversation=alone, score=1) == "not_found"
    await says(shop, anna, alone)
    assert await shop.refusal(await shop.visitor(), "conversation.rate", conversation=alone, score=1) == "not_found"
    await set_talk(shop, ratings=False)
    assert await shop.refusal(visitor, "conversation.rate", conversation=alone, score=1) == "forbidden"
    await set_talk(shop, ratings=True)
    assert await shop.refusal(visitor, "conversation.rate", conversation=alone, score=1) == "ok"


async def test_a_decision_shows_how_it_was_rated_and_stays_solved(shop: Shop):
    """A word after the end does not make it unsolved."""
    visitor, anna = await shop.visitor(), await at_desk(shop)
    await shop.visit(visitor)
    talk = await shop.open_chat(visitor)
    await says(shop, visitor, talk)
    (ringing,) = await shop.store.read(lambda conn: routing.queries.ringing_for(conn, anna.account.id))
    alert = ringing["id"]
    await shop.say(anna, "alert.accept", alert=alert)
    await shop.say(anna, "conversation.close", conversation=talk)
    await shop.say(visitor, "conversation.rate", conversation=talk, score=2)
    came = (await shop.store.read(lambda conn: came_of(conn, [alert])))[alert]
    assert (came.solved, came.rated) == (True, 2)


# --- taking up again -------------------------------------------------------------------------------------------------


async def test_a_visitor_takes_up_their_newest_one_again_with_whom_they_had(shop: Shop):
    """The numbers go on; twice is like once; it takes a place of the expert's."""
    visitor, anna = await shop.visitor(), await at_desk(shop, capacity=1)
    talk = await closed(shop, visitor, anna)
    other = (await shop.say(visitor, "chat.open"))["conversation"]
    offered = (await shop.say(visitor, "chat.open"))["closed"]
    assert (offered["conversation"], offered["expert"]) == (talk, "Anna")
    for _ in range(2):
        opened = await shop.say(visitor, "conversation.reopen", conversation=talk)
        assert (opened["conversation"], opened["seq"], opened["closed"]) == (talk, 4, None)
    assert [m["seq"] for m in opened["messages"]] == [1, 2, 3, 4]
    assert opened["messages"][-1]["data"] == {"name": "conversation.reopened", "by": "visitor", "expert": ""}
    found = await row(shop, talk)
    assert (found["state"], found["expert_id"], found["closed_at"]) == ("open", anna.account.id, None)
    assert (await row(shop, other))["state"] == "closed", "nothing was said there"
    assert await shop.open_chat(visitor) == talk
    loose = await shop.open_chat(await shop.visitor())
    assert await shop.refusal(anna, "message.send", conversation=loose, client_id="1", text="Hi") == "desk_full"


@pytest.mark.parametrize("why", ["offline", "full"])
async def test_where_the_expert_has_no_place_it_is_nobodys_and_the_next_word_rings(shop: Shop, why: str):
    """The one who served them last is asked as on any ladder."""
    visitor, anna = await shop.visitor(), await at_desk(shop, capacity=1)
    await shop.visit(visitor)
    talk = await closed(shop, visitor, anna)
    if why == "offline":
        await shop.say(anna, "presence.set", status="offline")
    else:
        await shop.open_chat(await shop.visitor(), anna)
    await shop.say(visitor, "conversation.reopen", conversation=talk)
    found = await row(shop, talk)
    assert (found["state"], found["expert_id"], found["left_id"]) == ("open", None, anna.account.id)
    before = (await shop.counts())["alert"]
    await says(shop, visitor, talk)
    assert (await shop.counts())["alert"] == before + 1


async def test_what_a_visitor_may_not_take_up_again(shop: Shop):
    """Older than a day; not the newest; another frame's; another visitor's; while they talk elsewhere."""
    plain, anna = await shop.visitor(), await at_desk(shop)
    frame = replace(plain, frame_hash="f1")
    first = await closed(shop, frame, anna)
    second = await closed(shop, frame, anna)

    async def refused(caller: VisitorCaller, talk: str) -> str:
        return await shop.refusal(caller, "conversation.reopen", conversation=talk)

    assert await refused(frame, first) == "too_late"
    assert await refused(plain, second) == "not_found"
    assert await refused(replace(plain, frame_hash="f2"), second) == "not_found"
    assert await refused(await shop.visitor(), second) == "not_found"
    assert (await shop.say(plain, "chat.open"))["closed"] is None
    third = await shop.open_chat(frame)
    await says(shop, frame, third)
    assert await refused(frame, second) == "exists"
    await shop.say(anna, "conversation.close", conversation=third)
    assert await refused(frame, second) == "too_late"
    for talk in (first, second, third):
        await ago(shop, talk, closed_at=DAY + MINUTE)
    assert await refused(frame, third) == "too_late"
    assert (await shop.say(frame, "chat.open"))["closed"] is None


async def test_the_visitor_key_alone_cannot_stand_in_the_way_of_taking_up_again(shop: Shop):
    """Neither of the frame's nor of the expert's: an unbound one with a word in it stays beside, until an expert has
    it; what the frame itself said elsewhere still counts."""
    plain, anna, boris = await shop.visitor(), await at_desk(shop), await shop.expert("Boris")
    frame = replace(plain, frame_hash="f1")
    talk = await closed(shop, frame, anna)
    loose = await shop.open_chat(plain)
    await says(shop, plain, loose)
    for who in (frame, anna):
        opened = await shop.say(who, "conversation.reopen", conversation=talk)
        assert opened["messages"][-1]["data"]["name"] == "conversation.reopened"
        assert (await row(shop, loose))["state"] == "open"
        assert await shop.open_chat(frame) == talk
        await shop.say(anna, "conversation.close", conversation=talk)
    assert await shop.open_chat(plain, boris) == loose
    assert await shop.refusal(frame, "conversation.reopen", conversation=talk) == "exists"


async def test_an_expert_takes_up_their_own_again_if_there_is_room_and_no_newer_one(shop: Shop):
    """However old; a colleague's is forbidden."""
    visitor, anna, boris = await shop.visitor(), await shop.expert(capacity=1), await shop.expert("Boris")
    talk = await closed(shop, visitor, anna)
    await ago(shop, talk, closed_at=30 * DAY)
    assert await shop.refusal(boris, "conversation.reopen", conversation=talk) == "forbidden"
    busy = await shop.open_chat(await shop.visitor(), anna)
    assert await shop.refusal(anna, "conversation.reopen", conversation=talk) == "desk_full"
    await shop.say(anna, "conversation.close", conversation=busy)
    newer = await shop.open_chat(visitor)
    await says(shop, visitor, newer)
    assert await shop.refusal(anna, "conversation.reopen", conversation=talk) == "exists"
    await shop.say(boris, "conversation.close", conversation=newer)
    opened = await shop.say(anna, "conversation.reopen", conversation=talk)
    assert opened["messages"][-1]["data"] == {"name": "conversation.reopened", "by": "expert", "expert": "Anna"}
    assert (await row(shop, talk))["due_at"] is None, "they were here a moment ago"
    assert await shop.refusal(visitor, "message.send", conversation=talk, client_id="1", text="Hi") == "ok"


async def test_of_many_who_take_it_up_again_at_once_it_opens_once(shop: Shop):
    """Both sides in the same moment: one event, numbers without a gap."""
    visitor, anna = await shop.visitor(), await at_desk(shop)
    talk = await closed(shop, visitor, anna)
    await asyncio.gather(
        *(shop.say(who, "conversation.reopen", conversation=talk) for who in (visitor, anna) for _ in range(5))
    )
    said = await shop.messages(visitor, talk)
    assert [m["seq"] for m in said] == [1, 2, 3, 4]
    assert said[-1]["data"]["name"] == "conversation.reopened"


async def test_an_expert_does_not_take_up_again_with_whom_nobody_may_write(shop: Shop):
    """A block holds for both sides, as with an invitation."""
    visitor, anna = await shop.visitor(), await at_desk(shop)
    talk = await closed(shop, visitor, anna)
    until, now = now_ms() + DAY, now_ms()
    here = (shop.site.id, visitor.visitor, anna.account.id)
    await shop.store.write(lambda conn: chat.blocks.add(conn, *here, "Insults", until, now))
    assert await shop.refusal(anna, "conversation.reopen", conversation=talk) == "blocked"
    assert (await row(shop, talk))["state"] == "closed"


# --- greeting --------------------------------------------------------------------------------------------------------


def nobody() -> str:
    raise AssertionError("nobody else has signed in there")


async def signed_in(shop: Shop, visitor: VisitorCaller) -> None:
    """The site has said by a token who is in front of this browser."""
    user = SignedIn(user="u1", name="Ann Lee", email="", phone="")
    here = (visitor.site.id, visitor.visitor)
    await shop.store.write(lambda conn: crm.identify.sign_in(conn, *here, user, nobody, along, now_ms()))


async def orders(shop: Shop, who: VisitorCaller, expert: ExpertCaller) -> None:
    """From a quiet card on the page, without a word."""
    visit = await shop.visit(who)
    form = (await shop.say(expert, "order_form.push", visit=visit, products=shop.products[:1]))["shown"]
    lines = [{"product": shop.products[0], "quantity": 1}]
    await shop.say(who, "order.submit", form=form, client_id=uuid4().hex, lines=lines, contact=ANN)


async def test_whom_we_know_is_greeted_with_who_helped_them_and_whether_they_are_here(shop: Shop):
    """A stranger is not; whoever has the visitor key alone, where a frame was used, learns no name."""
    plain, anna = await shop.visitor(), await at_desk(shop)
    frame = replace(plain, frame_hash="f1")
    assert (await shop.say(frame, "chat.open"))["greeting"] is None
    await signed_in(shop, frame)
    greeting = (await shop.say(frame, "chat.open"))["greeting"]
    assert greeting == {"name": "Ann Lee", "expert": None, "since": None, "here": False}
    await closed(shop, frame, anna)
    greeting = (await shop.say(frame, "chat.open"))["greeting"]
    assert (greeting["name"], greeting["expert"], greeting["here"]) == ("Ann Lee", "Anna", True)
    assert greeting["since"]
    await shop.say(anna, "presence.set", status="away")
    assert (await shop.say(frame, "chat.open"))["greeting"]["here"] is False
    for other in (plain, replace(plain, frame_hash="f2")):
        assert (await shop.say(other, "chat.open"))["greeting"] is None


async def test_whoever_has_ordered_is_greeted_where_they_ordered_and_nowhere_else(shop: Shop):
    """Not for the visitor key alone, nor with a secret that somebody invented, whoever serves that one later."""
    plain, anna = await shop.visitor(), await at_desk(shop)
    frame, invented = replace(plain, frame_hash="f1"), replace(plain, frame_hash="f2")
    await orders(shop, frame, anna)
    assert (await shop.say(frame, "chat.open"))["greeting"]["name"] == "Ann Lee"
    for other in (plain, invented):
        assert (await shop.say(other, "chat.open"))["greeting"] is None
    await shop.open_chat(invented, anna)
    assert (await shop.say(invented, "chat.open"))["greeting"] is None


async def test_an_order_without_a_frame_greets_nobody(shop: Shop):
    """Nothing tells its owner from whoever else has the visitor key."""
    plain, anna = await shop.visitor(), await at_desk(shop)
    await orders(shop, plain, anna)
    for who in (plain, replace(plain, frame_hash="f1")):
        assert (await shop.say(who, "chat.open"))["greeting"] is None


# --- opened again ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "taken", "frame", "goes_on", "written"),
    [
        (9 * MINUTE, False, "f1", False, False),
        (11 * MINUTE, False, "f1", False, True),
        (9 * MINUTE, True, "f1", False, True),
        (9 * MINUTE, False, None, False, True),  # was bound to no frame, and is now
        (9 * MINUTE, False, "f1", True, True),  # another visit
    ],
)
async def test_who_comes_back_to_what_nobody_has_is_noted_every_ten_minutes(
    shop: Shop, since: int, taken: bool, frame: str | None, goes_on: bool, written: bool
):
    """A crowd that comes back at once writes nothing; all get the same answer."""
    mine = replace(await shop.visitor(), frame_hash="f1")
    await shop.visit(mine)
    talk = (await shop.say(replace(mine, frame_hash=frame), "chat.open"))["conversation"]
    await says(shop, mine, talk)
    if taken:
        await says(shop, await at_desk(shop), talk)
    await ago(shop, talk, visitor_at=since)
    if goes_on:
        await shop.visit(mine)
    was = await row(shop, talk)
    first = await shop.say(mine, "chat.open")
    now = await row(shop, talk)
    assert (now["visitor_at"] != was["visitor_at"], now["frame_hash"]) == (written, "f1")
    assert await shop.say(mine, "chat.open") == first
    assert first["conversation"] == talk


async def test_of_many_who_open_it_in_one_moment_each_gets_what_they_would_get_alone(shop: Shop, monkeypatch: Any):
    """In one look at all of them; whose conversation does not stand open is served by itself."""
    anna, boris = await at_desk(shop), await at_desk(shop, "Boris")
    everybody = [replace(await shop.visitor(), frame_hash=f"f{number}") for number in range(6)]
    known, was_closed, talking, said, never = everybody[:5]
    await signed_in(shop, known)
    await closed(shop, was_closed, anna)
    await shop.open_chat(talking, boris)
    await says(shop, said, await shop.open_chat(said))
    alone = {who: await shop.say(who, "chat.open") for who in everybody if who is not never}
    stood, looks = list[int](), chat.queries.open_of_each

    def looked(conn: Any, visitors: Any) -> Any:
        stood.append(len(set(visitors)))
        return looks(conn, visitors)

    monkeypatch.setattr(chat.queries, "open_of_each", looked)
    first, *others = await asyncio.gather(*(shop.say(who, "chat.open") for who in everybody))
    assert stood == [1, 5]
    for who, answer in zip(everybody, [first, *others], strict=True):
        if who is not never:
            assert answer == alone[who]
    assert alone[known]["greeting"]["name"] == "Ann Lee"
    assert alone[was_closed]["closed"] is not None
    assert len({answer["conversation"] for answer in [first, *others]}) == len(everybody)


# --- what stands unsent ----------------------------------------------------------------------------------------------


async def test_what_stands_unsent_is_kept_only_where_the_site_says_so_and_for_a_moment(shop: Shop):
    """The visitor is told; it goes when it is sent, taken away, or a minute old."""
    visitor, anna = await shop.visitor(), await shop.expert()
    talk = await shop.open_chat(visitor, anna)

    async def unsent(text: str | None) -> str | None:
        await shop.say(visitor, "typing", conversation=talk, **({} if text is None else {"text": text}))
        return await shop.store.read(lambda conn: chat.preview.text_of(conn, talk))

    assert (await shop.say(visitor, "chat.open"))["talk"]["preview"] is False
    assert await unsent("secret") is None
    await set_talk(shop, preview=True)
    assert (await shop.say(visitor, "chat.open"))["talk"]["preview"] is True
    assert await unsent("I wou") == "I wou"
    assert await unsent("I would\0 \ud800") == "I would\ufffd ?"
    assert await unsent("x" * 5_000) == "x" * chat.preview.LONGEST
    assert await unsent(" ") is None
    assert await unsent("I would like") == "I would like"
    sees = replace(visitor, site=msgspec.structs.replace(shop.site, talk=Talk(preview=True)))
    await says(shop, sees, talk, "I would like boots")
    assert await shop.store.read(lambda conn: chat.preview.text_of(conn, talk)) is None
    await unsent("forgotten")
    later = now_ms() + MINUTE + 1
    assert await shop.store.read(lambda conn: chat.preview.any_old(conn, later))
    await shop.store.write(lambda conn: chat.preview.forget_old(conn, later))
    assert await shop.store.read(lambda conn: conn.execute(select(preview)).all()) == []
    await set_talk(shop, preview=False)


# --- reading along ---------------------------------------------------------------------------------------------------


async def test_an_administrator_reads_along_until_they_stop_or_their_line_ends(shop: Shop):
    """Messages, notes and typing come too; nothing is marked read; nobody else may."""
    visitor, anna, chief = await shop.visitor(), await shop.expert(), await colleague(shop, "admin")
    talk = await shop.open_chat(visitor, anna)
    assert await shop.refusal(anna, "conversation.watch", conversation=talk, on=True) == "forbidden"
    registry = shop.bell.registry
    line = Socket(sid="1", namespace="/expert", caller=chief)
    registry.add(line)
    opened = await shop.say(chief, "conversation.watch", conversation=talk, on=True)
    assert opened["seq"] == 2

    async def told(look: Any) -> list[str]:
        said = await shop.store.read(lambda conn: look(conn, registry, talk))
        return [event for connection, event, _ in said if connection is line]

    assert await told(talks.conversation) == ["message.added", "message.added", "conversation.changed"]
    await says(shop, visitor, talk)
    assert await told(talks.conversation) == ["message.added", "conversation.changed"]
    await shop.say(anna, "note.add", conversation=talk, client_id="1", text="A note")
    assert await told(talks.notes) == ["note.added"]
    assert await told(talks.notes) == []
    assert await told(talks.visitor_types) == ["typing"]
    assert await told(talks.expert_types) == ["typing"]
    assert (await row(shop, talk))["expert_read_seq"] == 0
    await shop.say(chief, "conversation.watch", conversation=talk, on=False)
    assert registry.watchers(talk) == []
    await shop.say(chief, "conversation.watch", conversation=talk, on=True)
    registry.remove("/expert", "1")
    assert (registry.watchers(talk), registry.watched()) == ([], set())


async def test_what_somebody_had_to_leave_is_told_to_every_desk_also_when_more_was_said_at_once(shop: Shop):
    """One look for the leaving and the visitor's next word: the newest message does not say that somebody left."""
    visitor, anna, other = await shop.visitor(), await shop.expert(), await colleague(shop, "expert")
    talk = await shop.open_chat(visitor, anna)
    registry = Registry()
    line = Socket(sid="1", namespace="/expert", caller=other)
    registry.add(line)

    async def told() -> list[Any]:
        return await shop.store.read(lambda conn: talks.conversation(conn, registry, talk))

    assert await told() == []
    me = anna.account
    await shop.store.write(lambda conn: chat.do.release(conn, talk, me.id, me.name, now_ms()))
    newest = await says(shop, visitor, talk)
    [(_, event, shape)] = await told()
    assert (event, shape.conversation.expert) == ("conversation.changed", None)
    assert shape.conversation.last_seq == newest["seq"]


async def test_no_note_and_nothing_unsent_goes_to_a_visitor(shop: Shop):
    """Whatever their socket was told before."""
    visitor, anna = await shop.visitor(), await shop.expert()
    talk = await shop.open_chat(visitor, anna)
    registry = shop.bell.registry
    line = Socket(sid="1", namespace="/visitor", caller=visitor)
    registry.add(line)
    await shop.say(anna, "note.add", conversation=talk, client_id="1", text="A note")
    for look in (talks.conversation, talks.notes, talks.visitor_types):
        said = await shop.store.read(lambda conn, look=look: look(conn, registry, talk))  # type: ignore[misc]
        assert not [event for connection, event, _ in said if connection is line and event in ("note.added", "typing")]
    said = await shop.store.read(lambda conn: talks.expert_types(conn, registry, talk))
    assert [(event, shape.text) for _, event, shape in said] == [("typing", None)]
    registry.remove("/visitor", "1")


async def test_a_bell_that_is_quicker_than_the_first_look_of_a_call_takes_nothing_out_of_the_middle(shop: Shop):
    """A waiting call that has nothing yet hears all from the first word on, in order, whatever rings meanwhile."""
    visitor, anna = await shop.visitor(), await shop.expert()
    talk = await shop.open_chat(visitor, anna)
    for n in range(60):
        await shop.say(anna, "message.send", conversation=talk, client_id=str(n), text=f"word {n}")
    registry = Registry()
    call = Asking(sid="a", namespace=NAMESPACE, caller=visitor, frame="f", conversation=talk)
    registry.add(call)
    assert await shop.store.read(lambda conn: talks.conversation(conn, registry, talk)) == []
    said = await shop.store.read(lambda conn: talks.asked(conn, registry, call))
    seqs = [shape.seq for _, name, shape in said if name == "message.added"]  # type: ignore[attr-defined]
    assert seqs == list(range(1, len(seqs) + 1))
    assert len(seqs) > 60
    assert await shop.store.read(lambda conn: talks.conversation(conn, registry, talk)) == []
