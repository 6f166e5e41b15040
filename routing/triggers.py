"""Pure: does this visit fire a trigger, and on which occasion?

A trigger's conditions all have to hold. `depth` and `branch_dwell` look at the same branch: three levels down in boots
and a long stay among curtains is no deep visit. A trigger fires once per occasion: once per visit, or, when it asks for
a return, once per arrival.
"""

from collections.abc import Iterable
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
    """A trigger that fires now. (trigger, occasion) is unique for ever. `known`: what it asks of the visitor."""

    trigger: str
    name: str
    action: Action
    occasion: str
    known: bool | None = None

    def fits(self, customer: CustomerFacts | None) -> bool:
        """Whether it fires for this person. Asked apart, because who it is has to be looked up."""
        return self.known is None or self.known == (customer is not None)


def read_conditions(data: dict[str, Any]) -> Conditions:
    """From the stored JSON; raises msgspec.ValidationError for a condition that does not exist."""
    return msgspec.convert(data, Conditions)


#: A trigger with its conditions laid out for the loop below: returns, depth, dwell in ms.
_Rule = tuple[bool | None, int, Ms, Trigger]


class Rules:
    """Active triggers, made ready once and asked for every page view: a hundred of them have 50 us."""

    def __init__(self, triggers: Iterable[Trigger] = ()) -> None:
        self._of: dict[str, list[_Rule]] = {}
        for trigger in triggers:
            wanted = trigger.conditions
            rule = (wanted.returns, wanted.depth, wanted.branch_dwell * SECOND, trigger)
            self._of.setdefault(trigger.site, []).append(rule)

    def judge(self, visit: VisitFacts, now: Ms) -> list[Firing]:
        """The triggers of its site that this visit fires, in their order, if the person `fits`.

        A bot, or a visit that is over, fires none.
        """
        rules = self._of.get(visit.site)
        if rules is None or visit.bot or now - visit.heard_at > FRESH:
            return []
        came_back, branches = visit.came_back, visit.branches
        deepest = longest = 0  # of any branch: most triggers ask for more, and are told so at once
        for branch in branches:
            deepest = max(deepest, branch.deepest)
            longest = max(longest, branch.dwell)
        firings: list[Firing] = []
        for returns, depth, dwell, trigger in rules:
            if depth > deepest or dwell > longest or (returns is not None and returns is not came_back):
                continue
            if depth or dwell:
                for branch in branches:
                    if branch.deepest >= depth and branch.dwell >= dwell:
                        break
                else:
                    continue
            firings.append(
                Firing(
                    trigger=trigger.id,
                    name=trigger.name,
                    action=trigger.action,
                    occasion=visit.arrival or visit.id if returns else visit.id,
                    known=trigger.conditions.known,
                )
            )
        return firings
