"""How many came, how often, how deep: the five figures everybody asks first."""

from sqlalchemy import Connection, case, func, select

from contract import rest_reports
from contract.names import Ms
from reports.scope import VISIT, seen, within
from tracker.tables import page_view


def overview(conn: Connection, site_id: str, from_ms: Ms | None, to_ms: Ms | None, bots: bool) -> rest_reports.Overview:
    """Figures of the page views in [from_ms, to_ms): everything is counted from them, so all figures agree.

    A visitor or visit counts when it has a page view in range; a returning visitor has page views of more than one
    visit in range. What programs did is left out unless `bots`.
    """
    where = within(site_id, from_ms, to_ms, bots=bots)
    each = (
        select(func.count(func.distinct(VISIT)).label("visits"), func.count().label("pages"))
        .select_from(seen())
        .where(*where)
        .group_by(page_view.c.visitor_id)
        .subquery()
    )
    visitors, returning, visits, pages = conn.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((each.c.visits > 1, 1), else_=0)), 0),
            func.coalesce(func.sum(each.c.visits), 0),
            func.coalesce(func.sum(each.c.pages), 0),
        ).select_from(each)
    ).one()
    depths = conn.execute(
        select(page_view.c.depth, func.count())
        .select_from(seen())
        .where(*where)
        .group_by(page_view.c.depth)
        .order_by(page_view.c.depth)
    )
    return rest_reports.Overview(
        visitors=visitors,
        returning_visitors=int(returning),
        visits=int(visits),
        page_views=int(pages),
        by_depth={str(depth): count for depth, count in depths},
    )
