"""A site's rules for its tree, and what an administrator gave of the tree itself: kept packed, replaced as a whole."""

import zlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, select, update

from access.tables import site, site_tree
from contract.errors import Refused
from contract.names import Ms, TreeKind
from contract.tree import NO_TREE, USUAL, Path, SiteTree, TreeRules
from store.sql import upsert

#: An address, or a pattern of addresses, and its place; None: the address itself says the place.
Entry = tuple[str, Path | None]
#: Entries a line of the packed form: small enough that whoever unpacks lets others work in between.
_LINE = 500
_line = msgspec.json.Decoder(list[Entry])


def rules_of(kept: dict[str, Any] | None) -> TreeRules:
    """The rules as a site keeps them. The same rules are the same object: what is remembered of them stays true."""
    return USUAL if kept is None else _rules(msgspec.json.encode(kept))


@lru_cache(maxsize=1_024)
def _rules(text: bytes) -> TreeRules:
    decoded: TreeRules = msgspec.json.decode(text, type=TreeRules)
    return decoded


def set_rules(conn: Connection, site_id: str, rules: TreeRules) -> TreeRules:
    """From now on these; what was stored under others stays where it is. Refused("not_found")."""
    kept = msgspec.to_builtins(rules)
    if conn.execute(update(site).where(site.c.id == site_id).values(tree_rules=kept)).rowcount != 1:
        raise Refused("not_found")
    return rules_of(kept)


def pack(entries: Iterable[Entry]) -> bytes:
    """Entries in the order of their addresses, some 10 bytes each."""
    listed = sorted(entries, key=lambda entry: entry[0])
    lines = (msgspec.json.encode(listed[start : start + _LINE]) for start in range(0, len(listed), _LINE))
    return zlib.compress(b"\n".join(lines), level=3)


def unpack(packed: bytes) -> list[Entry]:
    """The reverse of `pack`."""
    return [entry for line in zlib.decompress(packed).split(b"\n") if line for entry in _line.decode(line)]


def packed_of(conn: Connection, site_ids: Iterable[str]) -> dict[str, dict[TreeKind, bytes]]:
    """What is kept of these sites' trees, by site and kind."""
    found: dict[str, dict[TreeKind, bytes]] = {}
    rows = conn.execute(
        select(site_tree.c.site_id, site_tree.c.kind, site_tree.c.packed).where(site_tree.c.site_id.in_(list(site_ids)))
    )
    for site_id, kind, packed in rows:
        found.setdefault(site_id, {})[kind] = packed
    return found


def tree_of(packed: Mapping[TreeKind, bytes]) -> SiteTree:
    """Unpacked, for look-ups. An address that has a path of its own needs no sitemap. Slow: some us an entry."""
    pages: dict[str, Path | None] = {}
    patterns: dict[str, Path] = {}
    kinds: tuple[TreeKind, ...] = ("sitemap", "tree")
    for kind in kinds:
        for address, path in unpack(packed[kind]) if kind in packed else ():
            if path is not None and "*" in address:
                patterns[address] = path
            else:
                pages[address] = path
    if not pages and not patterns:
        return NO_TREE
    return SiteTree(pages=dict(sorted(pages.items())), patterns=patterns)


def version_of(conn: Connection, site_id: str) -> int:
    """How often this site's tree was changed. Refused("not_found")."""
    version = conn.execute(select(site.c.tree_version).where(site.c.id == site_id)).scalar_one_or_none()
    if version is None:
        raise Refused("not_found")
    return int(version)


def replace(
    conn: Connection, site_id: str, kind: TreeKind, entries: int, packed: bytes, now: Ms, *, expected: int | None = None
) -> bool:
    """`packed` becomes all that is kept of this kind. False if the tree is no longer at version `expected`."""
    changed = update(site).where(site.c.id == site_id).values(tree_version=site.c.tree_version + 1)
    if expected is not None:
        changed = changed.where(site.c.tree_version == expected)
    if conn.execute(changed).rowcount != 1:
        return False
    row = {"site_id": site_id, "kind": kind, "entries": entries, "packed": packed, "changed_at": now}
    upsert(conn, site_tree, row, ["entries", "packed", "changed_at"])
    return True


def clear(conn: Connection, site_id: str, kind: TreeKind | None = None) -> None:
    """Nothing is kept any more: of this kind, or of both."""
    where = [site_tree.c.site_id == site_id]
    if kind is not None:
        where.append(site_tree.c.kind == kind)
    conn.execute(site_tree.delete().where(*where))
    conn.execute(update(site).where(site.c.id == site_id).values(tree_version=site.c.tree_version + 1))
