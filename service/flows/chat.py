"""The conversation, from both sides. One unit of work each, the doorbell after the commit."""

import asyncio
from collections.abc import Callable

from sqlalchemy import Connection, RowMapping

import access.queries
import chat.blocks
import chat.do
import chat.history
import chat.preview
import chat.queries
import routing.answers
import tracker.queries
from chat.message import Who, check_optional, check_text
from contract.answers import ArticleQuote, ChatOpened, Done, Messages, Opened, Sent
from contract.clock import now_ms, rfc3339
from contract.commands import (
    ChatDecline,
    ChatInvite,
    ChatOpen,
    ConversationClose,
    MessageRead,
    MessagesAfter,
    MessageSend,
    Typing,
)
from contract.errors import Refused
from contract.names import Ms
from service import present
from service.bell import Bell
from service.callers import ExpertCaller, VisitorCaller
from service.commands import Command
from service.flows import announce, night
from service.flows.articles import articles_for
from service.flows.ended import ending, held_to_end
from service.flows.once import once
from service.flows.opening import Opening
from service.flows.places import check_room, speaker, visit_for, writable
from service.flows.presence import came_free
from service.flows.reachable import conversation_over
from service.flows.ringing import ring_for_question
from service.flows.taken import end_bells
from service.flows.welcome import welcome
from store.lock import lock
from store.sql import db_now

#: So many seconds a message at night waits for what the articles say to it.
PATIENCE = 1.0

# --- visitor ------------------------------------------------------------------------------------------------------


async def visitor_open(bell: Bell, caller: VisitorCaller, data: ChatOpen) -> ChatOpened:
    """The one open conversation of this visitor, else a new one; the visitor has appeared in it.

    A few at a time: however many come at once, whoever is talking waits behind a few of them only.
    """
    site = await bell.sites.by_id(caller.site.id) or caller.site
    opening = Opening(bell, caller, site)
    await bell.openings.look_at([opening])
    if opening.answer is not None:
        return opening.answer

    def work(conn: Connection) -> RowMapping:
        now, visits = db_now(conn), tracker.queries.newest_visit_ids(conn, [caller.visitor])
        visit = visits.get(caller.visitor)
        row = chat.do.open_for_visitor(conn, caller.site.id, caller.visitor, caller.frame_hash, visit, now)
        announce.conversation_opened(conn, row, now)
        return row

    async with bell.entering:
        row = await bell.store.write(work)
        if row["expert_id"] is not None or row["last_seq"]:  # else nobody waits to hear of it
            bell.bus.ring("conversation", row["id"])
        return await bell.store.read(lambda conn: welcome(conn, bell, caller, site, row, db_now(conn)))


async def visitor_send(bell: Bell, caller: VisitorCaller, data: MessageSend) -> Sent:
    """What nobody has taken yet rings the bell: somebody is asking. While nobody is there the articles answer."""

    def work(conn: Connection, articles: list[ArticleQuote] | None) -> tuple[Sent, str | None, list[str]]:
        now = db_now(conn)
        alerts: list[str] = []

        def place() -> RowMapping:
            return chat.queries.conversation_for_visitor(conn, data.conversation, caller.visitor, caller.frame_hash)

        def say() -> Sent:
            row = place()
            at_night = row["expert_id"] is None and night.is_night(conn, row["site_id"], now)
            if at_night and articles is None:
                raise night.Fell
            who = Who(kind="visitor", id=caller.visitor)
            sent = _said(conn, row, who, check_text(data.text), data.client_id, now)
            if caller.site.talk.preview:
                chat.preview.forget(conn, row["id"])
            if row["expert_id"] is None:
                alerts.extend(ring_for_question(conn, caller.site, caller.visitor, row["id"], sent.seq, bell.learned))
            if at_night:
                night.answer(conn, caller.site, row, data.text, articles or [], now, bell.learned)
            return sent

        sent, fresh = once(conn, caller, "message.send", data.client_id, now, Sent, say)
        return sent, data.conversation if fresh else _said_again(place), alerts

    try:
        sent, talk, alerts = await bell.store.write(lambda conn: work(conn, None))
    except night.Fell:
        found = await _fitting(bell, caller, data.text)
        sent, talk, alerts = await bell.store.write(lambda conn: work(conn, found))
    if talk is not None:
        bell.bus.ring("conversation", talk)
        bell.timers.announce(alerts)
    return sent


def _said_again(place: Callable[[], RowMapping]) -> str | None:
    """Where it was said, to ring there once more: whoever was asked first may not have come to it. Any other place is
    no reason to refuse what is answered already."""
    try:
        return str(place()["id"])
    except Refused:
        return None


async def _fitting(bell: Bell, caller: VisitorCaller, text: str) -> list[ArticleQuote]:
    """What the articles say to it. No message waits until they are read: after a start, or a change, it is stored
    without them; nor is it refused because its writer asked the articles too often."""
    if bell.waking and not bell.library.knows(caller.site):
        return []
    try:
        bell.limits.search(caller)
        async with asyncio.timeout(PATIENCE):
            return await articles_for(bell, caller.site, caller.language, text, PATIENCE)
    except (TimeoutError, Refused):
        return []


async def visitor_after(bell: Bell, caller: VisitorCaller, data: MessagesAfter) -> Messages:
    def work(conn: Connection) -> Messages:
        row = chat.queries.conversation_for_visitor(conn, data.conversation, caller.visitor, caller.frame_hash)
        return _after(conn, row["id"], data.seq)

    return await bell.store.read(work)


async def visitor_read(bell: Bell, caller: VisitorCaller, data: MessageRead) -> Done:
    def work(conn: Connection) -> bool:
        row = chat.queries.conversation_for_visitor(conn, data.conversation, caller.visitor, caller.frame_hash)
        chat.do.appeared(conn, row["id"], db_now(conn))
        return chat.do.mark_read(conn, row, "visitor", data.seq)

    if await bell.store.write(work):
        bell.bus.ring("conversation", data.conversation)
    return Done()


async def visitor_decline(bell: Bell, caller: VisitorCaller, data: ChatDecline) -> Done:
    """Not now. An invitation that a trigger sent by itself is taken back, and its place is free for others."""

    def work(conn: Connection) -> str | None:
        now = db_now(conn)
        chat.queries.conversation_for_visitor(conn, data.conversation, caller.visitor, caller.frame_hash)
        row = chat.do.hold(conn, data.conversation)
        if not chat.do.take_back(conn, row, now):
            return None
        announce.conversation_closed(conn, row, None, now)
        held: str = row["expert_id"]
        return held

    held = await bell.store.write(work)
    if held is not None:
        bell.bus.ring("conversation", data.conversation)
        bell.bus.ring("visitor", caller.visitor)
        await came_free(bell, held)
    return Done()


async def visitor_typing(bell: Bell, caller: VisitorCaller, data: Typing) -> Done:
    """Told to the other side, never stored; but where the site has it read, what stands unsent is kept for a moment."""

    def look(conn: Connection) -> tuple[str, bool]:
        row = chat.queries.conversation_for_visitor(conn, data.conversation, caller.visitor, caller.frame_hash)
        site = access.queries.site_facts(conn, row["site_id"])
        return row["state"], site is not None and site.talk.preview

    state, preview = await bell.store.read(look)
    if state == "open":
        if preview and (text := data.text) is not None:
            await bell.store.write(lambda conn: chat.preview.keep(conn, data.conversation, text, db_now(conn)))
        bell.bus.ring("conversation", f"typing-v:{data.conversation}")
    return Done()


# --- expert -------------------------------------------------------------------------------------------------------


async def expert_send(bell: Bell, caller: ExpertCaller, data: MessageSend) -> Sent:
    """Writing into a conversation that is nobody's takes it, and ends the bells of its visitor."""

    def work(conn: Connection) -> tuple[Sent, str | None, str, list[str]]:
        now = db_now(conn)
        visitor, ended = "", list[str]()

        def place() -> RowMapping:
            nonlocal visitor
            row = chat.queries.conversation_for_expert(conn, data.conversation, caller.account)
            visitor = row["visitor_id"]
            return row

        def say() -> Sent:
            nonlocal visitor, ended
            row, ended = writable(conn, caller.account, data.conversation, now)
            visitor = row["visitor_id"]
            return _said(conn, row, speaker(caller.account), check_text(data.text), data.client_id, now)

        sent, fresh = once(conn, caller, "message.send", data.client_id, now, Sent, say)
        return sent, data.conversation if fresh else _said_again(place), visitor, ended

    sent, talk, visitor, ended = await bell.store.write(work)
    if talk is not None:
        bell.bus.ring("conversation", talk)
        bell.bus.ring("visitor", visitor)
        bell.timers.announce(ended)
    return sent


async def expert_after(bell: Bell, caller: ExpertCaller, data: MessagesAfter) -> Messages:
    """Any conversation of one's sites may be read."""

    def work(conn: Connection) -> Messages:
        return _after(
            conn, chat.queries.conversation_for_expert(conn, data.conversation, caller.account)["id"], data.seq
        )

    return await bell.store.read(work)


async def expert_read(bell: Bell, caller: ExpertCaller, data: MessageRead) -> Done:
    """Only whose conversation it is makes it read; a colleague's look leaves no trace."""

    def work(conn: Connection) -> bool:
        row = chat.queries.conversation_for_expert(conn, data.conversation, caller.account)
        mine: bool = row["expert_id"] == caller.account.id
        return mine and chat.do.mark_read(conn, row, "expert", data.seq)

    if await bell.store.write(work):
        bell.bus.ring("conversation", data.conversation)
    return Done()


async def expert_typing(bell: Bell, caller: ExpertCaller, data: Typing) -> Done:
    def work(conn: Connection) -> bool:
        row = chat.queries.conversation_for_expert(conn, data.conversation, caller.account)
        return (row["expert_id"], row["state"]) == (caller.account.id, "open")

    if await bell.store.read(work):
        bell.bus.ring("conversation", f"typing-e:{data.conversation}")
    return Done()


async def invite(bell: Bell, caller: ExpertCaller, data: ChatInvite) -> Opened:
    """Open a chat with whoever is on this visit; needs no socket of theirs. Their bells are over.

    Refused: not_found, forbidden (a colleague is talking with them), desk_full, blocked.
    """

    def work(conn: Connection) -> tuple[Opened, str, list[str]]:
        now = db_now(conn)
        visit = visit_for(conn, caller.account, data.visit)
        if chat.blocks.blocked(conn, [visit.visitor], now):
            raise Refused("blocked")
        ended = end_bells(conn, visit.site, visit.visitor, caller.account.id, now)
        held = chat.queries.open_of_visitor(conn, visit.visitor)
        if held is None or held["expert_id"] != caller.account.id:
            check_room(conn, caller.account.id)
            lock(conn, f"visitor:{visit.visitor}")
            held = chat.queries.open_of_visitor(conn, visit.visitor)
            if held is not None and chat.do.is_talking(held, now) and held["expert_id"] != caller.account.id:
                raise Refused("forbidden")
        try:
            row = chat.do.open_for_expert(
                conn,
                site_id=visit.site,
                visitor_id=visit.visitor,
                visit_id=visit.id,
                expert_id=caller.account.id,
                alert_id=ended[0] if ended else None,
                name=caller.account.name,
                now=now,
            )
        except chat.do.Taken as taken:  # in this moment
            raise Refused("forbidden") from taken
        announce.conversation_opened(conn, row, now)
        if text := check_optional(data.text):
            said = chat.do.add(conn, row["id"], speaker(caller.account), "text", text, None, None, now)
            announce.message_added(conn, visit.site, said)
        return present.opened(conn, row["id"]), visit.visitor, ended

    opened, visitor, ended = await bell.store.write(work)
    bell.bus.ring("conversation", opened.conversation)
    bell.bus.ring("visitor", visitor)
    bell.bus.ring("visit", data.visit)
    bell.timers.announce(ended)
    return opened


async def close(bell: Bell, caller: ExpertCaller, data: ConversationClose) -> Done:
    """End it: whose it is, anybody who answers at the site while it is nobody's, an administrator always. Twice is like
    once. A question that nobody had rings no more."""

    def work(conn: Connection) -> tuple[str, str | None, list[str]]:
        now = db_now(conn)
        row = chat.queries.conversation_for_expert(conn, data.conversation, caller.account)
        if caller.account.role == "marketer":
            raise Refused("forbidden")
        if row["expert_id"] not in (None, caller.account.id) and caller.account.role != "admin":
            raise Refused("forbidden")
        asked: list[str] = []
        if row["expert_id"] is None:
            asked = routing.answers.settled(conn, row["site_id"], row["visitor_id"], row["id"], caller.account.id, now)
        (row,) = held_to_end(conn, [row])  # who took it meanwhile has it: it is asked anew who may close it
        if not chat.do.close(conn, row["id"], now, caller.account.name):
            return row["visitor_id"], None, asked
        announce.conversation_closed(conn, row, caller.account.id, now)
        if row["expert_id"] is not None:
            conversation_over(conn, row["expert_id"], now)
        return row["visitor_id"], row["expert_id"], asked

    visitor, expert, asked = await ending(bell.store, work)
    bell.timers.announce(asked)
    bell.bus.ring("conversation", data.conversation)
    bell.bus.ring("visitor", visitor)
    if expert is not None:
        bell.background(came_free(bell, expert))
    return Done()


def _said(conn: Connection, conversation: RowMapping, who: Who, text: str, client_id: str, now: Ms) -> Sent:
    row = chat.do.add(conn, conversation["id"], who, "text", text, None, client_id, now)
    announce.message_added(conn, conversation["site_id"], row)
    return Sent(seq=row["seq"], at=rfc3339(row["at"]))


def _after(conn: Connection, conversation_id: str, seq: int) -> Messages:
    rows = chat.history.after(conn, conversation_id, seq)
    return Messages(messages=present.messages(conn, rows, now_ms()))


VISITOR: dict[str, Command] = {
    "chat.open": Command(ChatOpen, visitor_open),
    "message.send": Command(MessageSend, visitor_send),
    "messages.after": Command(MessagesAfter, visitor_after),
    "message.read": Command(MessageRead, visitor_read),
    "typing": Command(Typing, visitor_typing),
    "chat.decline": Command(ChatDecline, visitor_decline),
}
EXPERT: dict[str, Command] = {
    "message.send": Command(MessageSend, expert_send),
    "messages.after": Command(MessagesAfter, expert_after),
    "message.read": Command(MessageRead, expert_read),
    "typing": Command(Typing, expert_typing),
    "chat.invite": Command(ChatInvite, invite),
    "conversation.close": Command(ConversationClose, close),
}
