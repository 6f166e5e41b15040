"""Known people, and everything that ever happened with one of them."""

from sqlalchemy import ColumnElement, Connection, or_, select

import crm.queries
import reports.timeline
import reports.tree
from contract.rest_customers import Customer
from contract.rest_reports import CustomerTree
from contract.rest_visits import TimelineItem
from crm.tables import customer as table
from crm.tables import identity
from sales.tables import order
from service import present
from service.api.lists import Listed, asked, page
from service.api.operation import Call, operation
from service.api.timeline import timeline
from service.flows.identity import seen

_NUMBER = 2**31


@operation("GET", "/api/customers", gives=Listed[Customer], query=("site", "q", "limit", "cursor"))
async def customers(call: Call) -> Listed[Customer]:
    """The known people of one's sites, the newest first. `q`: part of a name, e-mail or phone, or an order number."""
    ask, sites, words = asked(call, (int, str)), await call.site_ids(), call.text("q")
    query = select(table).where(table.c.site_id.in_(sites), table.c.person_id == table.c.id)
    if words is not None and (words := words.strip()):
        found = select(table.c.person_id).where(table.c.site_id.in_(sites), _fits(words, sites))
        query = query.where(table.c.id.in_(found))

    def read(conn: Connection) -> Listed[Customer]:
        rows, more = page(conn, query, (table.c.created_at, table.c.id), ask, newest=True)
        return Listed(items=present.customers(conn, [row["id"] for row in rows]), next=more)

    return await call.bell.store.read(read)


def _fits(words: str, sites: list[str]) -> ColumnElement[bool]:
    """A customer whose name, or one of whose addresses, holds these words, or who placed the order of this number.

    SQLite lowers the letters A to Z alone: a name is also looked for as people spell names.
    """
    spelled = {words, words.lower(), words.title(), words.capitalize()}
    ways = [table.c.name.icontains(one, autoescape=True) for one in sorted(spelled)]
    address = identity.c.value.contains(words.lower(), autoescape=True)
    ways.append(
        table.c.id.in_(
            select(identity.c.customer_id).where(
                identity.c.site_id.in_(sites), identity.c.kind.in_(("email", "phone")), address
            )
        )
    )
    number = words.lstrip("№# ")
    if number.isascii() and number.isdigit() and len(number) < 11 and int(number) < _NUMBER:
        ordered = select(order.c.customer_id).where(order.c.site_id.in_(sites), order.c.number == int(number))
        ways.append(table.c.id.in_(ordered))
    return or_(*ways)


@operation("GET", "/api/customers/{id}", gives=Customer)
async def customer(call: Call) -> Customer:
    """One person; a customer who was merged into another answers with that one."""
    customer_id = call.path_id()

    def read(conn: Connection) -> Customer:
        return present.customers(conn, [seen(conn, call.account, customer_id).id])[0]

    return await call.bell.store.read(read)


@operation("GET", "/api/customers/{id}/timeline", gives=Listed[TimelineItem], query=("limit", "cursor"))
async def history(call: Call) -> Listed[TimelineItem]:
    """Every channel, newest first."""
    customer_id = call.path_id()

    def read(conn: Connection, limit: int, before: int | None) -> list[TimelineItem]:
        return reports.timeline.of_customer(conn, seen(conn, call.account, customer_id).id, limit, before)

    return await timeline(call, read)


@operation("GET", "/api/customers/{id}/tree", gives=CustomerTree)
async def walked(call: Call) -> CustomerTree:
    """Where in the site this person was, in all visits of all their browsers, and which way they walked."""
    customer_id = call.path_id()

    def read(conn: Connection) -> CustomerTree:
        known = seen(conn, call.account, customer_id).id
        return reports.tree.of_person(conn, crm.queries.visitors_of(conn, known))

    return await call.bell.store.read(read)


OPERATIONS = [customers, customer, history, walked]
