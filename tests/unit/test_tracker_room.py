"""How much one visit may hold."""

from typing import Any

import pytest

from contract.clock import MINUTE
from tracker.room import VIEWS, Held, surplus

HOUR = 60 * MINUTE
VIEW, OTHER = True, False


@pytest.mark.parametrize(
    ("visits", "points", "refused"),
    [
        ({}, [(at, VIEW) for at in range(VIEWS)], set()),
        ({}, [(at, VIEW) for at in range(VIEWS + 2)], {VIEWS, VIEWS + 1}),
        ({}, [(-at, VIEW) for at in range(VIEWS + 2)], {VIEWS, VIEWS + 1}),
        ({}, [(at * HOUR, VIEW) for at in range(VIEWS + 2)], set()),
        ({"a": Held(0, 9, VIEWS - 1)}, [(10, VIEW), (11, VIEW), (12, OTHER)], {1}),
        ({"a": Held(0, 9, VIEWS)}, [(5, VIEW), (10, OTHER), (HOUR, VIEW)], {0}),
        ({"a": Held(0, 9, VIEWS + 9)}, [(5, VIEW), (10, OTHER)], {0}),
        ({"a": Held(0, 9, 1), "b": Held(HOUR, HOUR, 1)}, [(HOUR // 2, OTHER)], set()),
        ({"a": Held(0, 0, VIEWS), "b": Held(HOUR, HOUR, 1)}, [(HOUR // 2, OTHER)], {0}),
        ({"b": Held(HOUR, HOUR, 1), "a": Held(0, 0, VIEWS)}, [(HOUR // 2, VIEW), (HOUR, VIEW), (0, VIEW)], {0, 2}),
        ({"a": Held(0, 0, VIEWS), "b": Held(2 * HOUR, 2 * HOUR, 1)}, [(1, OTHER), (2 * HOUR + 1, VIEW)], set()),
    ],
    ids=[
        "as many as fit", "who comes last finds no room", "arrival decides and not age", "many visits",
        "one place left", "a full visit takes the rest and the next visit begins", "fuller than full",
        "two that fit together are joined", "two that do not are not", "apart, each takes what it has room for",
        "far apart nothing is in the way",
    ],
)  # fmt: skip
def test_what_finds_no_room(visits: dict[str, Held], points: list[tuple[int, bool]], refused: Any) -> None:
    assert surplus(visits, points) == refused
