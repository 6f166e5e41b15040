"""The alert as it stands on the expert's screen: who, where, why."""

from sqlalchemy import Connection

import tracker.queries
from contract.clock import rfc3339
from contract.errors import Refused
from contract.frames import AlertRaised
from contract.names import Ms
from routing.queries import Row
from routing.why import sentences
from service.present.visits import visit_briefs


def alert_raised(conn: Connection, row: Row, until: Ms, language: str, now: Ms) -> AlertRaised:
    """A ringing alert; `until`: when this desk's time runs out. `row` is of `alert`."""
    visits = tracker.queries.visit_facts(conn, [row["visit_id"]])
    facts = visits.get(row["visit_id"])
    if facts is None:
        raise Refused("not_found")
    (visit,) = visit_briefs(conn, [facts], now)
    return AlertRaised(
        id=row["id"],
        reason=row["reason"],
        rung=row["rung"],
        raised_at=rfc3339(row["raised_at"]),
        expires_at=rfc3339(until),
        importance=row["importance"],
        why=sentences(row["why"], language),
        left=visit.left or row["gone_at"] is not None,
        visit=visit,
        customer=visit.customer,
    )
