"""How far each visitor came through steps in order. Pure: facts in, reached levels out.

The rules: a step is reached by a fact of that kind which lies after the one that reached the step before; one fact
never fills two steps; the whole chain fits into the window, counted from its first step, the edge included. Of all
chains the one that started latest is kept: whatever an earlier start can still reach, a later one can too.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

import msgspec

from contract.names import Ms

#: (visitor, step, at, id), ordered by visitor, then time; facts of one moment in the order in which they arrived.
Fact = tuple[str, str, Ms, str]


class Reached(msgspec.Struct, frozen=True):
    """How far one visitor came: `level` steps, the last of them at `at` (of the latest chain that came so far)."""

    visitor: str
    level: int
    at: Ms


def reach(facts: Iterable[Fact], steps: Sequence[str], window_ms: Ms, until: Ms | None = None) -> Iterator[Reached]:
    """Everybody who reached at least the first step. A chain may not begin at or after `until`, but may end later."""
    last = len(steps) - 1
    for visitor, own in groupby(facts, key=itemgetter(0)):
        starts: list[Ms | None] = [None] * len(steps)
        done: list[Ms] = [0] * len(steps)
        for _, kind, at, _ in own:
            # From the last step down: a fact that fills step k is not there yet for step k + 1.
            for level in range(last, -1, -1):
                if steps[level] != kind:
                    continue
                start = at if level == 0 else starts[level - 1]
                if start is None or at - start > window_ms:
                    continue
                if level == 0 and until is not None and at >= until:
                    continue
                known = starts[level]
                if known is None or start > known:
                    starts[level], done[level] = start, at
        level = sum(start is not None for start in starts)
        if level:
            yield Reached(visitor, level, done[level - 1])


def count(reached: Iterable[Reached], steps: Sequence[str]) -> list[int]:
    """How many reached each step, or went beyond it."""
    stopped = [0] * (len(steps) + 1)
    for one in reached:
        stopped[one.level] += 1
    return [sum(stopped[level:]) for level in range(1, len(steps) + 1)]
