"""What changes callbacks. Every function runs inside one unit of work of `store.write`.

Who promises what is chosen under one lock (`LOCK`, taken by the caller before it looks at what is promised): of two who
ask for the same slot at the same moment the second finds it taken.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from contract.ids import new_id
from contract.names import CallbackChannel, CallbackState, Ms
from store.sql import locked
from voice.tables import OPEN, callback
from voice.timing import WITHIN, first_due

LOCK = "callbacks"
#: What stands at those that were cleared away together.
CLEARED = "Cleared."


def request(
    conn: Connection,
    *,
    site_id: str,
    visitor_id: str,
    customer_id: str | None,
    conversation_id: str | None,
    owner_id: str | None,
    channel: CallbackChannel,
    phone: str,
    at: Ms,
    topic: Sequence[str],
    words: str,
    now: Ms,
    stranger: bool = False,
    network: str | None = None,
    frame_hash: str | None = None,
) -> RowMapping:
    """Promise it. `network`, `frame_hash`: hashes (`voice.tables`)."""
    row = {
        "id": new_id(),
        "site_id": site_id,
        "visitor_id": visitor_id,
        "customer_id": customer_id,
        "conversation_id": conversation_id,
        "owner_id": owner_id,
        "channel": channel,
        "phone": phone,
        "at": at,
        "topic": list(topic),
        "words": words,
        "state": "open",
        "note": "",
        "created_at": now,
        "due_at": first_due(at, now),
        "stranger": stranger,
        "network": network,
        "frame_hash": frame_hash,
    }
    return conn.execute(insert(callback).values(**row).returning(callback)).mappings().one()


def settle(
    conn: Connection, callback_id: str, state: CallbackState, now: Ms, *, note: str = "", by: str | None = None
) -> RowMapping:
    """It was kept, or was not. What was said before is replaced; a note only by another one."""
    said = {"note": note} if note else {}
    return (
        conn.execute(
            update(callback)
            .where(callback.c.id == callback_id)
            .values(state=state, done_at=now, done_by=by, due_at=None, **said)
            .returning(callback)
        )
        .mappings()
        .one()
    )


def clear(conn: Connection, ids: Collection[str], by: str, now: Ms) -> list[RowMapping]:
    """Nobody will call: somebody here has looked at them and does not believe them."""
    those = update(callback).where(callback.c.id.in_(ids), OPEN)
    said = {"state": "missed", "done_at": now, "done_by": by, "due_at": None, "note": CLEARED}
    return list(conn.execute(those.values(**said).returning(callback)).mappings())


def move(conn: Connection, row: RowMapping, owner_id: str | None, at: Ms, now: Ms) -> RowMapping:
    """Somebody else's, or at another time; then its owner is reminded anew, and what was missed is open again."""
    anew: dict[str, Any] = {} if at == row["at"] else {"at": at, "reminded_at": None, "due_at": first_due(at, now)}
    if anew and row["state"] != "open":
        anew |= {"state": "open", "done_at": None, "done_by": None}
    statement = update(callback).where(callback.c.id == row["id"]).values(owner_id=owner_id, **anew)
    return conn.execute(statement.returning(callback)).mappings().one()


def ask_again(
    conn: Connection,
    row: RowMapping,
    *,
    customer_id: str | None,
    conversation_id: str | None,
    owner_id: str | None,
    phone: str,
    at: Ms,
    topic: Sequence[str],
    words: str,
    stranger: bool,
    now: Ms,
) -> RowMapping:
    """Its visitor asks once more: what they say now replaces what they said."""
    move(conn, row, owner_id, at, now)
    values = {
        "customer_id": customer_id,
        "conversation_id": conversation_id or row["conversation_id"],
        "phone": phone,
        "topic": list(topic),
        "words": words,
        "stranger": stranger,
        "asked": [*(one for one in row["asked"] if one > now - WITHIN), now],
    }
    statement = update(callback).where(callback.c.id == row["id"]).values(**values)
    return conn.execute(statement.returning(callback)).mappings().one()


def forget_networks(conn: Connection, now: Ms) -> None:
    """Where promises of more than a day ago were asked from."""
    old = (callback.c.network.is_not(None), callback.c.created_at <= now - WITHIN)
    conn.execute(update(callback).where(*old).values(network=None))


def due(conn: Connection, row: RowMapping, now: Ms, due_at: Ms | None) -> None:
    """Its owner's desk says that its time comes; the next thing happens to it at `due_at`."""
    reminded_at = row["reminded_at"] or now
    conn.execute(update(callback).where(callback.c.id == row["id"]).values(reminded_at=reminded_at, due_at=due_at))


def claim_due(conn: Connection, now: Ms, limit: int = 100) -> list[RowMapping]:
    """What is due, locked for this transaction; two processes never get the same."""
    due = select(callback).where(OPEN, callback.c.due_at <= now).order_by(callback.c.due_at, callback.c.id).limit(limit)
    if conn.dialect.name == "postgresql":
        due = due.with_for_update(skip_locked=True)
    return list(conn.execute(due).mappings())


def claim_of(conn: Connection, owner_id: str) -> list[RowMapping]:
    """What this expert has promised and not kept yet, by time, held; but for what somebody settles just now."""
    open_ = select(callback).where(callback.c.owner_id == owner_id, OPEN).order_by(callback.c.at, callback.c.id)
    if conn.dialect.name == "postgresql":
        open_ = open_.with_for_update(skip_locked=True)
    return list(conn.execute(open_).mappings())


def hold(conn: Connection, callback_id: str) -> RowMapping | None:
    """The row, held until this unit of work ends."""
    statement = select(callback).where(callback.c.id == callback_id)
    return conn.execute(locked(conn, statement)).mappings().one_or_none()
