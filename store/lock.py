"""Locks by name, for what has no row of its own yet: one new conversation of a visitor, the next order number."""

from sqlalchemy import Connection, text

from store.prepared import run


def lock(conn: Connection, name: str) -> None:
    """Hold `name` until this transaction ends. SQLite's one writer needs no lock.

    Always before row locks, and in the order person, visitor, then the rest (orders of a site last), so that two
    transactions never wait for each other.
    """
    if conn.dialect.name == "postgresql":
        run(conn, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", (name,))


def try_lock(conn: Connection, name: str) -> bool:
    """The same for whoever holds rows already and must not wait: False if somebody else holds `name`."""
    if conn.dialect.name != "postgresql":
        return True
    held = conn.execute(text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
    return bool(held.scalar_one())
