"""The way of one page view, from the beacon to the bell. It reads like the story (design 1).

An event, the visit it belongs to, the judgement of that visit and the alert that follows are ONE commit: nothing is
ever stored and not judged, whatever moment the process dies in (docs/decisions/0005). The rooms do not know each other;
this file hands their values along.
"""

import time
from collections.abc import Callable

import msgspec
import structlog
from sqlalchemy import Connection

import routing.firings
import tracker.collect
import tracker.record
import tracker.testing
from contract.beacons import Beacon, Collected, Rejected, Taken
from contract.facts import SiteFacts, VisitFacts
from contract.names import BellKind, Ms
from routing.triggers import Rules
from service.flows.judging import Seen, judge_and_act
from service.learning.learned import NOTHING, Learned
from service.limits import EVENTS_A_TOKEN
from store.base import Store
from store.journal import Journal
from tracker.memory import Memory

TRIGGERS_KEPT = 2.0
#: From this dwell on a visitor who does not just bounce may hear from us.
SETTLED: Ms = 5_000
log = structlog.get_logger()


class Told(msgspec.Struct, kw_only=True):
    """What became of one beacon. `alerts` were raised or changed; `rings`: whom else to tell after the commit."""

    stored: int
    duplicates: int
    rejected: list[Rejected]
    visit: VisitFacts | None
    fresh: bool
    alerts: list[str]
    rings: list[tuple[BellKind, str]]


def _weight(item: tuple[SiteFacts, tracker.collect.Prepared]) -> int:
    """A body of a few events is the ordinary one."""
    return 1 + len(item[1].rows) // EVENTS_A_TOKEN


class Journey:
    """Collect -> recognise -> judge -> ring. One per process."""

    def __init__(self, store: Store, learned: Learned = NOTHING) -> None:
        self._learned = learned
        self._journal: Journal[tuple[SiteFacts, tracker.collect.Prepared], Told] = Journal(
            store, self._record, weight=_weight
        )
        self._memory = Memory()
        self._triggers = Rules()
        self._triggers_until = 0.0
        self.after: Callable[[Told], None] = lambda told: None

    async def collect(
        self, site: SiteFacts, beacon: Beacon, *, received_at: Ms, user_agent: str, language: str = ""
    ) -> Told:
        """A public beacon. Returns after the commit; bells ring after the answer."""
        self._journal.check_room()
        prepared = tracker.collect.prepare(
            site, beacon, received_at=received_at, user_agent=user_agent, language=language
        )
        return await self._add(site, prepared)

    async def collect_trusted(self, site: SiteFacts, beacon: Beacon, received_at: Ms) -> Taken:
        """A beacon of a trusted server: any past time, its own user agents; the past rings no bell."""
        prepared = tracker.collect.prepare(site, beacon, received_at=received_at, user_agent="", trusted=True)
        told = await self._add(site, prepared)
        return Taken(stored=told.stored, duplicates=told.duplicates, rejected=told.rejected)

    async def _add(self, site: SiteFacts, prepared: tracker.collect.Prepared) -> Told:
        told = await self._journal.add((site, prepared))
        self.after(told)
        return told

    # --- inside the commit --------------------------------------------------------------------------------------

    def _record(self, conn: Connection, items: list[tuple[SiteFacts, tracker.collect.Prepared]]) -> list[Told]:
        recorded = tracker.record.record(conn, [prepared for _, prepared in items], self._memory)
        tracker.testing.keep(conn, [prepared for _, prepared in items], recorded)
        seen = {
            number: Seen(site=site, visit=one.visit, at=prepared.received_at)
            for number, ((site, prepared), one) in enumerate(zip(items, recorded, strict=True))
            if one.fresh and one.visit is not None and not one.visit.bot and not prepared.trusted
        }
        touched = dict(
            zip(seen, judge_and_act(conn, list(seen.values()), self._active(conn), self._learned), strict=True)
        )
        return [
            Told(
                stored=one.stored,
                duplicates=one.duplicates,
                rejected=one.rejected,
                visit=one.visit,
                fresh=one.fresh,
                alerts=touched[number].alerts if number in touched else [],
                rings=touched[number].rings if number in touched else [],
            )
            for number, one in enumerate(recorded)
        ]

    def _active(self, conn: Connection) -> Rules:
        if time.monotonic() >= self._triggers_until:
            self._triggers = routing.firings.active_triggers(conn)
            self._triggers_until = time.monotonic() + TRIGGERS_KEPT
        return self._triggers


def answer(told: Told) -> Collected | None:
    """What the snippet is told: nothing (204), or that this visit may hear from us, or what was not taken."""
    visit = told.visit
    engage = (
        visit is not None
        and not visit.bot
        and (visit.pages >= 2 or visit.dwell >= SETTLED or visit.came_back or bool(told.alerts) or bool(told.rings))
    )
    if not engage and not told.rejected:
        return None
    return Collected(engage=engage, rejected=told.rejected)
