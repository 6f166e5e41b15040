"""Pure: what happens to a promise by itself, and when: its owner is reminded, its time comes, it is missed."""

from collections.abc import Sequence
from typing import Literal

from contract.clock import DAY, MINUTE
from contract.names import Ms

#: The owner's desk says so this long before.
REMIND: Ms = 5 * MINUTE
#: So long after its time nobody will call any more.
MISSED: Ms = 60 * MINUTE
#: A visitor, and a telephone number, is promised at most so many within `WITHIN`.
MOST, WITHIN = 3, DAY
#: And to all visitors of one network: so many to strangers, so many altogether.
STRANGERS_OF_NETWORK, OF_NETWORK = 20, 60
#: So many of strangers may be nobody's at a site, and so many altogether: whoever is free sees what they can keep.
STRANGERS_OF_NOBODY, OF_NOBODY = 50, 200

Step = Literal["remind", "call", "missed"]


def first_due(at: Ms, now: Ms) -> Ms:
    """When something happens first to a promise for `at` that is made now."""
    return max(now, at - REMIND)


def step(at: Ms, now: Ms) -> tuple[Step, Ms | None]:
    """What is due now, and when the next thing is. What was slept through is made up for by the last of it."""
    if now >= at + MISSED:
        return "missed", None
    return ("call", at + MISSED) if now >= at else ("remind", at)


def wait(made: Sequence[Ms], now: Ms, most: int = MOST) -> Ms:
    """How long until one more may be promised to whoever was promised some at these times; 0: now."""
    recent = sorted(at for at in made if at > now - WITHIN)
    return 0 if len(recent) < most else recent[-most] + WITHIN - now
