"""The snippet's wait: a few of one visitor at once, so many of one network; one machine does not shut others out."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection

import access.do
import access.queries
import tracker.do
from contract.clock import now_ms
from service.bell import Bell
from service.limits import WAITS, Limits
from service.visitor.waiting import PAGES
from tests.asgi import served
from tracker.visitor import key_hash

Door = tuple[httpx.AsyncClient, Bell]


@pytest.fixture
async def door(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[Door]:
    """The whole application, without a port, with a shop."""
    async with served(fresh_database_url, tmp_path) as (client, bell):
        await bell.store.write(lambda conn: access.do.create_site(conn, key="shop", name="Shop", now=now_ms()))
        yield client, bell


async def known(bell: Bell) -> str:
    """The key of a visitor of whom something was collected."""
    key = uuid.uuid4().hex

    def make(conn: Connection) -> None:
        site = access.queries.site_by_key(conn, "shop")
        assert site is not None
        tracker.do.ensure_visitor(conn, site.id, key_hash(key), now_ms())

    await bell.store.write(make)
    return key


def snippet_waits(client: httpx.AsyncClient, key: str) -> "asyncio.Task[httpx.Response]":
    return asyncio.create_task(client.post("/visitor/wait", json={"site": "shop", "visitor": key}))


async def stop(tasks: list[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_of_too_many_pages_of_one_visitor_the_one_that_waits_longest_is_answered(door: Door):
    """With nothing; the others wait on, and another visitor's too."""
    client, bell = door
    mine, theirs = await known(bell), await known(bell)
    other = snippet_waits(client, theirs)
    calls = []
    for _ in range(PAGES + 2):
        calls.append(snippet_waits(client, mine))
        await asyncio.sleep(0.1)
    for early in calls[:2]:
        assert (await asyncio.wait_for(early, 2)).status_code == 204
    await asyncio.sleep(0.2)
    assert not any(call.done() for call in (other, *calls[2:]))
    await stop([other, *calls])


async def test_one_network_takes_its_own_room_alone(door: Door):
    """Snippets and frames together; one more is told when to come again; who hangs up makes room; others are free."""
    client, bell = door
    bell.limits = Limits(clock=lambda: 0.0)
    key = await known(bell)
    bearer = {"Authorization": f"Bearer {await known(bell)}"}
    waiting = [bell.limits.waiting("192.0.2.7") for _ in range(WAITS - 2)]
    for place in waiting:
        place.__enter__()
    ask = {"site": "shop", "frame": "a", "patience": 24}
    frame = asyncio.create_task(client.post("/visitor/wait", json=ask, headers=bearer))
    snippet = snippet_waits(client, key)
    await asyncio.sleep(0.5)
    assert not frame.done()
    assert not snippet.done()
    for late in (
        await client.post("/visitor/wait", json={"site": "shop", "visitor": key}),
        await client.post("/visitor/wait", json=ask | {"frame": "b"}, headers=bearer),
    ):
        assert (late.status_code, late.headers["retry-after"]) == (429, "30")
        assert late.json()["code"] == "rate_limited"
    assert not frame.done(), "whoever is refused ends nobody's call"
    transport = httpx.ASGITransport(client._transport.app, client=("198.51.100.1", 40_000))  # type: ignore[attr-defined]
    async with httpx.AsyncClient(transport=transport, base_url=client.base_url) as elsewhere:
        fine = await elsewhere.post("/visitor/wait", json=ask | {"frame": "c", "patience": 0}, headers=bearer)
        assert fine.status_code == 200
    waiting.pop().__exit__(None, None, None)
    fine = await client.post("/visitor/wait", json=ask | {"frame": "b", "patience": 0}, headers=bearer)
    assert fine.status_code == 200
    await stop([frame, snippet])
