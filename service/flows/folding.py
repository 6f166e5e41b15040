"""One person rings once: where several bells ring for one visitor, the one that says most goes on, the others are over.

Whoever raises a bell looks for another one first. Two processes may do so in the same moment, and visits become one
later; so whoever moves or offers bells looks once more. A part of a unit of work, whose committer announces what comes
back. It waits for nobody: what somebody holds is left to the next look.
"""

from itertools import groupby

from sqlalchemy import Connection

import chat.transfers
import routing.alerts
import routing.queries
from contract.names import Ms
from routing.queries import Row
from routing.tables import ASKED


def rings_for(conn: Connection, site_id: str, *visitor_ids: str, orphan: str = "") -> list[Row]:
    """What rings for these visitors, the newest first. Not what a colleague passes on: it has a home, and rings on; but
    for that of a conversation which has lost it (`orphan`)."""
    rows = routing.queries.ringing_of(conn, site_id, visitor_ids)
    return [row for row in rows if row["reason"] != chat.transfers.REASON or row["trigger_id"] == orphan]


def doubled(conn: Connection) -> bool:
    """Whether several bells ring for anybody."""
    return bool(routing.queries.doubled(conn, chat.transfers.REASON))


def fold_doubled(conn: Connection, now: Ms) -> list[str]:
    """A question outranks what triggers ring, for it shows the words that were written; of triggers the newest goes on.
    Two questions are two conversations, and neither is silenced by the other. Returns the alerts that are over."""
    found: dict[str, set[str]] = {}
    for site_id, visitor_id in routing.queries.doubled(conn, chat.transfers.REASON):
        found.setdefault(site_id, set()).add(visitor_id)
    folded: list[str] = []
    for site_id, visitors in sorted(found.items()):
        rows = sorted(rings_for(conn, site_id, *visitors), key=_whose)
        for _, theirs in groupby(rows, _whose):
            first, *others = sorted(theirs, key=_rank, reverse=True)
            folded += [row["id"] for row in others if row["reason"] != ASKED and _over(conn, row, first, now)]
    return folded


def _whose(row: Row) -> str:
    return str(row["visitor_id"])


def _rank(row: Row) -> tuple[bool, Ms, str]:
    return row["reason"] == ASKED, row["raised_at"], row["id"]


def _over(conn: Connection, row: Row, by: Row, now: Ms) -> bool:
    return routing.alerts.supersede(conn, row["id"], by["id"], now)
