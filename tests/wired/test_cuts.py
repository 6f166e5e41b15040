"""The short form of `python -m bench.cuts`: an answer that never arrived is given again, and nothing is there twice."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import cuts
from tests.running import Server


@pytest.mark.parametrize("size", ["embedded", "scaled-out"])
def test_whoever_never_heard_the_answer_asks_again_and_is_stored_once(
    size: str, new_database: Callable[[str], str], tmp_path: Path
):
    url = f"sqlite:///{tmp_path}/shopbell.sqlite3" if size == "embedded" else new_database("postgres")
    server = Server(tmp_path, url).start()
    try:
        found = asyncio.run(cuts.run(server.port, url, 50, talks=5, seed=3))
        assert found.cuts == 50
        assert min(found.attempts) > 10
        assert (found.twice, found.other, found.disorder) == (0, 0, 0)
        assert "Traceback" not in server.said()
    finally:
        server.stop()
