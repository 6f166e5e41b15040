"""The information tree as fields of knowledge: every node that somebody visited or knows, and who knows it."""

from sqlalchemy import Connection, select

import access.queries
from access.tables import account_site
from contract.rest_tree import Topic
from contract.shapes import Person
from routing.tables import expertise
from service.api.lists import Listed, asked, page
from service.api.operation import Call, operation
from tracker.tables import node


@operation("GET", "/api/topics", gives=Listed[Topic], query=("site", "limit", "cursor"))
async def topics(call: Call) -> Listed[Topic]:
    """The nodes of the tree, from the root down. Known and never visited ones stand on the first page."""
    ask, sites = asked(call, (int, str)), await call.site_ids()

    def read(conn: Connection) -> Listed[Topic]:
        rows, more = page(conn, select(node).where(node.c.site_id.in_(sites)), (node.c.depth, node.c.id), ask)
        nodes = {row["id"]: row["path"] for row in rows}
        if ask.after is None:
            nodes = _never_visited(conn, sites) | nodes
        knowers = _knowers(conn, list(nodes))
        items = [Topic(id=id_, path=path, depth=len(path), experts=knowers.get(id_, [])) for id_, path in nodes.items()]
        return Listed(items=items, next=more)

    return await call.bell.store.read(read)


def _never_visited(conn: Connection, sites: list[str]) -> dict[str, list[str]]:
    visited = select(node.c.id).where(node.c.site_id.in_(sites))
    ours = select(account_site.c.account_id).where(account_site.c.site_id.in_(sites))
    rows = conn.execute(
        select(expertise.c.node_id, expertise.c.path)
        .where(expertise.c.expert_id.in_(ours), expertise.c.node_id.not_in(visited))
        .distinct()
        .limit(1000)
    )
    return {row.node_id: row.path for row in rows}


def _knowers(conn: Connection, nodes: list[str]) -> dict[str, list[Person]]:
    rows = conn.execute(
        select(expertise.c.node_id, expertise.c.expert_id)
        .where(expertise.c.node_id.in_(nodes))
        .order_by(expertise.c.level.desc(), expertise.c.expert_id)
    ).all()
    names = access.queries.names(conn, {row.expert_id for row in rows})
    found: dict[str, list[Person]] = {}
    for row in rows:
        found.setdefault(row.node_id, []).append(Person(id=row.expert_id, name=names.get(row.expert_id, "")))
    return found


OPERATIONS = [topics]
