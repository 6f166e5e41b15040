"""Which way each step led, how far in somebody got, and what they did below each child of the home page."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.tree_walk import Stay, Steps, branches, deepest, direction, directions, steps

HOME: tuple[str, ...] = ()
W, WB, WBR, WS, M = ("W",), ("W", "B"), ("W", "B", "R"), ("W", "S"), ("M",)


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        (HOME, W, "in"),
        (HOME, WBR, "in"),
        (W, WB, "in"),
        (W, HOME, "out"),
        (WBR, W, "out"),
        (WB, WS, "across"),
        (WBR, M, "across"),
        (W, M, "across"),
        (("A", "B"), ("B", "A"), "across"),
        (("A",), ("AB",), "across"),
        (W, W, None),
        (HOME, HOME, None),
    ],
)
def test_a_step_leads_in_out_or_across(before: Any, after: Any, way: Any) -> None:
    """Below is in, above is out, the same place is no step."""
    assert direction(before, after) == way


def test_a_walk_is_counted() -> None:
    """The first page came from nowhere; of two places equally deep the first counts."""
    walk = [HOME, W, WB, W, WS, WS, M]
    ways = directions(walk)
    assert ways == [None, "in", "in", "out", "in", None, "across"]
    assert steps(ways) == Steps(inward=3, out=1, across=1)
    assert deepest(walk) == WB
    assert deepest([]) == deepest([HOME]) == HOME
    assert directions([]) == []


def test_branches_add_up_over_visits() -> None:
    """Most time first; home belongs to none."""
    one = [Stay("1", HOME, 9), Stay("1", W, 1), Stay("1", WBR, 2)]
    found = branches([*one, Stay("2", WB, 4), Stay("2", M, 7), Stay("3", M, 7)])
    told = [(branch.path, branch.visits, branch.pages, branch.dwell, branch.deepest_path) for branch in found]
    assert told == [(M, 2, 2, 14, M), (W, 2, 3, 7, WBR)]


_STAYS = st.builds(
    Stay, st.sampled_from("123"), st.lists(st.sampled_from("ab"), max_size=3).map(tuple), st.integers(0, 9)
)
_PATHS = st.lists(st.lists(st.sampled_from("ab"), max_size=4).map(tuple), max_size=12)


@given(_PATHS)
def test_a_walk_backwards_leads_the_other_way(walk: list[tuple[str, ...]]) -> None:
    """In becomes out, across stays; no step is lost; and whoever only goes in ends at the deepest place."""
    there, back = steps(directions(walk)), steps(directions(walk[::-1]))
    assert (there.inward, there.out, there.across) == (back.out, back.inward, back.across)
    moved = sum(before != after for before, after in pairwise(walk))
    assert there.inward + there.out + there.across == moved
    assert len(deepest(walk)) == max(map(len, walk), default=0)
    if walk and not there.out and not there.across:
        assert deepest(walk) == walk[-1]


@given(st.lists(_STAYS))
def test_branches_lose_nothing(stays: list[Stay]) -> None:
    """Time, pages and visits of all branches are those of all pages below home."""
    below = [stay for stay in stays if stay.path]
    found = branches(stays)
    assert sum(branch.dwell for branch in found) == sum(stay.dwell for stay in below)
    assert sum(branch.pages for branch in found) == len(below)
    assert sum(branch.visits for branch in found) == len({(stay.visit, stay.path[0]) for stay in below})
    assert [branch.dwell for branch in found] == sorted((branch.dwell for branch in found), reverse=True)
