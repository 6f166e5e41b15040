"""Who was known as whom at what time, and what they had ordered: nobody is a customer before they were known."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from contract.facts import CustomerFacts
from contract.names import Ms
from crm.tables import identity, merge
from sales.tables import order


class People:
    """Who was known as whom at what time, and what they had ordered by then."""

    def __init__(
        self,
        known: Mapping[str, tuple[Ms, str]],
        merges: Mapping[str, Sequence[tuple[Ms, Ms | None, str]]],
        orders: Mapping[str, Sequence[tuple[Ms, int]]],
    ) -> None:
        """`known`: visitor -> (since when, record). `merges`: record -> (from, until, part of which record).
        `orders`: record -> (when, amount)."""
        self._known, self._merges, self._orders = known, merges, orders
        self._near = defaultdict[str, set[str]](set)
        for gone, parts in merges.items():
            for _, _, kept in parts:
                self._near[gone].add(kept)
                self._near[kept].add(gone)

    def at(self, visitor_id: str, at: Ms) -> CustomerFacts | None:
        """The customer behind this visitor, as was known then. Tier and owner may be of later: they are not told."""
        since, record = self._known.get(visitor_id, (at, ""))
        if since >= at or not record:
            return None
        person = self._person(record, at)
        orders = sorted(
            (when, amount)
            for one in self._all_near(record)
            if one == record or self._person(one, at) == person
            for when, amount in self._orders.get(one, ())
            if when < at
        )
        return CustomerFacts(
            id=person, name="", tier="standard", owner=None, last_expert=None, orders=len(orders),
            spent=sum(amount for _, amount in orders), currency="", last_order_at=orders[-1][0] if orders else None,
        )  # fmt: skip

    def _person(self, record: str, at: Ms) -> str:
        seen = {record}
        while True:
            now = [
                kept
                for since, until, kept in self._merges.get(record, ())
                if since < at and not (until and until <= at)
            ]
            if not now or now[0] in seen:
                return record
            record = now[0]
            seen.add(record)

    def _all_near(self, record: str) -> set[str]:
        """All records that were ever joined with this one."""
        found, to_visit = {record}, [record]
        while to_visit:
            more = self._near.get(to_visit.pop(), set()) - found
            found |= more
            to_visit += more
        return found


def people_of(conn: Connection, site_id: str) -> People:
    """All known browsers of a site, its merges and orders: a few bytes each."""
    known = {
        visitor_id: (at, record)
        for visitor_id, at, record in conn.execute(
            select(identity.c.value, identity.c.at, identity.c.customer_id).where(
                identity.c.site_id == site_id, identity.c.kind == "visitor"
            )
        )
    }
    merges = defaultdict[str, list[tuple[Ms, Ms | None, str]]](list)
    for gone, at, undone_at, kept in conn.execute(
        select(merge.c.gone, merge.c.at, merge.c.undone_at, merge.c.kept).where(merge.c.site_id == site_id)
    ):
        merges[gone].append((at, undone_at, kept))
    orders = defaultdict[str, list[tuple[Ms, int]]](list)
    for record, at, amount in conn.execute(
        select(order.c.customer_id, order.c.at, order.c.amount).where(order.c.site_id == site_id)
    ):
        orders[record].append((at, amount))
    return People(known, merges, orders)
