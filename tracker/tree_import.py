"""Pure: a body that an administrator sent, as entries of the site's tree."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from contract.names import TreeKind
from contract.tree import Path
from tracker.tree_csv import read_csv
from tracker.tree_entry import Entry, Faulty, Refusals
from tracker.tree_lookup import PARAMETER_SETS
from tracker.tree_sitemap import is_xml, read_sitemap, unpacked

Format = Literal["csv", "xml"]
#: Patterns of one tree: an address may have to be held against many of them.
MOST_PATTERNS = 5_000


class Imported(msgspec.Struct, kw_only=True):
    """`entries` by address. `sitemaps`: it was an index, and these are what it lists; nothing else was read then."""

    kind: TreeKind
    entries: dict[str, Path | None]
    read: int
    repeated: int
    left_out: int
    sitemaps: list[str]

    def by_depth(self, entries: Mapping[str, Path | None] | None = None) -> dict[str, int]:
        """How many entries there are of each depth; for a sitemap the parts of the address count, before any rule."""
        counted = Counter(depth(*entry) for entry in (self.entries if entries is None else entries).items())
        return {str(level): counted[level] for level in sorted(counted)}


def depth(address: str, path: Path | None) -> int:
    """0 is home."""
    return len(path) if path is not None else sum(1 for part in address.partition("?")[0].split("/") if part)


def read_tree(body: bytes, most: int, format: Format | None = None) -> Imported:
    """What `body` says, packed by gzip or not; its format is seen where it is not said.

    Raises Refusals for what is wrong with it, OverflowError for more than `most` entries or too much to unpack.
    """
    try:
        body = unpacked(body)
        if format == "csv" or (format is None and not is_xml(body)):
            return _imported("tree", read_csv(body, most))
        found = read_sitemap(body, most)
    except Faulty as wrong:
        raise Refusals([(wrong.line or 1, wrong.fault)], 1) from wrong
    if found.sitemaps:
        read = len(found.sitemaps) + found.left_out
        return Imported(
            kind="sitemap", entries={}, read=read, repeated=0, left_out=found.left_out, sitemaps=found.sitemaps
        )
    imported = _imported("sitemap", found.entries)
    imported.left_out += found.left_out
    imported.read += found.left_out
    return imported


def _imported(kind: TreeKind, listed: list[Entry]) -> Imported:
    entries: dict[str, Path | None] = {}
    sets: dict[str, set[tuple[str, ...]]] = {}
    left_out = 0
    for entry in listed:
        if "?" in entry.address and not _has_room(sets, entry.address):
            if kind == "tree":
                raise Refusals([(1, "too_many_parameters")], 1)
            left_out += 1
            continue
        entries[entry.address] = entry.path
    if not listed:
        raise Refusals([(1, "empty")], 1)
    if sum("*" in address for address in entries) > MOST_PATTERNS:
        raise OverflowError(MOST_PATTERNS)
    return Imported(
        kind=kind,
        entries=entries,
        read=len(listed),
        repeated=len(listed) - left_out - len(entries),
        left_out=left_out,
        sitemaps=[],
    )


def _has_room(sets: dict[str, set[tuple[str, ...]]], address: str) -> bool:
    """Whether the parameters that this address names may be named, beside the others of its folder."""
    key, _, query = address.partition("?")
    here = sets.setdefault(key, set())
    here.add(names := tuple(pair.partition("=")[0] for pair in query.split("&")))
    if len(here) > PARAMETER_SETS:
        here.discard(names)
    return names in here


def together(old: Iterable[tuple[str, Path | None]], new: Mapping[str, Path | None]) -> dict[str, Path | None]:
    """What was there and what came, of one address what came."""
    return dict(old) | dict(new)
