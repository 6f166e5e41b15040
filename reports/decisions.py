"""What came of the choices that were made: answered, solved, rated, ordered. Read when somebody asks, never stored."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, select

from chat.tables import conversation, message
from contract.clock import DAY
from contract.names import Ms
from routing.tables import alert, firing
from sales.tables import order


class CameOfIt(msgspec.Struct, frozen=True, kw_only=True):
    """Of one alert. `rated`: the visitor's score; `order`: (id, number)."""

    answered_at: Ms | None = None
    solved: bool | None = None
    rated: int | None = None
    order: tuple[str, int] | None = None


def came_of(conn: Connection, alert_ids: Collection[str]) -> dict[str, CameOfIt]:
    """Alert -> what came of it. An order counts for every bell of that visitor in the 24 hours before it."""
    rows = conn.execute(select(alert).where(alert.c.id.in_(list(alert_ids)))).mappings().all()
    visitors = {row["visitor_id"] for row in rows}
    talks = conn.execute(
        select(conversation).where(conversation.c.visitor_id.in_(visitors)).order_by(conversation.c.opened_at)
    ).mappings()
    orders = conn.execute(
        select(order.c.id, order.c.number, order.c.visitor_id, order.c.conversation_id, order.c.at)
        .where(order.c.visitor_id.in_(visitors), order.c.status == "placed")
        .order_by(order.c.at, order.c.id)
    ).mappings()
    talked, ordered = _by_visitor(talks), _by_visitor(orders)
    return {
        row["id"]: _came_of(conn, row, talked.get(row["visitor_id"], []), ordered.get(row["visitor_id"], []))
        for row in rows
    }


def came_of_invitations(conn: Connection, firing_ids: Collection[str]) -> dict[str, CameOfIt]:
    """Firing -> what came of the invitation that it sent. `answered_at`: the visitor's first words there; `solved` is
    null while there are none. An order counts that came within 24 hours."""
    rows = conn.execute(select(firing).where(firing.c.id.in_(list(firing_ids)))).mappings().all()
    return {row["id"]: _came_of_invitation(conn, row) for row in rows}


def _came_of_invitation(conn: Connection, row: RowMapping) -> CameOfIt:
    bought = conn.execute(
        select(order.c.id, order.c.number)
        .where(
            order.c.visitor_id == row["visitor_id"],
            order.c.status == "placed",
            order.c.at >= row["at"],
            order.c.at < row["at"] + DAY,
        )
        .order_by(order.c.at, order.c.id)
        .limit(1)
    ).one_or_none()
    talk = conn.execute(select(conversation).where(conversation.c.id == row["ref"])).mappings().one_or_none()
    answered_at = conn.execute(
        select(message.c.at)
        .where(
            message.c.conversation_id == row["ref"],
            message.c.author_kind == "visitor",
            message.c.at >= row["at"],
        )
        .order_by(message.c.seq)
        .limit(1)
    ).scalar_one_or_none()
    return CameOfIt(
        answered_at=answered_at,
        solved=_solved(conn, talk) if talk is not None and answered_at is not None else None,
        rated=talk["score"] if talk is not None else None,
        order=(bought.id, bought.number) if bought is not None else None,
    )


def _by_visitor(rows: Any) -> dict[str, list[RowMapping]]:
    found: dict[str, list[RowMapping]] = {}
    for row in rows:
        found.setdefault(row["visitor_id"], []).append(row)
    return found


def _came_of(conn: Connection, row: RowMapping, talks: list[RowMapping], orders: list[RowMapping]) -> CameOfIt:
    talk = _taken(row, talks)
    bought = next(
        (
            (one["id"], one["number"])
            for one in orders
            if row["raised_at"] <= one["at"] < row["raised_at"] + DAY
            or (talk is not None and one["conversation_id"] == talk["id"] and one["at"] >= row["raised_at"])
        ),
        None,
    )
    if talk is None:
        return CameOfIt(order=bought)
    answered_at = conn.execute(
        select(message.c.at)
        .where(
            message.c.conversation_id == talk["id"],
            message.c.author_kind == "expert",
            message.c.author_id == row["expert_id"],
            message.c.at >= row["ended_at"],
        )
        .order_by(message.c.seq)
        .limit(1)
    ).scalar_one_or_none()
    return CameOfIt(answered_at=answered_at, solved=_solved(conn, talk), rated=talk["score"], order=bought)


def _taken(row: RowMapping, talks: list[RowMapping]) -> RowMapping | None:
    """The conversation in which the alert was accepted: the one that was open then."""
    if row["state"] != "accepted":
        return None
    at = row["ended_at"]
    there = [one for one in talks if one["opened_at"] <= at and (one["closed_at"] is None or one["closed_at"] > at)]
    there.sort(key=lambda one: (one["alert_id"] != row["id"], one["expert_id"] != row["expert_id"]))
    return there[0] if there else None


def _solved(conn: Connection, talk: RowMapping) -> bool:
    """A person closed it; one that closed by itself is not solved. What was said later (it was rated, an order came)
    changes nothing."""
    if talk["state"] != "closed":
        return False
    happened = conn.execute(
        select(message.c.data)
        .where(
            message.c.conversation_id == talk["id"],
            message.c.author_kind == "system",
            message.c.at >= talk["closed_at"],
        )
        .order_by(message.c.seq.desc())
    ).scalars()
    closed = next((data for data in happened if data and data.get("name") == "conversation.closed"), None)
    return bool(closed and closed.get("expert"))
