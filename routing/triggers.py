"""Pure: does this visit fire a trigger, and on which occasion?

A trigger's conditions all have to hold. `depth` and `branch_dwell` look at the same branch: three levels down in boots
and a long stay among curtains is no deep visit. A trigger fires once per occasion: once per visit, or, when it asks for
a return, once per arrival.
"""

from typing import Any

import msgspec

from contract.clock import SECOND
from contract.facts import CustomerFacts, VisitFacts
from contract.names import Action, Ms

#: A bell is for somebody who is here: the newest event is younger than this (contract 3).
FRESH: Ms = 30 * SECOND


class Conditions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Unset conditions hold. `branch_dwell` in seconds; `known`: a customer; `returns`: came in again."""

    depth: int = 0
    branch_dwell: int = 0
    known: bool | None = None
    returns: bool | None = None


class Trigger(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    site: str
    name: str
    conditions: Conditions
    action: Action


class Firing(msgspec.Struct, frozen=True, kw_only=True):
    """A trigger that fires now. (trigger, occasion) is unique for ever."""

    trigger: str
    name: str
    action: Action
    occasion: str


def read_conditions(data: dict[str, Any]) -> Conditions:
    """From the stored JSON; raises msgspec.ValidationError for a condition that does not exist."""
    return msgspec.convert(data, Conditions)


def judge(
    visit: VisitFacts, customer: CustomerFacts | None, triggers: tuple[Trigger, ...], now: Ms
) -> tuple[Firing, ...]:
    """The triggers that this visit fires, in their order. A bot, or a visit that is over, fires none."""
    if visit.bot or now - visit.heard_at > FRESH:
        return ()
    return tuple(
        Firing(trigger=trigger.id, name=trigger.name, action=trigger.action, occasion=_occasion(trigger, visit))
        for trigger in triggers
        if _holds(trigger.conditions, visit, customer)
    )


def _holds(wanted: Conditions, visit: VisitFacts, customer: CustomerFacts | None) -> bool:
    if wanted.known is not None and wanted.known != (customer is not None):
        return False
    if wanted.returns is not None and wanted.returns != visit.came_back:
        return False
    if not wanted.depth and not wanted.branch_dwell:
        return True
    return any(
        branch.deepest >= wanted.depth and branch.dwell >= wanted.branch_dwell * SECOND for branch in visit.branches
    )


def _occasion(trigger: Trigger, visit: VisitFacts) -> str:
    return visit.arrival or visit.id if trigger.conditions.returns else visit.id
