"""All an expert's screen needs to begin with; the events of the socket continue it."""

from sqlalchemy import Connection, or_, select

import chat.desks
import routing.queries
from access.queries import account_facts
from access.tables import account, account_site
from contract.rest_desk import Desk
from service import present
from service.api.operation import Call, operation
from service.api.people import experts, me
from service.api.sites import shown

COLLEAGUES = 500


@operation("GET", "/api/desk", gives=Desk)
async def desk(call: Call) -> Desk:
    """Me, the bells that ring here, my conversations, my colleagues, my sites: one state of the base."""
    sites, who, now = await call.sites(), call.account, call.now
    ids = [site.id for site in sites]

    def read(conn: Connection) -> Desk:
        together = select(account_site.c.account_id).where(account_site.c.site_id.in_(ids))
        colleagues = conn.execute(
            select(account)
            .where(account.c.active, or_(account.c.id.in_(together), account.c.id == who.id))
            .order_by(account.c.created_at, account.c.id)
            .limit(COLLEAGUES)
        ).mappings()
        return Desk(
            me=me(conn, who, now),
            alerts=[
                present.alert_raised(conn, row, row["until"], call.tongue, now)
                for row in routing.queries.ringing_for(conn, who.id)
            ],
            conversations=present.conversation_briefs(conn, chat.desks.desk_of(conn, who.id, now, ids), now),
            experts=experts(conn, account_facts(conn, colleagues), who, now),
            sites=[shown(site) for site in sites],
        )

    return await call.bell.store.read(read)


OPERATIONS = [desk]
