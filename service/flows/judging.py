"""A visit is judged, and what it fires is done, inside the transaction that stored its event.

Nothing here knows a process, a bus or a socket: whoever commits it announces what comes back. What a group of visits
has in common is asked once for the group, and only if something fires.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

import msgspec
from sqlalchemy import Connection

import chat.blocks
import chat.served
import crm.queries
import routing.alerts
import routing.firings
import routing.queries
import tracker.queries
from contract.clock import day_began
from contract.facts import CustomerFacts, SiteFacts, VisitFacts
from contract.names import BellKind, Ms
from routing.caps import capped, counts_before
from routing.firings import Done
from routing.lookups import Known, Need
from routing.queries import Row
from routing.tables import ASKED
from routing.triggers import Firing, Rules, held_out
from service.flows.acting import act
from service.flows.facts import customer_facts, facts_of
from service.flows.folding import rings_for
from service.flows.holding import has_returned, ladder_of
from service.flows.people import Crew, Ladderful
from service.learning.learned import NOTHING, Learned
from store.sql import db_now

_NONE = Done()
#: Bells of strangers that may ring at a site at the same time: so many, or so many for each expert who is online,
#: whichever is more. Known customers always ring.
STRANGERS, STRANGERS_EACH = 50, 20


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A visit that an event has just changed. `at`: when our server took the event."""

    site: SiteFacts
    visit: VisitFacts
    at: Ms


class Touched(msgspec.Struct):
    """What a visit's event led to. `alerts`: raised, ended, or told of the visitor's leaving; `rings`: doorbells to
    ring after the commit."""

    alerts: list[str]
    rings: list[tuple[BellKind, str]] = msgspec.field(default_factory=list)


def judge_and_act(conn: Connection, seen: Sequence[Seen], rules: Rules, learned: Learned = NOTHING) -> list[Touched]:
    """Judge the visits of one group and do what they fire; one answer for each.

    Most groups fire nothing and cost one statement: which bells ring for their visits, and what was done there.
    """
    if not seen:
        return []
    of = routing.firings.done_in(conn, {one.visit.id for one in seen})
    fired: list[Sequence[Firing]] = [
        [
            firing
            for firing in rules.judge(one.visit, one.at)
            if _anew(firing, one.visit, of.setdefault(one.visit.id, Done()))
        ]
        for one in seen
    ]
    if any(fired):
        fired = _but_of_blocked(conn, seen, fired)
    acting = _acting(conn, seen, fired, learned) if any(fired) else None
    touched: list[Touched] = []
    for one, firings in zip(seen, fired, strict=True):
        done = of.get(one.visit.id, _NONE)
        told = Touched(_left(conn, one.visit, done))
        if acting is not None:
            acting.fire_all(one, [firing for firing in firings if firing.action == "alert"], done, told)
        touched.append(told)
    if acting is not None:
        # Bells first: whoever takes one holds an alert before a desk, and an invitation holds a desk.
        for one, firings, told in zip(seen, fired, touched, strict=True):
            rest = [firing for firing in firings if firing.action != "alert"]
            acting.fire_all(one, rest, of.get(one.visit.id, _NONE), told)
    return touched


def raise_and_ring(
    conn: Connection,
    site: SiteFacts,
    firing: Firing,
    visit: VisitFacts,
    learned: Learned = NOTHING,
    text: str = "",
    older: str | None = None,
    *,
    queued: bool = False,
) -> str | None:
    """One bell alone that no trigger rings, under the same rules as a group's; but a question is never dropped: where
    no more strangers may ring it waits for its turn. `text`: what the visitor wrote; `older`: the bell of this visit
    that rings, and becomes the question's. `queued`: it rings nobody, and is offered in turn."""
    acting = _Acting(conn, customer_facts(conn, site.id, [visit.visitor]), [visit.visitor], learned)
    if older is not None and acting.becomes_question(older, site, firing, visit, text):
        return older
    if not queued and acting.may_ring(site, firing, visit):
        return acting.ring(site, firing, visit, text)
    return acting.ring(site, firing, visit, text, queued=True) if firing.name == ASKED else None


def _anew(firing: Firing, visit: VisitFacts, done: Done) -> bool:
    """What was done is not done again, and a visit that rings rings no second bell, but for a return."""
    if (firing.trigger, firing.occasion) in done.spent:
        return False
    return not (firing.action == "alert" and done.ringing and firing.occasion == visit.id)


def _but_of_blocked(
    conn: Connection, seen: Sequence[Seen], fired: Sequence[Sequence[Firing]]
) -> list[Sequence[Firing]]:
    """Who may not write to us rings nobody and is shown nothing; no occasion is spent on it."""
    visitors = {one.visit.visitor for one, firings in zip(seen, fired, strict=True) if firings}
    blocked = chat.blocks.blocked(conn, visitors, db_now(conn))
    return [() if one.visit.visitor in blocked else firings for one, firings in zip(seen, fired, strict=True)]


def _left(conn: Connection, visit: VisitFacts, done: Done) -> list[str]:
    """The bells of a visit learn that its visitor left, or is back."""
    gone_at = routing.alerts.gone_at(visit.left_at)
    if all(known == gone_at for known in done.ringing.values()):
        return []
    done.ringing = dict.fromkeys(done.ringing, gone_at)
    return routing.alerts.visitor_left(conn, visit.id, visit.left_at)


def _acting(conn: Connection, seen: Sequence[Seen], fired: Sequence[Sequence[Firing]], learned: Learned) -> "_Acting":
    """Who the visitors are whose visits fire anything."""
    visitors: dict[str, set[str]] = {}
    for one, firings in zip(seen, fired, strict=True):
        if firings:
            visitors.setdefault(one.site.id, set()).add(one.visit.visitor)
    known: dict[str, str] = {}
    for site_id, ids in visitors.items():
        known |= crm.queries.customers_of(conn, site_id, ids)
    elsewhere = {
        (firing.trigger, firing.occasion)
        for one, firings in zip(seen, fired, strict=True)
        for firing in firings
        if firing.occasion != one.visit.id  # of a visit that has become part of another one, say
    }
    acting = _Acting(conn, facts_of(conn, known), [visitor for ids in visitors.values() for visitor in ids], learned)
    acting.spent = routing.firings.spent(conn, elsewhere)
    return acting


class _Acting:
    """What the firings of one transaction have in common, looked up once, and when it is needed first."""

    def __init__(
        self, conn: Connection, customers: Mapping[str, CustomerFacts], visitors: Sequence[str], learned: Learned
    ) -> None:
        self._conn, self._customers, self._visitors, self._learned = conn, customers, visitors, learned
        self.spent: set[tuple[str, str]] = set()
        self._strangers: dict[str, int] = {}
        self._visits: dict[str, dict[str, int]] = {}
        self._known: dict[str, tuple[Known, set[Need]]] = {}
        self._free: dict[str, bool] = {}
        self._ringing: dict[str, dict[str, dict[str, Row]]] = {}

    @cached_property
    def now(self) -> Ms:
        return db_now(self._conn)

    @cached_property
    def _crew(self) -> Crew:
        return Crew(self._conn, self.now)

    @cached_property
    def _served(self) -> dict[str, chat.served.Served]:
        return chat.served.served(self._conn, self._visitors)

    def _available(self, site_id: str) -> bool:
        """Whether an expert of the site is there and has a free place."""
        found = self._free.get(site_id)
        if found is None:
            found = self._free[site_id] = self._crew.available(site_id)
        return found

    def fits(self, one: Seen, firing: Firing) -> bool:
        """Whether it fires for this person, at a moment like this, on an occasion that is not spent."""
        if (firing.trigger, firing.occasion) in self.spent:
            return False
        return firing.fits(self._known_of(one, firing.needs))

    def _known_of(self, one: Seen, needs: Collection[Need]) -> Known:
        """Everything that is needed of this visit; looked up once, for however many triggers."""
        visit = one.visit
        known, found = self._known.get(visit.id, (None, None))
        if known is None or found is None or known.visit is not visit:
            customer = self._customers.get(visit.visitor)
            known, found = Known(visit=visit, now=one.at, zone=one.site.zone, customer=customer), set()
            self._known[visit.id] = known, found
        for need in needs:
            if need in found:
                continue
            found.add(need)
            if need == "doings":
                known.doings = tracker.queries.doings(self._conn, visit)
            elif need == "before":
                known.before = tracker.queries.before(self._conn, visit)
            elif need == "available":
                known.available = self._available(one.site.id)
        return known

    def fire_all(self, one: Seen, firings: Sequence[Firing], done: Done, told: Touched) -> None:
        for firing in firings:
            if _anew(firing, one.visit, done) and self.fits(one, firing):
                self.fire(one, firing, done, told)

    def fire(self, one: Seen, firing: Firing, done: Done, told: Touched) -> None:
        """Do what the trigger says, or leave the visitor alone for the comparison; either spends the occasion.

        What cannot be done now (nobody to invite to, an expert is talking with them) spends nothing: the next event
        may find it possible.
        """
        conn, visit = self._conn, one.visit
        customer = self._customers.get(visit.visitor)
        if counts_before(firing):
            past = routing.firings.past(conn, firing.trigger, visit.visitor)
            if capped(firing, visit, past, self.now, one.site.zone):
                return
        if firing.action == "alert" and not self.may_ring(one.site, firing, visit):
            return
        if firing.action == "invite" and (done.ringing or not self._available(one.site.id)):
            return  # somebody is being asked for them already, or nobody could be
        percent = firing.rule.hold_out if firing.rule is not None and customer is None else 0
        if held_out(firing.trigger, visit.visitor, percent):
            routing.firings.fire(conn, firing, visit, None, "held_out", self.now)
        elif firing.action == "alert":
            self._ring_anew(one, firing, customer, done, told)
        else:
            self._act(one, firing, customer, told)
        done.spent.add((firing.trigger, firing.occasion))

    def _elsewhere(self, visit: VisitFacts) -> list[Row]:
        """What rings for this visitor in other visits; asked only of who has been here before, and once for all of a
        site."""
        if visit.number < 2:
            return []
        found = self._ringing.get(visit.site)
        if found is None:
            found = self._ringing[visit.site] = {}
            for row in rings_for(self._conn, visit.site, *self._visitors):
                found.setdefault(row["visitor_id"], {})[row["id"]] = row
        return [row for row in found.get(visit.visitor, {}).values() if row["visit_id"] != visit.id]

    def _ring_anew(self, one: Seen, firing: Firing, customer: CustomerFacts | None, done: Done, told: Touched) -> None:
        raised, elsewhere = None, self._elsewhere(one.visit)
        for other in elsewhere:
            if other["reason"] == ASKED:  # their question is of this visit now, and shows what they wrote
                raised = other["id"]
                routing.alerts.follows(self._conn, raised, one.visit)
        for older in list(done.ringing):  # they went, and are back: one bell, the new one, or that of their question
            row = routing.queries.alert_row(self._conn, older)
            if row is not None and row["reason"] == ASKED:
                raised = older
                continue
            routing.alerts.end(self._conn, older, "gone", self.now)
            self._strangers.pop(one.site.id, None)
            del done.ringing[older]
            told.alerts.append(older)
        raised = raised or self.ring(one.site, firing, one.visit)
        if raised is not None:
            folded = self._fold(elsewhere, raised)
            if folded:
                self._strangers.pop(one.site.id, None)
                told.alerts += folded
            customer_id = customer.id if customer else None
            routing.firings.fire(self._conn, firing, one.visit, customer_id, "treated", self.now, raised)
            done.ringing[raised] = routing.alerts.gone_at(one.visit.left_at)
            told.alerts.append(raised)

    def _act(self, one: Seen, firing: Firing, customer: CustomerFacts | None, told: Touched) -> None:
        noted = routing.firings.fire(
            self._conn, firing, one.visit, customer.id if customer else None, "treated", self.now
        )
        if noted is None or firing.action == "nothing":
            return
        served = self._served.get(one.visit.visitor, chat.served.NOBODY)
        acted = act(self._conn, one.site, firing, noted, one.visit, customer, served, self._crew, self.now)
        if acted is None:
            routing.firings.take_back(self._conn, noted)
            return
        routing.firings.came_of_it(self._conn, noted, acted.ref)
        told.rings += acted.rings

    def _fold(self, others: Sequence[Row], into: str) -> list[str]:
        """These are over: one bell rings for one person. Returns those that were not held by anybody."""
        return [
            row["id"]
            for row in others
            if row["reason"] != ASKED and routing.alerts.supersede(self._conn, row["id"], into, self.now)
        ]

    def may_ring(self, site: SiteFacts, firing: Firing, visit: VisitFacts) -> bool:
        """Not when an expert is talking with this visitor, nor when so many strangers ring already that one more would
        only drown the others: it rings with its next event, once there is room.

        Of a return the expert who has their conversation hears all the same: an open conversation says nothing of who
        is at the door. Whoever turns a page while they talk has not returned.
        """
        served = self._served.get(visit.visitor, chat.served.NOBODY)
        if served.talking and firing.name != ASKED:
            arrived_at = tracker.queries.arrived_at(self._conn, visit)
            if firing.occasion == visit.id or not has_returned(served, arrived_at):
                return False
        if visit.visitor in self._customers:
            return True
        return not self._drowned(site, self._people(site, visit))

    def becomes_question(self, alert_id: str, site: SiteFacts, firing: Firing, visit: VisitFacts, text: str) -> bool:
        """Whether this bell, which rings, is the question's now."""
        customer = self._customers.get(visit.visitor)
        return routing.alerts.becomes_question(
            self._conn,
            alert_id,
            firing,
            visit,
            customer,
            self._people(site, visit, asked=True),
            self.now,
            intent=self._learned.intent(site, visit, customer),
            today=self._visits_today(site, visit),
            topic=self._learned.topic(site, visit, customer, text),
        )

    def ring(
        self, site: SiteFacts, firing: Firing, visit: VisitFacts, text: str = "", *, queued: bool = False
    ) -> str | None:
        """The alert, ringing its first rung (`queued`: nobody yet); None when this occasion has had its bell."""
        customer = self._customers.get(visit.visitor)
        people = self._people(site, visit, asked=firing.name == ASKED)
        today = self._visits_today(site, visit)
        alert_id = routing.alerts.raise_alert(
            self._conn,
            firing,
            visit,
            customer,
            people,
            self.now,
            intent=self._learned.intent(site, visit, customer),
            today=today,
            topic=self._learned.topic(site, visit, customer, text),
            queued=queued,
        )
        if alert_id is not None and site.id in self._ringing:
            mine = self._ringing[site.id].setdefault(visit.visitor, {})
            mine[alert_id] = {"id": alert_id, "visit_id": visit.id, "reason": firing.name}
        if alert_id is not None and customer is None and site.id in self._strangers:
            self._strangers[site.id] += 1
        return alert_id

    def _people(self, site: SiteFacts, visit: VisitFacts, *, asked: bool = False) -> Ladderful:
        served = self._served.get(visit.visitor, chat.served.NOBODY)
        return ladder_of(self._crew, site, self._customers.get(visit.visitor), served, asked=asked)

    def _visits_today(self, site: SiteFacts, visit: VisitFacts) -> int:
        """Which visit of the day this is; asked only of who has been here before, and once for all of a site."""
        if visit.number < 2:
            return 1
        found = self._visits.get(site.id)
        if found is None:
            midnight = day_began(site.zone, self.now)
            found = self._visits[site.id] = tracker.queries.visits_since(self._conn, self._visitors, midnight)
        return found.get(visit.visitor, 1)

    def _drowned(self, site: SiteFacts, crew: Ladderful) -> bool:
        """As many strangers ring as the site can bear. Who is there is counted only when it matters."""
        ringing = self._ringing_strangers(site)
        return ringing >= STRANGERS and ringing >= STRANGERS_EACH * crew.online(ringing // STRANGERS_EACH + 1)

    def _ringing_strangers(self, site: SiteFacts) -> int:
        found = self._strangers.get(site.id)
        if found is None:
            found = self._strangers[site.id] = routing.queries.ringing_strangers(self._conn, site.id)
        return found
