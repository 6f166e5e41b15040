"""Pure: when what could not be delivered is tried again, and when it is given up."""

from contract.clock import DAY, HOUR, SECOND
from contract.names import Ms

FIRST: Ms = 5 * SECOND
LONGEST: Ms = 3 * HOUR
#: So many tries take some three days: a weekend on which nobody mends the receiver.
TRIES = 34
#: A webhook of which nothing arrived for so long turns itself off.
FAILED_FOR: Ms = 7 * DAY
#: The share by which a pause is longer or shorter than its like, so that not all of them knock in the same moment.
JITTER = 0.2


def next_try(tries: int, now: Ms, chance: float) -> Ms | None:
    """When the next try is after `tries` (at least 1) that failed; None to give up. `chance`: 0 to 1, by lot.

    Twice as long each time, from 5 s up to 3 h.
    """
    if tries >= TRIES:
        return None
    pause: Ms = min(FIRST << min(tries - 1, 30), LONGEST)
    return now + round(pause * (1 + JITTER * (2 * chance - 1)))


def is_over(failing_since: Ms | None, now: Ms) -> bool:
    """Whether a webhook has failed long enough."""
    return failing_since is not None and now - failing_since >= FAILED_FOR
