"""Why you: the stored record of every choice that was made about a visit."""

from sqlalchemy import Connection, select

import access.queries
from contract.clock import rfc3339
from contract.errors import Refused
from contract.ids import UUID
from contract.rest_routing import Decision
from contract.shapes import Person
from routing.tables import decision as table
from service.api.lists import Listed, asked, page
from service.api.operation import Call, operation


@operation("GET", "/api/decisions", gives=Listed[Decision], query=("visit", "limit", "cursor"))
async def decisions(call: Call) -> Listed[Decision]:
    """Candidates, who was chosen and who was left out and why, newest first; `?visit=` is needed."""
    ask, visit = asked(call, (int, str)), call.text("visit")
    if visit is None or not UUID.fullmatch(visit):
        raise Refused("invalid", "visit")
    sites = await call.site_ids()
    query = select(table).where(table.c.visit_id == visit, table.c.site_id.in_(sites))

    def read(conn: Connection) -> Listed[Decision]:
        rows, more = page(conn, query, (table.c.at, table.c.id), ask, newest=True)
        names = access.queries.names(conn, {_id(one) for row in rows for one in row["chosen"]})
        items = [
            Decision(
                id=row["id"],
                alert=row["alert_id"],
                visit=row["visit_id"],
                rung=row["rung"],
                at=rfc3339(row["at"]),
                chosen=[Person(id=_id(one), name=names.get(_id(one), "")) for one in row["chosen"]],
                candidates=row["candidates"],
                outcome=row["outcome"],
            )
            for row in rows
        ]
        return Listed(items=items, next=more)

    return await call.bell.store.read(read)


def _id(chosen: str | dict[str, str]) -> str:
    """Chosen ones are kept as ids."""
    return chosen if isinstance(chosen, str) else chosen["id"]


OPERATIONS = [decisions]
