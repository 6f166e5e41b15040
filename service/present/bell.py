"""The alert as it stands on the expert's screen: who, where, why."""

from sqlalchemy import Connection

import chat.transfers
import tracker.queries
from contract.clock import rfc3339
from contract.errors import Refused
from contract.events import AlertRaised
from contract.names import Ms
from routing.queries import Row
from routing.turn import turn
from routing.why import sentences
from service.present.transfers import transfers
from service.present.visits import briefs_of_rows


def alert_raised(conn: Connection, row: Row, until: Ms, language: str, now: Ms) -> AlertRaised:
    """A ringing alert; `until`: when this desk's time runs out. `row` is of `alert`."""
    seen = tracker.queries.visit_rows(conn, [row["visit_id"]]).get(row["visit_id"])
    if seen is None:
        raise Refused("not_found")
    brief = {**seen, "came_back": tracker.queries.came_back(seen)}
    offered = chat.transfers.of_alert(conn, row["id"]) if row["reason"] == chat.transfers.REASON else None
    (visit,) = briefs_of_rows(conn, [brief], now, ringing={seen["id"]: row["id"]})
    return AlertRaised(
        id=row["id"],
        reason=row["reason"],
        rung=row["rung"],
        raised_at=rfc3339(row["raised_at"]),
        expires_at=rfc3339(until),
        importance=row["importance"],
        turn=rfc3339(turn(row["importance"], row["raised_at"])),
        why=sentences(row["why"], language),
        left=visit.left or row["gone_at"] is not None,
        visit=visit,
        customer=visit.customer,
        transfer=None if offered is None else transfers(conn, {row["id"]: offered})[row["id"]],
    )
