"""Whatever a body, a query or a header holds: a clear refusal, never a 5xx, and nothing half-written."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from service.api import OPERATIONS
from tests.wired.api_house import House, house
from tests.wired.test_api_doors import KINDS, body_of, path_of

TAKING = [each for each in OPERATIONS if each.takes is not None]
DEEP = 100_000
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "space": b"   ",
    "no json": b"{",
    "not utf-8": b"\xff\xfe{}",
    "utf-16": '{"a": 1}'.encode("utf-16"),
    "deep array": b"[" * DEEP + b"]" * DEEP,
    "deep object": b'{"a":' * 30_000 + b"1" + b"}" * 30_000,
    "deep props": b'{"site":"x","visitor":"' + b"0" * 32 + b'","events":[{"id":"x","type":"custom","name":"n","props":'
    + b'{"a":' * 900 + b"1" + b"}" * 900 + b"}]}",
    "NaN": b'{"email": NaN, "price": NaN}',
    "infinity": b"-Infinity",
    "surrogate": b'{"email": "\\ud800", "name": "\\udfff", "key": "\\ud800"}',
    "array": b"[]",
    "array of arrays": b"[[],[],{}]",
    "number": b"1e999",
    "huge number": b"9" * 10_000,
    "text": b'"x"',
    "null": b"null",
    "true": b"true",
    "proto": b'{"__proto__": {"role": "admin"}, "constructor": 1}',
    "twice": b"{}{}",
}  # fmt: skip
VALUES: list[object] = [
    None, True, -1, 0, 2**31, 2**63, 10**30, 1.5, "", " ", "\x00", "a\x00b", "x" * 10_000, [], {}, [[]], {"a": {}},
    "\u202e",
    "' OR 1=1 --", "<script>", "../../etc/passwd",
]  # fmt: skip


@pytest.fixture
async def here(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(fresh_database_url, tmp_path) as built:
        yield built


def path(each, house: House) -> str:
    return path_of(each, house.ours[KINDS[each.tag]] if "{id}" in each.path else "")


async def test_a_hostile_body_is_refused(here: House):
    for each in TAKING:
        for name, body in BODIES.items():
            answer = await here.ask(
                each.method, path(each, here), content=body, headers={"Content-Type": "application/json"}
            )
            if name in ("proto", "deep props") and answer.is_success:
                continue  # fields nobody knows are ignored
            assert 400 <= answer.status_code < 500, (each.path, name, answer.status_code, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
            assert len(answer.content) < 1_000


async def test_a_hostile_value_in_any_field_never_breaks_the_server(here: House):
    for each in TAKING:
        good = body_of(each, here) or {"email": "a@b.example", "password": "x"}
        for field in good:
            for value in VALUES:
                answer = await here.ask(each.method, path(each, here), json={**good, field: value})
                assert answer.status_code < 500, (each.path, field, value, answer.text)
                if not answer.is_success:
                    assert answer.json()["code"], (each.path, field, value)


async def test_a_field_that_is_missing_is_named(here: House):
    answer = await here.ask("POST", "/api/products", json={"site": here.ours["key"], "sku": "x"})
    assert answer.status_code == 422
    assert "name" in answer.json()["detail"]


async def test_a_refusal_repeats_nothing_of_the_body(here: House):
    body = {"email": "a@b.example", "name": "n", "password": "long enough", "role": "<script>alert(1)</script>"}
    answer = await here.ask("POST", "/api/experts", json=body)
    assert answer.status_code == 422
    assert "script" not in answer.text


CONTENT_TYPES = {
    "application/json": 201,
    "application/json; charset=utf-8": 409,
    "APPLICATION/JSON": 409,
    "text/plain": 415,
    "application/x-www-form-urlencoded": 415,
    "multipart/form-data; boundary=x": 415,
    "": 415,
}


async def test_only_json_is_taken(here: House):
    body = json.dumps({"site": here.ours["key"], "sku": "new", "name": "New", "price": 1}).encode()
    for content_type, status in CONTENT_TYPES.items():
        answer = await here.ask("POST", "/api/products", content=body, headers={"Content-Type": content_type})
        assert answer.status_code == status, content_type


async def test_a_large_body_is_413_whether_or_not_it_says_so(here: House):
    async def parts():
        for _ in range(300):
            yield b" " * 1024

    for content in (b" " * 300_000, parts()):
        answer = await here.ask("POST", "/api/products", content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code == 413
        assert answer.json()["code"] == "too_large"


async def test_a_compressed_body_is_not_taken(here: House):
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert (await here.ask("POST", "/api/products", content=b"{}", headers=headers)).status_code == 415


async def test_a_hostile_query_never_breaks_the_server(here: House):
    words = ("\x00", "%ff", "x" * 5_000, "-1", "1e9", "9" * 30, "null", "[]", "2026-13-45", "0000-00-00", "9999-12-31",
             "\ud7ff",
             "WzEsMl0", "WyJcdTAwMDAiLCJ4Il0", here.theirs["key"])  # fmt: skip
    for each in OPERATIONS:
        if each.method != "GET":
            continue
        for name in {*each.query, "limit", "cursor", "after", "visit"}:
            for word in words if name in each.query else words[:2]:  # what it does not read it cannot stumble over
                answer = await here.ask("GET", path(each, here), params={name: word})
                assert answer.status_code < 500, (each.path, name, word, answer.text)


async def test_hostile_headers_never_break_the_server(here: House):
    for name in (
        "Authorization",
        "Cookie",
        "Accept-Language",
        "Origin",
        "If-None-Match",
        "X-Forwarded-For",
        "Content-Type",
    ):
        for value in (b"\xff\xfe", b"Bearer " + b"\xff" * 50, b"x" * 8_000, b"", b";;;=;", b"Bearer", b"=" * 100):
            for target in ("/api/session", "/api/sites", "/frame", "/shopbell.js", "/console/"):
                answer = await here.client.get(target, headers={name.encode(): value})
                assert answer.status_code < 500, (name, value, target)


async def test_an_unexpected_error_says_nothing_but_where_to_look(here: House, monkeypatch):
    async def broken(*_):
        raise RuntimeError("secret detail of the inside")

    monkeypatch.setattr(here.bell.sites, "all", broken)
    answer = await here.ask("GET", "/api/sites")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_refusal_speaks_the_persons_language(here: House):
    answer = await here.client.get("/api/sites", headers={"Accept-Language": "ru-RU,ru;q=0.9"})
    assert answer.json()["detail"] == "Пожалуйста, войдите." or answer.json()["detail"].isascii() is False
