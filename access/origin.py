"""An origin as browsers write it: `https://shop.example`, `http://localhost:8000`. Pure."""

import re

_ORIGIN = re.compile(r"(https?)://([a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::([0-9]{1,5}))?", re.ASCII)
_USUAL = {"http": 80, "https": 443}


def origin(text: str) -> str | None:
    """`text` in the one spelling a browser sends, or None if it is no origin: a path, a user or another scheme."""
    found = _ORIGIN.fullmatch(text.strip().rstrip("/").lower())
    if found is None:
        return None
    scheme, host, port = found[1], found[2], int(found[3]) if found[3] else None
    if port is not None and not 0 < port < 65536:
        return None
    return f"{scheme}://{host}" if port in (None, _USUAL[scheme]) else f"{scheme}://{host}:{port}"
