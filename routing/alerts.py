"""The bell: raised, rung up the ladder, taken by one, or ended with a reason.

Every function is one part of a transaction of the caller. What it needs of other rooms comes as values (`People`). Each
change counts `version` up; whoever commits it rings the doorbell and sets `announced`, and a sweep finds what was
forgotten.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, and_, or_, select, update

from contract.clock import SECOND
from contract.errors import Refused
from contract.facts import CustomerFacts, VisitFacts
from contract.ids import new_id
from contract.names import AlertEnd, Ms
from routing.importance import importance, rung_reason, why
from routing.ladder import Expert, next_step
from routing.queries import alert_row, asked, rings_of
from routing.tables import RINGING, alert, decision, expert, ring
from routing.triggers import Firing
from store.sql import insert_new, locked

#: An alert outlives its visitor by this, shown as left (contract 4).
OUTLIVES: Ms = 60 * SECOND
#: A rung whose end was noticed later than this was not heard by anybody: the server was down. It rings once afresh.
LATE: Ms = 5 * SECOND
#: The reason of an alert that no trigger raised: the visitor wrote, and nobody has this conversation.
ASKED = "asked"


class People(msgspec.Struct, frozen=True, kw_only=True):
    """Who could answer: the site's experts, the customer's owner, and who served this visitor last."""

    experts: tuple[Expert, ...]
    owner: str | None
    last: str | None
    rung_seconds: int


def raise_alert(
    conn: Connection, firing: Firing, visit: VisitFacts, customer: CustomerFacts | None, now: Ms
) -> str | None:
    """Store the alert of a firing, not yet ringing anywhere; None if this occasion has had its alert."""
    id_ = new_id()
    row = {
        "id": id_,
        "site_id": visit.site,
        "visit_id": visit.id,
        "visitor_id": visit.visitor,
        "customer_id": customer.id if customer else None,
        "trigger_id": firing.trigger,
        "occasion": firing.occasion,
        "reason": firing.name,
        "importance": importance(visit, customer, asked=firing.name == ASKED),
        "why": why(visit, customer, asked=firing.name == ASKED),
        "topic": list(visit.topic),
        "state": "ringing",
        "outcome": None,
        "rung": None,
        "expert_id": None,
        "raised_at": now,
        "due_at": now,
        "gone_at": visit.left_at + OUTLIVES if visit.left_at else None,
        "ended_at": None,
        "version": 1,
        "announced": 0,
    }
    return id_ if insert_new(conn, alert, [row]) else None


def climb(conn: Connection, alert_id: str, people: People, now: Ms) -> bool:
    """Leave the current rung and ring the next. False: it was the last one, and the alert has ended as expired."""
    row = _open(conn, alert_id)
    conn.execute(update(ring).where(ring.c.alert_id == alert_id, ring.c.outcome.is_(None)).values(outcome="silent"))
    step = next_step(
        after=row["rung"],
        owner=people.owner,
        last=people.last,
        topic=tuple(row["topic"]),
        experts=people.experts,
        asked=asked(conn, alert_id),
    )
    if step is None:
        end(conn, alert_id, "expired", now)
        return False
    until = now + people.rung_seconds * SECOND
    reasons = [reason for reason in row["why"] if not reason[0].startswith("rung_")]
    conn.execute(
        update(alert)
        .where(alert.c.id == alert_id)
        .values(
            rung=step.rung,
            due_at=until,
            why=[*reasons, rung_reason(step.rung, step.known, step.level)],
            version=alert.c.version + 1,
        )
    )
    _ring(conn, alert_id, step.experts, step.rung, now, until)
    conn.execute(
        decision.insert().values(
            id=new_id(),
            site_id=row["site_id"],
            alert_id=alert_id,
            visit_id=row["visit_id"],
            rung=step.rung,
            at=now,
            chosen=list(step.experts),
            candidates=[msgspec.to_builtins(candidate) for candidate in step.candidates],
            outcome="ringing" if step.experts else "nobody",
        )
    )
    return True


def ring_newcomer(conn: Connection, row: RowMapping, expert_id: str, people: People, now: Ms) -> bool:
    """Somebody came free while nobody could hear this alert: ring them, with a full rung's time."""
    declined = any(one["expert_id"] == expert_id and one["outcome"] == "declined" for one in rings_of(conn, row["id"]))
    if row["state"] != "ringing" or declined:
        return False
    until = now + people.rung_seconds * SECOND
    rung = row["rung"] or "anyone"
    _ring(conn, row["id"], (expert_id,), rung, now, until)
    conn.execute(
        update(alert).where(alert.c.id == row["id"]).values(rung=rung, due_at=until, version=alert.c.version + 1)
    )
    return True


def accept(conn: Connection, alert_id: str, expert_id: str, load: Callable[[], int], now: Ms) -> RowMapping:
    """Exactly one expert takes the alert. Locks alert, then expert, always in that order.

    `load()` counts what the expert has now; it is asked once the expert's row is held, so two accepts cannot both find
    the last place free. Refused: not_found (never rang here), alert_over, not_online, desk_full.
    """
    row = _locked(conn, alert_id)
    if row is None or not any(one["expert_id"] == expert_id for one in rings_of(conn, alert_id)):
        raise Refused("not_found")
    if row["state"] != "ringing":
        raise Refused("alert_over")
    desk = conn.execute(locked(conn, select(expert).where(expert.c.id == expert_id))).mappings().one()
    if desk["status"] == "offline":
        raise Refused("not_online")
    if load() >= desk["capacity"]:
        raise Refused("desk_full")
    mine = and_(ring.c.alert_id == alert_id, ring.c.expert_id == expert_id, ring.c.rung == row["rung"])
    conn.execute(update(ring).where(mine).values(outcome="accepted"))
    conn.execute(update(ring).where(ring.c.alert_id == alert_id, ring.c.outcome.is_(None)).values(outcome="taken"))
    conn.execute(update(expert).where(expert.c.id == expert_id).values(assigned_at=now))
    _decided(conn, alert_id, f"accepted:{expert_id}")
    conn.execute(
        update(alert)
        .where(alert.c.id == alert_id)
        .values(
            state="accepted",
            outcome="accepted",
            expert_id=expert_id,
            ended_at=now,
            version=alert.c.version + 1,
        )
    )
    return row


def decline(conn: Connection, alert_id: str, expert_id: str) -> bool:
    """This expert will not; they are not asked again for this alert. True if nobody else hears this rung now."""
    row = _locked(conn, alert_id)
    rings = rings_of(conn, alert_id)
    if row is None or not any(one["expert_id"] == expert_id for one in rings):
        raise Refused("not_found")
    if row["state"] != "ringing":
        raise Refused("alert_over")
    conn.execute(
        update(ring).where(ring.c.alert_id == alert_id, ring.c.expert_id == expert_id).values(outcome="declined")
    )
    conn.execute(update(alert).where(alert.c.id == alert_id).values(version=alert.c.version + 1))
    return all(one["expert_id"] == expert_id or one["outcome"] is not None for one in rings)


def end(conn: Connection, alert_id: str, reason: AlertEnd, now: Ms) -> None:
    """The bell always ends: with a reason."""
    conn.execute(update(ring).where(ring.c.alert_id == alert_id, ring.c.outcome.is_(None)).values(outcome=reason))
    _decided(conn, alert_id, reason)
    conn.execute(
        update(alert)
        .where(alert.c.id == alert_id, RINGING)
        .values(state="ended", outcome=reason, ended_at=now, version=alert.c.version + 1)
    )


def visitor_left(conn: Connection, visit_id: str, left_at: Ms | None) -> list[str]:
    """The visitor left, or is back (None). Returns the alerts that this touched."""
    gone_at = left_at + OUTLIVES if left_at is not None else None
    differs = alert.c.gone_at.is_distinct_from(gone_at)
    return list(
        conn.execute(
            update(alert)
            .where(alert.c.visit_id == visit_id, RINGING, differs)
            .values(gone_at=gone_at, version=alert.c.version + 1)
            .returning(alert.c.id)
        ).scalars()
    )


def claim_due(conn: Connection, now: Ms, limit: int = 100) -> list[RowMapping]:
    """The alerts whose rung or visitor has run out, locked for this transaction; two processes never get the same."""
    query = (
        select(alert)
        .where(RINGING, or_(alert.c.due_at <= now, alert.c.gone_at <= now))
        .order_by(alert.c.due_at)
        .limit(limit)
    )
    if conn.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True)
    return list(conn.execute(query).mappings())


def ring_afresh(conn: Connection, row: RowMapping, people: People, now: Ms) -> None:
    """The server was down while this rung ran out: the same desks ring once more, for a full time."""
    until = now + people.rung_seconds * SECOND
    conn.execute(update(ring).where(ring.c.alert_id == row["id"], ring.c.outcome.is_(None)).values(until=until))
    conn.execute(update(alert).where(alert.c.id == row["id"]).values(due_at=until, version=alert.c.version + 1))


def announced(conn: Connection, versions: Mapping[str, int]) -> None:
    """The doorbell of these alerts has been rung after they had these versions; a newer one is still to be told."""
    for alert_id, version in sorted(versions.items()):
        conn.execute(update(alert).where(alert.c.id == alert_id, alert.c.announced < version).values(announced=version))


def _ring(conn: Connection, alert_id: str, experts: tuple[str, ...], rung: str, now: Ms, until: Ms) -> None:
    rows: list[dict[str, Any]] = [
        {
            "alert_id": alert_id,
            "expert_id": expert_id,
            "rung": rung,
            "at": now,
            "until": until,
            "outcome": None,
        }
        for expert_id in experts
    ]
    if rows:
        conn.execute(ring.insert(), rows)


def _decided(conn: Connection, alert_id: str, outcome: str) -> None:
    conn.execute(
        update(decision).where(decision.c.alert_id == alert_id, decision.c.outcome == "ringing").values(outcome=outcome)
    )


def _locked(conn: Connection, alert_id: str) -> RowMapping | None:
    return conn.execute(locked(conn, select(alert).where(alert.c.id == alert_id))).mappings().one_or_none()


def _open(conn: Connection, alert_id: str) -> RowMapping:
    row = alert_row(conn, alert_id)
    if row is None or row["state"] != "ringing":
        raise Refused("alert_over")
    return row
