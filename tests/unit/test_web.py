"""HTTP manners as tables: languages, addresses, cookies, bodies, cursors."""

import asyncio
from typing import Any

import msgspec
import pytest
from starlette.requests import Request

from contract.errors import CODES, Refused
from contract.rest_experts import SignIn
from contract.rest_goods import ProductWrite
from service.address import client_address, comes_from_here, is_secure
from service.api.lists import cursor, from_cursor
from service.cookies import console_cookie, console_token, frame_cookie, frame_hash
from service.web import language, parse, problem, read_body, where


@pytest.mark.parametrize(
    ("accept", "spoken"),
    [
        (None, "en"),
        ("", "en"),
        ("ru", "ru"),
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("de, ru;q=0.5, en;q=0.7", "en"),
        ("en;q=0, ru;q=0.1", "ru"),
        ("de-DE", "en"),
        ("ru;q=nonsense", "en"),
        (";;;,,,", "en"),
        ("*", "en"),
    ],
)
def test_the_language_is_the_one_the_browser_likes_best(accept, spoken):
    assert language(accept) == spoken


def scope(peer: str | None = "10.0.0.9", scheme: str = "http", **headers: str) -> dict[str, Any]:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "scheme": scheme, "client": (peer, 1) if peer else None, "headers": named}


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "address"),
    [
        ("10.0.0.9", "192.0.2.1", [], "10.0.0.9"),
        ("10.0.0.9", "192.0.2.1", ["10.0.0.9"], "192.0.2.1"),
        ("10.0.0.9", "192.0.2.1", ["10.0.0.0/8"], "192.0.2.1"),
        ("192.0.2.200", "192.0.2.1", ["10.0.0.0/8"], "192.0.2.200"),
        ("10.0.0.9", "6.6.6.6, 192.0.2.1", ["10.0.0.9"], "192.0.2.1"),
        ("10.0.0.9", "6.6.6.6, 192.0.2.1, 10.0.0.8", ["10.0.0.0/8"], "192.0.2.1"),
        ("10.0.0.9", "nonsense", ["10.0.0.9"], "10.0.0.9"),
        ("10.0.0.9", "", ["10.0.0.9"], "10.0.0.9"),
        (None, "192.0.2.1", ["10.0.0.9"], "unknown"),
    ],
)
def test_a_forwarded_address_counts_only_from_a_trusted_proxy(peer, forwarded, trusted, address):
    assert client_address(scope(peer, x_forwarded_for=forwarded), trusted) == address


@pytest.mark.parametrize(
    ("asked", "trusted", "secure"),
    [
        (scope(scheme="https", host="shop.example"), [], True),
        (scope(host="localhost:8000"), [], True),
        (scope(host="127.0.0.1"), [], True),
        (scope(host="[::1]:8000"), [], True),
        (scope(host="[::1]"), [], True),
        (scope(host="shop.example"), [], False),
        (scope(host="localhost.evil.example"), [], False),
        (scope(host="shop.example", x_forwarded_proto="https"), [], False),
        (scope(host="shop.example", x_forwarded_proto="https"), ["10.0.0.9"], True),
        (scope(), [], False),
    ],
)
def test_a_secure_cookie_needs_https_or_a_loopback_name(asked, trusted, secure):
    assert is_secure(asked, trusted) is secure


@pytest.mark.parametrize(
    ("asked", "here"),
    [
        (scope("127.0.0.1", host="127.0.0.1:8000"), True),
        (scope("127.8.0.1", host="localhost"), True),
        (scope("::1", host="[::1]:8000"), True),
        (scope("::ffff:127.0.0.1", host="localhost:8000"), True),
        (scope("10.0.0.9", host="localhost:8000"), False),
        (scope("::ffff:10.0.0.9", host="localhost:8000"), False),
        (scope(None, host="localhost:8000"), False),
        (scope("unix", host="localhost"), False),
        (scope("127.0.0.1"), False),
        (scope("127.0.0.1", host="bell.example"), False),  # by a proxy, or by a page whose name was bent to us
        (scope("127.0.0.1", host="localhost:8000", x_forwarded_for="127.0.0.1"), False),
        (scope("127.0.0.1", host="localhost:8000", forwarded="for=1.2.3.4"), False),
        (scope("127.0.0.1", host="localhost:8000", x_real_ip="1.2.3.4"), False),
        (scope("127.0.0.1", host="localhost:8000", via="1.1 proxy"), False),
    ],
)
def test_a_program_of_this_machine_asks_for_itself_alone(asked, here):
    assert comes_from_here(asked) is here


@pytest.mark.parametrize("other", ["bell.example", "localhost"])
def test_who_names_two_hosts_has_named_none(other):
    """Else a proxy goes by one of them, and we by the other."""
    asked = scope("127.0.0.1", host="localhost")
    asked["headers"].append((b"host", other.encode()))
    assert not comes_from_here(asked)
    assert not is_secure(asked, [])


def test_the_plain_console_cookie_counts_only_where_the_safe_one_cannot_be_kept():
    both = "a=b; shopbell=plain; __Host-shopbell=safe"
    assert console_token(both, secure=True) == "safe"
    assert console_token(both, secure=False) == "plain"
    assert console_token("shopbell=plain", secure=True) is None
    assert console_token("__Host-shopbell=", secure=True) is None


def test_console_cookies_say_what_the_contract_says():
    for secure in (True, False):
        said = console_cookie("t", secure=secure)
        assert "; HttpOnly; SameSite=Strict; Path=/" in said
        assert said.startswith("__Host-shopbell=t; Secure;" if secure else "shopbell=t;")
    assert "Max-Age=0" in console_cookie("", secure=True)


def test_a_frame_secret_is_random_and_only_one_of_ours_is_hashed():
    first, second = frame_cookie(), frame_cookie()
    assert first != second
    assert all(word in first for word in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"))
    sent = first.partition(";")[0]
    assert frame_hash(f"x=1; {sent}") == frame_hash(sent)
    assert len(frame_hash(sent) or "") == 64
    for header in (None, "", "__Host-shopbell-frame=short", "__Host-shopbell-frame=" + "é" * 43, "other=" + "a" * 43):
        assert frame_hash(header) is None


HOSTILE = {
    "nothing": b"",
    "no json": b"{",
    "not utf-8": b'{"email": "\xff"}',
    "NaN": b'{"email": NaN, "password": "x"}',
    "infinity": b'{"email": "x", "password": Infinity}',
    "half a surrogate": b'{"email": "\\ud800", "password": "x"}',
    "surrogate in utf-8": b'{"email": "\xed\xa0\x80", "password": "x"}',
    "NUL": b'{"email": "a\\u0000b", "password": "x"}',
    "deep": b"[" * 100_000,
    "deep inside": b'{"email": "x", "password": ' + b'{"a":' * 50_000,
    "array for object": b"[]",
    "number": b"1",
    "null": b"null",
    "wrong type": b'{"email": 1, "password": []}',
    "missing": b'{"email": "x"}',
    "huge number": b'{"email": "x", "password": ' + b"9" * 5_000 + b"}",
    "long": b'{"email": "' + b"x" * 300 + b'", "password": "x"}',
    "twice": b'{"email": "x", "password": "x"} {}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_body_is_refused_with_a_clear_code(name):
    with pytest.raises(Refused) as refused:
        parse(HOSTILE[name], SignIn)
    assert refused.value.code in ("malformed", "invalid", "bad_text")
    assert refused.value.sentence("ru")


def test_unknown_fields_are_ignored():
    assert parse(b'{"email": "a", "password": "b", "role": "admin", "__class__": {}}', SignIn).email == "a"


@pytest.mark.parametrize("price", [b"-1", b"1.5", b'"1"', b"1e400", b"99999999999999999999", b"true", b"null"])
def test_a_price_is_a_whole_number_in_range(price):
    with pytest.raises(Refused):
        parse(b'{"site": "s", "sku": "s", "name": "n", "price": ' + price + b"}", ProductWrite)


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("Expected `int`, got `str` - at `$.price`", "price"),
        ("Object missing required field `email`", "email"),
        ("Object missing required field `level` - at `$.topics[0]`", "topics[0].level"),
        ("Invalid enum value '<script>' - at `$.role`", "role"),
        ("Expected `object`, got `array`", ""),
    ],
)
def test_a_refusal_names_the_place_and_never_what_was_written_there(said, place):
    assert where(said) == place


@pytest.mark.parametrize("code", CODES)
def test_every_refusal_is_a_problem_in_both_languages(code):
    for tongue in ("en", "ru"):
        response = problem(Refused(code, retry_after=3), tongue)
        body = msgspec.json.decode(response.body)
        assert response.headers["content-type"] == "application/problem+json"
        assert response.headers["retry-after"] == "3"
        assert body["status"] == response.status_code
        assert body["code"] == code
        assert body["detail"]


def test_a_cursor_comes_back_as_it_went_out():
    assert from_cursor(cursor([1_764_000_000_000, "id"]), (int, str)) == (1_764_000_000_000, "id")


@pytest.mark.parametrize(
    "text",
    ["", "x", "!!!!", "W10", cursor([1]), cursor(["1", "x"]), cursor([2**60, "x"]), cursor([1, "a\x00"]), "WzEs" * 70],
)
def test_a_cursor_of_somebody_elses_making_is_refused(text):
    with pytest.raises(Refused):
        from_cursor(text, (int, str))


def test_a_boolean_is_no_number_in_a_cursor():
    with pytest.raises(Refused):
        from_cursor("W3RydWUsIngiXQ", (int, str))


async def test_a_body_that_dribbles_is_ended_by_its_deadline():
    async def dribble():
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b" ", "more_body": True}

    request = Request({**scope(), "method": "POST", "path": "/", "query_string": b""}, dribble)
    with pytest.raises(Refused) as refused:
        await read_body(request, seconds=0.1)
    assert refused.value.code == "malformed"
