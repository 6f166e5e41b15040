"""Who may do what: every operation of the table, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from contract.clock import DAY, now_ms, rfc3339
from service.api import OPERATIONS
from service.api.operation import ADMINS, EVERYBODY, EXPERTS, MARKETERS, Operation
from tests.asgi import ORIGIN
from tests.pictures import png
from tests.wired.api_house import House, house, missing

CLOSED = [each for each in OPERATIONS if each.roles is not None]
WITH_ID = [each for each in CLOSED if "{id}" in each.path]
CHANGING = [each for each in CLOSED if each.method != "GET"]
#: What each resource's `{id}` means in `House.ours`.
KINDS = {
    "sites": "site",
    "experts": "expert",
    "topics": "topic",
    "triggers": "trigger",
    "segments": "segment",
    "products": "product",
    "offers": "offer",
    "orders": "order",
    "customers": "customer",
    "merges": "merge",
    "visits": "visit",
    "visitors": "browser",
    "conversations": "conversation",
    "decisions": "decision",
    "webhooks": "webhook",
    "tokens": "token",
    "articles": "article",
    "canned": "canned",
    "files": "file",
    "blocks": "block",
    "callbacks": "callback",
    "push": "push",
}


@pytest.fixture
async def here(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    mail = {"SMTP_URL": "smtp://127.0.0.1:9", "MAIL_FROM": "shop@shop.example"}
    async with house(fresh_database_url, tmp_path, **mail) as built:
        yield built


def path_of(operation: Operation, id_: str) -> str:
    return operation.path.replace("{id}", id_).replace("{delivery}", missing())


def body_of(operation: Operation, house: House) -> Any:
    """A body that the operation takes."""
    pages = {"all": [{"kind": "pages", "at_least": 3}]}
    trigger = {"site": house.ours["key"], "name": "long", "conditions": pages, "action": "nothing"}
    segment = {"site": house.ours["key"], "name": "readers", "conditions": pages}
    bodies: dict[str, Any] = {
        "POST /api/sites": {"key": "another", "name": "Another"},
        "PATCH /api/sites/{id}": {"name": "Renamed"},
        "POST /api/experts": {"email": "new@demo.example", "name": "New", "password": "long enough", "topics": []},
        "PATCH /api/experts/{id}": {"name": "Renamed", "topics": [{"path": ["Garden"], "level": 5}]},
        "PATCH /api/topics/{id}": {"phrases": ["which spade for clay"]},
        "PATCH /api/triggers/{id}": {"active": False},
        "PUT /api/triggers/{id}": trigger,
        "POST /api/triggers": trigger,
        "POST /api/triggers/check": trigger,
        "POST /api/triggers/backtest": trigger | {"days": 7},
        "POST /api/segments": segment,
        "PUT /api/segments/{id}": segment,
        "POST /api/products": {"site": house.ours["key"], "sku": "rake", "name": "Rake", "price": 1000},
        "PATCH /api/products/{id}": {"price": 2000},
        "PATCH /api/visitors/{id}": {"bot": False},
        "PATCH /api/callbacks/{id}": {"at": rfc3339(now_ms() + 3 * DAY)},
        "POST /api/customers/{id}/merge": {"from": house.ours["other"], "reason": "said so"},
        "POST /api/orders/{id}/confirm": {"email": True},
        "POST /api/sites/{id}/secret": {},
        "POST /api/blocks": {"visitor": house.ours["bystander"], "reason": "rude"},
        "POST /api/conversations/{id}/transcript": {"email": "a@b.example", "client_id": "1"},
        "PUT /api/sites/{id}/tree/rules": {"ids": "group"},
        "POST /api/sites/{id}/tree/preview": {"url": "https://x.example/"},
        "POST /api/webhooks": {
            "site": house.ours["key"],
            "url": "https://9.9.9.9/hook",
            "events": ["order.placed"],
        },
        "PATCH /api/webhooks/{id}": {"events": ["message.added"]},
        "POST /api/tokens": {"name": "till"},
        "POST /api/push": {
            "endpoint": f"https://9.9.9.9/{uuid4().hex}",
            "keys": {
                "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
                "auth": "BTBZMqHH6r4Tts7J_aSIgg",
            },
        },
        "POST /api/articles": {"site": house.ours["key"], "title": "Returns", "text": "A hundred days."},
        "PATCH /api/articles/{id}": {"state": "published"},
        "POST /api/canned": {"site": house.ours["key"], "shortcut": uuid4().hex, "title": "Bye", "text": "Bye {name}."},
        "PATCH /api/canned/{id}": {"text": "Good day, {name}."},
        "POST /api/funnels/query": {"site": house.ours["key"]},
        "POST /api/events": {
            "site": house.ours["key"],
            "visitor": "0" * 32,
            "events": [
                {"id": "6f1c1f6e-7d0a-4f0e-9a53-2f7d6c1e8a11", "type": "page.viewed", "url": "https://x.example/"}
            ],
        },
    }
    return bodies.get(f"{operation.method} {operation.path}") if operation.takes is not None else None


def said(operation: Operation, house: House, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """What to send: JSON, or where a file is taken, a file."""
    if operation.path.endswith("/tree/import"):
        return {"content": b"/garden,Garden", "headers": {"Content-Type": "text/csv", **(headers or {})}}
    if operation.path.endswith("/files"):
        return {"content": png(), "headers": {"X-Client-Id": "1", "X-File-Name": "a.png", **(headers or {})}}
    return {"json": body_of(operation, house), "headers": headers or {}}


def query_of(operation: Operation, house: House) -> dict[str, str]:
    if (operation.method, operation.path) == ("DELETE", "/api/callbacks"):
        return {"stranger": "true"}
    if operation.path == "/api/decisions":
        return {"visit": house.ours["visit"]}
    if operation.path == "/api/decisions/{id}/why":
        return {"expert": house.ours["expert"]}
    about_one_site = operation.path.startswith("/api/reports/") or operation.path in (
        "/api/queue",
        "/api/board",
        "/api/articles/search",
    )
    return {"site": house.ours["key"]} if about_one_site else {}


async def test_nobody_comes_in_without_a_session(here: House):
    for each in CLOSED:
        path = path_of(each, here.ours[KINDS[each.tag]] if "{id}" in each.path else "")
        for headers in (
            {},
            {"Authorization": "Bearer nonsense"},
            {"Authorization": "Basic YTpi"},
            {"Cookie": "__Host-shopbell=x"},
        ):
            answer = await here.ask(each.method, path, None, **said(each, here, headers))
            assert answer.status_code == 401, (each.method, path, headers)
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["code"] == "unauthenticated"


async def test_a_role_gets_what_it_may_and_403_for_the_rest(here: House):
    for each in CLOSED:
        if each.method == "DELETE" and each.path in ("/api/session", "/api/experts/{id}"):
            continue  # would end the session of the next row
        if "{delivery}" in each.path:
            continue  # one of two: tests/wired/test_webhooks.py
        if each.path.startswith("/api/push/"):
            continue  # one's own alone: tests/wired/test_push.py
        id_ = here.ours[KINDS[each.tag]] if "{id}" in each.path else ""
        for role in ("expert", "marketer", "admin"):
            if role == "admin" and each.path.endswith("/files"):
                continue  # it is a colleague's conversation: read, not written
            answer = await here.ask(
                each.method, path_of(each, id_), role, **said(each, here), params=query_of(each, here)
            )
            assert each.roles is not None
            if role in each.roles and each.method == "DELETE" and answer.status_code == 404:
                assert role == "admin", "a marketer was there before"
            elif role in each.roles:
                assert answer.is_success, (role, each.method, each.path, answer.text)
            else:
                assert answer.status_code == 403, (role, each.method, each.path, answer.text)
                assert answer.json()["code"] == "forbidden"


def test_the_roles_are_those_of_the_product():
    allowed = {f"{each.method} {each.path}": each.roles for each in OPERATIONS}
    assert {name for name, roles in allowed.items() if roles is None} == {
        "POST /api/session", "GET /api/session/here", "GET /api/setup", "POST /api/setup", "GET /healthz",
        "GET /readyz",
    }  # fmt: skip
    assert {name for name, roles in allowed.items() if roles == ADMINS} == {
        "POST /api/sites", "PATCH /api/sites/{id}", "POST /api/experts", "PATCH /api/experts/{id}",
        "PATCH /api/topics/{id}", "DELETE /api/experts/{id}",
        "PATCH /api/triggers/{id}", "POST /api/triggers", "PUT /api/triggers/{id}", "DELETE /api/triggers/{id}",
        "POST /api/segments", "PUT /api/segments/{id}", "DELETE /api/segments/{id}",
        "POST /api/products", "PATCH /api/products/{id}", "POST /api/events",
        "GET /api/sites/{id}/secret", "POST /api/sites/{id}/secret",
        "PUT /api/sites/{id}/tree/rules", "POST /api/sites/{id}/tree/import", "DELETE /api/sites/{id}/tree",
        "GET /api/webhooks", "POST /api/webhooks", "GET /api/webhooks/{id}", "PATCH /api/webhooks/{id}",
        "DELETE /api/webhooks/{id}", "GET /api/webhooks/{id}/secret", "POST /api/webhooks/{id}/secret",
        "POST /api/webhooks/{id}/test", "GET /api/webhooks/{id}/deliveries", "POST /api/webhooks/{id}/retry",
        "POST /api/webhooks/{id}/deliveries/{delivery}/retry", "GET /api/tokens", "POST /api/tokens",
        "DELETE /api/tokens/{id}",
        "GET /api/board", "GET /metrics",
    }  # fmt: skip
    assert {name for name, roles in allowed.items() if roles == MARKETERS} == {
        "GET /api/triggers", "GET /api/triggers/{id}", "GET /api/triggers/{id}/report", "POST /api/triggers/check",
        "POST /api/triggers/backtest", "GET /api/segments", "GET /api/segments/{id}",
        "GET /api/reports/overview", "GET /api/reports/tree", "POST /api/funnels/query",
        "GET /api/sites/{id}/events", "GET /api/sites/{id}/snippet", "GET /api/sites/{id}/origins",
        "GET /api/sites/{id}/tree", "GET /api/sites/{id}/tree/rules",
        "POST /api/sites/{id}/tree/preview",
        "POST /api/articles", "PATCH /api/articles/{id}", "DELETE /api/articles/{id}",
        "POST /api/canned", "PATCH /api/canned/{id}", "DELETE /api/canned/{id}",
    }  # fmt: skip
    assert {name for name, roles in allowed.items() if roles == EXPERTS} == {
        "GET /api/push", "POST /api/push", "DELETE /api/push/{id}", "POST /api/push/{id}/try",
        "POST /api/customers/{id}/merge", "POST /api/merges/{id}/undo", "POST /api/orders/{id}/confirm",
        "POST /api/conversations/{id}/files", "POST /api/conversations/{id}/transcript",
        "PATCH /api/callbacks/{id}", "GET /api/blocks", "POST /api/blocks", "DELETE /api/blocks/{id}",
        "GET /api/missed", "DELETE /api/callbacks", "GET /api/conversations/{id}/notes",
    }  # fmt: skip
    assert all(roles in (None, EVERYBODY, MARKETERS, EXPERTS, ADMINS) for roles in allowed.values())


async def test_a_foreign_id_looks_exactly_like_a_missing_one(here: House):
    for each in WITH_ID:
        assert each.roles is not None
        ids = [here.theirs[KINDS[each.tag]], missing(), "nonsense", "%00", "x" * 2_000]
        if each.path.endswith("{id}") and each.method == "GET":
            ids.append("..%2f..")  # it makes another address, which takes nothing but GET
        for role in each.roles - {"admin"}:  # an administrator sees every site
            asked = [await here.ask(each.method, path_of(each, id_), role, **said(each, here)) for id_ in ids]
            assert {answer.status_code for answer in asked} == {404}, (role, each.path, [a.status_code for a in asked])
            assert len({answer.content for answer in asked}) == 1, (role, each.path)
            headers = {tuple(sorted({**answer.headers, "date": ""}.items())) for answer in asked}
            assert len(headers) == 1, (role, each.path)


async def test_a_list_holds_nothing_of_a_foreign_site(here: House):
    for each in CLOSED:
        if each.method != "GET" or "cursor" not in each.query or "{id}" in each.path:
            continue
        assert each.roles is not None
        for role in each.roles - {"admin"}:
            params = query_of(each, here)
            ours = await here.ask("GET", each.path, role, params=params)
            assert ours.is_success, (each.path, ours.text)
            assert not [id_ for kind, id_ in here.theirs.items() if kind != "key" and id_ in ours.text], each.path
            if "site" in each.query:
                for theirs in (here.theirs["key"], here.theirs["site"]):
                    foreign = await here.ask("GET", each.path, role, params={**params, "site": theirs})
                    unknown = await here.ask("GET", each.path, role, params={**params, "site": "nowhere"})
                    assert foreign.status_code == unknown.status_code == 404
                    assert foreign.content == unknown.content


async def test_a_cookie_changes_something_only_from_our_own_page(here: House):
    cookie = {"Cookie": f"__Host-shopbell={here.tokens['admin']}"}
    for each in CHANGING:
        if each.path == "/api/session" or "{delivery}" in each.path or each.path.endswith("/files"):
            continue  # for the last one: tests/wired/test_files.py
        id_ = here.ours[KINDS[each.tag]] if "{id}" in each.path else ""
        for headers, status in (
            ({}, 403),
            ({"Origin": ORIGIN}, 403),
            ({"X-CSRF": "1"}, 403),
            ({"Origin": "https://evil.example", "X-CSRF": "1"}, 403),
            ({"Origin": "null", "X-CSRF": "1"}, 403),
            ({"Origin": f"{ORIGIN}.evil.example", "X-CSRF": "1"}, 403),
            ({"Origin": ORIGIN, "X-CSRF": "1"}, 0),
        ):
            answer = await here.ask(
                each.method, path_of(each, id_), None, params=query_of(each, here),
                **said(each, here, {**cookie, **headers}),
            )  # fmt: skip
            if status:
                assert answer.status_code == status, (each.path, headers, answer.text)
                assert answer.json()["code"] == "missing_csrf"
            elif each.path.startswith("/api/push/"):
                assert answer.status_code == 404, "it is the expert's: past this door, and then as if it were missing"
            else:
                assert answer.is_success, (each.path, answer.text)


async def test_reading_with_a_cookie_needs_no_header(here: House):
    answer = await here.ask("GET", "/api/session", None, headers={"Cookie": f"__Host-shopbell={here.tokens['expert']}"})
    assert answer.json()["me"]["role"] == "expert"


async def test_another_method_is_405_and_says_which_there_are(here: House):
    for path, allowed in (("/api/session", {"POST", "GET", "DELETE"}), ("/api/products", {"GET", "POST"})):
        answer = await here.ask("PUT", path, json={})
        assert answer.status_code == 405
        assert answer.json()["code"] == "method_not_allowed"
        assert allowed <= {method.strip() for method in answer.headers["allow"].split(",")}
