"""What is read of customers and of the identities that lead to them.

An id of a customer that was merged into another is as good as the other's: every answer is about the person.
"""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, select

from contract.names import IdentityKind
from crm.tables import customer, identity, merge
from crm.who import Known
from store.prepared import Prepared, among

_PEOPLE = Prepared(
    select(customer)
    .where(customer.c.person_id.in_(select(customer.c.person_id).where(among(customer.c.id, "customers"))))
    .order_by(customer.c.created_at, customer.c.id)
)
_CUSTOMERS_OF = Prepared(
    select(identity.c.value, customer.c.person_id)
    .join(customer, customer.c.id == identity.c.customer_id)
    .where(
        identity.c.site_id == bindparam("site_id"), identity.c.kind == "visitor", among(identity.c.value, "visitors")
    )
)
_IDENTITIES = Prepared(
    select(customer.c.person_id, identity.c.kind, identity.c.value)
    .join(customer, customer.c.id == identity.c.customer_id)
    .where(among(customer.c.person_id, "people"), among(identity.c.kind, "kinds"))
    .order_by(identity.c.at, identity.c.value)
)


def people(conn: Connection, customer_ids: Collection[str], *, users: bool = False) -> dict[str, Known]:
    """The person behind each of these customers, by every id of theirs; unknown ids are left out.

    A record speaks for itself before the others do: its name, its owner, its tier unless that is the ordinary one.
    `users`: also under which of the site's ids they have signed in.
    """
    if not customer_ids:
        return {}
    records: dict[str, list[dict[str, Any]]] = {}
    for row in _PEOPLE.dicts(conn, customers=customer_ids):
        records.setdefault(row["person_id"], []).append(row)
    signed_in = _users_of(conn, records) if users else {}
    found: dict[str, Known] = {}
    for id_, rows in records.items():
        rows.sort(key=lambda row: row["id"] != id_)
        person = Known(
            id=id_,
            site=rows[0]["site_id"],
            name=next((row["name"] for row in rows if row["name"]), ""),
            tier=next((row["tier"] for row in rows if row["tier"] != "standard"), "standard"),
            owner=next((row["owner_id"] for row in rows if row["owner_id"]), None),
            since=min(row["created_at"] for row in rows),
            members=tuple(row["id"] for row in rows),
            users=frozenset(signed_in.get(id_, ())),
        )
        found |= dict.fromkeys(person.members, person)
    return found


def person(conn: Connection, customer_id: str) -> Known | None:
    """The one person behind this customer, with the ids under which they have signed in."""
    return people(conn, [customer_id], users=True).get(customer_id)


def holder(conn: Connection, site_id: str, kind: IdentityKind, value: str) -> RowMapping | None:
    """The row of an identity: `customer_id` is whom it leads to, `proof` why."""
    return (
        conn.execute(
            select(identity).where(identity.c.site_id == site_id, identity.c.kind == kind, identity.c.value == value)
        )
        .mappings()
        .one_or_none()
    )


def customers_of(conn: Connection, site_id: str, visitor_ids: Collection[str]) -> dict[str, str]:
    """Visitor -> customer, for those visitors of the site that we know."""
    return dict(_CUSTOMERS_OF.rows(conn, site_id=site_id, visitors=visitor_ids))


def is_signed_in(conn: Connection, site_id: str, visitor_id: str) -> bool:
    """Whether it was the site's signed word that made this browser its customer's."""
    found = holder(conn, site_id, "visitor", visitor_id)
    return found is not None and found["proof"] == "token"


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
    known = people(conn, [customer_id]).get(customer_id)
    return visitors_of_all(conn, [known.id]).get(known.id, []) if known else []


def visitors_of_all(conn: Connection, person_ids: Collection[str]) -> dict[str, list[str]]:
    """Person -> their visitors, for those that have any. `person_ids`: as `people` or `customers_of` gave them."""
    found: dict[str, list[str]] = {}
    for person_id, _, value in _identities(conn, person_ids, ("visitor",)):
        found.setdefault(person_id, []).append(value)
    return found


def contacts_of(conn: Connection, person_ids: Collection[str]) -> dict[str, dict[str, list[str]]]:
    """Person -> {"email": [...], "phone": [...]}; everybody asked for is in the answer."""
    found: dict[str, dict[str, list[str]]] = {one: {"email": [], "phone": []} for one in person_ids}
    for person_id, kind, value in _identities(conn, person_ids, ("email", "phone")):
        found[person_id][kind].append(value)
    return found


def merge_row(conn: Connection, merge_id: str) -> RowMapping | None:
    """One merge, undone or not."""
    return conn.execute(select(merge).where(merge.c.id == merge_id)).mappings().one_or_none()


def names_of_records(conn: Connection, customer_ids: Collection[str]) -> dict[str, str]:
    """What each of these records itself is called, whoever it belongs to now."""
    rows = conn.execute(select(customer.c.id, customer.c.name).where(customer.c.id.in_(customer_ids)))
    return {row[0]: row[1] for row in rows}


def _users_of(conn: Connection, person_ids: Collection[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for person_id, _, value in _identities(conn, person_ids, ("user",)):
        found.setdefault(person_id, []).append(value)
    return found


def _identities(
    conn: Connection, person_ids: Collection[str], kinds: tuple[IdentityKind, ...]
) -> Iterable[tuple[str, str, str]]:
    """(person, kind, value), the first known first."""
    return _IDENTITIES.rows(conn, people=person_ids, kinds=kinds)
