"""The few statements that the two databases spell differently."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

from contract.clock import now_ms
from contract.names import Ms
from store.prepared import run

Row = Mapping[str, Any]


def _insert(connection: Connection, table: Table) -> Any:
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


def insert_new(connection: Connection, table: Table, rows: Sequence[Row]) -> set[Any]:
    """Insert those rows whose key is not there yet; returns the keys that were new.

    A key is the value of the last primary-key column: (site_id, id) tables answer with ids.
    """
    if not rows:
        return set()
    key = list(table.primary_key.columns)[-1]
    statement = _insert(connection, table).on_conflict_do_nothing().returning(key)
    return set(connection.execute(statement, list(rows)).scalars())


def upsert(connection: Connection, table: Table, row: Row, update: Iterable[str]) -> None:
    """Insert one row, or set the columns named in `update` where its primary key is there already."""
    statement = _insert(connection, table).values(**row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[column.name for column in table.primary_key.columns],
            set_={name: statement.excluded[name] for name in update},
        )
    )


def locked(connection: Connection, statement: Any) -> Any:
    """`SELECT ... FOR UPDATE` where the database has it; SQLite's one writer needs no lock."""
    return statement.with_for_update() if connection.dialect.name == "postgresql" else statement


def db_now(connection: Connection) -> Ms:
    """The database's clock in ms: leases and timers of several machines agree on it. SQLite has one machine: ours."""
    if connection.dialect.name == "postgresql":
        return int(run(connection, "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint", ())[0][0])
    return now_ms()


def counted(connection: Connection, table: Table, *where: Any) -> int:
    """The number of rows that fulfil `where`."""
    return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


def next_number(connection: Connection, column: Column[int], *where: Any) -> int:
    """One more than the largest value of `column`; call it inside a write that holds the lock of its owner."""
    return int(connection.execute(select(func.coalesce(func.max(column), 0)).where(*where)).scalar_one()) + 1
