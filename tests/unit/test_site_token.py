"""A site's signed word: what is believed, and what is not, whatever a token looks like."""

import base64
import hashlib
import hmac
import json
import random
from typing import Any

import jwt
import pytest

from access.token import signed_in
from contract.errors import Refused
from contract.facts import SignedIn

SECRET, OTHER = "s" * 43, "t" * 43
NOW = 1_800_000_000
GOOD = {"sub": "4711", "exp": NOW + 300}


def signed(claims: Any, secret: str = SECRET, **header: Any) -> str:
    """A token as a shop in any language makes it: three parts, by hand."""
    parts = [json.dumps({"alg": "HS256", "typ": "JWT"} | header).encode(), json.dumps(claims).encode()]
    text = ".".join(coded(part) for part in parts)
    return f"{text}.{coded(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())}"


def coded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def hint(token: str, *secrets: str) -> str:
    """What is wrong with it; "" if it is believed."""
    try:
        signed_in(token, secrets or (SECRET,), NOW * 1000)
    except Refused as error:
        refused = error
    else:
        return ""
    assert (refused.code, refused.status) == ("bad_token", 403)
    assert SECRET not in str(refused)
    return refused.hint


def test_who_is_signed_in_is_what_the_site_says():
    """Names and addresses come along as they are; nothing else does."""
    claims = GOOD | {"email": "Vera@Shop.example", "phone": "+49 30 1", "name": " Vera\n Lee ", "role": "admin"}
    assert signed_in(signed(claims), [SECRET], NOW * 1000) == SignedIn(
        user="4711", email="Vera@Shop.example", phone="+49 30 1", name="Vera Lee"
    )
    assert signed_in(signed(GOOD | {"email": None}), [SECRET], NOW * 1000) == SignedIn(user="4711")


def test_the_secret_before_is_as_good_while_it_lasts():
    assert hint(signed(GOOD, OTHER), SECRET, OTHER) == ""
    assert hint(signed(GOOD, OTHER), SECRET) == "signature"


TIMES = [
    ({"exp": NOW + 1}, ""),
    ({"exp": NOW + 600}, ""),
    ({"exp": NOW + 0.5}, ""),
    ({"exp": NOW}, "exp: expired"),
    ({"exp": NOW - 1}, "exp: expired"),
    ({"exp": 0}, "exp: expired"),
    ({"exp": -1e308}, "exp: expired"),
    ({"exp": NOW + 601}, "exp: more than 10 minutes ahead"),
    ({"exp": NOW * 1000}, "exp: more than 10 minutes ahead"),
    ({"exp": 1e308}, "exp: more than 10 minutes ahead"),
    ({"exp": 2**80}, "exp: more than 10 minutes ahead"),
    ({"exp": 10**400}, "claims"),
    ({"iat": 10**400}, "claims"),
    ({"exp": None}, "claims"),
    ({"exp": str(NOW + 300)}, "claims"),
    ({"exp": True}, "claims"),
    ({"exp": [NOW]}, "claims"),
    ({"exp": float("nan")}, "claims"),
    ({"exp": float("inf")}, "claims"),
    ({"iat": NOW}, ""),
    ({"iat": NOW - 10**6}, ""),
    ({"iat": NOW + 60}, ""),
    ({"iat": NOW + 61}, "iat: in the future"),
    ({"nbf": NOW + 61}, "nbf: in the future"),
    ({"nbf": NOW - 1}, ""),
    ({"nbf": "now"}, "claims"),
]


@pytest.mark.parametrize(("claims", "wrong"), TIMES)
def test_a_token_lives_ten_minutes_at_most(claims: dict[str, Any], wrong: str):
    assert hint(signed(GOOD | claims)) == wrong


USERS = [
    ("1", ""), ("x" * 200, ""), ("Вера", ""), ("a b", ""), ("10", ""),
    ("", "sub"), (" \n", "sub"), ("x" * 201, "sub"), ("a\x00b", "sub"), ("0", "sub"), ("null", "sub"),
    (" Guest ", "sub"), ("undefined", "sub"), ("[object Object]", "sub"), ("\ud800", "claims"), (None, "claims"),
    (4711, "claims"), (["4711"], "claims"), ({"a": 1}, "claims"),
]  # fmt: skip


@pytest.mark.parametrize(("user", "wrong"), USERS)
def test_a_user_is_named_by_a_text_that_is_not_nobody(user: Any, wrong: str):
    assert hint(signed(GOOD | {"sub": user})) == wrong


@pytest.mark.parametrize("claims", [{"sub": "4711"}, {"exp": NOW + 300}, {}, [], "4711", None, 1])
def test_user_and_expiry_are_required(claims: Any):
    assert hint(signed(claims)) == "claims"


def bare(header: bytes, claims: Any = GOOD, tail: str = "") -> str:
    return f"{coded(header)}.{coded(json.dumps(claims).encode())}.{tail}"


def with_tail_of_good(header: bytes) -> str:
    return bare(header, tail=signed(GOOD).rpartition(".")[2])


HEADERS = [
    b'{"alg":"none"}', b'{"alg":"None"}', b'{"alg":"nOnE","typ":"JWT"}', b"{}", b"[]", b"null", b'"HS256"', b"\xff",
    b'{"alg":null}', b'{"alg":["HS256"]}', b'{"alg":{"HS256":1}}', b"{" * 5_000, b"[" * 6_000,
    b'{"alg":"HS256","b64":false,"crit":["b64"]}', b'{"alg":"HS256","kid":{"a":1}}',
]  # fmt: skip


@pytest.mark.parametrize("header", HEADERS)
def test_no_header_talks_us_out_of_the_signature(header: bytes):
    """No algorithm, another one, a header that is none: with an empty signature and with one of another token."""
    assert hint(bare(header)) == "signature"
    assert hint(with_tail_of_good(header)) == "signature"


def test_another_algorithm_is_not_ours_even_with_the_right_key():
    """HS384 and HS512 as they should be, and a header that says RS256 or ES256 over an HMAC of ours."""
    long = "s" * 64
    for algorithm, wrong in (("HS256", ""), ("HS384", "signature"), ("HS512", "signature")):
        assert hint(jwt.encode(GOOD, long, algorithm=algorithm), long) == wrong
    for algorithm in ("RS256", "ES256", "PS256", "EdDSA", "hs256", "HS256 "):
        assert hint(signed(GOOD, alg=algorithm)) == "signature"


def test_a_key_that_the_token_brings_along_is_never_asked():
    """kid, jku, jwk, x5u: the header may say what it likes, what counts is our secret."""
    tricks: list[dict[str, Any]] = [
        {"kid": "../../dev/null"}, {"kid": "' OR 1=1 --"}, {"jku": "https://evil.example/keys"}, {"x5u": "file:///etc"},
        {"jwk": {"kty": "oct", "k": coded(OTHER.encode())}},
    ]  # fmt: skip
    for trick in tricks:
        assert hint(signed(GOOD, **trick)) == "", "only the signature counts"
        assert hint(signed(GOOD, OTHER, **trick)) == "signature"
        assert hint(signed(GOOD, "", **trick)) == "signature"


def test_ten_thousand_altered_tokens_are_none_of_the_sites():
    """One bit, one character, or one part is another: never believed, and nothing but our refusal comes of it."""
    token, random_ = signed(GOOD | {"email": "vera@shop.example"}), random.Random(1)
    whole = bytearray(token.encode())
    believed = 0
    for _ in range(10_000):
        altered = bytearray(whole)
        altered[random_.randrange(len(altered))] ^= 1 << random_.randrange(8)
        text = altered.decode("latin-1")
        if hint(text) == "":
            # The last character of a part holds spare bits: the same bytes, spelled in another way.
            assert [decoded(part) for part in text.split(".")] == [decoded(part) for part in token.split(".")]
            believed += 1
    assert believed < 200


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "a.b.c.d", "\x00", "é.è.ü", "x" * 8193, "a" * 8000, "null"])
def test_what_is_no_token_is_refused_like_a_bad_one(text: str):
    assert hint(text) == "signature"


def test_a_deep_or_repeated_claim_harms_nobody():
    """Nesting, and the same claim twice: signed by the site all the same."""
    deep = json.dumps(GOOD).replace("}", f', "x": {"[" * 3000}{"]" * 3000}}}')
    twice = json.dumps(GOOD).replace("{", '{"sub": "1", ')
    for payload, wrong in ((deep, "claims"), (twice, "")):
        text = ".".join((coded(json.dumps({"alg": "HS256"}).encode()), coded(payload.encode())))
        tail = coded(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest())
        assert hint(f"{text}.{tail}") == wrong
