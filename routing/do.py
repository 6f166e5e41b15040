"""What changes in routing outside of alerts: experts, what they know, whether they are there."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, update

from access.do import crew_changed
from contract.clock import SECOND
from contract.names import Ms, Status
from routing.tables import expert, expertise
from store.sql import insert_new

#: Presence is a lease (design 4): renewed every 20 s while a socket of the expert answers, over after 45 s.
LEASE: Ms = 45 * SECOND
RENEW: Ms = 20 * SECOND

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


def set_status(conn: Connection, account_id: str, status: Status, now: Ms, reason: str = "") -> None:
    """A person's act. Going online also takes the lease; `now` is the database's time."""
    conn.execute(
        update(expert)
        .where(expert.c.id == account_id)
        .values(
            status=status,
            status_at=now,
            status_reason=reason,
            lease_until=now + LEASE if status != "offline" else 0,
            missed=0,
            handed_on=0,
        )
    )


def renew_leases(conn: Connection, account_ids: Sequence[str], now: Ms) -> None:
    """Their sockets answer: whoever is not offline by choice stays there for another lease."""
    conn.execute(
        update(expert).where(expert.c.id.in_(account_ids), expert.c.status != "offline").values(lease_until=now + LEASE)
    )
