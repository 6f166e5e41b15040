"""Who is offered first: importance plus age. Customers overtake, and no stranger starves."""

import heapq

from hypothesis import given, settings
from hypothesis import strategies as st

from contract.clock import SECOND
from routing.importance import KNOWN
from routing.turn import HEAD_START, HISTORY, POINT, turn

START = 1_790_000_000_000
IMPORTANCE = st.integers(0, 100)
STRANGER = st.integers(0, KNOWN - 1)
CUSTOMER = st.integers(KNOWN, 100)


@given(STRANGER, CUSTOMER, st.integers(0, HISTORY))
def test_a_customer_with_history_overtakes_strangers(stranger: int, customer: int, later: int) -> None:
    """Who comes up to two minutes after a stranger goes before them, whatever the points."""
    assert turn(customer, START + later) < turn(stranger, START)


@given(IMPORTANCE, IMPORTANCE, st.integers(1, 10**9))
def test_nobody_who_comes_later_than_the_bound_goes_first(waiting: int, newcomer: int, more: int) -> None:
    """The head start has an end, for whomever."""
    assert turn(waiting, START) < turn(newcomer, START + HEAD_START + more)


@given(IMPORTANCE, IMPORTANCE, st.integers(0, 10**6))
def test_of_equals_the_older_goes_first_and_of_the_same_age_the_more_important(one: int, other: int, more: int) -> None:
    """Age counts like importance."""
    assert turn(one, START) < turn(one, START + more + 1)
    assert (turn(one, START) < turn(other, START)) == (one > other)


@settings(deadline=None)
@given(
    stranger=STRANGER,
    ahead=st.lists(st.tuples(IMPORTANCE, st.integers(0, 600 * SECOND)), max_size=30),
    importances=st.lists(CUSTOMER, min_size=1, max_size=20),
    gap=st.integers(SECOND // 4, 10 * SECOND),
    service=st.integers(SECOND // 4, 60 * SECOND),
)
def test_a_stranger_is_never_starved(
    stranger: int, ahead: list[tuple[int, int]], importances: list[int], gap: int, service: int
) -> None:
    """Customers come for ever, one every `gap`, and a place comes free every `service`, however seldom.

    The stranger has one of the first n + HEAD_START / gap + 2 places, n being those who waited before; that is the
    bound of docs/importance.md. The stream never ends: only the number of places does.
    """
    bound = len(ahead) + HEAD_START // gap + 2
    waiting = [(turn(importance, START - age), 0, "before") for importance, age in ahead]
    waiting.append((turn(stranger, START), 0, "stranger"))
    heapq.heapify(waiting)
    come = 0
    for place in range(1, bound + 1):
        now = START + place * service
        while START + come * gap <= now:
            heapq.heappush(waiting, (turn(importances[come % len(importances)], START + come * gap), come, "customer"))
            come += 1
        if heapq.heappop(waiting)[2] == "stranger":
            return
    raise AssertionError(f"not among the first {bound}")


def test_the_figures_that_the_documents_state() -> None:
    """A point is a second, history two minutes: together under the five minutes for which one waits by default."""
    assert (POINT, HISTORY, HEAD_START) == (1_000, 120_000, 220_000)
