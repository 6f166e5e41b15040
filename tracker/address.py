"""Pure: web addresses from outside: which we keep, and what never enters the base."""

import re
from urllib.parse import SplitResult, urlsplit, urlunsplit

from contract.beacons import URL_LIMIT
from contract.text import clean, is_web_address
from tracker.remembered import remembered

_EXACT = frozenset({
    "auth", "authorization", "code", "e-mail", "email", "jwt", "key", "mail", "otp", "pass", "passphrase", "passwd",
    "phone", "pin", "pwd", "sess", "sid", "sig", "signature", "state", "tel", "ticket",
})  # fmt: skip
_PART = re.compile(r"token|passw|secret|session|e-?mail|api_?-?key|_key$|-key$|credential")
#: What a mail programme or a shop puts into links: an address under any name.
_ADDRESS = re.compile(r"(?:@|%40)[^&]*\.")
_READ = 4 * URL_LIMIT


def is_secret(name: str, value: str) -> bool:
    """True for a query parameter that may open something, or names a person."""
    name = name.lower()
    return name in _EXACT or _PART.search(name) is not None or _ADDRESS.search(value) is not None


def without_secrets(query: str) -> str:
    """The query less the parameters that `is_secret` knows; the rest stays as it was written."""
    kept = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if not is_secret(name, value):
            kept.append(pair)
    return "&".join(kept)


@remembered
def cleaned(raw: str) -> str | None:
    """An address as we keep it, or None if it is none: http or https, with a host, at most 2,048 characters.

    User name, password and secret parameters are taken out. A query that makes the address too long is left out;
    one that is beyond all measure is not even read (the standard library keeps what it splits, too).
    """
    url = clean(raw.strip(), len(raw)).replace(" ", "%20")
    if len(url) > _READ:
        url = url.partition("#")[0].partition("?")[0]
        if len(url) > _READ:
            return None
    parts = split(url)
    if parts is None or not is_web_address(url):
        return None
    if "@" in parts.netloc:
        parts = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    if parts.query:
        parts = parts._replace(query=without_secrets(parts.query))
    if "=" in parts.fragment:
        head, mark, tail = parts.fragment.rpartition("?")
        parts = parts._replace(fragment=head + mark + without_secrets(tail))
    url = urlunsplit(parts)
    if len(url) > URL_LIMIT:
        url = urlunsplit(parts._replace(query="", fragment=""))
    return url if len(url) <= URL_LIMIT else None


def split(url: str) -> SplitResult | None:
    """The parts of an address, scheme in small letters; None when it has no host or cannot be read."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return parts if host and parts.scheme in ("http", "https") else None


@remembered
def host(url: str) -> str:
    """The host of an address in small letters, without port and `www.`; "" for none."""
    parts = split(url)
    return (parts.hostname or "").removeprefix("www.") if parts else ""
