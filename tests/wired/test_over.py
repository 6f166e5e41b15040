"""A desk's socket ends with the session that opened it, also where that just runs out and nobody rings."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection as Base
from sqlalchemy import update

import access.do
import access.sessions
from access.tables import session
from contract.clock import now_ms
from contract.errors import Refused
from service.bell import Bell
from service.callers import ExpertCaller
from service.sockets.registry import Connection
from service.sockets.server import Sockets
from service.sockets.sessions import Sessions
from tests.asgi import served


class Lines(Sockets):
    """Whose end is noted; there is no wire."""

    def __init__(self) -> None:
        super().__init__({}, {})
        self.ended: list[Connection] = []

    async def drop(self, connection: Connection) -> None:
        self.ended.append(connection)
        self.registry.remove(connection.namespace, connection.sid)
        if connection.sid.startswith("broken"):
            raise ConnectionResetError


@pytest.fixture
async def house(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[Bell]:
    """The whole application, without a port."""
    async with served(fresh_database_url, tmp_path) as (_, bell):
        yield bell


async def sits_down(bell: Bell, lines: Lines, sid: str = "desk") -> Connection:
    """Somebody's desk, opened by a token."""

    def sign_in(conn: Base) -> ExpertCaller:
        account = access.do.create_account(
            conn, email=f"{uuid4().hex}@shop.example", name="Anna", password_hash="-", role="admin", now=now_ms(),
            sites=[],
        )  # fmt: skip
        token = access.sessions.open_session(conn, account.id, "token", now_ms())
        return ExpertCaller(account=account, language="en", session=access.sessions.session_of(token))

    caller = await bell.store.write(sign_in)
    connection = Connection(sid=f"{sid}-{uuid4().hex}", namespace="/expert", caller=caller)
    lines.registry.add(connection)
    return connection


async def runs_out(bell: Bell, *connections: Connection) -> None:
    """The time of these sessions is over."""
    hashes = [one.caller.session for one in connections if isinstance(one.caller, ExpertCaller)]
    over = update(session).where(session.c.token_hash.in_(hashes)).values(expires_at=now_ms() - 1)
    await bell.store.write(lambda conn: conn.execute(over).close())


async def test_who_stays_beyond_their_session_is_let_go_and_nobody_else(house: Bell):
    """Also where the line of one of them cannot be ended."""
    lines = Lines()
    stays, goes, breaks = [await sits_down(house, lines, sid) for sid in ("desk", "desk", "broken")]
    looking = Sessions(house, lines)
    await looking.look()
    assert lines.ended == []
    await runs_out(house, goes, breaks)
    await looking.look()
    assert {one.sid for one in lines.ended} == {goes.sid, breaks.sid}
    assert lines.registry.experts() == [stays]


async def test_a_base_that_is_away_lets_nobody_go_and_is_waited_for(house: Bell, monkeypatch: pytest.MonkeyPatch):
    """It is looked again, and again, until it is told to end."""
    lines, asked, read = Lines(), 0, house.store.read

    async def away(fn):
        nonlocal asked
        asked += 1
        if asked < 3:
            raise Refused("unavailable")
        return await read(fn)

    goes = await sits_down(house, lines)
    await runs_out(house, goes)
    monkeypatch.setattr(house.store, "read", away)
    looking = asyncio.create_task(Sessions(house, lines, every=0.01).run())
    async with asyncio.timeout(10):
        while not lines.ended:
            assert asked < 3 or lines.registry.experts() in ([goes], [])
            await asyncio.sleep(0.01)
    assert (lines.ended, asked >= 3) == ([goes], True)
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
    assert looking.cancelled()


async def test_the_application_looks_by_itself(
    fresh_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Nobody rings for it."""
    monkeypatch.setattr("service.sockets.sessions.LOOK_EVERY", 0.05)
    dropped, gone = list[Connection](), asyncio.Event()

    async def drop(_: Sockets, connection: Connection) -> None:
        dropped.append(connection)
        gone.set()

    monkeypatch.setattr(Sockets, "drop", drop)
    async with served(fresh_database_url, tmp_path) as (_, bell):
        lines = Lines()
        goes = await sits_down(bell, lines)
        bell.registry.add(goes)
        await asyncio.sleep(0.3)
        assert dropped == []
        await runs_out(bell, goes)
        async with asyncio.timeout(10):
            await gone.wait()
        bell.registry.remove("/expert", goes.sid)
    assert dropped[0] is goes
