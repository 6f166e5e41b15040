"""Pure: which addresses our own machine may call for somebody else, and which spellings of them it reads at all.

A webhook's address is chosen by a person and called from inside the house: behind the firewall, beside the database.
So a name counts only by what it resolves to, and of that only what anybody on the internet can reach. Ranges are those
of the IANA registries of special-purpose addresses; whatever carries an IPv4 address inside an IPv6 one (mapped, NAT64,
6to4, Teredo, ISATAP) is refused whole: no receiver needs it, and each is a way around.
"""

import ipaddress
import re
from typing import Literal
from urllib.parse import quote, urlsplit

import msgspec

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
#: Why an address is not called.
Fault = Literal["address", "spelling", "insecure"]

LONGEST = 2_000
#: The networks of offices: called where the operator of this server said so (`SHOPBELL_WEBHOOKS_INSIDE`).
INSIDE = tuple(
    ipaddress.ip_network(each)
    for each in (
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7",
    )
)  # fmt: skip
_CLOSED_4 = tuple(
    ipaddress.ip_network(each)
    for each in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",  # public by its number, and yet the inside of a large cloud
    )
)  # fmt: skip
#: All that is assigned to the public lies here ...
_PUBLIC_6 = ipaddress.ip_network("2000::/3")
#: ... less what has another meaning.
_CLOSED_6 = tuple(
    ipaddress.ip_network(each) for each in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
#: The interface part of an ISATAP address: an IPv4 address follows.
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)
#: A host and perhaps a port, as they may be written: a user before them is none of it.
_NETLOC = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<name>[^\[\]:@]+))(?::(?P<port>[0-9]{1,5}))?\Z")
_NUMBER = re.compile(r"(?:0[xX][0-9a-fA-F]*|[0-9]+)\Z")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")
#: What a path may hold as it is; the rest is written in percent.
_AS_IT_IS = "/%:@!$&'()*+,;=~-._?"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """An address taken apart. `host`: a name in lower case, or an IP address without brackets; `path` has the query."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """For the `Host` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """In the one spelling under which it is kept."""
        return f"{'https' if self.secure else 'http'}://{self.authority}{self.path}"


class BadAddress(Exception):
    """`fault`: what is wrong with it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault: Fault = fault


def read_target(url: str, *, inside: bool) -> Target:
    """The address of a receiver. BadAddress for whatever is not written plainly: a name, or an IP address in its usual
    spelling; no user, no password, no fragment. Outside the house only https."""
    if not 0 < len(url) <= LONGEST or any(letter <= " " or letter in '\\\x7f"<>^`{|}' for letter in url):
        raise BadAddress("spelling")
    try:
        parts = urlsplit(url)
        written = _NETLOC.match(parts.netloc)
        if written is None or parts.scheme not in ("http", "https") or "#" in url:
            raise BadAddress("spelling")
        host = _six(written["six"]) if written["six"] else _name(written["name"])
        port = int(written["port"]) if written["port"] else None
    except (ValueError, UnicodeError):
        raise BadAddress("spelling") from None
    if port is not None and not 0 < port < 65536:
        raise BadAddress("spelling")
    secure = parts.scheme == "https"
    if not (secure or inside):
        raise BadAddress("insecure")
    path = quote(parts.path or "/", safe=_AS_IT_IS) + (f"?{quote(parts.query, safe=_AS_IT_IS)}" if parts.query else "")
    target = Target(secure=secure, host=host, port=port or (443 if secure else 80), path=path)
    literal = ip_of(host)
    if literal is not None and not may_call(literal, inside=inside):
        raise BadAddress("address")
    return target


def ip_of(host: str) -> IPAddress | None:
    """The address that a host of `read_target` is; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def may_call(address: IPAddress, *, inside: bool) -> bool:
    """Whether our machine may call it: public addresses, and with `inside` those of offices."""
    if inside and any(address in each for each in INSIDE if each.version == address.version):
        return True
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not any(address in each for each in _CLOSED_4)
    if address.scope_id is not None or address not in _PUBLIC_6 or any(address in each for each in _CLOSED_6):
        return False
    return (int(address) >> 32) & 0xFFFF_FFFF not in _ISATAP and address.is_global


def _six(said: str) -> str:
    """An IPv6 address in its shortest spelling. ValueError for what is none."""
    return str(ipaddress.IPv6Address(said))


def _name(said: str) -> str:
    """In lower case and ASCII. ValueError for what only some programs would read as an address, and what is no name."""
    plain = said if said.isascii() else said.encode("idna").decode()
    plain = plain.lower().removesuffix(".")
    labels = plain.split(".")
    if _NUMBER.match(labels[-1]):
        if str(ipaddress.IPv4Address(plain)) != plain:  # octal, hexadecimal, one number for four
            raise ValueError
        return plain
    if len(plain) > 253 or not all(_LABEL.match(each) for each in labels):
        raise ValueError
    return plain
