"""What a visit is, and what it says."""

from typing import Any

import pytest

from contract.clock import MINUTE, SECOND
from contract.facts import Branch
from tracker.visit import SILENCE, Span, View, join, summarise

AT = 1_790_000_000_000
OWN, OTHER = "https://shop.example/before", "https://www.google.com/"


def view(name: str, at: int, path: str = "", **more: Any) -> View:
    """At `at` seconds; `path` is written a/b/c."""
    said: dict[str, Any] = {
        "referrer": OWN,
        "dwell": 0,
        "scroll": 0,
        "stayed_at": 0,
        "left_at": None,
        "position": 0,
    } | more
    said["stayed_at"] = AT + max(at, said["stayed_at"]) * SECOND
    if said["left_at"] is not None:
        said["left_at"] = AT + said["left_at"] * SECOND
    names = tuple(part for part in path.split("/") if part)
    return View(id=name, at=AT + at * SECOND, path=names, url=f"https://shop.example/{path}", title=name, **said)


@pytest.mark.parametrize(
    ("silence", "visits"),
    [(0, 1), (SILENCE - 1, 1), (SILENCE, 1), (SILENCE + 1, 2), (24 * 60 * MINUTE, 2)],
)
def test_thirty_minutes_of_silence_end_a_visit(silence: int, visits: int) -> None:
    """Exactly thirty are still the same visit."""
    assert len(join([], [AT, AT + silence])) == visits


def test_midnight_and_the_full_hour_mean_nothing() -> None:
    """One sign of life each 29 minutes for two days is one visit."""
    assert len(join([], [AT + step * 29 * MINUTE for step in range(100)])) == 1


def test_a_late_event_bridges_two_visits() -> None:
    """Both stored visits are in the one span."""
    stored = [
        Span(AT, AT, ("a",)),
        Span(AT + 50 * MINUTE, AT + 55 * MINUTE, ("b",)),
        Span(AT - 99 * MINUTE, AT, ("c",)),
    ]
    (span,) = [span for span in join(stored[:2], [AT + 25 * MINUTE]) if span.fresh]
    assert (span.start, span.end, set(span.ids)) == (AT, AT + 55 * MINUTE, {"a", "b"})


def test_a_visit_that_nothing_touched_stays_as_it_is() -> None:
    """It is not written again."""
    spans = join([Span(AT, AT, ("a",)), Span(AT + 90 * MINUTE, AT + 90 * MINUTE, ("b",))], [AT + 100 * MINUTE])
    assert [(span.ids, span.fresh) for span in spans] == [(("a",), False), (("b",), True)]


def said(*views: View, last: int = 0, signs: tuple[int, ...] = ()) -> Any:
    """The summary; `last` and `signs` in seconds."""
    return summarise(list(views), AT + last * SECOND, [AT + sign * SECOND for sign in signs])


def test_a_visit_is_where_its_newest_page_is() -> None:
    """Path, depth, url and title are those of the newest view, whichever came first; `deepest` remembers."""
    one = said(view("deep", 5, "a/b/c", dwell=10), view("new", 9, "d", dwell=5), view("home", 0, ""), last=9)
    assert (one.path, one.depth, one.title, one.deepest, one.pages, one.dwell) == (("d",), 1, "new", 3, 3, 15)


def test_in_the_same_millisecond_the_place_in_the_body_decides() -> None:
    """Not the id, which means nothing."""
    one = said(view("z", 0, "a", position=0), view("a", 0, "b", position=1))
    assert one.title == "a"


def test_branches_sum_up_what_lies_below_home() -> None:
    """Most dwell first; home is no branch."""
    one = said(view("1", 0), view("2", 1, "a/b", dwell=10), view("3", 2, "c", dwell=50), view("4", 3, "a", dwell=20))
    assert one.branches == (
        Branch(name="c", dwell=50, deepest=1, pages=1),
        Branch(name="a", dwell=30, deepest=2, pages=2),
    )


MINUTE_OF_DWELL = 60_000


@pytest.mark.parametrize(
    ("views", "topic"),
    [
        ([("", 0)], ""),
        ([("a/b/c", 0)], "a/b/c"),
        ([("", MINUTE_OF_DWELL), ("a/b", 5000)], "a/b"),
        ([("a/b/1", 9000), ("a/b/2", 9000), ("a/b/3", 9000)], "a/b"),
        ([("a/b/1", 9000), ("a/c/2", 9000)], "a"),
        ([("a/b", 9000), ("c/d", 9000)], ""),
        ([("a/b", MINUTE_OF_DWELL), ("c/d", 9000)], "a/b"),
        ([("a", 9000), ("a/b/c/d", 9000)], "a/b/c/d"),
    ],
)
def test_the_topic_is_the_deepest_node_that_holds_most_of_the_interest(
    views: list[tuple[str, int]], topic: str
) -> None:
    """Dwell counts, depth doubles it, and home takes nothing away."""
    one = said(*(view(str(i), i, path, dwell=dwell) for i, (path, dwell) in enumerate(views)))
    assert "/".join(one.topic) == topic


@pytest.mark.parametrize(
    ("second", "signs", "arrival", "came_back"),
    [
        (view("2", 60, "a", referrer=OWN), (0, 60), "1", False),
        (view("2", 60, "a", referrer=""), (0, 60), "2", True),
        (view("2", 60, "a", referrer=OTHER), (0, 60), "2", True),
        (view("2", 60, "a", referrer="https://www.shop.example/x"), (0, 60), "1", False),
        (view("2", 60, "a", referrer=OTHER), (0, 59, 60), "1", False),
        (view("2", 60, "a", referrer=OTHER), (0, 58, 60), "2", True),
        (view("2", 60, "a", referrer=OTHER), (0, 58, 60, 61), "2", True),
    ],
)
def test_whoever_comes_in_from_outside_after_two_seconds_of_silence_arrives(
    second: View, signs: tuple[int, ...], arrival: str, came_back: bool
) -> None:
    """The first view is an arrival in any case; pages of the site lead nobody in."""
    one = said(view("1", 0, referrer=OTHER), second, last=60, signs=signs)
    assert (one.arrival, one.came_back) == (arrival, came_back)


@pytest.mark.parametrize(
    ("views", "left"),
    [
        ([view("1", 0)], None),
        ([view("1", 0, left_at=9)], 9),
        ([view("1", 0, left_at=9), view("2", 9)], 9),
        ([view("1", 0, left_at=9), view("2", 10)], None),
        ([view("1", 0, left_at=9, stayed_at=12)], None),
        ([view("1", 0, left_at=9, stayed_at=9)], 9),
        ([view("1", 0), view("2", 5, left_at=9)], 9),
        ([view("1", 0, stayed_at=20), view("2", 5, left_at=9)], None),
    ],
)
def test_a_visitor_has_left_when_leaving_was_the_last_thing_that_happened(views: list[View], left: int | None) -> None:
    """A later sign of staying undoes it; a page that was never closed does not keep anybody."""
    found = said(*views).left_at
    assert found == (None if left is None else AT + left * SECOND)


def test_signs_of_an_old_page_are_heard() -> None:
    """A tab that wakes after the visit has ended shows that its visitor is there."""
    assert said(view("1", 0, stayed_at=9000), last=10).heard_at == AT + 9000 * SECOND


def test_a_visit_without_a_page_says_nothing() -> None:
    """It has no place in the tree yet."""
    one = said(last=5)
    assert (one.pages, one.path, one.arrival, one.heard_at) == (0, (), None, AT + 5 * SECOND)
