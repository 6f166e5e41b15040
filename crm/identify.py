"""Proof of who somebody is: the site's signed word, or a contact that somebody of the house has confirmed.

What follows from it is decided in `crm.who`; here it is written down.
"""

from collections.abc import Callable

from sqlalchemy import Connection, RowMapping, update

from contract.errors import Refused
from contract.facts import SignedIn
from contract.names import IdentityKind, Ms
from crm.contact import check_email, check_phone
from crm.do import add_identity, create
from crm.merging import Along, hold_people, join, parted
from crm.queries import holder, person
from crm.tables import customer, identity
from crm.who import PROVEN, Known, claim, kept_of, meet
from store.lock import lock


def addresses(user: SignedIn, language: str) -> SignedIn:
    """In our spelling; what is no e-mail or telephone number is left out: it is the shop's mistake, not the user's."""

    def checked(value: str, check: Callable[[str], str]) -> str:
        try:
            return check(value) if value.strip() else ""
        except Refused:
            return ""

    return SignedIn(
        user=user.user,
        name=user.name,
        email=checked(user.email, check_email),
        phone=checked(user.phone, lambda phone: check_phone(phone, language)),
    )


def is_known(conn: Connection, site_id: str, visitor_id: str, user: SignedIn) -> bool:
    """True if the token says nothing new: most pages of a signed-in user end here, without a write."""
    by_user, by_visitor = holder(conn, site_id, "user", user.user), holder(conn, site_id, "visitor", visitor_id)
    if by_user is None or by_visitor is None:
        return False
    known = person(conn, by_user["customer_id"])
    if known is None or by_visitor["customer_id"] not in known.members or _unnamed(known, user):
        return False
    for kind, value in _addresses(user):
        found = holder(conn, site_id, kind, value)
        if found is None or found["proof"] not in PROVEN:
            return False
        if kind == "email" and found["customer_id"] not in known.members:
            other = person(conn, found["customer_id"])
            if other is not None and claim(known, other, found["proof"], parted=parted(conn, known, other)) == "merge":
                return False
    return True


def sign_in(
    conn: Connection,
    site_id: str,
    visitor_id: str,
    user: SignedIn,
    newcomer: Callable[[], str],
    along: Along,
    now: Ms,
) -> bool:
    """The site says that this browser is in the hands of its user. True if the visitor is somebody else's.

    Then `newcomer` makes the visitor that is used from now on, and that one is the user's.
    """
    hold_people(conn, site_id)
    lock(conn, f"visitor:{visitor_id}")
    by_user, by_visitor = holder(conn, site_id, "user", user.user), holder(conn, site_id, "visitor", visitor_id)
    mine, browser = _whose(conn, by_user), _whose(conn, by_visitor)
    told_apart = mine is not None and browser is not None and parted(conn, mine, browser)
    meeting = meet(mine, browser, parted=told_apart)
    if meeting == "newcomer":
        sign_in(conn, site_id, newcomer(), user, _nobody, along, now)
        return True
    if meeting == "merge":
        assert mine is not None
        assert browser is not None
        join(conn, mine, browser, proof="token", now=now, along=along)
    if by_user is not None:
        record: str = by_user["customer_id"]
    elif by_visitor is not None:
        record = by_visitor["customer_id"]
    else:
        record = create(conn, site_id, user.name or user.email or user.user, now)
    add_identity(conn, site_id, "user", user.user, record, "token", now)
    add_identity(conn, site_id, "visitor", visitor_id, record, "token", now)
    _give_name(conn, record, user)
    for kind, value in _addresses(user):
        _prove(conn, site_id, record, kind, value, "token", along, now)
    return False


def confirm(
    conn: Connection, site_id: str, customer_id: str, kind: IdentityKind, value: str, by: str, along: Along, now: Ms
) -> str | None:
    """Somebody of the house has seen that this contact of an order is right: whoever else has proved it is the same
    person. Two who have both signed in stay two. The id of the merge, if there was one."""
    hold_people(conn, site_id)
    return _prove(conn, site_id, customer_id, kind, value, "confirmed", along, now, by)


def _prove(
    conn: Connection,
    site_id: str,
    record: str,
    kind: IdentityKind,
    value: str,
    proof: str,
    along: Along,
    now: Ms,
    by: str | None = None,
) -> str | None:
    """`value` was just proved to belong to this record's person. A telephone number is often a household's: a token
    alone makes no two people one by it."""
    if add_identity(conn, site_id, kind, value, record, proof, now):
        return None
    found = holder(conn, site_id, kind, value)
    mine, other = person(conn, record), _whose(conn, found)
    assert mine is not None, "a record that was just used"
    assert found is not None, "a value that somebody has"
    what = claim(mine, other, found["proof"], parted=other is not None and parted(conn, mine, other))
    if what == "take":
        conn.execute(
            update(identity)
            .where(identity.c.site_id == site_id, identity.c.kind == kind, identity.c.value == value)
            .values(customer_id=record, proof=proof, at=now)
        )
    elif what == "merge" and other is not None and (kind == "email" or proof == "confirmed"):
        kept, gone = kept_of(mine, other)
        return join(conn, kept, gone, proof="token" if by is None else "order", now=now, by=by, along=along)
    return None


def _whose(conn: Connection, found: RowMapping | None) -> Known | None:
    return None if found is None else person(conn, found["customer_id"])


def _addresses(user: SignedIn) -> list[tuple[IdentityKind, str]]:
    both: list[tuple[IdentityKind, str]] = [("email", user.email), ("phone", user.phone)]
    return [(kind, value) for kind, value in both if value]


def _unnamed(known: Known, user: SignedIn) -> bool:
    return bool(user.name) and known.name in ("", user.email, user.user)


def _give_name(conn: Connection, record: str, user: SignedIn) -> None:
    if user.name:
        nameless = customer.c.name.in_(("", user.email, user.user))
        conn.execute(update(customer).where(customer.c.id == record, nameless).values(name=user.name))


def _nobody() -> str:
    raise AssertionError("a visitor made for somebody is theirs")
