"""Answered once, answered the same again: successes remembered under the client's own id (contract 4)."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from contract.clock import DAY
from contract.names import Ms
from store.prepared import Prepared
from store.tables import receipt

KEPT = 30 * DAY
_REMEMBER = Prepared(insert(receipt))
_ANSWERED = Prepared(
    select(receipt.c.answer).where(
        receipt.c.person == bindparam("person"), receipt.c.client_id == bindparam("client_id")
    )
)


def once(
    connection: Connection, person: str, client_id: str, command: str, now: Ms, do: Callable[[], dict[str, Any]]
) -> tuple[dict[str, Any], bool]:
    """Do it and remember the answer, or give the remembered one. Returns (answer, whether it was done now).

    A refusal raises out of `do` and remembers nothing: the id stays free. The caller's transaction must hold a lock
    that orders two calls of one person (the conversation, the form), as every writer here does.
    """
    known = answered(connection, person, client_id)
    if known is not None:
        return known, False
    answer = do()
    _REMEMBER.change(connection, person=person, client_id=client_id, command=command, answer=answer, at=now)
    return answer, True


def answered(connection: Connection, person: str, client_id: str) -> dict[str, Any] | None:
    """What was answered to this before; None if it was never done."""
    found: dict[str, Any] | None = _ANSWERED.scalar(connection, person=person, client_id=client_id)
    return found


def forget(connection: Connection, now: Ms) -> None:
    """Drop what is older than 30 days."""
    connection.execute(delete(receipt).where(receipt.c.at < now - KEPT))
