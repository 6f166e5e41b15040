"""Pure: how likely is this visit to end in an order or a chat?

Learned from the site's own visits (`shopbell learn`) where there are enough of them, else by a plain rule. Both see a
visit as the tracker knows it at this moment.
"""

from bisect import bisect_left
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Literal

import msgspec

from contract.clock import DAY, SECOND, zone_named
from contract.facts import CustomerFacts, VisitFacts
from routing.forest import Column, Forest, scorer
from routing.importance import plain_intent

#: The version of the features below: one that means something else now, or is gone, makes old models unreadable.
FORMAT = 1


class Seen(msgspec.Struct, frozen=True):
    """What the features look at. `local`: the moment in the site's zone. `busiest_*`: of the branch with most dwell."""

    visit: VisitFacts
    customer: CustomerFacts | None
    local: datetime
    busiest: str
    busiest_dwell: int
    busiest_pages: int
    busiest_deepest: int


Feature = tuple[Literal["number", "word"], Callable[[Seen], float | str]]
#: One line per feature. A new one is learned with the next `shopbell learn`; models made before do without it.
FEATURES: dict[str, Feature] = {
    "pages": ("number", lambda seen: seen.visit.pages),
    "dwell": ("number", lambda seen: seen.visit.dwell / SECOND),
    "dwell_per_page": ("number", lambda seen: seen.visit.dwell / SECOND / max(seen.visit.pages, 1)),
    "lasted": ("number", lambda seen: (seen.visit.last_at - seen.visit.started_at) / SECOND),
    "depth": ("number", lambda seen: seen.visit.depth),
    "deepest": ("number", lambda seen: seen.visit.deepest),
    "topic_share": ("number", lambda seen: seen.visit.topic_share),
    "topic_depth": ("number", lambda seen: len(seen.visit.topic)),
    "places": ("number", lambda seen: len(seen.visit.places)),
    "branches": ("number", lambda seen: len(seen.visit.branches)),
    "busiest": ("word", lambda seen: seen.busiest),
    "busiest_dwell": ("number", lambda seen: seen.busiest_dwell / SECOND),
    "busiest_pages": ("number", lambda seen: seen.busiest_pages),
    "busiest_deepest": ("number", lambda seen: seen.busiest_deepest),
    "busiest_share": ("number", lambda seen: seen.busiest_dwell / max(seen.visit.dwell, 1)),
    "number": ("number", lambda seen: seen.visit.number),
    "came_back": ("number", lambda seen: int(seen.visit.came_back)),
    "hour": ("number", lambda seen: seen.local.hour),
    "weekday": ("number", lambda seen: seen.local.weekday()),
    "channel": ("word", lambda seen: seen.visit.channel),
    "source": ("word", lambda seen: seen.visit.source),
    "campaign": ("word", lambda seen: seen.visit.campaign),
    "device": ("word", lambda seen: seen.visit.device),
    "language": ("word", lambda seen: seen.visit.language),
    "known": ("number", lambda seen: int(seen.customer is not None)),
    "orders": ("number", lambda seen: seen.customer.orders if seen.customer else 0),
    "spent": ("number", lambda seen: seen.customer.spent if seen.customer else 0),
    "days_since_order": ("number", lambda seen: _since_order(seen)),
}
COLUMNS = tuple(Column(name, kind) for name, (kind, _) in FEATURES.items())


def features(visit: VisitFacts, customer: CustomerFacts | None, zone: str) -> list[float | str]:
    """The values of `COLUMNS`, in their order. `zone`: the site's, such as "Europe/Berlin"."""
    seen = _seen(visit, customer, zone)
    return [value(seen) for _, value in FEATURES.values()]


def rule(visit: VisitFacts, customer: CustomerFacts | None, *, cart: bool = False) -> float:
    """The plain rule, 0 to 1: that of `routing.importance` for depth, dwell, pages and coming back; a customer, and
    something in the cart, each take away half of what is missing to 1. A sensible order, not a measured probability."""
    missing = 1 - plain_intent(visit)
    if customer is not None:
        missing /= 2
    if cart:
        missing /= 2
    return 1 - missing


class Learned(msgspec.Struct, frozen=True):
    """A model as its file has it. `standing`: probabilities of the visits it was learned from, ascending, evenly spaced
    from the least to the greatest."""

    forest: Forest
    standing: tuple[float, ...]


class Model:
    """What was learned, ready to be asked. Raises ValueError for what asks of a visit what this version cannot say."""

    def __init__(self, learned: Learned) -> None:
        columns, standing = learned.forest.columns, learned.standing
        if any(column.name not in FEATURES or FEATURES[column.name][0] != column.kind for column in columns):
            raise ValueError("a model with features that this version does not know")
        if len(standing) < 2 or not all(low <= high for low, high in pairwise(standing)):
            raise ValueError("a model without the order of its visits")
        self._values = [FEATURES[column.name][1] for column in columns]
        self._score, self._standing = scorer(learned.forest), standing

    def probability(self, visit: VisitFacts, customer: CustomerFacts | None, zone: str) -> float:
        """Of an order or a chat. `zone`: the site's."""
        seen = _seen(visit, customer, zone)
        return self._score([value(seen) for value in self._values])

    def standing(self, probability: float) -> float:
        """The share of the site's visits that were less likely to end well, 0 to 1."""
        return bisect_left(self._standing, probability) / len(self._standing)


def decode(body: bytes) -> Model:
    """The body of a model's file. Raises ValueError for one that makes no sense."""
    return Model(msgspec.json.decode(body, type=Learned))


def encode(learned: Learned) -> bytes:
    """The reverse: a float comes back as the very same."""
    return msgspec.json.encode(learned)


def _since_order(seen: Seen) -> float:
    """-1 for who never ordered."""
    last = seen.customer.last_order_at if seen.customer else None
    return -1.0 if last is None else max(seen.visit.last_at - last, 0) / DAY


def _seen(visit: VisitFacts, customer: CustomerFacts | None, zone: str) -> Seen:
    busiest = max(visit.branches, key=lambda branch: branch.dwell, default=None)
    return Seen(
        visit,
        customer,
        datetime.fromtimestamp(visit.last_at / SECOND, zone_named(zone)),
        busiest.name if busiest else "",
        busiest.dwell if busiest else 0,
        busiest.pages if busiest else 0,
        busiest.deepest if busiest else 0,
    )
