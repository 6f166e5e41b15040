"""Pure: a cache for what is expensive to work out of a text, bounded in entries and in bytes.

Two generations: what is asked for again moves to the young one; when that is full it becomes the old one, and the old
one is forgotten. A hit is one look into a dictionary; nothing is sorted or counted on it. Strangers may fill it with
ever new texts: it then holds the newest of them, and never more bytes than its limit.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

V = TypeVar("V")
#: What an entry costs beside its text: the answer with its own texts, two headers, a place in the dictionary.
OVERHEAD = 500


class Kept(Generic[V]):
    """A pure function of one text, its answers kept. `entries`, `size` (bytes): limits of both generations together.

    Used from several threads: at worst an answer is worked out twice.
    """

    def __init__(self, function: Callable[[str], V], *, entries: int, size: int, longest: int) -> None:
        self._function, self._longest = function, longest
        self._entries, self._size = entries // 2, size // 2
        self._young: dict[str, V] = {}
        self._old: dict[str, V] = {}
        self._bytes = 0

    def __call__(self, text: str) -> V:
        try:
            return self._young[text]
        except KeyError:
            return self._missing(text)

    def _missing(self, text: str) -> V:
        found = self._old.get(text)
        if found is None:
            found = self._function(text)
        if len(text) <= self._longest:
            self._keep(text, found)
        return found

    def _keep(self, text: str, value: V) -> None:
        self._bytes += OVERHEAD + len(text) * (1 if text.isascii() else 4)
        self._young[text] = value
        if len(self._young) >= self._entries or self._bytes >= self._size:
            self._old, self._young, self._bytes = self._young, {}, 0

    def __len__(self) -> int:
        """How many answers are kept."""
        return len(self._young) + len(self._old)
