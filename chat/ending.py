"""Pure: what becomes of a conversation in which nobody writes?

After `idle_minutes` of silence both sides are told that it ends, `warn_minutes` later it does. Any word of a person
takes that back. The times stand in the row, so a restart changes nothing; what ran out while no server was there is
told once afresh, for nobody could have answered.
"""

from typing import Literal

from contract.clock import MINUTE
from contract.names import Ms
from contract.talk import Talk

#: An end that was noticed later than this was not seen coming by anybody: the server was down.
LATE: Ms = MINUTE
Next = Literal["warn", "close"]


def what_next(spoken_at: Ms, ends_at: Ms | None, talk: Talk, now: Ms) -> Next | None:
    """For an open conversation that somebody has. `ends_at`: the end that both sides were told."""
    if ends_at is not None:
        if now < ends_at:
            return None
        return "close" if now - ends_at <= LATE or not talk.idle_minutes else "warn"
    if not talk.idle_minutes or now - spoken_at < talk.idle_minutes * MINUTE:
        return None
    return "warn"


def ends_at(talk: Talk, now: Ms) -> Ms:
    """When one that is told so now ends."""
    return now + talk.warn_minutes * MINUTE
