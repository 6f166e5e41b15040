"""Webhooks from the happening to the receiver: what is told, how it is signed, what becomes of what fails."""

import asyncio
import hashlib
import hmac
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import Connection, select, update

import access.webhooks
import service.flows.announce
from access.tables import webhook as hooks
from chat.tables import conversation
from contract.clock import now_ms
from contract.names import WebhookEvent
from service import outbox
from service.outgoing.client import Client
from service.outgoing.pace import FAILED_FOR
from service.outgoing.sender import LANE, Outgoing
from service.sockets.registry import Registry
from service.timers import Timers
from store.base import Store
from store.bus import LocalBus
from store.tables import outbox as table
from tests.receivers import Receiver, mail_server, receiver, silence, status, until
from tests.wired.api_house import House, house
from tests.wired.counter import ANN, Shop

EVERYTHING: list[WebhookEvent] = [
    "conversation.opened", "conversation.closed", "message.added", "order.placed", "callback.requested",
    "callback.updated", "conversation.rated",
]  # fmt: skip
SECRET = re.compile(r"secret|hash|password|token|frame", re.IGNORECASE)


@pytest.fixture
async def shop(fresh_database_url: str) -> AsyncIterator[Shop]:
    opened = await Shop.open(fresh_database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def here(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(fresh_database_url, tmp_path, WEBHOOKS_INSIDE="on") as built:
        yield built


async def listen(
    store: Store, site: str, url: str = "http://x.example/", events: list[WebhookEvent] = EVERYTHING
) -> str:
    made = await store.write(lambda conn: access.webhooks.make_webhook(conn, site, url, events, now_ms()))
    service.flows.announce.forget(site)
    return str(made["id"])


async def told(store: Store) -> list[tuple[str, dict[str, Any]]]:
    """(event, data) of all that stands in the outbox, in the order in which it was put there."""
    rows = await store.read(lambda conn: conn.execute(select(table).order_by(table.c.id)).mappings().all())
    return [(row["event"], msgspec.json.decode(row["payload"])["data"]) for row in rows]


async def add(here: House, there: Receiver, *events: str, **more: Any) -> dict[str, Any]:
    body = {"site": here.ours["key"], "url": there.url, "events": list(events or EVERYTHING), **more}
    answer = await here.ask("POST", "/api/webhooks", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def happen(here: House, count: int = 1, event: WebhookEvent = "order.placed", **data: Any) -> None:
    for n in range(count):
        await here.bell.store.write(
            lambda conn, n=n: service.flows.announce.announce(conn, here.ours["site"], event, {"n": n, **data})  # type: ignore[misc]
        )


# --- what is told -----------------------------------------------------------------------------------------------------


async def test_a_conversation_is_told_from_its_first_word_to_its_end(shop: Shop):
    await listen(shop.store, shop.site.id)
    visitor, anna = await shop.visitor(frame="f" * 64), await shop.expert()
    talk = await shop.open_chat(visitor)
    await shop.say(visitor, "chat.open")
    await shop.say(visitor, "message.send", conversation=talk, client_id="1", text="Which spade?")
    await shop.say(visitor, "message.send", conversation=talk, client_id="1", text="Which spade?")
    await shop.say(anna, "message.send", conversation=talk, client_id="2", text="This one.")
    await shop.say(anna, "info.push", conversation=talk, title="Spades", url="https://shop.example/spades")
    await shop.say(anna, "conversation.close", conversation=talk)
    await shop.say(anna, "conversation.close", conversation=talk)
    found = await told(shop.store)
    assert [event for event, _ in found] == [
        "conversation.opened", "message.added", "message.added", "message.added", "conversation.closed",
    ]  # fmt: skip
    assert {data["conversation"] for _, data in found} == {talk}
    assert [(data["author"]["kind"], data["text"]) for event, data in found if event == "message.added"] == [
        ("visitor", "Which spade?"), ("expert", "This one."), ("expert", "Spades"),
    ]  # fmt: skip
    assert found[-1][1]["closed_by"] == anna.account.id
    assert found[-1][1]["visitor"] == visitor.visitor


async def test_an_order_is_told_with_our_price_and_not_with_its_address(shop: Shop):
    await listen(shop.store, shop.site.id)
    visitor, anna = await shop.visitor(), await shop.expert()
    talk = await shop.open_chat(visitor, anna)
    await shop.say(anna, "order_form.push", conversation=talk, products=shop.products[:1])
    (form,) = [m["data"]["form"] for m in await shop.messages(visitor, talk) if m["kind"] == "order_form"]
    lines = [{"product": shop.products[0], "quantity": 2, "price": 1}]
    ordered = await shop.say(visitor, "order.submit", form=form, client_id="o", lines=lines, contact=ANN)
    await shop.say(visitor, "order.submit", form=form, client_id="o", lines=lines, contact=ANN)
    ((_, order),) = [one for one in await told(shop.store) if one[0] == "order.placed"]
    assert (order["order"], order["total"]) == (ordered["order"], {"amount": 2198, "currency": "EUR"})
    assert (order["conversation"], order["expert"]) == (talk, anna.account.id)
    assert not [part for part in (*ANN.values(), "@") if part and part in str(order)]


async def test_an_invitation_opens_and_a_conversation_that_had_to_end_for_it_closes(shop: Shop):
    await listen(shop.store, shop.site.id)
    visitor, anna = await shop.visitor(frame="f" * 64), await shop.expert()
    visit, old = await shop.visit(visitor), await shop.open_chat(visitor)
    long_ago = {"visitor_at": 0, "opened_at": 0}
    await shop.store.write(lambda conn: conn.execute(update(conversation).values(**long_ago)).close())
    new = (await shop.say(anna, "chat.invite", visit=visit, text="May I help?"))["conversation"]
    found = [(event, data["conversation"]) for event, data in await told(shop.store)]
    assert found == [
        ("conversation.opened", old), ("conversation.closed", old), ("conversation.opened", new),
        ("message.added", new),
    ]  # fmt: skip


async def test_a_place_that_is_freed_by_itself_is_told(shop: Shop):
    await listen(shop.store, shop.site.id, events=["conversation.closed"])
    visitor, anna = await shop.visitor(), await shop.expert()
    talk = (await shop.say(anna, "chat.invite", visit=await shop.visit(visitor)))["conversation"]
    await shop.store.write(lambda conn: conn.execute(update(conversation).values(due_at=1)).close())
    await Timers(shop.store, LocalBus(), Registry())._free_places()
    ((event, data),) = await told(shop.store)
    assert (event, data["conversation"], data["closed_by"]) == ("conversation.closed", talk, None)


async def test_nothing_of_a_secret_is_ever_told(shop: Shop):
    await listen(shop.store, shop.site.id)
    frame = "f" * 64
    visitor, anna = await shop.visitor(frame=frame), await shop.expert()
    talk = await shop.open_chat(visitor, anna)
    await shop.say(anna, "order_form.push", conversation=talk, products=shop.products[:1])
    await shop.say(anna, "conversation.close", conversation=talk)
    found = await told(shop.store)

    def names(value: Any) -> set[str]:
        if isinstance(value, dict):
            return {*value, *(name for each in value.values() for name in names(each))}
        return {name for each in value for name in names(each)} if isinstance(value, list) else set()

    assert len(found) > 3
    assert not [name for _, data in found for name in names(data) if SECRET.search(name)]
    assert frame not in str(found)


async def test_only_what_a_webhook_asked_for_and_only_of_its_site(shop: Shop):
    orders = await listen(shop.store, shop.site.id, events=["conversation.closed"])
    await listen(shop.store, shop.other_site.id)
    off = await listen(shop.store, shop.site.id)
    await shop.store.write(lambda conn: access.webhooks.change_webhook(conn, off, active=False))
    service.flows.announce.forget(shop.site.id)
    anna = await shop.expert()
    talk = await shop.open_chat(await shop.visitor(), anna)
    await shop.say(anna, "conversation.close", conversation=talk)
    rows = await shop.store.read(lambda conn: conn.execute(select(table.c.target, table.c.event)).all())
    assert [tuple(row) for row in rows] == [(orders, "conversation.closed")]


async def test_a_site_without_webhooks_asks_the_base_once_in_two_seconds(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    """The look that each message pays for is into memory."""
    service.flows.announce.forget(shop.site.id)

    def work(conn: Connection) -> tuple[int, float]:
        asked = 0
        real = access.webhooks.listening

        def counting(conn: Connection, site_id: str) -> Any:
            nonlocal asked
            asked += 1
            return real(conn, site_id)

        monkeypatch.setattr(service.flows.announce, "listening", counting)
        try:
            began = time.perf_counter()
            for _ in range(1_000):
                service.flows.announce.announce(conn, shop.site.id, "message.added", {})
            return asked, (time.perf_counter() - began) / 1_000
        finally:
            monkeypatch.undo()

    asked, seconds = await shop.store.write(work)
    assert asked == 1
    assert seconds < 0.000_1


# --- how it travels ---------------------------------------------------------------------------------------------------


async def test_a_delivery_is_signed_and_arrives_within_moments(here: House):
    async with receiver() as there:
        hook = await add(here, there)
        await happen(here, order="o-1")
        (got,) = await there.wait(1)
        secret = (await here.ask("GET", f"/api/webhooks/{hook['id']}/secret")).json()["secret"]
        said = dict(part.split("=") for part in got.headers["shopbell-signature"].split(","))
        assert abs(int(said["t"]) - time.time()) < 30
        signed = hmac.new(secret.encode(), f"{said['t']}.".encode() + got.body, hashlib.sha256).hexdigest()
        assert said["v1"] == signed
        assert got.headers["shopbell-event"] == got.told["event"] == "order.placed"
        assert got.headers["shopbell-delivery"] == got.told["id"]
        assert (got.told["site"], got.told["data"]) == (here.ours["key"], {"n": 0, "order": "o-1"})
        items = await delivered(here, hook["id"], "sent")
        assert [(one["id"], one["tries"], one["body"]) for one in items] == [(got.told["id"], 1, None)]


async def delivered(here: House, hook: str, state: str, count: int = 1) -> list[dict[str, Any]]:
    """The deliveries in this state, once there are so many."""
    for _ in range(300):
        items = (await here.ask("GET", f"/api/webhooks/{hook}/deliveries", params={"state": state})).json()["items"]
        if len(items) == count:
            return items
        await asyncio.sleep(0.02)
    raise AssertionError((state, items))


async def due_now(here: House) -> None:
    """As if the pause were over."""
    await here.bell.store.write(
        lambda conn: conn.execute(update(table).where(table.c.state == "waiting").values(due_at=0)).close()
    )
    assert here.bell.outgoing is not None
    here.bell.outgoing.wake()


async def test_what_fails_is_tried_again_with_the_same_body_until_it_arrives(here: House):
    async with receiver(status(503)) as there:
        hook = await add(here, there)
        await happen(here)
        await there.wait(1)
        (waiting,) = await delivered(here, hook["id"], "waiting")
        await until_error(here, hook["id"], "status:503")
        shown = (await here.ask("GET", f"/api/webhooks/{hook['id']}")).json()
        assert (shown["waiting"], shown["dead"], shown["error"]) == (1, 0, "status:503")
        assert shown["failing_since"] is not None
        there.answer = status(200)
        await due_now(here)
        first, second = await there.wait(2)
        assert first.body == second.body
        assert waiting["id"] == second.told["id"]
        await delivered(here, hook["id"], "sent")
        shown = (await here.ask("GET", f"/api/webhooks/{hook['id']}")).json()
        assert (shown["waiting"], shown["failing_since"], shown["error"]) == (0, None, "")


async def until_error(here: House, hook: str, error: str) -> None:
    for _ in range(300):
        if (await here.ask("GET", f"/api/webhooks/{hook}")).json()["error"] == error:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(error)


async def test_a_dead_letter_is_seen_and_rises_by_hand(here: House):
    async with receiver(status(500)) as there:
        hook = await add(here, there)
        await happen(here, 3)
        await there.wait(3)
        await delivered(here, hook["id"], "waiting", 3)
        await until_error(here, hook["id"], "status:500")
        await asyncio.sleep(0.2)
        await here.bell.store.write(lambda conn: outbox.give_up(conn, hook["id"], "status:500", now_ms()))
        dead = await delivered(here, hook["id"], "dead", 3)
        assert all(one["body"] and one["error"] == "status:500" for one in dead)
        there.answer = status(204)
        path = f"/api/webhooks/{hook['id']}/deliveries/{dead[0]['id']}/retry"
        assert (await here.ask("POST", path)).json()["state"] == "waiting"
        await there.wait(4)
        await delivered(here, hook["id"], "sent")
        assert (await here.ask("POST", f"/api/webhooks/{hook['id']}/retry")).json() == {"retried": 2}
        await there.wait(6)
        assert len(await delivered(here, hook["id"], "sent", 3)) == 3
        for wrong in (dead[0]["id"][::-1], "nonsense", str(uuid4())):
            answer = await here.ask("POST", f"/api/webhooks/{hook['id']}/deliveries/{wrong}/retry")
            assert answer.status_code == 404
        other = f"/api/webhooks/{here.ours['webhook']}/deliveries/{dead[1]['id']}/retry"
        assert (await here.ask("POST", other)).status_code == 404
        for role in ("expert", "marketer"):
            assert (await here.ask("POST", path, role)).status_code == 403


async def test_one_that_hangs_keeps_nobody_else_waiting(here: House):
    async with receiver(silence) as slow, receiver() as quick:
        await add(here, slow)
        await happen(here, 30)
        await until(lambda: slow.here >= LANE, "the slow one is asked")
        await add(here, quick)
        began = time.monotonic()
        await happen(here, 5)
        await quick.wait(5, 4)
        assert time.monotonic() - began < 4
        assert slow.most <= LANE


async def test_a_webhook_that_failed_for_a_week_turns_itself_off_and_says_so(fresh_database_url: str, tmp_path: Path):
    async with receiver(status(500)) as there, mail_server() as post:
        settings = {"WEBHOOKS_INSIDE": "on", "SMTP_URL": post.url, "MAIL_FROM": "Shopbell <bell@mail.example>"}
        async with house(fresh_database_url, tmp_path, **settings) as here:
            hook = await add(here, there)
            await happen(here, 2)
            await there.wait(2)
            await until_error(here, hook["id"], "status:500")
            long_ago = now_ms() - FAILED_FOR
            await here.bell.store.write(
                lambda conn: conn.execute(
                    update(hooks).where(hooks.c.id == hook["id"]).values(failing_since=long_ago)
                ).close()
            )
            await due_now(here)
            await delivered(here, hook["id"], "dead", 2)
            shown = (await here.ask("GET", f"/api/webhooks/{hook['id']}")).json()
            assert (shown["active"], shown["waiting"], shown["dead"]) == (False, 0, 2)
            assert shown["off_at"] is not None
            await until(lambda: len(post.letters) == 2, "both administrators read it")
            assert any(there.url in str(letter.get_payload(decode=True)) for letter in post.letters)
            calls = there.connections
            await happen(here)
            answer = await here.ask("POST", f"/api/webhooks/{hook['id']}/retry")
            assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
            there.answer = status(204)
            on = await here.ask("PATCH", f"/api/webhooks/{hook['id']}", json={"active": True})
            assert (on.json()["off_at"], on.json()["failing_since"], on.json()["error"]) == (None, None, "")
            assert there.connections == calls
            await here.ask("POST", f"/api/webhooks/{hook['id']}/retry")
            await there.wait(calls + 2)


async def test_two_processes_never_send_the_same_at_the_same_moment(here: House):
    """Beside the application's own sender two more: each delivery comes once."""
    more = [Outgoing(here.bell.store, Client(inside=True), None) for _ in range(2)]
    for one in more:
        one.start()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        writer.write(status(204))

    async with receiver(slow) as there:
        hook = await add(here, there)
        await happen(here, 60)
        await there.wait(60, 20)
        await delivered(here, hook["id"], "sent", 60)
        assert len({got.told["id"] for got in there.got}) == len(there.got) == 60
    for one in more:
        await one.close()


# --- the door ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("https://127.0.0.1/hook", "address"), ("https://169.254.169.254/", "address"),
        ("https://2130706433/", "spelling"), ("http://shop.example/hook", "insecure"),
        ("https://[::ffff:127.0.0.1]/", "address"), ("ftp://x.example/", "spelling"),
        ("https://localhost/hook", "address"),
    ],
)  # fmt: skip
async def test_an_address_inside_is_refused_on_create_update_test_and_delivery(
    fresh_database_url: str, tmp_path: Path, url: str, word: str
):
    async with house(fresh_database_url, tmp_path) as here:
        body = {"site": here.ours["key"], "url": url, "events": ["order.placed"]}
        made = await here.ask("POST", "/api/webhooks", json=body)
        changed = await here.ask("PATCH", f"/api/webhooks/{here.ours['webhook']}", json={"url": url})
        for answer in (made, changed):
            assert (answer.status_code, answer.json()["code"]) == (422, "bad_receiver")
            assert answer.json()["detail"].endswith(f"({word})")
        # As if it had come into the base by another way, or the name had turned since.
        hook = await listen(here.bell.store, here.ours["site"], url)
        tested = (await here.ask("POST", f"/api/webhooks/{hook}/test")).json()
        assert (tested["ok"], tested["error"], tested["status"]) == (False, word, None)
        await happen(here)
        await until_error(here, hook, word)


async def test_a_webhook_is_made_changed_tried_and_removed(here: House):
    async with receiver() as there:
        hook = await add(here, there, "order.placed", "order.placed", "message.added")
        assert hook["events"] == ["message.added", "order.placed"]
        path = f"/api/webhooks/{hook['id']}"
        assert (await here.ask("GET", path)).json() == hook
        tested = (await here.ask("POST", f"{path}/test")).json()
        assert (tested["ok"], tested["status"], tested["error"]) == (True, 204, "")
        assert (there.got[0].told["event"], there.got[0].told["data"]) == ("test", {})
        there.answer = status(404)
        tested = (await here.ask("POST", f"{path}/test")).json()
        assert (tested["ok"], tested["status"], tested["error"]) == (False, 404, "status:404")
        there.answer = status(204)
        old = (await here.ask("GET", f"{path}/secret")).json()["secret"]
        new = (await here.ask("POST", f"{path}/secret")).json()["secret"]
        assert old != new == (await here.ask("GET", f"{path}/secret")).json()["secret"]
        changed = await here.ask("PATCH", path, json={"active": False, "events": ["order.placed"]})
        assert (changed.json()["active"], changed.json()["events"]) == (False, ["order.placed"])
        await happen(here)
        assert (await here.ask("PATCH", path, json={"active": True})).json()["active"]
        await happen(here, order="second")
        assert (await there.wait(3))[2].told["data"]["order"] == "second"
        assert (await here.ask("DELETE", path)).status_code == 204
        assert (await here.ask("GET", path)).status_code == 404
        await happen(here)
        rows = await here.bell.store.read(
            lambda conn: conn.execute(select(table).where(table.c.target == hook["id"])).all()
        )
        assert rows == []


@pytest.mark.parametrize(
    "wrong", [{"events": []}, {"events": ["order.paid"]}, {"events": "order.placed"}, {"url": ""}, {"site": "nowhere"}]
)
async def test_a_webhook_that_says_nothing_sensible_is_refused(here: House, wrong: dict[str, Any]):
    body = {"site": here.ours["key"], "url": "http://127.0.0.1:9/", "events": ["order.placed"], **wrong}
    assert (await here.ask("POST", "/api/webhooks", json=body)).status_code in (404, 422)


async def test_a_site_has_twenty_webhooks_at_most(here: House):
    body = {"site": here.ours["key"], "url": "http://127.0.0.1:9/", "events": ["order.placed"]}
    answers = [(await here.ask("POST", "/api/webhooks", json=body)).status_code for _ in range(21)]
    assert answers == [201] * 19 + [409] * 2  # one was there


async def test_the_deliveries_of_a_webhook_are_a_list_with_pages(here: House):
    async with receiver() as there:
        hook = await add(here, there)
        await happen(here, 7)
        await delivered(here, hook["id"], "sent", 7)
        seen: list[str] = []
        cursor = None
        while True:
            params = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
            some = (await here.ask("GET", f"/api/webhooks/{hook['id']}/deliveries", params=params)).json()
            seen += [one["id"] for one in some["items"]]
            if not (cursor := some["next"]):
                break
        assert len(seen) == 7
        assert seen == sorted(seen, reverse=True)
        bad = await here.ask("GET", f"/api/webhooks/{hook['id']}/deliveries", params={"state": "lost"})
        assert bad.status_code == 422
