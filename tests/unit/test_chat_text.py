"""What may be said: every rule of a message's text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.message import LONGEST, check_optional, check_text, check_title
from contract.errors import Refused


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("hello", "hello"),
        ("  hello \n", "hello"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a\tb", "a\tb"),
        ("Привет, 世界 👋🏽", "Привет, 世界 👋🏽"),
        ("x" * LONGEST, "x" * LONGEST),
        (" " * 100_000 + "x", "x"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
    ],
)
def test_text_is_kept_with_plain_line_ends_and_nothing_around_it(said: str, kept: str):
    """What a person wrote stays as written, but for line ends and the space around it."""
    assert check_text(said) == kept


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("", "empty_message"),
        (" ", "empty_message"),
        ("\r\n \t\n", "empty_message"),
        ("\u00a0\u2003\u3000", "empty_message"),
        ("\u200b\u200e\ufeff", "empty_message"),
        ("x" * (LONGEST + 1), "message_too_long"),
        ("x" * 1_000_000, "message_too_long"),
        ("a\0b", "bad_text"),
        ("\0", "bad_text"),
        ("\x1f", "bad_text"),
        ("bell\x07", "bad_text"),
        ("\x7f", "bad_text"),
        ("\x9b", "bad_text"),
        ("half \ud800", "bad_text"),
        ("\udfff half", "bad_text"),
    ],
)
def test_text_that_cannot_be_said_is_refused_with_its_own_code(said: str, code: str):
    """Empty, too long and unstorable are three different mistakes."""
    with pytest.raises(Refused) as refused:
        check_text(said)
    assert refused.value.code == code


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=200))
def test_what_is_taken_can_be_stored_anywhere(said: str):
    """Whatever passes is encodable, holds no NUL, and passes again unchanged."""
    try:
        kept = check_text(said)
    except Refused:
        return
    assert kept.encode()
    assert "\0" not in kept
    assert check_text(kept) == kept


def test_words_that_go_with_a_card_may_be_missing():
    """Nothing is fine; something follows the rules of every text."""
    assert check_optional("  ") == ""
    assert check_optional(" look ") == "look"
    with pytest.raises(Refused):
        check_optional("a\0")


def test_a_title_is_one_short_line():
    """Line breaks become spaces; 200 characters are the most."""
    assert check_title("Which  boots\nfit?") == "Which boots fit?"
    with pytest.raises(Refused) as refused:
        check_title("x" * 201)
    assert refused.value.code == "message_too_long"
