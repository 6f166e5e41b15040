"""Pure: how long does somebody wait until an expert has a place for them?

The queue is played forward a few times and the mean is taken. What a running conversation still has to go is drawn
from those recent ones that lasted longer than it has by now (its residual life: a talk of nine minutes where most last
ten will soon end, one of twenty where few do may go on); whoever is served takes a place for a length drawn afresh.
This is prediction from the state of the system (who waits, how old each talk is, the distribution of lengths), for
which W. Whitt, "Predicting Queueing Delays", Management Science 45 (1999), is the source; the empirical distribution
with a small prior stands for the known one there. What it does not know: who will overtake, give up or come on duty.

The draws are always the same, so the same queue has the same answer.
"""

import bisect
import heapq
import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from contract.clock import MINUTE
from contract.names import Ms

#: Before a site has conversations of its own: this many of this mean length (s), exponential. Its weight is also that
#: of lengths which nobody has seen yet: the longest talk so far need not stay the longest.
PRIOR, PRIOR_MEAN = 4, 480.0
#: The most recent conversations that count.
RECENT = 50
#: Steps of all plays together: about two milliseconds, whatever the size of the house.
_STEPS = 3_000
_MASK = 2**64 - 1

#: Nobody is told twice within this (ms).
AGAIN: Ms = MINUTE


class Told(NamedTuple):
    """What somebody who waits was told last, and when. `minutes` is None where only the place was said."""

    position: int
    minutes: int | None
    at: Ms


def estimate(position: int, free: int, ages: Sequence[float], lengths: Sequence[float]) -> float | None:
    """Seconds until the one at `position` (1 is next) has a place; None where no place is known of.

    `free`: places that are free now; `ages`: how long each open conversation has lasted; `lengths`: of the recent ones
    that are over. All in s.
    """
    found = estimates(position, free, ages, lengths)
    return found[-1] if found else None


def estimates(waiting: int, free: int, ages: Sequence[float], lengths: Sequence[float]) -> list[float] | None:
    """The same for everybody who waits, in their order."""
    if waiting < 1 or (free < 1 and not ages):
        return None
    left = _residual(lengths)
    pairs = max(4, min(100, _STEPS // 2 // (len(ages) + free + waiting)))
    sums = [0.0] * waiting
    for pair in range(pairs):
        for mirrored in (False, True):  # each play has a twin with the opposite luck: what is left is the mean
            luck = _draws(pair, mirrored)
            places = [0.0] * free + [left(age, next(luck)) for age in ages]
            heapq.heapify(places)
            for number in range(waiting):
                sums[number] += heapq.heapreplace(places, places[0] + left(0.0, next(luck)))
    return [total / (2 * pairs) for total in sums]


def minutes(seconds: float) -> int:
    """What is said of an estimate: whole minutes, at least one."""
    return max(1, math.ceil(seconds / 60))


def sayable(seconds: float, left: float) -> int | None:
    """The minutes that are said of an estimate; None where they are more than `left` (s), the time for which we keep
    somebody waiting: nobody is promised what comes after the last word."""
    return minutes(seconds) if seconds <= left else None


def may_hear(told: Told | None, now: Ms) -> bool:
    """Whether anything can be news to them: nobody is told twice within a minute."""
    return told is None or now - told.at >= AGAIN


def is_news(told: Told | None, position: int, in_minutes: int | None, now: Ms) -> bool:
    """Whether somebody who waits is told anew: at once the first time, then when it has changed much (they are next, or
    a third of the place or of the minutes is gone or has come, or there are minutes to tell at last), and never twice
    within a minute."""
    if told is None or not may_hear(told, now):
        return told is None
    if told.position > 1 and (position == 1 or 3 * abs(position - told.position) >= told.position):
        return True
    if in_minutes is None or told.minutes is None:
        return told.minutes is None and in_minutes is not None
    return abs(in_minutes - told.minutes) >= 2 and 3 * abs(in_minutes - told.minutes) >= told.minutes


def _residual(lengths: Sequence[float]) -> Callable[[float, float], float]:
    """How long a conversation of this age still has to go, by luck from 0 (short) to 1 (long)."""
    known = sorted(max(0.0, one) for one in lengths[:RECENT])
    mean = (PRIOR * PRIOR_MEAN + sum(known)) / (PRIOR + len(known))

    def left(age: float, luck: float) -> float:
        first = bisect.bisect_right(known, age)
        longer = len(known) - first
        unseen = PRIOR * math.exp(-min(age / mean, 700.0))
        drawn = luck * (longer + unseen)
        if drawn < longer:
            return known[first + int(drawn)] - age
        return -mean * math.log(max(1.0 - (drawn - longer) / unseen, 1e-9))

    return left


def _draws(seed: int, mirrored: bool) -> Iterator[float]:
    """Numbers from 0 to 1 (a linear congruential generator with Knuth's constants for 64 bits)."""
    state = (seed * 0x9E3779B97F4A7C15 + 1) & _MASK
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) & _MASK
        drawn = (state >> 11) / 2**53
        yield 1.0 - drawn if mirrored else drawn
