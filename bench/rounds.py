"""Turns: the floor, ours, and the floor again, round after round; and what all rounds say together."""

import statistics
from collections.abc import Sequence

import msgspec

#: How much the two floors of a round may differ: whoever measured more was disturbed by something else.
NOISE = 1.25
#: With fewer quiet rounds than this a figure is noisy, and never met.
ENOUGH = 3


class Round(msgspec.Struct, frozen=True):
    """What was measured, in one unit; `quiet`: both floors agree."""

    before: float
    ours: float
    after: float

    @property
    def quiet(self) -> bool:
        return max(self.before, self.after) <= NOISE * min(self.before, self.after)

    @property
    def floor(self) -> float:
        return (self.before + self.after) / 2

    @property
    def ratio(self) -> float:
        return self.ours / self.floor


class Told(msgspec.Struct, frozen=True):
    """Medians, and the lowest and highest ratio, over the quiet rounds; over all of them if none was quiet."""

    floor: float
    ours: float
    ratio: float
    span: tuple[float, float]
    quiet: int
    of: int

    def met(self, reached: bool) -> str:
        """What the table says."""
        if self.quiet < ENOUGH:
            return "noisy"
        return "yes" if reached else "no"

    def ratios(self, digits: int = 2) -> str:
        return f"{self.ratio:.{digits}f} [{self.span[0]:.{digits}f}-{self.span[1]:.{digits}f}]"

    @property
    def rounds(self) -> str:
        return f"{self.quiet} of {self.of} quiet"


def tell(rounds: Sequence[Round]) -> Told:
    """At least one round."""
    quiet = [one for one in rounds if one.quiet]
    told = quiet or rounds
    ratios = [one.ratio for one in told]
    return Told(
        floor=statistics.median(one.floor for one in told),
        ours=statistics.median(one.ours for one in told),
        ratio=statistics.median(ratios),
        span=(min(ratios), max(ratios)),
        quiet=len(quiet),
        of=len(rounds),
    )
