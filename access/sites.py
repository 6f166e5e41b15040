"""The sites, asked for with every beacon: one small picture of all of them, at most two seconds old."""

import asyncio
import time
from collections.abc import Callable

from access.queries import all_sites
from contract.facts import SiteFacts
from store.base import Store

FRESH_SECONDS = 2.0


class Sites:
    """A cache in front of the table. A change made elsewhere shows after two seconds, one made here at once."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store, self._clock = store, clock
        self._read_at = float("-inf")
        self._by_key: dict[str, SiteFacts] = {}
        self._by_id: dict[str, SiteFacts] = {}
        self._reading = asyncio.Lock()

    async def by_key(self, key: str) -> SiteFacts | None:
        await self._fresh()
        return self._by_key.get(key)

    async def by_id(self, site_id: str) -> SiteFacts | None:
        await self._fresh()
        return self._by_id.get(site_id)

    async def find(self, name: str) -> SiteFacts | None:
        """By key or by id: people write keys, programs hold ids."""
        await self._fresh()
        return self._by_key.get(name) or self._by_id.get(name)

    async def all(self) -> list[SiteFacts]:
        """Oldest first."""
        await self._fresh()
        return list(self._by_id.values())

    def forget(self) -> None:
        """Read again before the next answer: a site was just changed in this process."""
        self._read_at = float("-inf")

    async def _fresh(self) -> None:
        if self._clock() - self._read_at < FRESH_SECONDS:
            return
        async with self._reading:
            if self._clock() - self._read_at < FRESH_SECONDS:
                return
            asked_at = self._clock()
            sites = await self._store.read(all_sites)
            self._by_key = {site.key: site for site in sites}
            self._by_id = {site.id: site for site in sites}
            self._read_at = asked_at
