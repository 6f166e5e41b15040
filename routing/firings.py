"""Triggers and what they did: read for every page view, written once per occasion."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, bindparam, delete, literal_column, null, select, union_all, update

from access.tables import site
from contract.facts import VisitFacts
from contract.ids import new_id
from contract.names import Arm, Ms
from contract.triggers import InSegment, Rule, When, stored
from routing import usual
from routing.caps import Past
from routing.tables import RINGING, alert, firing, segment, trigger
from routing.triggers import Firing, Rules, Trigger, every
from store.prepared import InsertNew, Prepared, among

#: The bells that ring for these visits, and what their triggers have done, in one answer.
_OF_VISITS = Prepared(
    union_all(
        select(
            alert.c.visit_id,
            alert.c.id,
            alert.c.gone_at,
            null().label("trigger_id"),
            null().label("occasion"),
            alert.c.raised_at.label("at"),
        ).where(among(alert.c.visit_id, "visits"), RINGING),
        select(
            firing.c.visit_id, null(), literal_column("0"), firing.c.trigger_id, firing.c.occasion, firing.c.at
        ).where(among(firing.c.visit_id, "visits")),
    ).order_by("at")
)
_SPENT = Prepared(select(firing.c.trigger_id, firing.c.occasion).where(among(firing.c.occasion, "occasions")))
_BEFORE = Prepared(
    select(firing.c.visit_id, firing.c.at).where(
        and_(firing.c.visitor_id == bindparam("visitor"), firing.c.trigger_id == bindparam("trigger"))
    )
)
_FIRE = InsertNew(firing)
_CAME_OF_IT = Prepared(update(firing).where(firing.c.id == bindparam("firing")).values(ref=bindparam("what")))
_BECAME = Prepared(
    update(firing)
    .where(firing.c.visitor_id == bindparam("visitor"), firing.c.ref == bindparam("before"))
    .values(ref=bindparam("what"))
)
_TAKE_BACK = Prepared(delete(firing).where(firing.c.id == bindparam("firing")))


class Done(msgspec.Struct):
    """What is known of one visit. `ringing`: alert -> when it is gone (None: the visitor is here), the oldest first;
    `spent`: (trigger, occasion) of all that its triggers did."""

    ringing: dict[str, Ms | None] = msgspec.field(default_factory=dict)
    spent: set[tuple[str, str]] = msgspec.field(default_factory=set)


def done_in(conn: Connection, visit_ids: Iterable[str]) -> dict[str, Done]:
    """visit id -> its bells and firings, for those visits that had any."""
    found: dict[str, Done] = {}
    for visit_id, alert_id, gone_at, trigger_id, occasion, _ in _OF_VISITS.rows(conn, visits=visit_ids):
        done = found.get(visit_id)
        if done is None:
            done = found[visit_id] = Done()
        if alert_id is not None:
            done.ringing[alert_id] = gone_at
        else:
            done.spent.add((trigger_id, occasion))
    return found


def spent(conn: Connection, occasions: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those (trigger, occasion) that are spent, whichever visit it was of."""
    if not occasions:
        return set()
    return set(_SPENT.rows(conn, occasions={occasion for _, occasion in occasions}))


def past(conn: Connection, trigger_id: str, visitor_id: str) -> list[Past]:
    """What this trigger did on this visitor, ever."""
    return [Past(*row) for row in _BEFORE.rows(conn, visitor=visitor_id, trigger=trigger_id)]


def fire(
    conn: Connection,
    fired: Firing,
    visit: VisitFacts,
    customer_id: str | None,
    arm: Arm,
    now: Ms,
    ref: str | None = None,
) -> str | None:
    """Note that it fired; None if this occasion is spent."""
    id_ = new_id()
    new = _FIRE.one(
        conn,
        {
            "id": id_,
            "site_id": visit.site,
            "trigger_id": fired.trigger,
            "occasion": fired.occasion,
            "visit_id": visit.id,
            "visitor_id": visit.visitor,
            "customer_id": customer_id,
            "at": now,
            "arm": arm,
            "action": fired.action,
            "ref": ref,
        },
    )
    return id_ if new else None


def came_of_it(conn: Connection, firing_id: str, ref: str) -> None:
    """The alert, conversation or card that it led to."""
    _CAME_OF_IT.change(conn, firing=firing_id, what=ref)


def became(conn: Connection, visitor_id: str, before: str, ref: str) -> None:
    """What came of it for this visitor (`before`) has become something else."""
    _BECAME.change(conn, visitor=visitor_id, before=before, what=ref)


def take_back(conn: Connection, firing_id: str) -> None:
    """It could not act after all, in the same transaction: the occasion stays open."""
    _TAKE_BACK.change(conn, firing=firing_id)


def active_triggers(conn: Connection) -> Rules:
    """The triggers of all sites that are switched on, in the order in which they are judged."""
    rows = conn.execute(
        select(trigger, site.c.zone)
        .join(site, site.c.id == trigger.c.site_id)
        .where(trigger.c.active)
        .order_by(trigger.c.created_at, trigger.c.id)
    ).mappings()
    triggers = [
        Trigger(id=row["id"], site=row["site_id"], name=row["name"], rule=rule_of(row), zone=row["zone"])
        for row in rows
    ]
    return Rules(triggers, _spoken_of(conn, triggers))


def _spoken_of(conn: Connection, triggers: Iterable[Trigger]) -> dict[str, dict[str, When]]:
    """site id -> the segments that its triggers speak of."""
    ids = {part.segment for one in triggers for part in every(one.rule.conditions) if isinstance(part, InSegment)}
    found: dict[str, dict[str, When]] = {}
    if ids:
        query = select(segment.c.site_id, segment.c.id, segment.c.conditions).where(segment.c.id.in_(ids))
        for site_id, id_, conditions in conn.execute(query):
            found.setdefault(site_id, {})[id_] = msgspec.convert(conditions, When)
    return found


def names(conn: Connection, trigger_ids: Collection[str]) -> dict[str, str]:
    """trigger id -> its name, for those that exist."""
    if not trigger_ids:
        return {}
    rows = conn.execute(select(trigger.c.id, trigger.c.name).where(trigger.c.id.in_(trigger_ids)))
    return {row.id: row.name for row in rows}


def rule_of(row: Mapping[Any, Any]) -> Rule:
    """From a row of `trigger`. Raises msgspec.ValidationError for what no program of ours ever wrote."""
    names = ("conditions", "action", "content", "caps", "quiet", "hold_out")
    return msgspec.convert({name: row[name] for name in names}, Rule)


def segments(conn: Connection, site_id: str) -> dict[str, When]:
    """segment id -> its conditions."""
    rows = conn.execute(select(segment.c.id, segment.c.conditions).where(segment.c.site_id == site_id))
    return {row.id: msgspec.convert(row.conditions, When) for row in rows}


def add_trigger(conn: Connection, site_id: str, name: str, rule: Rule, now: Ms, *, active: bool = True) -> str:
    """Store a trigger; returns its id."""
    id_ = new_id()
    conn.execute(
        trigger.insert().values(id=id_, site_id=site_id, name=name, active=active, created_at=now, **rule_columns(rule))
    )
    return id_


def usual_triggers(conn: Connection, site_id: str, now: Ms, *, depth: int = 3, seconds: int = 15) -> None:
    """The two that a site begins with. The return of a customer is the better reason: it goes first."""
    add_trigger(conn, site_id, "back", usual.back(), now)
    add_trigger(conn, site_id, "deep", usual.deep(depth, seconds), now + 1)


def rule_columns(rule: Rule) -> dict[str, Any]:
    """As the columns of `trigger` hold it."""
    return {
        "conditions": stored(rule.conditions),
        "action": rule.action,
        "content": stored(rule.content),
        "caps": stored(rule.caps),
        "quiet": stored(rule.quiet),
        "hold_out": rule.hold_out,
    }
