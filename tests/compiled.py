"""Statements are compiled once per run and kind of database, not once per test.

Every test has a base of its own, so an engine of its own, and an engine compiles each statement anew: that was half of
what a test of the API costs. What is compiled depends on the kind of database and its version alone (`store.prepared`
relies on the same), so all engines of this process look into one cache.
"""

from collections.abc import Iterator, MutableMapping
from typing import Any

from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.util import LRUCache

_compiled: LRUCache[Any, Any] = LRUCache(4_000)


class Shared(MutableMapping[Any, Any]):
    """An engine's cache: its keys begin with the dialect itself, ours with what kind of dialect that is."""

    def get(self, key: Any, default: Any = None) -> Any:
        return _compiled.get(_of_kind(key), default)

    def __getitem__(self, key: Any) -> Any:
        return _compiled[_of_kind(key)]

    def __setitem__(self, key: Any, value: Any) -> None:
        _compiled[_of_kind(key)] = value

    def __delitem__(self, key: Any) -> None:
        del _compiled[_of_kind(key)]

    def __iter__(self) -> Iterator[Any]:
        return iter(_compiled)

    def __len__(self) -> int:
        return len(_compiled)


def _of_kind(key: Any) -> Any:
    dialect: Dialect = key[0]
    return (type(dialect), dialect.server_version_info, dialect.paramstyle, *key[1:])


def share() -> None:
    """From now on, for every engine there is: whatever cache it was given, it looks into ours."""
    ours = Shared()
    Engine._compiled_cache = property(lambda _: ours, lambda _, given: None)  # type: ignore[assignment]
