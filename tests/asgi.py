"""The application in this process, without a port: its lifespan runs, and requests go straight in."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from service.app import build
from service.bell import Bell
from service.settings import read_settings

ORIGIN = "http://localhost:8000"


@contextlib.asynccontextmanager
async def living(app: ASGIApp) -> AsyncIterator[tuple[ASGIApp, dict[str, Any]]]:
    """(the app with its state in every scope, that state) between start and stop."""
    state: dict[str, Any] = {}
    said: asyncio.Queue[Any] = asyncio.Queue()
    heard: asyncio.Queue[Any] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": state}
    task = asyncio.ensure_future(app(scope, said.get, heard.put))
    await said.put({"type": "lifespan.startup"})
    answer = await heard.get()
    assert answer["type"] == "lifespan.startup.complete", answer

    async def with_state(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "state": dict(state)}, receive, send)

    try:
        yield with_state, state
    finally:
        await said.put({"type": "lifespan.shutdown"})
        await task


@contextlib.asynccontextmanager
async def served(database_url: str, data_dir: Path, **settings: str) -> AsyncIterator[tuple[httpx.AsyncClient, Bell]]:
    """A client of the whole application on this database, and what the application is made of."""
    environment = {"SHOPBELL_RATE_LIMITS": "off"} | {f"SHOPBELL_{name}": value for name, value in settings.items()}
    app = build(read_settings(environment, database_url=database_url, data_dir=str(data_dir)))
    async with living(app) as (alive, state):
        transport = httpx.ASGITransport(alive, client=("192.0.2.7", 40_000))
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            yield client, state["bell"]
