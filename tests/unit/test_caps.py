"""How often a trigger may act on one visitor, told as a table of what it did before."""

import pytest

from contract.clock import DAY, HOUR
from contract.facts import VisitFacts
from contract.triggers import Caps, Rule
from routing.caps import Past, capped, counts_before
from routing.triggers import Firing

#: Noon, so that two hours ago is today and thirteen hours ago is yesterday.
NOON = 20_000 * DAY + 12 * HOUR
VISIT = VisitFacts(
    id="now", site="s", visitor="w", started_at=NOON, last_at=NOON, heard_at=NOON, number=3, pages=1, dwell=0, path=(),
    depth=0, deepest=0, topic=(), branches=(), url="", title="", arrival="a", came_back=True, left_at=None, bot=False,
)  # fmt: skip
HERE, TODAY, YESTERDAY = Past("now", NOON - HOUR), Past("before", NOON - 2 * HOUR), Past("before", NOON - 13 * HOUR)


@pytest.mark.parametrize(
    ("caps", "before", "enough"),
    [
        (Caps(visit=2), (HERE,), False),
        (Caps(visit=2), (HERE, HERE), True),
        (Caps(visit=2), (TODAY, TODAY), False),
        (Caps(visit=None, visitor=2), (TODAY,), False),
        (Caps(visit=None, visitor=2), (YESTERDAY, TODAY), True),
        (Caps(visit=None, day=1), (YESTERDAY,), False),
        (Caps(visit=None, day=1), (TODAY,), True),
        (Caps(visit=None, day=2), (YESTERDAY, TODAY), False),
        (Caps(visit=None), (HERE, TODAY, YESTERDAY), False),
    ],
)
def test_it_has_acted_often_enough(caps: Caps, before: tuple[Past, ...], enough: bool) -> None:
    """In this visit, on this visitor ever, on this visitor today."""
    assert (
        capped(Firing(trigger="t", name="t", occasion="a", rule=Rule(caps=caps)), VISIT, before, NOON, "UTC") is enough
    )


@pytest.mark.parametrize(
    ("caps", "asks"),
    [(Caps(), False), (Caps(visit=None), False), (Caps(visit=2), True), (Caps(visitor=1), True), (Caps(day=1), True)],
)
def test_the_past_is_asked_for_only_where_it_counts(caps: Caps, asks: bool) -> None:
    """Once per visit is held by the occasion alone; a bell that no trigger rings has no caps."""
    assert counts_before(Firing(trigger="t", name="t", occasion="a", rule=Rule(caps=caps))) is asks
    assert not counts_before(Firing(trigger="t", name="asked", occasion="a"))
