"""Statements of the hot path: written once in SQLAlchemy Core, compiled once per database, run on the driver's cursor.

SQLAlchemy builds, looks up and wraps a statement anew each time it runs: 50 to 200 us of CPU, where SQLite itself needs
five. What runs once or more per collected event is a `Prepared` of its module instead; everything else stays as it is.
Both see the same transaction, and errors are SQLAlchemy's.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ARRAY, BindParameter, Column, Connection, Dialect, Table, Text, bindparam, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ColumnElement, Executable
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine

Row = tuple[Any, ...]
Process = Callable[[Any], Any] | None


class Prepared:
    """One statement. Its parameters are given by the names of its `bindparam`s; a list goes into `among`.

    A locking clause (`with_for_update`) may stand in it: SQLite's one writer needs no lock and leaves it out.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, conn: Connection, **values: Any) -> list[Row]:
        """All rows as tuples, values as SQLAlchemy would give them."""
        compiled = self._of(conn)
        return compiled.processed(run(conn, compiled.text, compiled.parameters(values)))

    def dicts(self, conn: Connection, **values: Any) -> list[dict[str, Any]]:
        """All rows by the names of their columns."""
        names = self._of(conn).names
        return [dict(zip(names, row, strict=True)) for row in self.rows(conn, **values)]

    def first(self, conn: Connection, **values: Any) -> dict[str, Any] | None:
        """The first row by the names of its columns, or None."""
        found = self.dicts(conn, **values)
        return found[0] if found else None

    def scalars(self, conn: Connection, **values: Any) -> list[Any]:
        """The first column of all rows."""
        return [row[0] for row in self.rows(conn, **values)]

    def scalar(self, conn: Connection, **values: Any) -> Any:
        """The first column of the first row, or None."""
        found = self.rows(conn, **values)
        return found[0][0] if found else None

    def change(self, conn: Connection, **values: Any) -> int:
        """Runs an INSERT, UPDATE or DELETE; the number of rows it touched."""
        compiled = self._of(conn)
        return change(conn, compiled.text, compiled.parameters(values))

    def change_all(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """The same once for each of `rows`."""
        if rows:
            compiled = self._of(conn)
            change_all(conn, compiled.text, [compiled.parameters(row) for row in rows])

    def _of(self, conn: Connection) -> "_Compiled":
        dialect = conn.dialect
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = _Compiled(self._spelt(dialect), dialect)
        return found

    def _spelt(self, dialect: Dialect) -> Executable:
        return self._statement


class InsertNew(Prepared):
    """Stores a row unless one with the same key, whichever of its unique keys, is there already."""

    def __init__(self, table: Table) -> None:
        super().__init__(insert(table))
        self._table = table

    def one(self, conn: Connection, row: Mapping[str, Any]) -> bool:
        """True if it was stored. `row` has every column of the table."""
        return self.change(conn, **row) == 1

    def _spelt(self, dialect: Dialect) -> Executable:
        spelling = postgresql if dialect.name == "postgresql" else sqlite
        statement: Executable = spelling.insert(self._table).on_conflict_do_nothing()
        return statement


class _Compiled:
    """What one dialect makes of a statement: text, parameters in their order, what is done to values on their way."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        assert not compiled.post_compile_params, "a list goes into `among`, not into IN"
        self.text: str = str(compiled)
        self._order = [(name, _bind_process(compiled.binds[name], dialect)) for name in compiled.positiontup or ()]
        self._given = {
            name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required
        }  # constants of the statement
        columns = list(getattr(statement, "exported_columns", ()))  # none where nothing is returned
        self.names = [column.key for column in columns]
        self._process: list[tuple[int, Callable[[Any], Any]]] = [
            (place, process)
            for place, column in enumerate(columns)
            if (process := column.type.dialect_impl(dialect).result_processor(dialect, None)) is not None
        ]

    def parameters(self, values: Mapping[str, Any]) -> Row:
        given = self._given
        return tuple(
            (values[name] if name in values else given[name])
            if process is None
            else process(values[name] if name in values else given[name])
            for name, process in self._order
        )

    def processed(self, rows: list[Row]) -> list[Row]:
        if not self._process:
            return rows
        made = []
        for row in rows:
            values = list(row)
            for place, process in self._process:
                values[place] = process(values[place])
            made.append(tuple(values))
        return made


def _bind_process(bind: BindParameter[Any], dialect: Dialect) -> Process:
    return bind.type.dialect_impl(dialect).bind_processor(dialect)


# --- the driver -------------------------------------------------------------------------------------------------------


def run(conn: Connection, text: str, parameters: Sequence[Any]) -> list[Row]:
    """A statement as the driver takes it; its rows."""
    try:
        if conn.dialect.name == "sqlite":
            return conn.connection.driver_connection.execute(text, parameters).fetchall()  # type: ignore[union-attr,no-any-return]
        cursor = conn.connection.cursor()
        cursor.execute(text, parameters)
        return list(cursor.fetchall())
    except _errors(conn) as error:
        raise _translated(conn, text, error) from error


def change(conn: Connection, text: str, parameters: Sequence[Any]) -> int:
    """A statement without rows; how many it touched."""
    try:
        if conn.dialect.name == "sqlite":
            return conn.connection.driver_connection.execute(text, parameters).rowcount  # type: ignore[union-attr,no-any-return]
        cursor = conn.connection.cursor()
        cursor.execute(text, parameters)
        return cursor.rowcount
    except _errors(conn) as error:
        raise _translated(conn, text, error) from error


def change_all(conn: Connection, text: str, rows: Sequence[Sequence[Any]]) -> None:
    """The same once for each of `rows`."""
    try:
        if conn.dialect.name == "sqlite":
            conn.connection.driver_connection.executemany(text, rows)  # type: ignore[union-attr]
        else:
            conn.connection.cursor().executemany(text, rows)
    except _errors(conn) as error:
        raise _translated(conn, text, error) from error


def _errors(conn: Connection) -> type[Exception]:
    found: type[Exception] = conn.dialect.loaded_dbapi.Error
    return found


def _translated(conn: Connection, text: str, error: Exception) -> BaseException:
    return DBAPIError.instance(text, None, error, _errors(conn), hide_parameters=True, dialect=conn.dialect)


# --- lists ------------------------------------------------------------------------------------------------------------


class TextList(TypeDecorator[list[str]]):
    """A list of texts as one parameter: JSON on SQLite, an array on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(Text()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> Any:
        values = list(value or ())
        return values if dialect.name == "postgresql" else msgspec.json.encode(values).decode()


class _Among(FunctionElement[Any]):
    """No Boolean: SQLAlchemy would compare that with 1 on SQLite, and no index would be used."""

    type = NullType()
    name = "among"
    inherit_cache = True


@compiles(_Among, "sqlite")
def _among_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    column, values = list(element.clauses)
    return f"{compiler.process(column, **kw)} IN (SELECT value FROM json_each({compiler.process(values, **kw)}))"  # noqa: S608


@compiles(_Among, "postgresql")
def _among_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    column, values = list(element.clauses)
    return f"{compiler.process(column, **kw)} = ANY ({compiler.process(values, **kw)})"


def among(column: Column[Any], name: str) -> ColumnElement[bool]:
    """`column` is one of the texts in the parameter called `name`, a list of any length."""
    values: BindParameter[Any] = bindparam(name, type_=TextList())
    return _Among(column, values)
