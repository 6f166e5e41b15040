"""Callbacks over HTTP: whose time comes first, of a day, of a state; given to somebody else, put to another time."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, update

import chat.do
import chat.queries
import voice.do
import voice.queries
from access.tables import site
from chat.message import Who
from contract.clock import DAY, HOUR, MINUTE, from_rfc3339, now_ms, rfc3339
from contract.ids import new_id
from routing.slots import SLOT, quarter
from tests.wired.api_house import House, house
from voice.tables import callback


@pytest.fixture
async def here(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(fresh_database_url, tmp_path) as built:
        yield built


async def asked(here: House, at: int, owner: str | None = None, whose: str = "ours") -> str:
    """Somebody of our site (or of theirs) is to be called then; its id."""
    them = here.ours if whose == "ours" else here.theirs

    def work(conn: Connection) -> str:
        row = voice.do.request(
            conn, site_id=them["site"], visitor_id=them["browser"], customer_id=None, conversation_id=None,
            owner_id=owner, channel="call", phone="+12025550199", at=at, topic=[], words="", now=now_ms(),
        )  # fmt: skip
        return str(row["id"])

    return await here.bell.store.write(work)


async def listed(here: House, who: str = "expert", **query: Any) -> list[str]:
    answer = await here.ask("GET", "/api/callbacks", who, params=query)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


async def test_the_list_is_by_time_and_walked_to_its_end(here: House):
    """Those of one's own sites; the first is the one whose time comes first."""
    soon = quarter(now_ms() + HOUR)
    ids = [await asked(here, soon + n * SLOT) for n in (2, 0, 1)]
    await asked(here, soon, whose="theirs")
    expected = [ids[1], ids[2], ids[0], here.ours["callback"]]
    assert await listed(here) == expected
    first = (await here.ask("GET", "/api/callbacks", "expert", params={"limit": 3})).json()
    rest = (await here.ask("GET", "/api/callbacks", "expert", params={"cursor": first["next"]})).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == expected


async def test_a_day_is_one_of_the_clock_of_the_site(here: House):
    """On Kiritimati a day begins at ten in the morning of the day before in London."""
    zone = update(site).where(site.c.id == here.ours["site"]).values(zone="Pacific/Kiritimati")
    await here.bell.store.write(lambda conn: conn.execute(zone).close())
    here.bell.sites.forget()
    day = (datetime.now(UTC) + timedelta(days=3)).date()
    begin = from_rfc3339(f"{day}T00:00:00+14:00")
    before, first, last, after = [
        await asked(here, at) for at in (begin - SLOT, begin, begin + DAY - SLOT, begin + DAY)
    ]
    assert await listed(here, day=str(day)) == [first, last]
    assert {before, after}.isdisjoint(await listed(here, day=str(day)))
    for wrong in ("tomorrow", "2026-02-30", "20261124"):
        assert (await here.ask("GET", "/api/callbacks", params={"day": wrong})).json()["code"] == "invalid"


async def test_of_a_state_and_of_an_owner(here: House):
    """An unknown state is refused; an owner that nobody is has none."""
    nobodys = await asked(here, quarter(now_ms() + HOUR))
    await here.bell.store.write(lambda conn: voice.do.settle(conn, nobodys, "done", now_ms()))
    assert await listed(here, state="open") == [here.ours["callback"]]
    assert await listed(here, state="done") == [nobodys]
    assert await listed(here, owner=here.ours["expert"]) == [here.ours["callback"]]
    assert await listed(here, owner="nobody") == []
    assert (await here.ask("GET", "/api/callbacks", params={"state": "lost"})).json()["code"] == "invalid"


async def test_one_shows_who_when_and_what_about(here: House):
    """A customer by their name."""
    answer = await here.ask("GET", f"/api/callbacks/{here.ours['callback']}", "expert")
    one = answer.json()
    assert (one["phone"], one["topic"], one["state"], one["name"]) == ("+12025550123", ["Garden"], "open", "Vera")
    assert one["owner"] == {"id": here.ours["expert"], "name": "Expert"}
    assert one["customer"]["id"] == here.ours["customer"]


async def test_it_is_given_to_somebody_else_and_put_to_another_time(here: House):
    """A slot that they promised already is no slot; nor is one that is over, or too far away."""
    expert, other = here.ours["expert"], await asked(here, quarter(now_ms() + 2 * DAY))
    path = f"/api/callbacks/{other}"
    one = (await here.ask("PATCH", path, "expert", json={"owner": expert})).json()
    assert one["owner"]["id"] == expert
    taken = (await here.ask("GET", f"/api/callbacks/{here.ours['callback']}")).json()["at"]
    for at, code in (
        (taken, "no_such_slot"),
        (rfc3339(now_ms() - HOUR), "no_such_slot"),
        (rfc3339(now_ms() + 15 * DAY), "no_such_slot"),
        ("noon", "invalid"),
    ):
        answer = await here.ask("PATCH", path, "expert", json={"at": at})
        assert answer.json()["code"] == code, at
    free = from_rfc3339(taken) + SLOT
    one = (await here.ask("PATCH", path, "expert", json={"at": rfc3339(free - MINUTE)})).json()
    assert one["at"] == rfc3339(free)
    for owner in (here.theirs["expert"], here.ours["marketer"], "nobody"):
        assert (await here.ask("PATCH", path, "expert", json={"owner": owner})).json()["code"] == "invalid"


async def test_another_time_opens_what_was_missed_again(here: House):
    """Its owner is reminded anew; another owner alone does not."""
    path, id_ = f"/api/callbacks/{here.ours['callback']}", here.ours["callback"]
    await here.bell.store.write(lambda conn: voice.do.settle(conn, id_, "missed", now_ms(), note="no answer"))
    one = (await here.ask("PATCH", path, "expert", json={"owner": here.ours["expert"]})).json()
    assert one["state"] == "missed"
    at = quarter(now_ms() + 3 * DAY)
    one = (await here.ask("PATCH", path, "expert", json={"at": rfc3339(at)})).json()
    assert (one["state"], one["at"], one["reminded_at"], one["done_at"]) == ("open", rfc3339(at), None, None)
    due = await here.bell.store.read(
        lambda conn: conn.execute(callback.select().where(callback.c.id == id_)).mappings().one()["due_at"]
    )
    assert due == at - 5 * MINUTE


async def test_whoever_only_looks_at_reports_changes_nothing(here: House):
    """They may read it, as they read orders, without what colleagues noted."""
    path = f"/api/callbacks/{here.ours['callback']}"
    assert (await here.ask("GET", path, "marketer")).status_code == 200
    id_, note = here.ours["callback"], "She is cross."
    await here.bell.store.write(lambda conn: voice.do.settle(conn, id_, "missed", now_ms(), note=note))
    timeline = f"/api/customers/{here.ours['customer']}/timeline"
    for who, seen in (("marketer", ""), ("expert", note)):
        one = (await here.ask("GET", path, who)).json()
        (listed,) = (await here.ask("GET", "/api/callbacks", who)).json()["items"]
        told = (await here.ask("GET", timeline, who)).json()["items"]
        (item,) = [item for item in told if item["id"] == id_]
        assert (one["note"], listed["note"], item["data"]["note"]) == (seen, seen, seen)
    assert (await here.ask("PATCH", path, "marketer", json={"owner": here.ours["expert"]})).status_code == 403
    foreign = f"/api/callbacks/{here.theirs['callback']}"
    assert (await here.ask("PATCH", foreign, "expert", json={"at": rfc3339(now_ms() + DAY)})).status_code == 404


async def test_what_strangers_asked_for_is_cleared_away_together(here: House):
    """Of a day, of a network, of all; nobody whom somebody here knows, and nothing of another site."""
    soon = quarter(now_ms() + 2 * DAY)
    ids = [await asked(here, soon + n * DAY, whose=whose) for n, whose in enumerate(["ours"] * 4 + ["theirs"])]

    def work(conn: Connection) -> None:
        for number, id_ in enumerate(ids):
            values = {"stranger": True, "network": "n" if number in (0, 1) else None}
            conn.execute(update(callback).where(callback.c.id == id_).values(**values))

    await here.bell.store.write(work)

    async def clears(who: str = "expert", **query: Any) -> Any:
        answer = (await here.ask("DELETE", "/api/callbacks", who, params=query)).json()
        return answer.get("code") or answer["cleared"]

    assert await clears() == "invalid"
    assert await clears("marketer", stranger="true") == "forbidden"
    assert await clears(like=ids[4]) == "not_found"
    assert await clears(like=ids[0]) == 2
    assert await clears(stranger="true", day=rfc3339(soon + 2 * DAY)[:10]) == 1
    assert await clears(stranger="true") == 1
    assert await clears(stranger="true") == 0
    assert await listed(here, state="open") == [here.ours["callback"]]
    gone = (await here.ask("GET", f"/api/callbacks/{ids[0]}", "expert")).json()
    assert (gone["state"], gone["note"], gone["stranger"]) == ("missed", "Cleared.", True)
    kept = await here.bell.store.read(lambda conn: voice.queries.row(conn, ids[4]))
    assert kept is not None
    assert kept["state"] == "open"


async def test_cleared_with_one_is_what_came_from_the_same_place_to_the_same_site(here: House):
    """Of one from where nobody knows any more, that one alone. Also for whoever sees both sites."""
    soon = quarter(now_ms() + 2 * DAY)
    ids = [await asked(here, soon + n * DAY, whose=whose) for n, whose in enumerate(["ours"] * 4 + ["theirs"] * 2)]
    networks = [None, None, "n", "n", "n", None]

    def work(conn: Connection) -> None:
        for id_, network in zip(ids, networks, strict=True):
            values = {"stranger": True, "network": network}
            conn.execute(update(callback).where(callback.c.id == id_).values(**values))

    await here.bell.store.write(work)

    async def left(like: str) -> list[str]:
        answer = await here.ask("DELETE", "/api/callbacks", "admin", params={"like": like})
        assert answer.status_code == 200, answer.text
        return [one for one in await listed(here, "admin", state="open") if one in ids]

    assert await left(ids[0]) == ids[1:]
    assert await left(ids[2]) == [ids[1], ids[4], ids[5]]


async def test_what_was_kept_for_a_promise_that_is_cleared_away_is_over_with_it(here: House):
    """What others wrote stays."""
    now, soon = now_ms(), quarter(now_ms() + DAY)
    ids = [await asked(here, soon + n * DAY) for n in range(2)]

    def kept(conn: Connection) -> list[str]:
        talks = []
        for id_, stranger in zip(ids, (True, False), strict=True):
            row = chat.do.open_for_visitor(conn, here.ours["site"], new_id(), None, None, now)
            who = Who(kind="visitor", id=row["visitor_id"])
            chat.do.add(conn, row["id"], who, "text", "Hello?", None, None, now)
            chat.do.keep_for(conn, row["id"], here.ours["expert"], soon)
            values = {"stranger": stranger, "conversation_id": row["id"]}
            conn.execute(update(callback).where(callback.c.id == id_).values(**values))
            talks.append(str(row["id"]))
        return talks

    talks = await here.bell.store.write(kept)
    answer = await here.ask("DELETE", "/api/callbacks", "expert", params={"stranger": "true"})
    assert answer.json()["cleared"] == 1
    rows = await here.bell.store.read(lambda conn: {row["id"]: row["state"] for row in chat.queries.rows(conn, talks)})
    assert [rows[id_] for id_ in talks] == ["closed", "open"]
