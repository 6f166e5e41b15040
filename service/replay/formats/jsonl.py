r"""One JSON object per line: a body of `POST /collect`, or one event of it with its `visitor`.

    {"visitor": "…", "events": [{"type": "page.viewed", "at": "2026-05-01T10:00:00Z", "url": "https://…"}, …]}
    {"visitor": "…", "type": "page.viewed", "at": "2026-05-01T10:00:00Z", "url": "https://…", "path": ["Women"]}

`visitor` is the key of the contract (32 hex digits), or any other text, which is made into one. `site` in a line is
ignored: the command says where everything goes. An event without `id` gets one from its line; an event without `at`
happened its `age` before the server receives it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from contract.beacons import Event
from contract.clock import from_rfc3339
from contract.ids import VISITOR_KEY
from service.replay.formats.shape import Happened, Line, Skipped, event_id, visitor_key


def read(lines: Iterable[Line]) -> Iterator[Happened | Skipped]:
    """Events in the order of the file."""
    for line in lines:
        if not line[1].strip():
            continue
        try:
            said = msgspec.json.decode(line[1])
        except (msgspec.DecodeError, UnicodeDecodeError):
            yield Skipped(line=line[0], why="no JSON")
            continue
        visitor = said.get("visitor") if isinstance(said, dict) else None
        if not isinstance(visitor, str) or not visitor:
            yield Skipped(line=line[0], why="no object with a visitor")
            continue
        events = said.get("events", [said])
        for place, event in enumerate(events if isinstance(events, list) else [events]):
            yield _happened(line, place, visitor, event)


def _happened(line: Line, place: int, visitor: str, said: Any) -> Happened | Skipped:
    if not isinstance(said, dict):
        return Skipped(line=line[0], why="an event is an object")
    made = {"id": event_id(line, place), **said}
    try:
        event: Event = msgspec.convert(made, Event)
        at = None if event.at is None else from_rfc3339(event.at)
    except (msgspec.ValidationError, ValueError) as error:
        return Skipped(line=line[0], why=str(error))
    key = visitor if VISITOR_KEY.fullmatch(visitor) else visitor_key(visitor)
    return Happened(visitor=key, at=at, event=event)
