"""What strangers send does not stay in memory because it was long."""

from typing import Any

import pytest

import tracker.address
import tracker.nodes
import tracker.source
import tracker.tree
from contract.tree import USUAL
from tracker.remembered import ENTRIES, KEY_LIMIT, remembered

LONG = "https://shop.example/" + "x" * KEY_LIMIT


def calls(mark: str) -> list[tuple[Any, tuple[Any, ...]]]:
    url = f"https://shop.example/{mark}"
    return [
        (tracker.address.cleaned, (url,)),
        (tracker.address.host, (url,)),
        (tracker.tree._readings, (USUAL, url, None, "url")),
        (tracker.source.source, ("https://shop.example/", url)),
        (tracker.source.source, (url, "")),
        (tracker.nodes.id_of, ("site", (mark[: len(mark) // 2], mark[len(mark) // 2 :]))),
    ]


@pytest.mark.parametrize("place", range(len(calls(""))))
def test_a_long_key_is_answered_and_not_kept(place: int) -> None:
    """However many there are; a short one is kept, and no cache has more than its entries."""
    for number in range(3):
        function, arguments = calls(f"{number}" * (KEY_LIMIT + 1))[place]
        before = len(function)
        assert function(*arguments) == function.__wrapped__(*arguments)
        assert len(function) == before
    function, arguments = calls("short")[place]
    assert function(*arguments) == function(*arguments) == function.__wrapped__(*arguments)
    kept = len(function)
    assert 1 <= kept <= ENTRIES
    assert function(*arguments) is function(*arguments)
    assert len(function) == kept


def test_the_oldest_answer_goes_first() -> None:
    """A cache that is full keeps the newest, and never more than its entries."""
    asked: list[str] = []

    @remembered
    def answer(text: str) -> str:
        asked.append(text)
        return text

    for number in range(ENTRIES + 10):
        answer(str(number))
    assert len(answer) == ENTRIES
    answer(str(ENTRIES))
    answer("0")
    assert asked[ENTRIES + 10 :] == ["0"]


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("https://shop.example/a?q=" + "x" * 60_000, "https://shop.example/a"),
        ("https://shop.example/a#" + "x" * 60_000, "https://shop.example/a"),
        ("https://shop.example/" + "x" * 60_000, None),
        ("https://shop.example/a?token=" + "x" * 4_000 + "&q=1", "https://shop.example/a?q=1"),
    ],
    ids=["query", "fragment", "path", "a long secret"],
)
def test_an_address_beyond_all_measure(raw: str, kept: str | None) -> None:
    """It loses its query and fragment unread, or is none."""
    assert tracker.address.cleaned(raw) == kept
