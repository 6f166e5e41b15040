"""Pure: what happens to a promise by itself, and when: its owner is reminded, its time comes, it is missed."""

from typing import Literal

from contract.clock import DAY, MINUTE
from contract.names import Ms

#: The owner's desk says so this long before.
REMIND: Ms = 5 * MINUTE
#: So long after its time nobody will call any more.
MISSED: Ms = 60 * MINUTE
#: A visitor, and a telephone number, is promised at most so many within `WITHIN`.
MOST, WITHIN = 3, DAY

Step = Literal["remind", "call", "missed"]


def first_due(at: Ms, now: Ms) -> Ms:
    """When something happens first to a promise for `at` that is made now."""
    return max(now, at - REMIND)


def step(at: Ms, now: Ms) -> tuple[Step, Ms | None]:
    """What is due now, and when the next thing is. What was slept through is made up for by the last of it."""
    if now >= at + MISSED:
        return "missed", None
    return ("call", at + MISSED) if now >= at else ("remind", at)


def wait(made: list[Ms], now: Ms) -> Ms:
    """How long until one more may be promised to whoever was promised some at these times; 0: now."""
    recent = sorted(at for at in made if at > now - WITHIN)
    return 0 if len(recent) < MOST else recent[-MOST] + WITHIN - now
