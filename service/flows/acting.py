"""What a trigger does besides ringing: it invites to a chat, or shows information, an offer, an order form.

An invitation is never into an empty room: somebody is chosen as the ladder would, and a place of theirs is taken in the
same commit. Strangers are invited only while enough places are left for those who ask (`routing.reserve`). Whoever is
talking, invited or rung for already is left alone, and so is whoever ended a talk in this visit. Rows are locked in the
order of everybody else (desk, visitor, conversation), and this waits for one of them at most: the visits of a whole
group are judged in one transaction.
"""

from functools import partial

import msgspec
from sqlalchemy import Connection

import access.queries
import chat.cards
import chat.desks
import chat.do
import chat.queries
import chat.served
import routing.decisions
import routing.reserve
from chat.message import Who, check_optional
from chat.served import Served
from contract.errors import Refused
from contract.facts import CustomerFacts, SiteFacts, VisitFacts
from contract.names import Action, BellKind, CardKind, Ms
from contract.triggers import Content
from routing.ladder import Step
from routing.match import tongue
from routing.triggers import Firing
from service.flows import announce
from service.flows.load import load
from service.flows.people import Crew, Ladderful
from service.flows.places import Place
from service.flows.showing import show_content
from store.lock import try_lock

_CARDS: dict[Action, CardKind] = {"information": "info", "offer": "offer", "order_form": "order_form"}
#: So many choices are made before an invitation is given up: others may take the last places meanwhile.
CHOICES = 5


class Acted(msgspec.Struct, frozen=True):
    """`ref`: the conversation, card, offer or order form that came of it; `rings`: doorbells for after the commit."""

    ref: str
    rings: list[tuple[BellKind, str]]


class _Reserved(msgspec.Struct, frozen=True):
    """A desk that is held until the transaction ends, with so many places free, and why it was chosen."""

    expert: str
    free: int
    step: Step


def act(
    conn: Connection,
    site: SiteFacts,
    firing: Firing,
    firing_id: str,
    visit: VisitFacts,
    customer: CustomerFacts | None,
    served: Served,
    crew: Crew,
    now: Ms,
) -> Acted | None:
    """Do it; None where it cannot be done now."""
    content = firing.rule.content if firing.rule is not None else Content()
    if served.talking:
        return None
    if firing.action == "invite":
        people = crew.people(site, customer, served.expert)
        return _invite(conn, people, firing, firing_id, content, visit, crew, now, known=customer is not None)
    kind = _CARDS.get(firing.action)
    return _show(conn, kind, content, visit, now) if kind is not None else None


def _invite(
    conn: Connection,
    people: Ladderful,
    firing: Firing,
    firing_id: str,
    content: Content,
    visit: VisitFacts,
    crew: Crew,
    now: Ms,
    *,
    known: bool,
) -> Acted | None:
    words = _words(content)
    if words is None or chat.served.ended_since(conn, visit.visitor, visit.started_at):
        return None
    if not _alone(conn, visit.visitor):
        return None
    if not known and not _spared(conn, visit.site, crew):
        return None
    reserved = _reserve(conn, people, firing_id, visit, crew, now, leave=0 if known else routing.reserve.LEFT)
    if reserved is None or not try_lock(conn, f"visitor:{visit.visitor}") or not _alone(conn, visit.visitor):
        return None
    expert = Who(
        kind="expert",
        id=reserved.expert,
        name=access.queries.names(conn, [reserved.expert]).get(reserved.expert, ""),
    )
    try:
        conversation = chat.do.open_for_expert(
            conn,
            site_id=visit.site,
            visitor_id=visit.visitor,
            visit_id=visit.id,
            expert_id=reserved.expert,
            alert_id=None,
            name=expert.name,
            now=now,
            trigger_id=firing.trigger,
        )
    except chat.do.Taken:  # somebody wrote to them in this moment
        return None
    announce.conversation_opened(conn, conversation, now)
    if words:
        said = chat.do.add(conn, conversation["id"], expert, "text", words, None, None, now)
        announce.message_added(conn, visit.site, said)
    routing.reserve.take(conn, reserved.expert, reserved.free, now)
    crew.took(reserved.expert)
    routing.decisions.decide(
        conn,
        {"site_id": visit.site, "visit_id": visit.id},
        reserved.step,
        (reserved.expert,),
        now,
        firing_id=firing_id,
        outcome=f"invited:{reserved.expert}",
    )
    return Acted(
        conversation["id"], [("conversation", conversation["id"]), ("visitor", visit.visitor), ("visit", visit.id)]
    )


def _spared(conn: Connection, site_id: str, crew: Crew) -> bool:
    """Whether strangers may have one more place of this site. Counted by one transaction at a time; another one invites
    with the visitor's next event: whoever waited here while desks are held could wait in a circle."""
    if not try_lock(conn, f"invitations:{site_id}"):
        return False
    reserved = chat.desks.reserved(conn, site_id)
    return routing.reserve.spared(crew.free_places(site_id, routing.reserve.enough(reserved)), reserved)


def _reserve(
    conn: Connection, people: Ladderful, seed: str, visit: VisitFacts, crew: Crew, now: Ms, *, leave: int
) -> _Reserved | None:
    """Whom the ladder would ring first, if more than `leave` places are free there once the desk is held; else the
    next one."""
    for _ in range(CHOICES):
        step = people.step(after=None, topic=visit.topic, language=tongue(visit.language), asked=(), seed=seed)
        if step is None or not step.experts:
            return None
        for expert_id in step.experts:
            carried = partial(load, conn, expert_id)
            free = routing.reserve.reserve(conn, expert_id, carried, now, wait=not crew.held)
            crew.held.add(expert_id)
            if free is not None and free > leave:
                return _Reserved(expert_id, free, step)
            crew.pass_over(expert_id, "last_place" if free is not None and free > 0 else "full")
    return None


def _alone(conn: Connection, visitor_id: str) -> bool:
    """Nobody talks with them, and they ask for nobody: what they have written waits for its own bell."""
    held = chat.queries.open_of_visitors(conn, [visitor_id]).get(visitor_id)
    return held is None or (held["expert_id"] is None and held["last_seq"] == 0)


def _talks(conn: Connection, visitor_id: str) -> bool:
    """Somebody has a conversation with them, or has invited them."""
    held = chat.queries.open_of_visitors(conn, [visitor_id]).get(visitor_id)
    return held is not None and held["expert_id"] is not None


def _show(conn: Connection, kind: CardKind, content: Content, visit: VisitFacts, now: Ms) -> Acted | None:
    """One card at a time comes by itself."""
    if not try_lock(conn, f"visitor:{visit.visitor}") or _talks(conn, visit.visitor):
        return None
    if chat.cards.stands_by_itself(conn, visit.visitor, now):
        return None
    where = Place(site=visit.site, visitor=visit.visitor, visit=visit.id, conversation=None)
    try:
        shown = show_content(conn, where, kind, content, now)
    except Refused:  # a product is gone, an address is none: nothing was written
        return None
    return Acted(shown, [("visitor", visit.visitor)])


def _words(content: Content) -> str | None:
    """What the invitation says, "" for the widget's own words; None for what nobody may say."""
    try:
        return check_optional(content.text)
    except Refused:
        return None
