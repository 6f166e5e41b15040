"""How long what the bell left behind is kept, and the daily clean that forgets it afterwards.

Small batches with a pause between them: no message waits for a clean; one that was interrupted goes on the next day.
"""

import asyncio
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, delete, exists, select, true

from chat.tables import conversation
from contract.clock import DAY
from contract.ids import first_id
from contract.names import Ms
from routing.tables import RINGING, alert, decision, firing, ring
from store.base import Store
from voice.do import forget_networks

#: Alerts that are over, whom they rang, and why: as long as the raw events that explain them.
BELLS_KEPT: Ms = 400 * DAY
#: What triggers did: twice as long, so that a report over all of the events' time still knows whom a trigger had met
#: before. A cap "on one visitor ever" forgets after that time, too.
FIRINGS_KEPT: Ms = 800 * DAY
#: Rows that one read looks at and one write forgets, and the rest between two of them in seconds.
BATCH = 200
_PAUSE = 0.05


async def forget_old(store: Store, now: Ms) -> dict[str, int]:
    """Table -> how many rows are gone (of an alert: itself, not what goes with it). Safe to run in several processes.

    An alert stays while it rings, and as long as the conversation that came of it.
    """
    bells, firings = now - BELLS_KEPT, now - FIRINGS_KEPT
    await store.write(lambda conn: forget_networks(conn, now))
    in_talk = exists().where(conversation.c.visitor_id == alert.c.visitor_id, conversation.c.alert_id == alert.c.id)
    return {
        "alert": await _pass(store, alert, bells, and_(alert.c.raised_at < bells, ~RINGING, ~in_talk)),
        # Those of an alert go with it; these are of triggers that invited by themselves.
        "decision": await _pass(store, decision, bells, and_(decision.c.at < bells, decision.c.alert_id.is_(None))),
        "firing": await _pass(store, firing, firings, firing.c.at < firings),
    }


async def _pass(store: Store, table: Table, before: Ms, goes: ColumnElement[bool]) -> int:
    """Once over the rows of this table that are as old as their ids say (`contract.ids`: they sort by time)."""
    number, after = 0, ""
    while True:
        query = select(table.c.id, and_(true(), goes)).where(table.c.id > after, table.c.id < first_id(before))
        seen = await store.read(partial(_rows, query.order_by(table.c.id).limit(BATCH)))
        if gone := [id_ for id_, over in seen if over]:
            await store.write(partial(_forget, table, gone))
            number += len(gone)
        if len(seen) < BATCH:
            return number
        after = seen[-1][0]
        await asyncio.sleep(_PAUSE)


def _rows(query: Select[Any], conn: Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in conn.execute(query)]


def _forget(table: Table, ids: list[str], conn: Connection) -> None:
    if table is alert:
        conn.execute(delete(ring).where(ring.c.alert_id.in_(ids)))
        conn.execute(delete(decision).where(decision.c.alert_id.in_(ids)))
    conn.execute(delete(table).where(table.c.id.in_(ids)))
