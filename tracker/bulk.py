"""Many rows at once: what `tracker.record` writes for a whole group, past SQLAlchemy's work per row.

Values go to the driver as they are: JSON columns as text (`contract` shapes encoded by `as_json`), times as numbers.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import msgspec
from sqlalchemy import Connection, Table
from sqlalchemy.exc import IntegrityError

from store.prepared import change, change_all, run

_encode = msgspec.json.Encoder().encode
#: Rows per statement where one statement takes many: few sizes, so that the database keeps the few texts prepared.
_SIZES = (256, 128, 64, 32, 16, 8, 4, 2, 1)
Row = Sequence[Any]


def as_json(value: Any) -> str:
    """A value of a JSON column, as `store.metadata.Json` would write it."""
    return _encode(value).decode()


class Bulk:
    """Inserts rows of one table; a row has a value for each of its columns, in the order of the table."""

    def __init__(self, table: Table) -> None:
        names = [column.name for column in table.columns]
        self._width = len(names)
        self._head = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES "  # noqa: S608
        key = list(table.primary_key.columns)[-1].name
        self._key = names.index(key)
        self._new_only = f" ON CONFLICT DO NOTHING RETURNING {key}"

    def insert(self, conn: Connection, rows: Sequence[Row]) -> None:
        """All of them are new. Raises IntegrityError if one is not."""
        if rows:
            change_all(conn, self._head + _places(1, self._width, _numbered(conn)), rows)

    def insert_new(self, conn: Connection, rows: Sequence[Row]) -> set[str]:
        """Those that are not there yet; the ids of these."""
        if not rows:
            return set()
        if conn.dialect.name == "sqlite":  # each row by itself costs half, and nearly always all are new
            change(conn, "SAVEPOINT new_rows", ())
            try:
                self.insert(conn, rows)
                return {row[self._key] for row in rows}
            except IntegrityError:
                change(conn, "ROLLBACK TO new_rows", ())
            finally:
                change(conn, "RELEASE new_rows", ())
        new: set[str] = set()
        place = 0
        for size in _SIZES:
            while len(rows) - place >= size:
                values = tuple(chain.from_iterable(rows[place : place + size]))
                text = self._head + _places(size, self._width, _numbered(conn)) + self._new_only
                new.update(id_ for (id_,) in run(conn, text, values))
                place += size
        return new


class Change:
    """Sets the same columns of many rows; a row is found by `keys`."""

    def __init__(self, table: Table, keys: Sequence[str], names: Sequence[str]) -> None:
        self._texts = {numbered: _update(table.name, keys, names, numbered) for numbered in (False, True)}

    def apply(self, conn: Connection, rows: Sequence[Row]) -> None:
        """Each row has the new values, then the keys, in the order of the constructor."""
        if rows:
            change_all(conn, self._texts[_numbered(conn)], rows)


def _update(table: str, keys: Sequence[str], names: Sequence[str], numbered: bool) -> str:
    marks = _marks(len(names) + len(keys), numbered)
    setting = ", ".join(f"{name} = {next(marks)}" for name in names)
    where = " AND ".join(f"{key} = {next(marks)}" for key in keys)
    return f"UPDATE {table} SET {setting} WHERE {where}"  # noqa: S608


def _numbered(conn: Connection) -> bool:
    return conn.dialect.name == "postgresql"


@lru_cache(maxsize=64)
def _places(rows: int, width: int, numbered: bool) -> str:
    marks = _marks(rows * width, numbered)
    return ", ".join("(" + ", ".join(next(marks) for _ in range(width)) + ")" for _ in range(rows))


def _marks(count: int, numbered: bool) -> Any:
    return (f"${number}" if numbered else "?" for number in range(1, count + 1))
