"""Waiting for a wake-up call, and no longer than for so many seconds."""

import asyncio
import contextlib


async def woken(call: asyncio.Event, seconds: float) -> None:
    """Returns when `call` is set, or when the time is over.

    Not by `asyncio.wait_for`: in Python 3.11 it swallows a cancellation that comes in the moment of the call, and a
    task that was told to end runs on for ever (python/cpython#86296).
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await call.wait()
