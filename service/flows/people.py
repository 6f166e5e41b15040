"""Who could answer a visitor: the ladder's question, answered with what four rooms know, and with few looks.

Nobody reads all the experts of a large site: the owner, who served last, the best for the topic page by page, and for
"anyone" those who have been idle longest. A small site is looked at whole, so that its decisions name everybody.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import islice

import msgspec
from sqlalchemy import Connection

import routing.queries
from contract.facts import CustomerFacts, SiteFacts
from contract.names import Ms, Rung
from routing.alerts import People
from routing.decisions import SHOWN
from routing.known import roster_at
from routing.ladder import DESKS, Asked, Expert, Step, climbable, newcomer_step, next_step, rungs_after
from routing.presence import absent
from routing.queries import Desk
from routing.roster import Roster
from service.flows.load import loads

#: So many of the best are looked at together, and so many times; after that the rung is passed over.
PAGE, PAGES = 16, 16
#: Who is idle is looked for in pages of this size.
IDLE_PAGE, IDLE_PAGES = 64, 4


class Crew:
    """The experts of sites as they are at one moment of one transaction: each is looked at once.

    Ringing changes neither who is there nor what they carry, so one look serves all bells of a transaction; only how
    many bells ring at a desk is counted on. `without`: who is just leaving, and why.
    """

    def __init__(self, conn: Connection, now: Ms, without: Mapping[str, str] | None = None) -> None:
        self.conn, self.now = conn, now
        self._without = without or {}
        self._rosters: dict[str, Roster] = {}
        self._experts: dict[str, Expert] = {}
        self._missing: set[str] = set()
        #: Desks of which this transaction has taken a place, and which it holds.
        self.held: set[str] = set()

    def available(self, site_id: str) -> bool:
        """Whether somebody there has a free place."""
        idle = self.idle(site_id, self.roster(site_id), 1)
        return any(not one.absent and one.load < one.capacity for one in idle)

    def free_places(self, site_id: str, most: int) -> int:
        """How many places are free there; `most` and more are all the same."""
        idle = self.idle(site_id, self.roster(site_id), most)
        return sum(max(one.capacity - one.load, 0) for one in idle if not one.absent)

    def people(self, site: SiteFacts, customer: CustomerFacts | None, last: str | None) -> "Ladderful":
        """For a visitor who is this customer, or a stranger. `last`: who served this browser last.

        All browsers of a customer count, and their orders: that is in what we know of them.
        """
        return Ladderful(self, site, customer, customer.last_expert if customer else last)

    def roster(self, site_id: str) -> Roster:
        found = self._rosters.get(site_id)
        if found is None:
            found = self._rosters[site_id] = roster_at(self.conn, site_id)
        return found

    def look(self, roster: Roster, ids: Iterable[str | None]) -> list[Expert]:
        """Those of `ids` who work here, in that order, each once."""
        wanted = [id_ for id_ in dict.fromkeys(ids) if id_ in roster.members]
        unseen = [id_ for id_ in wanted if id_ not in self._experts and id_ not in self._missing]
        if unseen:
            self._meet(roster, routing.queries.candidates(self.conn, unseen))
            self._missing.update(id_ for id_ in unseen if id_ not in self._experts)
        return [self._experts[id_] for id_ in wanted if id_ in self._experts]

    def idle(self, site_id: str, roster: Roster, most: int) -> list[Expert]:
        """At least `most` who are free, if there are so many, longest idle first."""
        found: list[Expert] = []
        after, free = (-1, ""), 0
        for _ in range(IDLE_PAGES):
            rows = routing.queries.idle(self.conn, site_id, self.now, after, IDLE_PAGE)
            self._meet(roster, [row for row in rows if row.id not in self._experts])
            page = self.look(roster, (row.id for row in rows))
            found += page
            free += sum(not one.absent and one.load < one.capacity for one in page)
            if len(rows) < IDLE_PAGE or free >= most:
                break
            after = (rows[-1].assigned_at, rows[-1].id)
        return found

    def rang(self, expert_ids: Collection[str]) -> None:
        """One more bell rings at these desks."""
        for id_ in expert_ids:
            one = self._experts[id_]
            self._experts[id_] = msgspec.structs.replace(one, ringing=one.ringing + 1)

    def took(self, expert_id: str) -> None:
        """A place of this desk was taken in this transaction."""
        self.held.add(expert_id)
        one = self._experts[expert_id]
        self._experts[expert_id] = msgspec.structs.replace(one, load=one.load + 1)

    def pass_over(self, expert_id: str, reason: str) -> None:
        """No place is to be had there after all."""
        self._experts[expert_id] = msgspec.structs.replace(self._experts[expert_id], absent=reason)

    def _meet(self, roster: Roster, rows: list[Desk]) -> None:
        rows = [row for row in rows if row.id in roster.members]
        carried = loads(self.conn, [row.id for row in rows]) if rows else {}
        for row in rows:
            id_ = row.id
            member = roster.members[id_]
            self._experts[id_] = Expert(
                id=id_,
                name=member.name,
                absent=self._without.get(id_) or absent(row, self.now),
                load=carried.get(id_, 0),
                capacity=row.capacity,
                idle_since=row.assigned_at,
                knows=member.knows,
                speaks=member.speaks,
                ringing=row.ringing,
            )


class Ladderful(People):
    """The ladder of one alert, over a crew."""

    def __init__(self, crew: Crew, site: SiteFacts, customer: CustomerFacts | None, last: str | None) -> None:
        self.ladder = site.ladder
        self._crew, self._site, self._last = crew, site, last
        self._owner = customer.owner if customer else None
        self._rungs = climbable(site.ladder.order, known=customer is not None)

    def online(self, most: int) -> int:
        """How many of the site's experts are online; `most` and more are all the same."""
        return routing.queries.online_at(self._crew.conn, self._site.id, self._crew.now, most)

    def step(
        self, *, after: Rung | None, topic: tuple[str, ...], language: str, asked: tuple[Asked, ...], seed: str
    ) -> Step | None:
        coming = rungs_after(self._rungs, after)
        if not coming:
            return None
        crew, roster = self._crew, self._crew.roster(self._site.id)

        def over(experts: Iterable[Expert]) -> Step:
            step = next_step(
                after=after,
                owner=self._owner,
                last=self._last,
                topic=topic,
                experts=tuple(experts),
                asked=asked,
                rungs=self._rungs,
                language=language,
            )
            assert step is not None, "there is a rung above"
            return step

        if len(roster.members) <= SHOWN:
            step = over(crew.look(roster, roster.members))
        else:
            best = roster.best(topic, language, seed) if "topic" in coming else iter(())
            step = self._found(roster, coming, best, over)
        crew.rang(step.experts)
        unseen = len(roster.members) - len(step.candidates)
        return msgspec.structs.replace(step, others={"unseen": unseen}) if unseen > 0 else step

    def queued(self) -> Step:
        """The last rung, ringing nobody: who stands there is offered in turn."""
        unseen = len(self._crew.roster(self._site.id).members)
        return Step(rung=self._rungs[-1], experts=(), candidates=(), others={"unseen": unseen} if unseen else {})

    def newcomer(self, expert_id: str, rung: Rung, topic: tuple[str, ...], language: str) -> Step | None:
        """This one alone, who has a place again; None for whoever is no expert of the site any more."""
        crew, roster = self._crew, self._crew.roster(self._site.id)
        for one in crew.look(roster, [expert_id]):
            crew.rang([expert_id])
            step, unseen = newcomer_step(rung, one, topic, language), len(roster.members) - 1
            return msgspec.structs.replace(step, others={"unseen": unseen}) if unseen > 0 else step
        return None

    def _found(
        self, roster: Roster, coming: tuple[Rung, ...], best: Iterator[str], over: Callable[[Iterable[Expert]], Step]
    ) -> Step:
        """Look at as many as it takes until one of them rings, the best first."""
        crew = self._crew
        seen: dict[str, Expert] = {}
        named: list[str | None] = [self._owner, self._last]
        for _ in range(PAGES):
            page = list(islice(best, PAGE))
            seen |= {one.id: one for one in crew.look(roster, [*named, *page])}
            step = over(seen.values())
            if step.experts and step.rung != "anyone":
                return step
            if len(page) < PAGE or (step.experts and coming.index(step.rung) < _place(coming, "topic")):
                break
            named = []
        # Also for the topic: of all who know it, the pages may have missed the few who are there at night.
        seen |= {one.id: one for one in crew.idle(self._site.id, roster, DESKS)}
        return over(seen.values())


def _place(rungs: tuple[Rung, ...], rung: Rung) -> int:
    return rungs.index(rung) if rung in rungs else len(rungs)
