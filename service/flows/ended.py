"""Who ends a conversation ends the one that is, not the one they saw: until it is held it may get into other hands.

Whose it is draws breath then, so that their desk is held too. Desks go before conversations, as everywhere; where that
is found out too late nothing was done, and it is done again.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy import Connection, RowMapping

import chat.do
import routing.answers
from store.base import Store

T = TypeVar("T")


class ChangedHands(Exception):
    """Somebody has taken it, or left it, since it was looked at: look again."""


def held_to_end(conn: Connection, seen: Iterable[RowMapping]) -> list[RowMapping]:
    """These conversations as they are now, held with the desks of those who have them; ordered by id. After alerts, and
    before any other desk or conversation. Raises ChangedHands: undo everything and look again (`ending`)."""
    rows = sorted(seen, key=lambda row: str(row["id"]))
    for expert_id in sorted({row["expert_id"] for row in rows if row["expert_id"] is not None}):
        routing.answers.hold_desk(conn, expert_id)
    held = [chat.do.hold(conn, row["id"]) for row in rows]
    if any(was["expert_id"] != now["expert_id"] for was, now in zip(rows, held, strict=True)):
        raise ChangedHands
    return held


async def ending(store: Store, work: Callable[[Connection], T]) -> T:
    """One unit of work that calls `held_to_end`. It comes again only after somebody else has got their way."""
    while True:
        try:
            return await store.write(work)
        except ChangedHands:
            continue
