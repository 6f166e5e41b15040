"""The difference that a trigger makes, and how far it can be believed."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.uplift import ORDERS, VISITORS, Arm, Uplift, missing, newcombe, uplift, wilson


@st.composite
def arms(draw: st.DrawFn) -> Arm:
    visitors = draw(st.integers(1, 5_000))
    return Arm(visitors, draw(st.integers(0, visitors)))


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_the_interval_is_that_of_the_paper(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    """Newcombe 1998, table II, method 10: examples a, b, g and h, given there as ordered of visitors."""
    found = newcombe(Arm(first[1], first[0]), Arm(second[1], second[0]))
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(arms(), arms())
def test_the_interval_holds_the_difference(treated: Arm, held_out: Arm) -> None:
    """And ends where shares end."""
    found = newcombe(treated, held_out)
    assert -1 - 1e-9 <= found.low <= found.difference + 1e-9
    assert found.difference - 1e-9 <= found.high <= 1 + 1e-9


@given(arms(), arms())
def test_exchanging_the_arms_turns_the_interval_round(treated: Arm, held_out: Arm) -> None:
    """Nothing depends on which of them is called what."""
    here, there = newcombe(treated, held_out), newcombe(held_out, treated)
    expected = Uplift(-there.difference, -there.high, -there.low)
    for name in ("difference", "low", "high"):
        assert getattr(here, name) == pytest.approx(getattr(expected, name), abs=1e-12)


@given(arms())
def test_more_of_the_same_says_it_more_closely(arm: Arm) -> None:
    """Four times the visitors with the same share: a narrower interval."""
    low, high = wilson(arm)
    closer_low, closer_high = wilson(Arm(arm.visitors * 4, arm.ordered * 4))
    assert closer_high - closer_low < high - low


@pytest.mark.parametrize(("treated", "held_out"), [(0.06, 0.04), (0.02, 0.02), (0.30, 0.20)])
def test_the_interval_holds_the_truth_in_95_of_100_cases(treated: float, held_out: float) -> None:
    """2,000 experiments with a tenth held out; three standard errors of that count are 1.5 points."""
    dice = random.Random(4)

    def arm(visitors: int, share: float) -> Arm:
        return Arm(visitors, sum(dice.random() < share for _ in range(visitors)))

    held = 0
    for _ in range(2_000):
        found = newcombe(arm(900, treated), arm(100, held_out))
        held += found.low <= treated - held_out <= found.high
    assert 0.935 <= held / 2_000 <= 0.985


def test_an_interval_needs_visitors_in_both_arms_and_some_orders() -> None:
    """At each limit, and one below it."""
    assert uplift(Arm(900, 9), Arm(VISITORS, 1)) is not None
    assert uplift(Arm(900, 9), Arm(VISITORS - 1, 1)) is None
    assert uplift(Arm(900, ORDERS - 2), Arm(VISITORS, 1)) is None
    assert uplift(Arm(VISITORS - 1, 9), Arm(900, 9)) is None


@pytest.mark.parametrize(
    ("treated", "held_out", "percent", "expected"),
    [
        (Arm(0, 0), Arm(0, 0), 10, 1_000),
        (Arm(0, 0), Arm(0, 0), 50, 500),
        (Arm(900, 90), Arm(90, 9), 10, 100),
        (Arm(9_000, 4), Arm(1_000, 0), 10, 12_060),
        (Arm(900, 90), Arm(100, 9), 10, 0),
        (Arm(900, 90), Arm(0, 0), 0, 0),
    ],
    ids=["nobody yet", "half of them", "few held out", "few orders", "enough", "nobody is held out"],
)
def test_how_many_are_missing(treated: Arm, held_out: Arm, percent: int, expected: int) -> None:
    """If they go on as they did."""
    assert missing(treated, held_out, percent) == expected


@given(arms(), arms(), st.integers(1, 50))
def test_somebody_is_missing_as_long_as_there_is_no_interval(treated: Arm, held_out: Arm, percent: int) -> None:
    """And nobody where there is one."""
    assert (missing(treated, held_out, percent) == 0) is (uplift(treated, held_out) is not None)
