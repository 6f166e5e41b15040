"""The doorbell between processes: one Redis channel. Fire and forget, watched by a heartbeat.

Publishing happens in the background from a bounded queue, so a slow or dead Redis never delays an answer. Each process
publishes a beat and must hear it; while it does not, it is deaf: sweeps run every two seconds instead of bells. After
every new subscription one sweep finds what was missed. A bell's content is never trusted: it only causes a look.
"""

import asyncio
import contextlib
import time

import msgspec
import structlog
from redis import asyncio as redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from contract.ids import new_id
from contract.names import BellKind
from store.bus import Handler, LocalBus, Sweep

CHANNEL = "shopbell:bells"
BEAT, DEAF_AFTER, SWEEP_EVERY = 1.0, 3.0, 2.0
QUEUE = 10_000
log = structlog.get_logger()


class _Bell(msgspec.Struct, array_like=True):
    sender: str
    kind: str
    id: str


class RedisBus:
    """`LocalBus` for our own listeners, Redis for those of other processes."""

    def __init__(self, url: str) -> None:
        self._local = LocalBus()
        self._redis = redis.Redis.from_url(
            url,
            socket_timeout=5,
            socket_connect_timeout=2,
            health_check_interval=0,
            protocol=2,
            retry=Retry(NoBackoff(), 0),  # trying again is done here, and without growing pauses
        )
        self._me = new_id()
        self._out: asyncio.Queue[bytes] = asyncio.Queue(QUEUE)
        self._heard = float("-inf")
        self._tasks: list[asyncio.Task[None]] = []
        self._decoder = msgspec.json.Decoder(_Bell)

    @property
    def deaf(self) -> bool:
        return time.monotonic() - self._heard > DEAF_AFTER

    def on(self, kind: BellKind, handler: Handler) -> None:
        self._local.on(kind, handler)

    def on_sweep(self, sweep: Sweep) -> None:
        self._local.on_sweep(sweep)

    def ring(self, kind: BellKind, id_: str) -> None:
        self._local.ring(kind, id_)
        self._publish(kind, id_)

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(task()) for task in (self._send, self._listen, self._beat, self._watch)]

    async def close(self) -> None:
        # The client may take a cancellation for one of its timeouts: it is said until it is heard.
        while working := [task for task in self._tasks if not task.done()]:
            for task in working:
                task.cancel()
            await asyncio.wait(working, timeout=0.5)
        await self._local.close()
        await self._redis.aclose()

    def _publish(self, kind: str, id_: str) -> None:
        if self._out.full():  # Redis is away: sweeps take over, and the newest bells matter most
            self._out.get_nowait()
        self._out.put_nowait(msgspec.json.encode(_Bell(self._me, kind, id_)))

    async def _send(self) -> None:
        while True:
            bells = [await self._out.get()]
            while not self._out.empty() and len(bells) < 200:
                bells.append(self._out.get_nowait())
            tries = 0
            while not await self._sent(bells, quiet=tries > 0):  # a late bell is only a look too many
                tries += 1
                await asyncio.sleep(0.2)

    async def _sent(self, bells: list[bytes], *, quiet: bool) -> bool:
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                for bell in bells:
                    pipe.publish(CHANNEL, bell)
                await pipe.execute()
        except (RedisError, OSError, TimeoutError) as error:
            if not quiet:
                log.warning("bus.publish_failed", error=repr(error), waiting=len(bells))
            return False
        return True

    async def _listen(self) -> None:
        while True:
            channel = self._redis.pubsub()
            try:
                await channel.subscribe(CHANNEL)
                await self._hear_all(channel)
            except (RedisError, OSError, TimeoutError) as error:
                log.warning("bus.deaf", error=repr(error))
                self._heard = float("-inf")  # known at once: sweeps need not wait for three missing beats
                await asyncio.sleep(0.5)
            finally:
                with contextlib.suppress(RedisError, OSError, TimeoutError):
                    await channel.aclose()  # type: ignore[no-untyped-call]

    async def _hear_all(self, channel: PubSub) -> None:
        """Until the line is broken. A new one has the time of three beats to prove that it works."""
        patience = time.monotonic() + DEAF_AFTER
        while not self.deaf or time.monotonic() < patience:
            message = await channel.get_message(timeout=BEAT)
            if message is None:
                continue
            if message["type"] == "subscribe":  # from here on nothing is missed; what was before, a look finds
                self._local.sweep_soon()
                self._publish("beat", "")
            elif message["type"] == "message":
                self._hear(message["data"])
        raise TimeoutError("no beat heard")

    def _hear(self, data: bytes) -> None:
        try:
            bell = self._decoder.decode(data)
        except msgspec.MsgspecError:
            return
        if bell.kind == "beat":
            if bell.sender == self._me:
                self._heard = time.monotonic()
        elif bell.sender != self._me and len(bell.id) <= 64:
            self._local.ring(bell.kind, bell.id)  # type: ignore[arg-type]

    async def _beat(self) -> None:
        while True:
            self._publish("beat", "")
            await asyncio.sleep(BEAT)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_EVERY)
            if self.deaf:
                await self._local.sweep()
