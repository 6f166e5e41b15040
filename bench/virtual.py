"""A clock that is moved by hand, and ids that a seed decides: what makes a simulated day short, and the same twice.

The product is not asked: in every module of ours that holds `now_ms`, `db_now`, `new_id` or `uuid4` the name is given
another meaning while this lasts, and what a typical order is, is kept by this clock, too.
"""

import contextlib
import random
import sys
import time
import uuid
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import contract.clock
import contract.ids
import routing.known
import sales.typical
import store.sql
from contract.names import Ms

ROOMS = frozenset(
    (
        "access",
        "bench",
        "chat",
        "contract",
        "crm",
        "reports",
        "routing",
        "sales",
        "service",
        "store",
        "tests",
        "tracker",
    )
)


class Clock:
    """`now`: what everybody takes for the time, in ms since 1970."""

    def __init__(self, now: Ms, seed: int) -> None:
        self.now, self._dice, self._last = now, random.Random(seed), 0

    def now_ms(self) -> Ms:
        return self.now

    def db_now(self, _: Any) -> Ms:
        return self.now

    def new_id(self) -> str:
        """A UUIDv7 of this clock; a later one is greater, as the server's are."""
        self._last = max(self._last + 1, self.now << 12)
        ms, number = self._last >> 12, self._last & 0xFFF
        return str(uuid.UUID(int=ms << 80 | 7 << 76 | number << 64 | 2 << 62 | self._dice.getrandbits(62)))

    def uuid4(self) -> uuid.UUID:
        return uuid.UUID(int=self._dice.getrandbits(128), version=4)


@contextlib.contextmanager
def virtual(clock: Clock) -> Iterator[None]:
    """While this lasts, it is as late as `clock` says."""
    meanings = (
        (contract.clock.now_ms, clock.now_ms),
        (store.sql.db_now, clock.db_now),
        (contract.ids.new_id, clock.new_id),
        (uuid.uuid4, clock.uuid4),
    )
    changed: list[tuple[Any, str, Any]] = []
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] not in ROOMS or name == __name__:
            continue
        for attribute, value in list(vars(module).items()):
            changed += [(module, attribute, value) for old, _ in meanings if value is old]
    monotonic = SimpleNamespace(monotonic=lambda: clock.now / 1000)
    changed.append((sales.typical, "time", time))
    try:
        for module, attribute, value in changed:
            setattr(module, attribute, next((new for old, new in meanings if old is value), monotonic))
        _forget()
        yield
    finally:
        for module, attribute, value in changed:
            setattr(module, attribute, value)
        _forget()


def _forget() -> None:
    """What a process keeps for a while is of another time."""
    routing.known._kept.clear()
    sales.typical._kept.clear()
