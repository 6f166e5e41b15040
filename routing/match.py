"""Pure: how well does an expert know what the visitor reads?

Knowing a node means knowing what lies below it; of several known nodes above the topic the nearest counts.
"""

import msgspec


class Knows(msgspec.Struct, frozen=True):
    path: tuple[str, ...]
    level: int


class Match(msgspec.Struct, frozen=True):
    """`score` orders experts: the level first, then how near the known node is. `path` is that node."""

    score: float
    level: int
    path: tuple[str, ...]


def match(topic: tuple[str, ...], known: tuple[Knows, ...]) -> Match | None:
    """The nearest known node at or above `topic`, or None if the expert knows nothing of it.

    score = level + nearness, where nearness in (0, 1] is the known part of the topic's path; so a level always
    outweighs nearness.
    """
    above = [knows for knows in known if knows.path and topic[: len(knows.path)] == knows.path]
    if not above:
        return None
    nearest = max(above, key=lambda knows: (len(knows.path), knows.level))
    return Match(nearest.level + len(nearest.path) / len(topic), nearest.level, nearest.path)
