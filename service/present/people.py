"""Who somebody is, as the desk shows it: customers with their figures, colleagues, strangers with a label."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, RowMapping, func, select

import access.queries
import chat.served
import crm.queries
import sales.queries
from contract import rest_customers
from contract.clock import rfc3339
from contract.names import Ms
from contract.shapes import CustomerBrief, Money, Person
from tracker.tables import visit


def visitor_name(visitor_id: str | None) -> str:
    """What we call a stranger, the same each time: `Visitor 4f2a`."""
    return f"Visitor {visitor_id[-4:]}" if visitor_id else "Visitor"


def persons(conn: Connection, account_ids: Collection[str | None]) -> dict[str | None, Person]:
    """Colleagues by id; those who are unknown (or None) are left out, so `.get(id)` is the field's value."""
    ids = {one for one in account_ids if one is not None}
    return {id_: Person(id=id_, name=name) for id_, name in access.queries.names(conn, ids).items()} if ids else {}


def customer_brief(conn: Connection, customer_id: str | None) -> CustomerBrief | None:
    """One customer, or None."""
    return None if customer_id is None else customer_briefs(conn, [customer_id]).get(customer_id)


def customer_briefs(conn: Connection, customer_ids: Collection[str]) -> dict[str, CustomerBrief]:
    """Customers with owner, orders and last contact, by every id of theirs: who was merged is found as who they are."""
    known = crm.queries.people(conn, set(customer_ids))
    if not known:
        return {}
    owners = persons(conn, [one.owner for one in known.values()])
    totals = sales.queries.totals_of(conn, {id_: one.id for id_, one in known.items()})
    contacts = _last_contacts(conn, {one.id for one in known.values()}, totals)
    briefs: dict[str, CustomerBrief] = {}
    for one in {one.id: one for one in known.values()}.values():
        total, contact = totals.get(one.id), contacts.get(one.id)
        brief = CustomerBrief(
            id=one.id,
            name=one.name,
            tier=one.tier,
            owner=owners.get(one.owner),
            orders=total.orders if total else 0,
            spent=Money(amount=total.spent, currency=total.currency) if total else None,
            last_contact=None if contact is None else rfc3339(contact),
        )
        briefs |= dict.fromkeys(one.members, brief)
    return briefs


def customers(conn: Connection, customer_ids: Collection[str]) -> list[rest_customers.Customer]:
    """Customers as `GET /api/customers` gives them, in the order asked for, each person once; those that do not exist
    are left out."""
    briefs = customer_briefs(conn, customer_ids)
    known = crm.queries.people(conn, list(briefs))
    ids = list(dict.fromkeys(briefs[one].id for one in customer_ids if one in briefs))
    contacts = crm.queries.contacts_of(conn, ids)
    visits = _visits_of(conn, ids)
    return [
        rest_customers.Customer(
            id=id_,
            name=briefs[id_].name,
            tier=briefs[id_].tier,
            owner=briefs[id_].owner,
            emails=contacts[id_]["email"],
            phones=contacts[id_]["phone"],
            orders=briefs[id_].orders,
            spent=briefs[id_].spent,
            last_contact=briefs[id_].last_contact,
            visits=visits.get(id_, 0),
            since=rfc3339(known[id_].since),
        )
        for id_ in ids
    ]


def merges(conn: Connection, rows: Sequence[RowMapping]) -> list[rest_customers.Merge]:
    """Merges as the API gives them, in their order."""
    names = crm.queries.names_of_records(conn, {row[side] for row in rows for side in ("kept", "gone")})
    hands = persons(conn, [row[hand] for row in rows for hand in ("account_id", "undone_by")])
    return [
        rest_customers.Merge(
            id=row["id"],
            site=row["site_id"],
            kept=Person(id=row["kept"], name=names[row["kept"]]),
            gone=Person(id=row["gone"], name=names[row["gone"]]),
            proof=row["proof"],
            reason=row["reason"],
            by=hands.get(row["account_id"]),
            at=rfc3339(row["at"]),
            moved=row["moved"],
            undone_at=None if row["undone_at"] is None else rfc3339(row["undone_at"]),
            undone_by=hands.get(row["undone_by"]),
        )
        for row in rows
    ]


def _last_contacts(
    conn: Connection, customer_ids: Collection[str], totals: dict[str, sales.queries.Total]
) -> dict[str, Ms]:
    visitors = crm.queries.visitors_of_all(conn, customer_ids)
    said = chat.served.last_contact_of(conn, [one for ids in visitors.values() for one in ids])
    found: dict[str, Ms] = {}
    for id_ in customer_ids:
        times = [said[one] for one in visitors.get(id_, ()) if one in said]
        if id_ in totals:
            times.append(totals[id_].last_at)
        if times:
            found[id_] = max(times)
    return found


def _visits_of(conn: Connection, customer_ids: Collection[str]) -> dict[str, int]:
    visitors = crm.queries.visitors_of_all(conn, customer_ids)
    counted = conn.execute(
        select(visit.c.visitor_id, func.count())
        .where(
            visit.c.visitor_id.in_([one for ids in visitors.values() for one in ids]),
            visit.c.merged_into.is_(None),
        )
        .group_by(visit.c.visitor_id)
    )
    visits = {visitor_id: int(number) for visitor_id, number in counted}
    return {id_: sum(visits.get(one, 0) for one in ids) for id_, ids in visitors.items()}
