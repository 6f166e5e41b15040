"""Channels by referrer, against the cases of another project's test."""

import json
from collections.abc import Callable
from pathlib import Path

from tracker.referrer import kept
from tracker.source import source

PAGE = "https://www.psychicbazaar.com/oracles"
#: Their word for ours.
MEDIUM = {"email": "mail", "chatbot": "ai"}
#: (what the referrer begins with, our answer, why it is another than theirs).
OTHERWISE = [
    ("http://www.pricerunner.co.uk/", "referral", "compares prices of shops: a partner, no search of the web"),
]  # fmt: skip


def test_channels_agree_with_the_cases_but_for_those_listed(real_data: Callable[[str], Path]) -> None:
    """118 cases: search, social, mail, paid, assistants; each difference is listed with its reason, and no other."""
    cases = json.loads(real_data("referer-parser/referer-tests.json").read_text(encoding="utf-8"))
    assert len(cases) == 118
    for case in cases:
        expected = MEDIUM.get(case["medium"], case["medium"])
        otherwise = next((ours for begin, ours, _ in OTHERWISE if case["uri"].startswith(begin)), None)
        assert otherwise != expected
        assert source(PAGE, case["uri"]).channel == (otherwise or expected), case
        assert source(PAGE, kept(case["uri"], PAGE)).channel == (otherwise or expected), "kept, it says the same"


def test_what_was_searched_for_is_not_kept(real_data: Callable[[str], Path]) -> None:
    """No referrer of another site keeps its query."""
    cases = json.loads(real_data("referer-parser/referer-tests.json").read_text(encoding="utf-8"))
    terms = [case for case in cases if case.get("term")]
    assert len(terms) >= 10
    for case in cases:
        assert "?" not in kept(case["uri"], PAGE)
        assert "#" not in kept(case["uri"], PAGE)
