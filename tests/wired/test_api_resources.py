"""What the resources answer: lists that are walked to their end, things that are made and changed."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from contract.ids import node_id
from service.api import OPERATIONS
from tests.wired.api_house import House, house


@pytest.fixture
async def here(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(fresh_database_url, tmp_path) as built:
        yield built


async def add_products(here: House, number: int) -> None:
    for each in range(number):
        body = {"site": here.ours["key"], "sku": f"s{each}", "name": f"Thing {each}", "price": each, "path": ["Garden"]}
        answer = await here.ask("POST", "/api/products", json=body)
        assert answer.status_code == 201, answer.text


async def test_one_conversation_is_read_by_its_site_alone(here: House):
    """Also one that stands on nobody's desk any more."""
    path = f"/api/conversations/{here.ours['conversation']}"
    found = (await here.ask("GET", path, "expert")).json()
    assert (found["id"], found["expert"]["id"], found["kept_for"]) == (
        here.ours["conversation"], here.ours["expert"], None,
    )  # fmt: skip
    foreign = f"/api/conversations/{here.theirs['conversation']}"
    assert (await here.ask("GET", foreign, "expert")).status_code == 404


async def test_a_list_is_walked_to_its_end_without_gap_or_repeat(here: House):
    await add_products(here, 12)
    seen: list[str] = []
    cursor = None
    while True:
        params = {"limit": 5} | ({"cursor": cursor} if cursor else {})
        page = (await here.ask("GET", "/api/products", "expert", params=params)).json()
        seen += [item["sku"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ["spade", *(f"s{each}" for each in range(12))]


LIMITS = {"1": 200, "100000": 200, "0": 422, "-1": 422, "x": 422, "1.5": 422}


async def test_a_limit_is_a_whole_number_and_cut_at_a_thousand(here: House):
    for limit, status in LIMITS.items():
        assert (await here.ask("GET", "/api/products", "expert", params={"limit": limit})).status_code == status, limit


async def test_a_product_is_made_changed_and_made_once(here: House):
    body = {
        "site": here.ours["key"],
        "sku": "rake",
        "name": "Rake",
        "price": 1000,
        "path": ["Garden"],
        "currency": "XXX",
    }
    made = await here.ask("POST", "/api/products", json=body)
    assert made.status_code == 201
    product = made.json()
    assert product["price"] == {"amount": 1000, "currency": "EUR"}, "the currency is the site's"
    again = await here.ask("POST", "/api/products", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "exists")
    changed = await here.ask("PATCH", f"/api/products/{product['id']}", json={"price": 900, "active": False})
    assert (changed.json()["price"]["amount"], changed.json()["active"]) == (900, False)
    assert (await here.ask("GET", f"/api/products/{product['id']}", "expert")).json() == changed.json()
    off = (await here.ask("GET", "/api/products", "expert", params={"active": "false"})).json()
    assert [item["sku"] for item in off["items"]] == ["rake"]


async def test_a_new_expert_can_sign_in_and_knows_what_was_said(here: House):
    body = {
        "email": "New@Demo.example", "name": "Новый", "password": "long enough", "languages": ["ru", "en"],
        "topics": [{"path": ["Garden", "Tools"], "level": 5}], "sites": [here.ours["key"]],
    }  # fmt: skip
    made = await here.ask("POST", "/api/experts", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["email"] == "new@demo.example"
    assert made.json()["topics"] == body["topics"]
    assert "password" not in made.text
    assert (await here.ask("POST", "/api/experts", json=body)).json()["code"] == "exists"
    session = await here.client.post("/api/session", json={"email": "new@demo.example", "password": "long enough"})
    assert session.json()["me"]["sites"] == [here.ours["site"]]
    changed = await here.ask(
        "PATCH", f"/api/experts/{made.json()['id']}", json={"topics": [], "capacity": 7, "password": "another one"}
    )
    assert (changed.json()["topics"], changed.json()["capacity"]) == ([], 7)
    bearer = {"Authorization": f"Bearer {session.json()['token']}"}
    assert (await here.client.get("/api/session", headers=bearer)).status_code == 401, "a new password signs out"


WRONG_EXPERTS: list[dict[str, Any]] = [
    {"email": "nobody"},
    {"password": "short"},
    {"role": "king"},
    {"sites": ["nowhere"]},
    {"topics": [{"path": [], "level": 3}]},
    {"topics": [{"path": ["A"], "level": 6}]},
    {"capacity": 0},
]


async def test_an_expert_who_cannot_be_is_refused_and_nothing_is_left(here: House):
    for wrong in WRONG_EXPERTS:
        body = {"email": "new@demo.example", "name": "New", "password": "long enough"} | wrong
        assert (await here.ask("POST", "/api/experts", json=body)).status_code == 422, wrong
    everybody = (await here.ask("GET", "/api/experts")).json()["items"]
    assert "New" not in [person["name"] for person in everybody]


async def test_a_site_is_made_and_changed(here: House):
    body = {"key": "third", "name": "Third", "origins": ["https://Third.example/"], "zone": "Europe/Prague"}
    made = await here.ask("POST", "/api/sites", json=body)
    assert made.status_code == 201
    assert made.json()["origins"] == ["https://third.example"]
    assert (await here.ask("POST", "/api/sites", json=body)).json()["code"] == "exists"
    address = f"/api/sites/{made.json()['id']}"
    assert (await here.ask("GET", address)).json() == made.json()
    assert (await here.ask("PATCH", address, json={"zone": "Nowhere/Land"})).status_code == 422
    assert (await here.ask("PATCH", address, json={"origins": ["https://a.example/x"]})).status_code == 422
    assert (await here.ask("PATCH", address, json={"rung_seconds": 30})).json()["rung_seconds"] == 30
    assert (await here.ask("GET", address, "expert")).status_code == 404


async def test_a_trigger_is_switched_off_and_on(here: House):
    for active in (False, True):
        answer = await here.ask("PATCH", f"/api/triggers/{here.ours['trigger']}", json={"active": active})
        assert answer.json()["active"] is active


async def test_topics_name_who_knows_them_also_where_nobody_ever_was(here: House):
    items = (await here.ask("GET", "/api/topics", "expert")).json()["items"]
    by_path = {tuple(item["path"]): item for item in items}
    assert len(by_path) == len(items), "each node once"
    assert ("Garden", "Tools") in by_path
    assert {person["id"] for person in by_path["Garden",]["experts"]} == {
        here.ours[role] for role in ("admin", "marketer", "expert")
    }


async def test_a_topic_keeps_the_phrases_that_an_administrator_gives(here: House):
    """All at once, trimmed, each once; also where nobody ever was; the home page holds what is about nothing."""
    known, root = node_id(here.ours["site"], ["Garden"]), node_id(here.ours["site"], [])
    for topic, path, phrases in (
        (known, ["Garden"], ["which spade", "my lawn is yellow"]),
        (root, [], ["do you have jobs"]),
    ):
        given = await here.ask("PATCH", f"/api/topics/{topic}", json={"phrases": [*phrases, f" {phrases[0]} "]})
        assert given.status_code == 200, given.text
        assert (given.json()["path"], given.json()["phrases"]) == (path, phrases)
        items = (await here.ask("GET", "/api/topics", "expert")).json()["items"]
        assert [item["phrases"] for item in items if item["id"] == topic] == [phrases]
    forgotten = await here.ask("PATCH", f"/api/topics/{known}", json={"phrases": []})
    assert forgotten.json()["phrases"] == []


@pytest.mark.parametrize(
    "phrases", [None, "spade", [""], [" "], [1], ["x" * 301], ["x"] * 201, ["\x00"], ["\u0085"], [["x"]]]
)
async def test_phrases_that_cannot_be_kept_are_refused(here: House, phrases: Any):
    topic = f"/api/topics/{here.ours['topic']}"
    await here.ask("PATCH", topic, json={"phrases": ["as it was"]})
    answer = await here.ask("PATCH", topic, json={"phrases": phrases})
    assert answer.status_code == 422, answer.text
    items = (await here.ask("GET", "/api/topics")).json()["items"]
    assert [item["phrases"] for item in items if item["id"] == here.ours["topic"]] == [["as it was"]]


async def test_phrases_stay_with_a_topic_that_is_no_longer_known(here: House):
    """Whoever knew it left, nobody was ever there: it is listed, and may be changed."""
    topic = here.ours["topic"]
    await here.ask("PATCH", f"/api/topics/{topic}", json={"phrases": ["which spade"]})
    for role in ("admin", "marketer", "expert"):
        await here.ask("PATCH", f"/api/experts/{here.ours[role]}", json={"topics": []})
    listed = (await here.ask("GET", "/api/topics", params={"site": here.ours["key"]})).json()["items"]
    assert topic in {item["id"] for item in listed}
    changed = await here.ask("PATCH", f"/api/topics/{topic}", json={"phrases": ["a rake"]})
    assert changed.json()["phrases"] == ["a rake"]


async def test_the_desk_begins_with_everything(here: House):
    desk = (await here.ask("GET", "/api/desk", "expert")).json()
    assert desk["me"]["id"] == here.ours["expert"]
    assert [one["id"] for one in desk["conversations"]] == [here.ours["conversation"]]
    assert [site["key"] for site in desk["sites"]] == [here.ours["key"]]
    assert {one["id"] for one in desk["experts"]} == {here.ours[role] for role in ("admin", "marketer", "expert")}


async def test_a_visit_shows_its_pages_and_is_live(here: House):
    visit = (await here.ask("GET", f"/api/visits/{here.ours['visit']}", "expert")).json()
    assert [view["path"] for view in visit["views"]] == [["Garden", "Tools"]]
    assert visit["visit"]["customer"]["name"] == "Vera"
    for params in ({"live": "true"}, {}):
        items = (await here.ask("GET", "/api/visits", "expert", params=params)).json()["items"]
        assert [item["id"] for item in items] == [here.ours["visit"]]
        assert items[0]["live"] is True


async def test_a_timeline_holds_every_channel_and_is_walked_by_its_cursor(here: House):
    for kind, id_ in (("customers", here.ours["customer"]), ("visits", here.ours["visit"])):
        seen, cursor = [], None
        for _ in range(10):
            params = {"limit": 1} | ({"cursor": cursor} if cursor else {})
            page = (await here.ask("GET", f"/api/{kind}/{id_}/timeline", "expert", params=params)).json()
            seen += [item["kind"] for item in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert sorted(seen) == ["alert", "callback", "conversation", "offer", "order", "visit"], kind


async def test_an_order_and_an_offer_are_as_they_were_made(here: House):
    order = (await here.ask("GET", f"/api/orders/{here.ours['order']}", "expert")).json()
    assert order["total"] == {"amount": 3980, "currency": "EUR"}
    assert order["customer"]["name"] == "Vera"
    offer = (await here.ask("GET", f"/api/offers/{here.ours['offer']}", "expert")).json()
    assert (offer["price"]["amount"], offer["state"]) == (1500, "open")


async def test_a_customer_is_shown_with_what_is_known(here: House):
    customer = (await here.ask("GET", f"/api/customers/{here.ours['customer']}", "expert")).json()
    assert customer["emails"] == [f"vera@{here.ours['key']}.example"]
    assert (customer["orders"], customer["spent"]["amount"], customer["visits"]) == (1, 3980, 1)


async def test_messages_are_read_by_number(here: House):
    address = f"/api/conversations/{here.ours['conversation']}/messages"
    messages = (await here.ask("GET", address, "expert")).json()["messages"]
    assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))
    later = (await here.ask("GET", address, "expert", params={"after": len(messages)})).json()["messages"]
    assert later == []


async def test_trusted_events_are_counted_and_the_same_again_changes_nothing(here: House):
    event = {"id": str(uuid.uuid4()), "type": "page.viewed", "at": "2024-05-01T10:00:00Z", "url": "https://x.example/a/b",
             "user_agent": "Mozilla/5.0 Firefox/140.0"}  # fmt: skip
    body = {
        "site": here.ours["key"],
        "visitor": uuid.uuid4().hex,
        "events": [event, {**event, "id": "no id", "type": "page.viewed"}],
    }
    for counted in ({"stored": 1, "duplicates": 0}, {"stored": 0, "duplicates": 1}):
        answer = await here.ask("POST", "/api/events", json=body)
        assert answer.status_code == 200, answer.text
        assert {key: answer.json()[key] for key in counted} == counted
        assert len(answer.json()["rejected"]) == 1
    unknown = await here.ask("POST", "/api/events", json={**body, "site": "nowhere"})
    assert (unknown.status_code, unknown.json()["code"]) == (403, "unknown_site")


async def test_reports_answer_for_the_dates_of_the_site(here: House):
    for params in ({}, {"from": "2020-01-01"}, {"from": "2020-01-01", "to": "2100-01-01"}):
        overview = await here.ask("GET", "/api/reports/overview", "marketer", params=params)
        assert overview.json()["page_views"] == 1, overview.text
    for params in ({"from": "yesterday"}, {"from": "2026-02-30"}, {"from": "2026-02-02", "to": "2026-02-01"}):
        assert (await here.ask("GET", "/api/reports/overview", "marketer", params=params)).status_code == 422
    tree = (await here.ask("GET", "/api/reports/tree", "marketer")).json()
    assert [node["path"] for node in tree["nodes"]][-1] == ["Garden", "Tools"]


async def test_an_administrator_of_several_sites_says_which(here: House):
    assert (await here.ask("GET", "/api/reports/overview")).json()["code"] == "invalid"
    both = [
        await here.ask("GET", "/api/reports/overview", params={"site": here.ours[name]}) for name in ("key", "site")
    ]
    assert both[0].json() == both[1].json()


async def test_a_funnel_lists_the_people_who_stopped(here: House):
    body = {"site": here.ours["key"], "steps": ["viewed", "deep"], "people": "viewed"}
    funnel = (await here.ask("POST", "/api/funnels/query", "marketer", json=body)).json()
    assert [step["visitors"] for step in funnel["steps"]] == [1, 0]
    assert [person["customer"]["name"] for person in funnel["people"]] == ["Vera"]


async def test_the_document_describes_every_operation(here: House):
    document = (await here.client.get("/api/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    for each in OPERATIONS:
        said = document["paths"][each.path][each.method.lower()]
        assert said["summary"], each.path
        assert ("requestBody" in said) is (each.takes is not None), each.path
        assert bool(said["security"]) is (each.roles is not None)
    text = str(document)
    for name in {part.split("'")[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in document["components"]["schemas"], name
