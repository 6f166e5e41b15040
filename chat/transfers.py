"""A conversation is offered to a colleague. It stays where it is until somebody takes it: then it changes hands, once,
and both sides read so. Who rings, and for how long, is the bell's (`alert_id`)."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from chat.do import add, hold
from chat.message import SYSTEM
from chat.tables import conversation, transfer
from contract.clock import MINUTE
from contract.ids import UUID
from contract.names import Ms, TransferState
from store.sql import locked

#: The reason of its bell.
REASON = "transfer"
#: So long it is told on the desk that nobody took it.
NEWS: Ms = 5 * MINUTE


def offer(
    conn: Connection,
    row: RowMapping,
    alert_id: str,
    *,
    transfer_id: str,
    by: str,
    by_name: str,
    to: str | None,
    to_name: str,
    topic: Sequence[str],
    note: str,
    now: Ms,
) -> None:
    """Keep it, and say so in the conversation: who is asked, or for which topic. `row` is held."""
    conn.execute(
        insert(transfer).values(
            id=transfer_id,
            conversation_id=row["id"],
            alert_id=alert_id,
            from_id=by,
            to_id=to,
            topic=list(topic),
            note=note,
            at=now,
        )
    )
    conn.execute(
        update(conversation).where(conversation.c.id == row["id"]).values(transfer_id=transfer_id, spoken_at=now)
    )
    whom = to_name or (f"a colleague who knows {topic[-1]}" if topic else "a colleague")
    data = {"name": "conversation.transferred", "by": by_name, "to": to_name, "topic": list(topic), "state": "waiting"}
    add(conn, row["id"], SYSTEM, "event", f"{by_name} asks {whom} to take over.", data, None, now)


def of_alert(conn: Connection, alert_id: str, *, held: bool = False) -> RowMapping | None:
    """The offer that this bell rings for. `held`: until the unit of work ends."""
    if not UUID.fullmatch(alert_id):
        return None
    statement = select(transfer).where(transfer.c.alert_id == alert_id)
    return conn.execute(locked(conn, statement) if held else statement).mappings().one_or_none()


def of_conversations(conn: Connection, rows: Collection[RowMapping], now: Ms) -> dict[str, RowMapping]:
    """Conversation -> the offer that its desk still has to know of: it waits, or came back a moment ago."""
    ids = {row["transfer_id"] for row in rows} - {None}
    if not ids:
        return {}
    found = conn.execute(select(transfer).where(transfer.c.id.in_(ids))).mappings()
    return {row["conversation_id"]: row for row in found if row["ended_at"] is None or row["ended_at"] > now - NEWS}


def waiting(conn: Connection, conversation_id: str) -> RowMapping | None:
    """The offer of this conversation that rings."""
    mine = select(transfer).where(transfer.c.conversation_id == conversation_id, transfer.c.outcome.is_(None))
    return conn.execute(mine.limit(1)).mappings().one_or_none()


def all_waiting(conn: Connection, limit: int = 200) -> Sequence[RowMapping]:
    """Every offer that nobody has answered yet, as far as is known here."""
    open_ = select(transfer).where(transfer.c.outcome.is_(None)).order_by(transfer.c.id).limit(limit)
    return conn.execute(open_).mappings().all()


def waiting_for(conn: Connection, alert_id: str) -> Sequence[RowMapping]:
    """The one of this bell, if nobody has answered it yet."""
    found = of_alert(conn, alert_id)
    return [found] if found is not None and found["outcome"] is None else []


def over(conn: Connection, offered: RowMapping, outcome: TransferState, now: Ms) -> bool:
    """Note what came of it, once. False if that was noted before."""
    done = update(transfer).where(transfer.c.id == offered["id"], transfer.c.outcome.is_(None))
    return conn.execute(done.values(outcome=outcome, ended_at=now)).rowcount > 0


def hand_over(conn: Connection, row: RowMapping, expert_id: str, name: str, visit_id: str, now: Ms) -> RowMapping:
    """The colleague has it now. `row` is held. A visitor who was not awaited before is not awaited now."""
    values: dict[str, Any] = {
        "expert_id": expert_id,
        "left_id": None,
        "accepted_at": now,
        "spoken_at": now,
        "ends_at": None,
        "visit_id": visit_id,
        "transfer_id": None,
    }
    conn.execute(update(conversation).where(conversation.c.id == row["id"]).values(**values))
    data = {"name": "expert.joined", "expert": name}
    add(conn, row["id"], SYSTEM, "event", f"{name} joined.", data, None, now)
    return hold(conn, row["id"])


def stays(conn: Connection, row: RowMapping, name: str, now: Ms) -> None:
    """Nobody took it: the one who has it (called `name`) goes on, and the visitor reads so. `row` is held."""
    data = {"name": "conversation.transferred", "by": name, "to": name, "topic": [], "state": "returned"}
    add(conn, row["id"], SYSTEM, "event", f"{name} stays with you.", data, None, now)
