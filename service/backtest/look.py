"""A trigger on the stored visits of some visitors: the firings that live would have made.

Live judges a visit once for each body, after all its events, as of the moment that the body came; so does this, with
the same functions. What live would have known then is told again (`tracker.retold`, `service.backtest.people`); other
triggers and full desks are not looked at.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from operator import attrgetter

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select

from contract.clock import SECOND
from contract.facts import SiteFacts
from contract.names import Arm, Ms
from contract.triggers import Cart, Did, InBranch, InTier, Known, Orders, Pages, Rule, When
from routing.caps import Past, capped, counts_before
from routing.lookups import Known as AllKnown
from routing.triggers import FRESH, Rules, Trigger, held_out
from service.backtest.people import People
from store.base import Fn, Store
from tracker.past import Past as Visitor
from tracker.past import Pasts, past
from tracker.queries import DOINGS, counted
from tracker.tables import visit

#: So many visits are looked at; of more, every k-th visitor's.
MOST = 20_000
#: Visits that one read brings, or as many as have so many page views: what is held at a time is bounded by it, and by
#: what one visitor did.
_CHUNK = 100
_CHUNK_PAGES = 2_000
#: The loop is nobody's for longer than this, in seconds.
_SLICE = 0.002
#: Visitors' ids end in chance: four digits of that choose the same visitors every time.
_DIGITS = 4
Gone = Callable[[], Awaitable[None]]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A visit that began within the period, as it stands."""

    id: str
    visitor: str
    started_at: Ms
    last_at: Ms
    pages: int
    deepest: int
    dwell: Ms


class Sample(msgspec.Struct, frozen=True):
    """`whole`: how many visits there are; `visits`: those that are looked at, one of `every`."""

    whole: int
    every: int
    visits: list[Seen]


class Fired(msgspec.Struct, frozen=True, kw_only=True):
    """A firing. `visit`: that it is part of now; `occasion`: the page view with which they came in, or that visit."""

    visit: str
    visitor: str
    occasion: str
    customer: str | None
    at: Ms
    topic: tuple[str, ...]
    arm: Arm


def sample(conn: Connection, site_id: str, since: Ms, until: Ms, most: int = MOST) -> Sample:
    """The visits of people that began since then; if they are too many, those of every k-th visitor."""
    where: list[ColumnElement[bool]] = [
        visit.c.site_id == site_id, visit.c.started_at >= since, visit.c.started_at <= until, counted,
        visit.c.bot.is_(False),
    ]  # fmt: skip
    whole = conn.execute(select(func.count()).select_from(visit).where(*where)).scalar_one()
    every = max(1, -(-whole // most))
    if every > 1:
        bound = f"{max(1, 16**_DIGITS // every):0{_DIGITS}x}"
        where.append(func.substr(visit.c.visitor_id, 36 - _DIGITS + 1, _DIGITS) < bound)
    rows = conn.execute(
        select(
            visit.c.id, visit.c.visitor_id, visit.c.started_at, visit.c.last_at, visit.c.pages, visit.c.deepest,
            visit.c.dwell,
        ).where(*where)
    )  # fmt: skip
    found = [
        Seen(id=id_, visitor=visitor, started_at=started_at, last_at=last_at, pages=pages, deepest=deepest, dwell=dwell)
        for id_, visitor, started_at, last_at, pages, deepest, dwell in rows
    ]
    return Sample(whole, every, found)


async def firings(
    store: Store,
    site: SiteFacts,
    trigger: str,
    rule: Rule,
    segments: Mapping[str, When],
    seen: Sequence[Seen],
    since: Ms,
    gone: Gone | None = None,
) -> list[Fired]:
    """What this trigger would have done on these visits, in order of time. `gone` raises when nobody waits any more.

    Reads go through the store a few visitors at a time; in between the loop is given back every two milliseconds.
    """
    needed = least(rule)
    visitors: dict[str, set[str]] = {}
    pages: dict[str, int] = {}
    for one in seen:
        pages[one.visitor] = pages.get(one.visitor, 0) + one.pages
        if needed.reached(one.deepest, one.dwell, one.pages):
            visitors.setdefault(one.visitor, set()).add(one.id)
    looking = _Looking(site, trigger, rule, segments)
    found: list[Fired] = []
    for chunk in _chunks(visitors, pages):
        if gone is not None:
            await gone()
        told, people = await store.read(_brought(site.id, chunk, since))
        until = time.perf_counter() + _SLICE
        for visitor in told:
            for fired in looking.bodies(visitor, people, visitors[visitor.visitor]):
                if fired is not None:
                    found.append(fired)
                if time.perf_counter() > until:
                    await asyncio.sleep(0)
                    until = time.perf_counter() + _SLICE
    return sorted(found, key=attrgetter("at", "visit"))


def _brought(site_id: str, visitors: list[str], since: Ms) -> Fn[tuple[Pasts, People]]:
    return lambda conn: (past(conn, site_id, visitors, since), People(conn, site_id, visitors))


class Least(msgspec.Struct, frozen=True):
    """What a visit must have come to, at the least, before it can fire: all of it only ever grows. `customer`: of
    somebody we know; `doing`: the site reported something."""

    depth: int
    dwell: Ms
    pages: int
    customer: bool
    doing: bool

    def reached(self, depth: int, dwell: Ms, pages: int) -> bool:
        return depth >= self.depth and dwell >= self.dwell and pages >= self.pages


def least(rule: Rule) -> Least:
    branches = [one for one in rule.conditions.all if isinstance(one, InBranch)]
    return Least(
        depth=max((one.depth for one in branches), default=0),
        dwell=max((one.dwell * SECOND for one in branches), default=0),
        pages=max((one.at_least or 0 for one in rule.conditions.all if isinstance(one, Pages)), default=0),
        customer=any(
            isinstance(one, InTier)
            or (isinstance(one, Known) and one.is_)
            or (isinstance(one, Orders) and one.at_least)
            for one in rule.conditions.all
        ),
        doing=any(isinstance(one, Did) or (isinstance(one, Cart) and one.at_least) for one in rule.conditions.all),
    )


def _chunks(visitors: Mapping[str, Collection[str]], pages: Mapping[str, int]) -> list[list[str]]:
    chunks: list[list[str]] = []
    room = views = 0
    for visitor, visits in visitors.items():
        if room <= 0 or views + pages[visitor] > _CHUNK_PAGES:
            chunks.append([])
            room, views = _CHUNK, 0
        chunks[-1].append(visitor)
        room -= len(visits)
        views += pages[visitor]
    return chunks


class _Looking:
    """One trigger, judged as live would."""

    def __init__(self, site: SiteFacts, trigger: str, rule: Rule, segments: Mapping[str, When]) -> None:
        self._site, self._trigger, self._rule = site, trigger, rule
        self._rules = Rules(
            [Trigger(id=trigger, site=site.id, name="", rule=rule, zone=site.zone)], {site.id: segments}
        )
        self._least = least(rule)
        self._once = rule.caps.visit == 1

    def bodies(self, visitor: Visitor, people: People, counting: Collection[str]) -> Iterator[Fired | None]:
        """For each body what it fired, or None: whoever goes through them may pause in between."""
        retold, spent, before = visitor.retold, set[str](), list[Past]()
        for body in visitor.bodies:
            sitting = retold.tell(body.events)
            yield None
            if (
                sitting is None
                or not self._least.reached(sitting.deepest, sitting.dwell, len(sitting.views))
                or body.at - sitting.heard_at > FRESH
                or (self._once and str(sitting.id) in spent)
                or (stands := retold.stands(sitting)).id not in counting
            ):
                continue
            customer = people.customer(visitor.visitor, body.at)
            if (self._least.customer and customer is None) or (self._least.doing and not sitting.doings):
                continue
            visit_facts = retold.facts(sitting)
            for firing in self._rules.judge(visit_facts, body.at):
                known = AllKnown(
                    visit=visit_facts, now=body.at, zone=self._site.zone, customer=customer,
                    doings=retold.doings(sitting, DOINGS) if "doings" in firing.needs else (),
                    before=retold.before(sitting) if "before" in firing.needs else None,
                )  # fmt: skip
                if firing.occasion in spent or not firing.fits(known):
                    continue
                if counts_before(firing) and capped(firing, visit_facts, before, body.at, self._site.zone):
                    continue
                if (
                    firing.action == "alert"
                    and firing.occasion == visit_facts.id
                    and people.talking(visitor.visitor, body.at)
                ):
                    continue
                spent.add(firing.occasion)
                before.append(Past(visit_facts.id, body.at))
                alone = customer is None and held_out(self._trigger, visitor.visitor, self._rule.hold_out)
                yield Fired(
                    visit=stands.id,
                    visitor=visitor.visitor,
                    occasion=stands.id if firing.occasion == visit_facts.id else firing.occasion,
                    customer=customer.id if customer else None,
                    at=body.at,
                    topic=visit_facts.topic,
                    arm="held_out" if alone else "treated",
                )
