"""Pure: how likely is this visit to end in an order or a chat?

Learned from the site's own visits (`shopbell learn`) where there are enough of them, else by a plain rule. Both see a
visit as the tracker knows it at this moment.
"""

import math
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from contract.clock import SECOND
from contract.facts import CustomerFacts, VisitFacts
from routing.forest import Column, Forest, scorer, sigmoid

#: The version of the features below: one that means something else now, or is gone, makes old models unreadable.
FORMAT = 1


class Seen(msgspec.Struct, frozen=True):
    """What the features look at. `local`: the moment in the site's zone. `busiest_*`: of the branch with most dwell."""

    visit: VisitFacts
    customer: CustomerFacts | None
    local: datetime
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
    "topic_depth": ("number", lambda seen: len(seen.visit.topic)),
    "branches": ("number", lambda seen: len(seen.visit.branches)),
    "busiest_dwell": ("number", lambda seen: seen.busiest_dwell / SECOND),
    "busiest_pages": ("number", lambda seen: seen.busiest_pages),
    "busiest_deepest": ("number", lambda seen: seen.busiest_deepest),
    "busiest_share": ("number", lambda seen: seen.busiest_dwell / max(seen.visit.dwell, 1)),
    "number": ("number", lambda seen: seen.visit.number),
    "came_back": ("number", lambda seen: int(seen.visit.came_back)),
    "hour": ("number", lambda seen: seen.local.hour),
    "weekday": ("number", lambda seen: seen.local.weekday()),
    "known": ("number", lambda seen: int(seen.customer is not None)),
    "orders": ("number", lambda seen: seen.customer.orders if seen.customer else 0),
    "spent": ("number", lambda seen: seen.customer.spent if seen.customer else 0),
}
COLUMNS = tuple(Column(name, kind) for name, (kind, _) in FEATURES.items())


def features(visit: VisitFacts, customer: CustomerFacts | None, zone: str) -> list[float | str]:
    """The values of `COLUMNS`, in their order. `zone`: the site's, such as "Europe/Berlin"."""
    seen = _seen(visit, customer, zone)
    return [value(seen) for _, value in FEATURES.values()]


def rule(visit: VisitFacts, customer: CustomerFacts | None, *, cart: bool = False) -> float:
    """The plain rule, 0 to 1. Log-odds: a glance of a stranger is -4 (1.8 %), and each of these adds

    0.25 per level of the deepest page, up to 6; 0.4 per doubling of half a minute of dwell, up to 10 minutes; 0.1 per
    page, up to 10; 0.5 for who came back; 1 for a customer and 0.2 per order of theirs, up to 5; 1.5 for `cart`:
    something lies in it. The weights are ours, not measured: they only have to put visits in a sensible order.
    """
    half_minutes = min(visit.dwell, 600 * SECOND) / (30 * SECOND)
    log_odds = -4 + 0.25 * min(visit.deepest, 6) + 0.4 * math.log2(1 + half_minutes) + 0.1 * min(visit.pages, 10)
    if visit.came_back:
        log_odds += 0.5
    if customer is not None:
        log_odds += 1 + 0.2 * min(customer.orders, 5)
    if cart:
        log_odds += 1.5
    return sigmoid(log_odds)


#: (visit, customer, the site's zone) -> probability.
Model = Callable[[VisitFacts, CustomerFacts | None, str], float]


def model(forest: Forest) -> Model:
    """What was learned, ready to be asked. Raises ValueError for what asks of a visit what this version cannot say."""
    wanted = [FEATURES.get(column.name) for column in forest.columns]
    values = [value for feature in wanted if feature is not None for value in feature[1:]]
    if [feature and feature[0] for feature in wanted] != [column.kind for column in forest.columns]:
        raise ValueError("a model with features that this version does not know")
    score = scorer(forest)

    def probability(visit: VisitFacts, customer: CustomerFacts | None, zone: str) -> float:
        seen = _seen(visit, customer, zone)
        return score([value(seen) for value in values])

    return probability


def decode(body: bytes) -> Model:
    """The body of a model's file. Raises ValueError for one that makes no sense."""
    return model(msgspec.json.decode(body, type=Forest))


def encode(forest: Forest) -> bytes:
    """The reverse: a float comes back as the very same."""
    return msgspec.json.encode(forest)


def _seen(visit: VisitFacts, customer: CustomerFacts | None, zone: str) -> Seen:
    busiest = max(visit.branches, key=lambda branch: branch.dwell, default=None)
    return Seen(
        visit,
        customer,
        datetime.fromtimestamp(visit.last_at / SECOND, _zone(zone)),
        busiest.dwell if busiest else 0,
        busiest.pages if busiest else 0,
        busiest.deepest if busiest else 0,
    )


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
