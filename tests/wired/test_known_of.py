"""What is known of a customer for the rules: orders, months, value; and the visits of a day. Bounded, on both bases."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, insert, select

import sales.queries
import sales.typical
import tracker.queries
from contract.clock import DAY, HOUR, now_ms
from contract.facts import CustomerFacts
from contract.ids import new_id
from contract.names import Ms
from crm.tables import customer, identity
from routing.tables import alert
from sales.tables import order, order_form
from service.flows.facts import customer_facts
from tests.wired.counter import Shop
from tests.wired.test_ringing import judged, seen
from tracker.tables import visit


@pytest.fixture
async def shop(fresh_database_url: str) -> AsyncIterator[Shop]:
    opened = await Shop.open(fresh_database_url)
    yield opened
    await opened.close()


def ordered(
    conn: Connection, site_id: str, customer_id: str, at: Ms, amount: int, *, currency: str = "EUR",
    status: str = "placed", expert: str = "e",
) -> None:  # fmt: skip
    """An order as it would stand there after a form was sent."""
    form = new_id()
    form_row = {
        "id": form, "site_id": site_id, "visitor_id": "v", "expert_id": expert, "lines": [], "state": "ordered",
        "at": at,
    }  # fmt: skip
    conn.execute(insert(order_form).values(**form_row))
    number = conn.execute(select(order.c.number).order_by(order.c.number.desc()).limit(1)).scalar() or 0
    row: dict[str, Any] = {
        "id": new_id(), "site_id": site_id, "number": number + 1, "form_id": form, "visitor_id": "v",
        "customer_id": customer_id, "expert_id": expert, "amount": amount, "currency": currency, "contact": {},
        "status": status, "at": at,
    }  # fmt: skip
    conn.execute(insert(order).values(**row))


async def test_regularity_counts_months_with_an_order(shop: Shop) -> None:
    """Twice in one month is one month; a year ago is none; a cancelled one never was."""
    now, who = now_ms(), new_id()
    days = [1, 2, 40, 100, 360, 366, 900]

    def work(conn: Connection) -> None:
        for number, day in enumerate(days):
            ordered(conn, shop.site.id, who, now - day * DAY, 1_000 + number, expert=f"e{day}")
        ordered(conn, shop.site.id, who, now - 200 * DAY, 10**9, status="cancelled")

    await shop.store.write(work)
    total = (await shop.store.read(lambda conn: sales.queries.totals_of(conn, {who: who})))[who]
    assert (total.orders, total.spent, total.months) == (7, sum(1_000 + n for n in range(7)), 4)
    assert (total.first_at, total.last_at, total.last_expert) == (now - 900 * DAY, now - DAY, "e1")


async def test_two_records_of_one_person_count_as_one(shop: Shop) -> None:
    """Orders keep the customer under whom they were placed; the currency is that in which most was spent."""
    now, one, other = now_ms(), new_id(), new_id()

    def work(conn: Connection) -> None:
        ordered(conn, shop.site.id, one, now - DAY, 500, expert="older")
        ordered(conn, shop.site.id, other, now - HOUR, 700, expert="newer")
        ordered(conn, shop.site.id, other, now - 50 * DAY, 90, currency="USD")

    await shop.store.write(work)
    total = (await shop.store.read(lambda conn: sales.queries.totals_of(conn, {one: one, other: one})))[one]
    assert (total.orders, total.spent, total.currency, total.months) == (3, 1_200, "EUR", 2)
    assert total.last_expert == "newer"


async def test_a_customer_as_the_rules_see_them(shop: Shop) -> None:
    """With the order that is ordinary for this site: the median, which one large order does not move."""
    now, visitor, id_ = now_ms(), str(uuid4()), new_id()

    def work(conn: Connection) -> CustomerFacts:
        row = {"id": id_, "site_id": shop.site.id, "person_id": id_, "name": "Carla", "tier": "gold"}
        conn.execute(insert(customer).values(**row, created_at=1))
        link = {"site_id": shop.site.id, "kind": "visitor", "value": visitor, "customer_id": id_}
        conn.execute(insert(identity).values(**link, proof="order", at=1))
        ordered(conn, shop.site.id, id_, now - DAY, 4_000)
        for amount in (2_000, 5_000, 10**9):
            ordered(conn, shop.site.id, new_id(), now - DAY, amount)
        ordered(conn, shop.site.id, new_id(), now - DAY, 1, currency="USD")
        ordered(conn, shop.other_site.id, new_id(), now - DAY, 1)
        return customer_facts(conn, shop.site.id, [visitor])[visitor]

    facts = await shop.store.write(work)
    assert (facts.orders, facts.spent, facts.regularity, facts.typical) == (1, 4_000, 1, 5_000)
    assert facts.first_order_at == facts.last_order_at == now - DAY


async def test_the_second_visit_of_a_day_is_said(shop: Shop) -> None:
    """Counted from midnight of the site, and only where it is not the first visit of all."""
    one = await shop.visitor()
    await shop.visit(one)
    await shop.visit(one)
    again = seen(shop, visitor=one.visitor, number=2, came_back=True)
    first = seen(shop)
    assert [len(told) for told in await judged(shop, again, first)] == [1, 1]
    why = await shop.store.read(
        lambda conn: {row.visit_id: row.why for row in conn.execute(select(alert.c.visit_id, alert.c.why))}
    )
    assert ["today", {"number": 2}] in why[again.visit.id]
    assert not {"today", "returning"} & {code for code, _ in why[first.visit.id]}


async def test_visits_are_counted_from_a_moment_on(shop: Shop) -> None:
    """Those that count: not part of another, with a page."""
    one, other = await shop.visitor(), await shop.visitor()
    for who in (one, one, other):
        await shop.visit(who)
    now = now_ms()

    def counts(conn: Connection) -> list[Any]:
        asked = [one.visitor, other.visitor]
        return [tracker.queries.visits_since(conn, asked, since) for since in (now - HOUR, now + HOUR)]

    assert await shop.store.read(counts) == [{one.visitor: 2, other.visitor: 1}, {}]
    await shop.store.write(lambda conn: conn.execute(visit.update().values(pages=0)).close())
    assert (await shop.store.read(counts))[0] == {}
