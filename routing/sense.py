"""Pure: does a rule make sense? What contradicts itself, names what does not exist, or would disturb everybody.

The evaluator takes every rule that its shape allows, and one that can never fire harms nobody there; the person who
wrote it waits for bells that never ring. So they are told before it is saved: an `error` cannot be switched on, a
`warning` can.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Any, Literal

import msgspec

from contract.names import Action
from contract.text import is_web_address
from contract.triggers import (
    Available,
    Cart,
    Condition,
    DaysSince,
    DuringHours,
    FromSource,
    InBranch,
    InLanguage,
    InSegment,
    InTier,
    Known,
    OnDevice,
    Orders,
    Pages,
    Quiet,
    Returning,
    Rule,
    VisitNumber,
    When,
)
from routing.calendar import during

Level = Literal["error", "warning"]
Path = tuple[str, ...]
#: The comparison takes long with fewer left alone, in percent.
FEW_HELD_OUT = 5
_GROUPS = ("all", "any", "none")
_RANGES: tuple[type, ...] = (Pages, VisitNumber, DaysSince, Orders, Cart)
#: What none of these can be below: a visit has a page, a first number.
_LEAST: dict[type, int] = {Pages: 1, VisitNumber: 1}
_OPPOSITES: tuple[type, ...] = (Returning, Known, Available)
#: One of these is what a visit has one of: the field that lists it.
_ONE_OF: dict[type, str] = {InTier: "tiers", OnDevice: "devices", InLanguage: "languages", FromSource: "channels"}
_PEOPLE = frozenset({"mobile", "tablet", "pc", "unknown"})
_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """`code`: of `routing/text/sense.*.json`; `where`: the field; `values`: for the sentence."""

    level: Level
    code: str
    where: str
    values: Mapping[str, str | int] = {}


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """The site that the rule is for, as far as the rule speaks of it.

    `nodes`: the paths it names, and those above them, that were ever seen; `children`: names below such a path.
    `products`: id -> whether it is sold. `tiers`: those that customers have. `experts`:
    whether it has any.
    """

    nodes: frozenset[Path] = frozenset()
    children: Mapping[Path, tuple[str, ...]] = {}
    products: Mapping[str, bool] = {}
    segments: Mapping[str, When] = {}
    tiers: frozenset[str] = frozenset()
    experts: bool = False


class Placed(msgspec.Struct, frozen=True):
    """A condition and where it stands."""

    one: Condition
    where: str


def findings(rule: Rule, around: Around) -> list[Finding]:
    """All that is odd about a trigger, in the order of its fields."""
    found = of_conditions(rule.conditions, around)
    found += _every_view(rule.conditions, rule.action)
    found += _never_open(rule)
    found += [one for check in _CONTENT.get(rule.action, ()) for one in check(rule, around)]
    if rule.action in ("alert", "invite") and not around.experts:
        found.append(Finding(level="warning", code="no_experts", where="action"))
    found += _caps(rule)
    found += _hold_out(rule)
    return found


def of_segment(when: When, around: Around) -> list[Finding]:
    """All that is odd about a segment."""
    found = of_conditions(when, msgspec.structs.replace(around, segments={}), segment=True)
    if not any((when.all, when.any, when.none)):
        found.append(Finding(level="warning", code="segment_everybody", where="conditions"))
    return found


def of_conditions(when: When, around: Around, *, segment: bool = False) -> list[Finding]:
    found: list[Finding] = []
    for placed in _placed(when):
        found += _alone(placed, around, segment=segment)
    return found + _together(when)


def of_strangers(when: When, segments: Mapping[str, When]) -> bool:
    """Whether these conditions can hold of a stranger. `segments`: of the site, by id; one that is gone holds never,
    and says nothing of whom."""

    def can(one: Condition) -> bool:
        if isinstance(one, InSegment):
            return one.segment not in segments or of_strangers(segments[one.segment], segments)
        return not _implies(one, Known(is_=True))

    def every(one: Condition) -> bool:
        if isinstance(one, Orders):
            return _range(one)[0] <= 0
        return isinstance(one, Known) and not one.is_

    return (
        all(can(one) for one in when.all)
        and (not when.any or any(can(one) for one in when.any))
        and not any(every(one) for one in when.none)
    )


def _placed(when: When, groups: Iterable[str] = _GROUPS) -> list[Placed]:
    return [
        Placed(one, f"conditions.{group}.{number}")
        for group in groups
        for number, one in enumerate(getattr(when, group))
    ]


# --- one condition ----------------------------------------------------------------------------------------------------


def _alone(placed: Placed, around: Around, *, segment: bool) -> list[Finding]:
    one, where = placed.one, placed.where
    found: list[Finding] = []
    if isinstance(one, _RANGES):
        low, high = _range(one)
        if low > high:
            found.append(Finding(level="error", code="empty_range", where=where))
        elif one.at_least is None and one.at_most is None:  # type: ignore[union-attr]
            found.append(Finding(level="warning", code="no_bounds", where=where))
    elif isinstance(one, InBranch):
        if not one.below and one.depth <= 1 and not one.dwell:
            found.append(Finding(level="warning", code="any_branch", where=where))
        if one.below and one.below not in around.nodes:
            found.append(_unknown_node(one.below, where, around))
    elif isinstance(one, FromSource):
        if not (one.channels or one.names or one.campaigns):
            found.append(Finding(level="warning", code="any_source", where=where))
    elif isinstance(one, OnDevice):
        if not _PEOPLE.intersection(one.devices):
            found.append(Finding(level="error", code="only_programs", where=where))
    elif isinstance(one, InTier):
        unknown = [tier for tier in one.tiers if tier not in around.tiers]
        if unknown:
            values = {"tier": unknown[0], "known": ", ".join(sorted(around.tiers)) or "-"}
            found.append(Finding(level="warning", code="unknown_tier", where=where, values=values))
    elif isinstance(one, InSegment):
        if segment:
            found.append(Finding(level="error", code="segment_in_segment", where=where))
        elif one.segment not in around.segments:
            found.append(Finding(level="error", code="unknown_segment", where=where))
    return found


def _range(one: Any) -> tuple[float, float]:
    """What a number may be, from and to."""
    low = max(one.at_least or 0, _LEAST.get(type(one), 0))
    return low, float("inf") if one.at_most is None else one.at_most


def _unknown_node(path: Path, where: str, around: Around) -> Finding:
    """With the name that it may have meant, if one is near."""
    known = next((path[:level] for level in range(len(path) - 1, -1, -1) if path[:level] in around.nodes), ())
    missing = path[len(known)]
    names = {name.casefold(): name for name in around.children.get(known, ())}
    near = get_close_matches(missing.casefold(), names, n=1)
    values = {"node": " › ".join(path)}
    if not near:
        return Finding(level="warning", code="unknown_node", where=where, values=values)
    meant = " › ".join((*known, names[near[0]]))
    return Finding(level="warning", code="unknown_node_near", where=where, values=values | {"near": meant})


# --- conditions together ----------------------------------------------------------------------------------------------


def _together(when: When) -> list[Finding]:
    """What can never hold: each once, at the later of the two conditions that do not go together."""
    every, none = _placed(when, ["all"]), _placed(when, ["none"])
    found: dict[str, Finding] = {}

    def never(first: Placed, second: Placed) -> None:
        _, group, number = first.where.split(".")
        values: dict[str, str | int] = {"group": group, "number": int(number) + 1}
        found.setdefault(second.where, Finding(level="error", code="contradiction", where=second.where, values=values))

    for place, second in enumerate(every):
        for first in every[:place]:
            if _never_both(first.one, second.one) or _never_both(second.one, first.one):
                never(first, second)
    for without in none:
        if _always(without.one):
            found[without.where] = Finding(level="error", code="always_none", where=without.where)
        for first in every:
            if _implies(first.one, without.one):
                never(first, without)
    choices = _placed(when, ["any"])
    if choices and all(
        any(_never_both(one.one, choice.one) or _never_both(choice.one, one.one) for one in every)
        or any(_implies(choice.one, without.one) for without in none)
        for choice in choices
    ):
        found["conditions.any"] = Finding(level="error", code="no_choice", where="conditions.any")
    return list(found.values())


def _never_both(first: Condition, second: Condition) -> bool:
    """Whether no visit can have both. Asked both ways round."""
    if type(first) is type(second):
        if isinstance(first, _RANGES):
            (low, high), (other_low, other_high) = _range(first), _range(second)
            return max(low, other_low) > min(high, other_high) and low <= high and other_low <= other_high
        if isinstance(first, _OPPOSITES):
            return first != second
        if type(first) in _ONE_OF:
            mine, theirs = (set(getattr(one, _ONE_OF[type(first)])) for one in (first, second))
            return bool(mine and theirs) and not mine & theirs
        return False
    if isinstance(first, Known) and not first.is_:  # a stranger has no tier, and never ordered
        return isinstance(second, InTier) or (isinstance(second, Orders) and _range(second)[0] > 0)
    if isinstance(first, Returning) and not first.is_:  # the very first arrival
        return isinstance(second, DaysSince) or (isinstance(second, VisitNumber) and _range(second)[0] > 1)
    if isinstance(first, VisitNumber) and _range(first)[1] <= 1:  # the first visit: none was before
        return isinstance(second, DaysSince)
    return False  # a customer who has not ordered yet is one all the same; a first visit may see a second arrival


def _implies(first: Condition, second: Condition) -> bool:
    """Whether wherever the first holds the second does."""
    if first == second:
        return True
    if isinstance(second, Known) and second.is_:
        return isinstance(first, InTier) or (isinstance(first, Orders) and _range(first)[0] > 0)
    if isinstance(second, Returning) and second.is_:
        return isinstance(first, DaysSince) or (isinstance(first, VisitNumber) and _range(first)[0] > 1)
    if type(first) is not type(second):
        return False
    if isinstance(first, _RANGES):
        (low, high), (other_low, other_high) = _range(first), _range(second)
        return other_low <= low and high <= other_high
    if type(first) in _ONE_OF and not isinstance(first, FromSource):
        name = _ONE_OF[type(first)]
        return set(getattr(first, name)) <= set(getattr(second, name))
    if isinstance(first, InBranch) and isinstance(second, InBranch):
        return (
            first.below[: len(second.below)] == second.below
            and max(first.depth, len(first.below), 1) >= second.depth
            and first.dwell >= second.dwell
        )
    return False


def _always(one: Condition) -> bool:
    """Whether it holds for every visit of a person."""
    if isinstance(one, DaysSince):
        return False
    if isinstance(one, _RANGES):
        low, high = _range(one)
        return low <= _LEAST.get(type(one), 0) and high == float("inf")
    if isinstance(one, FromSource):
        return not (one.channels or one.names or one.campaigns)
    if isinstance(one, OnDevice):
        return _PEOPLE.issubset(one.devices)
    if isinstance(one, DuringHours):
        return one.from_ == one.to and len(set(one.days)) in (0, 7)
    return False


def _every_view(when: When, action: Action) -> list[Finding]:
    """A rule that fires wherever anybody looks at anything."""
    if when.none or not all(_always(one) for one in when.all):
        return []
    if when.any and not any(_always(one) for one in when.any):
        return []
    level: Level = "warning" if action == "nothing" else "error"
    return [Finding(level=level, code="every_view", where="conditions")]


# --- hours ------------------------------------------------------------------------------------------------------------


def _never_open(rule: Rule) -> list[Finding]:
    """Hours and quiet hours that leave no minute of the week."""
    quiet = rule.quiet
    if quiet is not None and quiet.from_ == quiet.to:
        return [Finding(level="error", code="quiet_always", where="quiet")]
    hours = [one for one in rule.conditions.all if isinstance(one, DuringHours)]
    without = [one for one in rule.conditions.none if isinstance(one, DuringHours)]
    clocks = {"00:00"} | {clock for one in (*hours, *without) for clock in (one.from_, one.to)}
    clocks |= {quiet.from_, quiet.to} if quiet else set()
    for now in _moments(clocks):
        closed = quiet is not None and _during(quiet, now)
        if not closed and all(_during(one, now) for one in hours) and not any(_during(one, now) for one in without):
            return []
    return [Finding(level="error", code="never_open", where="quiet" if quiet is not None else "conditions")]


def _moments(clocks: Iterable[str]) -> list[int]:
    """Those minutes of a week at which anything can begin or end, in ms."""
    return [
        int((_MONDAY + timedelta(days=day, hours=int(clock[:2]), minutes=int(clock[3:]))).timestamp() * 1000)
        for day in range(7)
        for clock in clocks
    ]


def _during(one: DuringHours | Quiet, now: int) -> bool:
    return during(now, "UTC", one.from_, one.to, one.days if isinstance(one, DuringHours) else ())


# --- what it does -----------------------------------------------------------------------------------------------------


def _text(rule: Rule, around: Around) -> list[Finding]:
    blank = not rule.content.text.strip()
    return [Finding(level="error", code="no_text", where="content.text")] if blank else []


def _information(rule: Rule, around: Around) -> list[Finding]:
    content, found = rule.content, []
    if not content.title.strip():
        found.append(Finding(level="error", code="no_title", where="content.title"))
    if not content.url and not content.text.strip():
        found.append(Finding(level="error", code="no_information", where="content.text"))
    if content.url and not is_web_address(content.url):
        found.append(Finding(level="error", code="bad_address", where="content.url"))
    return found


def _one_product(rule: Rule, around: Around) -> list[Finding]:
    return [] if len(rule.content.products) == 1 else [Finding(level="error", code="not_one", where="content.products")]


def _some_products(rule: Rule, around: Around) -> list[Finding]:
    return [] if rule.content.products else [Finding(level="error", code="no_products", where="content.products")]


def _sold(rule: Rule, around: Around) -> list[Finding]:
    found = []
    for number, id_ in enumerate(rule.content.products):
        where = f"content.products.{number}"
        if id_ not in around.products:
            found.append(Finding(level="error", code="unknown_product", where=where))
        elif not around.products[id_]:
            found.append(Finding(level="error", code="not_sold", where=where))
        elif id_ in rule.content.products[:number]:
            found.append(Finding(level="warning", code="product_twice", where=where))
    return found


_CONTENT: dict[Action, tuple[Callable[[Rule, Around], list[Finding]], ...]] = {
    "invite": (_text,),
    "information": (_information,),
    "offer": (_one_product, _sold),
    "order_form": (_some_products, _sold),
}


def _caps(rule: Rule) -> list[Finding]:
    """Bounds that another bound makes idle."""
    visitor, found = rule.caps.visitor, []
    for name in ("visit", "day"):
        bound = getattr(rule.caps, name)
        if visitor is not None and bound is not None and bound > visitor:
            values = {"number": visitor}
            found.append(Finding(level="warning", code="idle_cap", where=f"caps.{name}", values=values))
    return found


def _hold_out(rule: Rule) -> list[Finding]:
    percent = rule.hold_out
    if not percent:
        return []
    if rule.action == "nothing":
        return [Finding(level="warning", code="hold_out_nothing", where="hold_out")]
    if any((isinstance(one, Known) and one.is_) or isinstance(one, InTier) for one in rule.conditions.all):
        return [Finding(level="warning", code="hold_out_customers", where="hold_out")]
    if percent < FEW_HELD_OUT:
        values = {"percent": percent, "firings": -(-100 * 100 // percent)}
        return [Finding(level="warning", code="few_held_out", where="hold_out", values=values)]
    return []
