"""Known people, and everything that ever happened with one of them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

import reports.timeline
from contract.errors import Refused
from contract.rest import Customer, TimelineItem
from crm.tables import customer as table
from service import present
from service.api.lists import Listed, asked, page
from service.api.operation import Call, operation
from service.api.timeline import timeline


def _seen(conn: Connection, call: Call, customer_id: str) -> Mapping[Any, Any]:
    row = conn.execute(select(table).where(table.c.id == customer_id)).mappings().one_or_none()
    if row is None or not call.account.may_see(row["site_id"]):
        raise Refused("not_found")
    return row


@operation("GET", "/api/customers", gives=Listed[Customer], query=("site", "limit", "cursor"))
async def customers(call: Call) -> Listed[Customer]:
    """The known people of one's sites, the newest first."""
    ask, sites = asked(call, (int, str)), await call.site_ids()
    query = select(table).where(table.c.site_id.in_(sites))

    def read(conn: Connection) -> Listed[Customer]:
        rows, more = page(conn, query, (table.c.created_at, table.c.id), ask, newest=True)
        return Listed(items=present.customers(conn, [row["id"] for row in rows]), next=more)

    return await call.bell.store.read(read)


@operation("GET", "/api/customers/{id}", gives=Customer)
async def customer(call: Call) -> Customer:
    """One person."""
    customer_id = call.path_id()

    def read(conn: Connection) -> Customer:
        return present.customers(conn, [_seen(conn, call, customer_id)["id"]])[0]

    return await call.bell.store.read(read)


@operation("GET", "/api/customers/{id}/timeline", gives=Listed[TimelineItem], query=("limit", "cursor"))
async def history(call: Call) -> Listed[TimelineItem]:
    """Every channel, newest first."""
    customer_id = call.path_id()

    def read(conn: Connection, limit: int, before: int | None) -> list[TimelineItem]:
        _seen(conn, call, customer_id)
        return reports.timeline.of_customer(conn, customer_id, limit, before)

    return await timeline(call, read)


OPERATIONS = [customers, customer, history]
