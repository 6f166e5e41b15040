"""What waits to be looked at: as many as wait are one look, and whoever waits is let go when theirs has been had.

Nobody stands in line for a look that another has had for them: what rings at them meanwhile would wait behind it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T", bound=Hashable)


class Together(Protocol):
    """Something that knows how several of its kind are looked at."""

    def __hash__(self) -> int: ...

    async def together(self, some: Sequence[Any], /) -> None: ...


async def together(some: Sequence[Together]) -> None:
    """The look at all of them, as the first one has it."""
    await some[0].together(some)


class _Asked:
    """Somebody's wish to have something looked at, and what came of it."""

    __slots__ = ("done", "error", "given_up")

    def __init__(self) -> None:
        self.done = self.given_up = False
        self.error: Exception | None = None


class Row(Generic[T]):
    """`turn`: held while looking, and shared with other rows; after each look the others have theirs. `most`: so many
    are looked at together."""

    def __init__(self, turn: asyncio.Lock, most: int, look: Callable[[list[T]], Awaitable[None]]) -> None:
        self._turn, self._most, self._look = turn, most, look
        self._waiting: dict[T, _Asked] = {}
        self._looked: asyncio.Event | None = None  # of the look that somebody is about to have

    async def look_at(self, some: Iterable[T]) -> None:
        """Returns when all of these were looked at after this call. Of a look that fails everybody hears who waited for
        it; one that is given up by whoever had it is had by somebody else."""
        mine = {one: self._waiting.setdefault(one, _Asked()) for one in some}
        while not all(asked.done for asked in mine.values()):
            if self._looked is not None:
                await self._looked.wait()
            else:
                await self._next()
        if again := [one for one, asked in mine.items() if asked.given_up]:
            await self.look_at(again)
        for asked in mine.values():
            if asked.error is not None:
                raise asked.error

    async def _next(self) -> None:
        looked, taken = asyncio.Event(), dict[T, _Asked]()
        self._looked = looked
        error, given_up = None, True
        try:
            async with self._turn:
                taken = {one: self._waiting.pop(one) for one in list(self._waiting)[: self._most]}
                await self._look(list(taken))
            given_up = False
        except Exception as failed:  # noqa: BLE001  whom it concerns raises it
            error, given_up = failed, False
        finally:
            for asked in taken.values():
                asked.done, asked.error, asked.given_up = True, error, given_up
            self._looked = None
            looked.set()
