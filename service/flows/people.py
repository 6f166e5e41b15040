"""Who could answer this visitor: one value for the ladder, out of what four rooms know."""

from sqlalchemy import Connection

import chat.queries
import crm.queries
import routing.queries
from contract.facts import CustomerFacts, SiteFacts
from contract.names import Ms
from routing.alerts import People


def people(conn: Connection, site: SiteFacts, visitor_id: str, customer: CustomerFacts | None, now: Ms) -> People:
    """The site's experts with what they carry now, the customer's owner, and who served this visitor last."""
    visitors = crm.queries.visitors_of(conn, customer.id) if customer else [visitor_id]
    last = customer.last_expert if customer and customer.last_expert else None
    return People(
        experts=routing.queries.experts_of_site(conn, site.id, chat.queries.loads(conn), now),
        owner=customer.owner if customer else None,
        last=last or chat.queries.last_expert_of_visitor(conn, visitors or [visitor_id]),
        rung_seconds=site.rung_seconds,
    )
