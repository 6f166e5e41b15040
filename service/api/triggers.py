"""Triggers: the rules that ring the bell. Read by marketers, switched on and off by administrators."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from contract.errors import Refused
from contract.rest_triggers import Trigger, TriggerPatch
from routing.firings import rule_of
from routing.tables import trigger as table
from service.api.lists import Listed, asked, page
from service.api.operation import ADMINS, MARKETERS, Call, operation


def shown(row: Mapping[Any, Any]) -> Trigger:
    """From a row of `trigger`."""
    rule = rule_of(row)
    return Trigger(
        id=row["id"],
        site=row["site_id"],
        name=row["name"],
        conditions=rule.conditions,
        action=rule.action,
        content=rule.content,
        caps=rule.caps,
        quiet=rule.quiet,
        hold_out=rule.hold_out,
        active=row["active"],
        findings=[],
    )


@operation("GET", "/api/triggers", roles=MARKETERS, gives=Listed[Trigger], query=("site", "limit", "cursor"))
async def triggers(call: Call) -> Listed[Trigger]:
    """The triggers of one's sites, oldest first."""
    ask, sites = asked(call, (int, str)), await call.site_ids()
    query = select(table).where(table.c.site_id.in_(sites))
    rows, more = await call.bell.store.read(lambda conn: page(conn, query, (table.c.created_at, table.c.id), ask))
    return Listed(items=[shown(row) for row in rows], next=more)


@operation("PATCH", "/api/triggers/{id}", roles=ADMINS, takes=TriggerPatch, gives=Trigger)
async def switch(call: Call) -> Trigger:
    """Switch a trigger on or off; it holds within two seconds."""
    trigger_id, asked = call.path_id(), call.body
    changes = {name: value for name in ("name", "active", "hold_out") if (value := getattr(asked, name)) is not None}

    def write(conn: Connection) -> Trigger:
        if changes:
            conn.execute(update(table).where(table.c.id == trigger_id).values(**changes))
        row = conn.execute(select(table).where(table.c.id == trigger_id)).mappings().one_or_none()
        if row is None or not call.account.may_see(row["site_id"]):
            raise Refused("not_found")
        return shown(row)

    return await call.bell.store.write(write)


OPERATIONS = [triggers, switch]
