"""SQLite: one writer thread with one connection; readers that cannot write.

Functions that wait share one `BEGIN IMMEDIATE` (group commit), each in its own savepoint, so that one that raises
undoes only itself. All answers come after the commit. WAL with `synchronous=FULL`: what was answered survives power
loss. Checkpoints run beside the writer, not inside its commits.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine, create_engine, event, pool
from sqlalchemy.exc import DBAPIError

from contract.errors import Refused
from store.base import Fn
from store.prepared import change

T = TypeVar("T")
log = structlog.get_logger()
GROUP = 512
WAITING = 20_000
READERS = 4
_AWAY = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB,
}  # fmt: skip


def sqlite_engine(path: Path, *, read_only: bool = False) -> Engine:
    """An engine whose connections have our settings and leave BEGIN and COMMIT to us."""
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=pool.NullPool,
        connect_args={"isolation_level": None, "check_same_thread": False},
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,  # what people wrote stays out of the log
    )

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA busy_timeout = 5000")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("PRAGMA journal_size_limit = 67108864")  # what a flood made of the log is given back
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("PRAGMA temp_store = MEMORY")
        if read_only:
            connection.execute("PRAGMA query_only = ON")

    return engine


class _Job:
    __slots__ = ("error", "fn", "future", "loop", "result")

    def __init__(self, fn: Fn[Any], loop: asyncio.AbstractEventLoop, future: "asyncio.Future[Any]") -> None:
        self.fn, self.loop, self.future = fn, loop, future
        self.result: Any = None
        self.error: BaseException | None = None


class SqliteStore:
    """The embedded store. One per process and file (`service` holds a lock on the data folder).

    `reads_only`: a second look beside the one that writes; it refuses to write and leaves checkpoints to the other.
    """

    def __init__(self, path: Path, *, reads_only: bool = False) -> None:
        self._reads_only = reads_only
        self._writer_engine = sqlite_engine(path)
        self._reader_engine = sqlite_engine(path, read_only=True)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._last = False
        self._local = threading.local()
        self._read_connections: list[Connection] = []
        self._writer = threading.Thread(target=self._write_loop, name="store-writer", daemon=True)
        if not reads_only:
            self._writer.start()
        self._checkpointer = threading.Thread(target=self._checkpoint_loop, name="store-checkpoint", daemon=True)
        if not reads_only:
            self._checkpointer.start()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")

    async def write(self, fn: Fn[T]) -> T:
        if self._closing.is_set() or self._reads_only:
            raise Refused("unavailable")
        if self._jobs.qsize() > WAITING:
            raise Refused("busy", retry_after=1)
        loop = asyncio.get_running_loop()
        job = _Job(fn, loop, loop.create_future())
        self._jobs.put(job)
        return await job.future  # type: ignore[no-any-return]

    async def read(self, fn: Fn[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, fn)

    async def glance(self, fn: Fn[T]) -> T:
        return self._read(fn)

    async def close(self) -> None:
        if self._closing.is_set():
            return
        self._closing.set()
        if not self._reads_only:
            self._jobs.put(None)
            await asyncio.to_thread(self._writer.join)
            await asyncio.to_thread(self._checkpointer.join)
        self._readers.shutdown(wait=True)
        for connection in self._read_connections:
            connection.close()

    # --- threads ------------------------------------------------------------------------------------------------

    def _read(self, fn: Fn[T]) -> T:
        try:
            connection: Connection | None = getattr(self._local, "connection", None)
            if connection is None:
                connection = self._reader_engine.connect()
                self._local.connection = connection
                self._read_connections.append(connection)
            run = _plainly(connection)
            run("BEGIN")
            try:
                return fn(connection)
            finally:
                run("ROLLBACK")
        except (DBAPIError, sqlite3.Error) as error:
            raise _translated(error) from error

    def _write_loop(self) -> None:
        connection: Connection | None = None
        while (group := self._next_group()) is not None:
            try:
                connection = connection or self._writer_engine.connect()
                self._commit(connection, group)
            except DBAPIError as error:  # the file cannot be opened now; the next group tries again
                _refuse(group, error)
            _answer(group)
        if connection is not None:
            _quietly(lambda: connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)"))
            connection.close()

    def _next_group(self) -> list[_Job] | None:
        """Waits for a job and takes those that wait behind it; None when the store closes and all is done."""
        group: list[_Job] = []
        while not self._last and (not group or (len(group) < GROUP and not self._jobs.empty())):
            job = self._jobs.get()
            if job is None:
                self._last = True
            else:
                group.append(job)
        return group or None

    def _commit(self, connection: Connection, group: list[_Job]) -> None:
        def run(text: str) -> None:
            change(connection, text, ())

        try:
            run("BEGIN IMMEDIATE")
            for job in group:
                run("SAVEPOINT job")
                try:
                    job.result = job.fn(connection)
                    run("RELEASE job")
                except BaseException as error:  # noqa: BLE001  whatever it was, it belongs to this job alone
                    job.error = _translated(error)
                    run("ROLLBACK TO job")
                    run("RELEASE job")
            run("COMMIT")
        except (DBAPIError, sqlite3.Error) as error:
            _refuse(group, error)
            _quietly(lambda: run("ROLLBACK"))

    def _checkpoint_loop(self) -> None:
        connection: Connection | None = None

        def checkpoint() -> None:
            nonlocal connection
            if connection is None:
                connection = self._reader_engine.connect()
                connection.exec_driver_sql("PRAGMA query_only = OFF")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

        while not self._closing.wait(1.0):
            _quietly(checkpoint)
        if connection is not None:
            connection.close()


def _plainly(connection: Connection) -> Callable[[str], Any]:
    """The driver itself, for what begins and ends a transaction: four statements around each commit."""
    return connection.connection.driver_connection.execute  # type: ignore[union-attr,no-any-return]


def _refuse(group: list[_Job], error: DBAPIError | sqlite3.Error) -> None:
    """Nothing of this group is stored, and every caller hears it."""
    log.error("store.commit_failed", error=str(_cause(error)), jobs=len(group))
    for job in group:
        job.error = Refused("unavailable", retry_after=2)


def _translated(error: BaseException) -> BaseException:
    """A file that cannot be read or has no room is a refusal; a broken statement or rule is our own mistake."""
    code = getattr(_cause(error), "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    if code not in _AWAY:
        return error
    log.error("store.away", error=str(error))
    return Refused("unavailable", retry_after=2)


def _cause(error: BaseException | None) -> BaseException | None:
    """What the driver said."""
    return error.orig if isinstance(error, DBAPIError) else error


def _answer(group: list[_Job]) -> None:
    """Hand all results to their event loops, one wake-up per loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in group:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, jobs in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, jobs)


def _resolve(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.future.done():  # the caller went away; what it asked for is stored all the same
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)


def _quietly(fn: Callable[[], Any]) -> None:
    try:
        fn()
    except (DBAPIError, sqlite3.Error) as error:
        log.warning("store.sqlite", error=str(_cause(error)))
