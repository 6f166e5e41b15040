"""A message to the other side while 5,000 sockets look on, against Node's socket.io, which stores nothing.

A hundred visitors with the chat open talk to their desks, each says something every 1.5 s on average; 5,000 others have
the chat open and say nothing. Both servers have the same crowd at the same time and talk in turns, block by block:
from the moment a visitor sends to the moment the desk's socket has the message. Ours stores it first. Each block gives
a p99 of its own, and each two neighbours a ratio.

Then 3,000 of the idle lose their line at the same moment and come back as our frame does (after 0.5 s, then twice as
long, up to 15 s, give or take a half): how long until all are back, and what the talk takes meanwhile. And memory: what
the server holds for each of 10,000 visitors with the chat open. `python -m bench.crowd --idle 1000 --size sqlite`.
"""

import asyncio
import contextlib
import random
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.alone import alone
from bench.gathered import Elsewhere, elsewhere
from bench.machines import SIZES, Running, databases, demo, resident, wait_for_port
from bench.talks import Pairs, furnish
from tests.running import ROOT
from tests.servers import free_port

NODE = ROOT / "bench" / "node_chat"
IDLE, TALKS, BLOCKS, DROPPED, OPEN = 5_000, 100, 7, 3_000, 10_000
BLOCK_SECONDS, STORM_SECONDS, EVERY = 8.0, 12.0, 1.5
BACK_WITHIN = 60.0
REACH, REACH_KB, REACH_P99 = 2.5, 45.0, 1.0


def install() -> None:
    """Node's socket.io, by its own lock file, into `bench/node_chat/node_modules`."""
    stamp, lock = NODE / "node_modules" / ".package-lock.json", NODE / "package-lock.json"
    if not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=NODE, check=True, stdout=-3)


@contextlib.contextmanager
def node() -> Iterator[Running]:
    """The floor, as a process of its own."""
    install()
    port = free_port()
    process = subprocess.Popen(["node", "server.mjs", str(port)], cwd=NODE, start_new_session=True)
    try:
        wait_for_port(port)
        yield Running("node", process.pid, port)
    finally:
        process.terminate()
        process.wait(15)


def p99(took: list[float]) -> float:
    return statistics.quantiles(took, n=100, method="inclusive")[98]


async def _talk(plain: Running, ours: Running, url: str, idle: int, talks: int, blocks: int) -> dict[str, Any]:
    dice = random.Random(3)
    made = await furnish(url, talks, "crowd")
    pairs = {one.name: Pairs(one.port, made) for one in (plain, ours)}
    async with elsewhere(plain.port, opens=False) as theirs, elsewhere(ours.port, opens=True) as crowd:
        for one, gathered in ((plain, theirs), (ours, crowd)):
            await gathered.do(gather=idle)
            await pairs[one.name].join()
            await pairs[one.name].talk(2, EVERY, dice)
        found: list[tuple[float, float]] = []
        everything: dict[str, list[float]] = {plain.name: [], ours.name: []}
        for number in range(blocks):
            both = {}
            for one in (plain, ours) if number % 2 else (ours, plain):
                took = await pairs[one.name].talk(BLOCK_SECONDS, EVERY, dice)
                everything[one.name] += took
                both[one.name] = p99(took)
            found.append((both[plain.name], both[ours.name]))
            print(f"{ours.name}: p99 {found[-1][0] * 1e3:.2f} ms, ours {found[-1][1] * 1e3:.2f} ms", file=sys.stderr)
        away = await crowd.do(gone=True)
        back, meanwhile = await storm(pairs[ours.name], crowd, min(DROPPED, idle * 3 // 5), STORM_SECONDS, dice)
        for two in pairs.values():
            two.leave()
        return {"blocks": found, "all": everything, "away": away, "back": back, "meanwhile": meanwhile}


async def storm(
    pairs: Pairs, crowd: Elsewhere, number: int, seconds: float, dice: random.Random
) -> tuple[list[float], list[float]]:
    """So many of the crowd lose their line at once, while these talk for so long. Seconds until each was back; and what
    the words of the others took meanwhile."""
    talking = asyncio.create_task(pairs.talk(seconds, EVERY, dice))
    await asyncio.sleep(1)
    back: list[float] = await crowd.do(storm=number, seed=3)
    return back, await talking


async def _memory(ours: Running, number: int) -> tuple[float, float]:
    """Kilobytes that each of so many visitors takes; before, the server has had some and let them go."""
    async with elsewhere(ours.port, opens=True) as crowd:
        await crowd.do(gather=min(500, number))
        await crowd.do(leave=True)
        await asyncio.sleep(3)
        before = resident(ours.pid)
        await crowd.do(gather=number)
        await asyncio.sleep(3)
        return (resident(ours.pid) - before) * 1000 / number, await crowd.do(leave=True)


def measure(
    folder: Path,
    idle: int = IDLE,
    talks: int = TALKS,
    blocks: int = BLOCKS,
    open_: int = OPEN,
    sizes: tuple[str, ...] = SIZES,
) -> Iterator[dict[str, Any]]:
    """Three figures per size."""
    for kind in sizes:
        with databases(kind) as (base,), demo(kind, folder / kind, base) as (ours, server), node() as plain:
            url = server.environment["SHOPBELL_DATABASE_URL"] or f"sqlite:///{server.data_dir / 'shopbell.sqlite3'}"
            yield from summary(kind, asyncio.run(_talk(plain, ours, url, idle, talks, blocks)), idle)
        with databases(kind) as (base,), demo(kind, folder / f"{kind}-open", base) as (ours, server):
            each, away = asyncio.run(_memory(ours, open_))
        yield {
            "what": f"memory of a visitor with the chat open and nothing to say, at {open_:,}, {kind}",
            "floor": "",
            "ours": f"{each:.1f} KB; {away:.0f} lost their line",
            "ratio": "",
            "reach": f"{REACH_KB:.0f} KB",
            "met": "yes" if each <= REACH_KB and not away else "no",
            "rounds": "1",
        }


def summary(kind: str, found: dict[str, Any], idle: int) -> Iterator[dict[str, Any]]:
    ratios = sorted(ours / plain for plain, ours in found["blocks"])
    plain, ours = (statistics.median(one[side] for one in found["blocks"]) * 1e3 for side in (0, 1))
    counts = [len(one) for one in found["all"].values()]
    lost = sum(took == float("inf") for took in found["all"][kind])
    ratio = statistics.median(ratios)
    yield {
        "what": f"a stored message to the other side, {idle:,} idle sockets, p99, against socket.io, {kind}",
        "floor": f"{plain:.2f} ms",
        "ours": f"{ours:.2f} ms; {lost} lost; {found['away']} idle lost their line",
        "ratio": f"{ratio:.2f} [{ratios[0]:.2f}-{ratios[-1]:.2f}]",
        "reach": f"{REACH}x",
        "met": "yes" if ratio <= REACH and not lost and not found["away"] else "no",
        "rounds": f"{len(ratios)} blocks, {counts[0]:,} and {counts[1]:,} messages",
    }
    back, meanwhile = sorted(found["back"]), found["meanwhile"]
    number = min(DROPPED, idle * 3 // 5)
    slow = p99(meanwhile)
    yield {
        "what": f"{number:,} sockets dropped at once, {kind}",
        "floor": "",
        "ours": f"{len(back):,} back within {back[-1]:.1f} s (p50 {statistics.median(back):.1f} s); "
        f"others' messages p99 {slow * 1e3:.0f} ms",
        "ratio": "",
        "reach": f"{BACK_WITHIN:.0f} s; p99 {REACH_P99:.0f} s",
        "met": "yes" if len(back) == number and back[-1] <= BACK_WITHIN and slow < REACH_P99 else "no",
        "rounds": f"1, {len(meanwhile)} messages",
    }


if __name__ == "__main__":
    alone("crowd", measure, idle=IDLE, talks=TALKS, blocks=BLOCKS)
