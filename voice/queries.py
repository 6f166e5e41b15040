"""What is read of callbacks."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, or_, select

from contract.ids import UUID
from contract.names import Ms
from store.prepared import Prepared, among
from voice.tables import OPEN, callback

#: So many of one visitor stand on a page.
SHOWN = 20

_DUE = Prepared(select(callback.c.id).where(OPEN, callback.c.due_at <= bindparam("now")).limit(1))
_PROMISED = Prepared(select(callback.c.owner_id, callback.c.at).where(among(callback.c.owner_id, "experts"), OPEN))
_DUE_OF = Prepared(
    select(callback)
    .where(
        among(callback.c.owner_id, "owners"),
        OPEN,
        callback.c.at > bindparam("after"),
        callback.c.at <= bindparam("until"),
    )
    .order_by(callback.c.at)
    .limit(bindparam("most"))
)


def row(conn: Connection, callback_id: str) -> RowMapping | None:
    """One callback, whoever asks: access is the caller's to decide."""
    if not UUID.fullmatch(callback_id):
        return None
    return conn.execute(select(callback).where(callback.c.id == callback_id)).mappings().one_or_none()


def anything_due(conn: Connection, now: Ms) -> bool:
    """Whether something happens to a callback by itself now."""
    return bool(_DUE.rows(conn, now=now))


def promised(conn: Connection, expert_ids: Collection[str]) -> list[tuple[str, Ms]]:
    """(expert, begin of the slot) of what these experts have promised and not kept yet."""
    return [(owner, at) for owner, at in _PROMISED.rows(conn, experts=expert_ids)]


def requested(conn: Connection, site_id: str, visitor_id: str, phone: str, since: Ms) -> tuple[list[Ms], list[Ms]]:
    """When callbacks were asked for since then: by this visitor, and for this number ([] for none)."""
    recent = (callback.c.site_id == site_id, callback.c.created_at > since)
    mine = select(callback.c.created_at).where(callback.c.visitor_id == visitor_id, *recent)
    same = select(callback.c.created_at).where(callback.c.phone == phone, *recent)
    return list(conn.execute(mine).scalars()), list(conn.execute(same).scalars()) if phone else []


def open_of_owner(conn: Connection, owner_id: str) -> list[RowMapping]:
    """What this expert has promised and not kept yet, by time."""
    rows = select(callback).where(callback.c.owner_id == owner_id, OPEN).order_by(callback.c.at, callback.c.id)
    return list(conn.execute(rows).mappings())


def of_visitor(conn: Connection, visitor_id: str, over_since: Ms) -> Sequence[RowMapping]:
    """What stands on this visitor's page: what is open, and what was over since then; by time."""
    mine = select(callback).where(callback.c.visitor_id == visitor_id, or_(OPEN, callback.c.done_at >= over_since))
    return conn.execute(mine.order_by(callback.c.at, callback.c.id).limit(SHOWN)).mappings().all()


def values(found: RowMapping | dict[str, Any]) -> tuple[Any, ...]:
    """What a screen would tell apart: told again only when one of these has changed."""
    return tuple(found[name] for name in ("state", "owner_id", "at", "note", "reminded_at"))


def due_of(conn: Connection, owner_ids: Collection[str], after: Ms, until: Ms, limit: int) -> list[dict[str, Any]]:
    """What these experts have promised for a time between the two."""
    return _DUE_OF.dicts(conn, owners=owner_ids, after=after, until=until, most=limit) if owner_ids else []
