"""A reader that never reads: what it costs the server, and how soon it is cut.

A visitor's line stops reading while their desk goes on saying long things into the conversation, until the server hangs
up. The server's memory is sampled all the while. Then as many words go to a visitor who does read: what that takes, the
caches of the base above all, is no cost of the other's silence and is subtracted.
"""

import asyncio
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.alone import alone
from bench.line import Line
from bench.machines import SIZES, Running, databases, demo, resident
from bench.talks import EACH, Talk, furnish, visitor

REACH_MB, REACH_SECONDS, GIVE_UP, WARM_SECONDS = 5.0, 30.0, 120.0, 35.0
WORDS = "x" * 7_900
MIB = 1.048576


async def _say(desk: Line, talk: Talk) -> None:
    said = {"conversation": talk.conversation, "client_id": uuid.uuid4().hex, "text": WORDS}
    await desk.done("message.send", said)


async def _carried(ours: Running, desk: Line, talk: Talk, line: Line, most: int) -> tuple[int, float, float]:
    """Up to so many messages, until the server hangs up: how many, MiB more at the most, seconds."""
    before = high = resident(ours.pid)
    began, said = time.monotonic(), 0
    while said < most and time.monotonic() - began < GIVE_UP and not _over(ours.port, line):
        await _say(desk, talk)
        said += 1
        high = max(high, resident(ours.pid))
    return said, (high - before) / MIB, time.monotonic() - began


async def _mute(ours: Running, url: str) -> tuple[float, float, float]:
    """(MiB more for whoever does not read, MiB for whoever does, seconds until the first was cut)."""
    mute, reads = (await furnish(url, EACH, "mute"))[:2]
    desk = await Line.to(ours.port, "/expert", {"token": reads.token})
    began = time.monotonic()
    while time.monotonic() - began < WARM_SECONDS:  # about as long as the silent one may stay: caches are full then
        await _say(desk, reads)
    silent, reader = await visitor(ours.port, mute.key), await visitor(ours.port, reads.key)
    assert silent.transport is not None
    silent.transport.pause_reading()
    said, more, took = await _carried(ours, desk, mute, silent, sys.maxsize)
    _, usual, _ = await _carried(ours, desk, reads, reader, said)
    for one in (silent, reader, desk):
        one.cut()
    return more, usual, took


def _over(port: int, line: Line) -> bool:
    """Whether the server has hung up. Whoever does not read is not told: their own system knows (Linux: 01 is up)."""
    assert line.transport is not None
    mine = line.transport.get_extra_info("sockname")[1]
    pairs = [row.split()[1:4] for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    up = {(int(here[-4:], 16), int(there[-4:], 16)) for here, there, state in pairs if state == "01"}
    return (port, mine) not in up


def measure(folder: Path, sizes: tuple[str, ...] = SIZES) -> Iterator[dict[str, Any]]:
    """A figure per size."""
    for kind in sizes:
        with databases(kind) as (base,), demo(kind, folder / kind, base) as (ours, server):
            url = server.environment["SHOPBELL_DATABASE_URL"] or f"sqlite:///{server.data_dir / 'shopbell.sqlite3'}"
            more, usual, took = asyncio.run(_mute(ours, url))
        yield {
            "what": f"a visitor's line that never reads, {kind}",
            "floor": f"+{usual:.1f} MiB for one that reads",
            "ours": f"+{more:.1f} MiB; cut after {took:.0f} s",
            "ratio": f"{more - usual:+.1f} MiB",
            "reach": f"{REACH_MB:.0f} MiB, {REACH_SECONDS:.0f} s",
            "met": "yes" if more - usual <= REACH_MB and took <= REACH_SECONDS + 2 else "no",
            "rounds": "1",
        }


if __name__ == "__main__":
    alone("mute", measure)
