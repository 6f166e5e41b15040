"""The information tree as fields of knowledge: every node that somebody visited, knows or described, and who knows it.

Administrators say what people write who mean a topic: `shopbell learn` takes that beside closed conversations.
"""

from collections.abc import Collection

from sqlalchemy import Connection, select, union

import access.queries
import routing.phrases
from access.tables import account, account_site
from contract.errors import Refused
from contract.facts import SiteFacts
from contract.ids import node_id
from contract.rest_tree import Topic, TopicPatch
from contract.shapes import Person
from routing.tables import expertise, topic_phrase
from service.api.lists import Listed, asked, page
from service.api.operation import ADMINS, Call, operation
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
        return Listed(items=_shown(conn, sites, nodes), next=more)

    return await call.bell.store.read(read)


@operation("PATCH", "/api/topics/{id}", roles=ADMINS, takes=TopicPatch, gives=Topic)
async def change(call: Call) -> Topic:
    """Give the phrases of a topic, at most 200. They count from the next `shopbell learn` on."""
    topic_id, sites, patch = call.path_id(), await call.sites(), call.body

    def write(conn: Connection) -> Topic:
        found = _place(conn, topic_id, sites)
        if found is None:
            raise Refused("not_found")
        site_id, path = found
        routing.phrases.set_phrases(conn, site_id, topic_id, tuple(path), patch.phrases)
        return _shown(conn, [site_id], {topic_id: path})[0]

    return await call.bell.store.write(write)


def _shown(conn: Connection, sites: Collection[str], nodes: dict[str, list[str]]) -> list[Topic]:
    knowers, phrases = _knowers(conn, list(nodes)), routing.phrases.of_nodes(conn, sites, nodes)
    return [
        Topic(id=id_, path=path, depth=len(path), experts=knowers.get(id_, []), phrases=phrases.get(id_, []))
        for id_, path in nodes.items()
    ]


def _never_visited(conn: Connection, sites: list[str]) -> dict[str, list[str]]:
    visited = select(node.c.id).where(node.c.site_id.in_(sites))
    ours = select(account_site.c.account_id).where(account_site.c.site_id.in_(sites))
    known = select(expertise.c.node_id, expertise.c.path).where(expertise.c.expert_id.in_(ours))
    given = select(topic_phrase.c.node_id, topic_phrase.c.path).where(topic_phrase.c.site_id.in_(sites))
    found = union(known.where(expertise.c.node_id.not_in(visited)), given.where(topic_phrase.c.node_id.not_in(visited)))
    return {row.node_id: row.path for row in conn.execute(found.limit(1000))}


def _place(conn: Connection, topic_id: str, sites: Collection[SiteFacts]) -> tuple[str, list[str]] | None:
    """(site id, path) of a topic of these sites: visited, described, known to somebody, or a site's root."""
    for table in (node.c.site_id, node.c.path, node.c.id), (
        topic_phrase.c.site_id, topic_phrase.c.path, topic_phrase.c.node_id,
    ):  # fmt: skip
        row = conn.execute(select(table[0], table[1]).where(table[2] == topic_id)).first()
        if row is not None:
            return (row[0], row[1]) if any(site.id == row[0] for site in sites) else None
    paths = [row.path for row in conn.execute(select(expertise.c.path).where(expertise.c.node_id == topic_id).limit(1))]
    for site in sites:
        for path in ([], *paths):
            if node_id(site.id, path) == topic_id:
                return site.id, path
    return None


def _knowers(conn: Connection, nodes: list[str]) -> dict[str, list[Person]]:
    rows = conn.execute(
        select(expertise.c.node_id, expertise.c.expert_id)
        .where(expertise.c.node_id.in_(nodes), expertise.c.expert_id.in_(select(account.c.id).where(account.c.active)))
        .order_by(expertise.c.level.desc(), expertise.c.expert_id)
    ).all()
    names = access.queries.names(conn, {row.expert_id for row in rows})
    found: dict[str, list[Person]] = {}
    for row in rows:
        found.setdefault(row.node_id, []).append(Person(id=row.expert_id, name=names.get(row.expert_id, "")))
    return found


OPERATIONS = [topics, change]
