"""The ladder of a site: whom its bell asks, in which order, and for how long each."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contract.names import RUNGS, Rung

#: What a visitor is offered when nobody answers.
Fallback = Literal["message", "callback"]
#: How long a rung rings where nobody said otherwise, in seconds.
RUNG_SECONDS = 20


class LadderRung(msgspec.Struct, frozen=True, kw_only=True):
    """Ring this one for so many seconds, then climb."""

    rung: Rung
    seconds: Annotated[int, Meta(ge=5, le=3600)] = RUNG_SECONDS


class Ladder(msgspec.Struct, frozen=True, kw_only=True):
    """The rungs in the site's order, each once. `wait_seconds`: how long somebody who wrote waits while nobody can
    hear their bell. `fallback`: what they are offered then."""

    rungs: Annotated[tuple[LadderRung, ...], Meta(min_length=1, max_length=4)] = tuple(
        LadderRung(rung=rung) for rung in RUNGS
    )
    wait_seconds: Annotated[int, Meta(ge=0, le=3600)] = 300
    fallback: Fallback = "message"

    @property
    def order(self) -> tuple[Rung, ...]:
        return tuple(one.rung for one in self.rungs)

    def seconds(self, rung: str) -> int:
        """How long this rung rings. A rung that was left out of the settings rings as long as the last one."""
        return next((one.seconds for one in self.rungs if one.rung == rung), self.rungs[-1].seconds)

    def all_for(self, seconds: int) -> "Ladder":
        """The same with every rung ringing so long."""
        rungs = tuple(msgspec.structs.replace(one, seconds=seconds) for one in self.rungs)
        return msgspec.structs.replace(self, rungs=rungs)


USUAL = Ladder()
