"""What is read of customers and of the identities that lead to them."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, RowMapping, select

from crm.tables import customer, identity


def customer_rows(conn: Connection, customer_ids: Collection[str]) -> dict[str, RowMapping]:
    """Those of the customers that exist, by id."""
    rows = conn.execute(select(customer).where(customer.c.id.in_(customer_ids))).mappings()
    return {row["id"]: row for row in rows}


def customers_of(conn: Connection, site_id: str, visitor_ids: Collection[str]) -> dict[str, str]:
    """Visitor -> customer, for those visitors of the site that we know."""
    rows = conn.execute(
        select(identity.c.value, identity.c.customer_id).where(
            identity.c.site_id == site_id, identity.c.kind == "visitor", identity.c.value.in_(visitor_ids)
        )
    ).mappings()
    return {row["value"]: row["customer_id"] for row in rows}


def customers_by_visitor(conn: Connection, visitors: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The same for visitors of several sites at once: `visitors` are pairs (site, visitor)."""
    by_site: dict[str, set[str]] = {}
    for site_id, visitor_id in visitors:
        by_site.setdefault(site_id, set()).add(visitor_id)
    found: dict[str, str] = {}
    for site_id, visitor_ids in by_site.items():
        found |= customers_of(conn, site_id, visitor_ids)
    return found


def visitors_of(conn: Connection, customer_id: str) -> list[str]:
    """All browsers of this person, the first known first."""
    return visitors_of_all(conn, [customer_id]).get(customer_id, [])


def visitors_of_all(conn: Connection, customer_ids: Collection[str]) -> dict[str, list[str]]:
    """Customer -> their visitors, for those that have any."""
    found: dict[str, list[str]] = {}
    for customer_id, value in conn.execute(
        select(identity.c.customer_id, identity.c.value)
        .where(identity.c.customer_id.in_(customer_ids), identity.c.kind == "visitor")
        .order_by(identity.c.at, identity.c.value)
    ):
        found.setdefault(customer_id, []).append(value)
    return found


def contacts_of(conn: Connection, customer_ids: Collection[str]) -> dict[str, dict[str, list[str]]]:
    """Customer -> {"email": [...], "phone": [...]}; every asked customer is in the answer."""
    found: dict[str, dict[str, list[str]]] = {one: {"email": [], "phone": []} for one in customer_ids}
    for customer_id, kind, value in conn.execute(
        select(identity.c.customer_id, identity.c.kind, identity.c.value)
        .where(identity.c.customer_id.in_(customer_ids), identity.c.kind.in_(("email", "phone")))
        .order_by(identity.c.at, identity.c.value)
    ):
        found[customer_id][kind].append(value)
    return found
