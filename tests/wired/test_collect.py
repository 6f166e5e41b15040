"""Every refusal of `POST /collect`, and what a 2xx promises."""

import json
import sqlite3
import uuid
from typing import Any

import httpx
import pytest

from tests.running import AGENT, People, stayed, viewed, visitor_key


def body(**changes: Any) -> bytes:
    """Of one visitor: the names of tests are the same in every process that runs some of them."""
    made: dict[str, Any] = {"site": "demo", "visitor": "5ea1" * 8, "events": [viewed("Garden")], **changes}
    return json.dumps(made).encode()


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b" " * 70_000, {}, 413, "too_large"),
        (body(), {"Content-Type": "application/xml"}, 415, "unsupported_type"),
        (body(), {"Content-Encoding": "gzip"}, 415, "unsupported_type"),
        (b"{", {}, 400, "malformed"),
        (b"", {}, 400, "malformed"),
        (b"\xff\xfe", {}, 400, "malformed"),
        (b"[" * 60_000, {}, (400, 422), None),
        (b'{"site": "demo", "visitor": "\\ud800", "events": []}', {}, 400, "malformed"),
        (b"[]", {}, (400, 422), None),
        (body(visitor="short"), {}, 422, "invalid"),
        (body(visitor="G" * 32), {}, 422, "invalid"),
        (body(visitor=["0" * 32]), {}, 422, "invalid"),
        (body(events=[]), {}, 422, "invalid"),
        (body(events=[{"id": "x", "type": "page.exploded"}]), {}, 422, "invalid"),
        (body(events=[{**viewed(), "age": float("nan")}]), {}, (400, 422), None),
        (body(events=[{**viewed(), "url": {"$ne": ""}}]), {}, 422, "invalid"),
        (body(site="nobody"), {}, 403, "unknown_site"),
        (body(), {"Origin": "https://evil.example"}, 403, "foreign_origin"),
        (body(), {"Origin": "null"}, 403, "foreign_origin"),
        (body(), {"Origin": "http://localhost.evil.example"}, 403, "foreign_origin"),
    ],
)  # fmt: skip
async def test_a_body_that_cannot_be_taken_is_refused_with_a_code_and_a_sentence(
    people: People, content: bytes, headers: dict[str, str], status: int | tuple[int, ...], code: str | None
) -> None:
    """In the contract's order: size, type, JSON and shape, site and origin."""
    answer = await people.http.post(
        f"{people.server.other}/collect", content=content, headers={"Content-Type": "text/plain", **headers}
    )
    assert answer.status_code in (status if isinstance(status, tuple) else (status,)), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert code is None or answer.json()["code"] == code


async def test_a_refusal_speaks_the_visitors_language(people: People) -> None:
    """Russian where the browser asks for it."""
    answer = await people.http.post(
        f"{people.server.other}/collect", content=b"{", headers={"Content-Type": "text/plain", "Accept-Language": "ru"}
    )
    assert "JSON" in answer.json()["detail"]
    assert "Это" in answer.json()["detail"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_other_methods_are_told_so(people: People, method: str) -> None:
    """405, never a page."""
    assert (await people.http.request(method, f"{people.server.other}/collect")).status_code == 405


async def test_a_page_of_the_site_may_read_the_answer_and_sends_no_credentials(people: People) -> None:
    """CORS: the exact origin, never with credentials; a JSON body passes its preflight."""
    preflight = await people.http.options(f"{people.server.other}/collect", headers={"Origin": people.server.url})
    answer = await people.browser().collect(viewed())
    for headers in (preflight.headers, answer.headers):
        assert headers["access-control-allow-origin"] == people.server.url
        assert "access-control-allow-credentials" not in headers


async def overview(people: People, **query: str) -> dict[str, Any]:
    found: dict[str, Any] = await people.api(
        "marketer", str(httpx.URL("/api/reports/overview", params={"site": "demo", **query}))
    )
    return found


async def test_an_event_counts_at_once_and_only_once(people: People) -> None:
    """204 means committed: the overview shows it with the next request; the same id again changes nothing."""
    before = await overview(people)
    browser, view = people.browser(), viewed("Garden", "Roses")
    assert (await browser.collect(view)).status_code == 204
    assert (await browser.collect({**view, "age": 5000})).is_success
    assert (await browser.collect(view, view)).is_success
    after = await overview(people)
    assert (after["page_views"] - before["page_views"], after["visits"] - before["visits"]) == (1, 1)
    assert after["by_depth"]["2"] - before["by_depth"].get("2", 0) == 1


@pytest.mark.parametrize(
    "event",
    [
        {**viewed(), "id": "not-a-uuid"},
        {**viewed(), "age": -1},
        {**viewed(), "age": 8 * 24 * 3600 * 1000},
        {**viewed(), "url": "javascript:alert(1)"},
        {**stayed(str(uuid.uuid4()), -5)},
        {**stayed(str(uuid.uuid4()), 10**12)},
        {**stayed("no page", 5)},
        {"id": str(uuid.uuid4()), "type": "custom", "name": "", "props": {}},
        {"id": str(uuid.uuid4()), "type": "custom", "name": "x", "props": {"deep": [[[[[[[[[1]]]]]]]]]}},
    ],
    ids=["id", "negative age", "too old", "script", "negative dwell", "dwell of years", "page", "name", "deep props"],
)  # fmt: skip
async def test_a_single_bad_event_is_rejected_with_its_reason_and_harms_no_other(
    people: People, event: dict[str, Any]
) -> None:
    """200 names the rejected; its neighbour in the same body is stored."""
    before = await overview(people)
    answer = await people.browser().collect(viewed("Garden"), event)
    assert answer.status_code == 200
    assert [one["id"] for one in answer.json()["rejected"]] == [event["id"]]
    assert answer.json()["rejected"][0]["reason"]
    assert (await overview(people))["page_views"] - before["page_views"] == 1


async def test_hostile_text_is_stored_as_text(people: People) -> None:
    """NUL and control characters become U+FFFD; markup, braces and formulas stay what they are."""
    title = "<img src=x onerror=alert(1)>{{7*7}}=cmd|'\x00\x07 \u202e"
    anna = await people.expert("anna")
    browser = people.browser()
    assert (await browser.collect(viewed("Garden", "<b>x</b>\x00", title=title, url=browser.page))).is_success
    changed = await anna.wait("visit.changed", visit=lambda visit: visit["url"] == browser.page)
    assert changed["visit"]["title"] == title.replace("\x00", "\ufffd").replace("\x07", "\ufffd")
    assert changed["visit"]["path"] == ["Garden", "<b>x</b>\ufffd"]


async def test_a_bot_is_stored_and_never_rings(people: People) -> None:
    """One by its own User-Agent; it counts only where bots are asked for."""
    anna = await people.expert("anna")
    before, with_bots = await overview(people), await overview(people, bots="true")
    browser = people.browser()
    view = viewed("Garden", "Irrigation", "Drip systems", url=browser.page)
    agent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    await browser.collect(view, stayed(view["id"], 60_000), **{"User-Agent": agent})
    assert (await overview(people))["page_views"] == before["page_views"]
    assert (await overview(people, bots="true"))["page_views"] == with_bots["page_views"] + 1
    assert not anna.alerts(browser)


async def test_the_past_rings_no_bell_and_a_trusted_server_is_told_what_became_of_it(people: People) -> None:
    """POST /api/events: token or nothing, any past time, idempotent."""
    anna, page = await people.expert("anna"), "http://localhost:8000/the-past"
    view = viewed("Garden", "Irrigation", "Drip systems", url=page, at="2020-02-29T12:00:00Z", user_agent=AGENT)
    stay = {**stayed(view["id"], 60_000), "at": "2020-02-29T12:01:00Z", "user_agent": AGENT}
    made = {"site": "demo", "visitor": visitor_key(), "events": [view, stay]}
    url = f"{people.server.other}/api/events"
    assert (await people.http.post(url, json=made)).status_code == 401
    token = (await people.sign_in("admin"))["token"]
    headers = {"Authorization": f"Bearer {token}"}
    first = (await people.http.post(url, json=made, headers=headers)).json()
    second = (await people.http.post(url, json=made, headers=headers)).json()
    assert (first["stored"], first["duplicates"], first["rejected"]) == (2, 0, [])
    assert (second["stored"], second["duplicates"]) == (0, 2)
    day = await overview(people, **{"from": "2020-02-29", "to": "2020-02-29"})
    assert (day["page_views"], day["visits"]) == (1, 1)
    assert page not in [alert["visit"]["url"] for alert in anna.heard("alert.raised")]


async def test_what_was_acknowledged_is_there_after_kill_9(people: People) -> None:
    """The process dies right after the answer: the event is in the base, and the same server serves on."""
    before = await overview(people)
    browsers = [people.browser() for _ in range(20)]
    for browser in browsers:
        assert (await browser.collect(viewed("Garden"))).status_code == 204
    people.server.kill()
    if not people.server.environment["SHOPBELL_DATABASE_URL"]:
        base = sqlite3.connect(people.server.data_dir / "shopbell.sqlite3")
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        base.close()
    people.server.start()
    assert (await overview(people))["page_views"] - before["page_views"] == 20


async def test_who_looks_says_who_it_is_not_the_browser_that_closes_the_page(people: People) -> None:
    """Some browsers send the farewell of a page under another name; that makes nobody a bot."""
    anna, browser = await people.expert("anna"), people.browser()
    view = viewed("Garden", "Irrigation", "Drip systems", url=browser.page)
    await browser.collect(view)
    farewell = stayed(view["id"], 20_000, type="page.left")
    await browser.collect(farewell, **{"User-Agent": AGENT.replace("Chrome", "HeadlessChrome")})
    await anna.alert(browser)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("path", ["/api/nothing", "/api/", "/api/visits/", "/api/sites/1/2/3"])
async def test_what_the_api_does_not_have_is_a_problem_not_a_page_of_the_shop(
    people: People, method: str, path: str
) -> None:
    """A program that mistypes an address reads JSON, with the code of a missing thing."""
    answer = await people.http.request(method, people.server.other + path)
    assert answer.status_code in (401, 404, 405)
    assert answer.headers["content-type"] == "application/problem+json"
