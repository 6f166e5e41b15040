"""Somebody leaves in the middle: their visitors, their colleagues and they themselves are told, on both sizes."""

import asyncio
import time
import uuid
from typing import Any

import pytest
from websockets.asyncio.client import connect

from routing.tables import expert
from tests.ears import Ears
from tests.running import PASSWORD, People
from tests.wired.test_sockets import Raw, socket_url
from tests.wired.test_timers import move, until

DRIP = ("Garden", "Irrigation", "Drip systems")


async def talking(people: People, desk: Any) -> tuple[Ears, str]:
    """A visitor in a conversation that this desk has taken."""
    browser = people.browser()
    await browser.go_deep(*DRIP)
    bell = await desk.alert(browser)
    conversation = (await desk.done("alert.accept", {"alert": bell["id"]}))["conversation"]
    visitor = await people.visitor(browser.key)
    await visitor.done("chat.open")
    return visitor, conversation


async def left_words(people: People, name: str) -> str:
    """What the visitor reads."""
    return f"{(await people.sign_in(name))['me']['name']} had to leave. We are looking for a colleague."


@pytest.mark.usefixtures("line")
async def test_the_visitor_and_all_desks_see_at_once_that_somebody_left(people: People):
    """Offline by act: a line for the visitor, a bell and the conversation for a colleague; it is Anna's no longer."""
    anna, boris = await people.expert("anna"), await people.expert("boris")
    visitor, conversation = await talking(people, anna)
    await anna.done("presence.set", {"status": "offline"})
    await visitor.wait("message.added", 1.0, text=await left_words(people, "anna"))
    bell = await boris.wait("alert.raised", 2.0, reason="asked")
    for desk in (anna, boris):
        await until(
            lambda desk=desk: any(  # type: ignore[misc]
                seen["conversation"]["id"] == conversation and seen["conversation"]["expert"] is None
                for seen in desk.heard("conversation.changed")
            ),
            1,
        )
    assert (await boris.done("alert.accept", {"alert": bell["id"]}))["conversation"] == conversation
    name = (await people.sign_in("boris"))["me"]["name"]
    await visitor.wait("expert.joined", 2.0, conversation=conversation, name=name)


async def test_colleagues_see_the_reason(people: People):
    """With the status, at once, and in the list."""
    anna = await people.expert("anna")
    boris = await people.expert("boris")
    me = (await people.sign_in("boris"))["me"]["id"]
    await boris.done("presence.set", {"status": "away", "reason": "lunch"})
    await anna.wait("presence.changed", 1.0, expert=me, status="away", reason="lunch")
    listed = {one["id"]: one for one in (await people.api("anna", "/api/desk"))["experts"]}[me]
    assert (listed["status"], listed["status_reason"]) == ("away", "lunch")
    await boris.done("presence.set", {"status": "online"})
    await anna.wait("presence.changed", 1.0, expert=me, status="online", reason="")


async def test_a_dismissed_expert_is_disconnected_and_a_changed_one_comes_back_as_who_they_are(people: People):
    """Sockets end with the account, and with what the account may see."""
    token = (await people.sign_in("admin"))["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    email = f"{uuid.uuid4().hex}@demo.example"
    body = {"email": email, "name": "New", "password": PASSWORD, "sites": ["demo"]}
    made = (await people.http.post(f"{people.server.other}/api/experts", json=body, headers=bearer)).json()
    url = f"{people.server.other}/api/experts/{made['id']}"
    signed = await people.http.post(f"{people.server.other}/api/session", json={"email": email, "password": PASSWORD})
    auth = {"token": signed.json()["token"]}
    for change in (
        lambda: people.http.patch(url, json={"name": "Newer"}, headers=bearer),
        lambda: people.http.delete(url, headers=bearer),
    ):
        async with connect(socket_url(people.server)) as socket:
            raw = Raw(socket)
            assert (await raw.join("/expert", auth)).startswith("40/expert,")
            assert (await raw.answer('42/expert,7["presence.set",{"status":"online"}]'))["ok"] is True
            assert (await change()).is_success
            while not (await raw.read()).startswith("41/expert"):
                pass
    async with connect(socket_url(people.server)) as socket:
        assert (await Raw(socket).join("/expert", auth)).startswith("44/expert,")


@pytest.mark.parametrize("server", ["embedded"], indirect=True)  # the other size: test_two_processes
@pytest.mark.timeout(150)
async def test_a_lost_line_is_handed_on_after_a_minute_by_a_server_that_was_up_for_one(people: People):
    """Whose socket is there is never lost, whatever the base says of their lease; who was lost is told on return."""
    anna = await people.expert("anna")
    visitor, conversation = await talking(people, anna)
    me = (await people.sign_in("anna"))["me"]["id"]
    await move(people.server, expert, me, lease_until=-61_000)
    deadline = time.monotonic() + 8
    while time.monotonic() < deadline:
        await visitor.done("typing", {"conversation": conversation})
        assert await left_words(people, "anna") not in [one["text"] for one in visitor.heard("message.added")]
        await asyncio.sleep(1)
    await anna.close()
    await move(people.server, expert, me, lease_until=-61_000)
    await visitor.wait("message.added", 75.0, text=await left_words(people, "anna"))
    assert (await people.api("anna", "/api/desk"))["me"]["handed_on"] == 1
    anna = await people.expert("anna")
    assert (await people.api("anna", "/api/desk"))["me"]["handed_on"] == 0, "they said that they are back"
