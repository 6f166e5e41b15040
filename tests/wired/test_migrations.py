"""What the migrations make is what the rooms' tables say, to the letter of every rule; and they are safe to run."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.schema import CreateTable

from service.migrate import config, migrate
from service.revision import WrongRevision, check_revision, head, revision_of
from service.schema import metadata
from store.base import Store
from store.connect import open_store
from tests.conftest import in_own_loop
from tests.running import ROOT, Server
from tests.servers import Postgres


@pytest.fixture(params=["sqlite", "postgres"])
def two_empty(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """URLs of two empty bases of one kind."""
    if request.param == "postgres":
        server: Postgres = request.getfixturevalue("postgres_server")
        return server.fresh_database(), server.fresh_database()
    return f"sqlite:///{tmp_path / 'one.sqlite3'}", f"sqlite:///{tmp_path / 'two.sqlite3'}"


async def with_base(url: str, fn: Callable[[Connection], Any], *, write: bool = False) -> Any:
    store = open_store(url)
    try:
        return await (store.write if write else store.read)(fn)
    finally:
        await store.close()


def as_built(conn: Connection) -> dict[str, Any]:
    """Everything that the base itself says of its structure: columns, rules, references, indexes with their WHERE."""
    if conn.dialect.name == "sqlite":
        rows = conn.execute(
            text("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
        ).all()
        return {
            f"{kind} {name}": _statement(sql) if kind == "table" else (table, " ".join((sql or "").split()))
            for kind, name, table, sql in rows
            if table != "alembic_version"
        }
    columns = conn.execute(
        text(
            "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name <> 'alembic_version'"
        )
    ).all()
    rules = conn.execute(
        text(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace AND conrelid <> 'alembic_version'::regclass"
        )
        if inspect(conn).has_table("alembic_version")
        else text(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace"
        )
    ).all()
    indexes = conn.execute(
        text("SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
    ).all()
    return {
        **{f"column {t}.{c}": rest for t, c, *rest in columns},
        **{f"rule {t}.{n}": body for t, n, body in rules},
        **{f"index {t}.{n}": body for t, n, body in indexes if t != "alembic_version"},
    }


def _statement(sql: str) -> tuple[str, list[str]]:
    """A CREATE TABLE as its head and its parts, whatever their order: the base does not care for it, nor do we."""
    head_, _, body = " ".join(sql.split()).partition(" (")
    parts, depth, start = [], 0, 0
    body = body.removesuffix(")")
    for place, letter in enumerate(body):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append(body[start:place].strip())
            start = place + 1
    return head_.replace('"', ""), sorted([*parts, body[start:].strip()])


async def test_migrations_make_exactly_the_tables(two_empty: tuple[str, str]):
    """The same columns, types, rules, references and partial indexes as the rooms' own definitions."""
    migrated, created = two_empty
    await migrate(migrated)
    await with_base(created, metadata.create_all, write=True)
    ours, theirs = await with_base(migrated, as_built), await with_base(created, as_built)
    assert set(ours) == set(theirs)
    assert {name: (ours[name], theirs[name]) for name in ours if ours[name] != theirs[name]} == {}
    rules = [name for name in ours if name.startswith(("rule", "table"))]
    assert len(rules) >= len(metadata.tables)


async def test_nothing_is_left_to_migrate(two_empty: tuple[str, str]):
    """Alembic finds no difference between the newest revision and the tables."""
    url = two_empty[0]
    await migrate(url)

    def differences(conn: Connection) -> list[Any]:
        context = MigrationContext.configure(conn, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, metadata))

    assert await with_base(url, differences) == []
    assert await with_base(url, revision_of) == head()


def test_the_newest_revision_is_the_one_that_alembic_finds():
    """A start reads it from the files by itself."""
    assert head() == ScriptDirectory.from_config(config()).get_current_head()


async def test_every_table_can_be_written_down(two_empty: tuple[str, str]):
    """A rule that one of the two databases cannot spell is found here."""
    engine = create_engine("sqlite://" if two_empty[0].startswith("sqlite") else "postgresql+asyncpg://")
    for table in metadata.sorted_tables:
        assert str(CreateTable(table).compile(engine))


async def test_migrating_again_and_at_once_changes_nothing(two_empty: tuple[str, str]):
    """Three at the same time on an empty base, then once more: one does the work, the others find it done."""
    url = two_empty[0]
    await asyncio.gather(*(asyncio.to_thread(in_own_loop, migrate(url)) for _ in range(3)))
    before = await with_base(url, as_built)
    await migrate(url)
    assert await with_base(url, as_built) == before
    assert await with_base(url, revision_of) == head()


async def test_rows_survive_another_migrate(fresh_database_url: str):
    """A base that is in use keeps what is in it."""
    from store.tables import receipt

    row = {"person": "p", "client_id": "1", "command": "c", "answer": {}, "at": 1}
    await with_base(fresh_database_url, lambda conn: conn.execute(receipt.insert().values(**row)).close(), write=True)
    await migrate(fresh_database_url)
    assert await with_base(fresh_database_url, lambda conn: len(conn.execute(receipt.select()).all())) == 1


@pytest.mark.parametrize("revision", ["9999", None])
async def test_another_revision_is_refused_with_what_to_do(fresh_database_url: str, revision: str | None):
    """Of a newer program, or none at all."""

    def change(conn: Connection) -> None:
        conn.execute(text("DELETE FROM alembic_version"))
        if revision:
            conn.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision})

    await with_base(fresh_database_url, change, write=True)
    store: Store = open_store(fresh_database_url)
    try:
        with pytest.raises(WrongRevision, match=f"revision {revision or 'none'}, this program needs {head()}"):
            await check_revision(store)
    finally:
        await store.close()


async def test_serve_ends_with_one_sentence(new_database: Callable[[str], str], tmp_path: Path):
    """A base of another program: what to do is said, and the base is left as it is. None starts the first run."""
    url = new_database("sqlite")
    await with_base(url, lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = '9999'")), write=True)
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "service.cli", "serve"], cwd=ROOT,
        env=Server(tmp_path, url).environment, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert said.strip().count("\n") == 0, said
    assert "revision 9999" in said
    assert "shopbell migrate" in said
    assert await with_base(url, revision_of) == "9999"
