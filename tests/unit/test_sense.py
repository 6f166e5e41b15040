"""What is odd about a rule, before anybody waits for a bell that never rings."""

from typing import Any

import msgspec
import pytest

from contract.triggers import Rule, When
from routing.sense import Around, Finding, findings, of_segment
from routing.sense_text import _SENTENCES, sentence

PAGES = {"kind": "pages", "at_least": 3}
AROUND = Around(
    nodes=frozenset({(), ("Women",), ("Women", "Boots")}),
    children={(): ("Women", "Men"), ("Women",): ("Boots", "Coats")},
    products={"spade": True, "rake": False},
    segments={"readers": When()},
    tiers=frozenset({"standard", "gold"}),
    experts=True,
)


def rule(**parts: Any) -> Rule:
    """In its JSON form, as a client sends it; looks on and has one sane condition, unless `parts` says otherwise."""
    return msgspec.convert({"conditions": {"all": [PAGES]}, "action": "nothing", **parts}, Rule)


def every(*conditions: Any) -> dict[str, Any]:
    return {"conditions": {"all": list(conditions)}}


def pages(low: int | None = None, high: int | None = None) -> dict[str, Any]:
    return {"kind": "pages", "at_least": low, "at_most": high}


def some(kind: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, **more}


def hours(start: str, end: str, *days: int) -> dict[str, Any]:
    return {"kind": "hours", "from": start, "to": end, "days": list(days)}


NOT_BACK = some("returning", **{"is": False})
STRANGER = some("known", **{"is": False})
FIRST = some("visit_number", at_most=1)
#: code, level, where, what is found odd; and what is next to it and is not.
TABLE: list[tuple[str, str, str, dict[str, Any], dict[str, Any]]] = [
    ("empty_range", "error", "conditions.all.0", every(pages(5, 3)), every(pages(3, 3))),
    ("empty_range", "error", "conditions.all.0", every(pages(None, 0)), every(pages(None, 1), STRANGER)),
    (
        "empty_range",
        "error",
        "conditions.all.1",
        every(PAGES, some("cart", at_least=2, at_most=1)),
        every(PAGES, some("cart", at_least=1, at_most=2)),
    ),
    ("no_bounds", "warning", "conditions.all.1", every(PAGES, pages()), every(PAGES, some("orders", at_most=0))),
    ("contradiction", "error", "conditions.all.1", every(pages(5), pages(None, 3)), every(pages(3), pages(None, 5))),
    (
        "contradiction",
        "error",
        "conditions.none.0",
        {"conditions": {"all": [PAGES], "none": [PAGES]}},
        {"conditions": {"all": [PAGES], "none": [pages(9)]}},
    ),
    (
        "contradiction",
        "error",
        "conditions.none.0",
        {"conditions": {"all": [pages(5)], "none": [PAGES]}},
        {"conditions": {"all": [PAGES], "none": [pages(5)]}},
    ),
    ("contradiction", "error", "conditions.all.1", every(some("returning"), NOT_BACK), every(some("returning"))),
    (
        "contradiction",
        "error",
        "conditions.all.1",
        every(some("available"), some("available", **{"is": False})),
        every(PAGES, some("available")),
    ),
    (
        "contradiction",
        "error",
        "conditions.all.1",
        every(STRANGER, some("tier", tiers=["gold"])),
        every(some("known"), some("tier", tiers=["gold"])),
    ),
    (
        "contradiction",
        "error",
        "conditions.all.1",
        every(some("orders", at_least=1), STRANGER),
        every(some("known"), some("orders", at_most=0)),
    ),
    (
        "contradiction",
        "error",
        "conditions.all.1",
        every(NOT_BACK, some("days_since", at_least=2)),
        every(some("returning"), some("days_since", at_least=2)),
    ),
    (
        "contradiction",
        "error",
        "conditions.all.1",
        every(NOT_BACK, some("visit_number", at_least=2)),
        every(some("returning"), FIRST),
    ),
    (
        "contradiction",
        "error",
        "conditions.all.1",
        every(FIRST, some("days_since", at_least=1)),
        every(some("visit_number", at_least=2), some("days_since", at_least=1)),
    ),
    (
        "contradiction",
        "error",
        "conditions.all.1",
        every(some("device", devices=["pc"]), some("device", devices=["mobile"])),
        every(some("device", devices=["pc", "mobile"]), some("device", devices=["mobile"])),
    ),
    (
        "contradiction",
        "error",
        "conditions.all.1",
        every(some("language", languages=["en"]), some("language", languages=["ru"])),
        every(some("language", languages=["en", "ru"])),
    ),
    (
        "contradiction",
        "error",
        "conditions.all.1",
        every(some("source", channels=["mail"]), some("source", channels=["paid"])),
        every(some("source", channels=["mail"]), some("source", names=["google"])),
    ),
    (
        "contradiction",
        "error",
        "conditions.none.0",
        {"conditions": {"all": [some("tier", tiers=["gold"])], "none": [some("known")]}},
        {"conditions": {"all": [some("known")], "none": [some("tier", tiers=["gold"])]}},
    ),
    (
        "contradiction",
        "error",
        "conditions.none.0",
        {
            "conditions": {
                "all": [some("branch", below=["Women", "Boots"], dwell=9)],
                "none": [some("branch", below=["Women"], dwell=5)],
            }
        },
        {
            "conditions": {
                "all": [some("branch", below=["Women"], dwell=9)],
                "none": [some("branch", below=["Women", "Boots"])],
            }
        },
    ),
    (
        "contradiction",
        "error",
        "conditions.all.1",
        every(pages(2, 3), pages(4, 5)),
        every(some("branch", below=["Women"], dwell=5), some("branch", below=["Women", "Boots"], depth=3)),
    ),
    (
        "no_choice",
        "error",
        "conditions.any",
        {"conditions": {"all": [pages(5)], "any": [pages(None, 3), pages(None, 4)]}},
        {"conditions": {"all": [pages(5)], "any": [pages(None, 3), pages(None, 9)]}},
    ),
    (
        "always_none",
        "error",
        "conditions.none.0",
        {"conditions": {"none": [pages(1)]}},
        {"conditions": {"none": [PAGES]}},
    ),
    ("any_branch", "warning", "conditions.all.0", every(some("branch")), every(some("branch", depth=2))),
    ("any_branch", "warning", "conditions.all.0", every(some("branch", depth=1)), every(some("branch", dwell=5))),
    (
        "unknown_node",
        "warning",
        "conditions.all.0",
        every(some("branch", below=["Garden"])),
        every(some("branch", below=["Women"])),
    ),
    (
        "unknown_node_near",
        "warning",
        "conditions.none.0",
        {"conditions": {"all": [PAGES], "none": [some("branch", below=["Women", "boot"])]}},
        {"conditions": {"all": [PAGES], "none": [some("branch", below=["Women", "Boots"])]}},
    ),
    (
        "any_source",
        "warning",
        "conditions.all.1",
        every(PAGES, some("source")),
        every(some("source", names=["google"])),
    ),
    (
        "only_programs",
        "error",
        "conditions.all.0",
        every(some("device", devices=["bot"])),
        every(some("device", devices=["pc"])),
    ),
    (
        "unknown_tier",
        "warning",
        "conditions.all.0",
        every(some("tier", tiers=["silver"])),
        every(some("tier", tiers=["gold"])),
    ),
    (
        "unknown_segment",
        "error",
        "conditions.all.0",
        every(some("segment", segment="gone")),
        every(some("segment", segment="readers")),
    ),
    ("every_view", "error", "conditions", every() | {"action": "alert"}, {"action": "alert"}),
    ("every_view", "warning", "conditions", every(pages(1)), every(pages(2))),
    (
        "every_view",
        "error",
        "conditions",
        {
            "conditions": {"all": [some("visit_number", at_least=1)], "any": [pages(2), hours("00:00", "00:00")]},
            "action": "alert",
        },
        {
            "conditions": {"all": [some("visit_number", at_least=1)], "any": [pages(2), hours("00:00", "00:00", 1)]},
            "action": "alert",
        },
    ),
    (
        "every_view",
        "warning",
        "conditions",
        every(some("device", devices=["pc", "mobile", "tablet", "unknown"])),
        every(some("device", devices=["pc", "mobile", "tablet"])),
    ),
    (
        "quiet_always",
        "error",
        "quiet",
        {"quiet": {"from": "08:00", "to": "08:00"}},
        {"quiet": {"from": "08:00", "to": "07:59"}},
    ),
    (
        "never_open",
        "error",
        "quiet",
        every(hours("20:00", "22:00")) | {"quiet": {"from": "19:00", "to": "08:00"}},
        every(hours("20:00", "22:00")) | {"quiet": {"from": "20:01", "to": "08:00"}},
    ),
    (
        "never_open",
        "error",
        "conditions",
        every(hours("08:00", "12:00"), hours("12:00", "18:00")),
        every(hours("08:00", "12:01"), hours("12:00", "18:00")),
    ),
    (
        "never_open",
        "error",
        "conditions",
        every(hours("22:00", "06:00", 1), hours("22:00", "06:00", 2)),
        every(hours("22:00", "06:00", 1), hours("05:00", "06:00", 2)),
    ),
    (
        "never_open",
        "error",
        "conditions",
        {
            "conditions": {
                "all": [hours("09:00", "17:00", 6, 7)],
                "none": [hours("00:00", "00:00", 6), hours("08:00", "18:00", 7)],
            }
        },
        {"conditions": {"all": [hours("09:00", "17:00", 6, 7)], "none": [hours("00:00", "00:00", 6)]}},
    ),
    (
        "no_text",
        "error",
        "content.text",
        {"action": "invite", "content": {"text": " "}},
        {"action": "invite", "content": {"text": "Hi"}},
    ),
    (
        "no_title",
        "error",
        "content.title",
        {"action": "information", "content": {"text": "x"}},
        {"action": "information", "content": {"text": "x", "title": "y"}},
    ),
    (
        "no_information",
        "error",
        "content.text",
        {"action": "information", "content": {"title": "x"}},
        {"action": "information", "content": {"title": "x", "url": "https://x.example/"}},
    ),
    (
        "bad_address",
        "error",
        "content.url",
        {"action": "information", "content": {"title": "x", "url": "javascript:alert(1)"}},
        {"action": "information", "content": {"title": "x", "url": "http://x.example"}},
    ),
    (
        "not_one",
        "error",
        "content.products",
        {"action": "offer"},
        {"action": "offer", "content": {"products": ["spade"]}},
    ),
    (
        "not_one",
        "error",
        "content.products",
        {"action": "offer", "content": {"products": ["spade", "rake"]}},
        {"action": "order_form", "content": {"products": ["spade"]}},
    ),
    ("no_products", "error", "content.products", {"action": "order_form"}, {"action": "nothing"}),
    (
        "unknown_product",
        "error",
        "content.products.1",
        {"action": "order_form", "content": {"products": ["spade", "x"]}},
        {"action": "nothing", "content": {"products": ["x"]}},
    ),
    (
        "not_sold",
        "error",
        "content.products.0",
        {"action": "offer", "content": {"products": ["rake"]}},
        {"action": "offer", "content": {"products": ["spade"]}},
    ),
    (
        "product_twice",
        "warning",
        "content.products.1",
        {"action": "order_form", "content": {"products": ["spade", "spade"]}},
        {"action": "order_form", "content": {"products": ["spade"]}},
    ),
    ("idle_cap", "warning", "caps.visit", {"caps": {"visit": 3, "visitor": 2}}, {"caps": {"visit": 2, "visitor": 3}}),
    ("idle_cap", "warning", "caps.day", {"caps": {"visitor": 2, "day": 3}}, {"caps": {"visitor": 2, "day": 1}}),
    ("hold_out_nothing", "warning", "hold_out", {"hold_out": 10}, {"action": "alert", "hold_out": 10}),
    (
        "hold_out_customers",
        "warning",
        "hold_out",
        every(some("known")) | {"action": "alert", "hold_out": 10},
        every(STRANGER) | {"action": "alert", "hold_out": 10},
    ),
    ("few_held_out", "warning", "hold_out", {"action": "alert", "hold_out": 4}, {"action": "alert", "hold_out": 5}),
]


def codes(found: list[Finding]) -> set[tuple[str, str, str]]:
    return {(one.code, one.level, one.where) for one in found}


@pytest.mark.parametrize(
    ("code", "level", "where", "odd", "fine"), TABLE, ids=[f"{row[0]}-{n}" for n, row in enumerate(TABLE)]
)
def test_what_is_odd_is_found_and_what_is_next_to_it_is_not(
    code: str, level: str, where: str, odd: dict[str, Any], fine: dict[str, Any]
) -> None:
    """Each finding once as it is, once as it is not."""
    assert (code, level, where) in codes(findings(rule(**odd), AROUND))
    assert code not in {one.code for one in findings(rule(**fine), AROUND)}


def test_a_bell_that_nobody_hears_is_said() -> None:
    """Only by what needs somebody."""
    nobody = msgspec.structs.replace(AROUND, experts=False)
    for action, odd in (("alert", True), ("invite", True), ("information", False), ("nothing", False)):
        found = codes(findings(rule(action=action), nobody))
        assert (("no_experts", "warning", "action") in found) is odd
    assert "no_experts" not in {one.code for one in findings(rule(action="alert"), AROUND)}


def test_a_segment_holds_no_segment_and_has_conditions() -> None:
    """Otherwise it is checked like a trigger's conditions."""
    inner = When(all=rule(**every(some("segment", segment="readers"))).conditions.all)
    assert codes(of_segment(inner, AROUND)) == {("segment_in_segment", "error", "conditions.all.0")}
    assert codes(of_segment(When(), AROUND)) == {("segment_everybody", "warning", "conditions")}
    assert codes(of_segment(rule().conditions, AROUND)) == set()
    wrong = rule(**every(pages(5, 3))).conditions
    assert codes(of_segment(wrong, AROUND)) == {("empty_range", "error", "conditions.all.0")}


def test_the_demos_two_make_sense() -> None:
    """So nobody is shown a warning on the first day."""
    from routing.usual import back, deep

    assert findings(deep(3, 15), AROUND) == findings(back(), AROUND) == []


def test_the_nearest_name_is_named() -> None:
    """Whatever its case; below the last node that exists."""
    (found,) = findings(rule(**every(some("branch", below=["Women", "BOOTZ", "Lined"]))), AROUND)
    assert sentence(found, "en").endswith('Is "Women › Boots" meant?')
    assert "«Women › BOOTZ › Lined»" in sentence(found, "ru")


def test_every_code_has_its_sentence_in_both_languages() -> None:
    """And none has one that nobody finds; what a finding brings along is filled in."""
    found = {one.code: one for row in TABLE for one in findings(rule(**row[3]), AROUND)}
    texts = {code for code in _SENTENCES["en"] if not code.startswith("group_")}
    assert set(found) == texts - {"no_experts", "segment_in_segment", "segment_everybody"}
    assert _SENTENCES["en"].keys() == _SENTENCES["ru"].keys()
    for one in found.values():
        for language in ("en", "ru"):
            assert "{" not in sentence(one, language)
