"""Segments: conditions under a name, for triggers to refer to. Read by marketers, written by administrators."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from contract.errors import Refused
from contract.ids import new_id
from contract.rest_triggers import Segment, SegmentWrite
from contract.triggers import InSegment, When, stored
from routing.firings import rule_of
from routing.sense import of_segment
from routing.tables import segment as table
from routing.tables import trigger
from routing.triggers import read_when
from service.api.lists import Listed, asked, page
from service.api.operation import ADMINS, MARKETERS, Call, operation
from service.api.triggers import said
from service.around import around_segments
from store.lock import lock

#: Of one site.
MOST = 200
#: Triggers that a refusal names.
_NAMED = 3


def shown_all(conn: Connection, call: Call, rows: Sequence[RowMapping]) -> list[Segment]:
    whens: dict[str, list[When]] = {}
    for row in rows:
        whens.setdefault(row["site_id"], []).append(read_when(row["conditions"]))
    known = {site_id: around_segments(conn, site_id, some) for site_id, some in whens.items()}
    return [
        Segment(
            id=row["id"],
            site=row["site_id"],
            name=row["name"],
            conditions=(when := read_when(row["conditions"])),
            findings=said(of_segment(when, known[row["site_id"]]), call.tongue),
        )
        for row in rows
    ]


@operation("GET", "/api/segments", roles=MARKETERS, gives=Listed[Segment], query=("site", "limit", "cursor"))
async def segments(call: Call) -> Listed[Segment]:
    """The segments of one's sites, oldest first."""
    ask, sites = asked(call, (int, str)), await call.site_ids()
    query = select(table).where(table.c.site_id.in_(sites))

    def read(conn: Connection) -> Listed[Segment]:
        rows, more = page(conn, query, (table.c.created_at, table.c.id), ask)
        return Listed(items=shown_all(conn, call, rows), next=more)

    return await call.bell.store.read(read)


@operation("POST", "/api/segments", roles=ADMINS, takes=SegmentWrite, gives=Segment, status=201)
async def add(call: Call) -> Segment:
    """A new segment."""
    asked_for: SegmentWrite = call.body
    site = await call.site(asked_for.site)

    def write(conn: Connection) -> Segment:
        lock(conn, f"triggers:{site.id}")
        _makes_sense(conn, site.id, asked_for.conditions)
        if conn.execute(select(func.count()).where(table.c.site_id == site.id)).scalar_one() >= MOST:
            raise Refused("too_many", str(MOST))
        id_ = new_id()
        conn.execute(
            insert(table).values(
                id=id_,
                site_id=site.id,
                name=asked_for.name,
                conditions=stored(asked_for.conditions),
                created_at=call.now,
            )
        )
        return shown_all(conn, call, [_seen(conn, call, id_)])[0]

    return await call.bell.store.write(write)


@operation("GET", "/api/segments/{id}", roles=MARKETERS, gives=Segment)
async def segment(call: Call) -> Segment:
    """One segment."""
    segment_id = call.path_id()
    return await call.bell.store.read(lambda conn: shown_all(conn, call, [_seen(conn, call, segment_id)])[0])


@operation("PUT", "/api/segments/{id}", roles=ADMINS, takes=SegmentWrite, gives=Segment)
async def replace(call: Call) -> Segment:
    """The whole segment anew, for all triggers that refer to it; `site` stays what it was."""
    segment_id, asked_for = call.path_id(), call.body

    def write(conn: Connection) -> Segment:
        row = _seen(conn, call, segment_id)
        _makes_sense(conn, row["site_id"], asked_for.conditions)
        values = {"name": asked_for.name, "conditions": stored(asked_for.conditions)}
        conn.execute(update(table).where(table.c.id == segment_id).values(**values))
        return shown_all(conn, call, [_seen(conn, call, segment_id)])[0]

    return await call.bell.store.write(write)


@operation("DELETE", "/api/segments/{id}", roles=ADMINS)
async def remove(call: Call) -> None:
    """Refused while a trigger refers to it, with the names of those that do."""
    segment_id = call.path_id()

    def write(conn: Connection) -> None:
        row = _seen(conn, call, segment_id)
        lock(conn, f"triggers:{row['site_id']}")
        users = _users(conn, row["site_id"], segment_id)
        if users:
            more = f" + {len(users) - _NAMED}" if len(users) > _NAMED else ""
            raise Refused("in_use", ", ".join(users[:_NAMED]) + more)
        conn.execute(delete(table).where(table.c.id == segment_id))

    await call.bell.store.write(write)


def _seen(conn: Connection, call: Call, segment_id: str) -> RowMapping:
    """Its row; a foreign one is missing."""
    row = conn.execute(select(table).where(table.c.id == segment_id)).mappings().one_or_none()
    if row is None or not call.account.may_see(row["site_id"]):
        raise Refused("not_found")
    return row


def _makes_sense(conn: Connection, site_id: str, when: When) -> None:
    wrong = [one for one in of_segment(when, around_segments(conn, site_id, [when])) if one.level == "error"]
    if wrong:
        raise Refused("invalid", wrong[0].where)


def _users(conn: Connection, site_id: str, segment_id: str) -> list[str]:
    """The names of the triggers that speak of it, oldest first."""
    rows = conn.execute(select(trigger).where(trigger.c.site_id == site_id).order_by(trigger.c.created_at)).mappings()
    return [
        row["name"]
        for row in rows
        for when in (rule_of(row).conditions,)
        if any(isinstance(one, InSegment) and one.segment == segment_id for one in (*when.all, *when.any, *when.none))
    ]


OPERATIONS = [segments, add, segment, replace, remove]
