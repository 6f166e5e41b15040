"""Pure: the conditions of a trigger that the visit alone does not decide, and what has to be looked up for each."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from contract.clock import DAY, SECOND
from contract.facts import CustomerFacts, Doing, VisitFacts
from contract.names import Ms
from contract.triggers import (
    Available,
    Cart,
    Condition,
    DaysSince,
    Did,
    InSegment,
    InTier,
    Orders,
    When,
)
from contract.triggers import (
    Known as IsKnown,
)

#: What is looked up: who it is, custom events of the visit, the end of the visit before, who is free.
Need = Literal["customer", "doings", "before", "available"]
#: The custom event whose `value` says what lies in the cart now.
CART = "cart.changed"


class Known(msgspec.Struct, kw_only=True):
    """All that a trigger may ask of a visit at `now`; what no condition needs may be left as it is.

    `doings`: oldest first. `before`: when the visitor's last visit ended. `look`, `segments`: put there by
    `routing.triggers`.
    """

    visit: VisitFacts
    now: Ms
    zone: str = "UTC"
    customer: CustomerFacts | None = None
    doings: tuple[Doing, ...] = ()
    before: Ms | None = None
    available: bool = True
    segments: Mapping[str, When] = {}
    look: Any = None


Holds = Callable[[Condition, Known], bool]


def between(number: int, at_least: int | None, at_most: int | None) -> bool:
    return (at_least is None or number >= at_least) and (at_most is None or number <= at_most)


def _known(one: IsKnown, known: Known, holds: Holds) -> bool:
    return (known.customer is not None) is one.is_


def _tier(one: InTier, known: Known, holds: Holds) -> bool:
    return known.customer is not None and known.customer.tier in one.tiers


def _orders(one: Orders, known: Known, holds: Holds) -> bool:
    return between(known.customer.orders if known.customer else 0, one.at_least, one.at_most)


def _days(one: DaysSince, known: Known, holds: Holds) -> bool:
    if known.before is None:
        return False
    return between(max(0, known.visit.started_at - known.before) // DAY, one.at_least, one.at_most)


def _did(one: Did, known: Known, holds: Holds) -> bool:
    times = [doing.at for doing in known.doings if doing.name == one.name]
    if not one.within:
        return len(times) >= one.times
    # somewhere in the visit, not only at its end: what was true stays true
    return any(last - first <= one.within * SECOND for first, last in zip(times, times[one.times - 1 :], strict=False))


def _cart(one: Cart, known: Known, holds: Holds) -> bool:
    value = next((doing.value for doing in reversed(known.doings) if doing.name == CART), None)
    return between(value or 0, one.at_least, one.at_most)


def _available(one: Available, known: Known, holds: Holds) -> bool:
    return known.available is one.is_


def _segment(one: InSegment, known: Known, holds: Holds) -> bool:
    """A segment that is gone, or that speaks of segments itself, holds for nobody."""
    when = known.segments.get(one.segment)
    if when is None or any(isinstance(part, InSegment) for part in (*when.all, *when.any, *when.none)):
        return False
    return (
        all(holds(part, known) for part in when.all)
        and not any(holds(part, known) for part in when.none)
        and (not when.any or any(holds(part, known) for part in when.any))
    )


LOOKUPS: dict[type, tuple[Need | None, Callable[[Any, Known, Holds], bool]]] = {
    IsKnown: ("customer", _known), InTier: ("customer", _tier), Orders: ("customer", _orders),
    DaysSince: ("before", _days), Did: ("doings", _did), Cart: ("doings", _cart),
    Available: ("available", _available), InSegment: (None, _segment),
}  # fmt: skip
