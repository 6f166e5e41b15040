"""Pure: a rule without the conditions whose past nobody kept: they are taken as fulfilled, and said to be."""

import msgspec

from contract.names import Action
from contract.triggers import Available, Condition, InSegment, Rule, When

#: Who was at a desk at a time gone by is not kept.
_UNKEPT = (Available,)
#: An invitation goes out only when somebody has a free place.
_NEEDS_SOMEBODY: frozenset[Action] = frozenset({"invite"})


def assumed(rule: Rule, segments: dict[str, When]) -> tuple[Rule, dict[str, When], list[str]]:
    """(the rule, the segments, what was left out of either and so holds)."""
    names = {"available"} if _speaks(rule.conditions) or rule.action in _NEEDS_SOMEBODY else set()
    named = {part.segment for part in _every(rule.conditions) if isinstance(part, InSegment)}
    if any(_speaks(segments[one]) for one in named if one in segments):
        names.add("available")
    kept = {id_: _without(when) for id_, when in segments.items()}
    return msgspec.structs.replace(rule, conditions=_without(rule.conditions)), kept, sorted(names)


def _every(when: When) -> tuple[Condition, ...]:
    return (*when.all, *when.any, *when.none)


def _speaks(when: When) -> bool:
    return any(isinstance(one, _UNKEPT) for one in _every(when))


def _without(when: When) -> When:
    if not _speaks(when):
        return when
    fulfilled = any(isinstance(one, _UNKEPT) for one in when.any)
    return When(
        all=tuple(one for one in when.all if not isinstance(one, _UNKEPT)),
        any=() if fulfilled else when.any,
        none=tuple(one for one in when.none if not isinstance(one, _UNKEPT)),
    )
