"""Counts the pages that may not send, so that whoever forgot their address sees it (`access.foreign`).

Counted in memory and written in the background, each origin at most once a minute; a flood of made-up origins fills the
few places that a site has here, and costs nothing more.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
from sqlalchemy import Connection

import access.foreign
from access.origin import origin
from contract.clock import now_ms
from contract.facts import SiteFacts
from store.base import Store

#: Seconds: until something is written, and between two writes of one origin.
SOON, EVERY = 0.5, 60.0
#: Longer is no origin (RFC 6454: scheme, host of at most 253, port).
LONGEST = 280
_NEVER = float("-inf")


class Tries(msgspec.Struct):
    """Since it was written last, which was at `written`."""

    times: int = 0
    written: float = _NEVER


class Tried:
    """What this process has counted: site -> origin -> tries."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sites: dict[str, dict[str, Tries]] = {}
        self.writing = False

    def add(self, site_id: str, plain: str) -> None:
        here = self._sites.setdefault(site_id, {})
        if plain not in here and len(here) >= access.foreign.MOST:
            return  # no place before the next minute
        here.setdefault(plain, Tries()).times += 1

    def due(self) -> dict[str, dict[str, int]]:
        """What is to be written now; what was silent for a minute gives its place away."""
        now, found = self._clock(), dict[str, dict[str, int]]()
        for site_id, here in list(self._sites.items()):
            for plain, one in list(here.items()):
                if now - one.written < EVERY:
                    continue
                if one.times:
                    found.setdefault(site_id, {})[plain] = one.times
                    one.times, one.written = 0, now
                else:
                    del here[plain]
            if not here:
                del self._sites[site_id]
        return found

    def __bool__(self) -> bool:
        return bool(self._sites)


def refused(
    tried: Tried, store: Store, background: Callable[[Coroutine[Any, Any, None]], None], site: SiteFacts, said: bytes
) -> None:
    """A page of the origin `said` may not send to this site. What is no origin of a web page is not kept."""
    plain = origin(said.decode("latin-1")) if len(said) <= LONGEST else None
    if plain is None:
        return
    tried.add(site.id, plain)
    if not tried.writing:
        tried.writing = True
        background(_write(tried, store))


async def _write(tried: Tried, store: Store) -> None:
    """As long as anything was counted in the last minute."""
    try:
        while tried:
            await asyncio.sleep(SOON)
            for site_id, counts in tried.due().items():

                def work(conn: Connection, site_id: str = site_id, counts: dict[str, int] = counts) -> None:
                    access.foreign.note(conn, site_id, counts, now_ms())

                await store.write(work)
    finally:
        tried.writing = False
