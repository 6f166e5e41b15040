"""A backtest beside the server: whose turn it is, and the process that does the work."""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Iterator

import msgspec

from contract.errors import Refused
from contract.names import Ms
from contract.rest_triggers import Backtest
from contract.triggers import Rule
from service.backtest.job import Job
from service.backtest.look import Gone

#: Backtests of one process at a time: each keeps a connection, a part of a core, and some hundred megabytes.
AT_ONCE = 1
#: Whoever was sent away is asked to come back after so many seconds, and has the next turn for twice as long.
AGAIN = 5
#: It is behind everybody else; on a machine that never rests it gives up.
_SECONDS = 300.0
_LOOK = 0.5


class Turns:
    """One turn for each account, `AT_ONCE` in all; nobody takes the next one from those who were sent away for them."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._running: set[str] = set()
        self._last = ""
        self._sent_away: dict[str, float] = {}

    @contextlib.contextmanager
    def of(self, account_id: str) -> Iterator[None]:
        """A turn. Refused("busy")."""
        now = time.monotonic()
        self._sent_away = {who: until for who, until in self._sent_away.items() if until > now}
        others = self._sent_away.keys() - {account_id}
        if len(self._running) >= self._at_once or account_id in self._running or (self._last == account_id and others):
            if account_id not in self._running and account_id != self._last:
                self._sent_away[account_id] = now + 2 * AGAIN
            raise Refused("busy", retry_after=AGAIN)
        self._sent_away.pop(account_id, None)
        self._running.add(account_id)
        self._last = account_id
        try:
            yield
        finally:
            self._running.remove(account_id)


async def backtest_beside(database_url: str, site_id: str, rule: Rule, *, days: int, now: Ms, gone: Gone) -> Backtest:
    """As `backtest`, in a process that ends with us. `gone` raises when nobody waits any more.

    Refused("unavailable") if the process dies, or takes too long.
    """
    job = Job(database_url=database_url, site=site_id, rule=rule, days=days, now=now, parent=os.getpid())
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "service.backtest.job",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    answer = asyncio.ensure_future(worker.communicate(msgspec.msgpack.encode(job)))
    try:
        async with asyncio.timeout(_SECONDS):
            while not (await asyncio.wait([answer], timeout=_LOOK))[0]:
                await gone()
        if worker.returncode != 0:
            raise Refused("unavailable")
        return msgspec.msgpack.decode(answer.result()[0], type=Backtest)
    except TimeoutError as error:
        raise Refused("unavailable") from error
    finally:
        if worker.returncode is None:
            worker.kill()
            await worker.wait()
        await asyncio.gather(answer, return_exceptions=True)
