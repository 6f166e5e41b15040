"""Triggers: the rules that ring the bell. Marketers read, try and measure them; administrators write them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, select, update
from starlette.requests import ClientDisconnect

import reports.uplift_query
from contract.clock import DAY
from contract.errors import Refused
from contract.facts import SiteFacts
from contract.names import Language
from contract.rest_triggers import (
    Backtest,
    BacktestAsk,
    Finding,
    Findings,
    Trigger,
    TriggerPatch,
    TriggerPut,
    TriggerReport,
    TriggerWrite,
)
from contract.triggers import Rule
from routing.firings import add_trigger, rule_columns, rule_of, segments
from routing.sense import Around, findings, of_strangers
from routing.sense import Finding as Odd
from routing.sense_text import sentence
from routing.tables import trigger as table
from service.api.lists import Listed, asked, page
from service.api.operation import ADMINS, MARKETERS, Call, operation
from service.around import around
from service.backtest.beside import Turns, backtest_beside
from store.lock import lock

#: Of one site: switched on (what a page view may cost is promised for so many), and in all.
ACTIVE, ALL = 100, 500


def said(found: Sequence[Odd], tongue: Language) -> list[Finding]:
    """As the API says it."""
    return [Finding(level=one.level, code=one.code, sentence=sentence(one, tongue), where=one.where) for one in found]


def shown(row: Mapping[Any, Any], known: Around, tongue: Language) -> Trigger:
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
        findings=said(findings(rule, known), tongue),
    )


def shown_all(conn: Connection, rows: Sequence[RowMapping], tongue: Language) -> list[Trigger]:
    rules: dict[str, list[Rule]] = {}
    for row in rows:
        rules.setdefault(row["site_id"], []).append(rule_of(row))
    known = {site_id: around(conn, site_id, some) for site_id, some in rules.items()}
    return [shown(row, known[row["site_id"]], tongue) for row in rows]


@operation("GET", "/api/triggers", roles=MARKETERS, gives=Listed[Trigger], query=("site", "limit", "cursor"))
async def triggers(call: Call) -> Listed[Trigger]:
    """The triggers of one's sites, oldest first."""
    ask, sites = asked(call, (int, str)), await call.site_ids()
    query = select(table).where(table.c.site_id.in_(sites))

    def read(conn: Connection) -> Listed[Trigger]:
        rows, more = page(conn, query, (table.c.created_at, table.c.id), ask)
        return Listed(items=shown_all(conn, rows, call.tongue), next=more)

    return await call.bell.store.read(read)


@operation("POST", "/api/triggers", roles=ADMINS, takes=TriggerWrite, gives=Trigger, status=201)
async def add(call: Call) -> Trigger:
    """A new trigger, switched off unless `active`."""
    asked_for: TriggerWrite = call.body
    site, rule = await call.site(asked_for.site), asked_for.rule()

    def write(conn: Connection) -> Trigger:
        lock(conn, f"triggers:{site.id}")
        _room(conn, site.id, active=asked_for.active, new=True)
        if asked_for.active:
            _makes_sense(conn, site.id, rule)
        made = add_trigger(conn, site.id, asked_for.name, rule, call.now, active=asked_for.active)
        return _one(conn, call, made)

    return await call.bell.store.write(write)


@operation("POST", "/api/triggers/check", roles=MARKETERS, takes=TriggerWrite, gives=Findings)
async def check(call: Call) -> Findings:
    """What is odd about a trigger, before it is saved."""
    asked_for: TriggerWrite = call.body
    site, rule = await call.site(asked_for.site), asked_for.rule()
    found = await call.bell.store.read(lambda conn: findings(rule, around(conn, site.id, [rule])))
    return Findings(items=said(found, call.tongue))


_turns = Turns()


@operation("POST", "/api/triggers/backtest", roles=MARKETERS, takes=BacktestAsk, gives=Backtest)
async def try_out(call: Call) -> Backtest:
    """What a trigger would have done on the stored visits of the last days; it need not be saved."""
    asked_for: BacktestAsk = call.body
    site: SiteFacts = await call.site(asked_for.site)

    async def gone() -> None:
        if await call.request.is_disconnected():
            raise ClientDisconnect

    with _turns.of(call.account.id):
        return await backtest_beside(
            call.bell.settings.database_url, site.id, asked_for.rule(), days=asked_for.days, now=call.now, gone=gone
        )


@operation("GET", "/api/triggers/{id}", roles=MARKETERS, gives=Trigger)
async def trigger(call: Call) -> Trigger:
    """One trigger."""
    trigger_id = call.path_id()
    return await call.bell.store.read(lambda conn: _one(conn, call, trigger_id))


@operation("PUT", "/api/triggers/{id}", roles=ADMINS, takes=TriggerPut, gives=Trigger)
async def replace(call: Call) -> Trigger:
    """The whole trigger anew; it holds within two seconds. What it did before stays, and counts for its caps."""
    trigger_id, asked_for = call.path_id(), call.body
    rule = asked_for.rule()
    return await _changed(call, trigger_id, {"name": asked_for.name, "active": asked_for.active, **rule_columns(rule)})


@operation("PATCH", "/api/triggers/{id}", roles=ADMINS, takes=TriggerPatch, gives=Trigger)
async def switch(call: Call) -> Trigger:
    """Switch a trigger on or off; it holds within two seconds."""
    trigger_id, asked_for = call.path_id(), call.body
    names = ("name", "active", "hold_out")
    return await _changed(
        call, trigger_id, {name: value for name in names if (value := getattr(asked_for, name)) is not None}
    )


@operation("DELETE", "/api/triggers/{id}", roles=ADMINS)
async def remove(call: Call) -> None:
    """It never fires again; what it did stays in the history."""
    trigger_id = call.path_id()

    def write(conn: Connection) -> None:
        _seen(conn, call, trigger_id)
        conn.execute(delete(table).where(table.c.id == trigger_id))

    await call.bell.store.write(write)


@operation("GET", "/api/triggers/{id}/report", roles=MARKETERS, gives=TriggerReport, query=("days",))
async def report(call: Call) -> TriggerReport:
    """What a trigger did, `?days=` of late, and what it brought in all, against the strangers it left alone."""
    trigger_id, days = call.path_id(), call.number("days", 0, least=1, most=400)
    since = call.now - days * DAY if days else 0

    def read(conn: Connection) -> TriggerReport:
        row = _seen(conn, call, trigger_id)
        known = segments(conn, row["site_id"])
        strangers = of_strangers(rule_of(row).conditions, known)
        return reports.uplift_query.report(conn, trigger_id, row["hold_out"], call.now, since, strangers)

    return await call.bell.store.read(read)


# --- small things -----------------------------------------------------------------------------------------------------


def _seen(conn: Connection, call: Call, trigger_id: str) -> RowMapping:
    """Its row; a foreign one is missing."""
    row = conn.execute(select(table).where(table.c.id == trigger_id)).mappings().one_or_none()
    if row is None or not call.account.may_see(row["site_id"]):
        raise Refused("not_found")
    return row


def _one(conn: Connection, call: Call, trigger_id: str) -> Trigger:
    return shown_all(conn, [_seen(conn, call, trigger_id)], call.tongue)[0]


async def _changed(call: Call, trigger_id: str, changes: dict[str, Any]) -> Trigger:
    def write(conn: Connection) -> Trigger:
        site_id = _seen(conn, call, trigger_id)["site_id"]
        lock(conn, f"triggers:{site_id}")
        before = _seen(conn, call, trigger_id)  # as it is under the lock
        after = {**before, **changes}
        if after["active"]:
            if not before["active"]:
                _room(conn, site_id, active=True, new=False)
            if not before["active"] or set(changes) - {"name", "active"}:
                _makes_sense(conn, site_id, rule_of(after))
        if changes:
            conn.execute(update(table).where(table.c.id == trigger_id).values(**changes))
        return _one(conn, call, trigger_id)

    return await call.bell.store.write(write)


def _room(conn: Connection, site_id: str, *, active: bool, new: bool) -> None:
    """Refused("too_many")."""
    whole, switched_on = conn.execute(
        select(func.count(), func.count().filter(table.c.active)).where(table.c.site_id == site_id)
    ).one()
    if new and whole >= ALL:
        raise Refused("too_many", str(ALL))
    if active and switched_on >= ACTIVE:
        raise Refused("too_many", f"active: {ACTIVE}")


def _makes_sense(conn: Connection, site_id: str, rule: Rule) -> None:
    """Refused("invalid") with the place of what makes no sense."""
    wrong = [one for one in findings(rule, around(conn, site_id, [rule])) if one.level == "error"]
    if wrong:
        raise Refused("invalid", wrong[0].where)


OPERATIONS = [triggers, add, check, try_out, trigger, replace, switch, report, remove]
