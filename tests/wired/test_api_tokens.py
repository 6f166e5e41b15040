"""API tokens: shown once, seen in use, worth nothing from the moment they are taken back."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from access.sessions import open_session, token_hash
from access.tables import session
from contract.clock import now_ms
from tests.wired.api_house import House, house


@pytest.fixture
async def here(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(fresh_database_url, tmp_path) as built:
        yield built


async def make(here: House, name: str = "Till", **more: Any) -> dict[str, Any]:
    answer = await here.ask("POST", "/api/tokens", json={"name": name, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def items(here: House) -> dict[str, dict[str, Any]]:
    found = (await here.ask("GET", "/api/tokens")).json()["items"]
    return {one["id"]: one for one in found}


async def asks(here: House, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return (await here.ask("GET", "/api/session", None, headers=headers)).status_code


async def test_a_token_is_shown_once_and_kept_as_a_hash(here: House):
    made = await make(here, days=7)
    assert await asks(here, made["token"]) == 200
    days = (datetime.fromisoformat(made["expires_at"]).timestamp() - now_ms() / 1000) / 86_400
    assert 6.9 < days < 7.01
    listed = (await here.ask("GET", "/api/tokens")).text
    assert made["token"] not in listed
    assert token_hash(made["token"]) not in listed
    rows = await here.bell.store.read(lambda conn: conn.execute(select(session)).all())
    assert made["token"] not in str(rows)


async def test_its_last_use_is_seen_and_costs_one_write_a_minute(here: House):
    made = await make(here)
    assert (await items(here))[made["id"]]["used_at"] is None
    assert await asks(here, made["token"]) == 200
    for _ in range(100):
        if (await items(here))[made["id"]]["used_at"] is not None:
            break
        await asyncio.sleep(0.02)
    first = (await items(here))[made["id"]]["used_at"]
    assert first is not None
    await here.bell.store.write(lambda conn: conn.execute(update(session).values(used_at=1)).close())
    for _ in range(5):
        assert await asks(here, made["token"]) == 200
    await asyncio.sleep(0.1)
    assert (await items(here))[made["id"]]["used_at"] == "1970-01-01T00:00:00.001Z"


async def test_a_token_that_is_taken_back_opens_nothing(here: House):
    made = await make(here)
    assert (await here.ask("DELETE", f"/api/tokens/{made['id']}")).status_code == 204
    assert await asks(here, made["token"]) == 401
    assert made["id"] not in await items(here)
    assert (await here.ask("DELETE", f"/api/tokens/{made['id']}")).status_code == 404


async def test_a_browsers_session_is_no_token_and_cannot_be_taken_back_here(here: House):
    cookie = await here.bell.store.write(lambda conn: open_session(conn, here.ours["admin"], "browser", now_ms()))
    hashed = token_hash(cookie)
    row = await here.bell.store.read(
        lambda conn: conn.execute(select(session).where(session.c.token_hash == hashed)).mappings().one()
    )
    assert row["id"] not in await items(here)
    assert (await here.ask("DELETE", f"/api/tokens/{row['id']}")).status_code == 404


async def test_whose_it_is_and_which_is_this_one_stand_beside_it(here: House):
    made = await make(here)
    found = await items(here)
    assert found[made["id"]]["account"] == {"id": here.ours["admin"], "name": "Admin"}
    (current,) = [one for one in found.values() if one["current"]]
    assert current["name"] == ""
    assert len({one["account"]["id"] for one in found.values()}) >= 3


@pytest.mark.parametrize(
    "body",
    [{}, {"name": ""}, {"name": "x", "days": 0}, {"name": "x", "days": 9999}, {"name": "a\nb"}, {"name": "a\x00b"}],
)
async def test_a_token_has_a_name_and_an_end(here: House, body: dict[str, Any]):
    assert (await here.ask("POST", "/api/tokens", json=body)).status_code == 422


async def test_an_account_has_a_hundred_tokens_with_names_at_most(here: House):
    answers = [(await here.ask("POST", "/api/tokens", json={"name": f"t{n}"})).status_code for n in range(100)]
    assert answers == [201] * 99 + [409]  # one was there
