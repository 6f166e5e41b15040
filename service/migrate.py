"""Migrations: run by `migrate` (and by `demo`) under a lock; `serve` refuses a base of an unknown revision.

Alembic takes a while to load, and most starts find nothing to migrate: it is loaded where there is something.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from service.revision import FOLDER, head, revision_of
from store.connect import open_store
from store.sqlite import sqlite_engine

if TYPE_CHECKING:
    from alembic.config import Config

LOCK = 7_406_223
#: How long one waits for another who migrates the same base, in seconds.
PATIENCE = 1200


def config() -> "Config":
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    return made


async def migrate(url: str) -> None:
    """Bring the base at `url` to the newest revision. Of two processes the second waits, then has nothing to do."""
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = sqlite_engine(path)
        with engine.connect() as conn:
            conn.exec_driver_sql(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
            conn.exec_driver_sql("PRAGMA foreign_keys = OFF")  # a rebuilt table must not empty its children
            conn.exec_driver_sql("BEGIN IMMEDIATE")
            upgrade(conn)
            broken = conn.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                conn.exec_driver_sql("ROLLBACK")
                raise RuntimeError(f"the migration would break {len(broken)} references; nothing was changed")
            conn.exec_driver_sql("COMMIT")
        engine.dispose()
        return
    from store.postgres import postgres_engine  # only the other size needs it

    engine_ = postgres_engine(url, size=1, patience=PATIENCE)
    try:
        async with engine_.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            await connection.run_sync(upgrade)
    finally:
        await engine_.dispose()


async def migrate_empty(url: str) -> None:
    """Set up a base in which there is nothing at all, so that the first start needs no other command."""
    store = open_store(url)
    try:
        empty = await store.read(lambda conn: not inspect(conn).get_table_names())
    finally:
        await store.close()
    if empty:
        await migrate(url)


def upgrade(conn: Connection) -> None:
    """Run the missing migrations inside the caller's transaction."""
    if revision_of(conn) == head():
        return
    from alembic import command

    chosen = config()
    chosen.attributes["connection"] = conn
    command.upgrade(chosen, "head")
