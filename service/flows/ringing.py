"""A bell on its way: a question rings, a rung runs out, a desk can hear it no longer.

Nothing here knows a process, a bus or a socket: these are parts of a unit of work, and whoever commits it announces the
alerts that they return.
"""

from typing import Any

from msgspec import to_builtins
from sqlalchemy import Connection

import access.queries
import chat.do
import chat.history
import chat.queries
import chat.served
import chat.transfers
import routing.alerts
import routing.answers
import routing.queries
import tracker.queries
from chat.message import SYSTEM
from contract.errors import Refused
from contract.facts import SiteFacts
from contract.ladder import Fallback
from contract.names import Ms
from routing.queries import Row
from routing.tables import ASKED
from routing.triggers import Firing
from service.flows.facts import customer_facts
from service.flows.folding import doubled, fold_doubled, rings_for
from service.flows.holding import ladder_of
from service.flows.judging import raise_and_ring
from service.flows.load import load
from service.flows.missed import count_missed
from service.flows.passing import Passing
from service.flows.people import Crew, Ladderful
from service.flows.slots import OFFERED, Asking, shown
from service.learning.learned import NOTHING, Learned


def ring_for_question(
    conn: Connection,
    site: SiteFacts,
    visitor_id: str,
    conversation_id: str,
    seq: int,
    learned: Learned = NOTHING,
) -> list[str]:
    """A visitor wrote into a conversation that nobody has: the bell rings up the same ladder as for a trigger.

    Every unanswered message may ring, but never while the last bell still does: another bell that rings for them, in
    whichever visit, becomes this question's; nor if somebody took it in the moment in which this was written. A visitor
    of whom no page was ever seen rings nobody: the conversation stands on the desks of the site all the same.
    """
    visit, talk = tracker.queries.newest_visit(conn, visitor_id), chat.queries.row(conn, conversation_id)
    if visit is None or talk is None or talk["expert_id"] is not None:
        return []
    ringing = rings_for(conn, site.id, visitor_id, orphan=conversation_id)
    if any((row["reason"], row["trigger_id"]) == (ASKED, conversation_id) for row in ringing):
        return []
    occasion = f"{conversation_id}:{seq}"
    firing = Firing(trigger=conversation_id, name=ASKED, occasion=occasion)
    text = "\n".join(chat.history.asked(conn, conversation_id))
    older = ringing[0]["id"] if ringing else None
    raised = raise_and_ring(conn, site, firing, visit, learned, text, older)
    return [raised] if raised else []


def people_of(conn: Connection, row: Row, crew: Crew) -> Ladderful:
    """Who could answer this alert, as they are now."""
    site = access.queries.site_facts(conn, row["site_id"])
    assert site is not None, "an alert belongs to a site"
    offered = chat.transfers.of_alert(conn, row["id"]) if row["reason"] == chat.transfers.REASON else None
    if offered is not None:
        return Passing(crew, site, offered["from_id"], offered["to_id"])
    visitor_id = row["visitor_id"]
    customer = customer_facts(conn, site.id, [visitor_id]).get(visitor_id)
    served = chat.served.served(conn, [visitor_id]).get(visitor_id, chat.served.NOBODY)
    return ladder_of(crew, site, customer, served, asked=row["reason"] == ASKED)


#: What is said when nobody answered: the event, and the server's words for whoever does not know it.
_FALLBACK: dict[Fallback, tuple[str, str]] = {
    "message": ("nobody.free", "Nobody is free just now. Your message is kept, and we will answer here."),
    "callback": (
        "nobody.callback",
        "Nobody is free just now. Your message is kept. Leave your number here, and we will call you back.",
    ),
}
#: An alert that moved, and the conversation that was told of it.
Moved = tuple[str, str | None]


def anything_due(conn: Connection, now: Ms) -> bool:
    """Whether `fire_due` would find anything."""
    return routing.queries.anything_due(conn, now) or doubled(conn)


def fire_due(conn: Connection, now: Ms) -> list[Moved]:
    """Move every alert whose time has come: gone, rung afresh after downtime, or up the ladder."""
    moved: list[Moved] = [(alert_id, None) for alert_id in fold_doubled(conn, now)]
    crew = Crew(conn, now)
    for row in routing.alerts.claim_due(conn, now):
        told = None
        if _is_seen_to(conn, row):
            routing.alerts.end(conn, row["id"], "taken", now)
        elif row["gone_at"] is not None and row["gone_at"] <= now:
            routing.alerts.end(conn, row["id"], "gone", now)
            told = _tell_nobody_is_free(conn, row, now)
        elif row["rung"] is not None and now - row["due_at"] > routing.alerts.LATE:
            routing.alerts.ring_afresh(conn, row, people_of(conn, row, crew), now)
        else:
            if count_missed(conn, row, now) is not None:
                crew = Crew(conn, now)  # somebody is away now
            if not routing.alerts.climb(conn, row["id"], people_of(conn, row, crew), now):
                told = _tell_nobody_is_free(conn, row, now)
        moved.append((row["id"], told))
    for expert_id, reason in routing.queries.deaf(conn, now):
        moved += [(alert_id, None) for alert_id in leave_desk(conn, expert_id, reason, now)]
    return moved


def _is_seen_to(conn: Connection, row: Row) -> bool:
    """Whether somebody has what was asked, or it is closed: its bell was raised in the moment in which they took it."""
    if row["reason"] != ASKED:
        return False
    talk = chat.queries.row(conn, row["trigger_id"])
    return talk is not None and (talk["expert_id"] is not None or talk["state"] == "closed")


def leave_desk(conn: Connection, expert_id: str, reason: str, now: Ms) -> list[str]:
    """This expert can take no bell any more: offline, away, full, gone. What rings there stops at once, and climbs
    where nobody else hears it; on the last rung it waits for the rest of its time. Returns the alerts that moved.

    Whoever is called full is counted first. Call it before the row of `expert` is changed, or in a transaction of its
    own: alerts are locked before desks.
    """
    if reason == "full":
        desk = routing.queries.desk_row(conn, expert_id)
        if desk is not None and load(conn, expert_id) < desk["capacity"]:
            routing.answers.count_places(conn, expert_id, busy=False)
            return []
    crew = Crew(conn, now, without={expert_id: reason})
    touched = []
    for row, unheard in routing.answers.leave(conn, expert_id, reason):
        if unheard:
            routing.alerts.climb(conn, row["id"], people_of(conn, row, crew), now, stay_until=row["due_at"])
        touched.append(str(row["id"]))
    return touched


def _tell_nobody_is_free(conn: Connection, row: Row, now: Ms) -> str | None:
    """Who wrote and was not answered hears so, once until an expert joins: whoever writes on has heard it. The
    conversation stays open and stands on every desk of the site."""
    if row["reason"] != ASKED:
        return None
    conversation = chat.queries.row(conn, row["trigger_id"])
    if conversation is None or conversation["state"] != "open" or conversation["expert_id"]:
        return None
    if chat.history.last_word(conn, [conversation["id"]]):
        return None
    site = access.queries.site_facts(conn, row["site_id"])
    fallback = site.ladder.fallback if site else "message"
    name, words = _FALLBACK[fallback]
    data: dict[str, Any] = {"name": name}
    if site is not None and fallback == "callback":
        free = Asking(conn, site, row["visitor_id"], conversation["frame_hash"], topic=row["topic"]).free(now, OFFERED)
        data["slots"] = to_builtins(shown(free))
    chat.do.add(conn, conversation["id"], SYSTEM, "event", words, data, None, now)
    return str(conversation["id"])


def climb(conn: Connection, alert_id: str, now: Ms) -> str | None:
    """Its rung is over before its time: ring the next. Returns the conversation that was told that nobody is free."""
    row = routing.queries.alert_row(conn, alert_id)
    if row is None:
        raise Refused("not_found")
    if routing.alerts.climb(conn, alert_id, people_of(conn, row, Crew(conn, now)), now):
        return None
    return _tell_nobody_is_free(conn, row, now)
