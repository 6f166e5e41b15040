"""Orders that were placed."""

from sqlalchemy import Connection, select

import crm.queries
from contract.errors import Refused
from contract.rest_goods import Order
from sales.tables import order as table
from service import present
from service.api.lists import Listed, asked, page
from service.api.operation import Call, operation


@operation("GET", "/api/orders", gives=Listed[Order], query=("site", "customer", "limit", "cursor"))
async def orders(call: Call) -> Listed[Order]:
    """The orders of one's sites, newest first."""
    ask, sites, customer = asked(call, (int, str)), await call.site_ids(), call.text("customer")
    query = select(table).where(table.c.site_id.in_(sites))

    def read(conn: Connection) -> Listed[Order]:
        known = crm.queries.people(conn, [customer]).get(customer) if customer is not None else None
        whose = query if customer is None else query.where(table.c.customer_id.in_(known.members if known else ()))
        rows, more = page(conn, whose, (table.c.at, table.c.id), ask, newest=True)
        return Listed(items=present.orders(conn, rows), next=more)

    return await call.bell.store.read(read)


@operation("GET", "/api/orders/{id}", gives=Order)
async def order(call: Call) -> Order:
    """One order."""
    order_id = call.path_id()

    def read(conn: Connection) -> Order:
        row = conn.execute(select(table).where(table.c.id == order_id)).mappings().one_or_none()
        if row is None or not call.account.may_see(row["site_id"]):
            raise Refused("not_found")
        return present.orders(conn, [row])[0]

    return await call.bell.store.read(read)


OPERATIONS = [orders, order]
