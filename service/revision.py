"""At which revision a base is, and at which this program wants it: every start asks, so it costs no more than a look.

The migrations themselves are `service.migrate`'s, and Alembic is loaded where one has to run.
"""

import ast
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from store.base import Store

FOLDER = Path(__file__).parent / "migrations"
_TABLE = "alembic_version"


class WrongRevision(RuntimeError):
    """The base is not at the revision of this program."""


@cache
def head() -> str:
    """The newest revision that this program knows: the one on which no other is built."""
    said = [_said(file) for file in sorted((FOLDER / "versions").glob("*.py"))]
    newest = {one["revision"] for one in said} - {one["down_revision"] for one in said}
    assert len(newest) == 1, f"the migrations are one line, with one end: {sorted(map(str, newest))}"
    return str(newest.pop())


def _said(file: Path) -> dict[str, str | None]:
    """The names that a migration gives itself and its forerunner, read without running it."""
    found: dict[str, str | None] = {}
    for line in ast.parse(file.read_text(encoding="utf-8")).body:
        match line:
            case ast.Assign(targets=[ast.Name(id="revision" | "down_revision" as name)], value=ast.Constant(value)):
                found[name] = None if value is None else str(value)
    return found


def revision_of(conn: Connection) -> str | None:
    """None for a base that no migration has seen."""
    if not inspect(conn).has_table(_TABLE):
        return None
    return conn.execute(text(f"SELECT version_num FROM {_TABLE}")).scalar_one_or_none()  # noqa: S608  our own word


async def check_revision(store: Store) -> None:
    """Raises WrongRevision with what to do."""
    found = await store.read(revision_of)
    if found != head():
        raise WrongRevision(
            f"The database is at revision {found or 'none'}, this program needs {head()}. Run `shopbell migrate` first."
        )
