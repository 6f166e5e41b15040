"""Pure: where a page stands in the information tree: its path from the root, and who said so. Home is []."""

import re
from urllib.parse import unquote

from contract.beacons import DEPTH_LIMIT, NAME_LIMIT
from contract.names import PathSource
from contract.text import clean
from tracker.address import split
from tracker.remembered import remembered

Path = tuple[str, ...]
_INDEX = re.compile(r"(?:index|default)\.(?:html?|php|aspx?|jsp)", re.IGNORECASE)


def place(url: str, path: list[str] | None, source: PathSource | None) -> tuple[Path, PathSource]:
    """The path of a page view and its source.

    A path that the page gave (call, attribute, breadcrumb, ...) is kept, its names trimmed; otherwise the folders of
    the address are the path, and the query is ignored.
    """
    if path is not None:
        return named(path), source or "call"
    return of_address(url), "url"


def named(names: list[str]) -> Path:
    """Names as given, trimmed, without the empty ones, at most 20 of at most 200 characters."""
    kept = (clean(name, NAME_LIMIT + 100).strip()[:NAME_LIMIT].strip() for name in names)
    return tuple(name for name in kept if name)[:DEPTH_LIMIT]


@remembered
def of_address(url: str) -> Path:
    """`https://x.example/a%20b/c/index.html?q=1` -> ("a b", "c"). A file keeps its name: it is a page."""
    parts = split(url)
    if parts is None:
        return ()
    segments = [segment for segment in parts.path.split("/") if segment]
    if segments and _INDEX.fullmatch(segments[-1]):
        segments.pop()
    return named([unquote(segment, errors="replace") for segment in segments])


def ancestors(path: Path) -> list[Path]:
    """The root first, the path itself last: `("a", "b")` -> `[(), ("a",), ("a", "b")]`."""
    return [path[:depth] for depth in range(len(path) + 1)]
