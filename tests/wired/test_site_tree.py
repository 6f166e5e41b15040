"""A site's tree between processes: seen within two seconds, and two who add at once lose nothing."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import access.tree
from access.sites import FRESH_SECONDS, Sites
from contract.clock import now_ms
from contract.errors import Refused
from contract.tree import NO_TREE, TreeRules
from service.flows.tree import import_tree
from tests.wired.api_house import House, house, missing


@pytest.fixture
async def here(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(fresh_database_url, tmp_path) as built:
        yield built


class Clock:
    """A monotonic clock that stands still until it is moved."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_another_process_sees_a_change_after_two_seconds(here: House):
    """Rules and tree alike; what did not change is not read again, and an empty tree is none."""
    clock = Clock()
    elsewhere, site = Sites(here.bell.store, clock), here.ours["site"]
    before = await elsewhere.by_id(site)
    assert before is not None
    assert before.tree is NO_TREE
    await import_tree(here.bell.store, site, b"/a,A", now_ms())
    await here.bell.store.write(lambda conn: access.tree.set_rules(conn, site, TreeRules(ids="drop")))
    clock.now += FRESH_SECONDS - 0.1
    assert await elsewhere.by_id(site) is before
    clock.now += 0.1
    after = await elsewhere.by_id(site)
    assert after is not None
    assert (dict(after.tree.pages), after.rules.ids) == ({"/a": ("A",)}, "drop")
    clock.now += FRESH_SECONDS
    again = await elsewhere.by_id(site)
    assert again is not None
    assert again is not after
    assert again.tree is after.tree
    assert again.rules is after.rules
    await here.bell.store.write(lambda conn: access.tree.clear(conn, site))
    clock.now += FRESH_SECONDS
    cleared = await elsewhere.by_id(site)
    assert cleared is not None
    assert cleared.tree is NO_TREE


async def test_nobody_waits_for_a_large_tree(here: House):
    """Until it is unpacked the old one holds; whoever changed it waits for it."""
    clock = Clock()
    elsewhere, site = Sites(here.bell.store, clock), here.ours["site"]
    assert await elsewhere.by_id(site) is not None
    body = "".join(f"/{uuid.uuid4()},{uuid.uuid4()}\n" for _ in range(4_000)).encode()
    assert (await import_tree(here.bell.store, site, body, now_ms())).kept == 4_000
    clock.now += FRESH_SECONDS
    at_once = await elsewhere.by_id(site)
    assert at_once is not None
    assert at_once.tree is NO_TREE
    await elsewhere.settle()
    settled = await elsewhere.by_id(site)
    assert settled is not None
    assert len(settled.tree.pages) == 4_000
    new = Sites(here.bell.store, clock)
    first = await new.by_id(site)
    assert first is not None
    assert len(first.tree.pages) == 4_000, "a process that begins has it before it answers"


async def test_two_who_add_at_once_lose_nothing(here: House):
    """The one who was overtaken puts the tree together afresh."""
    site = here.ours["site"]
    bodies = [f"/{number},A".encode() for number in range(2)]
    await asyncio.gather(*(import_tree(here.bell.store, site, body, now_ms(), add=True) for body in bodies))
    here.bell.sites.forget()
    found = await here.bell.sites.by_id(site)
    assert found is not None
    assert set(found.tree.pages) == {"/0", "/1"}


async def test_a_third_import_at_once_is_told_to_come_back(here: House):
    """Imports take memory; the others are not harmed."""
    site = here.ours["site"]
    told = await asyncio.gather(
        *(import_tree(here.bell.store, site, f"/{number},A".encode(), now_ms(), add=True) for number in range(3)),
        return_exceptions=True,
    )
    refused = [one for one in told if isinstance(one, Refused)]
    assert [one.code for one in refused] == ["busy"]
    with pytest.raises(Refused, match="not_found"):
        await import_tree(here.bell.store, missing(), b"/a,A", now_ms())
