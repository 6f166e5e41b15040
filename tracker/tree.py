"""Pure: where a page stands in the information tree: its path from the root, and who said so. Home is [].

Best is what the page says itself; then what the site's administrator gave (a tree, a sitemap); then the canonical
address; then the address, both read by the site's rules. `explain` is the same with every step told.
"""

from typing import Literal
from urllib.parse import unquote

import msgspec

from contract.names import PathSource, TreeReason, TreeRule
from contract.tree import NO_TREE, Path, SiteTree, TreeRules
from tracker.remembered import remembered
from tracker.tree_address import plain, said
from tracker.tree_home import without_home
from tracker.tree_lookup import Found, lookup
from tracker.tree_rules import Reading, Step, Steps, named_path, read_names, read_url

__all__ = ["Path", "Placed", "Step", "ancestors", "explain", "named", "place"]

#: What a page only read off its addresses: an administrator knows better.
_WEAK = ("canonical", "url")
named = named_path


class Placed(msgspec.Struct, frozen=True):
    """A place, why, and the steps that led there."""

    path: Path
    source: PathSource
    reason: TreeReason
    steps: tuple[Step, ...]


def place(
    rules: TreeRules,
    tree: SiteTree,
    url: str,
    path: list[str] | None = None,
    source: PathSource | None = None,
    *,
    trusted: bool = False,
) -> tuple[Path, PathSource, TreeReason]:
    """The path of a page view, its source, and why. `url` as `tracker.address.cleaned` gives it.

    A path that the page gave (call, attribute, breadcrumb, ...) is kept, its names trimmed, a breadcrumb's without the
    home page in front. One that the browser read off an address (`canonical`, `url`) is read again by the site's rules;
    one that a server of the site sent (`trusted`) is its own word, whatever it calls the source.
    """
    if path is not None and (trusted or source not in _WEAK):
        given = named(path)
        return given if trusted else without_home(rules, source, given), source or "call", "given"
    by_url, by_names = _readings(rules, url, None if path is None else tuple(path), source or "url")
    return _decide(tree, by_url, by_names)[:3]


@remembered
def _readings(rules: TreeRules, url: str, path: Path | None, source: str) -> tuple[Reading, Reading | None]:
    """What the address says, and what the browser read off one of them, where that is something else."""
    return read_url(rules, url), None if _is_ours(url, path, source) else read_names(rules, _names(path), _weak(source))


def explain(
    rules: TreeRules, tree: SiteTree, url: str, path: list[str] | None = None, source: PathSource | None = None
) -> Placed:
    """The same as `place`, step by step."""
    if path is not None and source not in _WEAK:
        given = named(path)
        below, told = without_home(rules, source, given), [Step("given", (), given)]
        if below != given:
            told.append(Step("home_name", given, below, given[0]))
        return Placed(below, source or "call", "given", tuple(told))
    url_steps: Steps = []
    names_steps: Steps = []
    by_url, by_names = read_url(rules, url, url_steps), None
    names = None if path is None else tuple(path)
    if not _is_ours(url, names, source or "url"):
        by_names = read_names(rules, _names(names), _weak(source or "url"), names_steps)
    at, whence, reason, found, chosen = _decide(tree, by_url, by_names)
    steps = names_steps if by_names is not None and chosen is by_names else url_steps
    if found is not None:
        last: Path = steps[-1].after if steps else ()
        rule: TreeRule = "sitemap" if reason == "sitemap" else "pattern" if reason == "pattern" else "tree"
        steps.append(Step(rule, last, at, found.by))
    return Placed(at, whence, reason, tuple(steps))


def _decide(
    tree: SiteTree, by_url: Reading, by_names: Reading | None
) -> tuple[Path, PathSource, TreeReason, Found | None, Reading]:
    """Who knows best, of the administrator, the canonical address and the address."""
    readings = (by_url,) if by_names is None else (by_url, by_names)
    if tree is not NO_TREE:
        known = lookup(tree)
        listed: tuple[Found, Reading] | None = None
        for reading in readings:
            found = known.find(reading.keys, reading.parameters)
            if found is not None and found.path is not None:
                return found.path, "tree", "pattern" if "*" in found.by else "tree", found, reading
            if found is not None and listed is None:
                listed = found, reading
        if listed is not None:
            return listed[1].path, "sitemap", "sitemap", *listed
    best = by_url if by_names is None or by_url.own else by_names
    return best.path, best.source, best.reason, None, best


def _is_ours(url: str, path: Path | None, source: str) -> bool:
    """Whether there is nothing but the address: what a browser read off `url` we read better, parameters and all."""
    if path is None or source == "canonical":
        return path is None
    found = said(url)
    return found is not None and _loose("/".join(path)) == _loose("/".join(found.folders))


def _names(path: Path | None) -> Path:
    return tuple(plain(name) for name in named(path or ()))


def _weak(source: str) -> Literal["canonical", "url"]:
    return "canonical" if source == "canonical" else "url"


def _loose(text: str) -> str:
    return plain(unquote(unquote(text, errors="replace"), errors="replace")).replace(" ", "")


def ancestors(path: Path) -> list[Path]:
    """The root first, the path itself last: `("a", "b")` -> `[(), ("a",), ("a", "b")]`."""
    return [path[:depth] for depth in range(len(path) + 1)]
