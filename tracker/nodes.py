"""The nodes of the information tree that were seen: a page's own and all above it, home included."""

from functools import lru_cache

from sqlalchemy import Connection

from contract.ids import node_id
from store.sql import insert_new
from tracker.tables import node
from tracker.tree import Path, ancestors

_LIMIT = 200_000
#: Nodes that were in the base before the transaction that asked. Only a convenience: `forget` costs one statement.
_known: set[str] = set()


@lru_cache(maxsize=16_384)
def id_of(site: str, path: Path) -> str:
    return node_id(site, path)


def ensure(conn: Connection, pages: set[tuple[str, Path]]) -> None:
    """See to it that every page of `pages` (site id, path) has its node and all nodes above."""
    rows = {}
    for site, page in pages:
        if id_of(site, page) in _known:
            continue
        for path in ancestors(page):
            id_ = id_of(site, path)
            if id_ not in _known:
                rows[id_] = {
                    "id": id_, "site_id": site, "parent_id": id_of(site, path[:-1]) if path else None,
                    "name": path[-1] if path else "", "path": path, "depth": len(path),
                }  # fmt: skip
    if not rows:
        return
    new = insert_new(conn, node, [rows[id_] for id_ in sorted(rows)])
    if len(_known) > _LIMIT:
        forget()
    _known.update(rows.keys() - new)  # a new one counts as known when it is met again: this commit may still fail


def forget() -> None:
    _known.clear()
