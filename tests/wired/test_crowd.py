"""The short form of `python -m bench.crowd`: many lose their line at once, and nobody who talks loses a word."""

import asyncio
import random
import statistics
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import crowd
from bench.gathered import elsewhere
from bench.talks import Pairs, furnish
from tests.running import Server

IDLE, DROPPED, TALKS, SECONDS = 150, 100, 6, 4.0


async def dropped(port: int, url: str) -> tuple[list[float], list[float], int]:
    """After how many seconds each was back, what the others' words took, and how many have no line at the end."""
    pairs = Pairs(port, await furnish(url, TALKS, "crowd"))
    async with elsewhere(port, opens=True) as idle:
        await idle.do(gather=IDLE)
        await pairs.join()
        back, meanwhile = await crowd.storm(pairs, idle, DROPPED, SECONDS, random.Random(3))
        gone = await idle.do(gone=True)
    pairs.leave()
    return back, meanwhile, gone


@pytest.mark.parametrize("size", ["embedded", "scaled-out"])
def test_a_crowd_that_comes_back_at_once_is_let_in_and_keeps_nobody_waiting(
    size: str, new_database: Callable[[str], str], tmp_path: Path
):
    url = f"sqlite:///{tmp_path}/shopbell.sqlite3" if size == "embedded" else new_database("postgres")
    server = Server(tmp_path, url).start()
    try:
        back, meanwhile, gone = asyncio.run(dropped(server.port, url))
        assert (len(back), gone) == (DROPPED, 0)
        assert len(meanwhile) > TALKS
        assert max(meanwhile) < float("inf")
        assert statistics.median(meanwhile) < crowd.REACH_P99
        assert "Traceback" not in server.said()
    finally:
        server.stop()
