"""Pure: one line of an imported tree: an address, or a pattern of addresses, and the place it stands for."""

from typing import Literal

import msgspec

from contract.beacons import DEPTH_LIMIT, NAME_LIMIT, URL_LIMIT
from contract.text import has_forbidden
from contract.tree import Path
from tracker.address import cleaned
from tracker.tree_address import plain, said
from tracker.tree_lookup import with_parameters
from tracker.tree_rules import key_of

Fault = Literal[
    "bad_address", "bad_pattern", "long_address", "no_names", "long_name", "too_deep", "gap", "bad_text", "bad_quotes",
    "bad_encoding", "not_xml", "doctype", "not_sitemap", "bad_gzip", "too_many_parameters", "empty",
]  # fmt: skip
#: An address of no site, before which one without a host is read.
_HERE = "https://site.invalid"


class Faulty(Exception):
    """An entry, or a whole body, that cannot be taken."""

    def __init__(self, fault: Fault, line: int = 0) -> None:
        super().__init__(fault, line)
        self.fault: Fault = fault
        self.line = line


class Refusals(Exception):
    """What is wrong with a whole body: (line, fault) of the first, and how many there are."""

    def __init__(self, faults: list[tuple[int, Fault]], faulty: int) -> None:
        super().__init__(faults, faulty)
        self.faults, self.faulty = faults, faulty


class Entry(msgspec.Struct, frozen=True):
    """`path`: None where the address itself says the place."""

    address: str
    path: Path | None


def address_of(text: str) -> str:
    """How the tree spells an address: `https://x.example/women/index.html?b=2&a=1` -> `/women?a=1&b=2`.

    Raises Faulty for what is no address of a page. The host says nothing: a tree belongs to one site.
    """
    text = text.strip()
    if len(text) > URL_LIMIT:
        raise Faulty("long_address")
    if has_forbidden(text):
        raise Faulty("bad_text")
    url = cleaned(_HERE + text if text.startswith("/") and not text.startswith("//") else text)
    found = said(url) if url else None
    if found is None:
        raise Faulty("bad_address")
    address = key_of((*found.folders, *(found.route or ())))
    return _pattern(address) if "*" in address else with_parameters(address, dict(found.parameters))


def _pattern(address: str) -> str:
    """`**` stands for all below and so can only be the end."""
    *parts, last = address.split("/")
    if len(parts) > DEPTH_LIMIT:
        raise Faulty("too_deep")
    if any("**" in part for part in parts) or ("**" in last and last != "**"):
        raise Faulty("bad_pattern")
    return address


def path_of(names: list[str]) -> Path:
    """The names of a line as a path. Raises Faulty rather than cut: what was imported is what holds."""
    path = tuple(plain(name) for name in names)
    if len(path) > DEPTH_LIMIT:
        raise Faulty("too_deep")
    for name in path:
        if not name:
            raise Faulty("gap")
        if len(name) > NAME_LIMIT:
            raise Faulty("long_name")
        if has_forbidden(name):
            raise Faulty("bad_text")
    return path
