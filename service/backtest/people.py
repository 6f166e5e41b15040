"""Who a visitor was known to be at a time gone by: identities, merges and orders as they were then.

A customer's tier has no history: it is the one of today.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable

from sqlalchemy import Connection, bindparam, or_, select

from chat.tables import conversation
from contract.facts import CustomerFacts
from contract.names import Ms
from crm.tables import customer, identity, merge
from sales.tables import order
from store.prepared import Prepared, among

_IDENTITIES = Prepared(
    select(identity.c.value, identity.c.customer_id, identity.c.at).where(
        identity.c.site_id == bindparam("site"), identity.c.kind == "visitor", among(identity.c.value, "visitors")
    )
)
_MERGES = Prepared(
    select(merge.c.kept, merge.c.gone, merge.c.at, merge.c.undone_at).where(
        or_(among(merge.c.kept, "customers"), among(merge.c.gone, "others"))
    )
)
_TIERS = Prepared(
    select(customer.c.id, customer.c.tier).where(among(customer.c.id, "customers")).order_by(customer.c.created_at)
)
_ORDERS = Prepared(
    select(order.c.customer_id, order.c.at)
    .where(among(order.c.customer_id, "customers"), order.c.status == "placed")
    .order_by(order.c.at)
)
_TALKS = Prepared(
    select(conversation.c.visitor_id, conversation.c.accepted_at, conversation.c.opened_at, conversation.c.closed_at)
    .where(among(conversation.c.visitor_id, "visitors"), conversation.c.expert_id.is_not(None))
)  # fmt: skip
Merge = tuple[str, str, Ms, Ms | None]


class People:
    """The customers behind some visitors, and the experts they talked with."""

    def __init__(self, conn: Connection, site_id: str, visitors: Collection[str]) -> None:
        rows = _IDENTITIES.rows(conn, site=site_id, visitors=visitors)
        self._known: dict[str, tuple[str, Ms]] = {visitor: (id_, at) for visitor, id_, at in rows}
        records = {id_ for id_, _ in self._known.values()}
        self._merges = _merges(conn, records)
        records.update(id_ for kept, gone, _, _ in self._merges for id_ in (kept, gone))
        self._tiers: dict[str, str] = dict(_TIERS.rows(conn, customers=records)) if records else {}
        self._orders: dict[str, list[Ms]] = {}
        for id_, at in _ORDERS.rows(conn, customers=records) if records else ():
            self._orders.setdefault(id_, []).append(at)
        self._talks: dict[str, list[tuple[Ms, Ms | None]]] = {}
        for visitor, accepted_at, opened_at, closed_at in _TALKS.rows(conn, visitors=visitors):
            begun = opened_at if accepted_at is None else accepted_at
            self._talks.setdefault(visitor, []).append((begun, closed_at))

    def customer(self, visitor: str, now: Ms) -> CustomerFacts | None:
        """Who it was then: what rules ask of a customer, the rest is empty."""
        known = self._known.get(visitor)
        if known is None or known[1] > now:
            return None
        person, records = self._person(known[0], now)
        tiers = [self._tiers.get(person, "standard"), *(tier for id_, tier in self._tiers.items() if id_ in records)]
        return CustomerFacts(
            id=person,
            name="",
            tier=next((tier for tier in tiers if tier != "standard"), "standard"),
            owner=None,
            last_expert=None,
            orders=sum(bisect_right(self._orders.get(id_, ()), now) for id_ in records),
            spent=0,
            currency="",
        )

    def talking(self, visitor: str, now: Ms) -> bool:
        """Whether an expert was talking with them."""
        return any(
            begun <= now and (closed_at is None or now < closed_at) for begun, closed_at in self._talks.get(visitor, ())
        )

    def _person(self, record: str, now: Ms) -> tuple[str, set[str]]:
        """(the record that stood for the person, all records of theirs)."""
        held = [
            (kept, gone) for kept, gone, at, undone in self._merges if at <= now and (undone is None or now < undone)
        ]
        into = {gone: kept for kept, gone in held}
        root = record
        while root in into:
            root = into[root]
        records, more = {root}, True
        while more:
            below = {gone for kept, gone in held if kept in records} - records
            records |= below
            more = bool(below)
        return root, records


def _merges(conn: Connection, records: Iterable[str]) -> list[Merge]:
    """All that ever joined these records with others, and those with others again."""
    asked, new = set[str](), set(records)
    found: set[Merge] = set()
    while new:
        found |= {(kept, gone, at, undone) for kept, gone, at, undone in _MERGES.rows(conn, customers=new, others=new)}
        asked |= new
        new = {id_ for kept, gone, _, _ in found for id_ in (kept, gone)} - asked
    return list(found)
