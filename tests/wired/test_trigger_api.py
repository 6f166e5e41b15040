"""Triggers and segments over REST: written, refused, tried on the past, reported."""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, insert, select
from starlette.requests import ClientDisconnect

from contract.beacons import Beacon
from contract.clock import DAY, now_ms, rfc3339
from contract.errors import Refused
from contract.ids import new_id
from contract.triggers import Rule
from routing.firings import active_triggers, add_trigger
from routing.tables import firing, trigger
from sales.tables import order, order_form
from service.api import triggers as api
from service.backtest import backtest
from service.backtest.beside import AGAIN, Turns, backtest_beside
from tests.wired.api_house import House, house

PAGES = {"all": [{"kind": "pages", "at_least": 3}]}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
async def here(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(fresh_database_url, tmp_path) as built:
        yield built


def body(here: House, **more: Any) -> dict[str, Any]:
    return {"site": here.ours["key"], "name": "long", "conditions": PAGES, "action": "nothing", **more}


async def made(here: House, **more: Any) -> dict[str, Any]:
    answer = await here.ask("POST", "/api/triggers", json=body(here, **more))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_trigger_is_written_read_changed_and_gone(here: House):
    one = await made(here, content={"text": "Hello"}, quiet={"from": "22:00", "to": "07:00"}, hold_out=10)
    assert (one["active"], one["site"], one["caps"]["visit"]) == (False, here.ours["site"], 1)
    assert [found["code"] for found in one["findings"]] == ["hold_out_nothing"]
    address = f"/api/triggers/{one['id']}"
    assert (await here.ask("GET", address, "marketer")).json() == one
    anew = body(here, name="short", conditions={"none": PAGES["all"]}, site="ignored", active=True)
    changed = (await here.ask("PUT", address, json=anew)).json()
    assert (changed["name"], changed["quiet"], changed["active"]) == ("short", None, True)
    assert changed["conditions"] == {"none": [{"kind": "pages", "at_least": 3, "at_most": None}]}
    rules = await here.bell.store.read(active_triggers)
    assert one["id"] in str(rules.__dict__)
    assert (await here.ask("DELETE", address)).status_code == 204
    assert (await here.ask("GET", address)).status_code == 404
    assert (await here.ask("DELETE", address)).status_code == 404


async def test_what_makes_no_sense_is_saved_as_a_draft_and_never_switched_on(here: House):
    wrong = {"conditions": {"all": [{"kind": "pages", "at_least": 5}, {"kind": "pages", "at_most": 3}]}}
    refused = await here.ask("POST", "/api/triggers", json=body(here, active=True, **wrong))
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert "conditions.all.1" in refused.json()["detail"]
    draft = await made(here, **wrong)
    assert [(one["level"], one["where"]) for one in draft["findings"]] == [("error", "conditions.all.1")]
    address = f"/api/triggers/{draft['id']}"
    assert (await here.ask("PATCH", address, json={"active": True})).status_code == 422
    assert (await here.ask("PATCH", address, json={"name": "x"})).json()["name"] == "x"
    assert (await here.ask("PUT", address, json=body(here, active=True, **wrong))).status_code == 422
    assert (await here.ask("GET", address)).json()["active"] is False
    assert (await here.ask("PUT", address, json=body(here, active=True))).json()["active"] is True


async def test_the_check_saves_nothing_and_speaks_the_readers_language(here: House):
    odd = body(here, conditions={"all": [{"kind": "branch", "below": ["garden", "tols"]}]}, action="invite")
    before = (await here.ask("GET", "/api/triggers")).json()
    for tongue, said in (("en", 'Is "Garden › Tools" meant?'), ("ru", "Раздела «garden › tols»")):
        answer = await here.ask(
            "POST", "/api/triggers/check", "marketer", json=odd, headers={"Accept-Language": tongue}
        )
        found = {one["code"]: one for one in answer.json()["items"]}
        assert set(found) >= {"no_text"}
        if tongue == "ru":
            assert any(said in one["sentence"] for one in found.values())
    near = body(here, conditions={"all": [{"kind": "branch", "below": ["Garden", "tols"]}]})
    (found,) = (await here.ask("POST", "/api/triggers/check", "marketer", json=near)).json()["items"]
    assert (found["level"], found["where"]) == ("warning", "conditions.all.0")
    assert found["sentence"].endswith('Is "Garden › Tools" meant?')
    foreign = body(here, conditions=PAGES, action="offer", content={"products": [here.theirs["product"]]})
    ours = body(here, conditions=PAGES, action="offer", content={"products": [here.ours["product"]]})
    codes = [
        [one["code"] for one in (await here.ask("POST", "/api/triggers/check", json=asked)).json()["items"]]
        for asked in (foreign, ours)
    ]
    assert codes == [["unknown_product"], []]
    assert (await here.ask("GET", "/api/triggers")).json() == before


BAD: list[dict[str, Any]] = [
    {"conditions": {"all": [{"kind": "nothing"}]}},
    {"conditions": {"all": [{"kind": "pages", "at_least": -1}]}},
    {"conditions": {"all": [{"kind": "pages", "at_least": 2, "more": 1}]}},
    {"conditions": {"all": [{"kind": "pages"}] * 21}},
    {"conditions": {"all": [{"kind": "hours", "from": "24:00", "to": "08:00"}]}},
    {"conditions": {"all": [{"kind": "tier", "tiers": []}]}},
    {"conditions": None},
    {"conditions": []},
    {"action": "explode"},
    {"hold_out": 51},
    {"caps": {"visit": 0}},
    {"quiet": {"from": "8", "to": "9"}},
    {"name": ""},
    {"content": {"hours": 0}},
]


async def test_bad_input_is_refused_and_leaves_nothing(here: House):
    before = (await here.ask("GET", "/api/triggers")).json()
    for wrong in BAD:
        for path in ("/api/triggers", "/api/triggers/check", "/api/triggers/backtest"):
            answer = await here.ask("POST", path, json=body(here) | wrong)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), (path, wrong, answer.text)
    for days in (0, 401, 1.5, "7"):
        answer = await here.ask("POST", "/api/triggers/backtest", json=body(here) | {"days": days})
        assert answer.status_code == 422
    for path in ("/api/triggers", "/api/triggers/check", "/api/triggers/backtest", "/api/segments"):
        assert (await here.ask("POST", path, json=body(here, site="nowhere"))).status_code == 404
    theirs = [
        await here.ask("POST", path, "marketer", json=body(here, site=site))
        for path in ("/api/triggers/check", "/api/triggers/backtest")
        for site in (here.theirs["key"], here.theirs["site"], "nowhere")
    ]
    assert {answer.status_code for answer in theirs} == {404}
    assert (await here.ask("GET", "/api/triggers")).json() == before


async def test_a_site_has_so_many_triggers_and_so_many_that_are_on(here: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(api, "ACTIVE", 3)
    monkeypatch.setattr(api, "ALL", 5)
    address = f"/api/triggers/{here.ours['trigger']}"  # the first of three
    for _ in range(2):
        await made(here, active=True)
    refused = await here.ask("POST", "/api/triggers", json=body(here, active=True))
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many")
    draft = await made(here)
    switched = await here.ask("PATCH", f"/api/triggers/{draft['id']}", json={"active": True})
    assert switched.json()["code"] == "too_many"
    assert (await here.ask("PATCH", address, json={"active": True, "hold_out": 5})).status_code == 200
    assert (await here.ask("PATCH", address, json={"active": False})).status_code == 200
    assert (await here.ask("PATCH", f"/api/triggers/{draft['id']}", json={"active": True})).status_code == 200
    await made(here)
    assert (await here.ask("POST", "/api/triggers", json=body(here))).json()["code"] == "too_many"
    theirs = body(here, site=here.theirs["key"], active=True)
    assert (await here.ask("POST", "/api/triggers", json=theirs)).status_code == 201


def test_the_limits_are_those_of_the_page():
    assert (api.ACTIVE, api.ALL) == (100, 500)


async def test_a_segment_is_kept_while_a_trigger_speaks_of_it(here: House):
    asked = {"site": here.ours["key"], "name": "Readers", "conditions": PAGES}
    segment = (await here.ask("POST", "/api/segments", json=asked)).json()
    address = f"/api/segments/{segment['id']}"
    assert segment in (await here.ask("GET", "/api/segments", "marketer")).json()["items"]
    speaks = {"any": [{"kind": "segment", "segment": segment["id"]}, *PAGES["all"]]}
    user = await made(here, name="For readers", conditions=speaks, active=True)
    refused = await here.ask("DELETE", address)
    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
    assert "For readers" in refused.json()["detail"]
    changed = await here.ask("PUT", address, json=asked | {"name": "Long readers"})
    assert changed.json()["name"] == "Long readers"
    inner = asked | {"conditions": {"all": [{"kind": "segment", "segment": segment["id"]}]}}
    for method, path in (("POST", "/api/segments"), ("PUT", address)):
        answer = await here.ask(method, path, json=inner)
        assert (answer.status_code, "conditions.all.0" in answer.json()["detail"]) == (422, True)
    assert (await here.ask("DELETE", f"/api/triggers/{user['id']}")).status_code == 204
    assert (await here.ask("DELETE", address)).status_code == 204
    gone = body(here, conditions={"all": [{"kind": "segment", "segment": segment["id"]}]}, active=True)
    assert (await here.ask("POST", "/api/triggers", json=gone)).status_code == 422


async def walk(here: House, pages: int, *, ago: int = 0, visitor: str = "") -> Any:
    """A visit of so many pages, one body each, that began so long ago; as the journey takes it."""
    site = await here.bell.sites.find(here.ours["key"])
    assert site is not None
    for number in range(pages):
        event = {
            "id": str(uuid.uuid4()), "type": "page.viewed", "url": f"https://x.example/{number}",
            "path": ["Garden", f"page {number}"],
        }  # fmt: skip
        beacon = msgspec.convert({"site": site.key, "visitor": visitor or uuid.uuid4().hex, "events": [event]}, Beacon)
        visitor = beacon.visitor
        told = await here.bell.journey.collect(
            site, beacon, received_at=now_ms() - ago + number * 1000, user_agent=FIREFOX
        )
    return told.visit


async def bought(here: House, visitor: str, at: int) -> None:
    """This visitor ordered something."""

    def work(conn: Connection) -> None:
        like = dict(conn.execute(select(order).where(order.c.id == here.ours["order"])).mappings().one())
        form = dict(conn.execute(select(order_form).where(order_form.c.id == like["form_id"])).mappings().one())
        form_id = new_id()
        number = conn.execute(select(order.c.number).order_by(order.c.number.desc()).limit(1)).scalar_one() + 1
        conn.execute(insert(order_form).values(**{**form, "id": form_id, "visitor_id": visitor, "offer_id": None}))
        changes = {"id": new_id(), "form_id": form_id, "visitor_id": visitor, "at": at, "number": number}
        conn.execute(insert(order).values(**{**like, **changes}))

    await here.bell.store.write(work)


async def test_the_backtest_says_how_often_for_whom_and_what_they_ordered_anyway(here: House):
    hour = 3_600_000
    long = [await walk(here, 4, ago=2 * DAY + hour) for _ in range(3)]
    short = await walk(here, 2, ago=3 * DAY)
    await walk(here, 5, ago=40 * DAY)
    await bought(here, long[0].visitor, long[0].started_at + hour)
    await bought(here, long[1].visitor, long[1].last_at + 25 * hour)
    await bought(here, short.visitor, short.started_at + hour)
    asked = body(here, days=30, action="alert", conditions={"all": [*PAGES["all"], {"kind": "available"}]})
    found = (await here.ask("POST", "/api/triggers/backtest", "marketer", json=asked)).json()
    assert (found["visits"], found["every"], found["firings"], found["visitors"]) == (5, 1, 3, 3)  # one is the house's
    assert (found["ordered_anyway"], found["ordered_all"]) == (1, 3)
    assert (found["talk_seconds"], found["talk_known"], found["assumed"]) == (300, False, ["available"])
    assert (found["busy"], found["busy_usually"], found["customers"], found["held_out"]) == (3, 3, 0, 0)
    assert sum(day["firings"] for day in found["days"]) == 3
    assert len(found["days"]) == 31
    assert {one["visit"] for one in found["examples"]} == {one.id for one in long}
    assert [one["ordered"] for one in found["examples"]].count(True) == 1
    half = (await here.ask("POST", "/api/triggers/backtest", json=asked | {"hold_out": 50})).json()
    assert half["firings"] == 3
    quiet = (await here.ask("POST", "/api/triggers/backtest", json=asked | {"action": "nothing"})).json()
    assert (quiet["firings"], quiet["busy"], quiet["busy_usually"]) == (3, 0, 0)
    none = (await here.ask("POST", "/api/triggers/backtest", json=asked | {"days": 1})).json()
    assert (none["firings"], none["busy"], none["examples"]) == (0, 0, [])


async def test_of_too_many_visits_some_are_looked_at_always_the_same(here: House):
    for _ in range(40):
        await walk(here, 3, ago=DAY)
    site = await here.bell.sites.find(here.ours["key"])
    assert site is not None
    rule = msgspec.convert({"conditions": PAGES, "action": "nothing"}, Rule)
    first, again = [await backtest(here.bell.store, site, rule, days=7, now=now_ms(), most=10) for _ in range(2)]
    assert (first.visits, first.every) == (41, 5)
    assert (first.firings, first.examples) == (again.firings, again.examples)
    assert len(first.examples) < 20
    whole = await backtest(here.bell.store, site, rule, days=7, now=now_ms())
    assert (whole.visits, whole.every, whole.firings) == (41, 1, 40)


async def test_nobody_is_worked_for_who_went_away(here: House):
    await walk(here, 3)
    site = await here.bell.sites.find(here.ours["key"])
    assert site is not None
    rule = msgspec.convert({"conditions": PAGES, "action": "nothing"}, Rule)

    async def gone() -> None:
        raise ClientDisconnect

    with pytest.raises(ClientDisconnect):
        await backtest(here.bell.store, site, rule, days=7, now=now_ms(), gone=gone)


async def test_an_import_rang_no_bell_and_counts_in_a_backtest(here: House):
    site = await here.bell.sites.find(here.ours["key"])
    assert site is not None
    began = now_ms() - 20 * DAY
    events = [
        {
            "id": str(uuid.uuid4()), "type": "page.viewed", "url": f"https://x.example/{number}", "path": ["Garden"],
            "at": rfc3339(began + number * 60_000), "user_agent": FIREFOX,
        }
        for number in range(4)
    ]  # fmt: skip
    beacon = msgspec.convert({"site": site.key, "visitor": uuid.uuid4().hex, "events": events}, Beacon)
    await made(here, active=True)
    assert (await here.bell.journey.collect_trusted(site, beacon, now_ms())).stored == 4
    fired = await here.bell.store.read(lambda conn: conn.execute(select(firing.c.visit_id)).all())
    assert fired == []
    found = (await here.ask("POST", "/api/triggers/backtest", json=body(here))).json()
    assert found["firings"] == 1
    (one,) = found["examples"]
    assert one["at"] == rfc3339(began + 2 * 60_000)


async def test_only_so_many_backtests_run_at_the_same_time(here: House):
    """One of each account, and one in all: it is asked for again in some seconds."""

    async def ask(who: str) -> tuple[str, int]:
        answer = await here.ask("POST", "/api/triggers/backtest", who, json=body(here))
        if answer.status_code != 200:
            assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "busy", "5")
        return who, answer.status_code

    said = await asyncio.gather(*(ask(who) for who in ("admin", "marketer", "admin", "marketer")))
    (first,) = [who for who, status in said if status == 200]
    other = "admin" if first == "marketer" else "marketer"
    assert [await ask(who) for who in (first, other, first)] == [(first, 503), (other, 200), (first, 200)]


def test_a_turn_is_given_to_those_who_were_sent_away(monkeypatch: pytest.MonkeyPatch):
    """Nobody holds all turns by asking again and again; who does not come back is not waited for."""
    now = [100.0]
    monkeypatch.setattr("service.backtest.beside.time.monotonic", lambda: now[0])
    turns = Turns(2)
    with turns.of("a"):
        with pytest.raises(Refused), turns.of("a"):
            raise AssertionError("one of each account")
        with turns.of("b"), pytest.raises(Refused), turns.of("c"):
            raise AssertionError("two in all")
        with pytest.raises(Refused), turns.of("b"):
            raise AssertionError("c comes first")
        with turns.of("c"):
            pass
        with turns.of("b"), pytest.raises(Refused), turns.of("c"):
            raise AssertionError("two in all")
    now[0] += 2 * AGAIN
    for _ in range(3):
        with turns.of("b"):
            pass


async def test_a_backtest_runs_in_another_process_which_ends_with_whoever_asked(here: House):
    """What the server does meanwhile is not waited for; nothing is left of it when nobody waits any more."""
    await walk(here, 3)
    mine = os.getpid()

    def children() -> set[str]:
        return set(Path(f"/proc/{mine}/task/{mine}/children").read_text().split())

    before, seen = children(), set[str]()

    async def gone() -> None:
        seen.update(children() - before)
        raise ClientDisconnect

    rule, url = msgspec.convert({"conditions": PAGES, "action": "nothing"}, Rule), here.bell.settings.database_url
    with pytest.raises(ClientDisconnect):
        await backtest_beside(url, here.ours["site"], rule, days=7, now=now_ms(), gone=gone)
    assert len(seen) == 1
    assert not children() & seen
    with pytest.raises(Refused, match="unavailable"):
        await backtest_beside(url, "nowhere", rule, days=7, now=now_ms(), gone=_stay)


async def _stay() -> None:
    pass


async def test_the_report_compares_strangers_once_each_when_their_week_is_over(here: House):
    one = await made(here, hold_out=20)
    site, now = here.ours["site"], now_ms()
    long_ago = now - 20 * DAY

    def work(conn: Connection) -> None:
        def fire(visitor: str, at: int, arm: str, customer: str | None = None) -> None:
            conn.execute(
                insert(firing).values(
                    id=new_id(), site_id=site, trigger_id=one["id"], occasion=new_id(), visit_id=new_id(),
                    visitor_id=visitor, customer_id=customer, at=at, arm=arm, action="nothing", ref=None,
                )
            )  # fmt: skip

        fire("before the hold-out", long_ago - 1, "treated")
        for number in range(120):
            fire(f"held {number}", long_ago + number, "held_out")
        for number in range(400):
            fire(f"treated {number}", long_ago + number, "treated")
        fire("treated 0", long_ago + DAY, "treated")  # again: counts once
        fire("customer", long_ago + 5, "treated", here.ours["customer"])
        fire("too young", now - DAY, "treated")

    await here.bell.store.write(work)
    for visitor, days in (("held 0", 1), ("held 1", 8), *((f"treated {number}", 2) for number in range(12))):
        await bought(here, visitor, long_ago + days * DAY)
    await bought(here, "treated 50", long_ago - DAY)
    found = (await here.ask("GET", f"/api/triggers/{one['id']}/report", "marketer")).json()
    assert (found["firings"], found["acted"], found["customers"]) == (524, 404, 1)
    assert found["treated"] == {"visitors": 400, "ordered": 12}
    assert found["held_out"] == {"visitors": 120, "ordered": 1}
    assert found["uplift"] == pytest.approx(100 * (12 / 400 - 1 / 120), abs=0.01)
    assert found["low"] < 0 < found["uplift"] < found["high"]
    assert found["missing"] == 0
    assert found["alerts"] == {}


async def test_without_enough_the_report_says_how_many_are_missing(here: House):
    one = await made(here, hold_out=20)
    found = (await here.ask("GET", f"/api/triggers/{one['id']}/report")).json()
    assert (found["uplift"], found["low"], found["high"], found["missing"]) == (None, None, None, 500)


async def test_a_rule_that_stands_in_the_base_is_read_whatever_became_of_the_site(here: House):
    """A product that is gone, a segment that was taken away in another process: findings, not failures."""
    rule = msgspec.convert(
        {
            "conditions": {"all": [{"kind": "segment", "segment": "gone"}]},
            "action": "offer",
            "content": {"products": ["x"]},
        },
        Rule,
    )
    await here.bell.store.write(lambda conn: add_trigger(conn, here.ours["site"], "old", rule, now_ms()))
    listed = (await here.ask("GET", "/api/triggers", "marketer")).json()["items"]
    (old,) = [one for one in listed if one["name"] == "old"]
    assert {one["code"] for one in old["findings"]} == {"unknown_segment", "unknown_product"}
    assert old["active"] is True
    stays = await here.bell.store.read(lambda conn: conn.execute(select(trigger.c.name)).scalars().all())
    assert "old" in stays
