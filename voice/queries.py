"""What is read of callbacks."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, bindparam, func, or_, select

from contract.ids import UUID
from contract.names import CallbackChannel, Ms
from store.prepared import Prepared, among
from voice.tables import OPEN, callback

#: So many of one visitor stand on a page.
SHOWN = 20

_DUE = Prepared(select(callback.c.id).where(OPEN, callback.c.due_at <= bindparam("now")).limit(1))
_PROMISES = Prepared(
    select(callback.c.id, callback.c.owner_id, callback.c.at, callback.c.channel, callback.c.stranger).where(
        among(callback.c.owner_id, "experts"), OPEN
    )
)
_OF_VISITORS = Prepared(
    select(callback)
    .where(among(callback.c.visitor_id, "visitors"), or_(OPEN, callback.c.done_at >= bindparam("since")))
    .order_by(callback.c.at, callback.c.id)
)
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


class Promise(NamedTuple):
    """Something that somebody has promised and not kept yet."""

    id: str
    owner: str
    at: Ms
    channel: CallbackChannel
    stranger: bool


def promises(conn: Connection, expert_ids: Collection[str]) -> list[Promise]:
    """What these experts have promised and not kept yet."""
    return [Promise(*row) for row in _PROMISES.rows(conn, experts=expert_ids)]


def promised(conn: Connection, expert_ids: Collection[str]) -> list[tuple[str, Ms]]:
    """(expert, begin of the slot) of the calls among these: two in one slot cannot be kept."""
    return [(one.owner, one.at) for one in promises(conn, expert_ids) if one.channel == "call"]


def requested(
    conn: Connection, site_id: str, visitor_id: str, frame_hash: str | None, phone: str, since: Ms
) -> tuple[list[Ms], list[Ms]]:
    """When callbacks were asked for since then: by this visitor in this frame, and for this number ([] for none)."""
    # What was asked for again is still open, or was settled since.
    recent = (callback.c.site_id == site_id, or_(callback.c.created_at > since, OPEN, callback.c.done_at > since))
    asked = select(callback.c.created_at, callback.c.asked).where(*recent)
    mine = conn.execute(asked.where(_asked_in(visitor_id, frame_hash))).all()
    same = conn.execute(asked.where(callback.c.phone == phone)).all() if phone else []
    return _times(mine, since), _times(same, since)


def _times(rows: Sequence[Any], since: Ms) -> list[Ms]:
    return [at for made, again in rows for at in (made, *again) if at > since]


def open_with(conn: Connection, visitor_id: str, frame_hash: str | None, channel: CallbackChannel) -> RowMapping | None:
    """What this visitor is promised that way: there is one at a time in a frame, and one outside of all."""
    mine = select(callback).where(_asked_in(visitor_id, frame_hash), OPEN, callback.c.channel == channel)
    return conn.execute(mine.order_by(callback.c.id.desc()).limit(1)).mappings().one_or_none()


def _asked_in(visitor_id: str, frame_hash: str | None) -> ColumnElement[bool]:
    """By this visitor in that frame alone: neither does the key without it change what the frame asked for, nor does
    what the key had take from the frame (contract 4)."""
    # `==` with None is IS NULL.
    return and_(callback.c.visitor_id == visitor_id, callback.c.frame_hash == frame_hash)


def of_network(conn: Connection, network: str, since: Ms) -> list[tuple[Ms, bool]]:
    """(when, whether to a stranger) of what was promised to visitors of this network since then."""
    there = (callback.c.network == network, callback.c.created_at > since)
    return [
        (at, stranger)
        for at, stranger in conn.execute(select(callback.c.created_at, callback.c.stranger).where(*there))
    ]


def nobodys(conn: Connection, site_id: str) -> tuple[int, int]:
    """How many open ones of a site are nobody's: (strangers', all)."""
    counts = select(callback.c.stranger, func.count()).where(callback.c.site_id == site_id, OPEN)
    by_kind = counts.where(callback.c.owner_id.is_(None)).group_by(callback.c.stranger)
    found: dict[bool, int] = {row[0]: row[1] for row in conn.execute(by_kind)}
    return found.get(True, 0), sum(found.values())


def of_visitors(conn: Connection, visitor_ids: Collection[str], over_since: Ms) -> dict[str, list[RowMapping]]:
    """What stands on the pages of these visitors: what is open, and what was over since then; by time."""
    found: dict[str, list[RowMapping]] = {}
    for row in cast(list[RowMapping], _OF_VISITORS.dicts(conn, visitors=visitor_ids, since=over_since)):
        found.setdefault(row["visitor_id"], []).append(row)
    return {id_: rows[:SHOWN] for id_, rows in found.items()}


def values(found: RowMapping | dict[str, Any]) -> tuple[Any, ...]:
    """What a screen would tell apart: told again only when one of these has changed."""
    return tuple(found[name] for name in ("state", "owner_id", "at", "note", "reminded_at"))


def due_of(conn: Connection, owner_ids: Collection[str], after: Ms, until: Ms, limit: int) -> list[dict[str, Any]]:
    """What these experts have promised for a time between the two."""
    return _DUE_OF.dicts(conn, owners=owner_ids, after=after, until=until, most=limit) if owner_ids else []
