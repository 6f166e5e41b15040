"""The articles of each site, read once and kept in memory until one of them changes.

A change gives the site another `articles_version` in the same transaction (`access.do.articles_changed`); whoever asks
brings the site as `access.sites` has it, at most two seconds old, and so the version.
"""

import asyncio
from collections import OrderedDict
from typing import NamedTuple

from sqlalchemy import Connection

from chat.articles import published
from chat.ranking import Analysed, Found, Hit, Index, analysed
from contract.facts import SiteFacts
from store.base import Store

#: Sites whose articles are kept; of more, those that were asked for last.
SITES = 64


class Answer(NamedTuple):
    """`language`: of the articles that were found; `hits`: best first, also those that do not fit."""

    language: str
    hits: list[Hit]
    unknown: tuple[str, ...]

    @property
    def answers(self) -> list[Hit]:
        """Those that fit; none: nothing fits."""
        return [hit for hit in self.hits if hit.fits]


class _Shelf(NamedTuple):
    """`read`: the articles as they were read, by id and when they were changed: the next index needs only the new."""

    version: str
    indexes: dict[str, Index]
    read: dict[tuple[str, int], Analysed]


class Library:
    """What this process knows of all articles."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._shelves: OrderedDict[str, _Shelf] = OrderedDict()
        self._reading: dict[str, asyncio.Lock] = {}

    async def search(self, site: SiteFacts, language: str, question: str, most: int = 3) -> Answer:
        """What fits best, in the person's language; else in the site's own; else in any that has something. `site`: as
        `Sites` gives it now, not as it was at a handshake."""
        indexes = (await self._shelf(site)).indexes
        nearest = Answer(language, [], ())
        for tongue in dict.fromkeys((language, site.language.partition("-")[0], *sorted(indexes))):
            if tongue not in indexes:
                continue
            found: Found = indexes[tongue].search(question, most)
            if found.answers:
                return Answer(tongue, *found)
            if not nearest.unknown or (found.hits and not nearest.hits):
                nearest = Answer(tongue, *found)
        return nearest

    async def _shelf(self, site: SiteFacts) -> _Shelf:
        shelf = self._shelves.get(site.id)
        if shelf is None or shelf.version != site.articles_version:
            async with self._reading.setdefault(site.id, asyncio.Lock()):
                shelf = self._shelves.get(site.id)
                if shelf is None or shelf.version != site.articles_version:
                    shelf = await self._read(site, shelf)
                    self._shelves[site.id] = shelf
                    while len(self._shelves) > SITES:
                        self._reading.pop(self._shelves.popitem(last=False)[0], None)
        self._shelves.move_to_end(site.id)
        return shelf

    async def _read(self, site: SiteFacts, before: _Shelf | None) -> _Shelf:
        def rows(conn: Connection) -> list[tuple[str, int, str, str, str]]:
            found = published(conn, site.id)
            return [(one["id"], one["updated_at"], one["title"], one["text"], one["language"]) for one in found]

        known = before.read if before else {}
        return await asyncio.to_thread(_built, site.articles_version, await self._store.read(rows), known)


def _built(version: str, rows: list[tuple[str, int, str, str, str]], known: dict[tuple[str, int], Analysed]) -> _Shelf:
    read: dict[tuple[str, int], Analysed] = {}
    by_language: dict[str, list[Analysed]] = {}
    for id_, changed_at, title, text, language in rows:
        kept = known.get((id_, changed_at))
        if kept is None or (kept.title, kept.text, kept.language) != (title, text, language):
            kept = analysed(id_, title, text, language)
        read[id_, changed_at] = kept
        by_language.setdefault(language, []).append(kept)
    return _Shelf(version, {language: Index(language, some) for language, some in by_language.items()}, read)
