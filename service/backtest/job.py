"""The work of a backtest, in a process of its own: seconds of replaying that nobody's message waits behind.

`python -m service.backtest.job` reads one `Job` from its input, writes one `Backtest` to its output, and only reads the
base. Threads, or slices between other work, would not do: each message waited for several of them.
"""

import asyncio
import os
import sys

import msgspec
import structlog

import access.queries
from contract.errors import Refused
from contract.names import Ms
from contract.rest_triggers import Backtest
from contract.triggers import Rule
from service.backtest.run import backtest
from store.connect import open_reader

#: Behind everybody who waits for an answer.
_NICE = 19


class Job(msgspec.Struct, kw_only=True):
    """What is asked. `database_url` may hold a password, so it is no argument that others could list. `parent`: the
    process that waits for the answer."""

    database_url: str
    site: str
    rule: Rule
    days: int
    now: Ms
    parent: int


async def do(job: Job) -> Backtest:
    """Raises Refused: not_found (the site), unavailable. Ends when nobody waits any more."""
    store = open_reader(job.database_url)
    try:
        site = await store.read(lambda conn: access.queries.site_facts(conn, job.site))
        if site is None:
            raise Refused("not_found")

        async def gone() -> None:
            if os.getppid() != job.parent:
                raise SystemExit(1)

        return await backtest(store, site, job.rule, days=job.days, now=job.now, gone=gone)
    finally:
        await store.close()


def main() -> None:
    os.nice(_NICE)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # the output is the answer's
    job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job)
    sys.stdout.buffer.write(msgspec.msgpack.encode(asyncio.run(do(job))))


if __name__ == "__main__":
    main()
