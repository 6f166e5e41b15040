"""What changes in routing outside of alerts: experts, what they know, whether they are there."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, literal, select, update

from access.do import crew_changed
from contract.clock import SECOND
from contract.names import Ms, Status
from routing.presence import sitting, wakes_at
from routing.tables import expert, expertise
from store.metadata import Time
from store.sql import insert_new, locked

#: Presence is a lease (design 4): renewed every 20 s while a socket of the expert answers, over after 45 s.
LEASE: Ms = 45 * SECOND
RENEW: Ms = 20 * SECOND

#: So many bells in a row that rang only at one desk, and rang out there, make its person away.
MOST_MISSED = 3
#: Reasons that are no person's words: nobody touched the desk, bells rang out.
IDLE, MISSED = "idle", "missed"

#: (node id, path, level)
TopicRow = tuple[str, list[str], int]


def add_expert(conn: Connection, account_id: str, capacity: int, topics: Sequence[TopicRow] = ()) -> None:
    """Make a desk for an account. Nobody sits there yet."""
    row = {
        "id": account_id,
        "capacity": capacity,
        "status": "offline",
        "status_at": 0,
        "status_reason": "",
        "lease_until": 0,
        "assigned_at": 0,
        "hours": None,
        "breath_seconds": 0,
        "rest_until": 0,
        "wake_at": None,
        "missed": 0,
        "missed_at": 0,
        "handed_on": 0,
    }
    insert_new(conn, expert, [row])
    set_topics(conn, account_id, topics)


def set_topics(conn: Connection, account_id: str, topics: Sequence[TopicRow]) -> None:
    """Replace what the expert knows."""
    conn.execute(delete(expertise).where(expertise.c.expert_id == account_id))
    rows = {
        node: {"expert_id": account_id, "node_id": node, "path": path, "level": level} for node, path, level in topics
    }
    if rows:
        conn.execute(expertise.insert(), list(rows.values()))
    crew_changed(conn, account_id)


def set_capacity(conn: Connection, account_id: str, capacity: int) -> None:
    conn.execute(update(expert).where(expert.c.id == account_id).values(capacity=capacity))


def set_hours(conn: Connection, account_id: str, hours: str | None, now: Ms) -> None:
    """When they work, as `routing.hours.checked` gives it; None is always."""
    conn.execute(update(expert).where(expert.c.id == account_id).values(hours=hours))
    crew_changed(conn, account_id)
    wake_later(conn, account_id, now)


def set_breath(conn: Connection, account_id: str, seconds: int) -> None:
    conn.execute(update(expert).where(expert.c.id == account_id).values(breath_seconds=seconds))


def set_status(conn: Connection, account_id: str, status: Status, now: Ms, reason: str = "") -> None:
    """A person's act. Going online also takes the lease; `now` is the database's time.

    The desk's own word (`IDLE`) is no act: it neither says that somebody works outside their hours, nor that they saw
    what they missed.
    """
    lease = now + LEASE if status != "offline" else 0
    act = {} if reason == IDLE else {"status_at": now, "missed": 0, "handed_on": 0}
    shown = "" if reason == IDLE and status == "online" else reason
    conn.execute(
        update(expert)
        .where(expert.c.id == account_id)
        .values(status=status, status_reason=shown, lease_until=lease, **act)
    )


def missed(conn: Connection, account_id: str, now: Ms, *, in_a_row: bool) -> bool:
    """A bell rang out at this desk and nowhere else. True if it was one too many: the person is away now.

    `in_a_row`: they did nothing since the last one, as far as other rooms know; what they do here counts by itself.
    """
    before = conn.execute(
        locked(conn, select(expert.c.missed, expert.c.status).where(expert.c.id == account_id))
    ).one_or_none()
    if before is None:
        return False
    count = before.missed + 1 if in_a_row else 1
    away = before.status == "online" and count >= MOST_MISSED
    values: dict[str, Any] = {"missed": count, "missed_at": now}
    if away:
        values |= {"status": "away", "status_reason": MISSED, "missed": 0}
    conn.execute(update(expert).where(expert.c.id == account_id).values(**values))
    return away


def acted(conn: Connection, account_id: str) -> None:
    """They answered a bell, whatever they answered: they are there."""
    conn.execute(update(expert).where(expert.c.id == account_id, expert.c.missed > 0).values(missed=0))


def rest(conn: Connection, account_id: str, now: Ms) -> None:
    """A conversation of theirs is over: no bell rings until they have drawn breath."""
    rested = conn.execute(
        update(expert)
        .where(expert.c.id == account_id, expert.c.breath_seconds > 0)
        .values(rest_until=literal(now, Time) + expert.c.breath_seconds * SECOND)
    ).rowcount
    if rested:
        wake_later(conn, account_id, now)


def wake_later(conn: Connection, account_id: str, now: Ms) -> None:
    """Note when waiting alerts may ring here again by themselves."""
    row = conn.execute(select(expert).where(expert.c.id == account_id)).mappings().one()
    conn.execute(update(expert).where(expert.c.id == account_id).values(wake_at=wakes_at(sitting(row), now)))


def handed_on(conn: Connection, account_id: str, count: int) -> None:
    """So many conversations were taken from them while nobody could tell them."""
    conn.execute(update(expert).where(expert.c.id == account_id).values(handed_on=expert.c.handed_on + count))


def renew_leases(conn: Connection, account_ids: Sequence[str], now: Ms) -> None:
    """Their sockets answer: whoever is not offline by choice stays there for another lease."""
    conn.execute(
        update(expert).where(expert.c.id.in_(account_ids), expert.c.status != "offline").values(lease_until=now + LEASE)
    )
