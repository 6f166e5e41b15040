"""The model of `tests.visit_model` says what the rules say: cases worked out by hand."""

from typing import Any

import pytest

from contract.beacons import Custom, Event, PageLeft, PageStayed, PageViewed
from tests.visit_model import MINUTE, Tables, Told, came_back, tables

AT = 1_790_000_000_000
SECOND = 1_000
WHO = ("site", "key")
SHOP = "https://shop.example/"


def view(id: str, path: str = "", referrer: str = SHOP) -> PageViewed:
    names = [part for part in path.split("/") if part]
    return PageViewed(id=id, url=SHOP + path, title=id, referrer=referrer, path=names, source="call")


def stayed(page: str, dwell: int) -> PageStayed:
    return PageStayed(id=f"{page}+{dwell}", page=page, dwell=dwell, scroll=10)


def left(page: str, dwell: int) -> PageLeft:
    return PageLeft(id=f"{page}-{dwell}", page=page, dwell=dwell, scroll=20)


def fact(id: str = "fact") -> Custom:
    return Custom(id=id, name="cart.added")


def made(*told: tuple[int, Event], agent: str = "Mozilla/5.0") -> Tables:
    """Events with their times after the start, in ms."""
    return tables(Told(*WHO, AT + after, AT + 999, 0, event, agent) for after, event in told)


def visits(*told: tuple[int, Event], agent: str = "Mozilla/5.0") -> list[dict[str, Any]]:
    found = made(*told, agent=agent).visit
    return [found[key] for key in sorted(found)]


@pytest.mark.parametrize(("gap", "number"), [(30 * MINUTE - 1, 1), (30 * MINUTE, 1), (30 * MINUTE + 1, 2)])
def test_a_visit_ends_after_more_than_thirty_minutes(gap: int, number: int) -> None:
    """Exactly thirty is still the same visit."""
    found = visits((0, view("a")), (gap, view("b")))
    assert [visit["number"] for visit in found] == list(range(1, number + 1))


def test_a_sitting_without_a_page_has_no_number() -> None:
    """It counts nowhere, and the next one with a page is number 1."""
    found = visits((0, fact()), (31 * MINUTE, view("a")))
    assert [(visit["number"], visit["pages"]) for visit in found] == [(0, 0), (1, 1)]


def test_the_largest_dwell_of_each_view_counts() -> None:
    """And a view's marks count whenever they come, before it and in another visit, too."""
    found = visits((0, stayed("a", 9_000)), (1, view("a", "x/y")), (2, left("a", 5_000)), (3, view("b", "x")),
                   (99 * MINUTE, left("b", 7_000)))  # fmt: skip
    assert [visit["dwell"] for visit in found] == [16_000, 0]
    assert found[0]["branches"] == [{"name": "x", "dwell": 16_000, "deepest": 2, "pages": 2}]
    assert (found[0]["path"], found[0]["depth"], found[0]["deepest"], found[0]["topic"]) == (["x"], 1, 2, ["x", "y"])
    assert found[0]["heard_at"] == AT + 99 * MINUTE
    assert found[0]["left_at"] == AT + 99 * MINUTE


def test_staying_undoes_leaving() -> None:
    """Whatever happened last decides."""
    assert visits((0, view("a")), (1, left("a", 1)))[0]["left_at"] == AT + 1
    assert visits((0, view("a")), (1, left("a", 1)), (2, stayed("a", 2)))[0]["left_at"] is None


@pytest.mark.parametrize(
    ("gap", "referrer", "arrival"),
    [(1_999, "", "a"), (2_000, "", "b"), (2_000, SHOP, "a"), (2_000, "https://other.example/", "b")],
)
def test_who_comes_in_anew(gap: int, referrer: str, arrival: str) -> None:
    """From outside, and not within two seconds of a sign of life."""
    found = made((0, view("a")), (gap, view("b", referrer=referrer)))
    ((key, visit),) = found.visit.items()
    assert visit["arrival"] == arrival
    assert came_back(found, key) == (arrival == "b")


def test_a_program_is_known_by_the_agent_of_its_page_views() -> None:
    """Of those alone."""
    assert visits((0, view("a")), agent="curl/8.0")[0]["bot"]
    assert not visits((0, fact()), agent="curl/8.0")[0]["bot"]
