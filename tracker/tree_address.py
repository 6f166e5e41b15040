"""Pure: what an address says before any rule: its folders, its route behind `#/`, its parameters."""

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import SplitResult, unquote, unquote_plus

import msgspec

from tracker.address import split
from tracker.remembered import remembered

_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_DOT = {".": 1, "..": 2, "%2e": 1, ".%2e": 2, "%2e.": 2, "%2e%2e": 2}
#: Parts of one address that are read: no rule leaves out so many that more could count.
_PARTS = 64
#: Parameters of one address that are looked at.
_PARAMETERS = 50

Parameters = tuple[tuple[str, str], ...]


class Said(msgspec.Struct, frozen=True):
    """`folders`, `route`: decoded parts, none empty; `route` is None where no `#/` is. `parameters`: of both."""

    folders: tuple[str, ...]
    route: tuple[str, ...] | None
    parameters: Parameters


@remembered
def said(url: str) -> Said | None:
    """The parts of an address as it is kept (`tracker.address.cleaned`); None for what is no web address."""
    parts = split(url)
    if parts is None:
        return None
    route, query = _route(parts)
    return Said(
        folders=folders(parts.path),
        route=None if route is None else folders(route),
        parameters=parameters(f"{parts.query}&{query}" if query else parts.query),
    )


def folders(path: str) -> tuple[str, ...]:
    """`/a%20b//./c;v=1/` -> ("a b", "c"). Dots are folders to stay in or to leave, as in a browser."""
    found: list[str] = []
    for raw in path.split("/"):
        dots = _DOT.get(raw.lower())
        if dots == 2 and found:
            found.pop()
        if dots:
            continue
        name = plain(decoded(without_matrix(raw)))
        if name and len(found) < _PARTS:
            found.append(name)
    return tuple(found)


def decoded(segment: str) -> str:
    """Percent signs undone, once more where that had been done twice; what is broken, or no UTF-8, stays as it stands.

    Two letters of an old encoding are two places: `/%E4` and `/%F6` do not both become a mark for "unreadable".
    """
    if "%" not in segment:
        return segment
    once = _undone(segment, unquote)
    return _undone(once, unquote) if _ESCAPE.search(once) and once != segment else once


def plain(name: str) -> str:
    """White space folded, one way of writing each letter: two spellings are one place."""
    return unicodedata.normalize("NFC", " ".join(name.split()))


def without_matrix(segment: str) -> str:
    """`boots;jsessionid=1F` -> `boots`."""
    head, mark, tail = segment.partition(";")
    return head if mark and "=" in tail else segment


def parameters(query: str) -> Parameters:
    """Names and values in their order; of a name that comes twice the first."""
    found: dict[str, str] = {}
    for pair in query.split("&", _PARAMETERS)[:_PARAMETERS]:
        name, _, value = pair.partition("=")
        if name:
            found.setdefault(plain(_undone(name, unquote_plus)), plain(_undone(value, unquote_plus)))
    return tuple(found.items())


def _undone(text: str, undo: Callable[..., str]) -> str:
    try:
        return undo(text, errors="strict")
    except UnicodeDecodeError:
        return text


def _route(parts: SplitResult) -> tuple[str | None, str]:
    """(what follows `#/` or `#!/`, its own parameters)."""
    fragment = parts.fragment.removeprefix("!")
    if not fragment.startswith("/"):
        return None, ""
    path, _, query = fragment.partition("?")
    return path, query
