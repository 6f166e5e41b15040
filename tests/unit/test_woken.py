"""A task that waits for a wake-up call ends when it is told to, whenever that is."""

import asyncio

import pytest

from store.woken import woken


@pytest.mark.parametrize("turns", range(6))
async def test_who_is_cancelled_in_the_moment_of_the_call_ends(turns: int):
    call = asyncio.Event()

    async def work() -> None:
        while True:
            call.clear()
            await woken(call, 0.01)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    call.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task], timeout=1)
    assert task.cancelled()


async def test_it_waits_no_longer_than_it_was_told_and_no_longer_than_the_call():
    call = asyncio.Event()
    async with asyncio.timeout(5):
        await woken(call, 0.01)
        assert not call.is_set()
        asyncio.get_running_loop().call_later(0.01, call.set)
        await woken(call, 60)
