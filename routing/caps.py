"""Pure: has a trigger acted often enough on this visitor?"""

from collections.abc import Collection
from typing import NamedTuple

from contract.clock import day_began
from contract.facts import VisitFacts
from contract.names import Ms
from routing.triggers import Firing


class Past(NamedTuple):
    """One firing of a trigger on a visitor."""

    visit: str
    at: Ms


def capped(fired: Firing, visit: VisitFacts, before: Collection[Past], now: Ms, zone: str) -> bool:
    """Whether the trigger has acted often enough on this visitor. `before`: what it did, of any visit."""
    if fired.rule is None:
        return False
    caps = fired.rule.caps
    if caps.visit is not None and sum(one.visit == visit.id for one in before) >= caps.visit:
        return True
    if caps.visitor is not None and len(before) >= caps.visitor:
        return True
    if caps.day is None:
        return False
    begins = day_began(zone, now)
    return sum(one.at >= begins for one in before) >= caps.day


def counts_before(fired: Firing) -> bool:
    """Whether `capped` needs to know what was before; once per visit is held by the occasion alone."""
    caps = fired.rule.caps if fired.rule else None
    return caps is not None and (caps.visitor is not None or caps.day is not None or caps.visit not in (1, None))
