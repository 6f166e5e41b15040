"""Group commit: whatever arrives while one commit is under way becomes the next group. No timer is needed."""

import asyncio
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy import Connection

from contract.errors import Refused
from store.admission import Admission
from store.base import Store

Item = TypeVar("Item")
Result = TypeVar("Result")
Apply = Callable[[Connection, list[Item]], list[Result]]


class Journal(Generic[Item, Result]):
    """Hands waiting items together to `apply`, in one transaction; each caller gets its own result after the commit.

    `apply(conn, items)` returns one result per item, in order. If it raises for a group, the items are tried alone,
    so that a bad one harms nobody else. Whoever could not be served soon hears Refused("busy"): `store.admission`.
    `weight`: how many ordinary items this one is; `group` and `room` are in ordinary items, so that a few large ones
    make no commit behind which everybody waits for seconds.
    """

    def __init__(
        self,
        store: Store,
        apply: Apply[Item, Result],
        *,
        weight: Callable[[Item], int] = lambda _: 1,
        group: int = 256,
        room: int = 4096,
    ) -> None:
        self._store, self._apply, self._weight, self._group = store, apply, weight, group
        self._admission = Admission(room=room)
        self._ahead = 0  # the weight of all who wait, and of those whose commit is under way
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._pump: asyncio.Task[None] | None = None

    def check_room(self) -> None:
        """Refused("busy") as by `add`: ask before any work that a refusal would waste."""
        if not self._admission.admits(self._ahead):
            raise Refused("busy", retry_after=1)

    async def add(self, item: Item) -> Result:
        self.check_room()
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        self._ahead += self._weight(item)
        if self._pump is None:
            self._pump = asyncio.create_task(self._flush())
        return await future

    async def _flush(self) -> None:
        try:
            while self._waiting:
                group, weight = self._next()
                began = time.perf_counter()
                await self._commit(group)
                self._admission.took(weight, time.perf_counter() - began)
                self._ahead -= weight
        finally:
            self._pump, self._ahead = None, sum(self._weight(item) for item, _ in self._waiting)

    def _next(self) -> tuple[list[tuple[Item, "asyncio.Future[Result]"]], int]:
        """The next group, one item at least, and its weight."""
        size = weight = 0
        for item, _ in self._waiting:
            one = self._weight(item)
            if size and weight + one > self._group:
                break
            size, weight = size + 1, weight + one
        group, self._waiting = self._waiting[:size], self._waiting[size:]
        return group, weight

    async def _commit(self, group: list[tuple[Item, "asyncio.Future[Result]"]]) -> None:
        items = [item for item, _ in group]
        try:
            results = await self._store.write(lambda connection: self._apply(connection, items))
        except Exception as error:  # noqa: BLE001  every waiting caller is told, none is left hanging
            if isinstance(error, Refused) or len(group) == 1:
                for _, future in group:
                    if not future.done():
                        future.set_exception(error)
            else:
                for alone in group:
                    await self._commit([alone])
            return
        for (_, future), result in zip(group, results, strict=True):
            if not future.done():
                future.set_result(result)
