"""Where an expert may say or show something: a conversation, or the page of a visit. Access is decided here."""

import msgspec
from sqlalchemy import Connection, RowMapping, select

import access.queries
import chat.do
import chat.queries
import routing.answers
import routing.tables
import tracker.queries
from chat.message import SYSTEM, Who
from contract.errors import Refused
from contract.facts import AccountFacts, VisitFacts
from contract.ids import UUID
from contract.names import Ms
from service.flows.load import load
from service.flows.taken import end_bells
from store.sql import locked


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """`conversation`: its id, or None for a quiet card on the page. `ended`: the bells of the visitor that are over,
    because the conversation was taken by this. `frame`: the visitor did in that frame what this comes of, and it is for
    that frame alone.
    """

    site: str
    visitor: str
    visit: str | None
    conversation: str | None
    ended: tuple[str, ...] = ()
    frame: str | None = None


def speaker(account: AccountFacts) -> Who:
    """An expert as the author of a message."""
    return Who(kind="expert", id=account.id, name=account.name)


def named(conn: Connection, account_id: str | None) -> Who:
    """The same from an id, for what is said in their name later (an offer was accepted); None: nobody's name."""
    if account_id is None:
        return SYSTEM
    return Who(kind="expert", id=account_id, name=access.queries.names(conn, [account_id]).get(account_id, ""))


def place(conn: Connection, account: AccountFacts, conversation: str | None, visit: str | None, now: Ms) -> Place:
    """Raises Refused: not_found, forbidden (a colleague's), conversation_closed, invalid (neither was named)."""
    if conversation is not None:
        row, ended = writable(conn, account, conversation, now)
        return Place(
            site=row["site_id"],
            visitor=row["visitor_id"],
            visit=row["visit_id"],
            conversation=row["id"],
            ended=tuple(ended),
        )
    if visit is None:
        raise Refused("invalid", "conversation, visit")
    facts = visit_for(conn, account, visit)
    return Place(site=facts.site, visitor=facts.visitor, visit=facts.id, conversation=None)


def visit_for(conn: Connection, account: AccountFacts, visit_id: str) -> VisitFacts:
    """Raises Refused("not_found") unless the visit is of a site of this person."""
    facts = tracker.queries.visit_facts(conn, [visit_id]).get(visit_id) if UUID.fullmatch(visit_id) else None
    if facts is None or not account.may_see(facts.site):
        raise Refused("not_found")
    return facts


def writable(conn: Connection, account: AccountFacts, conversation_id: str, now: Ms) -> tuple[RowMapping, list[str]]:
    """An open conversation of this expert; one that is nobody's yet becomes theirs, and the visitor's bells are over:
    their ids, to be announced after the commit.

    Raises Refused: not_found, forbidden (a colleague's), conversation_closed, desk_full.
    """
    row = chat.queries.conversation_for_expert(conn, conversation_id, account)
    if row["expert_id"] not in (None, account.id):
        raise Refused("forbidden")
    if row["state"] == "closed":
        raise Refused("conversation_closed")
    if row["expert_id"] == account.id:
        # What a trigger said in their name they say themselves now.
        awaits = row["trigger_id"] is not None and row["due_at"] is not None
        return chat.do.take(conn, row, account.id, account.name, now) if awaits else row, []
    ended = end_bells(conn, row["site_id"], row["visitor_id"], account.id, now)
    check_room(conn, account.id)
    # Two experts answer a stranger in the same moment: the second one finds it taken.
    row = chat.do.hold(conn, conversation_id)
    if row["expert_id"] not in (None, account.id):
        raise Refused("forbidden")
    if row["state"] == "closed":
        raise Refused("conversation_closed")
    # What the visitor wrote while we waited for the conversation has rung meanwhile.
    ended += end_bells(conn, row["site_id"], row["visitor_id"], account.id, now, wait=False)
    alert_id = ended[0] if ended else None
    return chat.do.take(conn, row, account.id, account.name, now, alert_id=alert_id), ended


def check_room(conn: Connection, account_id: str) -> None:
    """Raises Refused: forbidden (who has no desk has no place), desk_full.

    Holds the expert's row: places are counted by one at a time.
    """
    expert = routing.tables.expert
    desk = conn.execute(locked(conn, select(expert).where(expert.c.id == account_id))).mappings().one_or_none()
    if desk is None:
        raise Refused("forbidden")
    held = load(conn, account_id)
    if held >= desk["capacity"]:
        raise Refused("desk_full")
    if held + 1 >= desk["capacity"]:
        routing.answers.count_places(conn, account_id, busy=True)
