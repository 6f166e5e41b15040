"""Pure: when can somebody be called back, and by whom? The ladder without a bell.

A slot is a quarter of an hour of the clock. An expert can be had for one if they work through all of it and have
promised it to nobody else. Whoever stands first among the people goes first, at every slot.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import msgspec

from contract.clock import DAY, MINUTE
from contract.names import Ms
from routing.hours import next_begin, works, works_through

#: Every clock of the world differs from UTC by whole quarters of an hour: a quarter here is a quarter everywhere.
SLOT: Ms = 15 * MINUTE
#: The first slot that is offered is at least so far away: its expert is reminded in time.
LEAD: Ms = 5 * MINUTE
#: Nobody is offered, or promised, anything later than this.
HORIZON: Ms = 14 * DAY
#: So many slots are offered at once.
MOST = 8
#: So many quarters are looked at in search of free ones: more than a day of them all taken is no offer.
_LOOKS = 200


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
        self._worked: dict[tuple[str | None, int], int] = {}

    def leaves(self, one: Bookable, at: Ms) -> bool:
        """Whether a stranger may be promised this quarter of theirs."""
        return self._held[one.id, at // DAY] < self._quarters(one.hours, at // DAY) // 2

    def _quarters(self, hours: str | None, day: int) -> int:
        if (found := self._worked.get((hours, day))) is None:
            still = range(max(self._first, day * DAY), (day + 1) * DAY, SLOT)
            found = self._worked[hours, day] = sum(works_through(hours, at, at + SLOT) for at in still)
        return found


def who(at: Ms, people: Iterable[Bookable], taken: Taken, share: Share | None = None) -> Bookable | None:
    """The first who works through the slot that begins then and has not promised it; for a stranger, `share` says
    whose time is still theirs."""
    for one in people:
        free = (one.id, at) not in taken and works_through(one.hours, at, at + SLOT)
        if free and (share is None or share.leaves(one, at)):
            return one
    return None


def free_slots(
    now: Ms, people: Sequence[Bookable], taken: Taken, most: int = MOST, share: Share | None = None
) -> list[FreeSlot]:
    """The next slots in which anybody can be had, each with the first who can; at most `most`, none after `HORIZON`."""
    found: list[FreeSlot] = []
    at: Ms | None = quarter(now + LEAD)
    for _ in range(_LOOKS):
        if at is None or at > now + HORIZON or len(found) == most:
            break
        expert = who(at, people, taken, share)
        if expert is not None:
            found.append(FreeSlot(at=at, expert=expert))
        at = _next(at, people)
    return found


def first_worked(now: Ms, people: Sequence[Bookable]) -> Ms | None:
    """The next slot in which anybody works, promised or not; None if nobody does as far as anybody looks."""
    at: Ms | None = quarter(now + LEAD)
    for _ in range(_LOOKS):
        if at is None or at > now + HORIZON:
            return None
        if working(at, people):
            return at
        at = _next(at, people)
    return None


def _next(at: Ms, people: Sequence[Bookable]) -> Ms | None:
    """The next slot worth a look: the following one while anybody works, else where the next span begins."""
    hours = {one.hours for one in people}
    following = at + SLOT
    if any(works(one, following) for one in hours):
        return following
    begins = [begin for one in hours if (begin := next_begin(one, following)) is not None]
    return quarter(min(begins)) if begins else None
