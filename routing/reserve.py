"""A place at a desk whose person was not asked: for an invitation that a trigger sends by itself.

Places are counted by one at a time: whoever holds the expert's row, as with an accepted alert. Nobody has asked for
anything yet, and page views cost nothing: so strangers are never invited to the last free place of a desk, nor to more
than half of what is free at the site. Whoever asks finds the rest.
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


#: So many free places of a desk are left to those who ask.
LEFT = 1


def spared(free: int, reserved: int) -> bool:
    """Pure: whether one more invitation may take a place, of the site's `free` ones and the `reserved` that invitations
    hold already: together with them at most half, rounded down."""
    return reserved + 1 <= (free + reserved) // 2


def enough(reserved: int) -> int:
    """Pure: so many free places, and more, are all the same to `spared`."""
    return reserved + 2


def reserve(conn: Connection, expert_id: str, load: Callable[[], int], now: Ms, *, wait: bool) -> int | None:
    """Hold this desk until the transaction ends. Returns how many places are free there; None if no bell may ring.

    `load()` counts what the expert has once the row is held. Without `wait` a desk that somebody holds just now is
    passed over: whoever holds one desk already and waited for another could wait in a circle.
    """
    row = (_HELD if wait else _HELD_IF_FREE).first(conn, expert=expert_id)
    if row is None or absent(sitting(row), now):
        return None
    free: int = row["capacity"] - load()
    return free


def take(conn: Connection, expert_id: str, free: int, now: Ms) -> None:
    """One of the `free` places of a desk that is held is taken."""
    _TAKEN.change(conn, expert=expert_id, now=now, full=int(free <= 1))
