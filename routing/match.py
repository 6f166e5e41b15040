"""Pure: how well does an expert know what the visitor reads?

Knowing a node means knowing what lies below it; of several known nodes above the topic the nearest counts.
"""

from collections.abc import Iterable

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
    nearest, length = None, 0
    for knows in known:
        path = knows.path
        far = len(path)
        if far and topic[:far] == path and (far, knows.level) > (length, nearest.level if nearest else 0):
            nearest, length = knows, far
    return None if nearest is None else Match(nearest.level + length / len(topic), nearest.level, nearest.path)


def tongue(language: str) -> str:
    """A language without its country: "de-AT" -> "de", "" for none. What people speak is compared by it."""
    return language.replace("_", "-").partition("-")[0].strip().lower()


def tongues(languages: Iterable[str]) -> frozenset[str]:
    return frozenset(tongue(one) for one in languages) - {""}
