"""The sites, asked for with every beacon: one small picture of all of them, at most two seconds old."""

import asyncio
import time
from collections.abc import Callable, Mapping

import msgspec
from sqlalchemy import Connection

from access.queries import all_sites
from access.tree import packed_of, tree_of
from contract.facts import SiteFacts
from contract.names import TreeKind
from contract.tree import NO_TREE, SiteTree
from store.base import Store

Packed = Mapping[str, Mapping[TreeKind, bytes]]

FRESH_SECONDS = 2.0
#: Packed trees of this many bytes are unpacked in a moment; for larger ones nobody waits.
_AT_ONCE = 64 * 1024


class Sites:
    """A cache in front of the table. A change made elsewhere shows after two seconds, one made here at once.

    A large tree takes some tenths of a second more (`settle`).
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store, self._clock = store, clock
        self._read_at = float("-inf")
        self._sites: list[SiteFacts] = []
        self._loading: asyncio.Task[None] | None = None
        self._by_key: dict[str, SiteFacts] = {}
        self._by_id: dict[str, SiteFacts] = {}
        self._trees: dict[str, tuple[int, SiteTree]] = {}
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

    async def settle(self) -> None:
        """Read again and wait until all of it is there, trees too: whoever changed one sees it."""
        while True:
            self.forget()
            await self._fresh()
            if self._loading is None:
                return
            await self._loading

    async def _fresh(self) -> None:
        if self._clock() - self._read_at < FRESH_SECONDS:
            return
        async with self._reading:
            if self._clock() - self._read_at < FRESH_SECONDS:
                return
            asked_at = self._clock()
            self._sites, packed = await self._store.read(self._read)
            if packed and self._loading is None:
                loading = self._load(self._sites, packed)
                if self._by_id and sum(len(one) for kinds in packed.values() for one in kinds.values()) > _AT_ONCE:
                    self._loading = asyncio.create_task(loading)  # until it is ready, beacons go by the old one
                else:
                    await loading
            self._show()
            self._read_at = asked_at

    async def _load(self, sites: list[SiteFacts], packed: Packed) -> None:
        """Unpack trees, some of them large, beside the loop."""
        try:
            self._trees |= await asyncio.to_thread(_unpacked, sites, packed)
            self._show()
        finally:
            self._loading = None

    def _show(self) -> None:
        found = [self._with_tree(site) if site.tree_version else site for site in self._sites]
        self._by_key = {site.key: site for site in found}
        self._by_id = {site.id: site for site in found}

    def _read(self, conn: Connection) -> tuple[list[SiteFacts], Packed]:
        """All sites, and the trees that were changed since we read them last."""
        sites = all_sites(conn)
        changed = [site.id for site in sites if site.tree_version != self._trees.get(site.id, (0, NO_TREE))[0]]
        return sites, ({id_: {} for id_ in changed} | packed_of(conn, changed)) if changed else {}

    def _with_tree(self, site: SiteFacts) -> SiteFacts:
        return msgspec.structs.replace(site, tree=self._trees.get(site.id, (0, NO_TREE))[1])


def _unpacked(sites: list[SiteFacts], packed: Packed) -> dict[str, tuple[int, SiteTree]]:
    return {site.id: (site.tree_version, tree_of(packed[site.id])) for site in sites if site.id in packed}
