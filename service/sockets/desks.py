"""What desks are told: bells that ring there or have ended, colleagues' presence, orders that were placed.

Parts of `delivery`: they look, note what each connection was told, and return what is to be said.
"""

from collections.abc import Sequence

from sqlalchemy import Connection as Base
from sqlalchemy import RowMapping

import access.queries
import routing.queries
import sales.queries
from contract import events
from contract.clock import SECOND, now_ms
from contract.facts import AccountFacts
from contract.names import AlertEnd, Ms
from routing.queries import Row
from service import present
from service.callers import ExpertCaller
from service.sockets.noted import apart
from service.sockets.registry import Connection, Registry, Saying

#: An order is news to a desk that has just connected for so long; after that it stands in the history.
JUST_NOW: Ms = 15 * SECOND


def bell(conn: Base, registry: Registry, alert_id: str, due: list[Ms]) -> list[Saying]:
    """One alert: where it rings now, and where it has fallen silent. `due` gets the time at which its rung ends."""
    row = routing.queries.alert_row(conn, alert_id)
    if row is None:
        return []
    if row["state"] == "ringing":
        due.append(row["due_at"])
    rings = routing.queries.rings_of(conn, alert_id)
    said: list[Saying] = []
    raised: dict[str, events.AlertRaised] = {}
    for ring in rings:
        here = row["state"] == "ringing" and ring["outcome"] is None and ring["rung"] == row["rung"]
        for connection in registry.of_expert(ring["expert_id"]):
            if here:
                if connection.news(f"alert:{alert_id}", row["version"]):
                    language = connection.caller.language
                    if language not in raised:
                        raised[language] = present.alert_raised(conn, row, ring["until"], language, now_ms())
                    said.append((connection, "alert.raised", raised[language]))
            elif not _rings_elsewhere(rings, ring, row) and connection.forget(f"alert:{alert_id}"):
                reason = _reason(row, ring)
                said.append((connection, "alert.cleared", events.AlertCleared(id=alert_id, reason=reason)))
    return said


def ringing(conn: Base, connection: Connection) -> list[Saying]:
    """All bells of its desk that this connection has not heard of; one that cannot be told silences no other."""
    assert isinstance(connection.caller, ExpertCaller)
    rows = routing.queries.ringing_for(conn, connection.caller.account.id)
    return [saying for row in rows for saying in apart(_rings, conn, connection, row)]


def _rings(conn: Base, connection: Connection, row: Row) -> list[Saying]:
    if not connection.news(f"alert:{row['id']}", row["version"]):
        return []
    raised = present.alert_raised(conn, row, row["until"], connection.caller.language, now_ms())
    return [(connection, "alert.raised", raised)]


def person(conn: Base, registry: Registry, account_id: str) -> list[Saying]:
    """Presence for the colleagues; new orders for the one who served."""
    now = now_ms()
    desk = routing.queries.desks(conn, [account_id]).get(account_id)
    said: list[Saying] = []
    account = access.queries.account_by_id(conn, account_id)
    if desk is not None:
        changed = events.PresenceChanged(
            expert=account_id,
            status=routing.queries.status_now(desk, now),
            reason=routing.queries.reason_now(desk, now),
        )
        said += [
            (connection, "presence.changed", changed)
            for connection in registry.experts()
            if (f"presence:{account_id}" in connection.shown or _colleagues(connection, account))
            and connection.news(f"presence:{account_id}", (changed.status, changed.reason))
        ]
    mine = registry.of_expert(account_id)
    if mine:
        for order in sales.queries.recent_orders_of_expert(conn, account_id, now - JUST_NOW):
            said += apart(_order, conn, mine, order)
    return said


def _order(conn: Base, mine: list[Connection], order: RowMapping) -> list[Saying]:
    shape = present.order_placed(conn, order)
    return [(c, "order.placed", shape) for c in mine if c.news(f"order:{order['id']}", order["status"])]


def _colleagues(connection: Connection, other: AccountFacts | None) -> bool:
    """Whether they have a site in common; an administrator has all."""
    if other is None or not isinstance(connection.caller, ExpertCaller):
        return False
    account = connection.caller.account
    return account.id == other.id or "admin" in (account.role, other.role) or bool(account.sites & other.sites)


def _rings_elsewhere(rings: Sequence[Row], ring: Row, row: Row) -> bool:
    """True if the same desk rings for this alert on another, newer rung."""
    return row["state"] == "ringing" and any(
        other["expert_id"] == ring["expert_id"] and other["outcome"] is None for other in rings
    )


def _reason(row: Row, ring: Row) -> AlertEnd:
    outcome = ring["outcome"]
    if outcome in ("accepted", "declined", "taken", "gone", "superseded"):
        return outcome  # type: ignore[no-any-return]
    return "taken" if row["state"] == "accepted" else "expired"
