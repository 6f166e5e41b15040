"""Lists: `{"items": [...], "next": cursor | null}`, 100 by default, at most 1,000.

A cursor is the sort key of the last item given, not a position: what is added or removed meanwhile shifts nothing.
"""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, RowMapping, Select, and_, or_

from contract.errors import Refused
from contract.shapes import Out
from contract.text import has_forbidden
from service.api.operation import Call

T = TypeVar("T")
DEFAULT, MOST = 100, 1_000
_LARGEST = 2**53


class Listed(Out, Generic[T]):
    """Some of a list; `next` goes on where it ends."""

    items: list[T]
    next: str | None


class Ask(msgspec.Struct, frozen=True):
    """How much of a list, and after which item."""

    limit: int
    after: tuple[int | str, ...] | None


def asked(call: Call, keys: Sequence[type[int] | type[str]]) -> Ask:
    """`?limit=&cursor=`. `keys`: the types of the sort key. Refused("invalid") for what is no cursor of ours."""
    limit = call.number("limit", DEFAULT, least=1, most=MOST)
    text = call.text("cursor")
    return Ask(limit, None if text is None else from_cursor(text, keys))


def cursor(key: Sequence[int | str]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(list(key))).decode().rstrip("=")


def from_cursor(text: str, keys: Sequence[type[int] | type[str]]) -> tuple[int | str, ...]:
    """The reverse of `cursor`."""
    try:
        key = msgspec.json.decode(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise Refused("invalid", "cursor") from None
    if not isinstance(key, list) or len(key) != len(keys):
        raise Refused("invalid", "cursor")
    for value, kind in zip(key, keys, strict=True):
        if type(value) is not kind:
            raise Refused("invalid", "cursor")
        if has_forbidden(value) if isinstance(value, str) else abs(value) > _LARGEST:
            raise Refused("invalid", "cursor")
    return tuple(key)


def page(
    conn: Connection, statement: Select[Any], keys: Sequence[Column[Any]], ask: Ask, *, newest: bool = False
) -> tuple[list[RowMapping], str | None]:
    """The rows that `ask` names, in the order of `keys` (the last one unique), and the cursor that goes on."""
    if ask.after is not None:
        statement = statement.where(_beyond(keys, ask.after, newest=newest))
    ordered = statement.order_by(*(key.desc() if newest else key for key in keys)).limit(ask.limit + 1)
    rows = list(conn.execute(ordered).mappings())
    if len(rows) <= ask.limit:
        return rows, None
    last = rows[ask.limit - 1]
    return rows[: ask.limit], cursor([last[key.name] for key in keys])


def _beyond(keys: Sequence[Column[Any]], after: Sequence[Any], *, newest: bool) -> ColumnElement[bool]:
    """(a, b) > (x, y), spelled out: a > x or (a = x and b > y)."""
    alternatives = []
    for position, (key, value) in enumerate(zip(keys, after, strict=True)):
        same = [earlier == known for earlier, known in zip(keys[:position], after, strict=False)]
        alternatives.append(and_(*same, key < value if newest else key > value))
    return or_(*alternatives)
