"""What every format is read into, and the names that make a second replay harmless."""

import uuid
from hashlib import sha256

import msgspec

from contract.beacons import Event
from contract.names import Ms

_REPLAYED = uuid.UUID("8f0f6f0a-64b8-5d3a-9a53-0d6a3f1c7b52")

#: A line of the file with its number from 1, without its end.
Line = tuple[int, bytes]


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """One event of one visitor. `at` is null only where the file gives an age instead of a time."""

    visitor: str
    at: Ms | None
    event: Event


class Skipped(msgspec.Struct, frozen=True, kw_only=True):
    """A line that says nothing we could send, and why."""

    line: int
    why: str


def event_id(line: Line, part: int = 0) -> str:
    """Made of a line's number and content, wherever the file lies: a line that is there twice is two events."""
    number, content = line
    return str(uuid.uuid5(_REPLAYED, f"{number}\x1f{part}\x1f{sha256(content).hexdigest()}"))


def visitor_key(*parts: str) -> str:
    """32 hex digits for whatever the file knows of a visitor."""
    return sha256("\x1f".join(parts).encode(errors="replace")).hexdigest()[:32]
