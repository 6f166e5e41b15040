"""Pure: did more of them order? The difference of two shares with its 95 % interval, or how many are still missing.

The interval is Newcombe's hybrid score interval for the difference between independent proportions (R. G. Newcombe,
Statistics in Medicine 17, 1998, 873-890, method 10), made of Wilson's limits for each share (E. B. Wilson, Journal of
the American Statistical Association 22, 1927, 209-212). It keeps its word for small numbers and shares near 0, where
the usual "plus or minus two standard errors" promises too much.
"""

from math import ceil, sqrt

import msgspec

#: The 97.5 % point of the normal distribution.
Z = 1.959963984540054
#: An interval is shown from so many visitors in each arm, and so many orders in both together, on. With fewer it would
#: be too wide to tell anybody anything.
VISITORS, ORDERS = 100, 10
#: While next to nothing is known of how many order: two in a hundred, weighing as much as fifty visitors.
_GUESS_ORDERS, _GUESS_VISITORS = 1.0, 50.0


class Arm(msgspec.Struct, frozen=True):
    """So many visitors, and how many of them ordered."""

    visitors: int
    ordered: int


class Uplift(msgspec.Struct, frozen=True):
    """As shares: 0.02 is two percentage points."""

    difference: float
    low: float
    high: float


def wilson(arm: Arm) -> tuple[float, float]:
    """The limits between which the true share of an arm lies, in 95 of 100 cases. `arm.visitors` > 0."""
    n, p = arm.visitors, arm.ordered / arm.visitors
    middle = p + Z * Z / (2 * n)
    half = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    whole = 1 + Z * Z / n
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def newcombe(treated: Arm, held_out: Arm) -> Uplift:
    """How much larger the share of the treated is. Both arms have visitors."""
    p1, p2 = treated.ordered / treated.visitors, held_out.ordered / held_out.visitors
    (low1, high1), (low2, high2) = wilson(treated), wilson(held_out)
    return Uplift(
        difference=p1 - p2,
        low=p1 - p2 - sqrt((p1 - low1) ** 2 + (high2 - p2) ** 2),
        high=p1 - p2 + sqrt((high1 - p1) ** 2 + (p2 - low2) ** 2),
    )


def uplift(treated: Arm, held_out: Arm) -> Uplift | None:
    """None while there are too few."""
    if min(treated.visitors, held_out.visitors) < VISITORS or treated.ordered + held_out.ordered < ORDERS:
        return None
    return newcombe(treated, held_out)


def missing(treated: Arm, held_out: Arm, percent: int) -> int:
    """How many visitors are still missing for an interval, if they go on as they did; at least 1 while there is none.

    `percent`: of all visitors that are held out from now on. 0 where there is an interval, or where nobody is held
    out and there never will be one.
    """
    if uplift(treated, held_out) is not None or (not percent and held_out.visitors < VISITORS):
        return 0
    for_arms = max(
        _until(VISITORS - held_out.visitors, percent / 100), _until(VISITORS - treated.visitors, 1 - percent / 100)
    )
    ordered, visitors = treated.ordered + held_out.ordered, treated.visitors + held_out.visitors
    share = (ordered + _GUESS_ORDERS) / (visitors + _GUESS_VISITORS)
    return max(1, for_arms, _until(ORDERS - ordered, share))


def _until(number: int, share: float) -> int:
    """How many have to come until so many of this share are there."""
    return ceil(number / share) if number > 0 and share > 0 else 0
