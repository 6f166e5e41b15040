"""The answer to "what would it have done": firings, people, experts, orders, day by day."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from chat.tables import conversation
from contract.clock import DAY, HOUR, rfc3339
from contract.facts import SiteFacts
from contract.names import Action, Ms
from contract.rest_triggers import Backtest, BacktestDay, BacktestVisit
from contract.triggers import Rule, When
from routing.calendar import day_of
from routing.firings import segments as segments_of
from sales.tables import order
from service.backtest.assumed import assumed
from service.backtest.busy import busy
from service.backtest.look import MOST, Fired, Gone, Sample, Seen, firings, sample
from store.base import Store

#: Who orders within this time after the visit ordered because of what they saw there.
AFTER: Ms = 24 * HOUR
#: A talk, while too few are known to say.
TALK_SECONDS = 300
_TALKS, _TALK_DAYS = 20, 90
_EXAMPLES = 20
_TAKES_AN_EXPERT: frozenset[Action] = frozenset({"alert", "invite"})


async def backtest(
    store: Store,
    site: SiteFacts,
    rule: Rule,
    *,
    days: int,
    now: Ms,
    trigger: str = "backtest",
    gone: Gone | None = None,
    most: int = MOST,
) -> Backtest:
    """Run `rule` over the visits of this site that began within the last `days` days of 24 hours.

    `trigger`: whose id chooses who is held out. `gone` raises when nobody waits for the answer any more.
    """
    since = now - days * DAY

    def begin(conn: Connection) -> tuple[Sample, dict[str, When], dict[str, list[Ms]], tuple[int, bool]]:
        return (
            sample(conn, site.id, since, now, most),
            segments_of(conn, site.id),
            _orders(conn, site.id, since),
            _talk(conn, site.id, now),
        )

    looked, segments, orders, (talk, talk_known) = await store.read(begin)
    judged, kept, names = assumed(rule, segments)
    fired = await firings(store, site, trigger, judged, kept, looked.visits, since, gone)

    def answer() -> Backtest:
        by_id = {one.id: one for one in looked.visits}
        times = looked.whole / len(looked.visits) if looked.visits else 1.0
        on = {one.visit for one in fired}
        acted = [one.at for one in fired if one.arm == "treated"]
        most_busy, usually = busy(acted, talk * 1000) if rule.action in _TAKES_AN_EXPERT else (0, 0)

        def all_of(number: int) -> int:
            return round(number * times)

        return Backtest(
            since=rfc3339(since),
            visits=looked.whole,
            every=looked.every,
            firings=all_of(len(fired)),
            visitors=all_of(len({one.visitor for one in fired})),
            customers=all_of(len({one.customer for one in fired if one.customer is not None})),
            held_out=all_of(len(fired) - len(acted)),
            ordered_anyway=all_of(sum(_ordered(by_id[id_], orders) for id_ in on)),
            ordered_all=all_of(sum(_ordered(one, orders) for one in looked.visits)),
            busy=all_of(most_busy),
            busy_usually=all_of(usually),
            talk_seconds=talk,
            talk_known=talk_known,
            assumed=names,
            days=_days(fired, site.zone, since, now, all_of),
            examples=[_example(one, by_id[one.visit], orders) for one in fired[: -_EXAMPLES - 1 : -1]],
        )

    return await asyncio.to_thread(answer)  # twenty thousand visits are counted: not on the loop


def _orders(conn: Connection, site_id: str, since: Ms) -> dict[str, list[Ms]]:
    """Visitor -> when they ordered."""
    found: dict[str, list[Ms]] = {}
    for visitor, at in conn.execute(
        select(order.c.visitor_id, order.c.at).where(
            order.c.site_id == site_id, order.c.at >= since, order.c.status == "placed"
        )
    ):
        found.setdefault(visitor, []).append(at)
    return found


def _talk(conn: Connection, site_id: str, now: Ms) -> tuple[int, bool]:
    """(seconds that an expert usually talks, whether that was measured here)."""
    lasted = conversation.c.closed_at - conversation.c.accepted_at
    number, mean = conn.execute(
        select(func.count(), func.avg(lasted)).where(
            conversation.c.site_id == site_id,
            conversation.c.state == "closed",
            conversation.c.accepted_at.is_not(None),
            conversation.c.opened_at >= now - _TALK_DAYS * DAY,
        )
    ).one()
    return (max(1, round(float(mean) / 1000)), True) if number >= _TALKS else (TALK_SECONDS, False)


def _ordered(one: Seen, orders: dict[str, list[Ms]]) -> bool:
    return any(one.started_at <= at <= one.last_at + AFTER for at in orders.get(one.visitor, ()))


def _days(fired: list[Fired], zone: str, since: Ms, now: Ms, all_of: Any) -> list[BacktestDay]:
    """Every day of the period, also those without any."""
    counts = Counter(day_of(one.at, zone) for one in fired)
    first, last = day_of(since, zone), day_of(now, zone)
    dates = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [BacktestDay(date=date.isoformat(), firings=all_of(counts[date])) for date in dates]


def _example(one: Fired, seen: Seen, orders: dict[str, list[Ms]]) -> BacktestVisit:
    return BacktestVisit(
        visit=one.visit, visitor=one.visitor, customer=one.customer, at=rfc3339(one.at), topic=list(one.topic),
        ordered=_ordered(seen, orders),
    )  # fmt: skip
