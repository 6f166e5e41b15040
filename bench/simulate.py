"""A simulated day: 100,000 visits, 200 experts, shifts, silence and crashes, under a clock that is moved by hand.

The product's own code on a real base; only time is not real (`bench/virtual.py`), and on SQLite commits are made in the
caller's thread and not flushed to the disk: nobody pulls the plug here (`bench/crash.py` does). Visits come by an
hourly curve; a quarter go deep enough to ring, three in a hundred write, six in a hundred are customers. Experts sit in
twenty topics of ten equals, in two shifts that overlap, take breaks, leave in the middle of conversations, let bells
ring out, decline; ten laptops die without a word, and the server is away five times for 20 to 90 seconds. All of it is
drawn from a seed: the same seed is the same day on SQLite. Each bell is looked at after each commit that touched it
(`simulate_watch`). Equals know the same topic and work the same shift. Their load is the time they spent in
conversations, per hour in which a bell could ring there; their bells are those of the topic, for whom an owner's or
"anyone's" bell rings is no choice among them. Of deviations the standard one is told, and the worst.
`python -m bench.simulate --visits 10000 --seed 2`.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import event, make_url

from bench.alone import alone
from bench.machines import SIZES, databases
from bench.simulate_day import World
from bench.simulate_figures import Day, read
from bench.simulate_plan import MIDNIGHT, Plan
from bench.virtual import Clock, virtual
from contract.clock import DAY
from service.migrate import migrate
from store.base import Fn, Store
from store.connect import open_store
from store.sqlite import SqliteStore, _Job
from tests.wired.counter import Shop

T = TypeVar("T")
VISITS, SEED = 100_000, 1


class Unhurried(SqliteStore):
    """The embedded store for one caller who never does two things at once: the same connections, transactions and
    commits, in the caller's own thread, and none of them waits for the disk."""

    async def write(self, fn: Fn[T]) -> T:
        if not hasattr(self, "_own"):
            event.listen(self._writer_engine, "connect", lambda base, _: base.execute("PRAGMA synchronous = OFF"))
            self._own = self._writer_engine.connect()
        loop = asyncio.get_running_loop()
        job = _Job(fn, loop, loop.create_future())
        self._commit(self._own, [job])
        if job.error is not None:
            raise job.error
        return job.result  # type: ignore[no-any-return]

    async def read(self, fn: Fn[T]) -> T:
        return await self.glance(fn)

    async def close(self) -> None:
        if hasattr(self, "_own"):
            self._own.close()
        await super().close()


def _opened(url: str) -> Store:
    return Unhurried(Path(make_url(url).database or "")) if url.startswith("sqlite") else open_store(url)


async def live(url: str, plan: Plan, seed: int) -> Day:
    """One day on the migrated, empty base at `url`."""
    began = time.monotonic()
    clock = Clock(MIDNIGHT - DAY, seed)
    with virtual(clock):
        shop = Shop(_opened(url))
        try:
            await shop.store.write(shop._furnish)
            world = World(shop, clock, plan, seed)
            await world.live()
            day = await shop.store.read(lambda conn: read(conn, world))
        finally:
            await shop.close()
    day.wall = time.monotonic() - began
    return day


def measure(
    folder: Path, visits: int = VISITS, seed: int = SEED, sizes: tuple[str, ...] = SIZES
) -> Iterator[dict[str, Any]]:
    """Some figures per size."""
    for kind in sizes:
        with databases(kind) as (url,):
            url = url or f"sqlite:///{folder / 'day.sqlite3'}"

            async def day(url: str = url) -> Day:
                await migrate(url)
                return await live(url, Plan(visits=visits), seed)

            found = asyncio.run(day())
        for line in found.first:
            print(f"{kind}: {line}", file=sys.stderr)
        yield from figures(kind, found)


def figures(kind: str, day: Day) -> Iterator[dict[str, Any]]:
    """As lines of the page."""
    ends = ", ".join(f"{name} {number:,}" for name, number in day.ends.items())
    left = ", ".join(f"{name} {number}" for name, number in sorted(day.left.items()))
    bells, talks, busy, told = day.by_bells, day.by_talks, day.by_busy, day.first_told
    rounds = f"{day.visits:,} visits, {day.checked['rings']:,} rings, {day.wall:.0f} s"

    def line(what: str, ours: str, reach: str, *, met: bool | None) -> dict[str, Any]:
        said = "" if met is None else "yes" if met else "no"
        return {
            "what": f"simulated day: {what}, {kind}",
            "floor": "",
            "ours": ours,
            "ratio": "",
            "reach": reach,
            "met": said,
            "rounds": rounds,
        }

    broken = sum(day.wrong.values())
    said = "; ".join(f"{name}: {number}" for name, number in day.wrong.items()) or "none"
    yield line(
        "promises broken", f"{said}. {day.bells:,} bells: {ends}; left conversations: {left}", "0", met=not broken
    )
    yield line(
        "load among equals",
        f"{busy.deviation:.1%} from the mean, {busy.within:.0%} of {busy.number} within 10%, worst {busy.worst:.0%};"
        f" bells {bells.deviation:.1%} ({bells.chance:.1%} by lot), conversations {talks.deviation:.1%}",
        "10%",
        met=busy.deviation <= 0.1,
    )
    yield line(
        "wait told and waited",
        f"off by {told.error:.0f} s of {told.mean:.0f} s (median {told.median:.0f} s, bias {told.bias:+.0f} s),"
        f" {told.twice:.0%} within twice; {told.number} told, {told.unknown} gone before",
        "measured",
        met=None,
    )


if __name__ == "__main__":
    alone("simulate", measure, visits=VISITS, seed=SEED)
