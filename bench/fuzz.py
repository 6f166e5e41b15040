"""A hundred thousand requests as no snippet sends them, against a running server, on both sizes of it.

`tests/fuzzing.py` bends bodies, bytes and headers of /collect, /visitor/wait (the snippet's and the frame's),
/visitor/command, /visitor/identify and /api/events, from a seed. Counted: answers of 500 and above but 503, tracebacks
in the server's log, requests that nobody answered although their frame was whole. Memory: resident size after the first
fifth and at the end. Alone with its options: `python -m bench.fuzz --cases 20000 --seed 7 --size postgres`.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from access.tables import site, site_secret
from bench.alone import alone
from bench.machines import SIZES, databases, demo, resident
from store.connect import open_store
from tests.asking import Asking
from tests.fuzzing import Fuzzer, Sent, send_all
from tests.running import PASSWORD, Server

CASES = 100_000
SEED = 1
#: Resident size at the end may be so much of what it was after the first fifth.
GROWTH = 1.5


async def fuzzer(server: Server, seed: int) -> Fuzzer:
    """With an administrator's token, the site's own secret and visitors who talk, so that the doors stand open."""
    async with httpx.AsyncClient() as http:
        said = {"email": "admin@demo.example", "password": PASSWORD}
        token = (await http.post(f"{server.other}/api/session", json=said)).json()["token"]
    store = open_store(server.environment["SHOPBELL_DATABASE_URL"] or f"sqlite:///{server.data_dir}/shopbell.sqlite3")
    try:
        mine = select(site_secret.c.secret).join(site).where(site.c.key == "demo")
        secret = await store.read(lambda conn: conn.execute(mine).scalars().first())
    finally:
        await store.close()
    made = Fuzzer(seed, server.url, token, secret or "")
    for key in made.talks:
        frame = Asking(server.other, key)
        talk = made.talks[key] = (await frame.done("chat.open"))["conversation"]
        await frame.done("message.send", {"conversation": talk, "client_id": key, "text": "Hello"})
        await frame.close()
    return made


def measure(
    folder: Path, cases: int = CASES, seed: int = SEED, sizes: tuple[str, ...] = SIZES
) -> Iterator[dict[str, Any]]:
    """A figure per size."""
    for kind in sizes:
        with databases(kind) as (url,), demo(kind, folder / kind, url) as (running, server):
            began = time.monotonic()
            made = asyncio.run(fuzzer(server, seed))
            first = asyncio.run(send_all(server.port, made.cases(cases // 5)))
            warm = resident(running.pid)
            rest = asyncio.run(send_all(server.port, made.cases(cases - cases // 5)))
            yield summary(kind, [first, rest], server, (warm, resident(running.pid)), time.monotonic() - began)


def summary(kind: str, sent: list[Sent], server: Server, sizes: tuple[float, float], seconds: float) -> dict[str, Any]:
    statuses = sum((one.statuses for one in sent), start=type(sent[0].statuses)())
    wrong = [case for one in sent for case in one.wrong]
    silent = [case for one in sent for case in one.without_words]
    tracebacks = server.said().count("Traceback")
    for status, case in wrong[:10]:
        print(f"{status}: {case.raw[:3_000]!r}", file=sys.stderr)
    for case in silent[:10]:
        print(f"no answer: {case.raw[:3_000]!r}", file=sys.stderr)
    bad = len(wrong) + tracebacks + len(silent)
    grown = sizes[1] / sizes[0]
    answers = ", ".join(f"{status or 'none'}: {count}" for status, count in sorted(statuses.items()))
    return {
        "what": f"Fuzzed requests: 5xx but 503, tracebacks, no answer, {kind}",
        "floor": f"{sum(statuses.values())} requests in {seconds:.0f} s ({answers})",
        "ours": f"{len(wrong)}, {tracebacks}, {len(silent)}; memory {sizes[0]:.0f} -> {sizes[1]:.0f} MB",
        "ratio": f"{grown:.2f}",
        "reach": f"0, 0, 0; memory {GROWTH}x",
        "met": "yes" if not bad and grown <= GROWTH else "no",
        "rounds": "1",
    }


if __name__ == "__main__":
    alone("fuzz", measure, cases=CASES, seed=SEED)
