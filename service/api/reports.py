"""The marketer's questions; dates are days of the site's own zone, both ends included."""

from sqlalchemy import Connection

import crm.queries
import reports.funnel_query
import reports.overview
import reports.tree
from contract.rest_reports import Funnel, FunnelQuery, Overview, Tree
from contract.shapes import CustomerBrief
from reports.period import bounds
from service import present
from service.api.operation import MARKETERS, Call, operation

_PERIOD = ("site", "from", "to", "bots")


@operation("GET", "/api/reports/overview", roles=MARKETERS, gives=Overview, query=_PERIOD)
async def overview(call: Call) -> Overview:
    """How many came, how often, how deep."""
    site, bots = await call.site(), call.flag("bots")
    from_ms, to_ms = bounds(site.zone, call.text("from"), call.text("to"))
    return await call.bell.store.read(lambda conn: reports.overview.overview(conn, site.id, from_ms, to_ms, bots))


@operation("GET", "/api/reports/tree", roles=MARKETERS, gives=Tree, query=_PERIOD)
async def tree(call: Call) -> Tree:
    """Visits, deepest level and dwell of every node."""
    site, bots = await call.site(), call.flag("bots")
    from_ms, to_ms = bounds(site.zone, call.text("from"), call.text("to"))
    return await call.bell.store.read(lambda conn: reports.tree.tree(conn, site.id, from_ms, to_ms, bots))


@operation("POST", "/api/funnels/query", roles=MARKETERS, takes=FunnelQuery, gives=Funnel)
async def funnel(call: Call) -> Funnel:
    """How many came how far, and who stopped where."""
    asked: FunnelQuery = call.body
    site = await call.site(asked.site)

    def read(conn: Connection) -> Funnel:
        def customers(visitors: list[str]) -> dict[str, CustomerBrief]:
            known = crm.queries.customers_of(conn, site.id, visitors)
            briefs = present.customer_briefs(conn, set(known.values()))
            return {visitor: briefs[id_] for visitor, id_ in known.items() if id_ in briefs}

        return reports.funnel_query.query(conn, site, asked, customers)

    return await call.bell.store.read(read)


OPERATIONS = [overview, tree, funnel]
