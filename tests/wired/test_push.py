"""Devices that are called while no desk is open: whose they are, what is sent there, what push services answer."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

import access.push
import routing.do
import voice.queries
from contract.clock import MINUTE, SECOND, now_ms
from contract.hours import Hours
from contract.names import Ms, PushKind
from routing.hours import checked
from service import outbox
from service.flows.calls import look
from store.sql import db_now
from store.tables import outbox as table
from tests.push import Device, signed_by
from tests.receivers import Receiver, receiver, silence, status, until
from tests.wired.api_house import House, house, missing


@pytest.fixture
async def here(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(
        fresh_database_url, tmp_path, WEBHOOKS_INSIDE="on", MAIL_FROM="B <b@x.example>", SMTP_URL="smtp://127.0.0.1:9"
    ) as built:
        yield built


async def switched_on(here: House, service: Receiver, device: Device, who: str = "expert", **more: Any) -> str:
    assert (await here.ask("GET", "/api/push", who)).is_success  # the key comes first, as in a browser
    answer = await here.ask("POST", "/api/push", who, json=device.asks(service.url, **more))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def devices(here: House, who: str = "expert") -> list[dict[str, Any]]:
    return list((await here.ask("GET", "/api/push", who)).json()["devices"])


async def call(here: House, device: str, occasion: str, lasts: int = MINUTE, kind: PushKind = "missed") -> str:
    push = outbox.Push(
        device=device, occasion=occasion, kind=kind, ref=missing(), title="T", body="B", tag="alert:1", to="alert/1",
        until=now_ms() + lasts,
    )  # fmt: skip
    return await here.bell.store.write(lambda conn: outbox.put(conn, push, db_now(conn)))


async def row(here: House, id_: str) -> Any:
    return await here.bell.store.read(
        lambda conn: conn.execute(select(table).where(table.c.id == id_)).mappings().one()
    )


async def settled(here: House, id_: str, state: str, seconds: float = 12) -> Any:
    end = time.monotonic() + seconds
    while (found := await row(here, id_))["state"] != state:
        assert time.monotonic() < end, dict(found)
    return found


async def test_the_key_is_made_once_and_is_everybodys(here: House):
    keys = {(await here.ask("GET", "/api/push", who)).json()["key"] for who in ("expert", "admin", "expert")}
    assert len(keys) == 1
    assert len(keys.pop()) == 87


async def test_a_try_arrives_encrypted_for_this_browser_and_signed_by_us(here: House):
    device = Device()
    async with receiver(status(201)) as service:
        id_ = await switched_on(here, service, device, language="ru")
        tried = (await here.ask("POST", f"/api/push/{id_}/try", "expert")).json()
        assert tried == {"ok": True, "status": 201, "error": ""}
        (got,) = service.got
        assert device.reads(got) == {
            "kind": "try", "title": "Этот браузер теперь позвонит", "body": "Даже когда рабочее место не открыто.",
            "tag": "try", "to": "",
        }  # fmt: skip
        key = (await here.ask("GET", "/api/push", "expert")).json()["key"]
        claims = signed_by(got, key)
        assert (claims["aud"], claims["sub"]) == (service.url.removesuffix("/hook"), "mailto:b@x.example")
        assert 0 < claims["exp"] - time.time() <= 24 * 3_600
        assert 0 < int(got.headers["ttl"]) <= 60
        assert (got.headers["urgency"], len(got.headers["topic"]) <= 32) == ("high", True)
        (shown,) = [one for one in await devices(here) if one["id"] == id_]
        assert shown["last_ok_at"] is not None


async def test_one_sees_changes_and_removes_ones_own_alone(here: House):
    async with receiver(status(201)) as service:
        id_ = await switched_on(here, service, Device())
        for who in ("admin",):
            assert id_ not in {one["id"] for one in await devices(here, who)}
            for method, path in (("DELETE", f"/api/push/{id_}"), ("POST", f"/api/push/{id_}/try")):
                theirs = await here.ask(method, path, who)
                nobodys = await here.ask(method, path.replace(id_, missing()), who)
                assert (theirs.status_code, theirs.json()) == (nobodys.status_code, nobodys.json())
                assert theirs.status_code == 404
        assert (await here.ask("GET", "/api/push", "marketer")).status_code == 403
        assert (await here.ask("DELETE", f"/api/push/{id_}", "expert")).status_code == 204
        assert id_ not in {one["id"] for one in await devices(here)}
        assert service.got == []


async def test_the_same_browser_is_one_device_and_belongs_to_whoever_sits_there(here: House):
    async with receiver(status(201)) as service:
        first = await switched_on(here, service, Device())
        assert await switched_on(here, service, Device(), away=True, details=True) == first
        (shown,) = [one for one in await devices(here) if one["id"] == first]
        assert (shown["away"], shown["details"]) == (True, True)
        second = await switched_on(here, service, Device(), "admin")
        assert second != first
        assert first not in {one["id"] for one in await devices(here)}


async def test_the_newest_ten_are_kept(here: House):
    for n in range(access.push.MOST + 3):
        asked = Device().asks(f"http://127.0.0.1:9/{n}")
        assert (await here.ask("POST", "/api/push", "admin", json=asked)).status_code == 201
    assert len(await devices(here, "admin")) == access.push.MOST


async def test_who_signs_out_is_called_no_more(here: House):
    async with receiver(status(201)) as service:
        id_ = await switched_on(here, service, Device())
        assert (await here.ask("DELETE", "/api/session", "expert")).status_code == 204
        assert await here.bell.store.read(lambda conn: access.push.find(conn, id_)) is None
        late = await call(here, id_, "late")
        assert (await settled(here, late, "dead"))["error"] == "off"
        assert service.got == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/x", "https://169.254.169.254/latest", "https://user@9.9.9.9/", "https://0x7f.1/",
        "ftp://9.9.9.9/", "https://", "x", "https://9.9.9.9/#a", "https://[::ffff:9.9.9.9]/",
    ],
)  # fmt: skip
async def test_an_address_that_leads_inside_or_is_none_is_refused(
    fresh_database_url: str, tmp_path: Path, endpoint: str
):
    async with house(fresh_database_url, tmp_path) as here:
        answer = await here.ask("POST", "/api/push", "expert", json=Device().asks(endpoint))
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_receiver")


async def test_keys_that_are_none_are_refused(here: House):
    asked = Device().asks("http://127.0.0.1:9/") | {"keys": {"p256dh": "AAAA", "auth": "AAAA"}}
    assert (await here.ask("POST", "/api/push", "expert", json=asked)).status_code == 422


@pytest.mark.parametrize("code", [404, 410])
async def test_a_browser_that_wants_no_more_is_forgotten(here: House, code: int):
    async with receiver(status(code)) as service:
        id_ = await switched_on(here, service, Device())
        sent = await call(here, id_, "gone")
        assert (await settled(here, sent, "dead"))["error"] == f"status:{code}"
        assert id_ not in {one["id"] for one in await devices(here)}


async def test_429_waits_as_long_as_it_says_and_a_call_that_is_over_by_then_is_not_sent_again(here: House):
    async with receiver(status(429, "Retry-After: 40")) as service:
        id_ = await switched_on(here, service, Device())
        long = await call(here, id_, "long", lasts=5 * MINUTE)
        await until(lambda: len(service.got) == 1, "the first try")
        short = await call(here, id_, "short", lasts=30 * SECOND)
        assert (await settled(here, short, "dead"))["error"] == "status:429"
        waits = await row(here, long)
        assert waits["state"] == "waiting"
        assert waits["due_at"] - now_ms() > 30 * SECOND
        service.answer = status(201)
        await here.bell.store.write(
            lambda conn: conn.execute(update(table).where(table.c.id == long).values(due_at=0)).close()
        )
        await settled(here, long, "sent")
        (shown,) = [one for one in await devices(here) if one["id"] == id_]
        assert (shown["failed"], shown["error"]) == (0, "")


@pytest.mark.parametrize(("answer", "error"), [(status(500), "status:500"), (silence, "timeout")], ids=["500", "hangs"])
async def test_what_a_bad_push_service_does_is_seen_and_keeps_nobody_waiting(here: House, answer: Any, error: str):
    async with receiver(answer) as bad, receiver(status(201)) as good:
        sick, well = await switched_on(here, bad, Device()), await switched_on(here, good, Device(), "admin")
        began = time.monotonic()
        first, second = await call(here, sick, "a", lasts=7 * SECOND), await call(here, well, "b")
        await settled(here, second, "sent")
        assert time.monotonic() - began < 4
        assert (await settled(here, first, "dead", 25))["error"] in (error, "late")
        (shown,) = [one for one in await devices(here) if one["id"] == sick]
        assert shown["failed"] >= 1
        assert shown["error"] == error


async def test_a_call_is_put_once_for_its_occasion_and_what_is_late_is_not_sent(here: House):
    async with receiver(status(201)) as service:
        id_ = await switched_on(here, service, Device())
        first = await call(here, id_, "same")
        assert await call(here, id_, "same") == ""
        await settled(here, first, "sent")
        assert (await row(here, first))["payload"] is None
        over = await call(here, id_, "over", lasts=-SECOND)
        assert (await settled(here, over, "dead"))["error"] == "late"
        silent = await call(here, id_, "silent", kind="bell")
        assert (await settled(here, silent, "dead"))["error"] == "late"
        assert len(service.got) == 1
        assert not await here.bell.store.read(outbox.any_dead)


def at_home(here: House, **more: Any) -> access.push.Device:
    """A device of the expert, who has no line."""
    usual: dict[str, Any] = {"away": False, "details": False, "language": "en"}
    return access.push.Device(missing(), here.ours["expert"], "expert", **(usual | more))


async def looked(here: House, device: access.push.Device, now: Ms, seen: set[str] | None = None) -> list[outbox.Push]:
    found = await here.bell.store.read(lambda conn: look(conn, [device], now, set() if seen is None else seen))
    return [one.push for one in found]


async def test_a_promise_calls_five_minutes_before_and_when_its_time_comes(here: House):
    row = await here.bell.store.read(lambda conn: voice.queries.row(conn, here.ours["callback"]))
    assert row is not None
    for after, title in (
        (-6, None), (-4, "You promised to call in a few minutes"), (1, "You promised to call now"), (31, None),
    ):  # fmt: skip
        found = await looked(here, at_home(here), row["at"] + after * MINUTE)
        assert [one.title for one in found] == ([title] if title else [])
        assert all(row["phone"] not in one.body for one in found)
    told = await looked(here, at_home(here, details=True, language="ru"), row["at"])
    assert told[0].title == "Вы обещали позвонить сейчас"
    assert row["phone"] in told[0].body


async def test_the_bell_of_ones_own_customer_calls_once_only_if_wanted_and_within_ones_hours(here: House):
    """Vera ordered from this expert, who is offline; the bell passes them over."""
    now, seen = now_ms(), set[str]()
    assert await looked(here, at_home(here), now) == []
    (bell,) = await looked(here, at_home(here, away=True), now, seen)
    assert (bell.kind, bell.title) == ("bell", "Somebody is waiting")
    assert "Vera" not in bell.title + bell.body
    assert await looked(here, at_home(here, away=True), now, seen) == []
    (named,) = await looked(here, at_home(here, away=True, details=True), now)
    assert named.title.startswith("Vera")
    free = checked(Hours(zone="Europe/Berlin", week={}))
    await here.bell.store.write(lambda conn: routing.do.set_hours(conn, here.ours["expert"], free, now))
    assert await looked(here, at_home(here, away=True), now) == []
