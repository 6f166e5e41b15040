"""How the shop carries the bell: from the other loopback name, so that both are two origins on one port."""

import re
from dataclasses import dataclass

SITE = "demo"

_OTHER_NAME = {"localhost": "127.0.0.1", "127.0.0.1": "localhost"}
_HOST = re.compile(r"([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:]{2,39}\])(?::([0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class Origins:
    """Where this page came from and where its bell comes from, each as `scheme://host[:port]`."""

    shop: str
    bell: str

    @property
    def snippet(self) -> str:
        return f"{self.bell}/shopbell.js"

    @property
    def policy(self) -> str:
        """The shop's content security policy: itself and the bell, nobody else, nothing inline."""
        return "; ".join(
            (
                "default-src 'self'",
                f"script-src 'self' {self.bell}",
                f"connect-src 'self' {self.bell}",
                f"frame-src {self.bell}",
                "style-src 'self'",
                "img-src 'self' data:",
                "object-src 'none'",
                "base-uri 'none'",
                "form-action 'self'",
                "frame-ancestors 'none'",
            )
        )


def origins(scheme: str, host: str) -> Origins | None:
    """Both origins from a request's scheme and Host header; None for a Host that is not a name with a port.

    A name that is neither of the two loopback names (a phone beside the desk) gets the bell from itself.
    """
    found = _HOST.fullmatch(host.lower())
    if scheme not in ("http", "https") or found is None or int(found[2] or 80) not in range(1, 65536):
        return None
    name, port = found[1], f":{found[2]}" if found[2] else ""
    return Origins(f"{scheme}://{name}{port}", f"{scheme}://{_OTHER_NAME.get(name, name)}{port}")
