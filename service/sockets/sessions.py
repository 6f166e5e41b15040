"""No socket outlives its session. Who signs out rings a bell; a session that runs out does so in silence, and is looked
for: one statement every half minute for all desks of this process."""

from collections.abc import Iterable

import structlog

import access.sessions
from contract.clock import now_ms
from service.bell import Bell
from service.callers import ExpertCaller
from service.sockets.registry import Connection
from service.sockets.server import Sockets
from store.repeated import repeated

#: Seconds.
LOOK_EVERY = 30.0
log = structlog.get_logger()


class Sessions:
    """Ends the sockets of desks whose session is over."""

    def __init__(self, bell: Bell, sockets: Sockets, every: float | None = None) -> None:
        self._bell, self._sockets = bell, sockets
        self._every = LOOK_EVERY if every is None else every

    async def run(self) -> None:
        """For ever. A base that is away is asked again next time: that somebody may not stay is never guessed."""
        await repeated("sessions", self._every, self.look)

    async def look(self) -> None:
        """Once."""
        here = {connection: session_of(connection) for connection in self._sockets.registry.experts()}
        if not here:
            return
        alive = await self._bell.store.read(lambda conn: access.sessions.alive(conn, set(here.values()), now_ms()))
        for connection in over(here.items(), alive):
            await self._drop(connection)

    async def _drop(self, connection: Connection) -> None:
        """A line that cannot be ended keeps no other one open."""
        try:
            await self._sockets.drop(connection)
        except Exception:
            log.exception("sessions.not_dropped")


def over(here: Iterable[tuple[Connection, str]], alive: set[str]) -> list[Connection]:
    """Those whose session is not among the living. Pure."""
    return [connection for connection, session in here if session not in alive]


def session_of(connection: Connection) -> str:
    """The hash of the session that opened a desk's socket; "" for a visitor's."""
    return connection.caller.session if isinstance(connection.caller, ExpertCaller) else ""
