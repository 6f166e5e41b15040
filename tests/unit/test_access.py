"""Who may come in: passwords, origins, sessions, addresses."""

import time

import argon2
import pytest

from access.origin import origin
from access.passwords import NOBODY, _hasher, hashed, matches
from access.sessions import LASTS, needs_renewal, token_hash
from contract.clock import DAY, HOUR


def test_a_password_matches_its_own_hash_only():
    stored = hashed("a bell over the door")
    assert matches(stored, "a bell over the door")
    assert not matches(stored, "a bell over the dooR")
    assert not matches("not a hash at all", "a bell over the door")


def test_nobody_has_a_password_and_nobodys_hash_costs_as_much_as_a_real_one():
    assert not matches(None, "")
    assert not matches(None, "never a password")
    assert not _hasher.check_needs_rehash(NOBODY), "made with other parameters than those in use"


def test_each_sign_in_hashes_exactly_once_whether_the_account_exists_or_not(monkeypatch):
    hashes = 0
    real = argon2.PasswordHasher.verify

    def counted(self, stored, password):
        nonlocal hashes
        hashes += 1
        return real(self, stored, password)

    stored = hashed("right")
    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted)
    for known, password in ((stored, "right"), (stored, "wrong"), (None, "right")):
        hashes = 0
        matches(known, password)
        assert hashes == 1, (known, password)


def test_a_hash_takes_long_enough_to_hurt_a_guesser():
    began = time.perf_counter()
    matches(None, "x")
    assert time.perf_counter() - began > 0.002


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("https://shop.example", "https://shop.example"),
        ("HTTPS://Shop.Example/", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://shop.example:80", "http://shop.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://shop.example/path", None),
        ("https://user@shop.example", None),
        ("https://shop.example?x", None),
        ("https://shop.example:0", None),
        ("https://shop.example:99999", None),
        ("ftp://shop.example", None),
        ("javascript:alert(1)", None),
        ("null", None),
        ("*", None),
        ("", None),
        ("https://shop.example; script-src *", None),
        ("https://shop.example\nX: y", None),
        ("https://shöp.example", None),
    ],
)
def test_an_origin_has_one_spelling_and_anything_else_is_none(text, plain):
    assert origin(text) == plain


@pytest.mark.parametrize(
    ("kind", "left", "renewed"),
    [
        ("browser", LASTS["browser"], False),
        ("browser", LASTS["browser"] - HOUR, False),
        ("browser", LASTS["browser"] - DAY - 1, True),
        ("browser", HOUR, True),
        ("token", HOUR, False),
        ("ticket", HOUR, False),
    ],
)
def test_only_a_browsers_session_is_renewed_and_at_most_daily(kind, left, renewed):
    assert needs_renewal(kind, 1_000 + left, 1_000) is renewed


def test_any_text_can_be_asked_for_as_a_token():
    assert token_hash("x") != token_hash("y")
    assert len(token_hash("\ud800\x00")) == 64
