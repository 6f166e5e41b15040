"""The visitor's cookie, set by our answer: taken back when the page has lost its key, and good for nothing else."""

import uuid
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import httpx
import pytest

from access.do import patch_site
from contract.clock import now_ms
from tests.wired.api_house import House, house
from tests.wired.test_identify import AGENT, Shop, new_key

PAGE, BELL = "https://www.shop.example", "bell.shop.example"


class Browser:
    """A browser that keeps cookies of our host as browsers do: Secure ones, sent to /collect alone."""

    def __init__(self, house: House) -> None:
        self.house, self.key = house, house.ours["key"]
        self.jar = ""

    async def post(self, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
        usual = {"Origin": PAGE, "Host": BELL, "Content-Type": "text/plain", "User-Agent": AGENT}
        if self.jar and path == "/collect":
            usual["Cookie"] = self.jar
        answer = await self.house.client.post(path, json=body, headers=usual | headers)
        for name, morsel in SimpleCookie(answer.headers.get("set-cookie", "")).items():
            self.jar = f"{name}={morsel.value}" if morsel["max-age"] != "0" else ""
        return answer

    async def view(self, key: str, *, first_party: bool = True, page: str = "a", **headers: str) -> httpx.Response:
        event = {"id": str(uuid.uuid4()), "type": "page.viewed", "url": f"{PAGE}/{page}", "path": [page]}
        body = {"site": self.key, "visitor": key, "events": [event], "first_party": first_party}
        return await self.post("/collect", body, **headers)


@pytest.fixture
async def here(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(fresh_database_url, tmp_path) as built:
        changes = {"origins": [PAGE, "https://other.example", "http://localhost:8000"]}
        await built.bell.store.write(lambda conn: patch_site(conn, built.ours["site"], changes, now_ms()))
        built.bell.sites.forget()
        yield built


async def visitors(here: House) -> int:
    overview = await here.ask("GET", "/api/reports/overview", params={"site": here.ours["key"]})
    return int(overview.json()["visitors"]) - 1  # the house has one


async def test_our_answer_sets_the_cookie_for_the_sites_own_domain(here: House):
    """With everything that a browser wants to be told, and an answer that the page may read."""
    key, browser = new_key(), Browser(here)
    answer = await browser.view(key)
    assert answer.status_code == 204
    name = f"shopbell_v_{here.ours['key']}"
    assert answer.headers["set-cookie"] == (
        f"{name}={key}; Domain=shop.example; Path=/collect; Max-Age=34560000; HttpOnly; Secure; SameSite=Lax"
    )
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert answer.headers["access-control-allow-credentials"] == "true"


async def test_the_cookie_is_renewed_with_each_visit_not_with_each_page(here: House):
    key, browser = new_key(), Browser(here)
    assert "set-cookie" in (await browser.view(key)).headers
    for page in "bc":
        answer = await browser.view(key, page=page)
        assert "set-cookie" not in answer.headers
        assert answer.headers["access-control-allow-credentials"] == "true"


async def test_a_page_that_has_lost_its_key_takes_it_back(here: House):
    """Script storage was wiped: the event is the old visitor's, and the answer says under which key to go on."""
    key, browser = new_key(), Browser(here)
    await browser.view(key)
    for _ in range(2):  # also when the first answer did not arrive
        answer = await browser.view(new_key())
        assert answer.status_code == 200
        assert answer.json()["visitor"] == key
    assert await visitors(here) == 1
    visits = (await here.ask("GET", "/api/visits", params={"site": here.ours["key"], "live": "true"})).json()["items"]
    assert max(one["pages"] for one in visits) == 3


async def test_the_key_of_a_newcomer_stands_against_the_old_cookie(here: House):
    """Somebody else signed in: the page sends their key, the cookie is still the first one's, and follows."""
    browser, shop = Browser(here), Shop(here)
    shop.origin = PAGE
    key = new_key()
    await browser.view(key)
    await shop.identify(key, "u1", name="Ada")
    bens = (await shop.identify(key, "u2", name="Ben")).json()["visitor"]
    answer = await browser.view(bens)
    assert "visitor" not in (answer.json() if answer.content else {})
    assert f"={bens};" in answer.headers["set-cookie"]
    assert (await browser.view(new_key())).json()["visitor"] == bens


NOT_TAKEN = {"": "empty", "x" * 32: "no key", "A" * 32: "capitals", "0" * 33: "too long", "0" * 31: "too short"}


async def test_a_cookie_that_is_no_key_is_as_none(here: House):
    for value in NOT_TAKEN:
        browser, key = Browser(here), new_key()
        browser.jar = f"shopbell_v_{here.ours['key']}={value}"
        answer = await browser.view(key)
        assert answer.status_code == 204
        assert f"={key};" in answer.headers["set-cookie"]


async def test_nothing_of_it_without_being_asked_for(here: House):
    """No flag: no cookie is set or read, and nothing may be read with credentials."""
    browser, key = Browser(here), new_key()
    browser.jar = f"shopbell_v_{here.ours['key']}={new_key()}"
    answer = await browser.view(key, first_party=False)
    assert answer.status_code == 204
    assert "set-cookie" not in answer.headers
    assert "access-control-allow-credentials" not in answer.headers


async def test_no_cookie_where_page_and_bell_share_no_domain(here: House):
    """Another domain, an address, localhost: the events are taken all the same."""
    for origin, host in (
        ("https://other.example", BELL), (PAGE, "127.0.0.1:8000"), ("http://localhost:8000", "localhost:8000"),
        (PAGE, "bell.evil.example"), (PAGE, ""),
    ):  # fmt: skip
        answer = await Browser(here).view(new_key(), Origin=origin, Host=host)
        assert answer.status_code == 204
        assert "set-cookie" not in answer.headers
        assert answer.headers["access-control-allow-credentials"] == "true"


async def test_a_foreign_page_gets_nothing(here: House):
    """Not the cookie, not the right to read."""
    answer = await Browser(here).view(new_key(), Origin="https://evil.shop.example")
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert "access-control-allow-credentials" not in answer.headers


async def test_a_refusal_can_be_read_by_a_page_that_sent_its_cookie(here: House):
    """Or the snippet would take a 422 for a dead server, and send the same for ever."""
    browser = Browser(here)
    for body, status in (({"site": browser.key}, 422), ({"site": "nowhere", "visitor": new_key(), "events": []}, 422)):
        answer = await browser.post("/collect", body)
        assert (answer.status_code, answer.headers["access-control-allow-credentials"]) == (status, "true")


async def test_the_cookie_opens_nothing(here: House):
    """No other route takes it or lets itself be read with it."""
    browser, key = Browser(here), new_key()
    await browser.view(key)
    cookies = {"Cookie": browser.jar, "Origin": PAGE, "Content-Type": "text/plain"}
    for path in ("/visitor/wait", "/visitor/identify", "/visitor/forget", "/api/session", "/api/visits"):
        answer = await here.client.post(path, json={}, headers=cookies)
        assert answer.status_code in (401, 405, 415, 422), path
        assert "access-control-allow-credentials" not in answer.headers, path


async def test_who_says_no_loses_the_cookie(here: House):
    """The page cannot take away what it cannot see: we do."""
    browser, key = Browser(here), new_key()
    await browser.view(key)
    assert browser.jar
    answer = await browser.post("/visitor/forget", {"site": browser.key, "visitor": key})
    assert answer.status_code == 204
    assert "Domain=shop.example; Path=/collect; Max-Age=0" in answer.headers["set-cookie"]
    assert browser.jar == ""
    assert (await browser.view(new_key())).status_code == 204
