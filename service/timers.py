"""What happens by itself: rungs that run out, leases that are renewed, bells that were forgotten, the live list.

Timers live in the base (`store.due`); these are the tasks of one process that look at them.
"""

import asyncio
import time
from functools import partial

import structlog
from sqlalchemy import Connection

import access.sessions
import chat.do
import chat.preview
import routing.alerts
import routing.do
import routing.queries
import service.outbox
import tracker.testing
import voice.queries
from contract.clock import DAY, HOUR, SECOND, now_ms
from contract.errors import Refused
from contract.facts import VisitFacts
from contract.names import Ms, Status
from service.flows import idle, passed_on, unvisited
from service.flows.ended import ending
from service.flows.mornings import anything_kept, ring_kept
from service.flows.offering import hasten_the_unheard, offer_waiting
from service.flows.promises import fire_due as fire_callbacks
from service.flows.queue import tell_who_waits
from service.flows.reachable import (
    HAND_ON_AFTER,
    Watched,
    anybody_lost,
    hand_on_lost,
    may_ring,
    wake,
)
from service.flows.ringing import Moved, anything_due, fire_due
from service.journey import Told
from service.learning.learned import NOTHING, Learned
from service.outbox import FORGOTTEN_AT_ONCE
from service.retention import forget_old
from service.sockets.registry import Registry
from store.base import Store
from store.bus import Bus
from store.due import DueLoop
from store.receipts import forget
from store.repeated import repeated
from store.sql import db_now

SWEEP_EVERY = 1.0
LIVE_EVERY = 0.5
TRIM_EVERY = 30.0
#: So many visits that change within one look are a quiet site; of so many is remembered what was told.
QUIET, SAID = 10, 20_000
PRESENCE_EVERY = 3.0
IDLE_EVERY = 5.0
log = structlog.get_logger()


def _may_ring(account_id: str, conn: Connection) -> list[str]:
    return may_ring(conn, account_id, db_now(conn))


class Timers:
    """The background tasks of one process."""

    def __init__(self, store: Store, bus: Bus, registry: Registry, learned: Learned = NOTHING) -> None:
        self._store, self._bus, self._registry, self._learned = store, bus, registry, learned
        self._alerts: DueLoop[Moved] = DueLoop(store, anything_due, fire_due, self._moved)
        self._callbacks: DueLoop[str] = DueLoop(store, voice.queries.anything_due, fire_callbacks, self._called)
        self._announced: set[str] = set()
        self._visits: set[str] = set()
        self._said: dict[str, tuple[int, bool]] = {}  # visit -> what a list shows of it, as last told
        self._statuses: dict[str, tuple[Status, str]] = {}
        self._watched = Watched()
        self._forgot = -float("inf")
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(task)
            for task in (
                self._alerts.run(),
                self._callbacks.run(),
                repeated("timers", SWEEP_EVERY, self._sweep),
                repeated("timers", LIVE_EVERY, self._live),
                repeated("timers", routing.do.RENEW / SECOND, self._renew),
                repeated("timers", HOUR / SECOND, self._clean),
                repeated("timers", TRIM_EVERY, self._trim),
                repeated("timers", SWEEP_EVERY, self._free_places),
                repeated("timers", PRESENCE_EVERY, self._presence),
                repeated("timers", SWEEP_EVERY, self._queue),
                repeated("timers", PRESENCE_EVERY, self._lost),
                repeated("timers", SWEEP_EVERY, self._wake),
                repeated("timers", SWEEP_EVERY, self._passed_on),
                repeated("timers", IDLE_EVERY, self._idle),
                repeated("timers", PRESENCE_EVERY, self._mornings),
            )
        ]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- what others tell us ------------------------------------------------------------------------------------

    def announce(self, alert_ids: list[str]) -> None:
        """After the commit: ring the doorbell of these alerts. In the background it is noted that it was rung."""
        for alert_id in alert_ids:
            self._bus.ring("alert", alert_id)
        self._announced.update(alert_ids)

    def told(self, told: Told) -> None:
        """The bells of a collected body: alerts at once, the live list as it comes."""
        self.announce(told.alerts)
        for kind, id_ in told.rings:
            self._bus.ring(kind, id_)
        if told.visit is not None and told.fresh and not told.visit.bot and self._shows(told.visit, told.alerts):
            self.visit_changed(told.visit.id)

    def wake_at(self, due_at: Ms) -> None:
        self._alerts.wake_at(due_at)

    def visit_changed(self, visit_id: str) -> None:
        """The live list learns of it within half a second, however many events come."""
        self._visits.add(visit_id)

    def _shows(self, visit: VisitFacts, alerts: list[str]) -> bool:
        """A heartbeat of somebody who stays changes nothing in a list but the dwell: told only where it is quiet."""
        said = (visit.pages, visit.left_at is None)
        if self._said.get(visit.id) == said and not alerts and len(self._visits) >= QUIET:
            return False
        if len(self._said) >= SAID:
            self._said.clear()
        self._said[visit.id] = said
        return True

    async def renew(self, account_ids: list[str]) -> None:
        """Sockets of these experts answer: their leases begin again."""
        if not account_ids:
            return
        try:
            await self._store.write(lambda conn: routing.do.renew_leases(conn, account_ids, db_now(conn)))
        except Refused:
            self._watched.interrupted()  # leases lapse that we would have renewed
            raise

    # --- the tasks ----------------------------------------------------------------------------------------------

    async def _moved(self, moved: list[Moved]) -> None:
        self.announce([alert_id for alert_id, _ in moved])
        for _, conversation_id in moved:
            if conversation_id is not None:
                self._bus.ring("conversation", conversation_id)

    async def _called(self, callbacks: list[str]) -> None:
        for callback_id in callbacks:
            self._bus.ring("callback", callback_id)

    async def _mornings(self) -> None:
        """What was written at night, and whoever it was kept for has not come."""
        if await self._store.read(lambda conn: anything_kept(conn, db_now(conn))):
            self.announce(await self._store.write(lambda conn: ring_kept(conn, db_now(conn), self._learned)))

    async def _sweep(self) -> None:
        """Find what was committed and not noted as announced, ring, then note it.

        What we announced ourselves is rung once more: only a version that was read before a bell is told by it.
        """
        done, self._announced = sorted(self._announced), set()
        versions = await self._store.read(lambda conn: routing.queries.unannounced(conn, done, now_ms() - 2 * SECOND))
        for alert_id in versions:
            self._bus.ring("alert", alert_id)
        if versions:
            await self._store.write(lambda conn: routing.alerts.announced(conn, versions))

    async def _live(self) -> None:
        changed, self._visits = self._visits, set()
        for visit_id in changed:
            self._bus.ring("visit", visit_id)

    async def _renew(self) -> None:
        await self.renew(self._registry.expert_ids())

    async def _presence(self) -> None:
        """A lease lapses, or comes back after the base was away, without anybody's act: colleagues are told."""
        known = self._statuses
        self._statuses = await self._store.read(lambda conn: routing.queries.statuses(conn, db_now(conn)))
        for account_id, status in self._statuses.items():
            if known.get(account_id, status) != status:
                self._bus.ring("expert", account_id)

    async def _lost(self) -> None:
        """Conversations of whose line is lost for good are handed on, but only by a process that has watched for as
        long: after our own absence (or the base's, or the machine's sleep) people come back first."""
        now, lost = await self._store.read(lambda conn: (db_now(conn), anybody_lost(conn, db_now(conn))))
        if self._watched.until(now) >= HAND_ON_AFTER and lost:
            here = set(self._registry.expert_ids())
            told = await self._store.write(lambda conn: hand_on_lost(conn, db_now(conn), here, self._learned))
            told.ring(self._bus, self.announce)

    async def _wake(self) -> None:
        """A breath is drawn, a working span begins."""
        if await self._store.read(lambda conn: routing.queries.to_wake(conn, db_now(conn))):
            told = await self._store.write(lambda conn: wake(conn, db_now(conn)))
            told.ring(self._bus, self.announce)

    async def _free_places(self) -> None:
        """An accepted conversation in which the visitor never appears frees its place; a waiting alert may ring now."""
        if await self._store.read(lambda conn: chat.do.any_unvisited(conn, db_now(conn))):
            freed = await ending(self._store, lambda conn: unvisited.free(conn, db_now(conn)))
            await self._over(freed.conversations, freed.experts)

    async def _over(self, conversations: list[str], freed: list[str]) -> None:
        """What has ended is told; a bell may ring now at whoever has a place again. A unit of work of its own: bells
        are locked before desks and conversations."""
        for conversation_id in conversations:
            self._bus.ring("conversation", conversation_id)
        for account_id in sorted(set(freed)):
            self.announce(await self._store.write(partial(_may_ring, account_id)))

    async def _queue(self) -> None:
        """Who waits rings whoever has a place; who wrote, and finds all experts busy, hears how long it takes."""

        def work(conn: Connection) -> tuple[list[str], list[str]]:
            now = db_now(conn)
            moved = offer_waiting(conn, sites, now) + hasten_the_unheard(conn, sites, now)
            return moved, tell_who_waits(conn, sites, now)

        sites = await self._store.read(routing.queries.sites_waiting)
        if sites:
            moved, told = await self._store.write(work)
            self.announce(moved)
            for conversation_id in told:
                self._bus.ring("conversation", conversation_id)

    async def _passed_on(self) -> None:
        """An offer to colleagues whose bell is over: the conversation goes on where it is."""
        if await self._store.read(passed_on.unsettled):
            alerts, conversations = await self._store.write(lambda conn: passed_on.settle(conn, db_now(conn)))
            self.announce(alerts)
            for conversation_id in conversations:
                self._bus.ring("conversation", conversation_id)

    async def _idle(self) -> None:
        """Where nobody writes, both sides are told that it ends, and then it does; whoever is free then may be rung."""
        due = await self._store.read(lambda conn: idle.due(conn, db_now(conn)))
        if not due:
            return
        moved = await ending(self._store, lambda conn: idle.move(conn, due, db_now(conn)))
        await self._over(moved.conversations, moved.freed)

    async def _clean(self) -> None:
        def work(conn: Connection) -> None:
            forget(conn, now_ms())
            access.sessions.forget_expired(conn, now_ms())

        await self._store.write(work)
        more = True
        while more:
            more = await self._store.write(lambda conn: service.outbox.forget(conn, now_ms())) == FORGOTTEN_AT_ONCE
        if time.monotonic() >= self._forgot + DAY / SECOND:
            self._forgot = time.monotonic()
            gone = await forget_old(self._store, now_ms())
            if any(gone.values()):
                log.info("timers.forgot", **gone)

    async def _trim(self) -> None:
        """What is only kept to be shown stays within its bounds, whatever comes in."""
        cuts = await self._store.read(lambda conn: tracker.testing.surplus(conn, now_ms()))
        if cuts:
            await self._store.write(lambda conn: tracker.testing.trim(conn, cuts))
        if await self._store.read(lambda conn: chat.preview.any_old(conn, db_now(conn))):
            await self._store.write(lambda conn: chat.preview.forget_old(conn, db_now(conn)))
