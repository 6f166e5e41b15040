"""A waiting call of a frame whose WebSocket is blocked, as everybody else sees it: a connection, while it waits.

What this browser was told before comes with the call, in the state that its last answer gave it, so that any process
may take the next one; what it is told now is the answer. The state is the browser's to keep and to spoil: it decides
only what that browser is told once more.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import msgspec

from service.sockets.registry import Connection

NAMESPACE = "/waiting"
#: So much is remembered of what was told; the oldest is forgotten first, and would be told once more.
STATE_KEYS = 64
#: What a browser may have been told, each with its kind of mark: a number, or the digest of what stood there.
_ID = "[0-9a-f-]{36}"
_NUMBERS = re.compile(rf"conversation:{_ID}:(?:seq|read|closed|rated)|card:{_ID}")
_DIGESTS = re.compile(rf"(?:invited|order|callback):{_ID}")
_DIGEST = re.compile("[0-9a-f]{12}")
_MARKS = msgspec.json.Decoder(dict[str, int | str])


@dataclass(eq=False)
class Asking(Connection):
    """`frame`: the document that asks; `conversation`, `after`: what it shows and has of it; `given`: its state."""

    frame: str = ""
    conversation: str = ""
    after: int = 0
    given: str = ""
    heard: list[tuple[str, Any]] = field(default_factory=list)
    #: Something was said, or it shall not wait any longer.
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    #: It has, or is being told, all of its conversation so far. Before that no bell tells it any of it: the newest
    #: words would come without those before them.
    caught_up: bool = False
    #: What was noted as told could not be told after all: the state it came with still holds.
    spoilt: bool = False

    def __post_init__(self) -> None:
        self.shown.update(marks_of(self.given))
        if self.conversation:
            self.shown[f"conversation:{self.conversation}:seq"] = self.after

    def news(self, key: str, state: Any) -> bool:
        return super().news(key, mark(state))

    def told(self, kind: str) -> set[str]:
        """Only what is known to be its own: what else its state names may be made up, and costs no look of ours."""
        return {self.conversation} if kind == "conversation" and self.conversation else set()

    def tell(self, event: str, data: Any) -> None:
        self.heard.append((event, data))
        self.woken.set()

    def end(self) -> None:
        """It is answered now with what there is."""
        self.woken.set()

    def spoil(self) -> None:
        self.spoilt = True
        self.woken.set()


def mark(state: Any) -> int | str:
    """What is kept of a state, to tell it from another one: a number as it is, anything else as 12 hex digits."""
    return int(state) if isinstance(state, int) else blake2b(repr(state).encode(), digest_size=6).hexdigest()


def state_of(shown: Mapping[str, Any]) -> str:
    """What was told, as the browser keeps it."""
    kept = list(shown.items())[-STATE_KEYS:]
    return msgspec.json.encode(dict(kept)).decode()


def marks_of(state: str) -> dict[str, int | str]:
    """The other way round. Whatever we did not write ourselves is nothing: then everything is told once more."""
    try:
        marks = _MARKS.decode(state)
    except (msgspec.MsgspecError, RecursionError):
        return {}
    good = ((key, value) for key, value in marks.items() if _fits(key, value))
    return dict(list(good)[:STATE_KEYS])


def _fits(key: str, value: int | str) -> bool:
    """Whether it could be ours. What is compared with our own numbers has to be a number: one look serves many, and
    must not fail for what one of them says."""
    if isinstance(value, str):
        return bool(_DIGESTS.fullmatch(key) and _DIGEST.fullmatch(value))
    return 0 <= value < 2**53 and bool(_NUMBERS.fullmatch(key))
