"""Pure: patterns in which `*` stands for any characters. Nothing is tried twice, so no pattern and no text is slow."""

from collections.abc import Iterable
from functools import lru_cache


class Globs:
    """Some patterns, in small letters; plain ones cost one look-up together."""

    def __init__(self, patterns: Iterable[str]) -> None:
        lower = [pattern.lower() for pattern in patterns]
        self._plain = frozenset(pattern for pattern in lower if "*" not in pattern)
        self._open = tuple(tuple(pattern.split("*")) for pattern in lower if "*" in pattern)

    def fits(self, text: str) -> bool:
        """Whether one of them fits all of `text`; capital letters make no difference."""
        text = text.lower()
        return text in self._plain or any(_fits(parts, text) for parts in self._open)


@lru_cache(maxsize=512)
def globs(patterns: tuple[str, ...]) -> Globs:
    """The patterns of a rule, ready for use."""
    return Globs(patterns)


def fits(pattern: str, text: str) -> bool:
    """Whether `pattern` fits all of `text`, letter by letter."""
    return _fits(tuple(pattern.split("*")), text)


def _fits(parts: tuple[str, ...], text: str) -> bool:
    """`parts`: what stands between the stars. The first place where a part fits is as good as any later one."""
    first, *between = parts
    if not between:
        return text == first
    last = between.pop()
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in between:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
