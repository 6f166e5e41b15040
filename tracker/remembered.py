"""Pure: a cache that strangers cannot fill with large things: long keys are worked out each time and leave no trace.

Addresses, agents and paths come from browsers. A plain `lru_cache` keeps whatever size they have, for as long as the
process lives; with this one the worst case of each cache is a few megabytes.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")
#: Characters in all arguments together, beyond which nothing is kept.
KEY_LIMIT = 512
#: Entries per cache: at the limit, in the widest characters, with the answer, some 4 kB each.
ENTRIES = 1_024
_NONE = object()


class remembered(Generic[P, R]):  # noqa: N801  used as a decorator
    """A pure function of texts or paths, given by position; answers to short arguments are kept, the oldest go.

    An argument of another kind (a site's rules) is small and counts nothing.
    """

    def __init__(self, function: Callable[P, R]) -> None:
        self._plain = function
        self._kept: dict[tuple[Any, ...], Any] = {}
        update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        found = self._kept.get(args, _NONE) if not kwargs else _NONE
        if found is not _NONE:
            return cast("R", found)
        answer = self._plain(*args, **kwargs)
        if not kwargs and _characters(args) <= KEY_LIMIT:
            self._kept[args] = answer
            if len(self._kept) > ENTRIES:
                with suppress(RuntimeError):  # another thread keeps something at this moment: it will do it
                    self._kept.pop(next(iter(self._kept)), None)
        return answer

    def __len__(self) -> int:
        return len(self._kept)


def _characters(values: Iterable[Any]) -> int:
    return sum(
        len(value) if isinstance(value, str) else _characters(value) if isinstance(value, tuple) else 0
        for value in values
    )
