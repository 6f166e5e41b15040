"""The funnel's rules as a table, and the same rules as an exhaustive search that is too slow for anything else."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.funnel import Fact, Reached, count, reach


def facts(text: str, visitor: str = "v") -> list[Fact]:
    """`A0 B10` -> facts in the order of time, ties in the order written."""
    rows = [(visitor, word[0], int(word[1:]), f"{place:03d}") for place, word in enumerate(text.split())]
    return sorted(rows, key=lambda fact: (fact[2], fact[3]))


def level(text: str, steps: str, window: int, until: int | None = None) -> int:
    return next((one.level for one in reach(facts(text), steps, window, until)), 0)


@pytest.mark.parametrize(
    ("why", "text", "steps", "window", "expected"),
    [
        ("the window's edge is inside", "A0 B10", "AB", 10, 2),
        ("one more is outside", "A0 B11", "AB", 10, 1),
        ("one fact does not fill two equal steps", "A0", "AA", 10, 1),
        ("two facts do", "A0 A1", "AA", 10, 2),
        ("a later start restarts the window", "A0 A9 B15", "AB", 10, 2),
        ("an old B does not join a newer A", "A0 B5 A8 C14", "ABC", 10, 2),
        ("a later start rescues the chain", "A0 A5 B6 C12", "ABC", 10, 3),
        ("the old chain survives a newer A", "A0 B2 A9 C10", "ABC", 10, 3),
        ("the window is the whole chain's, not one per hop", "A0 B8 C16", "ABC", 10, 2),
        ("in the same moment, what arrived first came first", "A0 B0", "AB", 10, 2),
        ("and the reverse", "B0 A0", "AB", 10, 1),
        ("a step in the middle may come twice", "F0 P1 P1 Q2", "FPP", 10, 3),
        ("arrival in the wrong order changes nothing", "C3 B2 A1", "ABC", 10, 3),
        ("without the first step nobody enters", "B0 C1", "ABC", 10, 0),
        ("a step cannot be skipped", "A0 C1", "ABC", 10, 1),
        ("what lies between does not disturb", "A0 X1 B2", "AB", 10, 2),
        ("no facts, nobody", "", "AB", 10, 0),
    ],
)
def test_a_visitor_reaches_exactly_these_steps(why, text, steps, window, expected):
    """Each row is one rule."""
    assert level(text, steps, window) == expected, why


def test_a_chain_may_end_after_the_range_but_not_begin_there():
    """Step 1 inside and step 2 behind the range counts; step 1 behind it does not."""
    assert level("A5 B12", "AB", 10, until=10) == 2
    assert level("A10 B12", "AB", 10, until=10) == 0
    assert level("A5 A11 B20", "AB", 10, until=10) == 1


def test_the_time_told_is_when_the_latest_chain_got_there_first():
    """Of chains with the same start the earliest completion is told."""
    assert list(reach(facts("A0 B1 A5 B6 B7"), "AB", 10)) == [Reached("v", 2, 6)]


def test_visitors_do_not_help_each_other():
    """A of one visitor and B of another are two visitors at step 1 and none at step 2."""
    both = [*facts("A0", "v"), *facts("B1", "w"), *facts("A2 B3", "x")]
    assert count(reach(both, "AB", 10), "AB") == [2, 1]


def brute_force(own: list[Fact], steps: str, window: int, until: int | None) -> int:
    """Tries every choice of distinct facts in order; the longest prefix of steps that fits."""
    for length in range(len(steps), 0, -1):
        for chosen in permutations(range(len(own)), length):
            chain = [own[place] for place in chosen]
            if (
                list(chosen) == sorted(chosen)
                and all(fact[1] == step for fact, step in zip(chain, steps, strict=False))
                and chain[-1][2] - chain[0][2] <= window
                and (until is None or chain[0][2] < until)
            ):
                return length
    return 0


moments = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 14)), max_size=7)
questions = st.text("ABC", min_size=1, max_size=4)


@given(moments=moments, steps=questions, window=st.integers(0, 14), until=st.none() | st.integers(0, 15))
@settings(max_examples=400, deadline=None)
def test_it_agrees_with_an_exhaustive_search(moments, steps, window, until):
    """Ties and repeated steps included."""
    text = " ".join(f"{kind}{at}" for kind, at in moments)
    assert level(text, steps, window, until) == brute_force(facts(text), steps, window, until)


@given(everybody=st.lists(moments, max_size=6), steps=questions, window=st.integers(0, 14))
@settings(max_examples=100, deadline=None)
def test_no_step_has_more_people_than_the_one_before(everybody, steps, window):
    """And those who stopped at a step are those counted there and not at the next."""
    all_facts = [
        fact
        for number, moments in enumerate(everybody)
        for fact in facts(" ".join(f"{kind}{at}" for kind, at in moments), f"v{number}")
    ]
    reached = list(reach(all_facts, steps, window))
    counts = count(reached, steps)
    assert counts == sorted(counts, reverse=True)
    for place, here in enumerate(counts, start=1):
        further = counts[place] if place < len(counts) else 0
        assert sum(one.level == place for one in reached) == here - further


@given(moments=moments, steps=questions, window=st.integers(0, 14))
@settings(max_examples=100, deadline=None)
def test_later_facts_never_take_a_step_back(moments, steps, window):
    """Counting again after each further fact gives a level that only rises."""
    own = facts(" ".join(f"{kind}{at}" for kind, at in moments))
    levels = [next((one.level for one in reach(own[:known], steps, window)), 0) for known in range(len(own) + 1)]
    assert levels == sorted(levels)
