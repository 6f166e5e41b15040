"""The one MetaData that every room's tables hang on, and the column types that mean the same on both databases."""

from typing import Any

import msgspec
from sqlalchemy import BigInteger, Dialect, MetaData, Text
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: Milliseconds since 1970 UTC: exact and ordered on both databases, and plain numbers for pure functions.
Time = BigInteger
#: Identifiers are text: UUIDs as the contract writes them.
Id = Text


class Json(TypeDecorator[Any]):
    """A JSON value kept as text: read and written whole, never queried into."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else msgspec.json.decode(value)
