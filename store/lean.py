"""Libraries load every friend of theirs that happens to be installed. What we never ask of them is not loaded: a start
would spend a quarter of its time on it."""

import contextlib
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def without(*names: str) -> Iterator[None]:
    """For what is imported inside, these packages are not installed. Those that are loaded already stay."""
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # Python's own mark for it
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
