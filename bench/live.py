"""The live list at 5,000 visitors: what one look at it costs, and what collecting costs while ten desks look on.

5,000 visitors have just opened a page. `GET /api/visits?live=true` is asked again and again; then the visitors turn
300 pages a second, in blocks without a desk and with ten, in turns: the CPU of the server per event of the one is the
floor of the other. Marked visitors tell how late a desk sees a page turned. Then everybody leaves within two seconds:
how long until the desks have heard that the last one is gone.
"""

import asyncio
import statistics
import time
import uuid
from pathlib import Path
from typing import Any

import httpx
import msgspec
import websockets

from bench.load import drive, post
from bench.machines import Running, demo
from tests.running import AGENT, PASSWORD, Server

VISITORS, DESKS = 5_000, 10
PEOPLE = ("admin", "anna", "boris", "clara", "dmitri")
RATE, SECONDS, BLOCKS, LANES = 300, 5, 5, 8
ASKED = 40
#: What ten desks may add to the CPU of one event; how late a desk may be; how long one look may take.
REACH, REACH_LAG_MS, REACH_LOOK_MS, REACH_GONE_S = 2.0, 2_000, 50, 10


class Guest:
    """One visitor: the page it is on."""

    def __init__(self, number: int) -> None:
        self.key, self.number, self.view = uuid.uuid4().hex, number, ""

    def turn(self, origin: str, title: str = "") -> bytes:
        """The request of its next page, and of leaving the one before, as the snippet sends them."""
        events: list[dict[str, Any]] = []
        if self.view:
            events.append({"id": str(uuid.uuid4()), "type": "page.left", "age": 9, "page": self.view, "dwell": 900})
        self.view = str(uuid.uuid4())
        branch, shelf = f"Branch {self.number % 40}", f"Shelf {self.number % 17}"
        page = {"url": f"{origin}/b{self.number % 40}/s{self.number % 17}", "title": title or shelf}
        events.append({"id": self.view, "type": "page.viewed", "age": 0, "path": [branch, shelf], **page})
        return self._post(origin, events)

    def leave(self, origin: str) -> bytes:
        event = {"id": str(uuid.uuid4()), "type": "page.left", "age": 0, "page": self.view, "dwell": 1_500}
        return self._post(origin, [event])

    def _post(self, origin: str, events: list[dict[str, Any]]) -> bytes:
        body = msgspec.json.encode({"site": "demo", "visitor": self.key, "events": events})
        return post("/collect", body, origin, AGENT)


class Onlooker:
    """A desk's socket that only counts what it hears; what is looked for is found in the bytes."""

    def __init__(self) -> None:
        self.frames = self.bytes = 0
        self.heard: dict[bytes, float] = {}
        self.wanted: set[bytes] = set()
        self.last = 0.0

    async def open(self, server: Server, token: str) -> None:
        url = f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket"
        self._socket = await websockets.connect(url, compression=None, max_size=None, max_queue=None)
        await self._socket.recv()
        await self._socket.send("40/expert," + msgspec.json.encode({"token": token}).decode())
        self._task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        async for frame in self._socket:
            if frame == "2":
                await self._socket.send("3")
                continue
            said = frame.encode() if isinstance(frame, str) else frame
            self.frames, self.bytes, self.last = self.frames + 1, self.bytes + len(said), time.monotonic()
            for mark in [mark for mark in self.wanted if mark in said]:
                self.wanted.discard(mark)
                self.heard[mark] = time.monotonic()

    async def close(self) -> None:
        self._task.cancel()
        await self._socket.close()


async def paced(server: Server, guests: list[Guest], mark: Onlooker | None) -> tuple[int, dict[bytes, float]]:
    """`RATE` pages a second for `SECONDS`; how many were sent, and when each mark was answered."""
    sent, marks = 0, {}

    async def lane(own: list[Guest], first: bool) -> None:
        nonlocal sent
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        began = time.monotonic()
        for number, guest in enumerate(own):
            if (wait := began + number * LANES / RATE - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            title = uuid.uuid4().hex if first and mark and number % 4 == 0 else ""
            if title and mark:
                mark.wanted.add(title.encode())
            writer.write(guest.turn(server.url, title))
            head = await reader.readuntil(b"\r\n\r\n")
            if b"content-length" in head.lower():
                at = head.lower().find(b"content-length:")
                await reader.readexactly(int(head[at + 15 : head.index(b"\r", at)]))
            assert head[9:12] in (b"200", b"204"), head
            sent += 1
            if title:
                marks[title.encode()] = time.monotonic()
        writer.close()

    some = guests[: RATE * SECONDS]
    await asyncio.gather(*(lane(some[start::LANES], start == 0) for start in range(LANES)))
    return sent, marks


async def _measure(running: Running, server: Server) -> dict[str, Any]:
    guests = [Guest(number) for number in range(VISITORS)]
    await drive(server.port, [[guest.turn(server.url) for guest in guests[lane::LANES]] for lane in range(LANES)])
    found: dict[str, Any] = {"none": [], "ten": [], "lags": [], "bytes": [], "frames": []}
    async with httpx.AsyncClient(base_url=server.other, timeout=60) as http:
        tokens = []
        for name in PEOPLE:
            answer = await http.post("/api/session", json={"email": f"{name}@demo.example", "password": PASSWORD})
            tokens.append(answer.json()["token"])
        head = {"Authorization": f"Bearer {tokens[0]}"}
        for limit in (100, 1_000):
            took = []
            for _ in range(ASKED):
                began = time.perf_counter()
                answer = await http.get(f"/api/visits?live=true&limit={limit}", headers=head)
                took.append((time.perf_counter() - began) * 1000)
                assert len(answer.json()["items"]) == limit
            found[f"look {limit}"] = took
        began, cursor, all_of_them = time.perf_counter(), "", 0
        while True:
            page = (await http.get(f"/api/visits?live=true&limit=1000{cursor}", headers=head)).json()
            all_of_them += len(page["items"])
            if not page["next"]:
                break
            cursor = f"&cursor={page['next']}"
        found["walk"] = (time.perf_counter() - began) * 1000
        assert all_of_them == VISITORS, all_of_them
    onlookers: list[Onlooker] = []
    for block in range(BLOCKS):
        start = (block * RATE * SECONDS) % VISITORS
        turning = (guests + guests)[start : start + RATE * SECONDS]
        for desks in ("none", "ten"):
            if desks == "ten":
                onlookers = [Onlooker() for _ in range(DESKS)]
                for number, one in enumerate(onlookers):
                    await one.open(server, tokens[number % len(tokens)])
                await asyncio.sleep(1)
            before = [(one.frames, one.bytes) for one in onlookers]
            cpu = running.cpu
            sent, marks = await paced(server, turning, onlookers[0] if onlookers else None)
            await asyncio.sleep(1.5)
            found[desks].append((running.cpu - cpu) * 1e6 / sent)
            if onlookers:
                heard = onlookers[0].heard
                found["lags"] += [max(0.0, heard[mark] - at) * 1000 for mark, at in marks.items() if mark in heard]
                found.setdefault("unheard", 0)
                found["unheard"] += sum(mark not in heard for mark in marks)
                found["frames"].append((onlookers[0].frames - before[0][0]) / SECONDS)
                found["bytes"].append((onlookers[0].bytes - before[0][1]) / SECONDS)
            if desks == "ten" and block < BLOCKS - 1:
                for one in onlookers:
                    await one.close()
                onlookers = []
                await asyncio.sleep(0.5)
    requests = [[guest.leave(server.url) for guest in guests[lane::LANES]] for lane in range(LANES)]
    cpu = running.cpu
    await drive(server.port, requests)
    left = time.monotonic()
    await asyncio.sleep(REACH_GONE_S + 2)
    found["gone"] = max(one.last for one in onlookers) - left
    found["gone cpu"] = running.cpu - cpu
    for one in onlookers:
        await one.close()
    async with httpx.AsyncClient(base_url=server.other) as http:
        found["after"] = len((await http.get("/api/visits?live=true", headers=head)).json()["items"])
    return found


def measure(folder: Path) -> list[dict[str, Any]]:
    """Looks in ms, CPU per event without and with ten desks, how late a desk is."""
    with demo("live", folder / "live") as (running, server):
        found = asyncio.run(_measure(running, server))
    ratios = [ten / none for none, ten in zip(found["none"], found["ten"], strict=True)]
    ratio, lags = statistics.median(ratios), found["lags"]
    look, lag = found["look 100"], statistics.quantiles(lags, n=100)
    return [
        {
            "what": f"GET /api/visits?live=true with {VISITORS} live, 100 of them (1,000), p50",
            "floor": "",
            "ours": f"{statistics.median(look):.0f} ms ({statistics.median(found['look 1000']):.0f} ms); "
            f"all of them in {found['walk']:.0f} ms",
            "ratio": "",
            "reach": f"{REACH_LOOK_MS} ms",
            "met": "yes" if statistics.median(look) <= REACH_LOOK_MS else "no",
            "rounds": f"{ASKED} each",
        },
        {
            "what": f"CPU of one event, {VISITORS} live, {RATE} pages a second, ten desks look on",
            "floor": f"{statistics.median(found['none']):.0f} us without a desk",
            "ours": f"{statistics.median(found['ten']):.0f} us; each desk hears {_median(found, 'frames'):.1f} frames, "
            f"{_median(found, 'bytes') / 1024:.0f} KiB a second",
            "ratio": f"{ratio:.2f} [{min(ratios):.2f}-{max(ratios):.2f}]",
            "reach": f"{REACH:.0f}x",
            "met": "yes" if ratio <= REACH else "no",
            "rounds": f"{BLOCKS} blocks of {SECONDS} s",
        },
        {
            "what": "page turned -> seen at a desk, in that crowd, p50 / p99",
            "floor": "",
            "ours": f"{statistics.median(lags):.0f} / {lag[98]:.0f} ms",
            "ratio": "",
            "reach": f"p99 {REACH_LAG_MS} ms",
            "met": "yes" if lag[98] <= REACH_LAG_MS and not found["unheard"] else "no",
            "rounds": f"{len(lags)} pages, {found['unheard']} not heard of",
        },
        {
            "what": f"{VISITORS} leave -> the last desk has heard of the last one",
            "floor": "",
            "ours": f"{found['gone']:.1f} s, {found['gone cpu']:.1f} s of CPU; {found['after']} still on the list",
            "ratio": "",
            "reach": f"{REACH_GONE_S} s",
            "met": "yes" if found["gone"] <= REACH_GONE_S and not found["after"] else "no",
            "rounds": "1",
        },
    ]


def _median(found: dict[str, Any], name: str) -> float:
    return float(statistics.median(found[name]))
