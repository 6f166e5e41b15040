"""Twice as many as we can serve: whoever is taken in is served as ever, the rest hears 503 and when to come again.

Blocks take turns: capacity (64 connections, each request after the answer to the one before), then 80 % of it and 200 %
of it from `bench/offer.py`, a crowd in a process of its own that does not wait for answers; latency counts from the
moment a request was due. The ratio is p99 of what was answered by a success at 200 % to that at 80 %. Memory is the
resident size of the server, sampled. `python -m bench.overload --blocks 3 --size sqlite`.
"""

import json
import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from bench.alone import alone
from bench.machines import SIZES, Running, databases, demo, resident
from tests.running import ROOT, Server

BLOCKS = 7
SECONDS = 4.0
CAPACITY = 3_000
REACH = 3.0
GROWTH = 1.5


class Block(msgspec.Struct, frozen=True):
    """Capacity in requests per second, and what became of 80 % and of 200 % of it."""

    capacity: float
    usual: dict[str, Any]
    twice: dict[str, Any]

    @property
    def ratio(self) -> float:
        return float(self.twice["good"]["p99"]) / float(self.usual["good"]["p99"])

    @property
    def fair(self) -> bool:
        """Everybody was answered, by a success or by a 503 that says when, and the crowd was nearly in time."""
        bad = sum(self.twice[name] + self.usual[name] for name in ("unsent", "unanswered", "broken", "mute"))
        return not bad and set(self.twice["statuses"]) | set(self.usual["statuses"]) <= {"200", "204", "503"}


class Crowd:
    """`bench.offer` in a process of its own."""

    def __init__(self, server: Server) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.offer", str(server.port), server.url, "1"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ask(self, line: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(20)


class Scale(threading.Thread):
    """Looks at the size of the server five times a second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid, self._done = pid, threading.Event()
        self.sizes = [resident(pid)]

    def run(self) -> None:
        while not self._done.wait(0.2):
            self.sizes.append(resident(self._pid))

    def stop(self) -> None:
        self._done.set()
        self.join()


def _blocks(running: Running, server: Server, number: int) -> tuple[list[Block], list[float]]:
    crowd = Crowd(server)
    try:
        crowd.ask(f"closed {CAPACITY}")  # warm
        scale = Scale(running.pid)
        scale.start()
        blocks = []
        for _ in range(number):
            capacity = float(crowd.ask(f"closed {CAPACITY}")["rate"])
            usual = crowd.ask(f"open {0.8 * capacity:.1f} {SECONDS}")
            twice = crowd.ask(f"open {2 * capacity:.1f} {SECONDS}")
            blocks.append(Block(capacity, usual, twice))
            print(blocks[-1], file=sys.stderr, flush=True)
        scale.stop()
        return blocks, scale.sizes
    finally:
        crowd.close()


def measure(folder: Path, blocks: int = BLOCKS, sizes: tuple[str, ...] = SIZES) -> Iterator[dict[str, Any]]:
    """A figure per size."""
    for kind in sizes:
        with databases(kind) as (url,), demo(kind, folder / kind, url) as (running, server):
            yield summary(kind, *_blocks(running, server, blocks))


def summary(kind: str, blocks: list[Block], sizes: list[float]) -> dict[str, Any]:
    ratios = [block.ratio for block in blocks]
    ratio, grown = statistics.median(ratios), max(sizes) / sizes[0]
    refused = statistics.median(
        block.twice["statuses"].get("503", 0) / max(sum(block.twice["statuses"].values()), 1) for block in blocks
    )
    unfair = sum(not block.fair for block in blocks)

    def middle(which: str) -> float:
        return statistics.median(float(getattr(block, which)["good"]["p99"]) for block in blocks)

    return {
        "what": f"p99 of the accepted at twice the capacity, {kind}",
        "floor": f"{middle('usual'):.0f} ms at 80 % of {statistics.median(b.capacity for b in blocks):.0f}/s",
        "ours": f"{middle('twice'):.0f} ms, {refused:.0%} refused, memory {sizes[0]:.0f} -> {max(sizes):.0f} MB",
        "ratio": f"{ratio:.2f} [{min(ratios):.2f}-{max(ratios):.2f}]",
        "reach": f"{REACH}x; memory {GROWTH}x",
        "met": "yes" if ratio <= REACH and grown <= GROWTH and not unfair else "no",
        "rounds": f"{len(blocks)} blocks, {unfair} with requests that nobody answered as promised",
    }


if __name__ == "__main__":
    alone("overload", measure, blocks=BLOCKS)
