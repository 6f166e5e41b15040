"""What other rooms may change here: a visitor may open a chat before any page view of it arrived."""

from sqlalchemy import Connection

from contract.ids import new_id
from contract.names import Ms
from store.sql import insert_new
from tracker.queries import visitor_by_key
from tracker.tables import visitor


def ensure_visitor(conn: Connection, site_id: str, key_hash: str, now: Ms) -> str:
    """The id of the visitor with this key hash, made if it is new."""
    found = visitor_by_key(conn, site_id, key_hash)
    if found is not None:
        return found
    row = {"id": new_id(), "site_id": site_id, "key_hash": key_hash, "first_at": now, "last_at": now, "bot": False}
    if insert_new(conn, visitor, [row]):
        return str(row["id"])
    other = visitor_by_key(conn, site_id, key_hash)  # another process was faster
    assert other is not None
    return other
