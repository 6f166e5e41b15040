"""Pure: the language that a browser asks for first."""

import re

from tracker.remembered import remembered

_FIRST = re.compile(r"\s*([A-Za-z]{2,3})(?![A-Za-z])")


@remembered
def spoken(accept: str) -> str:
    """`Accept-Language` as browsers send it, most wanted first -> `en`, `ru`, without a country; "" for none."""
    found = _FIRST.match(accept)
    return found[1].lower() if found else ""
