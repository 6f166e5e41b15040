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
    """

    def __init__(self, store: Store, apply: Apply[Item, Result], *, group: int = 256, room: int = 4096) -> None:
        self._store, self._apply, self._group = store, apply, group
        self._admission = Admission(room=room)
        self._under_way = 0
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._pump: asyncio.Task[None] | None = None

    def check_room(self) -> None:
        """Refused("busy") as by `add`: ask before any work that a refusal would waste."""
        if not self._admission.admits(len(self._waiting) + self._under_way):
            raise Refused("busy", retry_after=1)

    async def add(self, item: Item) -> Result:
        self.check_room()
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._pump is None:
            self._pump = asyncio.create_task(self._flush())
        return await future

    async def _flush(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[: self._group], self._waiting[self._group :]
                self._under_way, began = len(group), time.perf_counter()
                await self._commit(group)
                self._admission.took(len(group), time.perf_counter() - began)
        finally:
            self._pump, self._under_way = None, 0

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
