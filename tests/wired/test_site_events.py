"""What came to a site, as an administrator sees it: the rejected with reasons, and in test mode everything."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, insert, update

import tracker.testing
from access.foreign import MOST, note
from access.tables import site as site_table
from contract.beacons import Beacon
from contract.clock import DAY, now_ms
from contract.ids import new_id
from service.foreign import EVERY, Tried
from store.sql import counted
from tests.wired.api_house import House, house
from tracker.tables import rejected_event, test_event

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
async def here(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(fresh_database_url, tmp_path) as made:
        yield made


def viewed(url: str = "https://ours.example/garden/tools", **more: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "type": "page.viewed", "url": url, **more}


async def send(here: House, *events: dict[str, Any], key: str = "") -> None:
    """As a page of our site would."""
    site = await here.bell.sites.by_id(here.ours["site"])
    assert site is not None
    beacon = msgspec.convert({"site": site.key, "visitor": key or uuid.uuid4().hex, "events": list(events)}, Beacon)
    await here.bell.journey.collect(site, beacon, received_at=now_ms(), user_agent=AGENT)


async def seen(here: House, query: str = "", who: str = "admin") -> dict[str, Any]:
    answer = await here.ask("GET", f"/api/sites/{here.ours['site']}/events{query}", who)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def turn(here: House, on: bool) -> dict[str, Any]:
    answer = await here.ask("PATCH", f"/api/sites/{here.ours['site']}", json={"test_mode": on})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_rejected_events_are_listed_with_their_reasons_newest_first(here: House) -> None:
    """Counted by reason over a day, page by page, and by one reason alone."""
    for number in range(3):
        await send(here, viewed("javascript:alert(1)"), viewed(age=-number - 1))
    first = await seen(here, "?outcome=rejected&limit=4", who="marketer")
    assert first["rejected"] == {"age_out_of_range": 3, "bad_url": 3}
    assert [one["outcome"] for one in first["items"]] == ["rejected"] * 4
    rest = await seen(here, f"?outcome=rejected&limit=4&cursor={first['next']}")
    assert rest["next"] is None
    everything = first["items"] + rest["items"]
    assert len({one["id"] for one in everything}) == 6
    assert [one["at"] for one in everything] == sorted((one["at"] for one in everything), reverse=True)
    assert {one["reason"] for one in everything} == {"age_out_of_range", "bad_url"}
    assert len((await seen(here, "?outcome=rejected&reason=bad_url"))["items"]) == 3


async def test_a_quiet_site_keeps_nothing_of_what_it_takes(here: House) -> None:
    """Test mode is off until somebody switches it on."""
    await send(here, viewed())
    assert (await seen(here))["items"] == []
    assert (await here.ask("GET", f"/api/sites/{here.ours['site']}")).json()["test_mode"] is False


async def test_test_mode_shows_what_comes_and_what_became_of_it(here: House) -> None:
    """Accepted with its place and why, rejected with its reason, sent again: known already; who and which visit."""
    site = await turn(here, True)
    assert site["test_mode"] is True
    assert site["test_until"] > site["test_until"][:4]  # a time
    key, page = uuid.uuid4().hex, viewed("https://ours.example/garden/tools/index.html", title="Tools")
    await send(here, page, viewed("ftp://nowhere"), key=key)
    await send(here, page, key=key)
    await send(here, viewed(path=["Garden", "Seeds"], source="breadcrumb"), key=key)
    newest, again, *first = (await seen(here))["items"]
    assert newest["placed"] == {"path": ["Garden", "Seeds"], "source": "breadcrumb", "reason": "given"}
    assert (again["outcome"], again["visit"]) == ("duplicate", None)
    by_outcome = {one["outcome"]: one for one in first}
    assert by_outcome["rejected"]["reason"] == "bad_url"
    taken = by_outcome["accepted"]
    assert taken["placed"] == {"path": ["garden", "tools"], "source": "url", "reason": "url"}
    assert taken["event"]["title"] == "Tools"
    assert taken["visit"] == newest["visit"]
    assert taken["visitor"] == newest["visitor"]
    assert [one["id"] for one in (await seen(here, f"?after={again['id']}"))["items"]] == [newest["id"]]
    assert [one["outcome"] for one in (await seen(here, "?outcome=accepted"))["items"]] == ["accepted"] * 2
    assert (await turn(here, False))["test_mode"] is False
    await send(here, viewed(), key=key)
    assert len((await seen(here))["items"]) == 4


async def test_what_is_sent_again_beside_something_new_is_known_already(here: House) -> None:
    """A farewell goes out with the page and once more with the next one: each event is judged by itself."""
    await turn(here, True)
    key, page = uuid.uuid4().hex, viewed()
    left = {"id": str(uuid.uuid4()), "type": "page.left", "page": page["id"], "dwell": 700, "scroll": 10}
    following = viewed("https://ours.example/garden/seeds")
    await send(here, page, key=key)
    await send(here, left, key=key)
    await send(here, left, following, following, key=key)
    told = [(one["event"]["id"], one["outcome"]) for one in (await seen(here))["items"]]
    assert sorted(told) == sorted([
        (page["id"], "accepted"), (left["id"], "accepted"), (left["id"], "duplicate"),
        (following["id"], "accepted"), (following["id"], "duplicate"),
    ])  # fmt: skip


async def test_test_mode_switches_itself_off(here: House) -> None:
    """After a day nothing is kept any more, though nobody came back to switch it off."""
    await turn(here, True)
    over = update(site_table).where(site_table.c.id == here.ours["site"]).values(test_until=now_ms() - 1)
    await here.bell.store.write(lambda conn: conn.execute(over).close())
    here.bell.sites.forget()
    await send(here, viewed())
    assert (await seen(here))["items"] == []


async def test_only_administrators_switch_and_only_their_own_see(here: House) -> None:
    """A marketer looks on, an expert sees the desk alone, another site's events are missing."""
    path = f"/api/sites/{here.ours['site']}"
    assert (await here.ask("PATCH", path, "marketer", json={"test_mode": True})).status_code == 403
    assert (await here.ask("GET", f"{path}/events", "expert")).status_code == 403
    assert (await here.ask("GET", f"/api/sites/{here.theirs['site']}/events", "marketer")).status_code == 404


@pytest.mark.parametrize("query", ["?outcome=lost", "?outcome=rejected&cursor=x", "?limit=0"])
async def test_a_question_that_makes_no_sense_is_told_so(here: House, query: str) -> None:
    assert (await here.ask("GET", f"/api/sites/{here.ours['site']}/events{query}")).status_code == 422


async def test_a_flood_of_rejected_events_fills_no_disk(here: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest stay, as many as a site may have; what is two weeks old goes; the other site's are its own."""
    monkeypatch.setattr(tracker.testing, "REJECTED", 50)
    monkeypatch.setattr(tracker.testing, "TESTED", 20)
    now = now_ms()

    def fill(conn: Connection) -> None:
        for house_of, number in ((here.ours["site"], 80), (here.theirs["site"], 30)):
            conn.execute(insert(rejected_event), [
                {"id": new_id(), "site_id": house_of, "at": now - (15 * DAY if at < 5 else 1000 - at),
                 "reason": "bad_url", "event": {}} for at in range(number)
            ])  # fmt: skip
        conn.execute(insert(test_event), [
            {"id": new_id(), "site_id": here.ours["site"], "at": now, "outcome": "accepted", "event": {}}
            for _ in range(60)
        ])  # fmt: skip

    await here.bell.store.write(fill)
    cuts = await here.bell.store.read(lambda conn: tracker.testing.surplus(conn, now))
    await here.bell.store.write(lambda conn: tracker.testing.trim(conn, cuts))

    def left(conn: Connection) -> list[int]:
        return [
            counted(conn, rejected_event, rejected_event.c.site_id == here.ours["site"]),
            counted(conn, rejected_event, rejected_event.c.site_id == here.theirs["site"]),
            counted(conn, test_event),
        ]

    assert await here.bell.store.read(left) == [50, 25, 20]
    assert await here.bell.store.read(lambda conn: tracker.testing.surplus(conn, now)) == []


async def test_the_snippet_is_the_one_that_the_command_prints(here: House) -> None:
    """With the site's key and our address, and when something came last."""
    told = (await here.ask("GET", f"/api/sites/{here.ours['site']}/snippet", "marketer")).json()
    assert f'data-site="{here.ours["key"]}"' in told["tag"]
    assert f"{here.bell.settings.public_url}/shopbell.js" in told["tag"]
    assert 'integrity="sha' in told["versioned_tag"]
    assert told["last_at"] is not None


async def knock(here: House, origin: str, site: str = "", times: int = 1) -> None:
    """A page of this origin tries to send."""
    body = {"site": site or here.ours["key"], "visitor": uuid.uuid4().hex, "events": [viewed()]}
    for _ in range(times):
        answer = await here.client.post("/collect", json=body, headers={"Origin": origin})
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")


async def strangers(here: House, *, until: int, who: str = "admin") -> list[dict[str, Any]]:
    """The origins that the desk is shown, as soon as there are so many."""
    for _ in range(100):
        answer = await here.ask("GET", f"/api/sites/{here.ours['site']}/origins", who)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        if len(items) >= until:
            return items
        await asyncio.sleep(0.05)
    raise AssertionError("not shown within five seconds")


async def test_a_page_of_a_forgotten_address_is_shown_until_it_is_added(here: House) -> None:
    """In a browser's spelling, with when and how often; what is no origin of a page is nothing that could be added."""
    for said in ("null", "file://", "chrome-extension://abc", "https://a b", "https://" + "x" * 300, "ftp://x.example"):
        await knock(here, said)
    await knock(here, "http://127.0.0.1:9001", times=3)
    [one] = await strangers(here, until=1, who="marketer")
    assert (one["origin"], one["count"], one["first_at"] <= one["last_at"]) == ("http://127.0.0.1:9001", 3, True)
    path = f"/api/sites/{here.ours['site']}"
    assert (await here.ask("GET", f"{path}/origins", "expert")).status_code == 403
    assert (await here.ask("GET", f"/api/sites/{here.theirs['site']}/origins", "marketer")).status_code == 404
    origins = (await here.ask("GET", path)).json()["origins"]
    added = await here.ask("PATCH", path, json={"origins": [*origins, one["origin"]]})
    assert one["origin"] in added.json()["origins"]
    assert (await here.ask("GET", f"{path}/origins")).json()["items"] == []
    body = {"site": here.ours["key"], "visitor": uuid.uuid4().hex, "events": [viewed()]}
    assert (await here.client.post("/collect", json=body, headers={"Origin": one["origin"]})).is_success


async def test_a_flood_of_made_up_origins_takes_twenty_places(here: House) -> None:
    """In the base and in memory; the page that keeps trying keeps its place in both halves of the list."""
    await knock(here, "https://www.ours.example", times=5)
    await strangers(here, until=1)
    for number in range(60):
        await knock(here, f"https://{number}.evil.example")
    items = await strangers(here, until=MOST)
    assert len(items) == MOST
    assert "https://www.ours.example" in {one["origin"] for one in items}

    def flood(conn: Connection) -> None:
        for wave in range(5):
            made_up = {f"https://{wave}-{number}.evil.example": 1 for number in range(40)}
            note(conn, here.ours["site"], made_up, now_ms() + wave)

    await here.bell.store.write(flood)
    items = await strangers(here, until=MOST)
    assert len(items) == MOST
    assert "https://www.ours.example" in {one["origin"] for one in items}


async def test_an_origin_is_written_once_a_minute_and_forgotten_after_a_silent_one() -> None:
    """Whatever is counted in between waits."""
    now = 0.0
    tried = Tried(lambda: now)
    for _ in range(3):
        tried.add("site", "https://a.example")
    assert tried.due() == {"site": {"https://a.example": 3}}
    tried.add("site", "https://a.example")
    assert tried.due() == {}
    now = EVERY
    assert tried.due() == {"site": {"https://a.example": 1}}
    now = 2 * EVERY
    assert tried.due() == {}
    assert not tried


async def test_an_event_says_whose_it_is_and_of_which_page(here: House) -> None:
    """The name that the live list has, and the place of the page that was left; of a rejected one, the page."""
    await turn(here, True)
    page = viewed(title="Tools", path=["Garden", "Tools"], source="call")
    left = {"id": str(uuid.uuid4()), "type": "page.left", "page": page["id"], "dwell": 700, "scroll": 10}
    unknown = {**left, "id": str(uuid.uuid4()), "page": str(uuid.uuid4())}
    await send(here, page, left, unknown, {**left, "id": str(uuid.uuid4()), "dwell": -1}, key=here.ours["visitor"])
    await send(here, viewed())
    items = {one["event"]["id"]: one for one in (await seen(here))["items"]}
    assert items[left["id"]]["view"] == {"path": ["Garden", "Tools"], "title": "Tools", "url": page["url"]}
    assert items[unknown["id"]]["view"] is None
    assert items[page["id"]]["view"] is None
    assert items[left["id"]]["customer"]["name"] == "Vera"
    assert [one["customer"] for one in items.values()].count(None) == 1
    [refused] = (await seen(here, "?outcome=rejected"))["items"]
    assert (refused["view"]["title"], refused["customer"]) == ("Tools", None)
