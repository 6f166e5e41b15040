"""How many places automatic invitations may hold: enough is left for those who ask."""

from hypothesis import given
from hypothesis import strategies as st

from routing.reserve import enough, spared


@given(st.integers(0, 500))
def test_together_they_hold_half_of_what_is_free_and_one_where_there_are_two(free: int) -> None:
    held = 0
    while spared(free - held, held):
        held += 1
    assert held == free // 2
    assert (held >= 1) == (free >= 2)


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_place_is_spared_exactly_where_enough_are_free(free: int, held: int) -> None:
    assert spared(free, held) == (free >= enough(held))
