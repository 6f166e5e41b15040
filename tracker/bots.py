"""Pure: who counts as a program: by its own words (`tracker.programs`), by its rhythm, or because a person said so.

docs/bots.md tells the whole of it. Nothing said is nothing known: never a program.
"""

from collections.abc import Sequence
from itertools import pairwise

from contract.clock import MINUTE, SECOND
from contract.names import Ms

#: Fewer page views than this are never judged by their rhythm: people open tabs, click fast, leave the page to reload.
FEW = 60
#: At more than one page view a second, kept up for two minutes ...
_PACE: Ms = 1 * SECOND
_SUSTAINED: Ms = 2 * MINUTE
#: ... a person would at least have looked: some part of the time must be time that a page was visible.
_LOOKED = 10
#: The rhythm of a clock: the usual pause, and no pause further from it than this part of it.
_STEADY = 10


def behaves_like_a_program(views: Sequence[Ms], dwell: Ms, signs: int) -> bool:
    """True if no person can have made this visit. `views`: when its pages were viewed, in order.

    `dwell`: ms that they were visible in all; `signs`: how many of them were said to be stayed on or left. Two ways to
    tell, both only from `FEW` page views on: more than one a second for two minutes, hardly looked at; or not a single
    sign of staying or leaving, which every browser that runs the snippet sends, and the pauses of a clock.
    """
    if len(views) < FEW:
        return False
    span = views[-1] - views[0]
    if span >= _SUSTAINED and span < _PACE * (len(views) - 1) and dwell * _LOOKED < span:
        return True
    return signs == 0 and dwell == 0 and _steady(views)


def _steady(views: Sequence[Ms]) -> bool:
    pauses = sorted(later - earlier for earlier, later in pairwise(views))
    usual = pauses[len(pauses) // 2]
    return usual > 0 and (pauses[-1] - pauses[0]) * _STEADY <= usual


def marked(bot: bool, said: bool | None) -> bool:
    """What a visitor is held for. `bot`: by its agents or behaviour; `said`: by hand, None for nobody; a hand wins."""
    return bot if said is None else bool(said)
