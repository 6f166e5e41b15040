"""Visitors: one browser each; whether it is a program is a person's to say."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

import tracker.do
import tracker.queries
from contract.clock import rfc3339
from contract.errors import Refused
from contract.facts import VisitFacts
from contract.rest_visits import Visitor, VisitorPatch
from service.api.operation import Call, operation


def _seen(conn: Connection, call: Call, visitor_id: str) -> Mapping[str, Any]:
    row = tracker.queries.visitor_row(conn, visitor_id)
    if row is None or not call.account.may_see(row["site_id"]):
        raise Refused("not_found")
    return row


def _shown(row: Mapping[str, Any]) -> Visitor:
    return Visitor(
        id=row["id"],
        site=row["site_id"],
        first_at=rfc3339(row["first_at"]),
        last_at=rfc3339(row["last_at"]),
        bot=row["bot"],
        said=row["bot_said"],
    )


@operation("GET", "/api/visitors/{id}", gives=Visitor)
async def visitor(call: Call) -> Visitor:
    """One browser."""
    visitor_id = call.path_id()
    return await call.bell.store.read(lambda conn: _shown(_seen(conn, call, visitor_id)))


@operation("PATCH", "/api/visitors/{id}", takes=VisitorPatch, gives=Visitor)
async def say(call: Call) -> Visitor:
    """This visitor is a program, or none: all its visits, and those to come, whatever its agent says."""
    asked: VisitorPatch = call.body
    visitor_id = call.path_id()

    def write(conn: Connection) -> tuple[Visitor, VisitFacts | None]:
        _seen(conn, call, visitor_id)
        tracker.do.say_bot(conn, visitor_id, asked.bot)
        return _shown(_seen(conn, call, visitor_id)), tracker.queries.newest_visit(conn, visitor_id)

    shown, newest = await call.bell.store.write(write)
    if newest is not None:
        call.bell.timers.visit_changed(newest.id)  # it comes to the live list, or goes from it
    return shown


OPERATIONS = [visitor, say]
