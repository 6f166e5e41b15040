"""Pure: the crew of one site, arranged so that the best for a topic are found without looking at everybody.

Who knows a node stands at that node by level. Above a topic lie few nodes: from the highest level down, and from the
nearest node up, their people come in the order in which they should be asked, as many as somebody wants to see.
"""

from collections.abc import Iterable, Iterator
from math import gcd
from zlib import crc32

import msgspec

from routing.match import Knows

Path = tuple[str, ...]
LEVELS = (5, 4, 3, 2, 1)


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """An active expert of a site. `speaks`: languages without their countries; `hours`: None is always."""

    id: str
    name: str
    speaks: frozenset[str]
    knows: tuple[Knows, ...]
    hours: str | None = None


class Roster:
    """Everybody who may answer at a site. It never changes: another crew is another roster."""

    def __init__(self, members: Iterable[Member] = ()) -> None:
        self.members = {one.id: one for one in sorted(members, key=lambda one: one.id)}
        at: dict[tuple[Path, int], list[str]] = {}
        who: dict[Path, set[str]] = {}
        self._speak: dict[str, set[str]] = {}
        for id_, one in self.members.items():
            for knows in one.knows:
                if knows.path:
                    at.setdefault((knows.path, knows.level), []).append(id_)
                    who.setdefault(knows.path, set()).add(id_)
            for language in one.speaks:
                self._speak.setdefault(language, set()).add(id_)
        self._at = {key: tuple(ids) for key, ids in at.items()}
        self._who = who
        self._parted: dict[tuple[Path, int, str], tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def best(self, topic: Path, language: str, seed: str) -> Iterator[str]:
        """Who knows the topic: who speaks the language first, then by level, then by nearness.

        Equals come in an order that differs from seed to seed, so that they are asked equally often; the same seed
        always gives the same.
        """
        start = crc32(seed.encode())
        paths = [topic[:length] for length in range(len(topic), 0, -1) if topic[:length] in self._who]
        for speaking in (True, False) if language in self._speak else (True,):
            for level in LEVELS:
                nearer: list[set[str]] = []
                for path in paths:
                    for id_ in _scattered(self._group(path, level, language, speaking=speaking), start):
                        if not any(id_ in known for known in nearer):
                            yield id_
                    nearer.append(self._who[path])

    def _group(self, path: Path, level: int, language: str, *, speaking: bool) -> tuple[str, ...]:
        """Who knows this node at this level; where somebody speaks the language, only those who do, or who do not."""
        group = self._at.get((path, level), ())
        speakers = self._speak.get(language)
        if speakers is None:
            return group
        key = (path, level, language)
        parted = self._parted.get(key)
        if parted is None:
            parted = self._parted[key] = (
                tuple(id_ for id_ in group if id_ in speakers),
                tuple(id_ for id_ in group if id_ not in speakers),
            )
        return parted[0] if speaking else parted[1]


def _scattered(group: tuple[str, ...], start: int) -> Iterator[str]:
    """All of them once, in an order that looks like chance and depends on `start` alone."""
    size = len(group)
    if size < 2:
        yield from group
        return
    step = start % size or 1
    while gcd(step, size) != 1:
        step += 1
    at = (start >> 8) % size
    for _ in range(size):
        yield group[at]
        at = (at + step) % size
