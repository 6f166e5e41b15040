"""From a doorbell to the screens: each bell says where to look, this looks and tells those who may know.

Every connection remembers what it was told (`Connection.news`), so a bell that rings twice tells once, and a lost bell
is made good by the next one, by a sweep, or by the client's own question (`messages.after`). What is told of a
conversation: `talks`; on a visitor's page: `pages`; at a desk: `desks`.

Whatever cannot be told stops nothing else: no other bell, no other desk, no other item of a sweep (`noted`).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection as Base

import access.queries
import access.sessions
import chat.queries
from contract.clock import now_ms
from contract.errors import Refused
from contract.names import Ms
from service.bell import Bell
from service.callers import VisitorCaller
from service.flows.notes import NOTED
from service.flows.presence import came_free
from service.row import Row
from service.sockets import callbacks, desks, pages, talks
from service.sockets.asking import Asking
from service.sockets.live import LiveList
from service.sockets.noted import Noted
from service.sockets.registry import Connection, Saying
from service.sockets.server import Sockets
from service.sockets.sessions import Sessions, session_of
from store.sql import db_now

T = TypeVar("T")
Look = Callable[[Base], list[Saying]]
Step = Callable[[], Awaitable[Any]]
#: Pages in one look; and conversations in one, which on SQLite keeps everything else waiting meanwhile.
CROWD, MANY = 100, 20
#: So many seconds after the base could not be asked it is asked whether it is there again.
AGAIN = 1.0
#: Looking at everything takes at most one part in so many of the time, whoever it is that cannot be told.
REST = 9
log = structlog.get_logger()


class Delivery:
    """Listens to the bus, reads the base, speaks to the sockets of this process."""

    def __init__(self, bell: Bell, sockets: Sockets) -> None:
        self._bell, self._sockets, self._registry = bell, sockets, sockets.registry
        self._turn, self._bells = asyncio.Lock(), asyncio.Lock()
        self._rung = Row[str](self._turn, MANY, partial(self._together, self._words))
        self._standing = Row[str](asyncio.Lock(), MANY, partial(self._together, self._lines))
        self._coming = Row[Connection](self._turn, CROWD, partial(self._together, self._pages))
        self._missed = asyncio.Event()  # something could not be looked at
        sockets.joined, sockets.settled = self.joined, self.settled
        live = LiveList(bell, sockets)
        bell.background(live.run())
        bell.background(Sessions(bell, sockets).run())
        bell.background(self._make_good())
        for kind, handler in (
            ("alert", self.alert),
            ("conversation", self.conversation),
            ("visitor", self.visitor),
            ("expert", self.expert),
            ("visit", live.changed),
            ("callback", self.callback),
        ):
            bell.bus.on(kind, partial(self._or_later, handler))  # type: ignore[arg-type]
        bell.bus.on_sweep(self.sweep)

    # --- somebody joined ----------------------------------------------------------------------------------------

    async def joined(self, connection: Connection) -> None:
        """What stands open is state: it is told again on every connect."""
        if isinstance(connection, Asking):
            await self._tell(lambda conn: talks.asked(conn, self._registry, connection))
            return
        if isinstance(connection.caller, VisitorCaller):
            await self._or_later(self._coming.look_at, [connection])
            return
        account_id = connection.caller.account.id
        await self._each(
            lambda: self._what_stands_there(connection),
            lambda: self._bell.timers.renew([account_id]),
            lambda: came_free(self._bell, account_id),
            lambda: self._what_rings([connection]),
        )
        self._bell.bus.ring("expert", account_id)

    async def settled(self) -> None:
        """Whatever was being looked at has been said."""
        async with self._turn:
            pass

    async def sweep(self) -> None:
        """Bells may have been lost: look at everything that somebody here is waiting for, or was told about."""
        here = self._registry
        steps: list[Step] = [partial(self.visitor, id_) for id_ in here.visitor_ids()]
        steps += [partial(self.expert, id_) for id_ in here.expert_ids()]
        for id_ in await self._talks_here():
            steps += [partial(self.conversation, id_), partial(self.conversation, f"{NOTED}{id_}")]
        steps += [partial(self.alert, id_) for id_ in here.told("alert")]
        steps += [partial(self.callback, id_) for id_ in here.told("callback")]
        await self._each(*steps)

    async def _talks_here(self) -> set[str]:
        """The conversations that concern anybody here."""
        here = self._registry
        found = here.told("conversation") | here.watched()
        try:
            return found | await self._bell.store.read(
                lambda conn: chat.queries.open_here(conn, here.visitor_ids(), here.expert_ids())
            )
        except Refused as refused:
            self._later(refused)
            return found

    async def _make_good(self) -> None:
        """The base was away: what could not be looked at meanwhile nobody rings for again, so everything is."""
        took = 0.0
        while True:
            await self._missed.wait()
            await asyncio.sleep(max(AGAIN, took * REST))
            self._missed.clear()
            took = 0.0
            try:
                await self._bell.store.glance(db_now)
                began = time.monotonic()
                await self.sweep()
                took = time.monotonic() - began
            except Refused:  # it is still away
                self._missed.set()
            except Exception:
                log.exception("delivery.not_swept")
                self._missed.set()

    async def _or_later(self, look: Callable[[Any], Awaitable[Any]], at: Any) -> None:
        try:
            await look(at)
        except Refused as refused:
            self._later(refused)

    def _later(self, refused: Refused) -> None:
        log.warning("delivery.refused", code=refused.code)
        if refused.code in ("unavailable", "busy"):
            self._missed.set()

    # --- bells --------------------------------------------------------------------------------------------------

    async def alert(self, alert_id: str) -> None:
        """A bell waits for no other news: it has a turn of its own, and a look that goes to no other thread."""
        due: list[Ms] = []
        async with self._bells:
            await self._look(self._bell.store.glance, lambda conn: desks.bell(conn, self._registry, alert_id, due))
        for at in due:
            self._bell.timers.wake_at(at)

    async def conversation(self, bell_id: str) -> None:
        """A conversation, its notes, or that somebody types there: the bell says which, in front of the id."""
        for mark, look in talks.LOOKS.items():
            if bell_id.startswith(mark):
                await self._tell(lambda conn: look(conn, self._registry, bell_id.removeprefix(mark)))  # noqa: B023
                return
        await self._rung.look_at([bell_id])
        await asyncio.sleep(0)  # what was said is written first
        await self._standing.look_at([bell_id])

    async def _together(self, look: Callable[[list[T]], Awaitable[None]], some: list[T]) -> None:
        """One look at all of them; if that fails, at each alone: one of them may have been the reason."""
        try:
            await look(some)
        except Refused:  # the base is away
            raise
        except Exception:
            if len(some) == 1:
                raise
            await self._each(*(partial(look, [one]) for one in some))

    async def _words(self, ids: list[str]) -> None:
        """What rang while somebody else had their turn is one look: a few rows, and no other thread."""
        await self._look(self._bell.store.glance, lambda conn: talks.words(conn, self._registry, ids))

    async def _lines(self, ids: list[str]) -> None:
        """The desks' lists have a turn of their own: they change nothing that words note, and words wait for none."""
        await self._look(self._bell.store.glance, lambda conn: talks.lines(conn, self._registry, ids))

    async def visitor(self, visitor_id: str) -> None:
        self._bell.waiting.wake(visitor_id)
        if connections := self._registry.of_visitor(visitor_id):
            await self._coming.look_at(connections)

    async def _pages(self, connections: list[Connection]) -> None:
        if here := [connection for connection in connections if connection in self._registry]:
            await self._look(self._bell.store.read, lambda conn: pages.page(conn, here))

    async def expert(self, account_id: str) -> None:
        if len(self._registry):
            await self._each(
                lambda: self._still_here(account_id),
                lambda: self._tell(lambda conn: desks.person(conn, self._registry, account_id)),
                lambda: self._what_rings(self._registry.of_expert(account_id)),
            )

    async def callback(self, callback_id: str) -> None:
        if len(self._registry):
            await self._tell(lambda conn: callbacks.told(conn, self._registry, callback_id))

    async def _what_rings(self, connections: list[Connection]) -> None:
        """All bells of a desk, for those of its sockets that have not heard of them."""
        if connections:
            async with self._bells:
                await self._look(
                    self._bell.store.read,
                    lambda conn: [saying for one in connections for saying in desks.ringing(conn, one)],
                )

    async def _what_stands_there(self, connection: Connection) -> None:
        """Before the desk asks for it: whoever takes something meanwhile takes it from this desk, too."""
        account = connection.caller.account  # type: ignore[union-attr]
        sites = [site.id for site in await self._bell.sites.all() if account.may_see(site.id)]
        # Not in its turn: what rings meanwhile waits for nobody, and neither does what the desk asks for.
        await self._bell.store.read(lambda conn: talks.stand_there(conn, connection, sites))

    async def _still_here(self, account_id: str) -> None:
        """Who signed out, whose password was changed, whose account was closed: the sockets end with the session.

        A changed account (other sites, another name) ends them too: they come back as who they are now.
        """
        mine = {connection: session_of(connection) for connection in self._registry.of_expert(account_id)}
        if not mine:
            return
        alive, account = await self._bell.store.read(
            lambda conn: (
                access.sessions.alive(conn, mine.values(), now_ms()),
                access.queries.account_by_id(conn, account_id),
            )
        )
        for connection, session in mine.items():
            if session not in alive or account != connection.caller.account:  # type: ignore[union-attr]
                await self._sockets.drop(connection)

    # --- speaking -----------------------------------------------------------------------------------------------

    async def _tell(self, look: Look) -> None:
        """Look and speak, one bell at a time: what a connection was told is noted while looking, maybe in a reader's
        thread, and what was seen first is said first."""
        async with self._turn:
            await self._look(self._bell.store.read, look)

    async def _look(self, read: Callable[[Look], Awaitable[list[Saying]]], look: Look) -> None:
        """Look and speak. Where the look fails nothing was told, and nothing is noted as told; a waiting call that it
        concerned is answered and asks again, and nobody else's is touched."""
        noted = Noted()
        try:
            said = await read(lambda conn: noted.run(look, conn))
        except BaseException:
            for connection in noted.take_back():
                if isinstance(connection, Asking):
                    connection.end()
            raise
        await self._say(said)

    async def _say(self, said: list[Saying]) -> None:
        """Everybody what is theirs: whom something cannot be said to keeps nobody else from hearing it."""
        for connection, event, shape in said:
            try:
                await self._sockets.emit(connection, event, shape)
            except Exception:
                log.exception("delivery.not_said", event_name=event)
                if isinstance(connection, Asking):
                    connection.spoil()

    async def _each(self, *steps: Step) -> None:
        """One after the other, whatever becomes of those before: what they raise is logged."""
        for step in steps:
            try:
                await step()
            except Refused as refused:
                self._later(refused)
            except Exception:
                log.exception("delivery.failed")
