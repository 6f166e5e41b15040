"""The doorbell: heard here and elsewhere, never in the way, and made good by a look when it could not be heard."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
from redis import asyncio as redis
from redis.asyncio.client import PubSub

from store.bus import Bus, LocalBus
from store.redis_bus import CHANNEL, RedisBus
from tests.servers import Valkey


class Ear:
    """Notes what a bus hears: bells in order, and when it swept."""

    def __init__(self, bus: Bus) -> None:
        self.bus, self.bells, self.swept = bus, list[str](), list[float]()
        bus.on("conversation", self._hear)
        bus.on_sweep(self._sweep)

    async def _hear(self, id_: str) -> None:
        self.bells.append(id_)

    async def _sweep(self) -> None:
        self.swept.append(time.monotonic())


async def becomes(true: Callable[[], Any], seconds: float = 5.0) -> float:
    """Wait until it is so; returns how long that took."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds, f"not within {seconds} s"
        await asyncio.sleep(0.01)
    return time.monotonic() - begun


# In one process ------------------------------------------------------------------------------------------------------


async def test_bells_that_come_while_one_is_handled_are_one_more_look():
    """A hundred rings during a slow look cause exactly one more; another id does not wait."""
    bus, looks, gate = LocalBus(), list[str](), asyncio.Event()

    async def slow(id_: str) -> None:
        looks.append(id_)
        if id_ == "a":
            await gate.wait()

    bus.on("alert", slow)
    bus.ring("alert", "a")
    await asyncio.sleep(0)
    for _ in range(100):
        bus.ring("alert", "a")
    bus.ring("alert", "b")
    await becomes(lambda: looks == ["a", "b"])
    gate.set()
    await becomes(lambda: looks == ["a", "b", "a"])
    await asyncio.sleep(0.02)
    assert looks == ["a", "b", "a"]
    await bus.close()


async def test_looks_at_one_id_never_overlap_and_the_last_ring_is_always_followed_by_one():
    """Whatever was true when it was rung is seen by a look that begins later."""
    bus, truth, seen, inside = LocalBus(), 0, list[int](), 0

    async def look(_: str) -> None:
        nonlocal inside
        inside += 1
        assert inside == 1
        value = truth
        await asyncio.sleep(0.001)
        seen.append(value)
        inside -= 1

    bus.on("alert", look)
    for truth in range(1, 51):  # noqa: B007  read by `look`
        bus.ring("alert", "a")
        await asyncio.sleep(0.0007)
    await becomes(lambda: seen and seen[-1] == 50)
    assert seen == sorted(seen)
    await bus.close()


async def test_a_listener_that_fails_stops_nobody():
    """Neither the other listeners nor the next bell."""
    bus = LocalBus()

    async def broken(_: str) -> None:
        raise RuntimeError("broken")

    bus.on("conversation", broken)
    ear = Ear(bus)
    bus.ring("conversation", "a")
    await becomes(lambda: ear.bells == ["a"])
    bus.ring("conversation", "a")
    bus.ring("visit", "nobody listens")
    await becomes(lambda: ear.bells == ["a", "a"])
    assert not bus.deaf
    await bus.close()


# Between processes ---------------------------------------------------------------------------------------------------


@pytest.fixture
async def listen() -> AsyncIterator[Callable[[str], Awaitable[Ear]]]:
    """`await listen(url)`: a process as far as the bus can tell; it ends with the test, however that ends."""
    ears: list[Ear] = []

    async def begin(url: str) -> Ear:
        ears.append(Ear(RedisBus(url)))
        await ears[-1].bus.start()
        return ears[-1]

    yield begin
    for ear in ears:
        await ear.bus.close()


@pytest.fixture
async def pair(redis_url: str, listen: Callable[[str], Awaitable[Ear]]) -> tuple[Ear, Ear]:
    """Two of them that hear."""
    ears = await listen(redis_url), await listen(redis_url)
    await becomes(lambda: not any(ear.bus.deaf for ear in ears))
    return ears


async def test_a_bell_is_heard_by_the_other_process_at_once_and_by_our_own_once(pair: tuple[Ear, Ear]):
    """Own bells do not come back from Redis a second time."""
    here, there = pair
    here.bus.ring("conversation", "7")
    assert await becomes(lambda: there.bells == ["7"]) < 0.5
    there.bus.ring("conversation", "8")
    await becomes(lambda: "8" in here.bells)
    await asyncio.sleep(0.2)
    assert (here.bells, there.bells) == (["7", "8"], ["7", "8"])


async def test_many_bells_all_arrive(pair: tuple[Ear, Ear]):
    """A thousand different ids, rung without a pause."""
    here, there = pair
    for n in range(1_000):
        here.bus.ring("conversation", str(n))
    await becomes(lambda: len(there.bells) == 1_000)
    assert there.bells == [str(n) for n in range(1_000)]


async def test_one_look_when_the_ear_is_put_to_the_door(pair: tuple[Ear, Ear]):
    """What was rung before we listened is found by one sweep."""
    assert [len(ear.swept) for ear in pair] == [1, 1]


FORGED = (
    b"", b"{", b"null", b"[]", b'["x"]', b'["x","conversation"]', b'["x","conversation",5]', b'["x",5,"1"]',
    b'{"sender":"x","kind":"conversation","id":"1"}', b"\xff\xfe\x00", b"[" * 100_000, b'["x","beat","1"]',
    b'["x","nonsense","1"]', b'["x","conversation","' + b"9" * 65 + b'"]', b'["\\ud800","conversation",null]',
)  # fmt: skip


async def test_what_somebody_else_writes_into_the_channel_harms_nothing(pair: tuple[Ear, Ear], redis_url: str):
    """Neither garbage nor a bell of a wrong form is heard, and the next true bell is."""
    client = redis.Redis.from_url(redis_url)
    for forged in FORGED:
        await client.publish(CHANNEL, forged)
    await client.publish(CHANNEL, b'["x","conversation","true"]')
    await client.aclose()
    for ear in pair:
        await becomes(lambda bells=ear.bells: bells)  # type: ignore[misc]
        await asyncio.sleep(0.05)
        assert ear.bells == ["true"]
        assert not ear.bus.deaf


@pytest.fixture
def other_valkey() -> Iterator[Valkey]:
    """A Redis that this test may stop."""
    server = Valkey()
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.mark.calm
async def test_without_redis_nobody_waits_and_with_it_again_everybody_hears(
    other_valkey: Valkey, listen: Callable[[str], Awaitable[Ear]]
):
    """Stopped: ringing costs nothing, own bells are heard, the bus knows that it is deaf and sweeps every 2 s.

    Started: live within 3 s, and what was rung meanwhile is made good by a sweep.
    """
    ears = here, there = await listen(other_valkey.url()), await listen(other_valkey.url())
    await becomes(lambda: not any(ear.bus.deaf for ear in ears))
    await asyncio.to_thread(other_valkey.stop)
    begun = time.monotonic()
    for n in range(20_000):
        here.bus.ring("conversation", str(n % 10))
    assert time.monotonic() - begun < 1.0
    await becomes(lambda: len(set(here.bells)) == 10)
    assert await becomes(lambda: here.bus.deaf and there.bus.deaf, 6) < 5
    for ear in ears:
        ear.swept.clear()
    await becomes(lambda: all(len(ear.swept) >= 2 for ear in ears), 6)
    for ear in ears:
        assert 1.5 < ear.swept[1] - ear.swept[0] < 2.5

    await asyncio.to_thread(other_valkey.start)
    back = time.monotonic()
    here.bus.ring("conversation", "while you were away")
    await becomes(lambda: not any(ear.bus.deaf for ear in ears), 3)
    await becomes(lambda: all(any(at > back for at in ear.swept) for ear in ears), 1)
    there.bells.clear()
    here.bus.ring("conversation", "live")
    assert await becomes(lambda: "live" in there.bells) < 0.5
    swept = [len(ear.swept) for ear in ears]
    await asyncio.sleep(2.5)
    assert [len(ear.swept) for ear in ears] == swept


async def test_a_redis_that_hangs_is_noticed_and_survived(
    other_valkey: Valkey, listen: Callable[[str], Awaitable[Ear]]
):
    """It takes connections and says nothing: deaf within 5 s, closing does not wait for it, and it may come back."""
    ear = await listen(other_valkey.url())
    await becomes(lambda: not ear.bus.deaf)
    assert other_valkey.process is not None
    os.kill(other_valkey.process.pid, 19)
    try:
        ear.bus.ring("conversation", "own")
        await becomes(lambda: ear.bells == ["own"])
        await becomes(lambda: ear.bus.deaf, 5)
        await becomes(lambda: len(ear.swept) > 1, 3)
    finally:
        os.kill(other_valkey.process.pid, 18)
    await becomes(lambda: not ear.bus.deaf, 8)
    os.kill(other_valkey.process.pid, 19)
    begun = time.monotonic()
    await ear.bus.close()
    os.kill(other_valkey.process.pid, 18)
    assert time.monotonic() - begun < 3


async def test_a_bus_ends_although_its_client_takes_the_end_for_a_timeout(
    redis_url: str, listen: Callable[[str], Awaitable[Ear]], monkeypatch: pytest.MonkeyPatch
):
    """Two cancellations come to nothing; the third is heard."""
    taken = 0

    async def get_message(*_: Any, **__: Any) -> None:
        nonlocal taken
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            taken += 1
            if taken > 2:
                raise

    ear = await listen(redis_url)
    await becomes(lambda: not ear.bus.deaf)
    monkeypatch.setattr(PubSub, "get_message", get_message)
    await asyncio.sleep(1.5)
    await asyncio.wait_for(ear.bus.close(), 5)
    assert taken == 3


async def test_a_bus_that_starts_without_redis_becomes_live_by_itself(
    other_valkey: Valkey, listen: Callable[[str], Awaitable[Ear]]
):
    """The order in which machines start does not matter."""
    await asyncio.to_thread(other_valkey.stop)
    ear = await listen(other_valkey.url())
    assert ear.bus.deaf
    await asyncio.sleep(1)
    await asyncio.to_thread(other_valkey.start)
    await becomes(lambda: not ear.bus.deaf, 4)
    assert ear.swept
