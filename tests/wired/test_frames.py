"""The short form of `python -m bench.frames`: whatever frames come, honest people talk on and nothing breaks."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import frames
from tests.running import Server


@pytest.mark.parametrize("size", ["embedded", "scaled-out"])
def test_bent_frames_leave_no_traceback_and_disturb_nobody(
    size: str, new_database: Callable[[str], str], tmp_path: Path
):
    url = f"sqlite:///{tmp_path}/shopbell.sqlite3" if size == "embedded" else new_database("postgres")
    server = Server(tmp_path, url).start()
    try:
        sent, took = asyncio.run(frames._run(server.port, url, 3_000, seed=11))
        assert sent >= 3_000
        assert took
        assert float("inf") not in took
        assert "Traceback" not in server.said()
    finally:
        server.stop()
