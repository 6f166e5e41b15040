"""What a trigger did, and whether those it acted on ordered more often than those it left alone."""

from sqlalchemy import Connection, Select, and_, exists, func, select

from contract.clock import DAY
from contract.names import Ms
from contract.rest_triggers import TriggerArm, TriggerReport
from reports.uplift import Arm, missing, uplift
from routing.tables import alert, firing
from sales.tables import order

#: Who orders within this time after the firing ordered because of it, or would have.
WINDOW: Ms = 7 * DAY


def report(
    conn: Connection, trigger_id: str, percent: int, now: Ms, since: Ms = 0, strangers: bool = True
) -> TriggerReport:
    """`percent`: of strangers who are held out by now. `strangers`: whether it can fire on any. `since`: what
    it did is counted from then on; what it brought needs all there is.

    Only strangers are compared, each once, by what happened at the first firing; and only those whose first firing is
    a whole window old and not older than the hold-out: whoever came before had no chance to be left alone.
    """
    arms = _arms(conn, trigger_id, now)
    treated, held_out = (arms.get(arm, Arm(0, 0)) for arm in ("treated", "held_out"))
    found = uplift(treated, held_out)
    all_firings, acted, customers = conn.execute(
        select(
            func.count(),
            func.count().filter(firing.c.arm == "treated"),
            func.count(firing.c.customer_id.distinct()),
        ).where(firing.c.trigger_id == trigger_id, firing.c.at >= since)
    ).one()
    return TriggerReport(
        firings=all_firings,
        acted=acted,
        customers=customers,
        treated=TriggerArm(visitors=treated.visitors, ordered=treated.ordered),
        held_out=TriggerArm(visitors=held_out.visitors, ordered=held_out.ordered),
        uplift=_points(found.difference) if found else None,
        low=_points(found.low) if found else None,
        high=_points(found.high) if found else None,
        missing=missing(treated, held_out, percent) if strangers else 0,
        strangers=strangers,
        alerts=_alerts(conn, trigger_id, since),
    )


def _points(share: float) -> float:
    """Percentage points."""
    return round(share * 100, 2)


def _arms(conn: Connection, trigger_id: str, now: Ms) -> dict[str, Arm]:
    begun = conn.execute(
        select(func.min(firing.c.at)).where(firing.c.trigger_id == trigger_id, firing.c.arm == "held_out")
    ).scalar()
    first = _first(trigger_id).subquery()
    where = [first.c.nth == 1, first.c.customer_id.is_(None), first.c.at <= now - WINDOW]
    if begun is not None:
        where.append(first.c.at >= begun)
    bought = exists().where(
        and_(
            order.c.visitor_id == first.c.visitor_id,
            order.c.status == "placed",
            order.c.at >= first.c.at,
            order.c.at < first.c.at + WINDOW,
        )
    )
    rows = conn.execute(
        select(first.c.arm, func.count(), func.count().filter(bought)).where(*where).group_by(first.c.arm)
    )
    return {arm: Arm(visitors, ordered) for arm, visitors, ordered in rows}


def _first(trigger_id: str) -> Select[tuple[str, Ms, str, str | None, int]]:
    """Each visitor's firings, counted from the first."""
    nth = func.row_number().over(partition_by=firing.c.visitor_id, order_by=(firing.c.at, firing.c.id))
    return select(firing.c.visitor_id, firing.c.at, firing.c.arm, firing.c.customer_id, nth.label("nth")).where(
        firing.c.trigger_id == trigger_id
    )


def _alerts(conn: Connection, trigger_id: str, since: Ms) -> dict[str, int]:
    """How its bells ended, also those that became a question's; "ringing" for those that have not."""
    ended = func.coalesce(alert.c.outcome, "ringing")
    rows = conn.execute(
        select(ended, func.count())
        .where(alert.c.id.in_(select(firing.c.ref).where(firing.c.trigger_id == trigger_id, firing.c.at >= since)))
        .group_by(ended)
    )
    return {outcome: int(number) for outcome, number in rows}
