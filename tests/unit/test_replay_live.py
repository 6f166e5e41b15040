"""How visits of the past are walked now, and how strangers walk the demo shop."""

import random

import pytest

from contract.beacons import PageViewed
from contract.clock import MINUTE, SECOND
from service.replay.formats.shape import Happened
from service.replay.live import LAST_LOOK, LONGEST_LOOK, marks, visits
from service.strangers import walk


def opened(visitor: str, at: int) -> Happened:
    return Happened(visitor=visitor, at=at, event=PageViewed(id=f"{visitor}{at}", url="https://x.example/"))


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        (4, []),
        (5, []),
        (6, [5]),
        (31, [5, 10, 15, 30]),
        (301, [5, 10, 15, 30, 60, 120, 300]),
        (1000, [5, 10, 15, 30, 60, 120, 300, 600, 900]),
    ],
)
def test_heartbeats_come_when_the_snippet_would_send_them(look, expected):
    """At 5, 10, 15, 30, 60, 120, 300 s, then every 5 min; the end is reported by the leaving."""
    assert list(marks(look * SECOND)) == [seconds * SECOND for seconds in expected]


def test_half_an_hour_of_silence_ends_a_visit():
    """Exactly 30 minutes do not."""
    at = [0, 30 * MINUTE, 60 * MINUTE + 1]
    found = visits([opened("v", moment) for moment in reversed(at)])
    assert [(visit.at, len(visit.pages)) for visit in found] == [(0, 2), (60 * MINUTE + 1, 1)]


def test_a_page_is_looked_at_until_the_next_one():
    """Not longer than five minutes, and the last one for a while."""
    (visit,) = visits([opened("v", at) for at in (0, 7 * SECOND, 20 * MINUTE)])
    assert [page.after for page in visit.pages] == [0, 7 * SECOND, 20 * MINUTE]
    assert [page.look for page in visit.pages] == [7 * SECOND, LONGEST_LOOK, LAST_LOOK]


def test_visits_begin_in_the_order_in_which_they_began():
    """Whoever they are of."""
    assert [visit.visitor for visit in visits([opened("b", 5), opened("a", 9), opened("c", 1)])] == ["c", "b", "a"]


def test_strangers_ring_no_bell_unless_they_linger():
    """Never 15 s on one branch with a depth of 3; one who lingers does just that."""
    for seed in range(300):
        branches: dict[str, int] = {}
        for look in walk(random.Random(seed)):
            if look.path:
                branches[look.path[0]] = branches.get(look.path[0], 0) + look.look
        assert all(dwell < 15 * SECOND for dwell in branches.values())
        lingering = list(walk(random.Random(seed), lingers=True))
        assert max(len(look.path) for look in lingering) >= 3
        assert sum(look.look for look in lingering if look.path) >= 15 * SECOND


def test_some_strangers_go_deep_and_most_do_not():
    """So that the tree has something to show on every level."""
    deepest = [max(len(look.path) for look in walk(random.Random(seed))) for seed in range(400)]
    assert 0.1 < sum(depth >= 3 for depth in deepest) / 400 < 0.4
    assert 1 in deepest
