"""Visitors who may not write to us, for a time. What their pages report is kept all the same."""

from collections.abc import Collection

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from chat.tables import block
from contract.errors import Refused
from contract.ids import UUID, new_id
from contract.names import Ms
from store.prepared import Prepared, among

_BLOCKED = Prepared(
    select(block.c.visitor_id).where(among(block.c.visitor_id, "visitors"), block.c.until > bindparam("now"))
)
_ALL = Prepared(select(block.c.visitor_id, block.c.until).where(block.c.until > bindparam("now")))


def blocked(conn: Connection, visitor_ids: Collection[str], now: Ms) -> set[str]:
    """Those of the visitors who are blocked now."""
    return set(_BLOCKED.scalars(conn, visitors=visitor_ids, now=now))


def all_blocked(conn: Connection, now: Ms) -> dict[str, Ms]:
    """Everybody who is blocked now, and until when at most."""
    found: dict[str, Ms] = {}
    for visitor_id, until in _ALL.rows(conn, now=now):
        found[visitor_id] = max(until, found.get(visitor_id, until))
    return found


def add(conn: Connection, site_id: str, visitor_id: str, by: str, reason: str, until: Ms, now: Ms) -> RowMapping:
    """From now on. A block that holds already is replaced: there is one at a time."""
    conn.execute(update(block).where(block.c.visitor_id == visitor_id, block.c.until > now).values(until=now))
    row = {
        "id": new_id(),
        "site_id": site_id,
        "visitor_id": visitor_id,
        "account_id": by,
        "reason": reason,
        "at": now,
        "until": until,
    }
    return conn.execute(insert(block).values(**row).returning(block)).mappings().one()


def row(conn: Connection, block_id: str) -> RowMapping:
    """Raises Refused("not_found")."""
    found = None
    if UUID.fullmatch(block_id):
        found = conn.execute(select(block).where(block.c.id == block_id)).mappings().one_or_none()
    if found is None:
        raise Refused("not_found")
    return found


def lift(conn: Connection, block_id: str, now: Ms) -> None:
    """It ends now. Twice is like once."""
    conn.execute(update(block).where(block.c.id == block_id, block.c.until > now).values(until=now))
