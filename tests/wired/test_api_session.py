"""Signing in, staying signed in, signing out."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import update

from access.do import patch_account
from access.sessions import authenticate, open_session, session_of, token_hash
from access.tables import session
from contract.clock import DAY, SECOND, now_ms
from tests.asgi import ORIGIN, served
from tests.wired.api_house import PASSWORD, House, house


@pytest.fixture
async def here(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(fresh_database_url, tmp_path) as built:
        yield built


async def sign_in(here: House, password: str = PASSWORD, email: str = "", **headers: str):
    email = email or f"expert@{here.ours['key']}.example"
    return await here.client.post("/api/session", json={"email": email, "password": password}, headers=headers)


async def known(here: House, token: str, at: int):
    return await here.bell.store.read(lambda conn: authenticate(conn, token, at, tickets=True))


async def test_signing_in_gives_a_cookie_and_a_token_that_work_alike(here: House):
    answer = await sign_in(here, email=f"  Expert@{here.ours['key']}.EXAMPLE ")
    assert answer.status_code == 200
    said, token = answer.headers["set-cookie"], answer.json()["token"]
    assert said == f"__Host-shopbell={token}; Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000"
    for headers in ({"Authorization": f"Bearer {token}"}, {"Cookie": f"__Host-shopbell={token}"}):
        me = (await here.client.get("/api/session", headers=headers)).json()["me"]
        assert me == answer.json()["me"]
    assert me["role"] == "expert"
    assert me["topics"] == [{"path": ["Garden"], "level": 4}]


async def test_who_asks_who_is_here_gets_an_answer_with_or_without_anybody(here: House):
    """The page that does not know yet: nobody is no error; who is there is the same as by the session itself."""
    token = (await sign_in(here)).json()["token"]
    mine = {"Cookie": f"__Host-shopbell={token}"}
    nobody: tuple[dict[str, str], ...] = ({}, {"Cookie": "__Host-shopbell=x"}, {"Authorization": "Bearer x", **mine})
    for headers in nobody:
        answer = await here.client.get("/api/session/here", headers=headers)
        assert (answer.status_code, answer.json()) == (200, {"me": None})
    session_says = await here.client.get("/api/session", headers=mine)
    answer = await here.client.get("/api/session/here", headers=mine)
    assert (answer.status_code, answer.json()) == (200, session_says.json())


async def test_an_office_without_tls_gets_the_plain_cookie(here: House):
    answer = await here.client.post(
        "http://bell.office/api/session", json={"email": f"expert@{here.ours['key']}.example", "password": PASSWORD}
    )
    assert answer.headers["set-cookie"].startswith("shopbell=")
    assert "Secure" not in answer.headers["set-cookie"]


async def test_a_wrong_password_and_an_unknown_email_look_the_same(here: House):
    wrong, unknown = await sign_in(here, "wrong"), await sign_in(here, email="nobody@demo.example")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.content == unknown.content
    assert "set-cookie" not in wrong.headers


async def test_a_foreign_page_cannot_sign_its_visitor_in(here: House):
    assert (await sign_in(here, origin="https://evil.example")).status_code == 403
    assert (await sign_in(here, origin=ORIGIN)).status_code == 200


async def test_too_many_wrong_passwords_are_slowed_down(fresh_database_url: str, tmp_path: Path):
    async with house(fresh_database_url, tmp_path, RATE_LIMITS="on") as here:
        answers = [await sign_in(here, "wrong") for _ in range(17)]
        assert [answer.status_code for answer in answers[:15]] == [401] * 15
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["retry-after"]) >= 1


async def test_signing_in_again_in_one_browser_ends_what_was_there(here: House):
    first = (await sign_in(here)).json()["token"]
    second = (await sign_in(here, cookie=f"__Host-shopbell={first}")).json()["token"]
    assert await known(here, first, now_ms()) is None
    assert await known(here, second, now_ms()) is not None


async def test_the_base_holds_no_token(here: House):
    token = (await sign_in(here)).json()["token"]
    rows = await here.bell.store.read(lambda conn: list(conn.execute(session.select())))
    assert token not in repr(rows)
    assert token_hash(token) in repr(rows)


async def test_a_session_survives_a_restart(fresh_database_url: str, tmp_path: Path):
    async with house(fresh_database_url, tmp_path) as here:
        token = (await sign_in(here)).json()["token"]
    async with served(fresh_database_url, tmp_path) as (client, _):
        assert (await client.get("/api/session", headers={"Authorization": f"Bearer {token}"})).status_code == 200


async def test_signing_out_ends_this_session_and_the_tickets(here: House):
    token, other = (await sign_in(here)).json()["token"], (await sign_in(here)).json()["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    ticket = (await here.client.post("/api/session/socket", headers=bearer)).json()["token"]
    answer = await here.client.delete("/api/session", headers=bearer)
    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert await known(here, token, now_ms()) is None
    assert await known(here, ticket, now_ms()) is None
    assert await known(here, other, now_ms()) is not None


async def test_a_ticket_is_good_for_a_minute(here: House):
    ticket = (await here.ask("POST", "/api/session/socket", "expert")).json()
    assert ticket["seconds"] == 60
    assert await known(here, ticket["token"], now_ms() + 59 * SECOND) is not None
    assert await known(here, ticket["token"], now_ms() + 61 * SECOND) is None


@pytest.mark.parametrize("path", ["/api/session", "/api/session/here"])
@pytest.mark.parametrize(("kind", "renewed"), [("browser", True), ("token", False)])
async def test_a_browsers_session_slides_while_it_is_used(here: House, kind, renewed, path):
    account = here.ours["expert"]
    token = await here.bell.store.write(lambda conn: open_session(conn, account, kind, now_ms()))
    nearly = now_ms() + 2 * DAY
    await here.bell.store.write(
        lambda conn: (
            conn.execute(
                update(session).where(session.c.token_hash == token_hash(token)).values(expires_at=nearly)
            ).rowcount
        )
    )
    answer = await here.client.get(path, headers={"Cookie": f"__Host-shopbell={token}"})
    assert answer.status_code == 200
    assert ("set-cookie" in answer.headers) is renewed
    assert (await known(here, token, nearly + DAY) is not None) is renewed


async def test_an_expired_session_is_none(here: House):
    account = here.ours["expert"]
    token = await here.bell.store.write(lambda conn: open_session(conn, account, "token", now_ms(), lasts=-1))
    assert (await here.client.get("/api/session", headers={"Authorization": f"Bearer {token}"})).status_code == 401


@pytest.mark.parametrize("change", [{"active": False}, {"password_hash": "another"}])
async def test_the_end_of_an_account_or_a_new_password_signs_out_everywhere(here: House, change):
    account = here.ours["expert"]
    await here.bell.store.write(lambda conn: patch_account(conn, account, **change))
    assert (await here.ask("GET", "/api/session", "expert")).status_code == 401
    assert (await sign_in(here)).status_code == 401


async def test_an_authorization_header_counts_alone(here: House):
    headers = {"Authorization": "Bearer nonsense", "Cookie": f"__Host-shopbell={here.tokens['expert']}"}
    assert (await here.client.get("/api/session", headers=headers)).status_code == 401


async def test_a_ticket_opens_a_socket_and_nothing_else(here: House):
    ticket = (await here.ask("POST", "/api/session/socket", "expert")).json()["token"]
    for headers in ({"Authorization": f"Bearer {ticket}"}, {"Cookie": f"__Host-shopbell={ticket}"}):
        assert (await here.client.get("/api/session", headers=headers)).status_code == 401
        assert (await here.client.post("/api/session/socket", headers=headers)).status_code == 401


async def test_a_ticket_says_which_session_it_belongs_to_and_cannot_be_rewritten(here: House):
    ticket = (await here.ask("POST", "/api/session/socket", "expert")).json()["token"]
    assert session_of(ticket) == token_hash(here.tokens["expert"])
    other = token_hash(here.tokens["admin"])
    assert await known(here, f"{ticket.partition('.')[0]}.{other}", now_ms()) is None
