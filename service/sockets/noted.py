"""What a look notes as told, until it is said: a look that fails takes back what it noted, and a part of a look that
fails takes back its own and silences nothing else.

Without this one row that cannot be shown, or one browser's bent word, would leave everybody whom the same bell concerns
believing that they had heard what nobody said.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

if TYPE_CHECKING:
    from service.sockets.registry import Connection

P = ParamSpec("P")
T = TypeVar("T")
#: Stands for what was not noted before.
NEVER: Any = object()
#: A look is one function in one thread, or in one task's greenlet: each has its own.
_noted: ContextVar[Noted | None] = ContextVar("noted", default=None)
log = structlog.get_logger()


class Noted:
    """What was noted during one look, or one part of it."""

    def __init__(self) -> None:
        self._before: list[tuple[Connection, str, Any]] = []

    def run(self, look: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The look, in whatever thread; what it notes meanwhile can be taken back."""
        self.take_back()  # a store looks twice where its connection died in the middle
        outer = _noted.set(self)
        try:
            return look(*args, **kwargs)
        finally:
            _noted.reset(outer)

    def take_back(self) -> set[Connection]:
        """As if it had not looked. Those whom it would have told something."""
        for connection, key, before in reversed(self._before):
            if before is NEVER:
                connection.shown.pop(key, None)
            else:
                connection.shown[key] = before
        concerned = {connection for connection, _, _ in self._before}
        self._before.clear()
        return concerned

    def add(self, connection: Connection, key: str, before: Any) -> None:
        self._before.append((connection, key, before))

    def take_over(self, part: Noted) -> None:
        """What a part noted belongs to the whole."""
        self._before += part._before


def noting(connection: Connection, key: str) -> None:
    """What is noted under `key` for this connection is about to change."""
    noted = _noted.get()
    if noted is not None:
        noted.add(connection, key, connection.shown.get(key, NEVER))


def apart(part: Callable[P, list[T]], *args: P.args, **kwargs: P.kwargs) -> list[T]:
    """A part of a look that stands by itself: if it cannot be told, it is logged and left out. That the base is away
    ends the whole look."""
    whole, mine = _noted.get(), Noted()
    try:
        said = mine.run(part, *args, **kwargs)
    except (SQLAlchemyError, OSError):
        mine.take_back()
        raise
    except Exception:
        mine.take_back()
        log.exception("look.part_failed", part=getattr(part, "__qualname__", repr(part)))
        return []
    if whole is not None:
        whole.take_over(mine)
    return said
