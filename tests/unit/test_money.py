"""Money in the server's sentences reads like money on the cards: the same list holds for the browser's own writing
(`console/text/money.test.ts`)."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.money import money
from contract.names import Language

CASES = json.loads((Path(__file__).parent / "money.json").read_text())


@pytest.mark.parametrize(("amount", "currency", "en", "ru"), CASES)
def test_money_is_written_as_it_is_written_there(amount: int, currency: str, en: str, ru: str) -> None:
    """Minor units into the currency's own digits, with its sign where the language has one."""
    written: tuple[tuple[Language, str], ...] = (("en", en), ("ru", ru))
    for language, expected in written:
        assert money(amount, currency, language).replace("\u00a0", " ").replace("\u202f", " ") == expected


@given(st.integers(-(10**13), 10**13), st.sampled_from(["EUR", "JPY", "KWD", "CHF", "XYZ"]))
def test_no_digit_is_lost_and_no_amount_breaks_over_two_lines(amount: int, currency: str) -> None:
    """Read back, it is the same number."""
    tongues: tuple[Language, ...] = ("en", "ru")
    for language in tongues:
        written = money(amount, currency, language)
        assert " " not in written
        assert int("".join(one for one in written if one.isdigit() or one == "-")) == amount
