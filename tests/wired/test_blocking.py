"""Who may not write to us: refused, silent, and still counted. Over the wire, in both sizes."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from contract.clock import from_rfc3339, now_ms
from contract.commands import VISITOR_COMMANDS
from tests.ears import Ears
from tests.running import Browser, People, Socket, viewed


async def api(people: People, method: str, path: str, name: str = "anna", **more: Any) -> httpx.Response:
    token = (await people.sign_in(name))["token"]
    return await people.http.request(
        method, f"{people.server.other}/api/blocks{path}", headers={"Authorization": f"Bearer {token}"}, **more
    )


async def block(people: People, visitor: str, **more: Any) -> dict[str, Any]:
    answer = await api(people, "POST", "", json={"visitor": visitor, "reason": "Insults", **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def talking(people: People, desk: Socket) -> tuple[Browser, Ears, str, str]:
    """A visitor with a page open and a conversation that this desk has; its id, and the visitor's."""
    guest = people.browser()
    await guest.collect(viewed("Garden", url=guest.page))
    line = await people.visitor(guest.key)
    talk = (await line.done("chat.open"))["conversation"]
    await desk.done("message.send", {"conversation": talk, "client_id": uuid4().hex, "text": "Hello"})
    brief = await desk.wait("conversation.changed", 10.0, conversation=lambda one: one["id"] == talk)
    return guest, line, talk, brief["conversation"]["visitor"]


async def refused_soon(line: Ears, command: str, data: dict[str, Any]) -> None:
    """Another process may take a second to learn of it."""
    for _ in range(40):
        answer = await line.call(command, data)
        if answer.get("error", {}).get("code") == "blocked":
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{command} was not refused: {answer}")


async def test_a_blocked_visitor_is_refused_everything_and_what_was_open_is_closed(people: People) -> None:
    """Every command, whatever stands in it; what the page reports is taken as before."""
    desk = await people.expert("anna")
    guest, line, talk, visitor = await talking(people, desk)
    made = await block(people, visitor)
    assert (made["visitor"], made["reason"], made["active"]) == (visitor, "Insults", True)
    assert made["by"]["name"].startswith("Anna")
    day = from_rfc3339(made["until"]) - now_ms()
    assert abs(day - 24 * 3600 * 1000) < 60_000
    await line.wait("conversation.closed", conversation=talk)
    await desk.wait("conversation.changed", conversation=lambda one: one["id"] == talk and one["state"] == "closed")
    await refused_soon(line, "chat.open", {})
    other = await people.visitor(guest.key)
    samples: dict[str, Any] = {
        "conversation": talk, "client_id": "2", "text": "x", "seq": 1, "offer": talk, "answer": "accept", "form": talk,
        "lines": [], "contact": {}, "card": talk, "callback": talk, "score": 1, "comment": "", "query": "x",
        "article": talk, "phone": "+49301234567", "when": "2030-01-01T10:00:00Z", "topic": [], "state": {},
    }  # fmt: skip
    for command in sorted(VISITOR_COMMANDS):
        assert await other.refused(command, samples) == "blocked", command
    assert (await guest.collect(viewed("Garden", url=guest.page))).is_success


async def test_nothing_of_a_blocked_visitor_rings_until_it_is_lifted(people: People) -> None:
    """However deep they go. Afterwards the next event rings: no occasion was spent."""
    desk = await people.expert("anna")
    guest, line, _, visitor = await talking(people, desk)
    made = await block(people, visitor, minutes=5)
    await guest.go_deep("Garden", "Watering", "Hoses")
    quiet = people.browser()
    await quiet.go_deep("Garden", "Watering", "Hoses")
    await desk.alert(quiet)
    assert desk.alerts(guest) == []
    for _ in range(2):
        assert (await api(people, "DELETE", f"/{made['id']}")).status_code == 204
    await guest.go_deep("Garden", "Watering", "Hoses")
    await desk.alert(guest)
    for _ in range(40):
        if (await line.call("chat.open")).get("ok"):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("still refused")


async def test_blocks_are_listed_replaced_and_ended(people: People) -> None:
    """One holds at a time; what is over is kept, and said only when it is asked for."""
    desk = await people.expert("anna")
    *_, visitor = await talking(people, desk)
    first, second = await block(people, visitor), await block(people, visitor, minutes=1, reason="Again")

    async def listed(every: str = "") -> list[str]:
        answer = await api(people, "GET", f"?visitor={visitor}{every}")
        return [one["id"] for one in answer.json()["items"]]

    assert await listed() == [second["id"]]
    assert await listed("&all=true") == [second["id"], first["id"]]
    assert (await api(people, "DELETE", f"/{second['id']}")).status_code == 204
    assert await listed() == []
    assert await listed("&all=true") == [second["id"], first["id"]]


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 422), ({"reason": ""}, 422), ({"reason": "a\nb"}, 422), ({"minutes": 0}, 422), ({"minutes": 10**9}, 422),
     ({"visitor": "00000000-0000-7000-8000-000000000000"}, 404), ({"visitor": "nonsense"}, 404)],
)  # fmt: skip
async def test_a_bad_block_is_refused(people: People, body: dict[str, Any], status: int) -> None:
    """A reason of one line, at most a year, a visitor of one's sites."""
    asked = {"visitor": "00000000-0000-7000-8000-000000000000", "reason": "Insults"} if body else {}
    assert (await api(people, "POST", "", json={**asked, **body})).status_code == status


async def test_marketers_block_nobody(people: People) -> None:
    """They read what happened; they do not talk."""
    assert (await api(people, "GET", "", "marketer")).status_code == 403
    assert (await api(people, "POST", "", "marketer", json={"visitor": "x", "reason": "y"})).status_code == 403


async def test_whoever_is_blocked_is_not_invited_either(people: People) -> None:
    """An invitation could not be answered."""
    desk = await people.expert("anna")
    guest, _, _, visitor = await talking(people, desk)
    await block(people, visitor)
    visits = (await people.api("anna", "/api/visits?live=true&limit=1000"))["items"]
    visit = next(one["id"] for one in visits if one["url"] == guest.page)
    assert await desk.refused("chat.invite", {"visit": visit, "text": "Hello again"}) == "blocked"
