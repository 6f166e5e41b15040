"""Visitors who may not write to us: who, by whom, why, until when."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, select

import chat.blocks
from chat.tables import block as table
from contract.clock import MINUTE, rfc3339
from contract.errors import Refused
from contract.names import Ms
from contract.rest_talk import Block, BlockWrite
from service import present
from service.api.lists import Listed, asked, page
from service.api.operation import EXPERTS, Call, operation
from service.flows.blocking import Ended, block
from service.flows.ended import ending
from service.flows.presence import came_free
from store.sql import db_now


def _shown(conn: Connection, rows: Sequence[RowMapping], now: Ms) -> list[Block]:
    people = present.persons(conn, {row["account_id"] for row in rows})
    return [
        Block(
            id=row["id"],
            site=row["site_id"],
            visitor=row["visitor_id"],
            name=present.visitor_name(row["visitor_id"]),
            by=people.get(row["account_id"]),
            reason=row["reason"],
            at=rfc3339(row["at"]),
            until=rfc3339(row["until"]),
            active=row["until"] > now,
        )
        for row in rows
    ]


@operation(
    "GET", "/api/blocks", roles=EXPERTS, gives=Listed[Block], query=("site", "visitor", "all", "limit", "cursor")
)
async def blocks(call: Call) -> Listed[Block]:
    """Those that hold, the newest first; with `?all=true` those that are over, too."""
    ask, sites, visitor, every = asked(call, (int, str)), await call.site_ids(), call.text("visitor"), call.flag("all")

    def read(conn: Connection) -> Listed[Block]:
        now = db_now(conn)
        query = select(table).where(table.c.site_id.in_(sites))
        if visitor is not None:
            query = query.where(table.c.visitor_id == visitor)
        if not every:
            query = query.where(table.c.until > now)
        rows, more = page(conn, query, (table.c.at, table.c.id), ask, newest=True)
        return Listed(items=_shown(conn, rows, now), next=more)

    return await call.bell.store.read(read)


@operation("POST", "/api/blocks", roles=EXPERTS, takes=BlockWrite, gives=Block, status=201)
async def add(call: Call) -> Block:
    """From now on; what they have open is closed, what rings for them ends. A block that holds already is replaced."""
    asked_for: BlockWrite = call.body

    def write(conn: Connection) -> tuple[Block, Ended]:
        now = db_now(conn)
        until = now + asked_for.minutes * MINUTE
        row, ended = block(conn, call.account, asked_for.visitor, asked_for.reason, until, now)
        return _shown(conn, [row], now)[0], ended

    made, ended = await ending(call.bell.store, write)
    call.bell.blocks.forget()
    call.bell.timers.announce(ended.alerts)
    for conversation_id in ended.conversations:
        call.bell.bus.ring("conversation", conversation_id)
    call.bell.bus.ring("visitor", made.visitor)
    for expert_id in set(ended.freed):
        call.bell.background(came_free(call.bell, expert_id))
    return made


@operation("DELETE", "/api/blocks/{id}", roles=EXPERTS)
async def lift(call: Call) -> None:
    """They may write again. Twice is like once."""
    block_id = call.path_id()

    def write(conn: Connection) -> None:
        row = chat.blocks.row(conn, block_id)
        if not call.account.may_see(row["site_id"]):
            raise Refused("not_found")
        chat.blocks.lift(conn, block_id, db_now(conn))

    await call.bell.store.write(write)
    call.bell.blocks.forget()


OPERATIONS = [blocks, add, lift]
