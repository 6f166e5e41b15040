"""Somebody is called on their device: by whom, for what, and by whom not. Both sizes, a push service of ours."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from tests.push import Device, signed_by
from tests.receivers import Receiver, receiver, silence, status, until
from tests.running import People, Server, people_of, viewed, visitor_key
from tests.servers import Valkey
from tests.wired.test_outbox_crash import leases_end

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
DEEP = ("Garden", "Irrigation", "Drip systems")


@pytest.fixture(params=["embedded", "scaled-out"], scope="module")
def house(
    request: pytest.FixtureRequest, new_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("push")
    if request.param == "embedded":
        server = Server(folder, f"sqlite:///{folder / 'shopbell.sqlite3'}", SHOPBELL_WEBHOOKS_INSIDE="on")
    else:
        valkey: Valkey = request.getfixturevalue("valkey_server")
        server = Server(folder, new_database("postgres"), valkey.url(), SHOPBELL_WEBHOOKS_INSIDE="on")
    server.start()
    yield server
    server.kill()


@pytest.fixture
async def people(house: Server) -> AsyncIterator[People]:
    async with people_of(house) as crew:
        yield crew


async def ask(people: People, who: str, method: str, path: str, body: Any = None) -> Any:
    token = (await people.sign_in(who))["token"]
    headers = {"Authorization": f"Bearer {token}"}
    answer = await people.http.request(method, f"{people.server.other}{path}", json=body, headers=headers)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


async def switched_on(people: People, who: str, service: Receiver, device: Device, **more: Any) -> str:
    """(the key is asked for first, as a browser does)"""
    key = (await ask(people, who, "GET", "/api/push"))["key"]
    await ask(people, who, "POST", "/api/push", device.asks(service.url, **more))
    return str(key)


def read(service: Receiver, device: Device, kind: str) -> list[dict[str, Any]]:
    return [told for got in service.got if (told := device.reads(got))["kind"] == kind]


async def test_a_bell_at_a_desk_that_was_just_left_calls_its_person_once_without_a_visitors_word(people: People):
    async with receiver(status(201)) as service:
        device = Device()
        key = await switched_on(people, "anna", service, device)
        desk = await people.expert("anna")
        await asyncio.sleep(2.5)  # where there are several processes, each has said whom it hears
        here = people.browser()
        await here.go_deep(*DEEP)
        alert = await desk.alert(here)
        await asyncio.sleep(2)
        assert service.got == [], "whoever sits at the desk is not called"
        await desk.done("alert.decline", {"alert": alert["id"]})
        await desk.close()
        asked = people.browser()
        await asked.go_deep(*DEEP)
        await until(lambda: read(service, device, "bell"), "a call", 19)
        (told,) = read(service, device, "bell")
        assert told["title"] == "Somebody is waiting"
        assert "importance" in told["body"]
        assert told["to"].startswith("alert/")
        got = service.got[0]
        assert 0 < int(got.headers["ttl"]) <= 20, "no longer than its bell rings there"
        assert signed_by(got, key)["aud"] == service.url.removesuffix("/hook")
        # Nobody takes it: the notification says so in the same place, when the bell is over.
        await until(lambda: read(service, device, "missed"), "what became of it", 120)
        (missed,) = read(service, device, "missed")
        assert (missed["tag"], missed["to"]) == (told["tag"], told["to"])
        assert len(read(service, device, "bell")) == 1


async def test_ones_own_customer_calls_who_is_offline_only_if_they_want_it_and_the_ladder_goes_on(people: People):
    """Boris serves somebody and goes; they come back: Boris is called, if he said so, and nobody waits for him."""
    async with receiver(status(201)) as service, receiver(status(201)) as quiet:
        device, still = Device(), Device()
        desk = await people.expert("boris")
        guest = visitor_key()
        browser = people.browser(guest)
        await browser.go_deep("Workshop", "Hand tools", "Planes")
        raised = await desk.alert(browser)
        opened = await desk.done("alert.accept", {"alert": raised["id"]})
        said = {"conversation": opened["conversation"], "client_id": uuid.uuid4().hex, "text": "Good day"}
        await desk.done("message.send", said)
        await desk.done("conversation.close", {"conversation": opened["conversation"]})
        await switched_on(people, "boris", service, device, away=True, details=True)
        await switched_on(people, "clara", quiet, still)
        await desk.done("presence.set", {"status": "offline"})
        await desk.close()
        visitor = await people.visitor(guest)
        talk = (await visitor.done("chat.open"))["conversation"]
        await browser.collect(viewed("Workshop", url=browser.page))
        await visitor.done("message.send", {"conversation": talk, "client_id": "q", "text": "Which plane for oak?"})
        await until(lambda: read(service, device, "bell"), "a call", 25)
        told = read(service, device, "bell")[0]
        assert told["title"] == "A stranger"
        assert "Which plane for oak?" in told["body"]
        assert quiet.got == []


async def test_a_word_in_an_open_conversation_calls_and_kill_9_loses_and_doubles_nothing(house: Server, people: People):
    async with receiver(silence) as service:
        device = Device()
        await switched_on(people, "clara", service, device)
        desk = await people.expert("clara")
        guest = visitor_key()
        browser = people.browser(guest)
        await browser.go_deep("Kitchen", "Knives", "Chef's knives")
        opened = await desk.done("alert.accept", {"alert": (await desk.alert(browser))["id"]})
        await desk.close()
        visitor = await people.visitor(guest)
        await visitor.done("chat.open")
        said = {"conversation": opened["conversation"], "client_id": "w", "text": "Are you still there?"}
        await visitor.done("message.send", said)
        await until(lambda: read(service, device, "message"), "the first try, which gets no answer", 20)
        await asyncio.to_thread(house.kill)
        service.answer = status(201)
        await leases_end(house)
        await asyncio.to_thread(house.start, "serve")
        await until(
            lambda: len(read(service, device, "message")) == 2,
            "once more, now that the dead sender's lease is over",
            20,
        )
        await asyncio.sleep(3)
        calls = read(service, device, "message")
        assert {one["tag"] for one in calls} == {f"conversation:{opened['conversation']}"}
        assert len(calls) == 2, "once unheard, once answered; a bell of the test before may ring beside it"
        assert all("still there" not in str(one) for one in calls), "no visitor's word, unless somebody wants it"
