"""Waiting over the wire, on both sizes: all are busy, the visitor hears their place, somebody comes free, it rings."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.ears import Ears
from tests.running import People, Socket

pytestmark = pytest.mark.usefixtures("line")


@pytest.fixture
async def anna(people: People) -> AsyncIterator[Socket]:
    """The only one at work, with one place, which is taken."""
    await places(people, 1)
    try:
        anna = await people.expert("anna")
        first = people.browser()
        await first.go_deep("Garden", "Irrigation", "Drip systems")
        alert = await anna.alert(first)
        await anna.done("alert.accept", {"alert": alert["id"]})
        yield anna
    finally:
        await places(people, 4)


async def places(people: People, number: int) -> None:
    """Of Anna, as an administrator changes them."""
    headers = {"Authorization": f"Bearer {(await people.sign_in('admin'))['token']}"}
    url = f"{people.server.other}/api/experts"
    experts = (await people.http.get(url, headers=headers)).json()["items"]
    (id_,) = [one["id"] for one in experts if one["email"] == "anna@demo.example"]
    changed = await people.http.patch(f"{url}/{id_}", json={"capacity": number}, headers=headers)
    assert changed.json()["capacity"] == number


async def asks(people: People) -> tuple[Ears, str]:
    """Somebody who opens the chat on a page of the shop and writes."""
    browser = people.browser()
    await browser.go_deep("Garden", dwell=1_000)
    visitor = await people.visitor(browser.key)
    talk: str = (await visitor.done("chat.open"))["conversation"]
    await visitor.done("message.send", {"conversation": talk, "client_id": "q", "text": "Is anybody there?"})
    return visitor, talk


async def test_who_waits_hears_their_place_and_rings_whoever_comes_free(people: People, anna: Socket) -> None:
    """One after the other: the second one rings when the first was taken and there is a place again."""
    before = len((await people.api("anna", "/api/queue?site=demo"))["items"])  # left by another test
    first, first_talk = await asks(people)
    told = await first.wait("message.added", kind="event")
    assert (told["data"]["name"], told["data"]["position"]) == ("queue.waiting", before + 1)
    # Longer than anybody is kept waiting, or, where talks of today were short, the shortest time that is ever told.
    assert told["data"]["minutes"] in (None, 5)
    second, second_talk = await asks(people)
    assert (await second.wait("message.added", kind="event"))["data"]["position"] == before + 2

    waiting = (await people.api("anna", "/api/queue?site=demo"))["items"][before:]
    assert [one["position"] for one in waiting] == [before + 1, before + 2]
    assert all(one["asked"] and one["estimate"] > 0 for one in waiting)

    desk = await people.api("anna", "/api/desk")
    (talking,) = [one["id"] for one in desk["conversations"] if one["expert"] and one["state"] == "open"]
    await anna.done("conversation.close", {"conversation": talking})
    rung = await anna.wait("alert.raised", reason="asked", id=waiting[0]["alert"])
    await asyncio.sleep(1.5)
    assert waiting[1]["alert"] not in {one["id"] for one in anna.heard("alert.raised")}
    await anna.done("alert.decline", {"alert": rung["id"]})
    await anna.wait("alert.raised", reason="asked", id=waiting[1]["alert"])
    accepted = await anna.done("alert.accept", {"alert": waiting[1]["alert"]})
    assert accepted["conversation"] == second_talk
    assert first_talk != second_talk
    await anna.done("conversation.close", {"conversation": second_talk})
