"""A known person as the rules see them, put together from what crm, sales and chat know."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

import chat.served
import crm.queries
import sales.queries
from contract.facts import CustomerFacts
from contract.names import Ms
from sales.typical import typical_order


def customer_facts(conn: Connection, site_id: str, visitor_ids: Collection[str]) -> dict[str, CustomerFacts]:
    """Visitor -> the customer behind them, for those visitors whom we know."""
    return facts_of(conn, crm.queries.customers_of(conn, site_id, visitor_ids))


def facts_of(conn: Connection, known: Mapping[str, str]) -> dict[str, CustomerFacts]:
    """The same for visitors whose customers are known already: `known` is visitor -> customer."""
    if not known:
        return {}
    # A hand may merge or part people between two of these statements: each asks anew who stands for whom.
    found = crm.queries.people(conn, set(known.values()))
    totals = sales.queries.totals_of(conn, {id_: one.id for id_, one in found.items()})
    browsers = crm.queries.visitors_of_all(conn, {one.id for one in found.values()})
    served = chat.served.served(conn, [one for visitors in browsers.values() for one in visitors])
    facts: dict[str, CustomerFacts] = {}
    for id_, one in found.items():
        total = totals.get(one.id)
        times: list[tuple[Ms, str]] = [
            (last.at, last.expert)
            for browser in browsers.get(one.id, ())
            if (last := served.get(browser)) is not None and last.at is not None and last.expert is not None
        ]
        if total is not None and total.last_expert is not None:
            times.append((total.last_at, total.last_expert))
        facts[id_] = CustomerFacts(
            id=one.id,
            name=one.name,
            tier=one.tier,
            owner=one.owner,
            last_expert=max(times)[1] if times else None,
            orders=total.orders if total else 0,
            spent=total.spent if total else 0,
            currency=total.currency if total else "",
            regularity=total.months if total else 0,
            typical=typical_order(conn, one.site, total.currency) if total else 0,
            first_order_at=total.first_at if total else None,
            last_order_at=total.last_at if total else None,
        )
    return {visitor_id: facts[customer_id] for visitor_id, customer_id in known.items() if customer_id in facts}
