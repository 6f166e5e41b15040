"""`shopbell replay`: visits that happened elsewhere, told to a running server by way of its public addresses.

With their own times through `POST /api/events`, or with `live` through `POST /collect`, as if they happened now. Ids
are made from the file, so a second replay of it changes nothing.
"""

import asyncio
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

import msgspec

from contract.beacons import MAX_EVENTS, Beacon, Event, Taken
from service.replay.client import Client, ReplayError
from service.replay.formats import choose
from service.replay.formats.shape import Happened, Skipped
from service.replay.live import play

__all__ = ["ReplayError", "replay", "send"]

#: Lines held in memory at once. Within them each visitor's events are put together.
AT_ONCE = 20_000
#: Visitors whose bodies are under way at the same time; the bodies of one visitor follow each other.
TOGETHER = 8
_ROOM = 60 * 1024
OK = 200

Progress = Callable[[str], None]


async def replay(
    file: Path,
    format: str,
    url: str,
    site: str,
    token: str = "",
    *,
    live: bool = False,
    speed: float = 1.0,
    all_requests: bool = False,
    passes: int = 1,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Send a file to the server at `url`; returns {"sent", "stored", "duplicates", "rejected"}.

    sent = stored + duplicates + rejected. With `live`, `speed` times as fast as it was, `passes` times over (0: until
    stopped), each time by new visitors. ValueError for a wrong file or format, ReplayError where the server says no;
    both with a sentence for a person.
    """
    tell = progress or _on_stderr()
    counts = Counts()
    happened = _told(choose.read(file, format, all_requests=all_requests), tell)
    if live:
        sending = play(list(happened), url, site, counts, speed=speed, passes=passes, progress=tell)
    else:
        sending = send(happened, url, site, token, counts, progress=tell)
    try:
        await sending
    except ExceptionGroup as several:
        met = several.subgroup(ReplayError)  # all workers met the same wall: one sentence is enough
        raise (_first(met) if met else several) from None
    return msgspec.to_builtins(counts)  # type: ignore[no-any-return]


class Counts(msgspec.Struct):
    """What became of the events so far."""

    sent: int = 0
    stored: int = 0
    duplicates: int = 0
    rejected: int = 0


async def send(
    happened: Iterable[Happened],
    url: str,
    site: str,
    token: str,
    counts: Counts,
    *,
    progress: Progress,
) -> None:
    """Events with their own times, each visitor's in order, through `POST /api/events`."""
    events = iter(happened)
    async with Client(url, token=token) as client:
        while some := list(islice(events, AT_ONCE)):
            await _send_some(client, _bodies(some, site), counts)
            progress(
                f"{counts.sent} sent, {counts.stored} stored, {counts.duplicates} known, {counts.rejected} rejected"
            )


async def _send_some(client: Client, visitors: Iterable[list[Beacon]], counts: Counts) -> None:
    waiting = deque(visitors)

    async def worker() -> None:
        while waiting:
            for body in waiting.popleft():
                await _send_body(client, body, counts)

    async with asyncio.TaskGroup() as group:
        for _ in range(TOGETHER):
            group.create_task(worker())


async def _send_body(client: Client, body: Beacon, counts: Counts) -> None:
    """One body; where it is refused as a whole, its events one by one, so that only the bad ones are lost."""
    answer = await client.post("/api/events", msgspec.json.encode(body))
    if answer.status == OK:
        taken = msgspec.json.decode(answer.content, type=Taken)
        counts.sent += len(body.events)
        counts.stored += taken.stored
        counts.duplicates += taken.duplicates
        counts.rejected += len(taken.rejected)
    elif len(body.events) > 1:
        for event in body.events:
            await _send_body(client, Beacon(site=body.site, visitor=body.visitor, events=[event]), counts)
    else:
        counts.sent += 1
        counts.rejected += 1


def _bodies(happened: list[Happened], site: str) -> list[list[Beacon]]:
    """Each visitor's events in order of time, in bodies that the server takes."""
    visitors: dict[str, list[Happened]] = {}
    for one in happened:
        visitors.setdefault(one.visitor, []).append(one)
    bodies = []
    for visitor, own in visitors.items():
        if all(one.at is not None for one in own):
            own.sort(key=lambda one: one.at or 0)
        bodies.append([Beacon(site=site, visitor=visitor, events=part) for part in _parts(own)])
    return bodies


def _parts(own: list[Happened]) -> Iterator[list[Event]]:
    part: list[Event] = []
    room = _ROOM
    for one in own:
        size = len(msgspec.json.encode(one.event)) + 1
        if part and (size > room or len(part) == MAX_EVENTS):
            yield part
            part, room = [], _ROOM
        part.append(one.event)
        room -= size
    if part:
        yield part


def _told(read: Iterable[Happened | Skipped], tell: Progress) -> Iterator[Happened]:
    """What happened; lines that were skipped are told, the first ones in full."""
    skipped = 0
    for one in read:
        if isinstance(one, Happened):
            yield one
            continue
        skipped += 1
        if skipped <= 10:
            tell(f"line {one.line} skipped: {one.why}")
    if skipped > 10:
        tell(f"{skipped} lines skipped")


def _first(group: ExceptionGroup[ReplayError]) -> ReplayError:
    one = group.exceptions[0]
    return one if isinstance(one, ReplayError) else _first(one)


def _on_stderr() -> Progress:
    """Says how it goes, at most once a second but for what a person should not miss."""
    last = 0.0

    def tell(line: str) -> None:
        nonlocal last
        if "skipped" in line or time.monotonic() - last >= 1:
            last = time.monotonic()
            print(line, file=sys.stderr, flush=True)  # noqa: T201  the place for it

    return tell
