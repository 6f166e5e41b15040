"""An administrator's file becomes a site's tree: read and packed beside the loop, replaced in one short transaction."""

import asyncio
import os
import sys

import msgspec
from sqlalchemy import Connection

import access.tree
from contract.errors import Refused
from contract.names import Ms, TreeKind
from contract.rest_tree import TreeImported
from service.flows.tree_job import Job, Outcome, do
from store.base import Store
from tracker.tree_entry import Refusals
from tracker.tree_import import Format
from tracker.tree_sitemap import GZIP

#: Imports of one process at a time: each takes some seconds and a few hundred megabytes at the largest.
_AT_ONCE = 2
#: How often a tree that was changed meanwhile is put together afresh.
_ATTEMPTS = 5
#: Smaller bodies are read sooner than a process starts; what is packed may be of any size.
_SMALL = 256 * 1024
_SECONDS = 300.0
_running: list[str] = []


async def import_tree(
    store: Store, site_id: str, body: bytes, now: Ms, *, format: Format | None = None, add: bool = False
) -> TreeImported:
    """Everything that `body` says, or nothing. `add`: beside what is there of its kind, instead of in its place.

    Raises Refusals for what is wrong with the body, Refused("too_large") for more than a site's tree may have,
    Refused("busy") while others import, Refused("not_found").
    """
    if len(_running) >= _AT_ONCE:
        raise Refused("busy", retry_after=5)
    _running.append(site_id)
    try:
        for _ in range(_ATTEMPTS):
            told = await _import(store, site_id, body, now, format, add)
            if told is not None:
                return told
        raise Refused("busy", retry_after=1)
    finally:
        _running.remove(site_id)


async def _import(
    store: Store, site_id: str, body: bytes, now: Ms, format: Format | None, add: bool
) -> TreeImported | None:
    """None if somebody else changed the tree in between."""

    def read(conn: Connection) -> tuple[int, dict[TreeKind, bytes]]:
        return access.tree.version_of(conn, site_id), access.tree.packed_of(conn, [site_id]).get(site_id, {})

    version, there = await store.read(read)
    job = Job(body=body, format=format, add=add, there=there)
    small = len(body) <= _SMALL and not body.startswith(GZIP)
    outcome = await (asyncio.to_thread(do, job) if small else _elsewhere(job))
    if outcome.faults:
        raise Refusals(outcome.faults, outcome.faulty)
    if outcome.too_large:
        raise Refused("too_large", f"{outcome.too_large}")

    def write(conn: Connection) -> bool:
        return access.tree.replace(conn, site_id, outcome.kind, outcome.kept, outcome.packed, now, expected=version)

    if not outcome.sitemaps and not await store.write(write):
        return None
    return TreeImported(
        kind=outcome.kind,
        read=outcome.read,
        kept=outcome.kept,
        repeated=outcome.repeated,
        left_out=outcome.left_out,
        by_depth=outcome.by_depth,
        sitemaps=outcome.sitemaps,
    )


async def _elsewhere(job: Job) -> Outcome:
    """The same in a process of its own, which ends with us. Refused("unavailable") if it dies, or takes too long."""
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "service.flows.tree_job",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    try:
        async with asyncio.timeout(_SECONDS):
            said, _ = await worker.communicate(msgspec.msgpack.encode(job))
        if worker.returncode != 0:
            raise Refused("unavailable")
        return msgspec.msgpack.decode(said, type=Outcome)
    except TimeoutError as error:
        raise Refused("unavailable") from error
    finally:
        if worker.returncode is None:
            worker.kill()
            await worker.wait()
