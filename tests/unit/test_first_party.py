"""For which domain our answer may set the visitor's cookie."""

import pytest

from contract.facts import SiteFacts
from service.visitor.first_party import host_of, set_cookie, shared_domain

SHARED = [
    ("shop.example", "bell.shop.example", "shop.example"),
    ("www.shop.example", "bell.shop.example", "shop.example"),
    ("bell.shop.example", "shop.example", "shop.example"),
    ("shop.example", "shop.example", "shop.example"),
    ("www.eu.shop.example", "bell.eu.shop.example", "eu.shop.example"),
    ("xn--e1afmkfd.example", "bell.xn--e1afmkfd.example", "xn--e1afmkfd.example"),
    ("shop.example", "bell.example", None),
    ("shop.example", "evilshop.example", None),
    ("shop.example", "shop.example.evil.example", None),
    ("localhost", "localhost", None),
    ("shop.localhost", "bell.localhost", None),
    ("127.0.0.1", "127.0.0.1", None),
    ("10.0.0.1", "99.0.0.1", None),
    ("[::1]", "[::1]", None),
    ("shop.example;x", "bell.shop.example;x", None),
    ("", "", None),
    ("a..example", "b..example", None),
]


@pytest.mark.parametrize(("page", "bell", "domain"), SHARED)
def test_the_longest_domain_of_both_of_two_labels_at_least(page: str, bell: str, domain: str | None):
    assert shared_domain(page, bell) == domain


HOSTS = {
    "https://Shop.example:8443": "shop.example", "http://shop.example": "shop.example",
    "bell.example:8000": "bell.example", "bell.example.": "bell.example", "[::1]:8000": "[::1]", "": "",
}  # fmt: skip


@pytest.mark.parametrize(("text", "host"), HOSTS.items())
def test_a_host_has_no_port(text: str, host: str):
    assert host_of(text) == host


def test_no_site_key_writes_a_header_of_its_own():
    """A key is in the name of the cookie; one that could end it sets none."""
    for key, sets in (("demo", True), ("my-shop", True), ("a;b", False), ("a\r\nX: y", False), ("магазин", False)):
        site = SiteFacts(id="i", key=key, name="", origins=frozenset(), language="en", zone="UTC", currency="EUR")
        assert bool(set_cookie(site, "0" * 32, "shop.example")) is sets
