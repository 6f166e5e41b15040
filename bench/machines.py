"""Servers to measure, each a process of its own, and what they cost."""

import contextlib
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.running import ROOT, Server
from tests.servers import Postgres, free_port

SIZES = ("sqlite", "postgres")


class Running:
    """A server on a port of loopback."""

    def __init__(self, name: str, pid: int, port: int) -> None:
        self.name, self.pid, self.port = name, pid, port

    @property
    def cpu(self) -> float:
        """Seconds of user and system time so far, all threads that are alive, to the nanosecond."""
        threads = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


@contextlib.contextmanager
def floor(folder: Path) -> Iterator[Running]:
    """The bare server of `bench.floor`."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.floor", str(port), str(folder / "floor.sqlite3")],
        cwd=ROOT,
        start_new_session=True,
    )
    try:
        wait_for_port(port)
        yield Running("floor", process.pid, port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)


@contextlib.contextmanager
def databases(kind: str, number: int = 1) -> Iterator[list[str]]:
    """URLs of so many empty databases of this size: of a PostgreSQL of their own, or "" for a file in the folder.

    PostgreSQL learns within seconds what an hour's traffic fills, not within minutes as it does by default: it plans by
    statistics, and a pass is over before the first minute is.
    """
    if kind == "sqlite":
        yield [""] * number
        return
    with contextlib.closing(Postgres(naptime="2s")) as base:
        base.start()
        yield [base.fresh_database() for _ in range(number)]


@contextlib.contextmanager
def demo(name: str, folder: Path, database_url: str = "") -> Iterator[tuple[Running, Server]]:
    """The product as the demo runs it: its shop, its experts, its two triggers, no strangers, no rate limits."""
    server = Server(folder, database_url).start()
    assert server._process is not None
    try:
        yield Running(name, server._process.pid, server.port), server
    finally:
        server.stop()


def resident(pid: int) -> float:
    """Memory of a process in MB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextlib.contextmanager
def in_folder() -> Iterator[Path]:
    """A folder of one's own; a SIGTERM goes the way out, so that servers are stopped."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="sb-bench-") as folder:
        yield Path(folder)


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise TimeoutError("the floor did not start")


def machine() -> str:
    """The class of this machine, without its name: cores, memory, system, Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    release = "Linux"
    with contextlib.suppress(OSError):
        release = platform.freedesktop_os_release().get("PRETTY_NAME", release)
    return (
        f"{os.cpu_count()} {platform.machine()} cores, {memory:.0f} GiB, {release}, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} at the end"
    )
