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


class Row(Generic[T]):
    """`turn`: held while looking, and shared with other rows; after each look the others have theirs. `most`: so many
    are looked at together."""

    def __init__(self, turn: asyncio.Lock, most: int, look: Callable[[list[T]], Awaitable[None]]) -> None:
        self._turn, self._most, self._look = turn, most, look
        self._waiting: dict[T, asyncio.Event] = {}  # set when it was looked at
        self._looked: asyncio.Event | None = None  # of the look that somebody is about to have

    async def look_at(self, some: Iterable[T]) -> None:
        """Returns when all of these were looked at after this call; whoever had the look hears of its failure."""
        mine = [self._waiting.setdefault(one, asyncio.Event()) for one in some]
        while not all(seen.is_set() for seen in mine):
            if self._looked is not None:
                await self._looked.wait()
            else:
                await self._next()

    async def _next(self) -> None:
        looked, taken = asyncio.Event(), dict[T, asyncio.Event]()
        self._looked = looked
        try:
            async with self._turn:
                taken = {one: self._waiting.pop(one) for one in list(self._waiting)[: self._most]}
                await self._look(list(taken))
        finally:
            for seen in taken.values():
                seen.set()
            self._looked = None
            looked.set()
