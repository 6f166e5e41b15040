"""The information tree as it was walked: how often each place was seen, how long, and how deep its visitors got."""

from collections.abc import Sequence

from sqlalchemy import Connection, desc, func, select

from contract import rest_reports, rest_visits
from contract.names import Ms
from reports.scope import VISIT, seen, within
from tracker.tables import node, page_view, visit
from tracker.tree_walk import Stay, branches, directions, steps
from tracker.tree_walk import deepest as deepest_of

#: The busiest places that one answer names; a tree of more is not looked at place by place.
MOST = 5_000

#: The page views of one person that an answer looks at: the newest. Whoever has more is a program.
MOST_VIEWS = 20_000
MOST_BRANCHES = 100

Path = tuple[str, ...]


def tree(conn: Connection, site_id: str, from_ms: Ms | None, to_ms: Ms | None, bots: bool = False) -> rest_reports.Tree:
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
    nodes: dict[Path, rest_reports.TreeNode] = {}
    for path, visits, page_views, deepest, dwell in rows:
        nodes[tuple(path)] = _node(tuple(path), visits, page_views, deepest, int(dwell))
    for path in list(nodes):
        for length in range(1, len(path)):
            above = nodes.setdefault(path[:length], _node(path[:length], 0, 0, 0, 0))
            if above.page_views == 0:
                above.deepest = max(above.deepest, nodes[path].deepest)
    return rest_reports.Tree(nodes=[nodes[path] for path in sorted(nodes)])


def _node(path: Path, visits: int, page_views: int, deepest: int, dwell: Ms) -> rest_reports.TreeNode:
    return rest_reports.TreeNode(
        path=list(path),
        depth=len(path),
        visits=visits,
        page_views=page_views,
        deepest=deepest,
        dwell_ms=dwell,
        dwell_mean_ms=round(dwell / page_views) if page_views else 0,
    )


def of_person(conn: Connection, visitor_ids: Sequence[str]) -> rest_reports.CustomerTree:
    """Where somebody was and how they walked, over all visits of all their browsers (ids of visitors)."""
    rows = conn.execute(
        select(VISIT.label("visit"), page_view.c.path, page_view.c.dwell)
        .select_from(seen())
        .where(visit.c.visitor_id.in_(list(visitor_ids)))
        .order_by(page_view.c.at.desc(), page_view.c.position.desc(), page_view.c.id.desc())
        .limit(MOST_VIEWS)
    )
    stays = [Stay(row.visit, tuple(row.path), row.dwell) for row in rows][::-1]
    visits: dict[str, list[Path]] = {}
    for stay in stays:
        visits.setdefault(stay.visit, []).append(stay.path)
    walked = steps(way for paths in visits.values() for way in directions(paths))
    furthest = deepest_of(stay.path for stay in stays)
    return rest_reports.CustomerTree(
        visits=len(visits),
        pages=len(stays),
        dwell_ms=sum(stay.dwell for stay in stays),
        depth=len(furthest),
        deepest_path=list(furthest),
        direction=rest_visits.Directions(in_=walked.inward, out=walked.out, across=walked.across),
        branches=[
            rest_reports.CustomerBranch(
                path=list(branch.path),
                visits=branch.visits,
                pages=branch.pages,
                dwell_ms=branch.dwell,
                deepest_path=list(branch.deepest_path),
            )
            for branch in branches(stays)[:MOST_BRANCHES]
        ],
    )
