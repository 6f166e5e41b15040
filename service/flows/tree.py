"""An administrator's file becomes a site's tree: read and packed beside the loop, replaced in one short transaction."""

import asyncio

from sqlalchemy import Connection

import access.tree
from contract.errors import Refused
from contract.names import Ms, TreeKind
from contract.rest import TreeImported
from contract.tree import MOST_ENTRIES, Path
from store.base import Store
from tracker.tree_import import Format, Imported, read_tree, together

#: Imports of one process at a time: each takes some seconds and a few hundred megabytes at the largest.
_AT_ONCE = 2
#: How often a tree that was changed meanwhile is put together afresh.
_ATTEMPTS = 5
_running: list[str] = []


async def import_tree(
    store: Store, site_id: str, body: bytes, now: Ms, *, format: Format | None = None, add: bool = False
) -> TreeImported:
    """Everything that `body` says, or nothing. `add`: beside what is there of its kind, instead of in its place.

    Raises Refusals for what is wrong with the body, Refused("too_large") for more than a site's tree may have,
    Refused("busy") while others import, Refused("not_found").
    """
    if len(_running) >= _AT_ONCE:
        raise Refused("busy", retry_after=5)
    _running.append(site_id)
    try:
        imported = await asyncio.to_thread(read_tree, body, MOST_ENTRIES, format)
        if imported.sitemaps:
            return _told(imported, {}, changed=False)
        for _ in range(_ATTEMPTS):
            kept = await _kept(store, site_id, imported, now, add=add)
            if kept is not None:
                return await asyncio.to_thread(_told, imported, kept, changed=True)
        raise Refused("busy", retry_after=1)
    except OverflowError as error:
        raise Refused("too_large", f"{error.args[0]}") from error
    finally:
        _running.remove(site_id)


async def _kept(
    store: Store, site_id: str, imported: Imported, now: Ms, *, add: bool
) -> dict[str, Path | None] | None:
    """The entries that now hold; None if somebody else changed the tree in between."""

    def read(conn: Connection) -> tuple[int, dict[TreeKind, bytes]]:
        return access.tree.version_of(conn, site_id), access.tree.packed_of(conn, [site_id]).get(site_id, {})

    version, there = await store.read(read)

    def packed() -> tuple[dict[str, Path | None], bytes]:
        entries = imported.entries
        if add and imported.kind in there:
            entries = together(access.tree.unpack(there[imported.kind]), entries)
        others = sum(len(access.tree.unpack(there[kind])) for kind in there if kind != imported.kind)
        if len(entries) + others > MOST_ENTRIES:
            raise OverflowError(MOST_ENTRIES)
        return entries, access.tree.pack(entries.items())

    entries, body = await asyncio.to_thread(packed)

    def write(conn: Connection) -> bool:
        return access.tree.replace(conn, site_id, imported.kind, len(entries), body, now, expected=version)

    return entries if await store.write(write) else None


def _told(imported: Imported, kept: dict[str, Path | None], *, changed: bool) -> TreeImported:
    return TreeImported(
        kind=imported.kind,
        read=imported.read,
        kept=len(kept),
        repeated=imported.repeated,
        left_out=imported.left_out,
        by_depth=imported.by_depth(kept) if changed else {},
        sitemaps=imported.sitemaps,
    )
