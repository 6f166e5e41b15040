"""The pure parts of a backtest: how many experts at once, and what is taken as fulfilled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.clock import DAY, SECOND
from contract.triggers import Available, InSegment, Pages, Rule, When
from service.backtest.assumed import assumed
from service.backtest.busy import busy
from tracker.retold import Happened, bodies


@pytest.mark.parametrize(
    ("times", "each", "expected"),
    [
        ([], 300, (0, 0)),
        ([0], 300, (1, 1)),
        ([0, 300], 300, (1, 1)),
        ([0, 299], 300, (2, 1)),
        ([0, 10, 20], 300, (3, 3)),
        ([0] * 7, 300, (7, 7)),
        ([*range(0, 3000, 300), 5], 300, (2, 2)),
        ([*range(0, 30000, 300), 295], 300, (2, 1)),
        ([0, 10], 0, (0, 0)),
    ],
    ids=[
        "nobody", "one", "one after the other", "a moment together", "three together", "seven at once",
        "often together", "seldom together", "no time at all",
    ],
)  # fmt: skip
def test_how_many_experts_it_takes(times: list[int], each: int, expected: tuple[int, int]) -> None:
    """The most at once, and how many are enough in 95 % of the time in which anybody is busy."""
    assert busy(times, each) == expected


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=40), st.integers(1, 900))
def test_it_is_never_more_than_firings_and_never_less_than_one(times: list[int], each: int) -> None:
    """And the most at once is what a look at each beginning finds."""
    most, usually = busy(times, each)
    assert most == max(sum(begun <= at < begun + each for begun in times) for at in times)
    assert 1 <= usually <= most <= len(times)


def test_what_nobody_kept_is_taken_as_fulfilled_and_said() -> None:
    """In each group, in a segment, and where the action itself needs somebody."""
    pages, free = Pages(at_least=2), Available()
    for when, left in (
        (When(all=(pages, free)), When(all=(pages,))),
        (When(none=(pages, free)), When(none=(pages,))),
        (When(any=(pages, free)), When()),
        (When(any=(pages,)), When(any=(pages,))),
    ):
        rule, _, names = assumed(Rule(conditions=when, action="nothing"), {})
        assert (rule.conditions, names) == (left, ["available"] if left != when else [])
    named = When(all=(InSegment(segment="s"),))
    _, kept, names = assumed(Rule(conditions=named, action="nothing"), {"s": When(all=(free,)), "t": When(all=(free,))})
    assert (kept["s"], names) == (When(), ["available"])
    assert assumed(Rule(conditions=When(all=(pages,)), action="nothing"), {"t": When(all=(free,))})[2] == []
    assert assumed(Rule(conditions=When(all=(pages,)), action="invite"), {})[2] == ["available"]


def happened(name: str, at: int, received_at: int) -> Happened:
    return Happened(id=name, type="custom", at=at, received_at=received_at)


def test_an_import_came_when_it_happened_and_a_late_body_when_it_came() -> None:
    """Later than a week comes from no browser; what else came late of that visitor was imported with it."""
    import_at, noon = 100 * DAY, 50 * DAY
    late = [happened("a", noon, noon + DAY), happened("b", noon + 5, noon + DAY)]
    assert [(body.at, [one.id for one in body.events]) for body in bodies(late)] == [(noon + DAY, ["a", "b"])]
    imported = [happened("c", noon, import_at), happened("d", import_at - DAY, import_at)]
    fresh = [happened("e", import_at + DAY, import_at + DAY + SECOND)]
    assert [(body.at, [one.id for one in body.events]) for body in bodies(imported + fresh)] == [
        (noon, ["c"]), (import_at - DAY, ["d"]), (import_at + DAY + SECOND, ["e"]),
    ]  # fmt: skip
