"""Pure: what we keep of the page that led here: where it was, and not what was asked there.

The address of another site is kept without its query: what somebody typed into a search engine, or the number of a
letter in a mailbox, is not ours to know, and no channel needs it. Of our own site's pages the query stays.
"""

import re

from tracker.address import cleaned, host

_APP = re.compile(r"android-app://([a-z][a-z0-9_]*(?:\.[a-z0-9_]+){1,9})(?:/|$)", re.IGNORECASE)


def kept(raw: str, url: str) -> str:
    """The referrer of the page at `url` as it is stored; "" for none, and for what is neither address nor app."""
    if not raw:
        return ""
    if name := app(raw):
        return f"android-app://{name}"
    address = cleaned(raw) or ""
    if ("?" not in address and "#" not in address) or host(address) == host(url):
        return address
    return address.partition("#")[0].partition("?")[0]


def app(referrer: str) -> str:
    """The Android application that opened the page, as its browser names it, in small letters; "" for none."""
    if not referrer.startswith("android-app:"):
        return ""
    found = _APP.match(referrer[:300])
    return found[1].lower() if found else ""
