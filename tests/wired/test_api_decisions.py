"""Why you, why not Boris, and what came of it: decisions as the console reads them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, update

import access.do
import chat.do
import routing.do
from chat.message import Who
from contract.clock import now_ms
from contract.ids import new_id, node_id
from routing.tables import alert
from tests.wired.api_house import House, house


@pytest.fixture
async def here(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(fresh_database_url, tmp_path) as open_house:
        yield open_house


async def decision(here: House) -> dict[str, Any]:
    (one,) = (await here.ask("GET", f"/api/decisions?visit={here.ours['visit']}")).json()["items"]
    found: dict[str, Any] = one
    return found


async def why(here: House, expert: str, who: str = "admin", language: str = "en") -> str:
    path = f"/api/decisions/{here.ours['decision']}/why?expert={expert}"
    answer = await here.ask("GET", path, who, headers={"Accept-Language": language})
    text: str = answer.json()["text"]
    return text


async def colleague(here: House, name: str, site: str, topics: list[tuple[str, int]]) -> str:
    def work(conn: Connection) -> str:
        made = access.do.create_account(
            conn, email=f"{new_id()}@x.example", name=name, password_hash="-", role="expert", now=now_ms(), sites=[site]
        )
        rows = [(node_id(site, [topic]), [topic], level) for topic, level in topics]
        routing.do.add_expert(conn, made.id, 4, rows)
        return made.id

    return await here.bell.store.write(work)


async def test_each_candidate_has_score_parts_and_reason(here: House):
    """The only expert is offline: a candidate, excluded, with the parts of the score."""
    one = await decision(here)
    (line,) = one["candidates"]
    assert (line["name"], line["excluded"], line["score"]) == ("Expert", "offline", 4.5)
    assert line["parts"] == {"level": 4, "nearness": 0.5, "language": None, "load": 0.25}
    assert (one["chosen"], one["others"], one["outcome"]) == ([], {}, "nobody")
    assert (one["answered_at"], one["solved"], one["rated"]) == (None, None, None)


async def test_what_came_of_it_is_read_later(here: House):
    """Accepted, answered, closed by a person; the order was placed before the bell and does not count."""
    ours, now = here.ours, now_ms()

    alert_id = (await decision(here))["alert"]

    def accept(conn: Connection) -> None:
        values = {"state": "accepted", "outcome": "accepted", "expert_id": ours["expert"], "ended_at": now}
        conn.execute(update(alert).where(alert.c.id == alert_id).values(**values, raised_at=now))

    def answer(conn: Connection) -> None:
        who = Who(kind="expert", id=ours["expert"], name="Expert")
        chat.do.add(conn, ours["conversation"], who, "text", "Hello!", None, None, now + 5)

    await here.bell.store.write(accept)
    assert (await decision(here))["solved"] is False
    await here.bell.store.write(answer)
    assert (await decision(here))["answered_at"] is not None
    await here.bell.store.write(lambda conn: chat.do.close(conn, ours["conversation"], now + 9, "Expert"))
    one = await decision(here)
    assert (one["solved"], one["ordered"]) == (True, None)


async def test_an_order_after_the_bell_is_named(here: House):
    """The first one of that visitor within a day."""
    alert_id = (await decision(here))["alert"]
    back = update(alert).where(alert.c.id == alert_id).values(raised_at=now_ms() - 60_000)
    await here.bell.store.write(lambda conn: conn.execute(back).close())
    assert (await decision(here))["ordered"]["id"] == here.ours["order"]
    old = update(alert).where(alert.c.id == alert_id).values(raised_at=now_ms() - 2 * 86_400_000)
    await here.bell.store.write(lambda conn: conn.execute(old).close())
    assert (await decision(here))["ordered"] is None


async def test_why_not_is_one_sentence_for_anybody(here: House):
    """For a candidate its reason; for who was none what is known of them; in the language that was asked for."""
    ours = here.ours
    assert await why(here, ours["expert"]) == "Expert was offline."
    assert await why(here, ours["expert"], language="ru") == "Expert: не в сети."
    boris = await colleague(here, "Boris", ours["site"], [("Kitchen", 5)])
    assert await why(here, boris) == "Boris knows nothing of Tools."
    assert await why(here, ours["marketer"]) == "Marketer has no desk."
    stranger = await colleague(here, "Sven", here.theirs["site"], [("Garden", 5)])
    assert await why(here, stranger) == "Sven does not see this site."
    await here.bell.store.write(lambda conn: access.do.patch_account(conn, boris, active=False))
    assert await why(here, boris) == "Boris no longer works here."


async def test_who_is_not_of_ones_sites_looks_missing(here: House):
    """To an expert a person of another site is like one who never was; so is a foreign visit, or none."""
    path = f"/api/decisions/{here.ours['decision']}/why"
    codes = []
    for expert in (here.theirs["expert"], new_id(), "nonsense"):
        answer = await here.ask("GET", f"{path}?expert={expert}", "expert")
        codes.append((answer.status_code, answer.json()["code"]))
    assert set(codes) == {(404, "not_found")}
    assert (await here.ask("GET", path, "expert")).status_code == 422
    foreign, none = [
        (await here.ask("GET", f"/api/decisions?visit={visit}", "expert")).json()
        for visit in (here.theirs["visit"], new_id())
    ]
    assert foreign == none == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("ladder", "code"),
    [
        ({"rungs": []}, 422),
        ({"rungs": [{"rung": "owner"}, {"rung": "owner"}]}, 422),
        ({"rungs": [{"rung": "topic", "seconds": 0}]}, 422),
        ({"rungs": [{"rung": "topic", "seconds": 3601}]}, 422),
        ({"rungs": [{"rung": "cousin"}]}, 422),
        ({"rungs": [{"rung": "anyone"}], "wait_seconds": -1}, 422),
        ({"rungs": [{"rung": "anyone"}], "fallback": "pigeon"}, 422),
        ({"rungs": [{"rung": "anyone", "seconds": 7}, {"rung": "owner", "seconds": 30}]}, 200),
    ],
    ids=["no rungs", "a rung twice", "no time", "too long", "no such rung", "waiting backwards", "pigeon", "its order"],
)
async def test_a_ladder_that_cannot_be_climbed_is_refused(here: House, ladder: dict[str, Any], code: int):
    """With the name of what is wrong; what the site had stays."""
    path = f"/api/sites/{here.ours['site']}"
    before = (await here.ask("GET", path)).json()["ladder"]
    answer = await here.ask("PATCH", path, json={"ladder": ladder})
    assert answer.status_code == code, answer.text
    after = (await here.ask("GET", path)).json()
    if code == 200:
        assert [(one["rung"], one["seconds"]) for one in after["ladder"]["rungs"]] == [("anyone", 7), ("owner", 30)]
        assert after["rung_seconds"] == 7
        all_for = (await here.ask("PATCH", path, json={"rung_seconds": 40})).json()["ladder"]["rungs"]
        assert [(one["rung"], one["seconds"]) for one in all_for] == [("anyone", 40), ("owner", 40)]
    else:
        assert answer.json()["code"] == "invalid"
        assert after["ladder"] == before
