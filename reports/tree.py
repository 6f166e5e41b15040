"""The information tree as it was walked: how often each place was seen, how long, and how deep its visitors got."""

from sqlalchemy import Connection, desc, func, select

from contract import rest
from contract.names import Ms
from reports.scope import VISIT, seen, within
from tracker.tables import node, page_view, visit

#: The busiest places that one answer names; a tree of more is not looked at place by place.
MOST = 5_000

Path = tuple[str, ...]


def tree(conn: Connection, site_id: str, from_ms: Ms | None, to_ms: Ms | None, bots: bool = False) -> rest.Tree:
    """Every node seen in [from_ms, to_ms), parents before children, names in order.

    Figures are of the page at the node itself. A node that nobody opened and something below it was, stands there
    with zeros and the deepest level below, so that the tree hangs together.
    """
    rows = conn.execute(
        select(
            node.c.path,
            func.count(func.distinct(VISIT)).label("visits"),
            func.count().label("page_views"),
            func.max(visit.c.deepest).label("deepest"),
            func.sum(page_view.c.dwell).label("dwell"),
        )
        .select_from(seen().join(node, node.c.id == page_view.c.node_id))
        .where(*within(site_id, from_ms, to_ms, bots=bots))
        .group_by(node.c.id, node.c.path)
        .order_by(desc("page_views"), node.c.id)
        .limit(MOST)
    )
    nodes: dict[Path, rest.TreeNode] = {}
    for path, visits, page_views, deepest, dwell in rows:
        nodes[tuple(path)] = _node(tuple(path), visits, page_views, deepest, int(dwell))
    for path in list(nodes):
        for length in range(1, len(path)):
            above = nodes.setdefault(path[:length], _node(path[:length], 0, 0, 0, 0))
            if above.page_views == 0:
                above.deepest = max(above.deepest, nodes[path].deepest)
    return rest.Tree(nodes=[nodes[path] for path in sorted(nodes)])


def _node(path: Path, visits: int, page_views: int, deepest: int, dwell: Ms) -> rest.TreeNode:
    return rest.TreeNode(
        path=list(path),
        depth=len(path),
        visits=visits,
        page_views=page_views,
        deepest=deepest,
        dwell_ms=dwell,
        dwell_mean_ms=round(dwell / page_views) if page_views else 0,
    )
