"""Who is calling, and how: the client's address and scheme, believed from a proxy only if we were told to trust it."""

import ipaddress
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import Scope

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
#: Whoever brings one of these asks for somebody else.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")


def client_address(scope: Scope, trusted_proxies: Iterable[str]) -> str:
    """The peer's address. Behind trusted proxies: the last hop of X-Forwarded-For that is not one of them."""
    peer = scope.get("client")
    address = str(peer[0]) if peer else "unknown"
    trusted = frozenset(trusted_proxies)
    if not trusted or not is_trusted(address, trusted):
        return address
    for hop in reversed(",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")):
        try:
            address = str(ipaddress.ip_address(hop.strip()))
        except ValueError:
            break
        if not is_trusted(address, trusted):
            break
    return address


def is_trusted(address: str, trusted: Iterable[str]) -> bool:
    """True if `address` is one of `trusted`, which are addresses or networks such as `10.0.0.0/8`."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address in trusted
    return any(_within(parsed, each) for each in trusted)


def _within(address: ipaddress.IPv4Address | ipaddress.IPv6Address, network: str) -> bool:
    try:
        return address in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def comes_from_here(scope: Scope) -> bool:
    """True for a program on this machine that asks for itself. A proxy beside us, trusted or not, asks for others: it
    says so in a header, or by the name it was called by."""
    peer = scope.get("client")
    headers = Headers(scope=scope)
    return (
        peer is not None
        and _is_loopback(str(peer[0]))
        and _is_loopback_name(headers)
        and not any(name in headers for name in _FORWARDED)
    )


def _is_loopback(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return (getattr(parsed, "ipv4_mapped", None) or parsed).is_loopback


def _is_loopback_name(headers: Headers) -> bool:
    """Whether the `Host` that was asked for is a name of this machine for itself. Whoever names two has named none
    (RFC 9112, 3.2): a proxy may have gone by the other one."""
    hosts = headers.getlist("host")
    host = hosts[0].lower() if len(hosts) == 1 else ""
    return (host if host.endswith("]") else host.rpartition(":")[0] or host) in LOOPBACK


def is_secure(scope: Scope, trusted_proxies: Iterable[str]) -> bool:
    """True where a browser keeps a `Secure` cookie: https, also in front of a trusted proxy, or a loopback name."""
    if scope.get("scheme") in ("https", "wss"):
        return True
    headers = Headers(scope=scope)
    if _is_loopback_name(headers):
        return True
    peer = scope.get("client")
    if peer and is_trusted(str(peer[0]), frozenset(trusted_proxies)):
        return headers.get("x-forwarded-proto", "").strip().lower() == "https"
    return False
