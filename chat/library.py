"""The articles of each site, read once and kept in memory until some of them change.

A change gives the site another `articles_version` in the same transaction (`access.do.articles_changed`); whoever asks
brings the site as `access.sites` has it, at most two seconds old, and so the version.

Reading much takes long, and belongs to nobody: it goes on when whoever asked first is gone, and meanwhile what was read
before answers. It is done, as the searching is, in threads that let all others on.
"""

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from sqlalchemy import Connection

from chat.articles import published
from chat.ranking import DISTINCT, Analysed, Found, Hit, Index, analysed
from chat.terms import terms
from contract.errors import Refused
from contract.facts import SiteFacts
from store.base import Store

#: Sites whose articles are kept; of more, those that were asked for last.
SITES = 64
#: Seconds that a question waits for the articles as they are now, where older ones are there; and where none are.
FRESH, FIRST = 1.0, 5.0
#: Seconds: after so much work, so much rest. A thread that never rests has all others wait for it again and again.
WORK, REST = 0.002, 0.001
#: Sites that are read, and questions that are answered, at the same time.
READERS, SEARCHERS = 2, 2


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


class _Stopped(Exception):
    """Nobody needs it any more."""


class Library:
    """What this process knows of all articles. `close` it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._shelves: OrderedDict[str, _Shelf] = OrderedDict()
        self._wanted: dict[str, SiteFacts] = {}
        self._reading: dict[str, asyncio.Task[_Shelf]] = {}
        self._coming: dict[str, set[tuple[str, str]]] = {}
        self._readers = ThreadPoolExecutor(READERS, "articles-read")
        self._searchers = ThreadPoolExecutor(SEARCHERS, "articles-search")
        self._closed = threading.Event()

    async def search(
        self, site: SiteFacts, language: str, question: str, most: int = 3, patience: float = FIRST
    ) -> Answer:
        """What fits best, in the person's language; else in the site's own; else in any that has something. `site`: as
        `Sites` gives it now, not as it was at a handshake. Refused("unavailable") where its articles are read for the
        first time and that takes more than `patience` seconds."""
        shelf = await self._shelf(site, patience)
        if not shelf.indexes:
            return Answer(language, [], ())
        run = asyncio.get_running_loop().run_in_executor
        return await run(self._searchers, _found, shelf.indexes, site, language, question, most)

    def prepare(self, site: SiteFacts) -> "asyncio.Task[_Shelf]":
        """Begin to read the articles of this version, beside whatever else there is to do; one reading a site at a
        time. Cancelling whoever waits for it does not cancel it: shield it."""
        self._wanted[site.id] = site
        task = self._reading.get(site.id)
        if task is None:
            task = self._reading[site.id] = asyncio.create_task(self._read_on(site.id))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return task

    def knows(self, site: SiteFacts) -> bool:
        """Whether some articles of it, perhaps older ones, can answer at once."""
        return site.id in self._shelves

    async def check_words(self, site: SiteFacts, language: str, title: str, text: str) -> None:
        """Refused("too_many_words") where a published text would bring more different words than a site may have. By
        what this process has read and was asked to keep since; what slips through is not found (`Index`)."""
        shelf = self._shelves.get(site.id)
        indexes = shelf.indexes if shelf else {}
        coming = self._coming.get(site.id, set())

        def fresh() -> set[tuple[str, str]]:
            index = indexes.get(language, ())
            return {(language, term) for term in terms(f"{title}\n{text}", language) if term not in index} - coming

        added = await asyncio.get_running_loop().run_in_executor(self._searchers, fresh)
        if added and sum(map(len, indexes.values())) + len(coming) + len(added) > DISTINCT:
            raise Refused("too_many_words", str(DISTINCT))
        self._coming.setdefault(site.id, set()).update(added)

    def close(self) -> None:
        """What is being read is given up within a moment."""
        self._closed.set()
        for task in self._reading.values():
            task.cancel()
        for threads in (self._readers, self._searchers):
            threads.shutdown(wait=False, cancel_futures=True)

    async def _shelf(self, site: SiteFacts, patience: float) -> _Shelf:
        shelf = self._shelves.get(site.id)
        if shelf is None or shelf.version != site.articles_version:
            reading = self.prepare(site)
            await asyncio.wait([reading], timeout=min(patience, FRESH) if shelf else patience)
            known = not reading.done() or reading.cancelled()
            shelf = self._shelves.get(site.id) if known else reading.result()
            if shelf is None:
                raise Refused("unavailable", retry_after=5)
        if site.id in self._shelves:
            self._shelves.move_to_end(site.id)
        return shelf

    async def _read_on(self, site_id: str) -> _Shelf:
        """Until the version that was wanted last is there."""
        try:
            shelf = self._shelves.get(site_id)
            while shelf is None or shelf.version != self._wanted[site_id].articles_version:
                shelf = self._shelves[site_id] = await self._read(self._wanted[site_id], shelf)
                self._shelves.move_to_end(site_id)
                while len(self._shelves) > SITES:
                    self._shelves.popitem(last=False)
            return shelf
        finally:
            for kept in (self._reading, self._wanted, self._coming):
                kept.pop(site_id, None)

    async def _read(self, site: SiteFacts, before: _Shelf | None) -> _Shelf:
        def rows(conn: Connection) -> list[tuple[str, int, str, str, str]]:
            found = published(conn, site.id)
            return [(one["id"], one["updated_at"], one["title"], one["text"], one["language"]) for one in found]

        known, texts = before.read if before else {}, await self._store.read(rows)
        run = asyncio.get_running_loop().run_in_executor
        return await run(self._readers, _built, site.articles_version, texts, known, self._breather())

    def _breather(self) -> Callable[[], None]:
        """Lets all others on, often enough that nobody notices."""
        begun = time.perf_counter()

        def breathe() -> None:
            nonlocal begun
            if time.perf_counter() - begun > WORK:
                if self._closed.is_set():
                    raise _Stopped
                time.sleep(REST)
                begun = time.perf_counter()

        return breathe


def _found(indexes: dict[str, Index], site: SiteFacts, language: str, question: str, most: int) -> Answer:
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


def _built(
    version: str,
    rows: list[tuple[str, int, str, str, str]],
    known: dict[tuple[str, int], Analysed],
    breathe: Callable[[], None],
) -> _Shelf:
    read: dict[tuple[str, int], Analysed] = {}
    by_language: dict[str, list[Analysed]] = {}
    for id_, changed_at, title, text, language in rows:
        kept = known.get((id_, changed_at))
        if kept is None or (kept.title, kept.text, kept.language) != (title, text, language):
            kept = analysed(id_, title, text, language, breathe)
        read[id_, changed_at] = kept
        by_language.setdefault(language, []).append(kept)
        breathe()
    indexes: dict[str, Index] = {}
    for language, some in by_language.items():
        left = max(0, DISTINCT - sum(map(len, indexes.values())))
        indexes[language] = Index(language, some, left, breathe)
    return _Shelf(version, indexes, read)
