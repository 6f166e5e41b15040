"""What makes us know somebody. An identity leads to one customer; taking one over needs proof (`crm.identify`)."""

from sqlalchemy import Connection, insert, update

from contract.ids import new_id
from contract.names import IdentityKind, Ms
from crm.contact import CheckedContact
from crm.queries import holder, people
from crm.tables import customer, identity
from store.lock import lock
from store.sql import insert_new


def know(
    conn: Connection, site_id: str, visitor_id: str, contact: CheckedContact, now: Ms, proof: str = "order"
) -> str:
    """The id of the customer behind this visitor: found by the visitor's own identity, else made.

    It is the visitor's own record, also when that was merged into another: what is kept under it comes along, and
    goes back if the merge is undone. An e-mail or telephone number that leads to another customer stays theirs: typing
    an address proves nothing, and whoever types a stranger's must not come into the stranger's history.
    """
    lock(conn, f"visitor:{visitor_id}")
    known = holder(conn, site_id, "visitor", visitor_id)
    customer_id = create(conn, site_id, contact.name, now) if known is None else str(known["customer_id"])
    nameless = (customer.c.id == customer_id, customer.c.name == "")
    conn.execute(update(customer).where(*nameless).values(name=contact.name))
    found: list[tuple[IdentityKind, str]] = [
        ("visitor", visitor_id),
        ("email", contact.email),
        ("phone", contact.phone),
    ]
    for kind, value in sorted(found):
        add_identity(conn, site_id, kind, value, customer_id, proof, now)
    return customer_id


def meet(conn: Connection, site_id: str, visitor_id: str, now: Ms) -> str:
    """The visitor's own record, made without a name if they are a stranger: somebody of the house knows who it is."""
    lock(conn, f"visitor:{visitor_id}")
    found = holder(conn, site_id, "visitor", visitor_id)
    if found is not None:
        return str(found["customer_id"])
    record = create(conn, site_id, "", now)
    add_identity(conn, site_id, "visitor", visitor_id, record, "hand", now)
    return record


def give_owner(conn: Connection, customer_id: str, expert_id: str) -> bool:
    """This expert is the customer's own from now on, if nobody was. True if so."""
    known = people(conn, [customer_id]).get(customer_id)
    if known is None or known.owner is not None:
        return False
    changed = conn.execute(
        update(customer).where(customer.c.id == customer_id, customer.c.owner_id.is_(None)).values(owner_id=expert_id)
    )
    return changed.rowcount > 0


def create(conn: Connection, site_id: str, name: str, now: Ms) -> str:
    """A customer of whom nothing is known but the name."""
    id_ = new_id()
    conn.execute(
        insert(customer).values(
            id=id_, site_id=site_id, person_id=id_, name=name, tier="standard", owner_id=None, created_at=now
        )
    )
    return id_


def add_identity(
    conn: Connection, site_id: str, kind: IdentityKind, value: str, customer_id: str, proof: str, now: Ms
) -> bool:
    """This value leads to this customer, if it led to nobody yet. True if so."""
    if not value:
        return False
    row = {
        "site_id": site_id,
        "kind": kind,
        "value": value,
        "customer_id": customer_id,
        "proof": proof,
        "at": now,
    }
    return bool(insert_new(conn, identity, [row]))
