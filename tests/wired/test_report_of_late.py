"""What a trigger did of late is counted apart from what it did ever, on a real store."""

from uuid import uuid4

from sqlalchemy import Connection, update

import reports.uplift_query
from contract.clock import DAY, now_ms
from contract.rest_triggers import TriggerReport
from contract.triggers import Pages
from routing.tables import alert, firing
from tests.wired.test_firing import House, house

__all__ = ["house"]


async def test_a_report_of_some_days_counts_what_happened_in_them(house: House) -> None:
    """Firings and bells of eight days ago are in the whole report, and not in that of a week."""
    trigger = await house.trigger(Pages(at_least=1), action="alert")
    old, new = uuid4().hex, uuid4().hex
    await house.look(old, "Garden")
    then = now_ms() - 8 * DAY

    def long_ago(conn: Connection) -> None:
        conn.execute(update(firing).values(at=then))
        conn.execute(update(alert).values(raised_at=then))

    await house.shop.store.write(long_ago)
    await house.look(new, "Garden")

    async def report(since: int) -> TriggerReport:
        return await house.shop.store.read(lambda conn: reports.uplift_query.report(conn, trigger, 0, now_ms(), since))

    ever, week = await report(0), await report(now_ms() - 7 * DAY)
    assert (ever.firings, ever.acted, sum(ever.alerts.values())) == (2, 2, 2)
    assert (week.firings, week.acted, sum(week.alerts.values())) == (1, 1, 1)
    assert ever.treated == week.treated, "what it brought is judged by all there is"
