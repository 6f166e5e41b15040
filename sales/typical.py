"""What an order of a site ordinarily comes to, kept for a minute: the measure for what a customer is worth to it.

The median of the newest hundred orders: one very large one moves nothing.
"""

import time

from sqlalchemy import Connection, bindparam, select

from sales.tables import order
from store.prepared import Prepared

FRESH_SECONDS = 60.0
NEWEST = 100

_AMOUNTS = Prepared(
    select(order.c.amount)
    .where(
        order.c.site_id == bindparam("site_id"),
        order.c.currency == bindparam("currency"),
        order.c.status == "placed",
    )
    .order_by(order.c.at.desc())
    .limit(NEWEST)
)
_kept: dict[tuple[str, str], tuple[float, int]] = {}


def typical_order(conn: Connection, site_id: str, currency: str) -> int:
    """In minor units of the currency; 0 while there is no order in it."""
    until, amount = _kept.get((site_id, currency), (0.0, 0))
    if time.monotonic() < until:
        return amount
    amounts = sorted(_AMOUNTS.scalars(conn, site_id=site_id, currency=currency))
    amount = int(amounts[len(amounts) // 2]) if amounts else 0
    if len(_kept) > 1_000:
        _kept.clear()
    _kept[site_id, currency] = (time.monotonic() + FRESH_SECONDS, amount)
    return amount
