"""Each condition of a trigger: when does it hold? Told as tables of a visit and an answer."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.clock import DAY, SECOND, day_began
from contract.errors import Refused
from contract.facts import Branch, CustomerFacts, Doing, Place, VisitFacts
from contract.triggers import Caps, FromSource, Quiet, Rule, When, stored
from routing.calendar import during
from routing.lookups import Known
from routing.triggers import Rules, Trigger, held_out, read_when

#: A Tuesday, 14:30 in Berlin.
NOW = int(datetime(2026, 11, 24, 13, 30, tzinfo=UTC).timestamp() * 1000)
CUSTOMER = CustomerFacts(
    id="c", name="Carla", tier="gold", owner=None, last_expert=None, orders=3, spent=4120, currency="EUR"
)
BOOTS = ("Women", "Shoes", "Boots")


def visit(**changes: Any) -> VisitFacts:
    facts = VisitFacts(
        id="v", site="s", visitor="w", started_at=NOW - 60_000, last_at=NOW, heard_at=NOW, number=2, pages=4,
        dwell=50_000, path=BOOTS, depth=3, deepest=3, topic=BOOTS, topic_share=80,
        branches=(
            Branch(name="Women", dwell=40_000, deepest=3, pages=3),
            Branch(name="Men", dwell=10_000, deepest=1, pages=1),
        ),
        places=(
            Place(path=BOOTS, dwell=25_000, pages=1), Place(path=("Women", "Shoes"), dwell=15_000, pages=2),
            Place(path=("Men",), dwell=10_000, pages=1),
        ),
        url="", title="", arrival="a", came_back=True, left_at=None, bot=False, channel="search", source="Google",
        campaign="Winter", device="mobile", language="ru",
    )  # fmt: skip
    return msgspec.structs.replace(facts, **changes)


def fires(when: dict[str, Any], facts: VisitFacts | None = None, **known: Any) -> bool:
    """Whether a trigger of these conditions fires, asked in both steps as the product asks it."""
    facts = facts or visit()
    trigger = Trigger(id="t", site="s", name="t", rule=Rule(conditions=read_when(when)), zone="Europe/Berlin")
    rules = Rules([trigger], {"s": known.pop("segments", {})})
    asked = Known(visit=facts, now=NOW, zone="Europe/Berlin", **known)
    return any(firing.fits(asked) for firing in rules.judge(facts, NOW))


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"kind": "branch", "depth": 3, "dwell": 40}, True),
        ({"kind": "branch", "depth": 3, "dwell": 41}, False),
        ({"kind": "branch", "depth": 4}, False),
        ({"kind": "branch", "below": ["Women", "Shoes"], "dwell": 40}, True),
        ({"kind": "branch", "below": ["Women", "Shoes", "Boots"], "dwell": 26}, False),
        ({"kind": "branch", "below": ["Women", "Shoes", "Boots"], "dwell": 25, "depth": 3}, True),
        ({"kind": "branch", "below": ["Men"], "depth": 2}, False),
        ({"kind": "branch", "below": ["Garden"]}, False),
        ({"kind": "pages", "at_least": 4}, True),
        ({"kind": "pages", "at_least": 5}, False),
        ({"kind": "pages", "at_most": 3}, False),
        ({"kind": "visit_number", "at_least": 2, "at_most": 2}, True),
        ({"kind": "visit_number", "at_least": 3}, False),
        ({"kind": "returning"}, True),
        ({"kind": "returning", "is": False}, False),
        ({"kind": "source", "channels": ["search", "ai"]}, True),
        ({"kind": "source", "channels": ["mail"]}, False),
        ({"kind": "source", "names": ["google"]}, True),
        ({"kind": "source", "channels": ["search"], "names": ["bing"]}, False),
        ({"kind": "source", "campaigns": ["winter"]}, True),
        ({"kind": "device", "devices": ["mobile", "tablet"]}, True),
        ({"kind": "device", "devices": ["pc"]}, False),
        ({"kind": "language", "languages": ["en", "ru"]}, True),
        ({"kind": "language", "languages": ["de"]}, False),
        ({"kind": "hours", "from": "14:00", "to": "15:00"}, True),
        ({"kind": "hours", "from": "13:00", "to": "14:00"}, False),
        ({"kind": "hours", "from": "14:00", "to": "15:00", "days": [2]}, True),
        ({"kind": "hours", "from": "14:00", "to": "15:00", "days": [1, 3]}, False),
        ({"kind": "known"}, False),
        ({"kind": "known", "is": False}, True),
        ({"kind": "tier", "tiers": ["gold"]}, False),
        ({"kind": "orders", "at_most": 0}, True),
        ({"kind": "days_since", "at_least": 1}, False),
        ({"kind": "event", "name": "cart.added"}, False),
        ({"kind": "cart", "at_most": 0}, True),
        ({"kind": "available"}, True),
        ({"kind": "segment", "segment": "gone"}, False),
    ],
    ids=lambda value: msgspec.json.encode(value).decode() if isinstance(value, dict) else "",
)
def test_a_condition_on_a_strangers_visit(condition: dict[str, Any], holds: bool) -> None:
    """A search visitor on a phone, second visit, four pages, 40 s in Women, of whom nothing else is known."""
    assert fires({"all": [condition]}) is holds
    assert fires({"none": [condition]}) is not holds
    assert fires({"any": [condition]}) is holds


@pytest.mark.parametrize(
    ("condition", "known", "holds"),
    [
        ({"kind": "known"}, {"customer": CUSTOMER}, True),
        ({"kind": "tier", "tiers": ["gold"]}, {"customer": CUSTOMER}, True),
        ({"kind": "tier", "tiers": ["standard"]}, {"customer": CUSTOMER}, False),
        ({"kind": "orders", "at_least": 3}, {"customer": CUSTOMER}, True),
        ({"kind": "orders", "at_least": 4}, {"customer": CUSTOMER}, False),
        ({"kind": "days_since", "at_least": 2, "at_most": 2}, {"before": NOW - 60_000 - 2 * DAY}, True),
        ({"kind": "days_since", "at_least": 3}, {"before": NOW - 60_000 - 3 * DAY + 1}, False),
        ({"kind": "available"}, {"available": False}, False),
        ({"kind": "available", "is": False}, {"available": False}, True),
    ],
)
def test_a_condition_on_what_is_looked_up(condition: dict[str, Any], known: dict[str, Any], holds: bool) -> None:
    """Who it is, when they were here last, who is free."""
    assert fires({"all": [condition]}, **known) is holds
    assert fires({"none": [condition]}, **known) is not holds


def did(name: str, *seconds: int, value: int | None = None) -> tuple[Doing, ...]:
    return tuple(Doing(name=name, at=NOW - 60_000 + second * SECOND, value=value) for second in seconds)


@pytest.mark.parametrize(
    ("condition", "doings", "holds"),
    [
        ({"name": "cart.added"}, did("cart.added", 1), True),
        ({"name": "cart.added"}, did("cart.removed", 1), False),
        ({"name": "cart.added", "times": 2}, did("cart.added", 1), False),
        ({"name": "cart.added", "times": 2, "within": 10}, did("cart.added", 1, 11), True),
        ({"name": "cart.added", "times": 2, "within": 10}, did("cart.added", 1, 12), False),
        ({"name": "cart.added", "times": 2, "within": 10}, did("cart.added", 1, 5, 50), True),
        ({"name": "cart.added", "times": 3, "within": 10}, did("cart.added", 1, 5, 50, 51), False),
    ],
)
def test_n_times_within_s_seconds(condition: dict[str, Any], doings: tuple[Doing, ...], holds: bool) -> None:
    """Anywhere in the visit; what has been true stays true."""
    assert fires({"all": [{"kind": "event", **condition}]}, doings=doings) is holds


@pytest.mark.parametrize(
    ("doings", "holds"),
    [
        ((), False),
        (did("cart.changed", 1, value=10_000), True),
        (did("cart.changed", 1, value=9_999), False),
        (did("cart.changed", 1, value=20_000) + did("cart.changed", 2, value=0), False),
        (did("cart.changed", 1, value=None), False),
        (did("cart.added", 1, value=50_000), False),
    ],
)
def test_the_cart_is_what_the_newest_event_says(doings: tuple[Doing, ...], holds: bool) -> None:
    """An event without a whole number says nothing of worth."""
    assert fires({"all": [{"kind": "cart", "at_least": 10_000}]}, doings=doings) is holds


def test_a_segment_is_conditions_under_a_name_and_never_holds_another_segment() -> None:
    """So nobody can write a circle."""
    regular = read_when({"all": [{"kind": "orders", "at_least": 2}], "none": [{"kind": "tier", "tiers": ["standard"]}]})
    asked = {"all": [{"kind": "segment", "segment": "regular"}, {"kind": "pages", "at_least": 1}]}
    assert fires(asked, customer=CUSTOMER, segments={"regular": regular})
    assert not fires(asked, segments={"regular": regular})
    circle = read_when({"all": [{"kind": "segment", "segment": "regular"}]})
    assert not fires(asked, customer=CUSTOMER, segments={"regular": circle})


def test_a_segment_asks_for_what_its_conditions_need() -> None:
    """Through a segment as directly: the same facts are looked up."""
    pinged = read_when({"all": [{"kind": "event", "name": "ping"}]})
    rule = Rule(conditions=read_when({"all": [{"kind": "segment", "segment": "pinged"}]}))
    rules = Rules([Trigger(id="t", site="s", name="t", rule=rule)], {"s": {"pinged": pinged}})
    assert [firing.needs for firing in rules.judge(visit(), NOW)] == [{"doings"}]
    asked = {"all": [{"kind": "segment", "segment": "pinged"}]}
    assert fires(asked, doings=did("ping", 1), segments={"pinged": pinged})
    assert not fires(asked, segments={"pinged": pinged})


def test_conditions_have_a_weight_limit() -> None:
    """Each shape fits, all of it together would make everybody wait."""
    names = tuple("x" * 200 for _ in range(50))
    stored(When(all=(FromSource(names=names),)))
    with pytest.raises(Refused, match="too_large"):
        stored(When(all=(FromSource(names=names), FromSource(campaigns=names))))


TRUE, FALSE = {"kind": "pages", "at_least": 1}, {"kind": "pages", "at_least": 99}
LATER, NEVER = {"kind": "known", "is": False}, {"kind": "known"}


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({}, True),
        ({"all": [TRUE, LATER]}, True),
        ({"all": [TRUE, NEVER]}, False),
        ({"any": [FALSE, LATER]}, True),
        ({"any": [FALSE, NEVER]}, False),
        ({"any": [TRUE, NEVER]}, True),
        ({"all": [TRUE], "any": [FALSE]}, False),
        ({"none": [FALSE, NEVER]}, True),
        ({"none": [FALSE, LATER]}, False),
        ({"all": [LATER], "any": [TRUE], "none": [FALSE]}, True),
    ],
)
def test_all_any_none(when: dict[str, Any], holds: bool) -> None:
    """Conditions that the visit decides and conditions that are looked up join in any way."""
    assert fires(when) is holds


CONDITIONS = st.sampled_from([TRUE, FALSE, LATER, NEVER])


@given(st.lists(CONDITIONS, max_size=4), st.lists(CONDITIONS, max_size=4), st.lists(CONDITIONS, max_size=4))
def test_two_looks_are_one_rule(every: list[Any], some: list[Any], none: list[Any]) -> None:
    """The first look, which saves the looking up, never changes the answer."""
    true = (TRUE, LATER)
    plain = all(one in true for one in every) and not any(one in true for one in none)
    plain = plain and (not some or any(one in true for one in some))
    assert fires({"all": every, "any": some, "none": none}) is plain


def test_a_condition_that_does_not_exist_is_refused() -> None:
    """A misspelt condition never becomes one that always holds."""
    for wrong in ({"kind": "deepth"}, {"kind": "pages", "least": 3}, {"kind": "branch", "depth": -1}, {"pages": 3}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({"all": [wrong]}, When)


def at(day: int, clock: str) -> int:
    hour, minute = clock.split(":")
    return int(datetime(2026, 11, day, int(hour), int(minute), tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("day", "clock", "start", "end", "days", "inside"),
    [
        (24, "09:00", "09:00", "18:00", (), True),
        (24, "18:00", "09:00", "18:00", (), False),
        (24, "23:30", "22:00", "07:00", (), True),
        (24, "06:59", "22:00", "07:00", (), True),
        (24, "07:00", "22:00", "07:00", (), False),
        (24, "06:00", "22:00", "07:00", (1,), True),
        (24, "06:00", "22:00", "07:00", (2,), False),
        (24, "23:00", "22:00", "07:00", (2,), True),
        (23, "06:00", "22:00", "07:00", (7,), True),
        (24, "12:00", "00:00", "00:00", (), True),
    ],
)
def test_hours_over_midnight_belong_to_the_day_they_begin_on(
    day: int, clock: str, start: str, end: str, days: tuple[int, ...], inside: bool
) -> None:
    """The 24th is a Tuesday."""
    assert during(at(day, clock), "UTC", start, end, days) is inside


def test_a_day_begins_at_midnight_of_the_zone() -> None:
    """Also on the day on which the clock is put back."""
    autumn = int(datetime(2026, 10, 25, 20, 0, tzinfo=UTC).timestamp() * 1000)
    assert day_began("Europe/Berlin", autumn) == int(datetime(2026, 10, 24, 22, 0, tzinfo=UTC).timestamp() * 1000)


def test_quiet_hours_are_silent() -> None:
    """Whatever the conditions say."""
    for quiet, fired in ((Quiet(from_="14:00", to="15:00"), 0), (Quiet(from_="22:00", to="07:00"), 1)):
        rules = Rules([Trigger(id="t", site="s", name="t", rule=Rule(quiet=quiet), zone="Europe/Berlin")])
        assert len(rules.judge(visit(), NOW)) == fired


def test_an_occasion_is_the_visit_or_the_arrival() -> None:
    """Once per visit needs no counting; more than once is once per arrival."""
    for caps, occasion in ((Caps(), "v"), (Caps(visit=None), "a"), (Caps(visit=3), "a")):
        rules = Rules([Trigger(id="t", site="s", name="t", rule=Rule(caps=caps))])
        assert [firing.occasion for firing in rules.judge(visit(), NOW)] == [occasion]


@given(st.uuids(), st.uuids(), st.integers(0, 50))
def test_who_is_left_alone_stays_left_alone(trigger: Any, visitor: Any, percent: int) -> None:
    """The same visitor, the same answer; a larger share only adds to it."""
    answer = held_out(str(trigger), str(visitor), percent)
    assert answer is held_out(str(trigger), str(visitor), percent)
    assert not answer or held_out(str(trigger), str(visitor), 50)


def test_the_share_that_is_left_alone_is_the_share_that_was_asked_for() -> None:
    """Of 20,000 visitors; and two triggers leave different ones alone."""
    chosen = {name: {n for n in range(20_000) if held_out(name, f"visitor {n}", 10)} for name in ("one", "two")}
    for found in chosen.values():
        assert 1_870 < len(found) < 2_130  # three standard deviations
    assert 140 < len(chosen["one"] & chosen["two"]) < 260
