"""Pure: how much does this visit matter, 0 to 100, and why? Business history first, then intent.

The formula as a table, with examples: docs/importance.md.
"""

import math
from collections.abc import Sequence

import msgspec

from contract.clock import DAY, MINUTE, SECOND
from contract.facts import CustomerFacts, VisitFacts
from contract.names import Ms

#: A reason: a code of `routing/text/why.*.json` and the values of its sentence.
Reason = tuple[str, dict[str, str | int]]

#: Where those begin whom we know; a stranger ends just below.
KNOWN = 60
#: Points for a customer: each of the last twelve months with an order (six count), each order (six count), up to so
#: many for what they spent against the typical order of the site, a tier above the ordinary, intent.
MONTH_POINTS, MONTHS = 3, 6
ORDERS = 6
VALUE = 5
TIER = 6
INTENT = 5
#: Points for a stranger: everybody has some, the rest is intent and that they wrote.
STRANGER, STRANGER_INTENT, STRANGER_ASKED = 5, 40, 14
#: A year without an order is worth a word.
_LONG: Ms = 365 * DAY


class Importance(msgspec.Struct, frozen=True, kw_only=True):
    """`value`: 0 to 100, the sum of `points` (what each part gave). `parts`: the reasons as an expert wants them."""

    value: int
    points: dict[str, int]
    parts: tuple[Reason, ...]


def importance(
    visit: VisitFacts,
    customer: CustomerFacts | None,
    now: Ms,
    *,
    asked: bool = False,
    intent: float | None = None,
    today: int = 1,
) -> Importance:
    """A known customer stands at 60 or above, a stranger below: history overtakes intent, whatever was clicked.

    `asked`: the visitor wrote, and nobody has answered yet. `intent`: how likely this visit ends in an order or a chat,
    0 to 1; without one a plain rule. `today`: the how-manieth visit of this browser today, in the site's zone.
    """
    wish = min(max(plain_intent(visit) if intent is None else intent, 0.0), 1.0)
    points = _of_stranger(wish, asked) if customer is None else _of_customer(customer, 1.0 if asked else wish)
    return Importance(
        value=sum(points.values()),
        points=points,
        parts=tuple(_reasons(visit, customer, now, asked, today)),
    )


def plain_intent(visit: VisitFacts) -> float:
    """0 to 1 before anything was learned: a quarter each for depth (4 levels), time (5 minutes), pages (10), and for
    having come back."""
    return (
        min(visit.deepest / 4, 1) + min(visit.dwell / (5 * MINUTE), 1) + min(visit.pages / 10, 1) + visit.came_back
    ) / 4


def _of_stranger(wish: float, asked: bool) -> dict[str, int]:
    return {
        "stranger": STRANGER,
        "intent": round(STRANGER_INTENT * wish),
        "asked": STRANGER_ASKED if asked else 0,
    }


def _of_customer(customer: CustomerFacts, wish: float) -> dict[str, int]:
    """Three months with an order are worth more than one order of any size, whatever is clicked meanwhile: 12 and more
    against 1 + 5 + 5 (`test_importance`)."""
    return {
        "known": KNOWN,
        "regularity": MONTH_POINTS * min(customer.regularity, MONTHS),
        "orders": min(customer.orders, ORDERS),
        "value": _worth(customer),
        "tier": 0 if customer.tier == "standard" else TIER,
        "intent": round(INTENT * wish),
    }


def _worth(customer: CustomerFacts) -> int:
    """Doubling what was spent adds two points: 2 for one typical order, 5 from about five. No currency matters."""
    if customer.spent <= 0:
        return 0
    share = customer.spent / customer.typical if customer.typical > 0 else customer.orders
    return min(round(2 * math.log2(1 + share)), VALUE)


def _reasons(visit: VisitFacts, customer: CustomerFacts | None, now: Ms, asked: bool, today: int) -> list[Reason]:
    reasons: list[Reason] = [("asked", {})] if asked else []
    if customer is not None:
        reasons.append(("customer", {"name": customer.name}))
        if customer.orders:
            reasons.append(
                ("orders", {"count": customer.orders, "amount": customer.spent, "currency": customer.currency})
            )
        if customer.regularity > 1:
            reasons.append(("regular", {"count": customer.regularity}))
        elif customer.last_order_at is not None and now - customer.last_order_at >= _LONG:
            reasons.append(("long_ago", {"count": (now - customer.last_order_at) // _LONG}))
    if today > 1:
        reasons.append(("today", {"number": today}))
    elif visit.came_back:
        # Closed and opened again within one visit is a return, too, and has no number worth telling.
        reasons.append(("returning", {"number": visit.number}) if visit.number > 1 else ("back", {}))
    busiest = max(visit.branches, key=lambda branch: branch.dwell, default=None)
    if busiest is not None and busiest.dwell >= SECOND:
        unit, value = (
            ("minutes", busiest.dwell // MINUTE) if busiest.dwell >= MINUTE else ("seconds", busiest.dwell // SECOND)
        )
        reasons.append((f"dwell_{unit}", {"branch": busiest.name, "count": value}))
    if (deepest := _deepest(visit)) is not None:
        reasons.append(("depth", {"count": len(deepest), "topic": deepest[-1]}))
    return reasons


def _deepest(visit: VisitFacts) -> tuple[str, ...] | None:
    """The place whose depth is told: of the deepest, where they were longest, then where they are. What is read most
    may lie higher up, and one sentence speaks of one page; where the deepest has no name, it speaks of the topic."""
    if not visit.deepest:
        return None
    known = [(one.dwell, one.path == visit.path, one.path) for one in visit.places if len(one.path) == visit.deepest]
    if known:
        return max(known)[2]
    return (visit.path if len(visit.path) == visit.deepest else visit.topic) or None


def rung_reason(rung: str, known: tuple[str, ...] | None, level: int | None) -> Reason:
    """Why you: the sentence for the rung that rings."""
    if rung == "topic" and known:
        return ("rung_topic", {"topic": known[-1], "level": level or 0})
    return (f"rung_{rung}", {})


def again_reason(topic: tuple[str, ...], levels: Sequence[int]) -> Reason:
    """Why you, who were silent before: everybody who is free is rung now. `levels`: of those who ring, 0 for whoever
    knows nothing of it; one sentence is for all of them."""
    if len(levels) == 1 and levels[0] and topic:
        return ("rung_again_topic", {"topic": topic[-1]})
    return ("rung_again", {})


def free_reason(known: tuple[str, ...] | None, level: int | None) -> Reason:
    """Why you, who have a place again: the sentence for a bell that waited."""
    return ("rung_free_topic", {"topic": known[-1], "level": level or 0}) if known else ("rung_free", {})
