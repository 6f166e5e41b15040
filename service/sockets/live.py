"""The live list as it changes: who came, turned a page, left, fell silent; told to the desks that look on.

A few changes are told one by one (`visit.changed`), a crowd in one piece (`visits.changed`), written once for all who
hear it. However many come, the list takes at most a tenth of the process: what waits is told with its newest state
when its turn comes, and whoever cannot keep up hears nothing more until they have caught up and ask anew.

That somebody is gone is told too: nothing happens when a lease runs out, so the base is asked for it (`GONE`, `LEASE`
in `tracker.queries`). What the list says and what `GET /api/visits?live=true` says is therefore the same.
"""

import asyncio
import time
from collections.abc import Iterable

import structlog
from sqlalchemy import Connection as Base

import tracker.queries
from contract import events, shapes
from contract.clock import now_ms
from contract.errors import Refused
from service import present
from service.bell import Bell
from service.sockets.registry import Connection
from service.sockets.server import Sockets
from store.woken import woken

#: Seconds between two looks, and how long one look's work is paid with rest.
EVERY, REST = 0.5, 9.0
#: Changes of one look: so many are told one by one, so many at all; the rest waits for the next one.
FEW, MOST = 20, 250
#: Waiting frames of one connection from which on it hears no more of the list.
BEHIND = 4
log = structlog.get_logger()


class LiveList:
    """Tells the experts' sockets of this process. `changed` may be called as often as one likes."""

    def __init__(self, bell: Bell, sockets: Sockets) -> None:
        self._bell, self._sockets, self._registry = bell, sockets, sockets.registry
        self._waiting: dict[str, None] = {}  # visits, the first to change first
        self._woken = asyncio.Event()
        self._since = now_ms()
        self._behind: set[Connection] = set()

    async def changed(self, visit_id: str) -> None:
        """A bell: look at this visit soon."""
        if self._registry.expert_ids():
            self._waiting[visit_id] = None
            self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            began = time.monotonic()
            try:
                await self.look()
            except Refused:
                pass  # the base is away: what waits, waits
            except Exception:
                log.exception("live.failed")
            took = time.monotonic() - began
            await asyncio.sleep(max(EVERY, took * REST))
            if not self._waiting:
                await self._until_woken()

    async def _until_woken(self) -> None:
        """A first change is told at once; without one, leases run out all the same."""
        self._woken.clear()
        await woken(self._woken, EVERY)

    async def look(self) -> None:
        """Read what changed and who is gone; tell it."""
        now, since = now_ms(), self._since
        sites = await self._listeners()
        if not sites:
            self._waiting.clear()
            self._since = now
            return
        turn = list(self._waiting)[:MOST]
        for visit_id in turn:  # what changes while we look, waits for the next look
            del self._waiting[visit_id]

        def read(conn: Base) -> tuple[list[shapes.VisitBrief], list[tuple[str, str]]]:
            over = tracker.queries.no_longer_live(conn, list(sites), since, now)
            ids = dict.fromkeys(turn)
            if len(turn) + len(over) <= FEW:
                ids |= {visit_id: None for visit_id, _ in over}
            rows = [row for row in tracker.queries.listed(conn, list(ids)) if row["site_id"] in sites]
            here = [row for row in rows if row["merged_into"] is None and row["pages"]]
            briefs = present.briefs_of_rows(conn, here, now)
            told = {brief.id for brief in briefs}
            over += [(row["id"], row["site_id"]) for row in rows]  # part of another visit by now
            return briefs, [(visit_id, site_id) for visit_id, site_id in dict.fromkeys(over) if visit_id not in told]

        try:
            briefs, gone = await self._bell.store.read(read)
        except Refused:
            self._waiting = dict.fromkeys(turn) | self._waiting
            raise
        self._since = now
        for site_id, listeners in sites.items():
            await self._tell(
                listeners,
                [brief for brief in briefs if brief.site == site_id],
                [visit_id for visit_id, of in gone if of == site_id],
            )

    async def _listeners(self) -> dict[str, list[Connection]]:
        """Who looks on, by site."""
        if not self._registry.expert_ids():
            return {}
        found = {site.id: self._registry.experts_of_site(site.id) for site in await self._bell.sites.all()}
        return {site_id: listeners for site_id, listeners in found.items() if listeners}

    async def _tell(self, listeners: Iterable[Connection], briefs: list[shapes.VisitBrief], gone: list[str]) -> None:
        hearing = await self._keeping_up(listeners)
        if len(briefs) <= FEW and not gone:
            for brief in briefs:
                await self._sockets.emit_all(hearing, "visit.changed", events.VisitChanged(visit=brief))
            return
        news = events.VisitsChanged(
            visits=[brief for brief in briefs if brief.live and not brief.bot],
            gone=gone + [brief.id for brief in briefs if not brief.live or brief.bot],
            again=False,
        )
        await self._sockets.emit_all(hearing, "visits.changed", news)

    async def _keeping_up(self, listeners: Iterable[Connection]) -> list[Connection]:
        """Those whose line takes what we say. Who was behind and has caught up is told to ask for the list anew."""
        hearing, caught_up = [], []
        for connection in listeners:
            waiting = self._sockets.backlog(connection)
            if connection in self._behind and not waiting:
                self._behind.discard(connection)
                caught_up.append(connection)
            elif waiting > BEHIND:
                self._behind.add(connection)
            if connection not in self._behind:
                hearing.append(connection)
        if caught_up:
            await self._sockets.emit_all(
                caught_up, "visits.changed", events.VisitsChanged(visits=[], gone=[], again=True)
            )
        self._behind = {connection for connection in self._behind if connection in self._registry}
        return hearing
