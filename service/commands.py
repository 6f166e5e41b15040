"""A command of a socket: its shape and what it does. Rooms' flows export tables of these; `sockets` merges them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from contract.shapes import In, Out
from service.bell import Bell

Handler = Callable[[Bell, Any, Any], Awaitable[Out]]


@dataclass(frozen=True)
class Command:
    """`handler(bell, caller, data)`: caller is a VisitorCaller or an ExpertCaller, data an instance of `shape`.

    The answer goes to the client as `{"ok": true, **answer}` after the commit; Refused becomes `{"error": ...}`.
    """

    shape: type[In]
    handler: Handler


def plain(out: msgspec.Struct) -> dict[str, Any]:
    """A shape as JSON-ready builtins, for a receipt or a frame."""
    built: dict[str, Any] = msgspec.to_builtins(out)
    return built
