"""The live list over the wire, in both sizes: what is told, and what is given to whoever asks, is the same."""

import asyncio
import time
from typing import Any

from tests.running import Browser, People, Socket, stayed, viewed
from tracker.queries import GONE


def known(desk: Socket, pages: set[str]) -> dict[str, Any]:
    """The visits of these pages as this desk has them after all that it was told, by page."""
    visits: dict[str, Any] = {}
    for name, data in desk.events:
        if name == "visit.changed":
            visit = data["visit"]
            visits[visit["id"]] = visit if visit["live"] and not visit["bot"] else None
        elif name == "visits.changed":
            visits |= {visit["id"]: visit for visit in data["visits"]} | dict.fromkeys(data["gone"])
    return {visit["url"]: visit for visit in visits.values() if visit and visit["url"] in pages}


async def until(true: Any, what: str, seconds: float = 5.0) -> float:
    """Seconds until it is true."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, f"{what}: not within {seconds} s"
        await asyncio.sleep(0.02)
    return time.monotonic() - began


async def live(people: People, pages: set[str], limit: int = 1000) -> list[str]:
    """The pages among `pages` on which somebody is, by the API, page by page."""
    found, cursor = [], ""
    while True:
        answer = await people.api("anna", f"/api/visits?live=true&limit={limit}{cursor}")
        found += [visit["url"] for visit in answer["items"] if visit["url"] in pages]
        if not answer["next"]:
            return found
        cursor = f"&cursor={answer['next']}"


async def test_who_leaves_is_told_as_leaving_and_then_as_gone(people: People) -> None:
    """Within ten seconds of the page's hiding, by the socket and by the list."""
    desk = await people.expert("anna", status="")
    guest = people.browser()
    page = viewed("Garden", url=guest.page)
    await guest.collect(page)
    came = await desk.wait("visit.changed", visit=lambda visit: visit["url"] == guest.page)
    assert came["visit"]["live"]
    await guest.collect(stayed(page["id"], 2_000, type="page.left"))
    left = time.monotonic()
    await desk.wait("visit.changed", visit=lambda visit: visit["url"] == guest.page and visit["left"] and visit["live"])
    assert await live(people, {guest.page}) == [guest.page]
    await until(lambda: not known(desk, {guest.page}), "the desk hears that they are gone", 10)
    assert GONE / 1000 - 1 < time.monotonic() - left < 10
    assert await live(people, {guest.page}) == []


async def test_a_page_turned_takes_back_that_the_one_before_was_left(people: People) -> None:
    """Nobody flickers out of the list on the way from one page to the next."""
    desk = await people.expert("anna", status="")
    guest = people.browser()
    page = viewed("Garden", url=guest.page)
    await guest.collect(page)
    await guest.collect(stayed(page["id"], 2_000, type="page.left"))
    await guest.collect(viewed("Garden", "Tools", url=guest.page, referrer=guest.page))
    told = await desk.wait("visit.changed", visit=lambda visit: visit["url"] == guest.page and visit["pages"] == 2)
    assert (told["visit"]["left"], told["visit"]["path"]) == (False, ["Garden", "Tools"])


async def test_a_crowd_is_told_in_few_frames_and_all_of_it(people: People) -> None:
    """A hundred people at once; the desk knows each of them, and the list gives them page by page."""
    desk = await people.expert("anna", status="")
    crowd: list[Browser] = [people.browser() for _ in range(100)]
    pages = {guest.page for guest in crowd}
    await asyncio.gather(*(guest.collect(viewed("Garden", url=guest.page)) for guest in crowd))
    await until(lambda: set(known(desk, pages)) == pages, "the desk knows everybody", 15)
    assert desk.heard("visits.changed"), "a crowd comes in one piece"
    assert len(desk.events) < len(crowd)
    found = await live(people, pages, limit=30)
    assert sorted(found) == sorted(pages)


async def test_a_bot_is_on_no_list_until_a_person_says_that_it_is_none(people: People) -> None:
    """By the socket, by the live list, and in the list of bots alone."""
    desk = await people.expert("anna", status="")
    guest = people.browser()
    await guest.collect(viewed("Garden", url=guest.page), **{"User-Agent": "curl/8.5.0"})
    bots = (await people.api("admin", "/api/visits?bots=only&limit=10"))["items"]
    (visit,) = [one for one in bots if one["url"] == guest.page]
    assert all(one["bot"] for one in bots)
    assert await live(people, {guest.page}) == []
    token = (await people.sign_in("admin"))["token"]
    said = await people.http.patch(
        f"{people.server.other}/api/visitors/{visit['visitor']}", json={"bot": False},
        headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    assert said.status_code == 200, said.text
    told = await desk.wait("visit.changed", visit=lambda visit: visit["url"] == guest.page)
    assert not told["visit"]["bot"]
    assert await live(people, {guest.page}) == [guest.page]
