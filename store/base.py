"""What a store promises, whichever database stands behind it.

`fn(conn)` is synchronous SQLAlchemy Core: SQL only, no input or output, no waiting. It may run again after a deadlock,
so it changes nothing outside the database.
"""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
Fn = Callable[[Connection], T]


class Store(Protocol):
    """The truth. Every change is `await store.write(fn)`; the answer comes after the commit."""

    async def write(self, fn: Fn[T]) -> T:
        """Run `fn` in one transaction and commit. An exception from `fn` undoes what it did and is raised here.

        Raises Refused("unavailable") when the database cannot be reached or cannot store, Refused("busy") when too
        much is waiting.
        """
        ...

    async def read(self, fn: Fn[T]) -> T:
        """Run `fn` on a connection that cannot write, seeing one state of the base. Where the connection dies
        meanwhile it runs again, from its beginning."""
        ...

    async def glance(self, fn: Fn[T]) -> T:
        """`read`, for a few rows by their keys that somebody waits for: a bell on its way to the desk.

        On SQLite it runs where the caller is: going to another thread and back would take longer than the look. On
        PostgreSQL each statement sees a state of its own: whatever changes between two of them rings, and is looked at
        again.
        """
        ...

    async def close(self) -> None:
        """Finish what waits, then let go."""
        ...
