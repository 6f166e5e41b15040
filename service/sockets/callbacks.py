"""Who is told of a callback: the desk whose promise it is, all of the site while it is nobody's, and its visitor."""

import msgspec
from sqlalchemy import Connection as Base

import voice.queries
from contract.clock import MINUTE, now_ms
from contract.names import Ms
from service import present
from service.callers import ExpertCaller
from service.sockets import pages
from service.sockets.noted import apart
from service.sockets.registry import Connection, Registry, Saying

#: One that was just made is new; what a desk hears of later has changed.
NEW: Ms = MINUTE


def told(conn: Base, registry: Registry, callback_id: str) -> list[Saying]:
    """What is to be said of this one now; also to desks that were told of it before."""
    row = voice.queries.row(conn, callback_id)
    if row is None:
        return []
    key, state = f"callback:{callback_id}", voice.queries.values(row)
    whose = registry.of_expert(row["owner_id"]) if row["owner_id"] else registry.experts_of_site(row["site_id"])
    desks = {*whose, *(connection for connection in registry.experts() if key in connection.shown)}
    news = [connection for connection in desks if connection.shown.get(key) != state]
    said: list[Saying] = []
    if news:
        (shape,) = present.callbacks(conn, [row])
        unnoted = msgspec.structs.replace(shape, note="")
        new = row["state"] == "open" and now_ms() - row["created_at"] < NEW
        for connection in news:
            event = "callback.requested" if new and key not in connection.shown else "callback.updated"
            connection.note(key, state)
            said.append((connection, event, unnoted if _is_marketers(connection) else shape))
    visitors = registry.of_visitor(row["visitor_id"])
    return said + apart(pages.promises, conn, visitors) if visitors else said


def _is_marketers(connection: Connection) -> bool:
    return isinstance(connection.caller, ExpertCaller) and connection.caller.account.role == "marketer"
