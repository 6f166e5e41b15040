"""Somebody has taken a visitor: their bells are over everywhere. A part of a unit of work, whose committer announces
what comes back."""

from sqlalchemy import Connection

import chat.transfers
import routing.answers
from contract.names import Ms


def end_bells(
    conn: Connection, site_id: str, visitor_id: str, expert_id: str, now: Ms, *, wait: bool = True
) -> list[str]:
    """This expert takes the visitor: what rings for them ends as `taken`. What a colleague passes on rings on: it is
    theirs until somebody takes it over. Alerts are locked first: call it before any desk is held, else with `wait`
    false. Returns the alerts."""
    return routing.answers.taken(conn, site_id, visitor_id, expert_id, now, but=chat.transfers.REASON, wait=wait)
