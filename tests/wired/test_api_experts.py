"""The people of the house by REST: hours, breath, who left, who came back."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.wired.api_house import House, house

OFFICE = {
    "zone": "Europe/Berlin",
    "week": {"1": [["09:00", "17:30"]], "5": [["22:00", "06:00"]]},
    "off": ["2026-12-24"],
}


@pytest.fixture
async def here(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(fresh_database_url, tmp_path) as built:
        yield built


async def new(here: House, **more: Any) -> dict[str, Any]:
    body = {"email": "new@demo.example", "name": "New", "password": "long enough", "sites": [here.ours["key"]]} | more
    made = await here.ask("POST", "/api/experts", json=body)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


async def changed(here: House, who: str, **changes: Any) -> dict[str, Any]:
    answer = await here.ask("PATCH", f"/api/experts/{who}", json=changes)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_hours_and_breath_are_kept_and_taken_back(here: House):
    """Given, left alone, changed, null is always; whoever knows nothing is saved with a warning."""
    made = await new(here, hours=OFFICE, breath_seconds=30)
    assert (made["hours"], made["breath_seconds"], made["active"]) == (OFFICE, 30, True)
    assert made["warnings"] == ["no_topics"]
    assert (made["status"], made["status_reason"], made["status_at"]) == ("offline", "", None)
    after = await changed(here, made["id"], name="Newer", topics=[{"path": ["Garden"], "level": 3}])
    assert (after["hours"], after["breath_seconds"], after["warnings"]) == (OFFICE, 30, [])
    assert (after["rest_until"], after["overtime_until"]) == (None, None)
    assert (await changed(here, made["id"], hours=None, breath_seconds=0))["hours"] is None
    assert (await here.ask("GET", f"/api/experts/{made['id']}", "expert")).json()["breath_seconds"] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"hours": {"zone": "Europe/Nowhere", "week": {}}},
        {"hours": {"zone": "UTC", "week": {"1": [["09:00", "09:00"]]}}},
        {"hours": {"zone": "UTC", "week": {"1": [["09:00", "12:00"], ["11:00", "13:00"]]}}},
        {"hours": {"zone": "UTC", "week": {"1": [["09:00", "10:00"]] * 9}}},
        {"hours": {"zone": "UTC", "week": {"0": []}}},
        {"hours": "always"},
        {"breath_seconds": 601},
        {"breath_seconds": -1},
        {"email": "nobody"},
        {"sites": ["nowhere"]},
        {"role": "king"},
        {"active": False},
    ],
    ids=str,
)
async def test_what_cannot_be_is_refused_and_changes_nothing(here: House, wrong: dict[str, Any]):
    before = (await here.ask("GET", f"/api/experts/{here.ours['expert']}")).json()
    answer = await here.ask("PATCH", f"/api/experts/{here.ours['expert']}", json={"name": "Other"} | wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert (await here.ask("GET", f"/api/experts/{here.ours['expert']}")).json() == before


async def test_an_address_and_a_role_are_changed_and_an_address_that_is_taken_is_not(here: House):
    made = await new(here)
    assert (await changed(here, made["id"], email="Newer@Demo.example"))["email"] == "newer@demo.example"
    signed = await here.client.post("/api/session", json={"email": "newer@demo.example", "password": "long enough"})
    assert signed.status_code == 200
    other = await new(here, email="other@demo.example")
    taken = await here.ask("PATCH", f"/api/experts/{other['id']}", json={"email": "newer@demo.example"})
    assert (taken.status_code, taken.json()["code"]) == (409, "exists")
    assert (await changed(here, made["id"], role="marketer"))["role"] == "marketer"


async def test_a_colleague_sees_only_the_sites_that_they_share(here: House):
    """What a person may see tells nobody of a site that they may not."""
    both = sorted([here.ours["site"], here.theirs["site"]])
    made = await new(here, sites=both)
    assert made["sites"] == both
    assert (await here.ask("GET", f"/api/experts/{made['id']}", "expert")).json()["sites"] == [here.ours["site"]]


async def test_whoever_is_dismissed_is_signed_out_and_stands_among_those_who_left(here: House):
    """Only administrators see who left; twice is missing; brought back, they sign in anew with the old password."""
    made = await new(here)
    body = {"email": "new@demo.example", "password": "long enough"}
    token = (await here.client.post("/api/session", json=body)).json()["token"]
    for who, status in (("expert", 403), ("marketer", 403), ("admin", 204), ("admin", 404)):
        assert (await here.ask("DELETE", f"/api/experts/{made['id']}", who)).status_code == status
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await here.client.get("/api/session", headers=bearer)).status_code == 401
    assert (await here.client.post("/api/session", json=body)).status_code == 401
    there = (await here.ask("GET", "/api/experts")).json()["items"]
    left = (await here.ask("GET", "/api/experts", params={"active": "false"})).json()["items"]
    assert made["id"] not in [one["id"] for one in there]
    assert [(one["id"], one["name"], one["active"]) for one in left] == [(made["id"], "New", False)]
    assert (await here.ask("GET", "/api/experts", "expert", params={"active": "false"})).status_code == 403
    assert (await changed(here, made["id"], active=True))["active"] is True
    assert (await here.client.post("/api/session", json=body)).status_code == 200


async def test_topics_name_only_those_who_work_here(here: House):
    """Whoever is dismissed answers nobody, however well they knew the topic; brought back, they are named again."""
    made = await new(here, topics=[{"path": ["Moss"], "level": 5}])

    async def knowers() -> list[str]:
        found = (await here.ask("GET", "/api/topics")).json()["items"]
        return [person["name"] for one in found if one["path"] == ["Moss"] for person in one["experts"]]

    assert await knowers() == ["New"]
    assert (await here.ask("DELETE", f"/api/experts/{made['id']}")).status_code == 204
    assert await knowers() == []
    await changed(here, made["id"], active=True)
    assert await knowers() == ["New"]


async def test_an_administrator_dismisses_neither_themselves_nor_the_last_one(here: House):
    mine = here.ours["admin"]
    assert (await here.ask("DELETE", f"/api/experts/{mine}")).status_code == 403
    assert (await here.ask("DELETE", f"/api/experts/{here.theirs['admin']}")).status_code == 204
    answer = await here.ask("PATCH", f"/api/experts/{mine}", json={"role": "expert"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await here.ask("GET", "/api/session")).json()["me"]["role"] == "admin"
