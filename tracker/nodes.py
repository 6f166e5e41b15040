"""The nodes of the information tree that were seen: a page's own and all above it, home included."""

from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from contract.ids import node_id
from tracker.bulk import as_json
from tracker.remembered import remembered
from tracker.statements import NEW_NODES
from tracker.tree import Path, ancestors

_LIMIT = 50_000
#: Per database: nodes that were there before the transaction that asked. A convenience: `forget` costs one statement.
_known: WeakKeyDictionary[Engine, set[str]] = WeakKeyDictionary()


@remembered
def id_of(site: str, path: Path) -> str:
    return node_id(site, path)


def ensure(conn: Connection, pages: set[tuple[str, Path]]) -> None:
    """See to it that every page of `pages` (site id, path) has its node and all nodes above."""
    known, rows = _known.setdefault(conn.engine, set()), {}
    for site, page in pages:
        if id_of(site, page) in known:
            continue
        for path in ancestors(page):
            id_ = id_of(site, path)
            if id_ not in known:
                parent = id_of(site, path[:-1]) if path else None
                rows[id_] = (id_, site, parent, path[-1] if path else "", as_json(path), len(path))
    if not rows:
        return
    new = NEW_NODES.insert_new(conn, [rows[id_] for id_ in sorted(rows)])
    if len(known) > _LIMIT:
        known.clear()
    known.update(rows.keys() - new)  # a new one counts as known when it is met again: this commit may still fail


def forget(conn: Connection) -> None:
    """A commit that failed may have taken nodes with it: ask the base again."""
    _known.pop(conn.engine, None)
