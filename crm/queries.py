"""What is read of customers and of the identities that lead to them."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, tuple_

from contract.ids import UUID
from contract.names import Ms
from crm.tables import customer, identity

CustomerRow = Row[Any]


def customer_row(connection: Connection, customer_id: str) -> CustomerRow | None:
    """One customer."""
    if not UUID.fullmatch(customer_id):
        return None
    return connection.execute(select(customer).where(customer.c.id == customer_id)).one_or_none()


def customer_rows(connection: Connection, customer_ids: Collection[str]) -> dict[str, CustomerRow]:
    """Those of the customers that exist, by id."""
    rows = connection.execute(select(customer).where(customer.c.id.in_(customer_ids)))
    return {row.id: row for row in rows}


def customers_of(connection: Connection, site_id: str, visitor_ids: Collection[str]) -> dict[str, str]:
    """Visitor -> customer, for those visitors of the site that we know."""
    rows = connection.execute(
        select(identity.c.value, identity.c.customer_id).where(
            identity.c.site_id == site_id, identity.c.kind == "visitor", identity.c.value.in_(visitor_ids)
        )
    )
    return {row.value: row.customer_id for row in rows}


def customers_of_visitors(connection: Connection, visitors: Collection[tuple[str, str]]) -> dict[str, str]:
    """The same for visitors of several sites at once: `visitors` are pairs (site, visitor)."""
    rows = connection.execute(
        select(identity.c.value, identity.c.customer_id).where(
            identity.c.kind == "visitor", tuple_(identity.c.site_id, identity.c.value).in_(list(visitors))
        )
    )
    return {row.value: row.customer_id for row in rows}


def visitors_of(connection: Connection, customer_id: str) -> list[str]:
    """All browsers of this person, the first known first."""
    return visitors_of_all(connection, [customer_id]).get(customer_id, [])


def visitors_of_all(connection: Connection, customer_ids: Collection[str]) -> dict[str, list[str]]:
    """Customer -> their visitors, for those that have any."""
    found: dict[str, list[str]] = {}
    for customer_id, value in connection.execute(
        select(identity.c.customer_id, identity.c.value)
        .where(identity.c.customer_id.in_(customer_ids), identity.c.kind == "visitor")
        .order_by(identity.c.at, identity.c.value)
    ):
        found.setdefault(customer_id, []).append(value)
    return found


def contacts_of(connection: Connection, customer_ids: Collection[str]) -> dict[str, dict[str, list[str]]]:
    """Customer -> {"email": [...], "phone": [...]}; every asked customer is in the answer."""
    found: dict[str, dict[str, list[str]]] = {one: {"email": [], "phone": []} for one in customer_ids}
    for customer_id, kind, value in connection.execute(
        select(identity.c.customer_id, identity.c.kind, identity.c.value)
        .where(identity.c.customer_id.in_(customer_ids), identity.c.kind.in_(("email", "phone")))
        .order_by(identity.c.at, identity.c.value)
    ):
        found[customer_id][kind].append(value)
    return found


def customers_of_sites(
    connection: Connection,
    site_ids: Collection[str],
    limit: int,
    before: tuple[Ms, str] | None = None,
) -> Sequence[CustomerRow]:
    """Customers of these sites, the newest first; `before` = (created_at, id) of the last one already given."""
    asked = select(customer).where(customer.c.site_id.in_(site_ids))
    if before is not None:
        asked = asked.where(tuple_(customer.c.created_at, customer.c.id) < before)
    return connection.execute(asked.order_by(customer.c.created_at.desc(), customer.c.id.desc()).limit(limit)).all()
