"""Offers that were made, with what became of them."""

from sqlalchemy import Connection, select

from contract.errors import Refused
from contract.rest_goods import Offer
from sales.tables import offer as table
from service import present
from service.api.lists import Listed, asked, page
from service.api.operation import Call, operation


@operation("GET", "/api/offers", gives=Listed[Offer], query=("site", "limit", "cursor"))
async def offers(call: Call) -> Listed[Offer]:
    """The offers of one's sites, newest first."""
    ask, sites = asked(call, (int, str)), await call.site_ids()
    query = select(table).where(table.c.site_id.in_(sites))

    def read(conn: Connection) -> Listed[Offer]:
        rows, more = page(conn, query, (table.c.at, table.c.id), ask, newest=True)
        return Listed(items=present.offers(conn, rows, call.now), next=more)

    return await call.bell.store.read(read)


@operation("GET", "/api/offers/{id}", gives=Offer)
async def offer(call: Call) -> Offer:
    """One offer."""
    offer_id = call.path_id()

    def read(conn: Connection) -> Offer:
        row = conn.execute(select(table).where(table.c.id == offer_id)).mappings().one_or_none()
        if row is None or not call.account.may_see(row["site_id"]):
            raise Refused("not_found")
        return present.offers(conn, [row], call.now)[0]

    return await call.bell.store.read(read)


OPERATIONS = [offers, offer]
