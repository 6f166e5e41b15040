"""Whoever records groups of bodies: this process, or another one with caches and connections of its own."""

import asyncio
import multiprocessing
from copy import copy
from multiprocessing.connection import Connection as Pipe
from typing import Any

import msgspec
from sqlalchemy import Connection

from contract.beacons import Beacon
from contract.facts import SiteFacts, VisitFacts
from store.base import Fn
from store.connect import open_store
from tests.visit_model import accept
from tracker.collect import prepare
from tracker.memory import Memory
from tracker.record import record

START_SECONDS = 30
ANSWER_SECONDS = 40


class Body(msgspec.Struct, frozen=True):
    """One body as it arrives."""

    site: SiteFacts
    beacon: Beacon
    received_at: int
    agent: str
    trusted: bool


class Answer(msgspec.Struct, frozen=True):
    """What became of one body."""

    stored: int
    duplicates: int
    rejected: list[tuple[str, str]]
    visit: VisitFacts | None


class Group(msgspec.Struct, frozen=True):
    """Bodies of one commit. `fails`: it comes to nothing at the last moment."""

    bodies: list[Body]
    fails: bool = False


class Failed(Exception):
    """The commit came to nothing."""


class Recorder:
    """Records in this process, on a loop of its own."""

    def __init__(self, url: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._store = self._loop.run_until_complete(_opened(url))
        self._memory, self._owner = Memory(), True

    def forgetful(self) -> "Recorder":
        """Another one on the same store that remembers next to nothing. To be closed first."""
        other = copy(self)
        other._memory, other._owner = Memory(visitors=2, views=3), False
        return other

    def run(self, fn: Fn[Any], *, read: bool = False) -> Any:
        return self._loop.run_until_complete((self._store.read if read else self._store.write)(fn))

    def record(self, group: Group) -> list[Answer]:
        """One answer per body; none if the group fails."""

        def write(conn: Connection) -> list[Answer]:
            items = [
                prepare(
                    b.site,
                    b.beacon,
                    received_at=b.received_at,
                    user_agent=b.agent,
                    language=accept(b.agent),
                    trusted=b.trusted,
                )
                for b in group.bodies
            ]
            told = [
                Answer(one.stored, one.duplicates, [(no.id, no.reason) for no in one.rejected], one.visit)
                for one in record(conn, items, self._memory)
            ]
            if group.fails:
                raise Failed
            return told

        try:
            answers: list[Answer] = self.run(write)
        except Failed:
            return []
        return answers

    def close(self) -> None:
        if self._owner:
            self._loop.run_until_complete(self._store.close())
            self._loop.close()


async def _opened(url: str) -> Any:
    return open_store(url)


class OtherRecorder:
    """The same in another process."""

    def __init__(self, url: str) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._pipe, there = spawn.Pipe()
        self._process = spawn.Process(target=_work, args=(url, there), daemon=True)
        self._process.start()
        there.close()
        self._receive(START_SECONDS)

    def send(self, groups: list[Group]) -> None:
        """Begin to record these, one after the other; `receive` must follow."""
        self._pipe.send(groups)

    def receive(self) -> list[list[Answer]]:
        answers: list[list[Answer]] = self._receive(ANSWER_SECONDS)
        return answers

    def record(self, group: Group) -> list[Answer]:
        self.send([group])
        return self.receive()[0]

    def close(self) -> None:
        self._pipe.send(None)
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(5)
        self._pipe.close()

    def _receive(self, seconds: float) -> Any:
        if not self._pipe.poll(seconds):
            raise AssertionError("the other process does not answer")
        got = self._pipe.recv()
        if isinstance(got, str):
            raise AssertionError(f"the other process failed:\n{got}")
        return got


def _work(url: str, pipe: Pipe) -> None:
    import traceback

    whole = Recorder(url)
    recorder = whole.forgetful()
    pipe.send([])
    while (groups := pipe.recv()) is not None:
        try:
            pipe.send([recorder.record(group) for group in groups])
        except Exception:  # noqa: BLE001  told to whoever asked
            pipe.send(traceback.format_exc())
    whole.close()
