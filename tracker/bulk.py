"""Many rows, one statement: what `tracker.record` writes for a whole group, past SQLAlchemy's work per row.

Values go to the driver as they are: JSON columns as text (`contract` shapes encoded by `as_json`), times as numbers.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import Connection, Table

_encode = msgspec.json.Encoder().encode
#: Rows per statement: few sizes, so that both databases keep the few statements prepared.
_SIZES = (256, 128, 64, 32, 16, 8, 4, 2, 1)


def as_json(value: Any) -> str:
    """A value of a JSON column, as `store.metadata.Json` would write it."""
    return _encode(value).decode()


class Bulk:
    """Inserts rows of one table that are known to be new, or (`new_only`) those that are."""

    def __init__(self, table: Table, *, new_only: bool = False) -> None:
        names = [column.name for column in table.columns]
        self._values = itemgetter(*names)
        self._width = len(names)
        self._head = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES "  # noqa: S608
        key = list(table.primary_key.columns)[-1].name
        self._tail = f" ON CONFLICT DO NOTHING RETURNING {key}" if new_only else ""

    def insert(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> set[str]:
        """Returns the ids of the rows that were new, if `new_only`; else nothing."""
        new: set[str] = set()
        place = 0
        numbered = conn.dialect.name == "postgresql"
        for size in _SIZES:
            while len(rows) - place >= size:
                values = tuple(chain.from_iterable(map(self._values, rows[place : place + size])))
                text = self._head + _places(size, self._width, numbered) + self._tail
                result = conn.exec_driver_sql(text, values)
                if self._tail:
                    new.update(result.scalars())
                place += size
        return new


class Change:
    """Sets the same columns of many rows; a row is found by `keys`."""

    def __init__(self, table: Table, keys: Sequence[str], names: Sequence[str]) -> None:
        self._table, self._keys, self._names = table.name, keys, names
        self._values = itemgetter(*names, *keys)

    def apply(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Each row has the keys and the new values by name."""
        if not rows:
            return
        marks = _marks(len(self._names) + len(self._keys), conn.dialect.name == "postgresql")
        setting = ", ".join(f"{name} = {next(marks)}" for name in self._names)
        where = " AND ".join(f"{key} = {next(marks)}" for key in self._keys)
        text = f"UPDATE {self._table} SET {setting} WHERE {where}"  # noqa: S608
        conn.exec_driver_sql(text, [self._values(row) for row in rows])


@lru_cache(maxsize=64)
def _places(rows: int, width: int, numbered: bool) -> str:
    marks = _marks(rows * width, numbered)
    return ", ".join("(" + ", ".join(next(marks) for _ in range(width)) + ")" for _ in range(rows))


def _marks(count: int, numbered: bool) -> Any:
    return (f"${number}" if numbered else "?" for number in range(1, count + 1))
