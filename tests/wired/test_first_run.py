"""The first administrator: made by the code that the server says, and by nothing else."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from access.do import first_account
from access.passwords import hash_password
from access.queries import accounts, has_account
from access.tables import account
from contract.clock import now_ms
from service.bell import Bell
from service.first_run import invite
from tests.asgi import ORIGIN, served

CODE = re.compile(r"/console/#/setup/([A-Za-z0-9_-]+)")
Here = tuple[httpx.AsyncClient, Bell]


@pytest.fixture
async def here(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[Here]:
    async with served(fresh_database_url, tmp_path) as (client, bell):
        yield client, bell


async def started(bell: Bell) -> str:
    """What the server says on its start."""
    said: list[str] = []
    await invite(said.append)(bell)
    return "\n".join(said)


def code_of(said: str) -> str:
    found = CODE.search(said)
    assert found is not None, said
    return found[1]


async def try_with(client: httpx.AsyncClient, code: str, email: str = "olga@shop.example", **headers: str):
    body = {"code": code, "email": email, "name": "Olga", "password": "long enough"}
    return await client.post("/api/setup", json=body, headers={"Origin": ORIGIN, "X-CSRF": "1", **headers})


async def everybody(bell: Bell) -> list[str]:
    return [one.email for one in await bell.store.read(lambda conn: accounts(conn))]


async def test_the_code_makes_one_administrator_who_is_signed_in(here: Here):
    client, bell = here
    assert (await client.get("/api/setup")).json() == {"open": True}
    answer = await try_with(client, code_of(await started(bell)))
    assert answer.status_code == 201
    assert answer.json()["me"]["role"] == "admin"
    cookie = answer.headers["set-cookie"].partition(";")[0]
    assert cookie.startswith("__Host-shopbell=")
    assert (await client.get("/api/session", headers={"Cookie": cookie})).json()["me"]["email"] == "olga@shop.example"
    assert await everybody(bell) == ["olga@shop.example"]


async def test_after_the_first_account_there_is_no_such_thing_for_ever(here: Here):
    client, bell = here
    code = code_of(await started(bell))
    assert (await try_with(client, code)).status_code == 201
    for again in (code, "wrong", ""):
        answer = await try_with(client, again, "eve@shop.example")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await client.get("/api/setup")).json() == {"open": False}
    assert await started(bell) == "", "no other start says a code"
    await bell.store.write(lambda conn: conn.execute(update(account).values(active=False)))
    assert (await try_with(client, code, "eve@shop.example")).status_code == 404, "an account that ended counts"


async def test_only_the_code_of_the_last_start_is_good(here: Here):
    client, bell = here
    first, last = code_of(await started(bell)), code_of(await started(bell))
    for wrong in (first, last[:-1], last + "x", "", "код"):
        answer = await try_with(client, wrong)
        assert (answer.status_code, answer.json()["code"]) == (403, "setup_code"), wrong
    assert await everybody(bell) == []
    assert (await try_with(client, last)).status_code == 201


async def test_nothing_lets_in_where_no_code_was_made(here: Here):
    client, bell = here
    assert (await try_with(client, "")).status_code == 403
    assert await everybody(bell) == []


async def test_the_code_itself_is_not_kept(here: Here):
    _, bell = here
    code = code_of(await started(bell))
    file = bell.settings.data_dir / "setup_code"
    assert code not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0


async def test_a_refused_form_leaves_the_code_good(here: Here):
    client, bell = here
    code = code_of(await started(bell))
    assert (await try_with(client, code, "no address")).status_code == 422
    assert (await try_with(client, code)).status_code == 201


async def test_a_foreign_page_sets_nothing_up(here: Here):
    client, bell = here
    code = code_of(await started(bell))
    assert (await try_with(client, code, Origin="https://evil.example")).status_code == 403
    assert await everybody(bell) == []


async def test_of_many_at_once_one_is_first(here: Here):
    client, bell = here
    code = code_of(await started(bell))
    answers = await asyncio.gather(*(try_with(client, code, f"a{n}@shop.example") for n in range(8)))
    assert sorted(one.status_code for one in answers) == [201] + [404] * 7
    assert len(await everybody(bell)) == 1


async def test_guessing_is_slowed_down(fresh_database_url: str, tmp_path: Path):
    async with served(fresh_database_url, tmp_path, RATE_LIMITS="on") as (client, bell):
        await started(bell)
        codes = [(await try_with(client, f"guess{n}")).status_code for n in range(20)]
    assert codes == [403] * 15 + [429] * 5


async def test_an_account_made_by_the_command_closes_the_door(here: Here):
    client, bell = here
    code = code_of(await started(bell))
    hashed = await hash_password("long enough")
    await bell.store.write(
        lambda conn: first_account(
            conn, email="a@b.example", name="A", password_hash=hashed, languages=["en"], now=now_ms()
        )
    )
    assert await bell.store.read(has_account)
    assert (await try_with(client, code)).status_code == 404


async def test_a_site_begins_with_its_triggers_where_that_is_asked_for(here: Here):
    client, bell = here
    token = (await try_with(client, code_of(await started(bell)))).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    for key, names in (("with", ["back", "deep"]), ("without", [])):
        body = {"key": key, "name": key, "usual_triggers": key == "with"}
        assert (await client.post("/api/sites", json=body, headers=headers)).status_code == 201
        found = (await client.get("/api/triggers", params={"site": key}, headers=headers)).json()["items"]
        assert [one["name"] for one in found] == names


async def test_products_are_found_by_words_of_name_and_sku(here: Here):
    client, bell = here
    token = (await try_with(client, code_of(await started(bell)))).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    await client.post("/api/sites", json={"key": "shop", "name": "Shop"}, headers=headers)
    for sku, name in (
        ("SP-1", "Spade of steel"),
        ("SP-2", "Spade, 100%"),
        ("L-1", "Лопата"),
    ):
        body = {"site": "shop", "sku": sku, "name": name, "price": 1990}
        assert (await client.post("/api/products", json=body, headers=headers)).status_code == 201
    for words, found in (
        ("", ["SP-1", "SP-2", "L-1"]),
        ("spade", ["SP-1", "SP-2"]),
        ("STEEL sp-", ["SP-1"]),
        ("0%", ["SP-2"]),
        ("_", []),
        ("лопата", ["L-1"]),
    ):
        answer = await client.get("/api/products", params={"site": "shop", "q": words}, headers=headers)
        assert [one["sku"] for one in answer.json()["items"]] == found, words
