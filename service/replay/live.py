"""Visits of the past as if they happened now: pages one after another, the time between them spent looking.

The file says when pages were opened; how long each was looked at follows from when the next one was, and the
heartbeats are those the snippet would have sent (contract 3).
"""

import asyncio
import random
import uuid
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Protocol

import msgspec

from contract.beacons import Beacon, Collected, Event, PageLeft, PageStayed, PageViewed
from contract.clock import MINUTE, SECOND
from contract.names import Ms
from service.replay.client import Client
from service.replay.formats.shape import Happened, visitor_key

SILENCE = 30 * MINUTE
#: Nobody looks at one page for longer than this without a pause; the last page of a visit is looked at for a while.
LONGEST_LOOK = 5 * MINUTE
LAST_LOOK = 20 * SECOND
#: Visits under way at once; a crowd of thousands is a load test, not a demonstration.
CROWD = 200
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_MARKS = [5, 10, 15, 30, 60, 120, 300]


class Counts(Protocol):
    sent: int
    stored: int
    duplicates: int
    rejected: int


class Opened(msgspec.Struct, frozen=True):
    """A page that is opened `after` the visit began, and looked at for `look`."""

    after: Ms
    look: Ms
    page: PageViewed


class Visit(msgspec.Struct, frozen=True):
    """One sitting of one visitor that began at `at`."""

    visitor: str
    at: Ms
    pages: list[Opened]


def visits(happened: Sequence[Happened]) -> list[Visit]:
    """The sittings of a file in the order in which they began. Only pages with a time are walked."""
    own: dict[str, list[tuple[Ms, PageViewed]]] = {}
    for one in happened:
        if one.at is not None and isinstance(one.event, PageViewed):
            own.setdefault(one.visitor, []).append((one.at, one.event))
    found = []
    for visitor, pages in own.items():
        pages.sort(key=lambda page: page[0])
        sitting: list[tuple[Ms, PageViewed]] = []
        for page in pages:
            if sitting and page[0] - sitting[-1][0] > SILENCE:
                found.append(_visit(visitor, sitting))
                sitting = []
            sitting.append(page)
        found.append(_visit(visitor, sitting))
    return sorted(found, key=lambda visit: (visit.at, visit.visitor))


def _visit(visitor: str, pages: list[tuple[Ms, PageViewed]]) -> Visit:
    begin = pages[0][0]
    ends = [*(at for at, _ in pages[1:]), pages[-1][0] + LAST_LOOK]
    opened = [
        Opened(at - begin, min(end - at, LONGEST_LOOK), page) for (at, page), end in zip(pages, ends, strict=True)
    ]
    return Visit(visitor, begin, opened)


def marks(look: Ms) -> Iterator[Ms]:
    """The dwell times at which the snippet reports before `look` is over: 5, 10, 15, 30 … s, then every 5 min."""
    yield from (seconds * SECOND for seconds in _MARKS if seconds * SECOND < look)
    yield from range((_MARKS[-1] + 300) * SECOND, look, 300 * SECOND)


async def play(
    happened: Sequence[Happened],
    url: str,
    site: str,
    counts: Counts,
    *,
    speed: float = 1.0,
    passes: int = 1,
    progress: Callable[[str], None],
) -> None:
    """Walk all visits `speed` times as fast as they were, `passes` times over; 0 is until cancelled.

    Every pass is made by visitors nobody has seen before.
    """
    if not speed > 0:
        raise ValueError("the speed is a number above 0")
    tour = visits(happened)
    loop = asyncio.get_running_loop()
    crowd = asyncio.Semaphore(CROWD)
    async with Client(url) as client:
        done = 0
        while tour and (passes == 0 or done < passes):
            began, nonce = loop.time(), uuid.uuid4().hex
            async with asyncio.TaskGroup() as group:
                for number, visit in enumerate(tour, start=1):
                    await crowd.acquire()
                    await asyncio.sleep(began + (visit.at - tour[0].at) / SECOND / speed - loop.time())
                    walk = Walk(client, site, visitor_key(visit.visitor, nonce), counts)
                    group.create_task(_then(walk.visit(visit, speed), crowd))
                    progress(f"visit {number} of {len(tour)}, {counts.sent} events sent")
            done += 1


async def _then(walking: Coroutine[None, None, None], crowd: asyncio.Semaphore) -> None:
    try:
        await walking
    finally:
        crowd.release()


class Walk:
    """One visitor's browser."""

    def __init__(self, client: Client, site: str, visitor: str, counts: Counts, agent: str | None = None) -> None:
        self._client, self._site, self._visitor, self._counts = client, site, visitor, counts
        self._agent = agent

    async def visit(self, visit: Visit, speed: float = 1.0) -> None:
        """All pages of a visit, each at its time."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        for opened in visit.pages:
            await asyncio.sleep(began + opened.after / SECOND / speed - loop.time())
            await self.look(opened.page, int(opened.look / speed))

    async def look(self, page: PageViewed, look: Ms) -> None:
        """Open a page, stay for `look` ms and leave it."""
        view = str(uuid.uuid4())
        self._agent = page.user_agent or self._agent or BROWSER
        await self._send(
            PageViewed(
                id=view, url=page.url, title=page.title, referrer=page.referrer, path=page.path, source=page.source
            )
        )
        loop = asyncio.get_running_loop()
        began, scroll = loop.time(), random.randint(20, 50)
        for mark in marks(look):
            await asyncio.sleep(began + mark / SECOND - loop.time())
            scroll = min(100, scroll + random.randint(0, 15))
            await self._send(PageStayed(id=str(uuid.uuid4()), page=view, dwell=mark, scroll=scroll))
        await asyncio.sleep(began + look / SECOND - loop.time())
        await self._send(PageLeft(id=str(uuid.uuid4()), page=view, dwell=look, scroll=scroll))

    async def _send(self, event: Event) -> None:
        body = msgspec.json.encode(Beacon(site=self._site, visitor=self._visitor, events=[event]))
        answer = await self._client.post("/collect", body, user_agent=self._agent)
        self._counts.sent += 1
        taken = answer.status == 204 or (
            answer.status == 200 and not msgspec.json.decode(answer.content, type=Collected).rejected
        )
        if taken:
            self._counts.stored += 1
        else:
            self._counts.rejected += 1
