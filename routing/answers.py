"""What a desk does with a bell: takes it, declines it, or can hear it no longer. Locks go alert, account, expert."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from contract.errors import Refused
from contract.ids import UUID
from contract.names import Ms
from routing import statements as sql
from routing.do import acted
from routing.queries import Row, rings_of

#: The rung of a ring that never rang: it keeps somebody from being asked.
NOT_AGAIN = "left"


def accept(conn: Connection, alert_id: str, expert_id: str, load: Callable[[], int], now: Ms) -> Row:
    """Exactly one expert takes the alert. Locks alert, then expert, always in that order.

    `load()` counts what the expert has now; it is asked once the expert's row is held, so two accepts cannot both find
    the last place free. A bell that was silent here on an earlier rung may still be taken. Refused: not_found (never
    rang here, or is no business of theirs any more), alert_over, not_online, desk_full.
    """
    row, _ = _held_for(conn, alert_id, expert_id)
    desk = sql.LOCKED_DESK.first(conn, expert=expert_id)
    assert desk is not None, "who was rung has a desk"
    if desk["status"] == "offline":
        raise Refused("not_online")
    held = load()
    if held >= desk["capacity"]:
        raise Refused("desk_full")
    sql.ACCEPTED_HERE.change(conn, alert=alert_id, expert=expert_id, on=row["rung"])
    sql.STOP_RINGING.change(conn, alert=alert_id, came_of_it="taken")
    sql.ASSIGNED.change(conn, expert=expert_id, now=now, full=int(held + 1 >= desk["capacity"]))
    sql.DECIDED.change(conn, alert=alert_id, came_of_it=f"accepted:{expert_id}")
    sql.ACCEPT.change(conn, alert=alert_id, expert=expert_id, now=now)
    return row


def taken(
    conn: Connection, site_id: str, visitor_id: str, expert_id: str, now: Ms, *, but: str, wait: bool = True
) -> list[str]:
    """This expert has taken the visitor without any bell, or by one of several: what rings for them is over as
    `taken`, at every desk. `but`: the reason of bells that go on. Returns those that ended.

    It waits for whoever holds one, so it comes before any desk; with `wait` false for whoever holds a desk or an alert
    already: what somebody else holds is left to them.
    """
    find = sql.OF_VISITOR if wait else sql.OF_VISITOR_IF_FREE
    found = find.scalars(conn, site=site_id, visitor=visitor_id, but=but)
    for alert_id in found:
        take(conn, alert_id, expert_id, now)
    return found


def settled(
    conn: Connection, site_id: str, visitor_id: str, conversation_id: str, expert_id: str, now: Ms
) -> list[str]:
    """This expert has closed a question that nobody had: its bell, and no other, is over as `taken`. Waits for whoever
    holds it, so it comes before the conversation is held. Returns those that ended."""
    found = sql.OF_QUESTION.scalars(conn, site=site_id, visitor=visitor_id, conversation=conversation_id)
    for alert_id in found:
        take(conn, alert_id, expert_id, now)
    return found


def take(conn: Connection, alert_id: str, expert_id: str, now: Ms) -> None:
    """This bell is over: whom it is about has somebody. Nothing if it is over anyway."""
    sql.STOP_RINGING.change(conn, alert=alert_id, came_of_it="taken")
    sql.DECIDED.change(conn, alert=alert_id, came_of_it=f"accepted:{expert_id}")
    sql.TAKEN.change(conn, alert=alert_id, expert=expert_id, now=now)


def decline(conn: Connection, alert_id: str, expert_id: str) -> bool:
    """This expert will not; they are not asked again for this alert. True if nobody else hears this rung now.

    Refused: not_found, alert_over, as `accept`.
    """
    _, rings = _held_for(conn, alert_id, expert_id)
    sql.ANSWERED.change(conn, alert=alert_id, expert=expert_id, came_of_it="declined")
    acted(conn, expert_id)
    sql.CHANGED.change(conn, alert=alert_id)
    return all(one["expert_id"] == expert_id or one["outcome"] is not None for one in rings)


def _held_for(conn: Connection, alert_id: str, expert_id: str) -> tuple[Row, list[dict[str, Any]]]:
    """A ringing alert that has rung at this desk, held, and its rings. Refused: not_found, alert_over."""
    if not UUID.fullmatch(alert_id):  # not every base can even be asked for it
        raise Refused("not_found")
    row = sql.LOCKED.first(conn, alert=alert_id)
    rings = rings_of(conn, alert_id)
    if row is None or not any(one["expert_id"] == expert_id and one["rung"] != NOT_AGAIN for one in rings):
        raise Refused("not_found")
    if not sql.HELD_ACCOUNT.rows(conn, expert=expert_id) or not sql.AT_SITE.rows(
        conn, expert=expert_id, site=row["site_id"]
    ):
        raise Refused("not_found")
    if row["state"] != "ringing":
        raise Refused("alert_over")
    return row, rings


def leave(conn: Connection, expert_id: str, reason: str) -> list[tuple[Row, bool]]:
    """Nobody at this desk can take a bell any more: it falls silent there. Returns each alert that rang, and whether
    nobody else hears it now. What somebody is just answering elsewhere is left to them (and to the next look)."""
    left: list[tuple[Row, bool]] = []
    for row in sql.RINGING_AT.dicts(conn, expert=expert_id):
        sql.LEFT.change(conn, alert=row["id"], expert=expert_id, came_of_it=reason)
        sql.CHANGED.change(conn, alert=row["id"])
        left.append((row, all(one["outcome"] is not None for one in rings_of(conn, row["id"]))))
    return left


def hold_desk(conn: Connection, expert_id: str) -> None:
    """This desk, held until the unit of work ends; nothing where somebody has none."""
    sql.LOCKED_DESK.first(conn, expert=expert_id)


def count_places(conn: Connection, expert_id: str, *, busy: bool) -> None:
    """Remember whether all places of this desk are taken."""
    sql.BUSY.change(conn, expert=expert_id, full=int(busy))


def not_again(conn: Connection, alert_id: str, expert_id: str, now: Ms) -> None:
    """This expert is not asked for this alert, whenever they come free: it is about whom they just left."""
    row = {"alert_id": alert_id, "expert_id": expert_id, "rung": NOT_AGAIN, "at": now, "until": now}
    sql.RING_NEW.one(conn, {**row, "outcome": "declined"})
