"""Before the simulated day: who works in the shop, and who has been there before."""

import random
from typing import Any, get_args

from sqlalchemy import Connection, insert

import access.do
import crm.do
import routing.do
import tracker.do
from bench.simulate_plan import BREATH, CUSTOMER, MIDNIGHT, SHIFTS, Person, Plan
from bench.simulate_watch import Desk, Watch
from bench.virtual import Clock
from contract.clock import DAY, HOUR, MINUTE
from contract.facts import AccountFacts
from contract.hours import Hours, Weekday
from contract.ids import node_id
from contract.names import Ms
from crm.tables import customer
from routing.firings import add_trigger
from routing.hours import checked
from routing.usual import back, deep
from sales.tables import order, order_form
from service.callers import ExpertCaller
from service.sockets.registry import Connection as Line
from tests.wired.counter import Shop
from tracker.visitor import key_hash


async def furnish(
    shop: Shop, clock: Clock, plan: Plan, dice: random.Random, watch: Watch
) -> tuple[dict[str, Person], list[str]]:
    """Triggers, staff with topics and shifts, and customers with their history, before the day begins.

    Returns the people at the desks, and the customers' browsers.
    """
    people: dict[str, Person] = {}
    customers: list[str] = []
    site = shop.site

    def staff(conn: Connection) -> list[tuple[AccountFacts, Desk]]:
        add_trigger(conn, site.id, "back", back(), clock.now)
        add_trigger(conn, site.id, "deep", deep(3, 15), clock.now + 1)
        found = []
        for number in range(plan.topics * plan.equals):
            topic, shift = number // plan.equals, number % 2
            account = access.do.create_account(
                conn, email=f"e{number}@shop.example", name=f"Expert {number}", password_hash="-", role="expert",
                now=clock.now, sites=[site.id],
            )  # fmt: skip
            path = [f"Topic {topic}"]
            routing.do.add_expert(conn, account.id, plan.capacity, [(node_id(site.id, path), path, 3)])
            routing.do.set_breath(conn, account.id, BREATH)
            begin, end = (plan.hour(hour) for hour in SHIFTS[shift])
            span = [(_clock(begin), _clock(end))]
            hours = Hours(zone="UTC", week=dict.fromkeys(get_args(Weekday), span))
            routing.do.set_hours(conn, account.id, checked(hours), clock.now)
            found.append((account, Desk(account.id, topic, f"{topic}/{shift}", (begin, end))))
        return found

    for number, (account, desk) in enumerate(await shop.store.write(staff)):
        caller = ExpertCaller(account=account, language="en")
        people[desk.id] = Person(caller, desk, Line(sid=f"sid{number}", namespace="/expert", caller=caller))
        watch.desks[desk.id] = desk
    experts = list(people)

    def clientele(conn: Connection) -> None:
        """Some have an owner, some were served; some order often, some ordered much once, long ago."""
        now = clock.now
        rows: list[dict[str, Any]] = []
        for number in range(max(20, round(plan.visits * CUSTOMER / 1.5))):
            key = f"{dice.getrandbits(128):032x}"
            visitor = tracker.do.ensure_visitor(conn, site.id, key_hash(key), now - 400 * DAY)
            who = crm.do.create(conn, site.id, f"Customer {number}", now - 400 * DAY)
            crm.do.add_identity(conn, site.id, "visitor", visitor, who, "order", now)
            owner = dice.choice(experts) if dice.random() < 0.6 else None
            if owner is not None:
                conn.execute(customer.update().where(customer.c.id == who).values(owner_id=owner))
                watch.owners[visitor] = owner
            watch.known.add(visitor)
            customers.append(key)
            chance = dice.random()
            if chance < 0.5:
                orders = [(now - (20 + 30 * month) * DAY, 3_000) for month in range(dice.randint(2, 6))]
            else:
                orders = [(now - 900 * DAY, 300_000)] if chance < 0.6 else []
            for at, amount in orders:
                rows.append(
                    {"id": clock.new_id(), "site_id": site.id, "visitor_id": visitor, "customer_id": who,
                     "expert_id": dice.choice(experts), "amount": amount, "at": at}
                )  # fmt: skip
        forms = [
            {"id": row["id"], "site_id": site.id, "visitor_id": row["visitor_id"], "expert_id": row["expert_id"],
             "lines": [], "state": "ordered", "at": row["at"]}
            for row in rows
        ]  # fmt: skip
        conn.execute(insert(order_form), forms)
        full = [
            row | {"number": number + 1, "form_id": row["id"], "currency": "EUR", "contact": {}, "status": "placed"}
            for number, row in enumerate(rows)
        ]
        conn.execute(insert(order), full)
        for row in sorted(rows, key=lambda row: row["at"]):
            watch.served[row["visitor_id"]][row["id"]] = (row["at"], row["expert_id"])

    await shop.store.write(clientele)
    return people, customers


def _clock(at: Ms) -> str:
    """As it stands in somebody's working hours."""
    return f"{(at - MIDNIGHT) // HOUR:02}:{(at - MIDNIGHT) // MINUTE % 60:02}"
