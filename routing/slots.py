"""Pure: when can somebody be called back, and by whom? The ladder without a bell.

A slot is a quarter of an hour of the clock. An expert can be had for one if they work through all of it and have
promised it to nobody else. Whoever stands first among the people goes first, at every slot.

Looked for by days of UTC: the quarters of one, 96, are the bits of a number, so that a day of somebody who has promised
all of it costs no more than an empty one, and a busy week hides no free quarter behind it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

from contract.clock import DAY, MINUTE
from contract.names import Ms
from routing.hours import spans, works_through

#: Every clock of the world differs from UTC by whole quarters of an hour: a quarter here is a quarter everywhere.
SLOT: Ms = 15 * MINUTE
#: The first slot that is offered is at least so far away: its expert is reminded in time.
LEAD: Ms = 5 * MINUTE
#: Nobody is offered, or promised, anything later than this.
HORIZON: Ms = 14 * DAY
#: So many slots are offered at once.
MOST = 8
#: Quarters of a day, and the bits of all of them.
_OF_DAY = DAY // SLOT
_WHOLE = (1 << _OF_DAY) - 1


class Bookable(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who could call. `hours`: as `routing.hours.checked` gives them, None is always."""

    id: str
    name: str
    hours: str | None


class FreeSlot(msgspec.Struct, frozen=True, kw_only=True):
    at: Ms
    expert: Bookable


#: (expert, begin of the slot) of what was promised already.
Taken = Collection[tuple[str, Ms]]


def quarter(at: Ms) -> Ms:
    """The first begin of a slot at this time or later."""
    return -(-at // SLOT) * SLOT


def working(at: Ms, people: Iterable[Bookable]) -> list[Bookable]:
    """Who works through the slot that begins then, in their order."""
    return [one for one in people if works_through(one.hours, at, at + SLOT)]


class Share:
    """What strangers may have of everybody's time: half of the quarters of a day that are still to come and in which
    an expert works, rounded down. The other half is there for those whom somebody here knows.

    A day is one of UTC: wherever the hours of an expert are cut by it, half of each piece is kept.
    `held`: what was promised to strangers and not kept yet.
    """

    def __init__(self, now: Ms, held: Iterable[tuple[str, Ms]]) -> None:
        self._first = quarter(now + LEAD)
        self._held = Counter((expert, at // DAY) for expert, at in held if at >= self._first)

    def leaves(self, one: Bookable, at: Ms) -> bool:
        """Whether a stranger may be promised this quarter of theirs."""
        day = at // DAY
        still = _worked(one.hours, day) & _from(self._first, day)
        return self._held[one.id, day] < still.bit_count() // 2


def who(at: Ms, people: Iterable[Bookable], taken: Taken, share: Share | None = None) -> Bookable | None:
    """The first who works through the slot that begins then and has not promised it; for a stranger, `share` says
    whose time is still theirs."""
    for one in people:
        free = (one.id, at) not in taken and works_through(one.hours, at, at + SLOT)
        if free and (share is None or share.leaves(one, at)):
            return one
    return None


def free_slots(
    now: Ms,
    people: Sequence[Bookable],
    taken: Taken,
    most: int = MOST,
    share: Share | None = None,
    *,
    own: Bookable | None = None,
) -> list[FreeSlot]:
    """The next slots in which anybody can be had, each with the first who can; at most `most`, none after `HORIZON`.

    `own`: the first of `people`, whom they know. One who begins later than all of these is offered all the same, in
    place of the last, unless only one is asked for: whoever wants nobody else need not take whoever is up earlier.
    """
    busy = _busy(taken)
    found = _free(now, people, busy, most, share)
    if own is not None and most > 1 and len(found) == most and all(one.expert.id != own.id for one in found):
        found[-1:] = _free(now, [own], busy, 1, share) or found[-1:]
    return found


def first_worked(now: Ms, people: Sequence[Bookable]) -> Ms | None:
    """The next slot in which anybody works, promised or not; None if nobody does as far as anybody looks."""
    found = _free(now, people, {}, 1, None)
    return found[0].at if found else None


#: (expert, day of UTC) -> the quarters of that day that they have promised.
_Busy = dict[tuple[str, int], int]


def _free(now: Ms, people: Sequence[Bookable], busy: _Busy, most: int, share: Share | None) -> list[FreeSlot]:
    first, last = quarter(now + LEAD), now + HORIZON
    found: list[FreeSlot] = []
    for day in range(first // DAY, last // DAY + 1):
        window = _from(first, day) & ~_from(last + 1, day)
        found += _of_day(day, window, people, busy, share)[: most - len(found)]
        if len(found) == most:
            break
    return found


def _of_day(day: int, window: int, people: Sequence[Bookable], busy: _Busy, share: Share | None) -> list[FreeSlot]:
    """Those of one day, by time."""
    found: list[FreeSlot] = []
    left = window
    for one in people:
        free = left & _worked(one.hours, day) & ~busy.get((one.id, day), 0)
        if free and (share is None or share.leaves(one, day * DAY)):
            left &= ~free
            found += (FreeSlot(at=day * DAY + number * SLOT, expert=one) for number in _bits(free))
            if not left:
                break
    return sorted(found, key=lambda slot: slot.at)


def _busy(taken: Taken) -> _Busy:
    busy: defaultdict[tuple[str, int], int] = defaultdict(int)
    for expert, at in taken:
        busy[expert, at // DAY] |= 1 << at % DAY // SLOT
    return busy


@lru_cache(maxsize=65_536)
def _worked(hours: str | None, day: int) -> int:
    """The quarters of this day of UTC through all of which somebody with these hours works."""
    if hours is None:
        return _WHOLE
    worked = 0
    for begin, end in spans(hours, day):
        # A quarter that ends with the day lies in it: spans of the next day are known here as well.
        worked |= _from(begin, day) & ~_from(end - SLOT + 1, day)
    return worked


def _from(at: Ms, day: int) -> int:
    """The quarters of this day that begin at this time or later."""
    return _WHOLE & (_WHOLE << max(0, min(_OF_DAY, (quarter(at) - day * DAY) // SLOT)))


def _bits(quarters: int) -> Iterator[int]:
    while quarters:
        lowest = quarters & -quarters
        yield lowest.bit_length() - 1
        quarters ^= lowest
