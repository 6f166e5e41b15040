"""What is read of routing."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, or_, select

from access.tables import account, account_site
from contract.names import Ms, Status
from routing.ladder import Asked, Expert
from routing.match import Knows
from routing.tables import RINGING, alert, expert, expertise, ring, trigger
from routing.triggers import Trigger, read_conditions
from store.sql import counted


def status_now(row: Mapping[Any, Any], now: Ms) -> Status:
    """What others see: a lapsed lease is offline, whatever the person chose."""
    chosen: Status = row["status"]
    return chosen if chosen == "offline" or row["lease_until"] > now else "offline"


def experts_of_site(conn: Connection, site_id: str, loads: Mapping[str, int], now: Ms) -> tuple[Expert, ...]:
    """All active experts who may see the site, with what they know. `loads`: open conversations and calls of each."""
    rows = (
        conn.execute(
            select(expert, account.c.name)
            .join(account, account.c.id == expert.c.id)
            .join(account_site, account_site.c.account_id == expert.c.id)
            .where(account_site.c.site_id == site_id, account.c.active, account.c.role == "expert")
            .order_by(expert.c.id)
        )
        .mappings()
        .all()
    )
    known = knowledge(conn, [row["id"] for row in rows])
    return tuple(
        Expert(
            id=row["id"],
            name=row["name"],
            online=status_now(row, now) == "online",
            load=loads.get(row["id"], 0),
            capacity=row["capacity"],
            idle_since=row["assigned_at"],
            knows=tuple(Knows(tuple(path), level) for path, level in known.get(row["id"], ())),
        )
        for row in rows
    )


def knowledge(conn: Connection, expert_ids: Iterable[str]) -> dict[str, list[tuple[list[str], int]]]:
    """expert id -> [(path, level)], ordered by path."""
    found: dict[str, list[tuple[list[str], int]]] = {}
    rows = conn.execute(
        select(expertise.c.expert_id, expertise.c.path, expertise.c.level).where(
            expertise.c.expert_id.in_(list(expert_ids))
        )
    )
    for expert_id, path, level in rows:
        found.setdefault(expert_id, []).append((path, level))
    return {id_: sorted(topics) for id_, topics in found.items()}


def desks(conn: Connection, account_ids: Iterable[str] | None = None) -> dict[str, RowMapping]:
    """account id -> row of `expert`."""
    query = select(expert)
    if account_ids is not None:
        query = query.where(expert.c.id.in_(list(account_ids)))
    return {row["id"]: row for row in conn.execute(query).mappings()}


def statuses(conn: Connection, now: Ms) -> dict[str, Status]:
    """account id -> what others see of that desk."""
    return {id_: status_now(row, now) for id_, row in desks(conn).items()}


def active_triggers(conn: Connection) -> tuple[Trigger, ...]:
    rows = conn.execute(select(trigger).where(trigger.c.active).order_by(trigger.c.created_at, trigger.c.id)).mappings()
    return tuple(
        Trigger(
            id=row["id"],
            site=row["site_id"],
            name=row["name"],
            conditions=read_conditions(row["conditions"]),
            action=row["action"],
        )
        for row in rows
    )


def alert_row(conn: Connection, alert_id: str) -> RowMapping | None:
    return conn.execute(select(alert).where(alert.c.id == alert_id)).mappings().one_or_none()


def rings_of(conn: Connection, alert_id: str) -> list[RowMapping]:
    return list(conn.execute(select(ring).where(ring.c.alert_id == alert_id).order_by(ring.c.at)).mappings())


def asked(conn: Connection, alert_id: str) -> tuple[Asked, ...]:
    return tuple(Asked(row["expert_id"], row["rung"], row["outcome"]) for row in rings_of(conn, alert_id))


def ringing_for(conn: Connection, expert_id: str) -> list[RowMapping]:
    """The alerts that ring at this desk now, most important first; each with `rung` and `until` of that desk."""
    return list(
        conn.execute(
            select(alert, ring.c.rung.label("my_rung"), ring.c.until.label("until"))
            .join(ring, and_(ring.c.alert_id == alert.c.id, ring.c.rung == alert.c.rung))
            .where(ring.c.expert_id == expert_id, ring.c.outcome.is_(None), RINGING)
            .order_by(alert.c.importance.desc(), alert.c.raised_at)
        ).mappings()
    )


def open_alerts(conn: Connection, visit_ids: Iterable[str]) -> dict[str, str]:
    """visit id -> id of its newest alert that still rings."""
    rows = conn.execute(
        select(alert.c.visit_id, alert.c.id)
        .where(alert.c.visit_id.in_(list(visit_ids)), RINGING)
        .order_by(alert.c.raised_at)
    )
    return {row.visit_id: row.id for row in rows}


def ringing_strangers(conn: Connection, site_id: str) -> int:
    """How many bells ring at this site for people whom nobody knows."""
    return counted(conn, alert, alert.c.site_id == site_id, RINGING, alert.c.customer_id.is_(None))


def spent(conn: Connection, occasions: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those (trigger, occasion) that have had their alert."""
    if not occasions:
        return set()
    rows = conn.execute(
        select(alert.c.trigger_id, alert.c.occasion).where(
            alert.c.occasion.in_({occasion for _, occasion in occasions})
        )
    )
    return {(trigger_id, occasion) for trigger_id, occasion in rows}


def unannounced(conn: Connection, alert_ids: Collection[str], before: Ms) -> dict[str, int]:
    """Alert -> version, for those whose newest version was not yet noted as announced: of `alert_ids`, and of all that
    were raised before `before` (their process may have died between its commit and its bell)."""
    rows = conn.execute(
        select(alert.c.id, alert.c.version)
        .where(alert.c.announced < alert.c.version, or_(alert.c.id.in_(alert_ids), alert.c.raised_at < before))
        .limit(200)
    )
    return {row.id: row.version for row in rows}


def waiting_without_ring(conn: Connection, site_ids: Iterable[str]) -> list[RowMapping]:
    """Alerts on the last rung that nobody could hear: somebody who comes free is rung at once."""
    heard = select(ring.c.alert_id).where(ring.c.outcome.is_(None))
    return list(
        conn.execute(
            select(alert)
            .where(RINGING, alert.c.site_id.in_(list(site_ids)), alert.c.id.not_in(heard))
            .order_by(alert.c.importance.desc(), alert.c.raised_at)
        ).mappings()
    )


def anything_due(conn: Connection, now: Ms) -> bool:
    return (
        conn.execute(
            select(alert.c.id).where(RINGING, or_(alert.c.due_at <= now, alert.c.gone_at <= now)).limit(1)
        ).first()
        is not None
    )
