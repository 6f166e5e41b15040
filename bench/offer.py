"""A crowd that does not wait for us: requests leave at their time, whether or not earlier ones were answered.

`python -m bench.offer PORT ORIGIN SEED` reads from its input one line per block, `closed N` (that many requests over 64
connections, each after the answer to the one before) or `open RATE SECONDS`, and answers each with one line of JSON.
Latency counts from the moment at which a request was due, so that a late crowd hides nothing.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter, deque
from typing import Any

import uvloop

from bench.collect import walk
from bench.load import drive

CONNECTIONS = 64
#: Connections at once, at most; beyond that a request counts as `unsent`.
MOST = 3_000
#: Whatever is not answered so long after the last request counts as `unanswered`.
PATIENCE = 10.0


class Line(asyncio.Protocol):
    """One connection: one request at a time."""

    def __init__(self, crowd: "Crowd") -> None:
        self.crowd, self.due = crowd, 0.0
        self.buffer = b""
        self.transport: Any = None
        self.ready: bytes | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        if self.ready is not None:
            transport.write(self.ready)
            self.ready = None

    def ask(self, request: bytes, due: float) -> None:
        self.due = due
        if self.transport is None:
            self.ready = request
        else:
            self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.buffer[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r", 1)[0]) if at >= 0 else 0
        if len(self.buffer) < end + 4 + length:
            return
        self.buffer = b""
        self.crowd.answered(self, int(head[9:12]), b"retry-after:" in head)

    def connection_lost(self, error: Exception | None) -> None:
        self.crowd.lost(self)


class Crowd:
    """One block of requests on their way."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.idle: deque[Line] = deque()
        self.lines: set[Line] = set()
        self.clear()

    def clear(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.good: list[float] = []
        self.refused: list[float] = []
        self.under_way = self.unsent = self.broken = self.mute = 0

    async def offer(self, requests: list[bytes], rate: float) -> dict[str, Any]:
        """All of them at this rate, by chance as people come (Poisson)."""
        self.clear()
        dice, loop, late = random.Random(len(requests)), asyncio.get_running_loop(), 0.0
        began = due = time.perf_counter()
        for request in requests:
            due += dice.expovariate(rate)
            while (ahead := due - time.perf_counter()) > 0:  # noqa: ASYNC110
                await asyncio.sleep(ahead)
            late = max(late, -ahead)
            if self.idle:
                line = self.idle.pop()
            elif len(self.lines) < MOST:
                line = Line(self)
                self.lines.add(line)
                task = loop.create_task(loop.create_connection(lambda line=line: line, "127.0.0.1", self._port))  # type: ignore[misc]
                task.add_done_callback(lambda done, line=line: self.lost(line) if done.exception() else None)  # type: ignore[misc]
            else:
                self.unsent += 1
                continue
            self.under_way += 1
            line.ask(request, due)
            if self.under_way % 16 == 0:
                await asyncio.sleep(0)
        took = time.perf_counter() - began
        until = time.perf_counter() + PATIENCE
        while self.under_way and time.perf_counter() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        return {
            "offered": len(requests) / took, "statuses": dict(self.statuses), "good": _percentiles(self.good),
            "refused": _percentiles(self.refused), "unsent": self.unsent, "unanswered": self.under_way,
            "broken": self.broken, "mute": self.mute, "late": late,
        }  # fmt: skip

    def answered(self, line: Line, status: int, says_when: bool) -> None:
        self.under_way -= 1
        self.statuses[status] += 1
        took = time.perf_counter() - line.due
        if status in (200, 204):
            self.good.append(took)
        else:
            self.refused.append(took)
            self.mute += status == 503 and not says_when
        line.due = 0.0
        self.idle.append(line)

    def lost(self, line: Line) -> None:
        self.lines.discard(line)
        if line in self.idle:
            self.idle.remove(line)
        if line.due:
            self.under_way -= 1
            self.broken += 1
            line.due = 0.0


def _percentiles(seconds: list[float]) -> dict[str, float]:
    """Milliseconds."""
    if not seconds:
        return {"p50": 0.0, "p99": 0.0}
    ordered = sorted(seconds)
    return {f"p{p}": round(ordered[min(len(ordered) * p // 100, len(ordered) - 1)] * 1e3, 2) for p in (50, 99)}


def requests_of(dice: random.Random, origin: str, number: int) -> list[bytes]:
    """What visitors of the demo send, mixed as by many at once."""
    walks: list[list[bytes]] = []
    made = 0
    while made < number:
        walks.append(walk(dice, origin, lingers=False))
        made += len(walks[-1])
    lanes = [deque(one) for one in walks]
    mixed: list[bytes] = []
    at_once = lanes[:200]
    rest = iter(lanes[200:])
    while at_once and len(mixed) < number:
        index = dice.randrange(len(at_once))
        mixed.append(at_once[index].popleft())
        if not at_once[index]:
            at_once[index] = next(rest, at_once[-1])
            if not at_once[index]:
                at_once = [lane for lane in at_once if lane]
    return mixed


async def work(port: int, origin: str, seed: int) -> None:
    dice, crowd = random.Random(seed), Crowd(port)
    loop = asyncio.get_running_loop()
    while words := (await loop.run_in_executor(None, sys.stdin.readline)).split():
        if words[0] == "closed":
            requests = requests_of(dice, origin, int(words[1]))
            passed = await drive(port, [requests[lane::CONNECTIONS] for lane in range(CONNECTIONS)])
            told: dict[str, Any] = {"rate": len(requests) / passed.seconds, "statuses": passed.statuses}
        else:
            rate, seconds = float(words[1]), float(words[2])
            told = await crowd.offer(requests_of(dice, origin, int(rate * seconds)), rate)
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    uvloop.run(work(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
