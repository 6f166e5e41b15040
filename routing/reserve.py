"""A place at a desk whose person was not asked: for an invitation that a trigger sends by itself.

Places are counted by one at a time: whoever holds the expert's row, as with an accepted alert.
"""

from collections.abc import Callable

from sqlalchemy import Connection, bindparam, select, update

from contract.names import Ms
from routing.presence import absent, sitting
from routing.tables import expert
from store.prepared import Prepared

_SAME = expert.c.id == bindparam("expert")
_HELD = Prepared(select(expert).where(_SAME).with_for_update())
_HELD_IF_FREE = Prepared(select(expert).where(_SAME).with_for_update(skip_locked=True))
_TAKEN = Prepared(update(expert).where(_SAME).values(assigned_at=bindparam("now"), busy=bindparam("full")))


def reserve(conn: Connection, expert_id: str, load: Callable[[], int], now: Ms, *, wait: bool) -> int | None:
    """Hold this desk until the transaction ends, if a bell may ring there and a place is free. Returns how many places
    are free; None if none is.

    `load()` counts what the expert has once the row is held. Without `wait` a desk that somebody holds just now is
    passed over: whoever holds one desk already and waited for another could wait in a circle.
    """
    row = (_HELD if wait else _HELD_IF_FREE).first(conn, expert=expert_id)
    if row is None or absent(sitting(row), now):
        return None
    free: int = row["capacity"] - load()
    return free if free > 0 else None


def take(conn: Connection, expert_id: str, free: int, now: Ms) -> None:
    """One of the `free` places of a desk that is held is taken."""
    _TAKEN.change(conn, expert=expert_id, now=now, full=int(free <= 1))
