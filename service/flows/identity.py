"""Who is whom: the site's signed word, an expert's hand, a confirmed order. One unit of work, then the doorbell."""

import hashlib
import hmac

from sqlalchemy import Connection, RowMapping

import crm.do
import crm.identify
import crm.merging
import crm.queries
import sales.do
import sales.queries
import tracker.do
import tracker.queries
from access.secret import secrets_of
from access.token import signed_in
from contract.beacons import Identify
from contract.clock import now_ms
from contract.errors import Refused
from contract.facts import AccountFacts, SiteFacts
from contract.names import IdentityKind, Ms
from contract.rest_customers import MergeWrite
from crm.who import Known
from service.bell import Bell
from store.sql import counted, db_now
from tracker.tables import visit
from tracker.visitor import key_hash

#: Visits of one person that are looked at when the desks are told who they are.
SHOWN = 5


async def identify(bell: Bell, site: SiteFacts, asked: Identify) -> str | None:
    """The site says who is signed in. None: this visitor is theirs; else the visitor key to use from now on.

    Refused("bad_token").
    """
    secrets, hashed = await bell.store.read(lambda conn: secrets_of(conn, site.id, now_ms())), key_hash(asked.visitor)
    user = crm.identify.addresses(signed_in(asked.token, secrets, now_ms()), site.language)

    def nothing_new(conn: Connection) -> bool:
        visitor_id = tracker.queries.visitor_by_key(conn, site.id, hashed)
        return visitor_id is not None and crm.identify.is_known(conn, site.id, visitor_id, user)

    if await bell.store.read(nothing_new):
        return None
    key = newcomers_key(secrets[0], asked.visitor, user.user)

    def work(conn: Connection) -> tuple[bool, list[str]]:
        now = db_now(conn)
        visitor_id = tracker.do.ensure_visitor(conn, site.id, hashed, now)
        own = visitor_id

        def newcomer() -> str:
            nonlocal own
            own = tracker.do.ensure_visitor(conn, site.id, key_hash(key), now)
            return own

        anew = crm.identify.sign_in(conn, site.id, visitor_id, user, newcomer, along, now)
        return anew, _live(conn, [own], now)

    anew, live = await bell.store.write(work)
    _tell(bell, live)
    return key if anew else None


def newcomers_key(secret: str, key: str, user: str) -> str:
    """The visitor key of a person who signs in where somebody else did: the same question has the same answer, and
    whoever knows the old key alone cannot work it out. 32 hex digits."""
    return hmac.new(secret.encode(), f"visitor\0{key}\0{user}".encode(), hashlib.sha256).hexdigest()[:32]


async def merge_by_hand(bell: Bell, account: AccountFacts, customer_id: str, said: MergeWrite) -> str:
    """These two are one person; the id of the record of it.

    Refused: not_found, invalid (neither or both of `from` and `visit`, or they are one already), two_people (both have
    signed in, and `force` was not said).
    """
    if (said.from_ is None) == (said.visit is None):
        raise Refused("invalid", "from, visit")

    def work(conn: Connection) -> tuple[str, list[str]]:
        now = db_now(conn)
        crm.merging.hold_people(conn, seen(conn, account, customer_id).site)
        from_id = said.from_ if said.from_ is not None else _on_visit(conn, account, str(said.visit), now)
        seen(conn, account, from_id)
        reason = said.reason.strip()
        made = crm.merging.by_hand(
            conn, customer_id, from_id, by=account.id, reason=reason, force=said.force, now=now, along=along
        )
        return made, _live(conn, crm.queries.visitors_of(conn, customer_id), now)

    made, live = await bell.store.write(work)
    _tell(bell, live)
    return made


def _on_visit(conn: Connection, account: AccountFacts, visit_id: str, now: Ms) -> str:
    """The record of whoever is on this visit, made if they are a stranger."""
    on = tracker.queries.visit_facts(conn, [visit_id]).get(visit_id)
    if on is None or not account.may_see(on.site):
        raise Refused("not_found")
    return crm.do.meet(conn, on.site, on.visitor, now)


async def undo_merge(bell: Bell, account: AccountFacts, merge_id: str) -> None:
    """They are two after all. Refused("not_found")."""

    def work(conn: Connection) -> list[str]:
        now, found = db_now(conn), crm.queries.merge_row(conn, merge_id)
        if found is None or not account.may_see(found["site_id"]):
            raise Refused("not_found")
        undone = crm.merging.undo(conn, merge_id, account.id, now)
        both = [crm.queries.visitors_of(conn, undone[side]) for side in ("kept", "gone")]
        return _live(conn, [visitor for visitors in both for visitor in visitors], now)

    _tell(bell, await bell.store.write(work))


async def confirm_contact(
    bell: Bell, account: AccountFacts, order_id: str, *, email: bool, phone: bool
) -> tuple[str, list[RowMapping]]:
    """The contact of this order is right: (the customer who placed it, the merges that followed).

    Refused("not_found").
    """

    confirmed: list[tuple[IdentityKind, bool]] = [("email", email), ("phone", phone)]

    def work(conn: Connection) -> tuple[str, list[RowMapping], list[str]]:
        now = db_now(conn)
        placed = sales.queries.order_row(conn, order_id)
        if placed is None or not account.may_see(placed["site_id"]):
            raise Refused("not_found")
        customer_id: str = placed["customer_id"]
        kinds: list[IdentityKind] = [kind for kind, right in confirmed if right and placed["contact"].get(kind)]
        made = [
            crm.identify.confirm(
                conn, placed["site_id"], customer_id, kind, placed["contact"][kind], account.id, along, now
            )
            for kind in kinds
        ]
        if kinds:
            sales.do.confirm_order(conn, order_id, now)
        rows = [row for id_ in made if id_ is not None and (row := crm.queries.merge_row(conn, id_)) is not None]
        return customer_id, rows, _live(conn, crm.queries.visitors_of(conn, customer_id), now)

    customer_id, made, live = await bell.store.write(work)
    _tell(bell, live)
    return customer_id, made


def seen(conn: Connection, account: AccountFacts, customer_id: str) -> Known:
    """The person behind a customer's id. Refused("not_found") unless this account may see them."""
    known = crm.queries.people(conn, [customer_id]).get(customer_id)
    if known is None or not account.may_see(known.site):
        raise Refused("not_found")
    return known


def along(conn: Connection, gone: Known) -> dict[str, int]:
    """What else is read under another name once this person is merged."""
    visitors = crm.queries.visitors_of_all(conn, [gone.id]).get(gone.id, [])
    totals = sales.queries.totals_of(conn, dict.fromkeys(gone.members, gone.id))
    visits = counted(conn, visit, visit.c.visitor_id.in_(visitors), tracker.queries.counted)
    return {"visits": visits, "orders": totals[gone.id].orders if gone.id in totals else 0}


def _live(conn: Connection, visitors: list[str], now: Ms) -> list[str]:
    """The visits that desks show now and that are somebody else's than they were."""
    rows = tracker.queries.visits_of(conn, visitors, limit=SHOWN)
    return [row["id"] for row in rows if tracker.queries.is_live(row, now)]


def _tell(bell: Bell, visits: list[str]) -> None:
    for visit_id in visits:
        bell.bus.ring("visit", visit_id)
