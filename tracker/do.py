"""What other rooms may change here: a visitor may open a chat before any page view of it arrived."""

from collections.abc import Collection

from sqlalchemy import Connection, update

from contract.ids import new_id
from contract.names import Ms
from store.sql import insert_new
from tracker.queries import visitor_by_key
from tracker.recognise import new_stamp
from tracker.tables import visit, visitor


def ensure_visitor(conn: Connection, site_id: str, key_hash: str, now: Ms) -> str:
    """The id of the visitor with this key hash, made if it is new."""
    found = visitor_by_key(conn, site_id, key_hash)
    if found is not None:
        return found
    row = {
        "id": new_id(), "site_id": site_id, "key_hash": key_hash, "first_at": now, "last_at": now, "bot": False,
        "early": False, "stamp": new_stamp(),
    }  # fmt: skip
    if insert_new(conn, visitor, [row]):
        return str(row["id"])
    other = visitor_by_key(conn, site_id, key_hash)  # another process was faster
    assert other is not None
    return other


def changed(conn: Connection, visitor_ids: Collection[str]) -> None:
    """Something of these visitors or of their visits was changed by hand: what any process remembers of them is old."""
    conn.execute(update(visitor).where(visitor.c.id.in_(visitor_ids)).values(stamp=new_stamp()))


def say_bot(conn: Connection, visitor_id: str, bot: bool) -> None:
    """A person of the house says whether this visitor is a program: true of all its visits, those to come included."""
    values = {"bot": bot, "bot_said": bot, "stamp": new_stamp()}
    conn.execute(update(visitor).where(visitor.c.id == visitor_id).values(values))
    conn.execute(update(visit).where(visit.c.visitor_id == visitor_id).values(bot=bot))
