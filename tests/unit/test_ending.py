"""When a silent conversation is told that it ends, and when it does."""

import pytest

from chat.ending import LATE, Next, ends_at, what_next
from contract.clock import MINUTE
from contract.names import Ms
from contract.talk import Talk

NOW = 1_790_000_000_000
HOUR_AND_FIVE = Talk(idle_minutes=60, warn_minutes=5)
NEVER = Talk(idle_minutes=0)


@pytest.mark.parametrize(
    ("silent", "ended", "talk", "expected"),
    [
        (0, None, HOUR_AND_FIVE, None),
        (60 * MINUTE - 1, None, HOUR_AND_FIVE, None),
        (60 * MINUTE, None, HOUR_AND_FIVE, "warn"),
        (600 * MINUTE, None, HOUR_AND_FIVE, "warn"),
        (600 * MINUTE, None, NEVER, None),
        (64 * MINUTE, -1, HOUR_AND_FIVE, None),
        (65 * MINUTE, 0, HOUR_AND_FIVE, "close"),
        (66 * MINUTE, LATE, HOUR_AND_FIVE, "close"),
        (66 * MINUTE, LATE + 1, HOUR_AND_FIVE, "warn"),  # nobody could answer: the server was away
        (600 * MINUTE, LATE + 1, NEVER, "close"),  # it was told before the site said never
    ],
)
def test_what_becomes_of_silence(silent: Ms, ended: Ms | None, talk: Talk, expected: Next | None) -> None:
    """`ended`: how long ago the end was that both sides were told of."""
    assert what_next(NOW - silent, None if ended is None else NOW - ended, talk, NOW) == expected


def test_who_is_told_has_the_minutes_that_the_site_gives() -> None:
    """From when they are told, however late that is."""
    assert ends_at(Talk(warn_minutes=7), NOW) == NOW + 7 * MINUTE
