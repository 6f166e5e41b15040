"""Pure: how much does this visit matter, 0 to 100, and why? Business history first, then intent."""

from contract.clock import MINUTE, SECOND
from contract.facts import CustomerFacts, VisitFacts

#: A reason: a code of `routing/text/why.*.json` and the values of its sentence.
Reason = tuple[str, dict[str, str | int]]


def importance(visit: VisitFacts, customer: CustomerFacts | None, *, asked: bool = False) -> int:
    """A known customer stands at 60 or above, a stranger below: history overtakes intent, whatever was clicked.

    `asked`: the visitor wrote, and nobody has answered yet.
    """
    intent = (
        min(visit.deepest, 6) * 4 + min(visit.dwell // (10 * SECOND), 18) + min(visit.pages, 10) + (20 if asked else 0)
    )
    if customer is None:
        return min(10 + intent + (5 if visit.came_back else 0), 59)
    history = min(customer.orders, 5) * 4 + (8 if customer.tier == "gold" else 0)
    return min(60 + history + intent // 5, 100)


def why(visit: VisitFacts, customer: CustomerFacts | None, *, asked: bool = False) -> list[Reason]:
    """The reasons in the order in which an expert wants them."""
    reasons: list[Reason] = [("asked", {})] if asked else []
    if customer is not None:
        reasons.append(("customer", {"name": customer.name}))
        if customer.orders:
            reasons.append(
                (
                    "orders",
                    {"count": customer.orders, "amount": customer.spent, "currency": customer.currency},
                )
            )
    if visit.came_back:
        # Closed and opened again within one visit is a return, too, and has no number worth telling.
        reasons.append(("returning", {"number": visit.number}) if visit.number > 1 else ("back", {}))
    busiest = max(visit.branches, key=lambda branch: branch.dwell, default=None)
    if busiest is not None and busiest.dwell >= SECOND:
        unit, value = (
            ("minutes", busiest.dwell // MINUTE) if busiest.dwell >= MINUTE else ("seconds", busiest.dwell // SECOND)
        )
        reasons.append((f"dwell_{unit}", {"branch": busiest.name, "count": value}))
    if visit.deepest:
        reasons.append(("depth", {"depth": visit.deepest, "topic": visit.topic[-1] if visit.topic else ""}))
    return reasons


def rung_reason(rung: str, known: tuple[str, ...] | None, level: int | None) -> Reason:
    """Why you: the sentence for the rung that rings."""
    if rung == "topic" and known:
        return ("rung_topic", {"topic": known[-1], "level": level or 0})
    return (f"rung_{rung}", {})
