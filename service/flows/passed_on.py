"""What becomes of a conversation that was offered to a colleague: taken over, or it stays where it is.

Nothing here knows a process, a bus or a socket: parts of a unit of work, as `service.flows.ringing`.
"""

from sqlalchemy import Connection, RowMapping

import access.queries
import chat.do
import chat.queries
import chat.transfers
import routing.alerts
import routing.queries
from contract.errors import Refused
from contract.facts import AccountFacts
from contract.names import Ms, TransferState
from routing.queries import Row
from store.lock import lock


def take_over(conn: Connection, alert: Row, account: AccountFacts, now: Ms) -> tuple[RowMapping, str] | None:
    """Somebody accepted this bell: the conversation that it rang for is theirs now. (its row, whose it was); None where
    the bell is of another kind. Refused("alert_over") if it ended or changed hands in the same moment."""
    if alert["reason"] != chat.transfers.REASON:
        return None
    offered = chat.transfers.of_alert(conn, alert["id"], held=True)
    if offered is None:
        return None
    conversation = chat.queries.row(conn, offered["conversation_id"])
    assert conversation is not None, "an offer is of a conversation"
    lock(conn, f"visitor:{conversation['visitor_id']}")
    row = chat.do.hold(conn, conversation["id"])
    if offered["outcome"] is not None or not _still_offered(row, offered):
        raise Refused("alert_over")
    chat.transfers.over(conn, offered, "accepted", now)
    taken = chat.transfers.hand_over(conn, row, account.id, account.name, alert["visit_id"], now)
    return taken, offered["from_id"]


def unsettled(conn: Connection) -> list[str]:
    """The offers whose bell is over, or rings for nothing, and of which that was not noted yet."""
    return [offered["id"] for offered in chat.transfers.all_waiting(conn) if _what_came(conn, offered) is not None]


def settle(conn: Connection, now: Ms, alert_id: str | None = None) -> tuple[list[str], list[str]]:
    """Note what came of them, or of the one of this bell; where nobody took it the visitor reads who stays. (alerts,
    conversations) that moved."""
    alerts: list[str] = []
    conversations: list[str] = []
    for offered in chat.transfers.all_waiting(conn) if alert_id is None else chat.transfers.waiting_for(conn, alert_id):
        outcome = _what_came(conn, offered)
        if outcome is None:
            continue
        alert = routing.queries.alert_row(conn, offered["alert_id"])
        if alert is not None and alert["state"] == "ringing" and alert["reason"] == chat.transfers.REASON:
            routing.alerts.end(conn, alert["id"], "gone", now)
            alerts.append(alert["id"])
        row = chat.do.hold(conn, offered["conversation_id"])
        if not chat.transfers.over(conn, offered, outcome, now):
            continue
        conversations.append(row["id"])
        if row["state"] == "open" and row["expert_id"] == offered["from_id"]:
            name = access.queries.names(conn, [row["expert_id"]]).get(row["expert_id"], "")
            chat.transfers.stays(conn, row, name, now)
    return alerts, conversations


def _what_came(conn: Connection, offered: RowMapping) -> TransferState | None:
    """None while it rings for a conversation that is still its owner's."""
    alert = routing.queries.alert_row(conn, offered["alert_id"])
    if alert is None or alert["reason"] != chat.transfers.REASON:  # forgotten, or a question's by now
        return "gone"
    if alert["state"] == "ringing":
        row = chat.queries.row(conn, offered["conversation_id"])
        return None if row is not None and _still_offered(row, offered) else "gone"
    if alert["outcome"] == "declined":
        return "declined"
    if alert["outcome"] != "expired":
        return "gone"
    rings = routing.queries.rings_of(conn, alert["id"])
    no = any(one["expert_id"] == offered["to_id"] and one["outcome"] == "declined" for one in rings)
    return "declined" if no else "expired"


def _still_offered(row: RowMapping, offered: RowMapping) -> bool:
    """Whether its owner has it and this is their offer: one that was closed and taken up again is offered no more."""
    return (row["state"], row["expert_id"], row["transfer_id"]) == ("open", offered["from_id"], offered["id"])
