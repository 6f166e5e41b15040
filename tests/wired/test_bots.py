"""Programs from `/collect` to the desk, on both sizes: stored, marked, never a bell; and a person's word on it."""

import asyncio
from typing import Any

import httpx

from tests.running import AGENT, Browser, People, viewed
from tests.unit.agents import BROWSERS

DRIP = ("Garden", "Irrigation", "Drip systems")
HEADLESS = AGENT.replace("Chrome/", "HeadlessChrome/")


async def visits(people: People, browser: Browser, **asked: str) -> list[dict[str, Any]]:
    """The visits of this browser as the API lists them, found by their address."""
    token = (await people.sign_in("admin"))["token"]
    answer = await people.http.get(
        f"{people.server.other}/api/visits",
        params={"site": "demo", "limit": "1000", **asked},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200, answer.text
    return [one for one in answer.json()["items"] if one["url"] == browser.page]


async def say(people: People, visitor: str, bot: bool, who: str = "anna") -> httpx.Response:
    token = (await people.sign_in(who))["token"]
    return await people.http.patch(
        f"{people.server.other}/api/visitors/{visitor}",
        json={"bot": bot},
        headers={"Authorization": f"Bearer {token}"},
    )


async def deep(browser: Browser, agent: str) -> None:
    """All that rings the bell, under this agent."""
    page = viewed(*DRIP, url=browser.page)
    await browser.collect(page, **{"User-Agent": agent})
    stayed = {"id": page["id"][:-4] + "0000", "type": "page.stayed", "age": 0, "page": page["id"], "dwell": 15_000}
    assert (await browser.collect(stayed, **{"User-Agent": agent})).is_success


async def test_an_ordinary_browser_is_no_program_and_a_headless_one_is(people: People) -> None:
    """The same visit twice: one rings, the other is stored, marked, and nobody hears of it."""
    anna = await people.expert("anna")
    program, person = people.browser(), people.browser()
    await deep(program, HEADLESS)
    await deep(person, AGENT)
    await anna.alert(person)
    await asyncio.sleep(0.5)
    assert not anna.alerts(program)
    (marked,) = await visits(people, program, bots="true")
    assert (marked["bot"], marked["pages"], marked["device"]["kind"]) == (True, 1, "bot")
    assert await visits(people, program) == []
    assert await visits(people, program, live="true") == []
    (ordinary,) = await visits(people, person, live="true")
    assert not ordinary["bot"]
    assert ordinary["device"] == {"kind": "pc", "browser": "Chrome 141", "os": "Linux", "touch": False}


async def test_every_visit_says_what_device_it_came_with(people: People) -> None:
    """From its agent; none is unknown, and no program."""
    for agent, kind in (
        (BROWSERS["Safari on iPhone"], "mobile"),
        (BROWSERS["Safari on iPad"], "tablet"),
        (BROWSERS["within Facebook"], "mobile"),
        ("", "unknown"),
    ):
        browser = people.browser()
        assert (await browser.collect(viewed("Garden", url=browser.page), **{"User-Agent": agent})).is_success
        (one,) = await visits(people, browser)
        assert (one["device"]["kind"], one["bot"]) == (kind, False)
        assert one["device"]["touch"] is (kind != "unknown")


async def test_a_person_may_say_that_it_is_none_and_that_is_remembered(people: People) -> None:
    """Its visits count again, the next event of the same agent does not mark it, and the bell rings."""
    anna = await people.expert("anna")
    browser = people.browser()
    await deep(browser, HEADLESS)
    (marked,) = await visits(people, browser, bots="true")
    answer = await say(people, marked["visitor"], False)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["bot"], answer.json()["said"]) == (False, False)
    (unmarked,) = await visits(people, browser)
    assert (unmarked["bot"], unmarked["device"]["kind"]) == (False, "pc")
    await deep(browser, HEADLESS)
    await anna.alert(browser)
    (still,) = await visits(people, browser, live="true")
    assert (still["bot"], still["pages"]) == (False, 2)


async def test_and_that_it_is_one_and_take_it_back(people: People) -> None:
    """What looks like a browser and is none: no bell any more, until somebody says otherwise."""
    anna = await people.expert("anna")
    browser = people.browser()
    await browser.collect(viewed("Garden", url=browser.page))
    (visit,) = await visits(people, browser)
    assert (await say(people, visit["visitor"], True)).json()["bot"] is True
    await deep(browser, AGENT)
    await asyncio.sleep(0.5)
    assert not anna.alerts(browser)
    assert await visits(people, browser) == []
    (marked,) = await visits(people, browser, bots="true")
    assert (marked["bot"], marked["pages"]) == (True, 2)
    assert (await say(people, visit["visitor"], False, "marketer")).json()["said"] is False
    await deep(browser, AGENT)
    await anna.alert(browser)


async def test_only_a_clear_word_is_taken(people: People) -> None:
    """Neither nothing nor a number; and a visitor that does not exist is missing."""
    browser = people.browser()
    await browser.collect(viewed("Garden", url=browser.page))
    (visit,) = await visits(people, browser)
    token = (await people.sign_in("anna"))["token"]
    for body in ({}, {"bot": None}, {"bot": 1}, {"bot": "false"}):
        answer = await people.http.patch(
            f"{people.server.other}/api/visitors/{visit['visitor']}", json=body,
            headers={"Authorization": f"Bearer {token}"},
        )  # fmt: skip
        assert answer.status_code == 422, (body, answer.text)
    assert (await say(people, "01a201b9-d81b-7770-9f9d-3c2c2a89fce9", True)).status_code == 404
