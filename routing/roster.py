"""Pure: the crew of one site, arranged so that the best for a topic are found without looking at everybody.

Who knows a node stands at that node by level. For a topic the nodes above it are merged once, nearest first, into
groups of equals in the order in which they should be asked; what was merged is kept until the crew changes.
"""

from collections.abc import Iterable, Iterator
from math import gcd
from zlib import crc32

import msgspec

from routing.match import Knows

Path = tuple[str, ...]
#: So many topics are kept merged.
TOPICS_KEPT = 1_000


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """An active expert of a site. `speaks`: languages without their countries."""

    id: str
    name: str
    speaks: frozenset[str]
    knows: tuple[Knows, ...]


class Roster:
    """Everybody who may answer at a site. It never changes: another crew is another roster."""

    def __init__(self, members: Iterable[Member] = ()) -> None:
        self.members = {one.id: one for one in sorted(members, key=lambda one: one.id)}
        at: dict[Path, dict[int, list[str]]] = {}
        self._speak: dict[str, set[str]] = {}
        for id_, one in self.members.items():
            for knows in one.knows:
                if knows.path:
                    at.setdefault(knows.path, {}).setdefault(knows.level, []).append(id_)
            for language in one.speaks:
                self._speak.setdefault(language, set()).add(id_)
        self._at = at
        self._groups: dict[tuple[Path, str], tuple[tuple[str, ...], ...]] = {}

    def groups(self, topic: Path, language: str) -> tuple[tuple[str, ...], ...]:
        """Who knows the topic, in groups of equals: who speaks the language first, then by level, then by nearness."""
        key = (topic, language)
        found = self._groups.get(key)
        if found is None:
            if len(self._groups) >= TOPICS_KEPT:
                self._groups.clear()
            found = self._groups[key] = tuple(self._merged(topic, language))
        return found

    def pages(self, topic: Path, language: str, seed: str, size: int) -> Iterator[list[str]]:
        """The same, `size` at a time. Of a larger group a window that differs from seed to seed, and goes on where it
        ended: equals are asked equally often, and the same seed always asks the same."""
        page: list[str] = []
        start = crc32(seed.encode())
        for group in self.groups(topic, language):
            if len(page) + len(group) <= size:
                page.extend(group)
            else:
                for id_ in _scattered(group, start):
                    page.append(id_)
                    if len(page) == size:
                        yield page
                        page = []
            if len(page) == size:
                yield page
                page = []
        if page:
            yield page

    def _merged(self, topic: Path, language: str) -> Iterator[tuple[str, ...]]:
        known: dict[tuple[int, int], list[str]] = {}
        nearer: set[str] = set()
        for length in range(len(topic), 0, -1):
            here = self._at.get(topic[:length])
            if here is None:
                continue
            for level in sorted(here, reverse=True):  # a node that somebody knows at two levels counts with the higher
                known[level, length] = [id_ for id_ in here[level] if id_ not in nearer]
                nearer.update(here[level])
        ordered = [known[key] for key in sorted(known, reverse=True) if known[key]]
        speakers = self._speak.get(language, set()) if language else set()
        if not speakers:
            yield from map(tuple, ordered)
            return
        for speaking in (True, False):
            for group in ordered:
                part = tuple(id_ for id_ in group if (id_ in speakers) is speaking)
                if part:
                    yield part


def _scattered(group: tuple[str, ...], start: int) -> Iterator[str]:
    """All of them once, in an order that looks like chance and depends on `start` alone."""
    size = len(group)
    step = start % size or 1
    while gcd(step, size) != 1:
        step += 1
    at = (start >> 8) % size
    for _ in range(size):
        yield group[at]
        at = (at + step) % size
