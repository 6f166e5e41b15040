"""Two customers turn out to be one person, or not to be. Nothing is rewritten: one hangs on the other, and comes off.

Records of one site form trees; `merge` rows in force are their branches, and `customer.person_id` names the root for
whoever reads. A merge hangs one root on another, so there are no circles; undoing it takes off exactly what hangs
there, whatever was merged or undone in between and in whatever order.
"""

from collections.abc import Callable

from sqlalchemy import Connection, RowMapping, and_, delete, func, insert, or_, select, update

from contract.errors import Refused
from contract.ids import UUID, new_id
from contract.names import Ms
from crm.queries import merge_row, people, person
from crm.tables import customer, identity, merge
from crm.who import Known, below
from store.lock import lock

#: How much of other rooms comes along with a person: {"orders": 2, "visits": 7}.
Along = Callable[[Connection, Known], dict[str, int]]


def nothing_along(conn: Connection, gone: Known) -> dict[str, int]:
    return {}


def hold_people(conn: Connection, site_id: str) -> None:
    """Who is whom at this site stays as it is until this unit of work ends. Taken before any other lock."""
    lock(conn, f"people:{site_id}")


def join(
    conn: Connection,
    kept: Known,
    gone: Known,
    *,
    proof: str,
    now: Ms,
    by: str | None = None,
    reason: str = "",
    along: Along = nothing_along,
) -> str:
    """`gone` is the same person as `kept` from now on; the id of the record of it. `hold_people` is held.

    Refused("invalid") if they are one already, or of two sites.
    """
    if kept.id == gone.id or kept.site != gone.site:
        raise Refused("invalid", "from")
    merge_id = new_id()
    conn.execute(
        insert(merge).values(
            id=merge_id,
            site_id=kept.site,
            kept=kept.id,
            gone=gone.id,
            proof=proof,
            reason=reason,
            account_id=by,
            at=now,
            moved=_identities(conn, gone)
            | {"owner": int(kept.owner is None and gone.owner is not None)}
            | along(conn, gone),
            undone_at=None,
            undone_by=None,
        )
    )
    conn.execute(update(customer).where(customer.c.person_id == gone.id).values(person_id=kept.id))
    return merge_id


def by_hand(
    conn: Connection, customer_id: str, from_id: str, *, by: str, reason: str, force: bool, now: Ms, along: Along
) -> str:
    """Somebody of the house says that these two are one. The caller has checked that they may see both.

    Twice is like once. Refused("two_people") where both have signed in at the site, unless `force`.
    """
    found = people(conn, [customer_id])
    if customer_id not in found:
        raise Refused("not_found")
    hold_people(conn, found[customer_id].site)
    kept, gone = person(conn, customer_id), person(conn, from_id)
    if kept is None or gone is None:
        raise Refused("not_found")
    said = select(merge.c.id).where(merge.c.gone == from_id, merge.c.undone_at.is_(None))
    if kept.id == gone.id and (before := conn.execute(said).scalar_one_or_none()) is not None:
        return str(before)
    if kept.users and gone.users and kept.id != gone.id and not force:
        raise Refused("two_people")
    return join(conn, kept, gone, proof="hand", now=now, by=by, reason=reason, along=along)


def undo(conn: Connection, merge_id: str, by: str, now: Ms) -> RowMapping:
    """They are two after all: what hung on the other stands for itself again. Twice is like once.

    Refused("not_found").
    """
    found = merge_row(conn, merge_id) if UUID.fullmatch(merge_id) else None
    if found is None:
        raise Refused("not_found")
    hold_people(conn, found["site_id"])
    undone = (
        conn.execute(
            update(merge)
            .where(merge.c.id == merge_id, merge.c.undone_at.is_(None))
            .values(undone_at=now, undone_by=by)
            .returning(merge)
        )
        .mappings()
        .one_or_none()
    )
    if undone is None:
        return merge_row(conn, merge_id) or found
    gone = undone["gone"]
    members = people(conn, [gone])[gone].members
    in_force = select(merge).where(merge.c.gone.in_(members), merge.c.undone_at.is_(None))
    edges = {row["gone"]: row["kept"] for row in conn.execute(in_force).mappings()}
    conn.execute(update(customer).where(customer.c.id.in_(below(edges, gone))).values(person_id=gone))
    _forget_stranger(conn, gone)
    return undone


def _forget_stranger(conn: Connection, record: str) -> None:
    """A stranger whom a hand had given a record is a stranger again, unless they have told their name meanwhile."""
    nameless = select(customer.c.id).where(customer.c.id == record, customer.c.name == "")
    conn.execute(
        delete(identity).where(
            identity.c.customer_id.in_(nameless), identity.c.kind == "visitor", identity.c.proof == "hand"
        )
    )


def parted(conn: Connection, one: Known, other: Known) -> bool:
    """Somebody of the house has told these two apart: no token makes them one again, only a hand."""
    either = or_(
        and_(merge.c.gone.in_(one.members), merge.c.kept.in_(other.members)),
        and_(merge.c.gone.in_(other.members), merge.c.kept.in_(one.members)),
    )
    return conn.execute(select(merge.c.id).where(merge.c.undone_at.is_not(None), either).limit(1)).first() is not None


def _identities(conn: Connection, gone: Known) -> dict[str, int]:
    rows = conn.execute(
        select(identity.c.kind, func.count()).where(identity.c.customer_id.in_(gone.members)).group_by(identity.c.kind)
    )
    return {kind: int(number) for kind, number in rows}
