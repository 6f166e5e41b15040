"""Callbacks: what was promised to whom, and by whom."""

from typing import get_args

from sqlalchemy import Connection, and_, false, or_, select

import voice.do
import voice.queries
from contract.clock import from_rfc3339
from contract.errors import Refused
from contract.names import CallbackState, Ms
from contract.rest_callbacks import Callback, CallbackPatch, CallbacksCleared
from reports.period import bounds
from routing.known import roster_at
from routing.slots import HORIZON, quarter
from service import present
from service.api.lists import Listed, asked, page
from service.api.operation import EXPERTS, Call, operation
from service.flows import announce
from service.flows.callbacks import of
from service.flows.kept import Over
from store.lock import lock
from store.sql import db_now
from voice.tables import OPEN
from voice.tables import callback as table

#: One unit of work clears at most so many: everybody else waits for it.
_CLEARED = 1_000
_STATES = get_args(CallbackState)


@operation("GET", "/api/callbacks", gives=Listed[Callback], query=("site", "state", "day", "owner", "limit", "cursor"))
async def callbacks(call: Call) -> Listed[Callback]:
    """Those of one's sites, whose time comes first; of one state, one day of the site's clock, one owner."""
    ask, sites, state, owner = asked(call, (int, str)), await call.sites(), call.text("state"), call.text("owner")
    query = select(table).where(table.c.site_id.in_([site.id for site in sites]))
    if state is not None:
        if state not in _STATES:
            raise Refused("invalid", "state")
        query = query.where(table.c.state == state)
    if owner is not None:
        query = query.where(table.c.owner_id == owner)
    if (day := call.text("day")) is not None:
        spans = [(site.id, *bounds(site.zone, day, day)) for site in sites]
        those = [and_(table.c.site_id == id_, table.c.at >= begin, table.c.at < end) for id_, begin, end in spans]
        query = query.where(or_(false(), *those))

    def read(conn: Connection) -> Listed[Callback]:
        rows, more = page(conn, query, (table.c.at, table.c.id), ask)
        return Listed(items=present.callbacks(conn, rows, call.account), next=more)

    return await call.bell.store.read(read)


@operation("GET", "/api/callbacks/{id}", gives=Callback)
async def callback(call: Call) -> Callback:
    """One callback."""
    callback_id = call.path_id()

    def read(conn: Connection) -> Callback:
        row = voice.queries.row(conn, callback_id)
        if row is None or not call.account.may_see(row["site_id"]):
            raise Refused("not_found")
        return present.callbacks(conn, [row], call.account)[0]

    return await call.bell.store.read(read)


@operation("PATCH", "/api/callbacks/{id}", roles=EXPERTS, takes=CallbackPatch, gives=Callback)
async def change(call: Call) -> Callback:
    """Another owner, another time: whoever of the house says so knows whether they are there."""
    asked_for: CallbackPatch = call.body
    callback_id = call.path_id()

    def write(conn: Connection) -> Callback:
        now = db_now(conn)
        lock(conn, voice.do.LOCK)
        row = of(conn, call.account, callback_id)
        owner = row["owner_id"] if asked_for.owner is None else asked_for.owner
        at = row["at"] if asked_for.at is None else _time(asked_for.at, now)
        if asked_for.owner is not None and owner not in roster_at(conn, row["site_id"]).members:
            raise Refused("invalid", "owner")
        is_open = row["state"] == "open" or at != row["at"]
        moved = (owner, at) != (row["owner_id"], row["at"])
        takes = is_open and row["channel"] == "call" and owner is not None
        if moved and takes and (owner, at) in voice.queries.promised(conn, [owner]):
            raise Refused("no_such_slot")
        changed = voice.do.move(conn, row, owner, at, now)
        if moved:
            announce.callback_changed(conn, "callback.updated", changed, now)
        return present.callbacks(conn, [changed])[0]

    changed = await call.bell.store.write(write)
    call.bell.bus.ring("callback", callback_id)
    return changed


def _time(text: str, now: Ms) -> Ms:
    try:
        at = quarter(from_rfc3339(text))
    except (ValueError, OverflowError):
        raise Refused("invalid", "at") from None
    if not now <= at <= now + HORIZON:
        raise Refused("no_such_slot")
    return at


@operation("DELETE", "/api/callbacks", roles=EXPERTS, gives=CallbacksCleared, query=("site", "stranger", "day", "like"))
async def clear(call: Call) -> CallbacksCleared:
    """What strangers asked for and nobody believes: the open ones of all of them (`stranger=true`), of those who came
    to the same site from where this one came from (`like`; of one of more than a day ago: that one alone), of one day
    of the site's clock. They are missed then; at most 1,000 at once.
    """
    sites, like, day, stranger = await call.sites(), call.text("like"), call.text("day"), call.text("stranger")
    if stranger not in (None, "true") or (like is None and stranger is None):
        raise Refused("invalid", "stranger")  # customers' promises are settled one by one
    query = select(table.c.id).where(table.c.site_id.in_([site.id for site in sites]), OPEN, table.c.stranger)
    if day is not None:
        spans = [(site.id, *bounds(site.zone, day, day)) for site in sites]
        those = [and_(table.c.site_id == id_, table.c.at >= begin, table.c.at < end) for id_, begin, end in spans]
        query = query.where(or_(false(), *those))

    over = Over()

    def write(conn: Connection) -> tuple[list[str], bool]:
        now = db_now(conn)
        lock(conn, voice.do.LOCK)
        chosen = query
        if like is not None:
            one = voice.queries.row(conn, like)
            if one is None or one["site_id"] not in {site.id for site in sites}:
                raise Refused("not_found")
            same = and_(table.c.site_id == one["site_id"], table.c.network == one["network"])
            # Forgotten after a day: then nobody can say who else came from there.
            alone = one["network"] is None
            chosen = chosen.where(table.c.id == one["id"] if alone else or_(table.c.id == one["id"], same))
        ids = list(conn.execute(chosen.order_by(table.c.id).limit(_CLEARED + 1)).scalars())
        gone = voice.do.clear(conn, ids[:_CLEARED], call.account.id, now)
        over.end(conn, gone, call.account, now)
        for row in gone:
            announce.callback_changed(conn, "callback.updated", row, now)
        return [row["id"] for row in gone], len(ids) > _CLEARED

    gone, more = await call.bell.store.write(write)
    for callback_id in gone:
        call.bell.bus.ring("callback", callback_id)
    over.ring(call.bell)
    return CallbacksCleared(cleared=len(gone), more=more)


OPERATIONS = [callbacks, callback, change, clear]
