"""Pure: does this visit fire a trigger, and on which occasion?

There is one evaluator for what happens now and for what happened once (`service.backtest`). It looks twice. First at
the visit alone, for every trigger and every page view: nearly all triggers end here, and a hundred of them have 50 us.
What is left asks for more (who is this, what did they do, who is there), and is looked up for those few visits only:
`Firing.needs` says what, `Firing.fits` decides.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec

from contract.clock import SECOND
from contract.facts import Place, VisitFacts
from contract.names import Action, Ms
from contract.triggers import (
    Condition,
    DuringHours,
    FromSource,
    InBranch,
    InLanguage,
    InSegment,
    OnDevice,
    Pages,
    Quiet,
    Returning,
    Rule,
    VisitNumber,
    When,
)
from routing.calendar import during
from routing.lookups import LOOKUPS, Known, Need

#: A bell is for somebody who is here: the newest event is younger than this (contract 3).
FRESH: Ms = 30 * SECOND


class Trigger(msgspec.Struct, frozen=True, kw_only=True):
    """A trigger of a site in this zone (a name of the time-zone database)."""

    id: str
    site: str
    name: str
    rule: Rule
    zone: str = "UTC"


class Look:
    """A visit at one moment, with what several conditions ask of it worked out once."""

    __slots__ = ("_branches", "deepest", "longest", "now", "visit", "zone")

    def __init__(self, visit: VisitFacts, now: Ms, zone: str = "UTC") -> None:
        self.visit, self.now, self.zone = visit, now, zone
        self._branches: dict[tuple[str, ...], list[int]] | None = None
        self.deepest = self.longest = 0  # of any branch: most triggers ask for more, and are told so at once
        for branch in visit.branches:
            if branch.deepest > self.deepest:
                self.deepest = branch.deepest
            if branch.dwell > self.longest:
                self.longest = branch.dwell

    def below(self, path: tuple[str, ...]) -> tuple[int, Ms] | None:
        """(deepest level, dwell in ms) of all that was looked at here or below; None if nothing was."""
        if self._branches is None:
            self._branches = _rolled_up(self.visit.places)
        found = self._branches.get(path)
        return None if found is None else (found[0], found[1])


def _rolled_up(places: Iterable[Place]) -> dict[tuple[str, ...], list[int]]:
    """path -> [deepest level, dwell] of it and all below it."""
    found: dict[tuple[str, ...], list[int]] = {}
    for place in places:
        depth = len(place.path)
        for level in range(depth + 1):
            node = found.setdefault(place.path[:level], [0, 0])
            node[0] = max(node[0], depth)
            node[1] += place.dwell
    return found


Check = Callable[[Look], bool]
#: segment id -> its conditions.
Segments = Mapping[str, When]
_NO_SEGMENTS: Mapping[str, Segments] = {}


class Firing(msgspec.Struct, frozen=True, kw_only=True):
    """A trigger that fires now, if who it is and what else is looked up `fits`. (trigger, occasion) is unique for ever.

    `rule` is None for a bell that no trigger rings.
    """

    trigger: str
    name: str
    occasion: str
    rule: Rule | None = None
    needs: frozenset[Need] = frozenset()
    open_any: bool = False
    segments: Segments = msgspec.field(default_factory=dict)

    @property
    def action(self) -> Action:
        return "alert" if self.rule is None else self.rule.action

    def fits(self, known: Known) -> bool:
        """Whether the conditions hold that a look at the visit alone could not decide."""
        if self.rule is None:
            return True
        when, known.segments = self.rule.conditions, self.segments
        return (
            all(_holds(one, known) for one in when.all)
            and not any(_holds(one, known) for one in when.none)
            and (not self.open_any or any(_holds(one, known) for one in when.any))
        )


class _Ready(msgspec.Struct, frozen=True):
    """A trigger laid out for the loop below. `any_known`: no check of `any` has to be looked up."""

    trigger: Trigger
    all: tuple[Check, ...]
    none: tuple[Check, ...]
    any: tuple[Check, ...]
    any_known: bool
    needs: frozenset[Need]
    depth: int
    dwell: Ms
    once: bool


class Rules:
    """Active triggers, made ready once and asked for every page view."""

    def __init__(self, triggers: Iterable[Trigger] = (), segments: Mapping[str, Segments] = _NO_SEGMENTS) -> None:
        """`segments`: of each site, those that its triggers speak of."""
        self._of: dict[str, list[_Ready]] = {}
        self._segments = segments
        self._zones: dict[str, str] = {}
        for trigger in triggers:
            self._of.setdefault(trigger.site, []).append(_ready(trigger, segments.get(trigger.site, {})))
            self._zones[trigger.site] = trigger.zone

    def judge(self, visit: VisitFacts, now: Ms) -> list[Firing]:
        """The triggers of its site that this visit fires, in their order, if they `fit`.

        A bot, or a visit that is over, fires none.
        """
        rules = self._of.get(visit.site)
        if rules is None or visit.bot or now - visit.heard_at > FRESH:
            return []
        look = Look(visit, now, self._zones[visit.site])
        deepest, longest = look.deepest, look.longest
        firings: list[Firing] = []
        for ready in rules:
            if ready.depth > deepest or ready.dwell > longest or not _may(ready, look):
                continue
            quiet = ready.trigger.rule.quiet
            if quiet is not None and _quiet(quiet, now, look.zone):
                continue
            firings.append(
                Firing(
                    trigger=ready.trigger.id,
                    name=ready.trigger.name,
                    occasion=visit.id if ready.once else visit.arrival or visit.id,
                    rule=ready.trigger.rule,
                    needs=ready.needs,
                    open_any=not ready.any_known,
                    segments=self._segments.get(visit.site, {}),
                )
            )
        return firings


def read_when(data: Any) -> When:
    """From JSON; raises msgspec.ValidationError for a condition that does not exist."""
    return msgspec.convert(data, When)


def held_out(trigger: str, visitor: str, percent: int) -> bool:
    """Whether this visitor is left alone by this trigger: always the same answer, for `percent` of all visitors.

    Of visitors, not of visits: somebody who was left alone yesterday and disturbed today would count on both sides.
    """
    if not percent:
        return False
    return int.from_bytes(sha256(f"{trigger} {visitor}".encode()).digest()[:4], "big") % 10_000 < percent * 100


def _may(ready: _Ready, look: Look) -> bool:
    """False if the visit alone says no."""
    for check in ready.all:
        if not check(look):
            return False
    for check in ready.none:
        if check(look):
            return False
    if ready.any_known and ready.any:
        return any(check(look) for check in ready.any)
    return True


def _ready(trigger: Trigger, segments: Segments) -> _Ready:
    when = trigger.rule.conditions
    asked = list(every(when))
    for part in asked[:]:
        if isinstance(part, InSegment) and part.segment in segments:
            asked += every(segments[part.segment])
    branches = [one for one in when.all if isinstance(one, InBranch)]
    return _Ready(
        trigger=trigger,
        all=tuple(_check(one) for one in when.all if type(one) in _CHECKS),
        none=tuple(_check(one) for one in when.none if type(one) in _CHECKS),
        any=tuple(_check(one) for one in when.any if type(one) in _CHECKS),
        any_known=all(type(one) in _CHECKS for one in when.any),
        needs=frozenset(need for one in asked if type(one) in LOOKUPS and (need := LOOKUPS[type(one)][0])),
        depth=max((one.depth for one in branches), default=0),
        dwell=max((one.dwell * SECOND for one in branches), default=0),
        once=trigger.rule.caps.visit == 1,
    )


def every(when: When) -> tuple[Condition, ...]:
    """All conditions, however they are joined."""
    return (*when.all, *when.any, *when.none)


def _holds(condition: Condition, known: Known) -> bool:
    """Any condition at all, once everything is looked up."""
    if type(condition) in LOOKUPS:
        return LOOKUPS[type(condition)][1](condition, known, _holds)
    return _check(condition)(_look(known))


def _look(known: Known) -> Look:
    if known.look is None:
        known.look = Look(known.visit, known.now, known.zone)
    look: Look = known.look
    return look


@lru_cache(maxsize=4096)
def _check(condition: Condition) -> Check:
    return _CHECKS[type(condition)](condition)


# --- conditions that a visit alone decides ----------------------------------------------------------------------------


def _branch(one: InBranch) -> Check:
    below, depth, dwell = one.below, one.depth, one.dwell * SECOND
    if below:

        def check(look: Look) -> bool:
            found = look.below(below)
            return found is not None and found[0] >= depth and found[1] >= dwell

    else:

        def check(look: Look) -> bool:
            for branch in look.visit.branches:  # noqa: SIM110 - any() costs twice as much here
                if branch.deepest >= depth and branch.dwell >= dwell:
                    return True
            return False

    return check


def _pages(one: Pages) -> Check:
    least, most = one.at_least or 0, _most(one.at_most)
    return lambda look: least <= look.visit.pages <= most


def _number(one: VisitNumber) -> Check:
    least, most = one.at_least or 0, _most(one.at_most)
    return lambda look: least <= look.visit.number <= most


def _returning(one: Returning) -> Check:
    wanted = one.is_
    return lambda look: look.visit.came_back is wanted


def _source(one: FromSource) -> Check:
    channels = frozenset(one.channels)
    names = frozenset(name.casefold() for name in one.names)
    campaigns = frozenset(name.casefold() for name in one.campaigns)

    def check(look: Look) -> bool:
        visit = look.visit
        return (
            (not channels or visit.channel in channels)
            and (not names or visit.source.casefold() in names)
            and (not campaigns or visit.campaign.casefold() in campaigns)
        )

    return check


def _device(one: OnDevice) -> Check:
    devices = frozenset(one.devices)
    return lambda look: look.visit.device in devices


def _language(one: InLanguage) -> Check:
    languages = frozenset(one.languages)
    return lambda look: look.visit.language in languages


def _hours(one: DuringHours) -> Check:
    return lambda look: during(look.now, look.zone, one.from_, one.to, one.days)


def _quiet(quiet: Quiet, now: Ms, zone: str) -> bool:
    return during(now, zone, quiet.from_, quiet.to)


def _most(bound: int | None) -> float:
    return float("inf") if bound is None else bound


_CHECKS: dict[type, Callable[[Any], Check]] = {
    InBranch: _branch, Pages: _pages, VisitNumber: _number, Returning: _returning, FromSource: _source,
    OnDevice: _device, InLanguage: _language, DuringHours: _hours,
}  # fmt: skip
