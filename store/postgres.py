"""PostgreSQL: `write(fn)` is one short transaction on a pooled connection; a deadlock runs it again."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from contract.errors import Refused
from store.base import Fn

T = TypeVar("T")
log = structlog.get_logger()
TRIES = 5
_AGAIN = {"40001", "40P01"}  # serialization failure, deadlock detected
_LOCKED = {*_AGAIN, "55P03"}  # lock not available in time
#: PostgreSQL error classes: connection, shutdown, resources, system; and on connecting: no such database, no access.
_AWAY = ("08", "57P", "53", "58", "3D", "28")


def postgres_engine(url: str, *, size: int = 10, patience: int = 20, glances: bool = False) -> AsyncEngine:
    """An asyncpg engine with bounded waits: nobody hangs on a database that is gone. `patience`: seconds a statement
    may take, half of them waiting for a lock. `glances`: it cannot write, and each statement stands alone."""
    return create_async_engine(
        url,
        **({"isolation_level": "AUTOCOMMIT"} if glances else {}),
        hide_parameters=True,  # what people wrote stays out of the log
        pool_size=size,
        max_overflow=size,
        pool_timeout=5,
        pool_pre_ping=False,
        pool_recycle=1800,
        connect_args={
            "timeout": 5,
            "command_timeout": patience,
            "statement_cache_size": 256,
            "server_settings": {
                "timezone": "UTC",
                "lock_timeout": f"{patience // 2}s",
                "application_name": "shopbell",
                **({"default_transaction_read_only": "on"} if glances else {}),
            },
        },
    )


class PostgresStore:
    """The scaled-out store: any number of processes on one base."""

    def __init__(self, url: str) -> None:
        self._engine = postgres_engine(url)
        self._glances = postgres_engine(url, size=4, glances=True)
        self._at_work = 0
        self._closing = False
        self._idle = asyncio.Event()
        self._idle.set()

    async def write(self, fn: Fn[T]) -> T:
        with self._working():
            return await self._write(fn)

    async def read(self, fn: Fn[T]) -> T:
        with self._working():
            return await self._read(fn)

    async def glance(self, fn: Fn[T]) -> T:
        """No BEGIN and no ROLLBACK: of three or four ways to the base, one or two are left."""
        with self._working(), _away():
            return await _anew(self._glances, fn)

    async def close(self) -> None:
        self._closing = True
        await self._idle.wait()
        await self._engine.dispose()
        await self._glances.dispose()

    @contextlib.contextmanager
    def _working(self) -> Iterator[None]:
        """Counts what is under way: `close` waits for it, and refuses what comes later."""
        if self._closing:
            raise Refused("unavailable", retry_after=2)
        self._at_work += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._at_work -= 1
            if not self._at_work:
                self._idle.set()

    async def _write(self, fn: Fn[T]) -> T:
        for attempt in range(TRIES):
            committing = False
            try:
                async with _lent(self._engine) as connection, connection.begin():
                    try:
                        value = await connection.run_sync(fn)
                    except (asyncio.CancelledError, TimeoutError):
                        await connection.invalidate()  # before ROLLBACK, which would wait for a base that hangs
                        raise
                    committing = True
                return value
            except DBAPIError as error:
                if _state(error) in _AGAIN and attempt < TRIES - 1:
                    await asyncio.sleep(0.005 * 2**attempt)
                    continue
                if error.connection_invalidated and not committing and not attempt:
                    continue
                raise _translated(error) from error
            except (OSError, PoolTimeout, TimeoutError) as error:
                log.error("store.away", error=repr(error))
                raise Refused("unavailable", retry_after=2) from error
        raise AssertionError("unreachable")

    async def _read(self, fn: Fn[T]) -> T:
        with _away():
            # Repeatable read: everything that `fn` looks at is of one moment.
            return await _anew(self._engine, fn, isolation_level="REPEATABLE READ", postgresql_readonly=True)


async def _anew(engine: AsyncEngine, fn: Fn[T], **options: Any) -> T:
    """The value of a look; where its connection had died since it was used last, that of a second one."""
    for last in (False, True):
        try:
            async with _lent(engine) as connection:
                if options:
                    await connection.execution_options(**options)
                return await connection.run_sync(fn)
        except DBAPIError as error:
            if last or not error.connection_invalidated:
                raise
    raise AssertionError("unreachable")


@contextlib.asynccontextmanager
async def _lent(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection of the pool. What a `Prepared` does goes past SQLAlchemy, so it is told here what it would notice.

    Who leaves in the middle takes the connection with them. Interrupted during BEGIN, the driver believes in a
    transaction that SQLAlchemy knows nothing of: every later write on it would be a savepoint inside that one,
    acknowledged and never committed. (SQLAlchemy does the same where it is cancelled, but not where it times out.)
    """
    async with engine.connect() as connection:
        try:
            yield connection
        except (asyncio.CancelledError, TimeoutError):
            await connection.invalidate()
            raise
        except DBAPIError as error:
            if not error.connection_invalidated and _is_dead(connection):
                with contextlib.suppress(DBAPIError):  # it fails, and all that are as old as this one are forgotten
                    await connection.exec_driver_sql("SELECT 1")
                error.connection_invalidated = True
            raise


def _is_dead(connection: AsyncConnection) -> bool:
    held = connection.sync_connection
    assert held is not None
    return held.invalidated or bool(held.connection.driver_connection.is_closed())  # type: ignore[union-attr]


@contextlib.contextmanager
def _away() -> Iterator[None]:
    """The database being away is a refusal."""
    try:
        yield
    except DBAPIError as error:
        raise _translated(error) from error
    except (OSError, PoolTimeout, TimeoutError) as error:
        log.error("store.away", error=repr(error))
        raise Refused("unavailable", retry_after=2) from error


def _state(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None) or ""


def _translated(error: DBAPIError) -> Exception:
    """The database being away is a refusal; a broken statement or rule is our own mistake and stays what it is."""
    state = _state(error)
    if state in _LOCKED:
        log.error("store.locked", error=str(error.orig))
        return Refused("busy", retry_after=1)
    if (
        state.startswith(_AWAY)
        or error.connection_invalidated
        or (not state and isinstance(error, OperationalError | InterfaceError))
    ):
        log.error("store.away", error=str(error.orig))
        return Refused("unavailable", retry_after=2)
    return error
