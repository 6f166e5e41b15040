"""A promise to call or to write: asked for by a visitor, kept or missed by an expert. One unit of work each, the
doorbell after the commit."""

import hmac
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, RowMapping

import access.queries
import chat.do
import chat.history
import chat.queries
import tracker.queries
import voice.do
import voice.queries
from chat.message import SYSTEM, check_optional
from contract.answers import CallbackAgreed, Done, Slots
from contract.clock import HOUR, MINUTE, SECOND, from_rfc3339, rfc3339
from contract.commands import CallbackCancel, CallbackDone, CallbackMissed, CallbackRequest, CallbackSlots
from contract.errors import Refused
from contract.facts import AccountFacts
from contract.names import CallbackState, Ms
from contract.text import has_forbidden
from crm.contact import check_phone, regions
from routing.slots import HORIZON, LEAD, MOST, Bookable, first_worked, quarter, working
from service.bell import Bell
from service.callers import ExpertCaller, VisitorCaller
from service.commands import Command
from service.flows import announce
from service.flows.kept import Over
from service.flows.once import once
from service.flows.slots import Asking, shown
from store.lock import lock
from store.sql import db_now
from voice.number import check_served
from voice.timing import OF_NETWORK, OF_NOBODY, STRANGERS_OF_NETWORK, STRANGERS_OF_NOBODY, WITHIN, wait
from voice.words import cancellation, promise, spoken

NOTE = 1_000
#: A visitor's clock, and the way here: a slot that has only just begun is still meant.
_GRACE: Ms = MINUTE


# --- visitor ------------------------------------------------------------------------------------------------------


async def slots(bell: Bell, caller: VisitorCaller, data: CallbackSlots) -> Slots:
    """When somebody could call or write, and who: the next that are free."""
    path, words = _about(data.topic)

    def work(conn: Connection) -> Slots:
        now = db_now(conn)
        asking = Asking(
            conn, caller.site, caller.visitor, caller.frame_hash, topic=path, words=words, learned=bell.learned
        )
        return Slots(slots=shown(asking.free(now, MOST)))

    return await bell.store.read(work)


async def request(bell: Bell, caller: VisitorCaller, data: CallbackRequest) -> CallbackAgreed:
    """Promised to whoever the ladder gives for that slot. The same `client_id` again gives the same answer; another one
    moves what is still open that way, for there is one at a time: what was asked for in this frame, or, without one,
    outside of all.

    Refused: bad_contact (no number that can be called), phone_country, phone_extension, number_refused, invalid (`when`
    is no time), no_such_slot (over, too far away, nobody works then), booked_up (nobody has time, and enough wait
    already), rate_limited (3 a day for one visitor in a frame, and for one number; some
    for one network).
    """

    def work(conn: Connection) -> tuple[CallbackAgreed, RowMapping | None]:
        now = db_now(conn)

        def ask() -> CallbackAgreed:
            made, expert = _request(conn, bell, caller, data, now)
            return CallbackAgreed(callback=made["id"], at=rfc3339(made["at"]), expert=expert.name if expert else None)

        agreed, _ = once(conn, caller, "callback.request", data.client_id, now, CallbackAgreed, ask)
        return agreed, voice.queries.row(conn, agreed.callback)

    agreed, made = await bell.store.write(work)
    if made is not None:
        bell.bus.ring("callback", made["id"])
        if made["conversation_id"] is not None:
            bell.bus.ring("conversation", made["conversation_id"])
    return agreed


def _request(
    conn: Connection, bell: Bell, caller: VisitorCaller, data: CallbackRequest, now: Ms
) -> tuple[RowMapping, Bookable | None]:
    site, visitor_id = caller.site, caller.visitor
    path, words = _about(data.topic)
    phone = ""
    if data.phone.strip() or data.channel == "call":
        phone = check_phone(data.phone, site.language, site.zone, site.talk.countries)
        check_served(phone, (*site.talk.countries, *regions(site.language)), site.zone)
    when = _when(data.when, now)
    lock(conn, f"visitor:{visitor_id}")
    if phone:
        lock(conn, f"phone:{site.id}:{phone}")
    own, same = voice.queries.requested(conn, site.id, visitor_id, caller.frame_hash, phone, now - WITHIN)
    # Others may have asked for the number: anybody who types it in hears the hour, not the second in which they did.
    for made, unit in ((own, SECOND), (same, HOUR)):
        if left := wait(made, now):
            raise Refused("rate_limited", retry_after=-(-left // unit) * unit // SECOND)
    lock(conn, voice.do.LOCK)
    mine = voice.queries.open_with(conn, visitor_id, caller.frame_hash, data.channel)
    besides = mine["id"] if mine else None
    asking = Asking(
        conn,
        site,
        visitor_id,
        caller.frame_hash,
        topic=path,
        words=words,
        learned=bell.learned,
        channel=data.channel,
        besides=besides,
    )
    at, expert = _choose(asking, when, now)
    if expert is None and (mine is None or mine["owner_id"] is not None):
        _check_nobodys(conn, site.id, asking.stranger)
    network = _network(bell, caller)
    if mine is None and network is not None:
        _check_network(conn, network, asking.stranger, now)
    bell.limits.callback(caller)  # the last of the checks: a slip of the pen costs nothing
    talk = chat.queries.open_for(conn, visitor_id, caller.frame_hash)
    if talk is None and data.channel == "write":
        visit = tracker.queries.newest_visit(conn, visitor_id)
        visit_id = visit.id if visit else None
        talk = chat.do.open_for_visitor(conn, site.id, visitor_id, caller.frame_hash, visit_id, now)
        announce.conversation_opened(conn, talk, now)
    promised: dict[str, Any] = {
        "customer_id": asking.customer,
        "conversation_id": talk["id"] if talk else None,
        "owner_id": expert.id if expert else None,
        "phone": phone,
        "at": at,
        "topic": asking.topic,
        "words": words,
        "stranger": asking.stranger,
        "now": now,
    }
    if mine is None:
        whose: dict[str, Any] = {
            "site_id": site.id,
            "visitor_id": visitor_id,
            "channel": data.channel,
            "network": network,
            "frame_hash": caller.frame_hash,
        }
        row = voice.do.request(conn, **whose, **promised)
    else:
        row = voice.do.ask_again(conn, mine, **promised)
    if talk is not None:
        name = expert.name if expert else None
        said = {"name": "callback.agreed", "callback": row["id"], "channel": data.channel, "at": rfc3339(at)}
        text = promise(name, data.channel, spoken(at, site.zone, now))
        chat.do.add(conn, talk["id"], SYSTEM, "event", text, {**said, "expert": name}, None, now)
        if talk["expert_id"] is None and chat.history.asked_at(conn, talk["id"]) is not None:
            chat.do.keep_for(conn, talk["id"], row["owner_id"], at)
    announce.callback_changed(conn, "callback.updated" if mine else "callback.requested", row, now)
    return row, expert


async def cancel(bell: Bell, caller: VisitorCaller, data: CallbackCancel) -> Done:
    """Its visitor wants it no more: the slot is free again, and both sides read so where it was agreed in writing.

    Refused: not_found (another frame's; the visitor key alone cancels what it asked for itself), too_late (over).
    """

    def work(conn: Connection) -> str | None:
        now = db_now(conn)
        # Whoever asks again in this moment moves what is open: one after the other.
        lock(conn, f"visitor:{caller.visitor}")
        row = voice.do.hold(conn, data.callback)
        if row is None or (row["visitor_id"], row["frame_hash"]) != (caller.visitor, caller.frame_hash):
            raise Refused("not_found")
        if row["state"] != "open":
            raise Refused("too_late")
        cancelled = voice.do.settle(conn, row["id"], "cancelled", now)
        announce.callback_changed(conn, "callback.updated", cancelled, now)
        talk = chat.queries.row(conn, row["conversation_id"]) if row["conversation_id"] is not None else None
        if talk is None or talk["state"] != "open":
            return None
        owner = row["owner_id"]
        said = {
            "name": "callback.cancelled",
            "callback": row["id"],
            "channel": row["channel"],
            "at": rfc3339(row["at"]),
        }
        expert = access.queries.names(conn, [owner]).get(owner) if owner is not None else None
        text = cancellation(row["channel"], spoken(row["at"], caller.site.zone, now))
        chat.do.add(conn, talk["id"], SYSTEM, "event", text, {**said, "expert": expert}, None, now)
        return str(talk["id"])

    talk = await bell.store.write(work)
    bell.bus.ring("callback", data.callback)
    if talk is not None:
        bell.bus.ring("conversation", talk)
    return Done()


def _check_nobodys(conn: Connection, site_id: str, stranger: bool) -> None:
    """What nobody has promised is for whoever is free to keep: so many that they can."""
    strangers, all_ = voice.queries.nobodys(conn, site_id)
    if all_ >= OF_NOBODY or (stranger and strangers >= STRANGERS_OF_NOBODY):
        raise Refused("booked_up")


def _network(bell: Bell, caller: VisitorCaller) -> str | None:
    """Where they ask from, told from others and no more than that; None where nothing is measured."""
    if not bell.limits.on or not caller.network:
        return None
    said = f"callback {caller.site.id} {caller.network}".encode()
    return hmac.new(bell.settings.secret_key.encode(), said, sha256).hexdigest()[:32]


def _check_network(conn: Connection, network: str, stranger: bool, now: Ms) -> None:
    """Keys cost nothing, and processes are many: what one place may have in a day is counted in the base."""
    voice.do.forget_networks(conn, now)
    made = voice.queries.of_network(conn, network, now - WITHIN)
    left = wait([at for at, _ in made], now, OF_NETWORK)
    if stranger:
        left = max(left, wait([at for at, to_stranger in made if to_stranger], now, STRANGERS_OF_NETWORK))
    if left:
        raise Refused("rate_limited", retry_after=-(-left // SECOND))


def _choose(asking: Asking, when: Ms | None, now: Ms) -> tuple[Ms, Bookable | None]:
    """When, and who. Where all who work then have promised it already it is nobody's, for all to see; and so it is
    where nobody's hours say when anybody works."""
    if when is None:
        free = asking.free(now, 1)
        if free:
            return free[0].at, free[0].expert
        worked = first_worked(now, asking.people)
        return (quarter(now + LEAD) if worked is None else worked), None
    expert = asking.who(when, now)
    if expert is None and not working(when, asking.people) and first_worked(now, asking.people) is not None:
        raise Refused("no_such_slot")
    return when, expert


def _when(text: str, now: Ms) -> Ms | None:
    """The slot that begins then, or next; None for the next free one."""
    if not text.strip():
        return None
    try:
        at = quarter(from_rfc3339(text.strip()))
    except (ValueError, OverflowError) as error:
        raise Refused("invalid", "when") from error
    if at < now - _GRACE or at > now + HORIZON:
        raise Refused("no_such_slot")
    return at


def _about(topic: list[str] | str) -> tuple[tuple[str, ...], str]:
    """(path, words) of what somebody said it is about."""
    if isinstance(topic, str):
        if has_forbidden(topic):
            raise Refused("bad_text", "topic")
        return (), " ".join(topic.split())
    path = tuple(" ".join(name.split()) for name in topic)
    if any(not name or has_forbidden(name) for name in path):
        raise Refused("invalid", "topic")
    return path, ""


# --- expert -------------------------------------------------------------------------------------------------------


async def done(bell: Bell, caller: ExpertCaller, data: CallbackDone) -> Done:
    """They were called, or written to."""
    return await _settle(bell, caller, data.callback, "done", data.note)


async def missed(bell: Bell, caller: ExpertCaller, data: CallbackMissed) -> Done:
    """They were not reached, or nobody tried."""
    return await _settle(bell, caller, data.callback, "missed", data.note)


async def _settle(bell: Bell, caller: ExpertCaller, callback_id: str, state: CallbackState, note: str) -> Done:
    """Any expert of the site may say so, also of a colleague's, and correct it later.

    Refused: not_found, forbidden, too_late (its visitor has cancelled it).
    """

    over = Over()

    def work(conn: Connection) -> bool:
        now, said = db_now(conn), check_note(note)
        row = of(conn, caller.account, callback_id)
        if row["state"] == state and said in ("", row["note"]):
            return False
        settled = voice.do.settle(conn, row["id"], state, now, note=said, by=caller.account.id)
        over.end(conn, [settled], caller.account, now)
        announce.callback_changed(conn, "callback.updated", settled, now)
        return True

    if await bell.store.write(work):
        bell.bus.ring("callback", callback_id)
        over.ring(bell)
    return Done()


def of(conn: Connection, account: AccountFacts, callback_id: str) -> RowMapping:
    """The callback, held, for whoever may change it.

    Refused: not_found, forbidden (who only looks at reports), too_late (its visitor has cancelled it).
    """
    row = voice.do.hold(conn, callback_id)
    if row is None or not account.may_see(row["site_id"]):
        raise Refused("not_found")
    if account.role == "marketer":
        raise Refused("forbidden")
    if row["state"] == "cancelled":
        raise Refused("too_late")
    return row


def check_note(text: str) -> str:
    """Refused: bad_text, message_too_long."""
    text = check_optional(text)
    if len(text) > NOTE:
        raise Refused("message_too_long", str(NOTE))
    return text


VISITOR: dict[str, Command] = {
    "callback.request": Command(CallbackRequest, request),
    "callback.slots": Command(CallbackSlots, slots),
    "callback.cancel": Command(CallbackCancel, cancel),
}
EXPERT: dict[str, Command] = {
    "callback.done": Command(CallbackDone, done),
    "callback.missed": Command(CallbackMissed, missed),
}
