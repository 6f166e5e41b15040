"""Pure: where the tree that an administrator gave has a page: by its address, its parameters, or a pattern.

An exact address beats a pattern; in a pattern what is spelled out beats `*`, and `*` beats `**`.
"""

from collections.abc import Iterable, Mapping
from typing import Literal
from weakref import WeakKeyDictionary

import msgspec

from contract.tree import Path, SiteTree
from tracker.remembered import remembered
from tracker.tree_address import Parameters
from tracker.tree_glob import fits

MISSING: Literal["missing"] = "missing"
#: Different sets of parameters that the entries of one folder may name: each costs one look-up.
PARAMETER_SETS = 8


class Found(msgspec.Struct, frozen=True):
    """`path`: None for a page of the sitemap. `by`: the entry that knew it. `key`: the address it was found under."""

    path: Path | None
    by: str
    key: str


class _Level:
    """One part of the patterns: what may stand here, and which place ends here."""

    __slots__ = ("all_below", "any", "end", "named", "open")

    def __init__(self) -> None:
        self.named: dict[str, _Level] = {}
        self.open: dict[str, _Level] = {}
        self.any: _Level | None = None
        self.end: tuple[str, Path] | None = None
        self.all_below: tuple[str, Path] | None = None


class Lookup:
    """A site's tree, made ready once."""

    def __init__(self, tree: SiteTree) -> None:
        self._pages = tree.pages
        self._parameters: dict[str, list[tuple[str, ...]]] = {}
        for address in tree.pages:
            if "?" in address:
                self._note(address)
        self._root = _Level()
        self._patterns = bool(tree.patterns)
        self._fit = remembered(self._match)
        for pattern, path in tree.patterns.items():
            self._add(pattern, path)

    def find(self, keys: Iterable[str], parameters: Parameters) -> Found | None:
        """The entry for a page known under one of `keys`: one with a path of its own first, else the sitemap's."""
        listed: Found | None = None
        for key in keys:
            for address in (*self._with_parameters(key, parameters), key):
                path = self._pages.get(address, MISSING)
                if path is None:
                    listed = listed or Found(None, address, key)
                elif path != MISSING:
                    return Found(path, address, key)
        if self._patterns:
            for key in keys:
                fit = self._fit(key)
                if fit is not None:
                    return Found(fit[1], fit[0], key)
        return listed

    def _match(self, key: str) -> tuple[str, Path] | None:
        return _match(self._root, [part for part in key.split("/") if part], 0)

    def _with_parameters(self, key: str, parameters: Parameters) -> list[str]:
        """The addresses with parameters that an entry may have been given under, the most exact first."""
        sets = self._parameters.get(key)
        if not sets or not parameters:
            return []
        said = dict(parameters)
        return [
            with_parameters(key, {name: said[name] for name in names})
            for names in sets
            if all(name in said for name in names)
        ]

    def _note(self, address: str) -> None:
        key, _, query = address.partition("?")
        sets = self._parameters.setdefault(key, [])
        names = tuple(pair.partition("=")[0] for pair in query.split("&"))
        if names not in sets:
            sets.append(names)
            sets.sort(key=len, reverse=True)

    def _add(self, pattern: str, path: Path) -> None:
        level = self._root
        parts = [part for part in pattern.split("/") if part]
        for part in parts:
            if part == "**":
                level.all_below = (pattern, path)
                return
            if part == "*":
                level.any = level = level.any or _Level()
            else:
                level = (level.open if "*" in part else level.named).setdefault(part, _Level())
        level.end = (pattern, path)


def _match(level: _Level, parts: list[str], at: int) -> tuple[str, Path] | None:
    """Each level is looked at once at most, since a part is consumed by every step down."""
    if at == len(parts):
        return level.end or level.all_below
    part, found = parts[at], None
    if part in level.named:
        found = _match(level.named[part], parts, at + 1)
    for pattern, below in level.open.items():
        if found is None and fits(pattern, part):
            found = _match(below, parts, at + 1)
    if found is None and level.any is not None:
        found = _match(level.any, parts, at + 1)
    return found or level.all_below


def with_parameters(key: str, parameters: Mapping[str, str]) -> str:
    """`/index.php` and {"p": "7", "cat": "3"} -> `/index.php?cat=3&p=7`."""
    return f"{key}?{'&'.join(f'{name}={parameters[name]}' for name in sorted(parameters))}" if parameters else key


_ready: WeakKeyDictionary[SiteTree, Lookup] = WeakKeyDictionary()


def lookup(tree: SiteTree) -> Lookup:
    """What `tree` knows, made ready the first time it is asked for."""
    found = _ready.get(tree)
    if found is None:
        found = _ready[tree] = Lookup(tree)
    return found
