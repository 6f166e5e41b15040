"""As many as wait are one look, and nobody waits for a look that another has had for them."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as some

from service.row import Row


class Eye:
    """Looks, each look until it may end; what it saw, look by look."""

    def __init__(self, most: int = 100) -> None:
        self.turn, self._ends, self.looks = asyncio.Lock(), asyncio.Semaphore(0), list[list[str]]()
        self.row = Row[str](self.turn, most, self._look)

    async def _look(self, ids: list[str]) -> None:
        self.looks.append(ids)
        await self._ends.acquire()
        if "broken" in ids:
            raise ValueError(ids)

    async def end(self, looks: int = 1) -> None:
        for _ in range(looks):
            self._ends.release()
            await turns()


async def turns(number: int = 5) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def test_what_comes_during_a_look_is_one_look_after_it() -> None:
    eye = Eye()
    waiting = [asyncio.create_task(eye.row.look_at([one])) for one in "abcab"]
    await turns()
    assert eye.looks == [["a"]]
    await eye.end(looks=2)
    await asyncio.gather(*waiting)
    assert eye.looks == [["a"], ["b", "c", "a"]]


async def test_between_two_looks_others_have_their_turn() -> None:
    eye, log = Eye(most=1), list[object]()
    waiting = [asyncio.create_task(eye.row.look_at([one])) for one in "abc"]
    await turns()

    async def other() -> None:
        async with eye.turn:
            log.append(len(eye.looks))

    between = asyncio.create_task(other())
    await turns()
    await eye.end(looks=3)
    await asyncio.gather(*waiting, between)
    assert (eye.looks, log) == ([["a"], ["b"], ["c"]], [1])


async def test_who_was_looked_at_waits_for_nobody_elses_look() -> None:
    """Else what rings at them meanwhile would wait behind it."""
    eye = Eye(most=2)
    waiting = {one: asyncio.create_task(eye.row.look_at([one])) for one in "abcdef"}
    await turns()
    for looks, done in ((1, "a"), (2, "abc"), (3, "abcde"), (4, "abcdef")):
        await eye.end()
        assert "".join(one for one, task in waiting.items() if task.done()) == done, looks


@pytest.mark.parametrize("goes_wrong", ["broken", "given up"])
async def test_a_look_that_fails_keeps_nobody_waiting(goes_wrong: str) -> None:
    eye = Eye()
    had = asyncio.create_task(eye.row.look_at(["broken"]))
    await turns()
    others = [asyncio.create_task(eye.row.look_at([one])) for one in ("x", "y")]
    await turns()
    if goes_wrong == "given up":
        had.cancel()
        await turns()
    await eye.end(looks=2)
    with pytest.raises((ValueError, asyncio.CancelledError)):
        await had
    await asyncio.wait_for(asyncio.gather(*others), 1)
    assert eye.looks == [["broken"], ["x", "y"]]


async def test_whoever_waited_for_a_look_hears_that_it_failed() -> None:
    """Not only the one who had it: they were not looked at either."""
    eye = Eye()
    waiting = [asyncio.create_task(eye.row.look_at([one])) for one in ("a", "x", "broken", "y")]
    await turns()
    await eye.end(looks=2)
    assert eye.looks == [["a"], ["x", "broken", "y"]]
    first, *others = await asyncio.gather(*waiting, return_exceptions=True)
    assert first is None
    assert all(isinstance(one, ValueError) for one in others)


async def test_a_look_that_is_given_up_is_had_by_somebody_else() -> None:
    """Who had it for all of them went away; the others, and those who asked again meanwhile, are looked at."""
    eye = Eye()
    first = asyncio.create_task(eye.row.look_at(["a"]))
    await turns()
    waiting = [asyncio.create_task(eye.row.look_at([one])) for one in "xy"]
    await eye.end()
    assert eye.looks == [["a"], ["x", "y"]]
    waiting.append(asyncio.create_task(eye.row.look_at(["y"])))
    await turns()
    waiting[0].cancel()
    await eye.end(looks=3)
    gone, *others = await asyncio.wait_for(asyncio.gather(first, *waiting, return_exceptions=True), 1)
    assert gone is None
    assert isinstance(others[0], asyncio.CancelledError)
    assert others[1:] == [None, None]
    assert eye.looks[2:] == [["y"]]


@given(
    rings=some.lists(some.tuples(some.sampled_from("abcdef"), some.integers(0, 3)), max_size=30),
    most=some.integers(1, 4),
)
def test_whoever_asked_was_looked_at_afterwards(rings: list[tuple[str, int]], most: int) -> None:
    looks = list[tuple[int, list[str]]]()
    clock = 0

    async def look(ids: list[str]) -> None:
        looks.append((clock, ids))
        for _ in range(3):
            await asyncio.sleep(0)

    async def run() -> None:
        nonlocal clock
        row, asked = Row[str](asyncio.Lock(), most, look), list[asyncio.Task[None]]()

        async def ask(one: str) -> None:
            began = clock
            await row.look_at([one])
            assert any(one in ids and at >= began for at, ids in looks)

        for one, pause in rings:
            clock += 1
            asked.append(asyncio.create_task(ask(one)))
            for _ in range(pause):
                await asyncio.sleep(0)
        await asyncio.gather(*asked)

    asyncio.run(run())
    assert all(0 < len(ids) <= most for _, ids in looks)
