"""One person with two devices, and two people with one: at the desk, on both sizes."""

import time
import uuid
from typing import Any

import jwt
import pytest

from tests.running import Browser, People, viewed


async def secret(people: People) -> str:
    [site] = (await people.api("admin", "/api/sites"))["items"]
    found: str = (await people.api("admin", f"/api/sites/{site['id']}/secret"))["secret"]
    return found


async def sign_in(people: People, browser: Browser, user: str, name: str) -> dict[str, Any] | None:
    """The shop says who sits at this browser; None is a 204."""
    claims = {"sub": user, "name": name, "exp": int(time.time()) + 300}
    token = jwt.encode(claims, await secret(people), algorithm="HS256")
    answer = await people.http.post(
        f"{browser.server.other}/visitor/identify",
        json={"site": "demo", "visitor": browser.key, "token": token},
        headers={"Origin": browser.server.url, "Content-Type": "text/plain"},
    )
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


async def test_their_expert_is_found_from_either_device(people: People):
    """Anna served her on the telephone; on the computer she walks into Boris's topic, and it is Anna's bell that rings,
    with everything that happened on both."""
    anna, boris = await people.expert("anna"), await people.expert("boris")
    user, phone, desk = uuid.uuid4().hex, people.browser(), people.browser()
    topics = [one["path"] for one in (await people.sign_in("anna"))["me"]["topics"]]
    await phone.go_deep(*topics[0], "A", "B", "C")
    bell = await anna.alert(phone)
    talk = (await anna.done("alert.accept", {"alert": bell["id"]}))["conversation"]
    await sign_in(people, phone, user, "Ada")
    await sign_in(people, desk, user, "Ada")
    await anna.done("conversation.close", {"conversation": talk})

    others = [one["path"] for one in (await people.sign_in("boris"))["me"]["topics"]]
    await desk.go_deep(*others[0], "A", "B", "C")
    bell = await anna.alert(desk)
    assert (bell["rung"], bell["customer"]["name"]) == ("last", "Ada")
    assert boris.alerts(desk) == []
    items = (await people.api("anna", f"/api/customers/{bell['customer']['id']}/timeline"))["items"]
    kinds = [item["kind"] for item in items]
    assert {item["data"]["url"] for item in items if item["kind"] == "visit"} == {phone.page, desk.page}
    assert "conversation" in kinds
    of_visit = (await people.api("anna", f"/api/visits/{bell['visit']['id']}/timeline"))["items"]
    assert [item["id"] for item in of_visit] == [item["id"] for item in items]


@pytest.mark.usefixtures("line")
async def test_the_second_person_at_a_computer_sees_nothing_of_the_first(people: People):
    """Conversation, messages, cards, timeline: a key of their own opens none of it, and the frame's secret neither."""
    anna = await people.expert("anna")
    first = people.browser()
    topic = (await people.sign_in("anna"))["me"]["topics"][0]["path"]
    await first.go_deep(*topic, "A", "B", "C")
    await sign_in(people, first, uuid.uuid4().hex, "Ada")
    bell = await anna.alert(first)
    talk = (await anna.done("alert.accept", {"alert": bell["id"]}))["conversation"]
    socket = await people.visitor(first.key)
    await socket.done("chat.open")
    await socket.done("message.send", {"conversation": talk, "client_id": "1", "text": "my secret wish"})
    await anna.done("info.push", {"conversation": talk, "title": "For Ada", "text": "only hers"})

    given = await sign_in(people, first, uuid.uuid4().hex, "Ben")
    assert given is not None
    second = people.browser(given["visitor"])
    second.page = first.page + "-second"
    await second.collect(viewed(url=second.page))
    other = await people.visitor(second.key)
    opened = await other.done("chat.open")
    assert opened["conversation"] != talk
    assert opened["messages"] == []
    for command, data in (
        ("messages.after", {"conversation": talk, "seq": 0}),
        ("message.send", {"conversation": talk, "client_id": "2", "text": "hello"}),
        ("message.read", {"conversation": talk, "seq": 1}),
    ):
        assert await other.refused(command, data) == "not_found"
    assert [name for name, _ in other.events if name in ("info.shown", "message.added", "chat.invited")] == []
    visits = (await people.api("anna", "/api/visits?live=true"))["items"]
    [bens] = [one for one in visits if one["url"] == second.page]
    assert bens["customer"]["name"] == "Ben"
    history = str(await people.api("anna", f"/api/visits/{bens['id']}/timeline"))
    assert first.page + "'" not in history
    assert talk not in history
    assert "my secret wish" not in history


async def test_the_desk_learns_at_once_who_has_signed_in(people: People):
    """A stranger's line gets its name while one looks at it."""
    anna, browser = await people.expert("anna"), people.browser()
    await browser.collect(viewed("Garden", url=browser.page))
    await sign_in(people, browser, uuid.uuid4().hex, "Ada Lovelace")

    def hers(visit: dict[str, Any]) -> bool:
        return visit["url"] == browser.page and (visit["customer"] or {}).get("name") == "Ada Lovelace"

    await anna.wait("visit.changed", 3, visit=hers)
