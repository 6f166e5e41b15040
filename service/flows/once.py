"""A command with a `client_id`: done once, answered the same again."""

from collections.abc import Callable
from typing import TypeVar

import msgspec
from sqlalchemy import Connection

from contract.errors import Refused
from contract.names import Ms
from contract.shapes import Out
from contract.text import has_forbidden
from service.callers import ExpertCaller, VisitorCaller
from service.commands import plain
from store.lock import lock
from store.receipts import answered
from store.receipts import once as remembered

Answer = TypeVar("Answer", bound=Out)


def once(
    conn: Connection,
    caller: VisitorCaller | ExpertCaller,
    command: str,
    client_id: str,
    now: Ms,
    shape: type[Answer],
    do: Callable[[], Answer],
) -> tuple[Answer, bool]:
    """(answer, whether it was done now). Everything that may refuse belongs into `do`: a success is answered again
    whatever the payload, a refusal leaves the id free. Holds the person's lock until the unit of work ends.
    """
    if has_forbidden(client_id):
        raise Refused("invalid", "client_id")
    lock(conn, caller.person)
    # Two commands may have been given the same id: each has its own answer.
    answer, fresh = remembered(conn, caller.person, f"{command}:{client_id}", command, now, lambda: plain(do()))
    return msgspec.convert(answer, shape), fresh


def before(
    conn: Connection, caller: VisitorCaller | ExpertCaller, command: str, client_id: str, shape: type[Answer]
) -> Answer | None:
    """What `once` has answered to this already, or None: for what costs much before it can be done."""
    if has_forbidden(client_id):
        raise Refused("invalid", "client_id")
    answer = answered(conn, caller.person, f"{command}:{client_id}")
    return None if answer is None else msgspec.convert(answer, shape)
