"""Canned answers: what experts say again and again, found by a short name."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, delete, select

from chat.articles import canned_row, create_canned, update_canned
from chat.tables import canned as table
from contract.errors import Refused
from contract.rest_articles import Canned, CannedPatch, CannedWrite
from service.api.lists import Listed, asked, page
from service.api.operation import MARKETERS, Call, operation


def shown(row: Mapping[Any, Any]) -> Canned:
    """From a row of `canned`."""
    return Canned(
        id=row["id"],
        site=row["site_id"],
        shortcut=row["shortcut"],
        title=row["title"],
        text=row["text"],
        language=row["language"],
    )


@operation("GET", "/api/canned", gives=Listed[Canned], query=("site", "language", "limit", "cursor"))
async def answers(call: Call) -> Listed[Canned]:
    """The canned answers of one's sites, oldest first."""
    ask, sites = asked(call, (int, str)), await call.site_ids()
    query = select(table).where(table.c.site_id.in_(sites))
    if (language := call.text("language")) is not None:
        query = query.where(table.c.language == language)
    rows, more = await call.bell.store.read(lambda conn: page(conn, query, (table.c.created_at, table.c.id), ask))
    return Listed(items=[shown(row) for row in rows], next=more)


@operation("GET", "/api/canned/{id}", gives=Canned)
async def answer(call: Call) -> Canned:
    """One canned answer."""
    canned_id = call.path_id()
    return await call.bell.store.read(lambda conn: shown(_seen(conn, call, canned_id)))


@operation("POST", "/api/canned", roles=MARKETERS, takes=CannedWrite, gives=Canned, status=201)
async def add(call: Call) -> Canned:
    """A new one. Its shortcut is its own among those of its site and language."""
    wanted: CannedWrite = call.body
    site = await call.site(wanted.site)
    values = {name: value for name, value in msgspec.structs.asdict(wanted).items() if name != "site"}
    return await call.bell.store.write(lambda conn: shown(create_canned(conn, site.id, values, call.now)))


@operation("PATCH", "/api/canned/{id}", roles=MARKETERS, takes=CannedPatch, gives=Canned)
async def change(call: Call) -> Canned:
    """Change what is given."""
    canned_id = call.path_id()
    changes = {name: value for name, value in msgspec.structs.asdict(call.body).items() if value is not None}
    return await call.bell.store.write(lambda conn: shown(update_canned(conn, _seen(conn, call, canned_id), changes)))


@operation("DELETE", "/api/canned/{id}", roles=MARKETERS)
async def remove(call: Call) -> None:
    """Gone for good; what was said with it stays said."""
    canned_id = call.path_id()

    def write(conn: Connection) -> None:
        _seen(conn, call, canned_id)
        conn.execute(delete(table).where(table.c.id == canned_id))

    await call.bell.store.write(write)


def _seen(conn: Connection, call: Call, canned_id: str) -> RowMapping:
    """Its row; a foreign one is missing."""
    row = canned_row(conn, canned_id)
    if row is None or not call.account.may_see(row["site_id"]):
        raise Refused("not_found")
    return row


OPERATIONS = [answers, answer, add, change, remove]
