"""How much a visit matters, and why: business history first, then intent."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.clock import DAY, MINUTE
from contract.facts import Branch, CustomerFacts, Place, VisitFacts
from routing.importance import KNOWN, again_reason, importance
from routing.why import plural, sentences

NOW = 1_790_000_000_000
MONTH = 30 * DAY


def visit(**more: Any) -> VisitFacts:
    """A first visit that has just begun."""
    plain: dict[str, Any] = {
        "id": "v", "site": "s", "visitor": "w", "started_at": NOW, "last_at": NOW, "heard_at": NOW, "number": 1,
        "pages": 1, "dwell": 0, "path": (), "depth": 0, "deepest": 0, "topic": (), "branches": (), "url": "",
        "title": "", "arrival": "a", "came_back": False, "left_at": None, "bot": False,
    }  # fmt: skip
    return VisitFacts(**{**plain, **more})


def customer(**more: Any) -> CustomerFacts:
    """Somebody with a name, and no orders yet."""
    plain: dict[str, Any] = {
        "id": "c", "name": "Carla", "tier": "standard", "owner": None, "last_expert": None, "orders": 0, "spent": 0,
        "currency": "EUR", "typical": 10_000,
    }  # fmt: skip
    return CustomerFacts(**{**plain, **more})


EAGER = visit(pages=500, dwell=10_000_000, deepest=20, came_back=True)
SMALL_AND_REGULAR = customer(
    orders=6, regularity=6, spent=6 * 3_000, first_order_at=NOW - 8 * MONTH, last_order_at=NOW - MONTH
)
LARGE_LONG_AGO = customer(
    orders=1, regularity=0, spent=300_000, first_order_at=NOW - 900 * DAY, last_order_at=NOW - 900 * DAY
)


def test_a_small_but_regular_buyer_stands_above_one_large_order_long_ago() -> None:
    """Six orders of 30 in six months go before one of 3,000 two and a half years ago, whatever is clicked meanwhile."""
    regular = importance(visit(), SMALL_AND_REGULAR, NOW, intent=0.0)
    large = importance(EAGER, LARGE_LONG_AGO, NOW, intent=1.0, asked=True)
    assert (regular.value, large.value) == (60 + 18 + 6 + 3, 60 + 1 + 5 + 5)


AMOUNTS = st.integers(0, 10**10)


@given(st.integers(3, 12), st.integers(0, 9), AMOUNTS, AMOUNTS, st.integers(0, 10**7), st.floats(0, 1), st.floats(0, 1))
def test_who_orders_in_three_months_of_a_year_stands_above_any_single_order(
    months: int, more: int, small: int, large: int, typical: int, one: float, other: float
) -> None:
    """Of the same tier: not the amount, not the currency, not the clicks turn that round."""
    regular = customer(orders=months + more, regularity=months, spent=small, typical=typical)
    single = customer(orders=1, regularity=0, spent=large, typical=typical)
    assert importance(visit(), regular, NOW, intent=one).value > importance(EAGER, single, NOW, intent=other).value


WHO = st.builds(
    customer,
    orders=st.integers(0, 10**6),
    regularity=st.integers(0, 12),
    spent=st.integers(-(10**9), 10**12),
    typical=st.integers(0, 10**9),
    tier=st.sampled_from(["standard", "gold"]),
    last_order_at=st.none() | st.integers(0, NOW),
)
WHAT = st.builds(
    visit, pages=st.integers(0, 10**4), dwell=st.integers(0, 10**9), deepest=st.integers(0, 50), came_back=st.booleans()
)
INTENTS = st.none() | st.floats(-1, 2)


@given(WHAT, WHO, INTENTS, st.booleans())
def test_a_known_customer_stands_above_every_stranger(
    what: VisitFacts, who: CustomerFacts, intent: float | None, asked: bool
) -> None:
    """60 and above, 59 and below; the parts add up to the value."""
    known = importance(what, who, NOW, asked=asked, intent=intent)
    stranger = importance(what, None, NOW, asked=asked, intent=intent)
    assert 0 <= stranger.value < KNOWN <= known.value <= 100
    assert sum(known.points.values()) == known.value
    assert min(known.points.values()) >= 0


@given(WHO, st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_more_of_anything_never_makes_less_important(who: CustomerFacts, less: float, more: float, asked: bool) -> None:
    """An order more, a month more, a likelier order: never lower."""
    less, more = sorted((less, more))
    plain = importance(visit(), who, NOW, intent=less).value
    assert importance(visit(), who, NOW, intent=more, asked=asked).value >= plain
    assert (
        importance(visit(), None, NOW, intent=more, asked=asked).value
        >= importance(visit(), None, NOW, intent=less).value
    )
    for grown in ({"orders": who.orders + 1}, {"regularity": who.regularity + 1}, {"tier": "gold"}):
        more_of_it = customer(
            **{"orders": who.orders, "regularity": who.regularity, "spent": who.spent, "typical": who.typical,
               "tier": who.tier} | grown
        )  # fmt: skip
        assert importance(visit(), more_of_it, NOW, intent=less).value >= plain


def test_value_is_measured_by_what_is_ordinary_for_the_site() -> None:
    """A thousand times the money at a thousand times the price is the same customer."""
    cheap = customer(orders=2, spent=5_000, typical=2_500)
    dear = customer(orders=2, spent=5_000_000, typical=2_500_000)
    assert importance(visit(), cheap, NOW) == importance(visit(), cheap, NOW)
    assert importance(visit(), cheap, NOW).points["value"] == importance(visit(), dear, NOW).points["value"] == 3


def said(language: str, *args: Any, **more: Any) -> list[str]:
    return sentences(list(importance(*args, **more).parts), language)


def test_the_parts_are_sentences_in_the_experts_language() -> None:
    """Orders with their sum, where they are for how long, the visit of the day."""
    boots = visit(
        number=5, came_back=True, deepest=3, topic=("Shop", "Women", "Boots"),
        branches=(Branch(name="Boots", dwell=4 * MINUTE + 7_000, deepest=3, pages=4),),
    )  # fmt: skip
    who = customer(orders=3, spent=4_120_000, regularity=2, last_order_at=NOW - MONTH)
    assert said("en", boots, who, NOW, today=2) == [
        "Carla is a customer", "3 orders, €41,200.00", "Ordered in 2 of the last 12 months", "Second visit today",
        "Has looked at Boots for 4 min", "3 levels deep, at Boots",
    ]  # fmt: skip
    assert said("ru", boots, who, NOW, today=2) == [
        "Carla: наш покупатель", "3 заказа на 41\u00a0200,00\u00a0€", "Заказывал в 2 из последних 12 месяцев",
        "Второй визит сегодня", "Смотрит «Boots» уже 4 мин", "Глубина 3, сейчас «Boots»",
    ]  # fmt: skip


def test_a_topic_with_braces_is_text_like_any_other() -> None:
    """What stands in a tree is somebody's text."""
    seen = visit(came_back=True, number=2, branches=(Branch(name="{count} {x}", dwell=42_000, deepest=0, pages=1),))
    assert said("en", seen, None, NOW, asked=True) == [
        "Wrote in the chat and waits for an answer", "Came back: visit 2", "Has looked at {count} {x} for 42 s",
    ]  # fmt: skip


def test_a_customer_of_old_is_said_to_be_one() -> None:
    """A year without an order is worth a word."""
    assert "No order for over 2 years" in said("en", visit(), LARGE_LONG_AGO, NOW)
    assert "Больше 2 лет без заказов" in said("ru", visit(), LARGE_LONG_AGO, NOW)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "0 заказов"), (1, "1 заказ"), (2, "2 заказа"), (4, "4 заказа"), (5, "5 заказов"), (11, "11 заказов"),
        (12, "12 заказов"), (21, "21 заказ"), (22, "22 заказа"), (25, "25 заказов"), (101, "101 заказ"),
        (111, "111 заказов"), (114, "114 заказов"),
    ],
)  # fmt: skip
def test_russian_counts_right(count: int, expected: str) -> None:
    """11 to 14 are no exception to the exception."""
    values = {"count": count, "amount": 100, "currency": "RUB"}
    assert sentences([("orders", values)], "ru") == [f"{expected} на 1,00\u00a0₽"]


def test_every_reason_has_its_sentence_in_both_languages() -> None:
    """Whatever the numbers: nothing is left to be filled in."""
    for language in ("en", "ru"):
        for count in range(1, 131):
            values = {
                "count": count, "number": count, "name": "N", "branch": "B", "topic": "T", "amount": count,
                "currency": "EUR", "level": 3,
            }  # fmt: skip
            codes = (
                "asked", "customer", "orders", "regular", "long_ago", "back", "returning", "today", "dwell_seconds",
                "dwell_minutes", "depth", "rung_owner", "rung_last", "rung_topic", "rung_anyone",
                "rung_again", "rung_again_topic", "rung_free", "rung_free_topic",
            )  # fmt: skip
            for sentence in sentences([(code, values) for code in codes], language):
                assert sentence
                assert "{" not in sentence
        assert plural(1, language) == "one"


@pytest.mark.parametrize(
    ("levels", "code"), [([3], "rung_again_topic"), ([0], "rung_again"), ([3, 0], "rung_again"), ([3, 4], "rung_again")]
)
def test_who_knows_the_topic_and_was_silent_is_told_so(levels: list[int], code: str) -> None:
    """Where they ring alone: one sentence is for all who ring."""
    assert again_reason(("Garden",), levels)[0] == code
    assert again_reason((), levels)[0] == "rung_again"


TREE = ("Garden", "Irrigation")
DRIP, PUMPS = (*TREE, "Drip systems"), (*TREE, "Pumps")


@pytest.mark.parametrize(
    ("facts", "en", "ru"),
    [
        # read most higher up: the deepest page has its own name
        ({"topic": TREE, "deepest": 3, "places": {DRIP: 20, TREE: 40}},
         "3 levels deep, at Drip systems", "Глубина 3, сейчас «Drip systems»"),
        # of the deepest, where they were longest
        ({"topic": TREE, "deepest": 3, "places": {DRIP: 20, PUMPS: 30}},
         "3 levels deep, at Pumps", "Глубина 3, сейчас «Pumps»"),
        # as long at each: where they are
        ({"topic": TREE, "deepest": 3, "path": DRIP, "places": {DRIP: 20, PUMPS: 20}},
         "3 levels deep, at Drip systems", "Глубина 3, сейчас «Drip systems»"),
        # the newest page is the deepest
        ({"topic": TREE, "deepest": 3, "path": DRIP},
         "3 levels deep, at Drip systems", "Глубина 3, сейчас «Drip systems»"),
        # where they were is not known by name: the topic, with its own depth
        ({"topic": TREE, "deepest": 3}, "2 levels deep, at Irrigation", "Глубина 2, сейчас «Irrigation»"),
        ({"topic": TREE[:1], "deepest": 3, "path": TREE}, "1 level deep, at Garden", "Глубина 1, сейчас «Garden»"),
        # no name at all
        ({"deepest": 3}, None, None),
        ({}, None, None),
    ],
)  # fmt: skip
def test_depth_and_name_are_of_the_same_page(facts: dict[str, Any], en: str | None, ru: str | None) -> None:
    """Whatever was read most."""
    places = tuple(Place(path=path, dwell=dwell, pages=1) for path, dwell in facts.get("places", {}).items())
    found = importance(visit(**{**facts, "places": places}), None, NOW).parts
    depth = [reason for reason in found if reason[0] == "depth"]
    assert sentences(depth, "en") == ([] if en is None else [en])
    assert sentences(depth, "ru") == ([] if ru is None else [ru])
